# SPDX-License-Identifier: AGPL-3.0-only
"""The ways in and out of a co-op, through the commands that members run."""

import json
from pathlib import Path

import pytest
import yaml

from millpond.chain.contracts import Contract
from scripts._stage import PARAMS
from tests.scripts.town import FOUNDERS, NEWCOMER, RELAYER, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]


def papers(town: Town) -> tuple[str, str]:
    return "--papers", str(town.papers / "papers")


def invited(town: Town, sponsors: tuple[int, ...] = (1, 2, 3)) -> None:
    for sponsor in sponsors:
        whom = ("--candidate", town.address(NEWCOMER))
        town.sign("pool invite", *whom, *papers(town), by=sponsor)


def is_member(town: Town, number: int) -> bool:
    return bool(town.coop.governor.isMember(town.address(number)))


# --- invite and join --------------------------------------------------------------------------


def test_join__with_the_invitations_of_three__is_a_member(town: Town) -> None:
    invited(town)
    dry = town.dry("pool join", *papers(town), by=NEWCOMER)
    assert dry["by"] == "invitation"
    assert dry["gas"] > 21_000
    found = town.do("pool join", *papers(town), by=NEWCOMER)
    assert (found["sent"], found["member"]) == (True, town.address(NEWCOMER))
    assert is_member(town, NEWCOMER)


def test_join__run_again__finds_her_a_member(town: Town) -> None:
    invited(town)
    town.do("pool join", *papers(town), by=NEWCOMER)
    assert town.again("pool join", *papers(town), by=NEWCOMER)["member"] == town.address(NEWCOMER)


def test_join__brought_by_somebody_else_with_her_acceptance__is_a_member(town: Town) -> None:
    invited(town)
    town.sign("pool accept-membership", *papers(town), by=NEWCOMER)
    whom = ("--candidate", town.address(NEWCOMER))
    found = town.do("pool join", *whom, *papers(town), by=RELAYER)
    assert found["by"] == "invitation"
    assert is_member(town, NEWCOMER)


def test_join__brought_without_her_acceptance__is_refused(town: Town) -> None:
    invited(town)
    whom = ("--candidate", town.address(NEWCOMER))
    error = town.refused("pool join", *whom, *papers(town), by=RELAYER)
    assert "has not signed that she accepts" in error.message
    assert "ape run pool accept-membership" in error.next_step


def test_join__with_two_of_three_invitations__is_refused_by_the_contract(town: Town) -> None:
    invited(town, (1, 2))
    error = town.refused("pool join", *papers(town), by=NEWCOMER)
    assert "admission: too few sponsors" in error.message


def test_join__without_any_paper__says_whom_to_ask(town: Town) -> None:
    error = town.refused("pool join", *papers(town), by=NEWCOMER)
    assert "nothing lets" in error.message
    assert "ape run pool invite" in error.next_step


def test_invite__twice__leaves_one_invitation_with_the_same_deadline(town: Town) -> None:
    whom = ("--candidate", town.address(NEWCOMER))
    first = town.sign("pool invite", *whom, *papers(town), by=1)
    town.wait(days=1)
    second = town.sign("pool invite", *whom, *papers(town), by=1)
    assert first == second
    third = town.sign("pool invite", *whom, *papers(town), by=2)
    assert third["deadline"] == first["deadline"]


def test_invite__by_a_stranger_or_of_a_member__is_refused(town: Town) -> None:
    whom = ("--candidate", town.address(NEWCOMER), *papers(town))
    before = town.blocks
    for arguments, by, says in (
        (whom, STRANGER, "is no member of credsperiment"),
        (("--candidate", town.address(2), *papers(town)), 1, "is or was a member"),
        (("--candidate", "0x12", *papers(town)), 1, "--candidate is no account"),
    ):
        error = town.refused_to_sign("pool invite", *arguments, by=by)
        assert says in error.message
    assert town.blocks == before
    assert not (town.papers / "papers").exists()


