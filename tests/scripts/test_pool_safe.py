# SPDX-License-Identifier: AGPL-3.0-only
"""A real Safe of three owners as a member: its owners run the same command one after the other."""

from pathlib import Path

import pytest

from millpond.chain.safes import Safe
from millpond.core.errors import DeploymentError
from tests.journeys.safes import SafeMakers, SafeWallet
from tests.scripts.town import NEWCOMER, RELAYER, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
OWNERS = (20, 21, 22)


@pytest.fixture
def safe(town: Town) -> SafeWallet:
    """Two of three owners; a member by offer."""
    wallet = SafeMakers(town.stage.client).make([town.wallet(n) for n in OWNERS], 2)
    town.enact("offer", "--candidate", wallet.address)
    return wallet


def acting(town: Town, safe: SafeWallet) -> tuple[str, ...]:
    return "--safe", safe.address, "--safe-signatures", str(town.papers / "safe")


def joined(town: Town, safe: SafeWallet) -> tuple[str, ...]:
    as_safe = acting(town, safe)
    for owner in OWNERS[:2]:
        town.do("pool join", *as_safe, by=owner)
    town.wait(days=1)
    return as_safe


def test_safe__two_owners_one_after_the_other__join_vote_and_leave(
    town: Town, safe: SafeWallet
) -> None:
    as_safe = acting(town, safe)
    town.dry("pool join", *as_safe, by=OWNERS[0])
    first = town.do("pool join", *as_safe, by=OWNERS[0])
    assert (first["sent"], first["signed"], first["needed"]) == (False, 1, 2)
    assert not town.coop.governor.isMember(safe.address)
    assert town.do("pool join", *as_safe, by=OWNERS[0])["signed"] == 1
    second = town.do("pool join", *as_safe, by=OWNERS[2])
    assert second["sent"] is True
    assert town.coop.governor.isMember(safe.address)
    town.again("pool join", *as_safe, by=OWNERS[0])
    town.wait(days=1)
    proposal = town.propose("expel", "--member", town.address(7))
    which = ("--proposal", proposal, "--support", "for", *as_safe)
    town.do("pool vote", *which, by=OWNERS[1])
    town.do("pool vote", *which, by=OWNERS[2])
    assert town.coop.governor.proposalVotes(int(proposal)) == (0, 1, 0)
    town.do("pool leave", *as_safe, by=OWNERS[0])
    town.do("pool leave", *as_safe, by=OWNERS[1])
    assert not town.coop.governor.isMember(safe.address)


def test_safe__signed_by_enough__is_carried_out_by_anybody(town: Town, safe: SafeWallet) -> None:
    as_safe = acting(town, safe)
    town.do("pool join", *as_safe, by=OWNERS[0])
    error = town.refused("pool join", *as_safe, by=STRANGER)
    assert "is no owner of the Safe" in error.message
    one = next((town.papers / "safe").rglob("*.json"))
    signed = one.read_bytes()
    town.do("pool join", *as_safe, by=OWNERS[1])
    assert town.coop.governor.isMember(safe.address)
    assert signed != one.read_bytes()


def test_safe__a_signature_that_is_not_the_owner_s__is_refused(
    town: Town, safe: SafeWallet
) -> None:
    as_safe = acting(town, safe)
    town.do("pool join", *as_safe, by=OWNERS[0])
    (path,) = (town.papers / "safe").rglob("*.json")
    forged = path.read_text("utf-8").replace(town.address(OWNERS[0]), town.address(OWNERS[1]))
    path.write_text(forged, "utf-8")
    error = town.refused("pool join", *as_safe, by=OWNERS[2])
    assert error.name == "SignatureError"
    path.write_text('"nonsense"', "utf-8")
    assert "holds no owners' signatures" in town.refused("pool join", *as_safe, by=1).message


def test_safe__its_signed_ballot__is_carried_with_the_others(town: Town, safe: SafeWallet) -> None:
    as_safe = joined(town, safe)
    proposal = town.propose("expel", "--member", town.address(7))
    which = ("--proposal", proposal, "--ballots", str(town.papers / "ballots"))
    town.sign("pool ballot", *which, "--support", "for", by=1)
    for owner in OWNERS[:2]:
        town.sign("pool ballot", *which, "--support", "against", *as_safe, by=owner)
    found = town.do("pool relay", *which, by=RELAYER)
    assert (found["counted"], found["skipped"], found["transactions"]) == (2, 0, 2)
    assert town.coop.governor.proposalVotes(int(proposal)) == (1, 1, 0)


def test_safe__proposing__is_the_proposer(town: Town, safe: SafeWallet) -> None:
    as_safe = joined(town, safe)
    said = ("--member", town.address(7), "--text", "Out", *as_safe)
    for owner in OWNERS[:2]:
        found = town.do("pool propose expel", *said, by=owner)
    shown = town.read("pool show", "--proposal", found["proposal"])
    assert shown["proposer"] == safe.address
    assert shown["text"].endswith(f"#proposer={safe.address.lower()}")


def test_safe__its_gift_of_dollars__is_allowed_first_and_given_then(
    town: Town, safe: SafeWallet
) -> None:
    as_safe = acting(town, safe)
    town.dollar.mint.send(town.wallet(OWNERS[0]), safe.address, 30_000_000)
    gift = ("--earmark", "0", "--asset", "TestDollar", "--amount", "30.00", *as_safe)
    town.do("pool give", *gift, by=OWNERS[0])
    found = town.do("pool give", *gift, by=OWNERS[1])
    assert town.dollar.allowance(safe.address, town.coop.pool.address) == 30_000_000
    assert (found["signed"], found["needed"]) == (1, 2)
    town.do("pool give", *gift, by=OWNERS[0])
    assert town.coop.pool.balance_of(0, town.dollar.address) == 30_000_000


def test_safe__what_the_pool_refuses__keeps_its_reason(town: Town, safe: SafeWallet) -> None:
    as_safe = acting(town, safe)
    town.enact("offer", "--candidate", town.address(NEWCOMER), "--until", "50 days")
    town.do("pool join", by=NEWCOMER)
    error = town.refused("pool join", *as_safe, by=OWNERS[0])
    assert "admission: enough have joined in this period" in error.message


def test_safe__by_the_name_of_ape_safe__is_found(
    town: Town, safe: SafeWallet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "safe").mkdir()
    known = tmp_path / "safe" / "treasury.json"
    known.write_text(f'{{"address": "{safe.address}", "deployed_chain_ids": [1337]}}', "utf-8")
    monkeypatch.setattr("scripts._safe.config.DATA_FOLDER", tmp_path)
    named = ("--safe", "treasury", "--safe-signatures", str(town.papers / "safe"))
    assert town.do("pool join", *named, by=OWNERS[0])["needed"] == 2
    error = town.refused("pool join", "--safe", "nobody", by=OWNERS[0])
    assert "ape-safe knows no Safe named 'nobody'" in error.message


def test_safe_at__what_is_no_safe__is_refused(town: Town) -> None:
    with pytest.raises(DeploymentError, match="there is no contract"):
        Safe.at(town.stage.client, town.address(STRANGER))
    error = town.refused("pool leave", "--safe", town.dollar.address, by=1)
    assert error.message
