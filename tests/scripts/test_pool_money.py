# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op's money through the commands: what is given, owed, taken back, reported and shown."""

from pathlib import Path

import pytest

from millpond.chain.client import Transaction
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex
from scripts._stage import PARAMS
from tests.scripts.town import PATRON, RELAYER, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
DOLLARS = ("--asset", "TestDollar")
ETHER = 10**18


def approvals(town: Town, owner: int) -> int:
    since = town.coop.since
    found = town.dollar.past_events("Approval", since)
    return sum(event.args["owner"] == town.address(owner) for event in found)


# --- give -------------------------------------------------------------------------------------


def test_give__eth__is_in_the_books_and_in_the_journal(town: Town) -> None:
    gift = ("--earmark", "0", "--amount", "1.25", "--note", "for the roof")
    town.dry("pool give", *gift, by=PATRON)
    found = town.do("pool give", *gift, by=PATRON)
    assert found["amount"] == str(5 * ETHER // 4)
    (row,) = town.read("pool treasury")["assets"]
    assert (row["symbol"], row["held"], row["free"]) == ("ETH", found["amount"], found["amount"])
    before, line = [each for each in town.journal.lines() if each["by"] == town.address(PATRON)]
    assert (before["end"], before["transactionHash"]) == ("unknown", line["transactionHash"])
    assert line["what"].startswith("Give 1.25")
    assert line["what"].endswith('to the general fund of credsperiment, saying "for the roof"')


def test_give__the_same_again__asks_to_say_so(town: Town) -> None:
    gift = ("--earmark", "0", "--amount", "1")
    town.do("pool give", *gift, by=PATRON)
    town.again("pool give", *gift, by=PATRON)
    town.do("pool give", *gift, "--again", by=PATRON)
    town.do("pool give", *gift, by=STRANGER)
    assert town.read("pool treasury")["assets"][0]["held"] == str(3 * ETHER)


def test_give__dollars__by_allowance_takes_two_transactions(town: Town) -> None:
    town.fund(PATRON, "20.00")
    gift = ("--earmark", "0", *DOLLARS, "--amount", "12.50")
    assert "take 12.500000 TUSD" in town.dry("pool give", *gift, by=PATRON)["would"]
    town.do("pool give", *gift, by=PATRON)
    assert town.dollar.balanceOf(town.coop.pool.address) == 12_500_000
    assert town.dollar.allowance(town.address(PATRON), town.coop.pool.address) == 0


def test_give__a_token_with_permit__takes_one_transaction_and_no_approval(town: Town) -> None:
    grain, holder = town.coop.grain, town.wallet(PATRON)
    town.enact("set-minter", "--minter", town.coop.pool.address)
    terms = ("--rate", "10", "--cap", "1000", "--period", "30 days")
    town.enact("open-earmark", "--uri", "https://x.example/roof", "--purpose", "A new roof")
    town.enact("patron-grain", "--earmark", "1", *terms)
    town.do("pool give", "--earmark", "1", "--amount", "2", by=PATRON)
    assert grain.balanceOf(holder.address) == 20 * ETHER
    before = town.blocks
    gift = ("--earmark", "0", "--asset", grain.address, "--amount", "5")
    town.do("pool give", *gift, by=PATRON)
    assert town.blocks == before + 1
    assert town.coop.pool.balance_of(0, grain.address) == 5 * ETHER
    assert grain.nonces(holder.address) == 1


def test_give__more_than_there_is__is_refused_before_anything_is_allowed(town: Town) -> None:
    gift = ("--earmark", "0", *DOLLARS, "--amount", "1.00")
    assert "has 0.000000 TUSD" in town.refused("pool give", *gift, by=PATRON).message
    assert approvals(town, PATRON) == 0


# --- sync -------------------------------------------------------------------------------------


def test_sync__of_what_came_without_a_word__is_booked_once(town: Town) -> None:
    wallet = town.wallet(STRANGER)
    wallet.send(town.stage.client, Transaction(town.coop.pool.address, b"", ETHER, "a gift"))
    town.dry("pool sync", by=RELAYER)
    assert town.do("pool sync", by=RELAYER)["amount"] == str(ETHER)
    town.again("pool sync", by=RELAYER)
    assert town.read("pool treasury")["assets"][0]["held"] == str(ETHER)


# --- owed -------------------------------------------------------------------------------------


def refusing(town: Town) -> str:
    """A contract that takes no ETH."""
    return town.dollar.address


def test_owed__what_could_not_be_paid__is_shown_and_kept(town: Town) -> None:
    town.do("pool give", "--earmark", "0", "--amount", "3", by=PATRON)
    town.enact("spend", "--amount", "2", "--to", refusing(town))
    found = town.read("pool owed", "--of", refusing(town))["owed"]
    assert found == [{"asset": "0x" + "00" * 20, "amount": str(2 * ETHER)}]
    (row,) = town.read("pool treasury")["assets"]
    assert (row["held"], row["owed"], row["free"]) == (
        str(3 * ETHER), str(2 * ETHER), str(ETHER),
    )  # fmt: skip


def test_withdraw__without_a_debt__has_nothing_to_do(town: Town) -> None:
    town.again("pool withdraw", by=STRANGER)
    assert town.read("pool owed", "--of", town.address(STRANGER))["owed"] == []


# --- restricted earmarks ----------------------------------------------------------------------


def opened(town: Town) -> None:
    """Earmark 1, restricted, paid out by the distributor."""
    town.enact("open-earmark", "--label", "cred", "--params", str(PARAMS))


def test_lapse_and_reclaim__after_400_unused_days__give_the_gift_back(town: Town) -> None:
    opened(town)
    town.fund(PATRON, "40.00")
    town.do("pool give", "--earmark", "1", *DOLLARS, "--amount", "40.00", by=PATRON)
    which = ("--earmark", "1")
    assert "pool: " in town.refused("pool lapse", *which, by=RELAYER).message
    town.again("pool reclaim", *which, *DOLLARS, by=PATRON)
    town.wait(days=401)
    town.dry("pool lapse", *which, by=RELAYER)
    town.do("pool lapse", *which, by=RELAYER)
    town.again("pool lapse", *which, by=RELAYER)
    town.dry("pool reclaim", *which, *DOLLARS, by=PATRON)
    assert town.do("pool reclaim", *which, *DOLLARS, by=PATRON)["amount"] == "40000000"
    assert town.dollar.balanceOf(town.address(PATRON)) == 40_000_000
    town.again("pool reclaim", *which, *DOLLARS, by=PATRON)


def test_lapse__of_the_general_fund__is_refused(town: Town) -> None:
    error = town.refused("pool lapse", "--earmark", "0", by=RELAYER)
    assert "the general fund is not restricted" in error.message


# --- reports ----------------------------------------------------------------------------------


def test_update__by_a_maintainer__names_the_file_by_its_hash(town: Town, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("The roof is on.\n", "utf-8")
    asked = (str(report), "--earmark", "0", "--uri", "https://x.example/report")
    town.dry("pool update", *asked, by=1)
    found = town.do("pool update", *asked, by=1)
    assert found["hash"] == to_hex(keccak256(report.read_bytes()))
    (event,) = town.coop.pool.past_events("Updated", town.coop.since)
    assert to_hex(event.args["content_hash"]) == found["hash"]
    town.again("pool update", *asked, by=1)
    error = town.refused("pool update", *asked[:-1], "https://x.example/2", by=STRANGER)
    assert "pool: " in error.message


def test_update__of_a_file_that_is_not_there__is_refused(town: Town, tmp_path: Path) -> None:
    asked = (str(tmp_path / "none"), "--earmark", "0", "--uri", "https://x.example/report")
    assert "cannot be read" in town.refused("pool update", *asked, by=1).message


# --- what there is ----------------------------------------------------------------------------


def test_earmarks__after_gifts_and_a_payment__add_up(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(town)
    town.fund(PATRON, "40.00")
    town.do("pool give", "--earmark", "1", *DOLLARS, "--amount", "40.00", by=PATRON)
    town.do("pool give", "--earmark", "0", "--amount", "3", by=PATRON)
    town.enact("spend", "--amount", "1", "--to", town.address(STRANGER))
    general, cred = town.read("pool earmarks")["earmarks"]
    assert general["money"] == [
        {
            "asset": "0x" + "00" * 20,
            "received": str(3 * ETHER),
            "balance": str(2 * ETHER),
            "reserved": "0",
        }
    ]
    assert cred["money"][0]["balance"] == "40000000"
    assert (cred["restricted"], cred["spender"]) == (True, town.coop.distributor.address)
    capsys.readouterr()
    for command in ("pool earmarks", "pool treasury"):
        town.stage.run(command, "--pool", "credsperiment")
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.count("40.00 TUSD") == 5
    assert "…" not in shown
    assert "All that is held is there." in shown