def test_accept_membership__by_a_member__has_nothing_to_sign(town: Town) -> None:
    found = town.sign("pool accept-membership", *papers(town), by=1)
    assert found == {"already": True, "sent": False}


# --- offers -----------------------------------------------------------------------------------


def test_join__after_an_offer_by_vote__by_herself_and_by_a_relayer(town: Town) -> None:
    candidates = (NEWCOMER, STRANGER)
    named = [part for who in candidates for part in ("--candidate", town.address(who))]
    town.enact("offer", *named)
    town.do("pool join", by=NEWCOMER)
    # a share of 20 % of seven members joins in a period: one
    error = town.refused("pool join", by=STRANGER)
    assert "admission: enough have joined" in error.message
    town.wait(days=31)
    town.sign("pool accept-membership", *papers(town), by=STRANGER)
    brought = ("--candidate", town.address(STRANGER), *papers(town))
    found = town.do("pool join", *brought, by=RELAYER)
    assert found["by"] == "offer"
    assert is_member(town, NEWCOMER)
    assert is_member(town, STRANGER)


# --- leaving ----------------------------------------------------------------------------------


def test_leave__really__ends_her_membership_and_is_noted(town: Town) -> None:
    town.dry("pool leave", by=7)
    assert is_member(town, 7)
    town.do("pool leave", by=7)
    assert not is_member(town, 7)
    line = town.journal.lines()[-1]
    assert (line["what"], line["by"]) == ("Leave credsperiment", town.address(7))
    assert line["blockNumber"] == str(town.blocks)


def test_leave__run_again__says_that_she_has_left(town: Town) -> None:
    town.do("pool leave", by=7)
    town.again("pool leave", by=7)


def test_leave__by_a_stranger__is_refused(town: Town) -> None:
    assert "is no member" in town.refused("pool leave", by=STRANGER).message


# --- what there is ----------------------------------------------------------------------------


def test_members__of_the_founders__are_seven_who_count(town: Town) -> None:
    found = town.read("pool members")["members"]
    assert [each["account"] for each in found] == [town.address(n) for n in FOUNDERS]
    assert [each["seat"] for each in found] == list(range(1, 8))
    assert all(each["counts"] for each in found)


def test_members__after_somebody_left__are_the_others(town: Town) -> None:
    town.do("pool leave", by=3)
    found = [each["account"] for each in town.read("pool members")["members"]]
    assert town.address(3) not in found
    assert len(found) == 6


def test_ways__of_the_parameters__are_told(town: Town) -> None:
    found = town.read("pool ways")
    assert (found["by_offer"], found["by_invitation"], found["sponsors"]) == (True, True, 3)
    assert (found["gate"], found["joins_left"], found["buy_in"]) == (None, 1, None)


# --- buy-in -----------------------------------------------------------------------------------


def test_buy_in__in_dollars__is_paid_on_joining_and_paid_back_on_leaving(town: Town) -> None:
    asked = ("--asset", "TestDollar", "--amount", "50.00", "--uri", "https://x.example/buy-in")
    town.enact("open-buy-in", *asked)
    assert town.read("pool ways")["buy_in"]["amount"] == "50000000"
    invited(town)
    error = town.refused("pool join", *papers(town), by=NEWCOMER)
    assert "has 0.000000 TUSD, less than 50.000000" in error.message
    town.fund(NEWCOMER, "50.00")
    assert "take 50.000000" in town.dry("pool join", *papers(town), by=NEWCOMER)["would"]
    town.do("pool join", *papers(town), by=NEWCOMER)
    assert town.dollar.balanceOf(town.address(NEWCOMER)) == 0
    town.do("pool leave", by=NEWCOMER)
    assert town.dollar.balanceOf(town.address(NEWCOMER)) == 50_000_000


def test_refund_buy_in__after_an_expulsion__goes_back_to_her(town: Town) -> None:
    asked = ("--asset", "TestDollar", "--amount", "50.00", "--uri", "https://x.example/buy-in")
    town.enact("open-buy-in", *asked)
    invited(town)
    town.fund(NEWCOMER, "50.00")
    town.do("pool join", *papers(town), by=NEWCOMER)
    town.again("pool refund-buy-in", "--of", town.address(STRANGER), by=RELAYER)
    town.wait(days=1)
    town.enact("expel", "--member", town.address(NEWCOMER))
    whose = ("--of", town.address(NEWCOMER))
    town.dry("pool refund-buy-in", *whose, by=RELAYER)
    found = town.do("pool refund-buy-in", *whose, by=RELAYER)
    assert found["amount"] == "50000000"
    assert town.dollar.balanceOf(town.address(NEWCOMER)) == 50_000_000
    town.again("pool refund-buy-in", *whose, by=RELAYER)


def test_set_buy_in__without_one__says_how_to_begin(town: Town) -> None:
    error = town.refused("pool propose set-buy-in", "--amount", "5", "--text", "x", by=1)
    assert "ape run pool propose open-buy-in" in error.next_step


# --- expelling --------------------------------------------------------------------------------


def test_expel__by_vote__ends_the_membership(town: Town) -> None:
    town.enact("expel", "--member", town.address(7))
    assert not is_member(town, 7)


def test_expel__of_somebody_who_is_none__is_refused(town: Town) -> None:
    who = ("--member", town.address(STRANGER), "--text", "x")
    assert "is no member" in town.refused("pool propose expel", *who, by=1).message


def test_journal__every_line__is_canonical_json_of_its_own(town: Town) -> None:
    """Two for each transaction: before it is sent, and when it is done."""
    town.do("pool leave", by=7)
    town.do("pool leave", by=6)
    lines = town.journal.path.read_text("utf-8").splitlines()
    assert [json.loads(line)["what"] for line in lines[-4:]] == ["Leave credsperiment"] * 4


# --- the gate ---------------------------------------------------------------------------------


def gated(town: Town, tmp_path: Path) -> Contract:
    """A pool whose gate lets in who holds a token of a collection; the collection."""
    nft = town.deploy("TestNft")
    gate = town.deploy("NftGate", nft.address)
    ways = yaml.safe_load(PARAMS.read_text("utf-8"))["ways"] | {"gate": gate.address}
    path = tmp_path / "ways.yaml"
    path.write_text(yaml.safe_dump(ways), "utf-8")
    town.enact("set-ways", "--params", str(path))
    assert town.read("pool ways")["gate"] == gate.address
    return nft


def test_join__through_the_gate__takes_the_token_that_she_holds(town: Town, tmp_path: Path) -> None:
    nft = gated(town, tmp_path)
    nft.mint.send(town.wallet(NEWCOMER), town.address(NEWCOMER), 7)
    proof = ("--proof", f"0x{7:064x}")
    town.dry("pool join", *proof, by=NEWCOMER)
    assert town.do("pool join", *proof, by=NEWCOMER)["by"] == "gate"
    assert is_member(town, NEWCOMER)
    town.again("pool join", *proof, by=NEWCOMER)


def test_join__through_the_gate_with_another_s_token__is_refused(
    town: Town, tmp_path: Path
) -> None:
    nft = gated(town, tmp_path)
    nft.mint.send(town.wallet(NEWCOMER), town.address(1), 7)
    error = town.refused("pool join", "--proof", f"0x{7:064x}", by=NEWCOMER)
    assert "gate: " in error.message
    assert "--proof is no hex" in town.refused("pool join", "--proof", "7", by=NEWCOMER).message


# --- badges -----------------------------------------------------------------------------------


def test_badges__made_once__show_who_is_a_member(town: Town) -> None:
    town.dry("pool badges", by=STRANGER)
    made = town.do("pool badges", by=STRANGER)["badges"]
    badges = Contract(town.stage.client, "Badges", made)
    assert badges.balanceOf(town.address(1)) == 1
    assert badges.balanceOf(town.address(STRANGER)) == 0
    assert town.again("pool badges", by=STRANGER)["badges"] == made
