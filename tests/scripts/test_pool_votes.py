# SPDX-License-Identifier: AGPL-3.0-only
"""Ballots and what becomes of a proposal, through the commands of members."""

import pytest

from millpond.core.units import parse_amount
from tests.scripts.town import FOUNDERS, RELAYER, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
DAY = 86_400


def spending(town: Town, amount: str = "1.5", by: int = 1) -> str:
    """A proposal to spend ETH that is there, ballots open."""
    town.do("pool give", "--earmark", "0", "--amount", "3", by=2)
    paid = ("--amount", amount, "--to", town.address(STRANGER))
    return town.propose("spend", *paid, by=by)


def votes(town: Town, proposal: str) -> tuple[int, int, int]:
    found: tuple[int, int, int] = town.coop.governor.proposalVotes(int(proposal))
    return found


# --- vote -------------------------------------------------------------------------------------


def test_vote__for__counts_and_may_be_changed(town: Town) -> None:
    proposal = spending(town)
    which = ("--proposal", proposal)
    town.dry("pool vote", *which, "--support", "for", by=1)
    found = town.do("pool vote", *which, "--support", "for", by=1)
    assert found["support"] == "for"
    assert votes(town, proposal) == (0, 1, 0)
    town.do("pool vote", *which, "--support", "against", "--reason", "too much", by=1)
    assert votes(town, proposal) == (1, 0, 0)


def test_vote__the_same_again__sends_nothing(town: Town) -> None:
    which = ("--proposal", spending(town), "--support", "abstain")
    town.do("pool vote", *which, by=1)
    town.again("pool vote", *which, by=1)


def test_vote__by_number_of_the_list__is_the_same_proposal(town: Town) -> None:
    proposal = spending(town)
    town.do("pool vote", "--proposal", "1", "--support", "for", by=3)
    assert votes(town, proposal) == (0, 1, 0)


def test_vote__by_a_stranger_or_on_nothing__is_refused(town: Town) -> None:
    proposal = spending(town)
    error = town.refused("pool vote", "--proposal", proposal, "--support", "for", by=STRANGER)
    assert "is no member of credsperiment" in error.message
    error = town.refused("pool vote", "--proposal", "2", "--support", "for", by=1)
    assert "nobody has proposed 2" in error.message
    error = town.refused("pool vote", "--proposal", "two", "--support", "for", by=1)
    assert "names no proposal" in error.message


# --- ballot and relay -------------------------------------------------------------------------


def test_relay__of_seven_ballots__counts_them_in_one_transaction(town: Town) -> None:
    which = ("--proposal", spending(town), "--ballots", str(town.papers / "ballots"))
    for member in FOUNDERS:
        town.sign("pool ballot", *which, "--support", "for", by=member)
    town.dry("pool relay", *which, by=RELAYER)
    found = town.do("pool relay", *which, by=RELAYER)
    assert (found["counted"], found["skipped"], found["transactions"]) == (7, 0, 1)
    before = town.blocks
    assert town.do("pool relay", *which, by=RELAYER)["counted"] == 0
    assert town.blocks == before


def test_ballot__on_what_is_over__is_refused(town: Town) -> None:
    which = ("--proposal", spending(town))
    town.do("pool cancel", *which, by=1)
    error = town.refused_to_sign("pool ballot", *which, "--support", "for", by=1)
    assert "no ballot on proposal 1 counts any more: its proposer has withdrawn it" in error.message


def test_ballot__by_a_stranger__is_refused(town: Town) -> None:
    which = ("--proposal", spending(town), "--support", "for")
    assert "is no member" in town.refused_to_sign("pool ballot", *which, by=STRANGER).message


# --- close, execute, cancel -------------------------------------------------------------------


def test_execute__what_passed__pays_and_is_noted(town: Town) -> None:
    proposal = spending(town)
    town.pass_(proposal)
    before = town.stage.client.balance(town.wallet(STRANGER).address)
    which = ("--proposal", proposal)
    town.dry("pool execute", *which, by=RELAYER)
    found = town.do("pool execute", *which, by=RELAYER)
    assert found["state"] == "EXECUTED"
    after = town.stage.client.balance(town.wallet(STRANGER).address)
    assert after - before == parse_amount("1.5", 18)
    town.again("pool execute", *which, by=RELAYER)
    line = town.journal.lines()[-1]
    assert line["what"] == "Carry out proposal 1 of credsperiment"
    assert line["transactionHash"] == found["transactionHash"]


def test_execute__before_its_time__says_how_it_stands(town: Town) -> None:
    which = ("--proposal", spending(town))
    error = town.refused("pool execute", *which, by=RELAYER)
    assert "proposal 1 cannot be carried out: its vote is open" in error.message


def test_close__once_everybody_is_for_it__begins_the_timelock(town: Town) -> None:
    proposal = spending(town)
    which = ("--proposal", proposal)
    assert "outcome not certain" in town.refused("pool close", *which, by=RELAYER).message
    for member in FOUNDERS[:4]:
        town.do("pool vote", *which, "--support", "for", by=member)
    town.dry("pool close", *which, by=RELAYER)
    town.do("pool close", *which, by=RELAYER)
    assert town.read("pool show", *which)["state"] == "QUEUED"
    town.again("pool close", *which, by=RELAYER)


def test_stopping__in_the_timelock__defeats_it(town: Town) -> None:
    proposal = spending(town)
    which = ("--proposal", proposal)
    for member in FOUNDERS[:2]:
        town.do("pool vote", *which, "--support", "for", by=member)
    town.wait(days=3)
    assert town.read("pool show", *which)["state"] == "QUEUED"
    for member in FOUNDERS[2:4]:
        town.do("pool vote", *which, "--support", "against", by=member)
    assert town.read("pool show", *which)["state"] == "DEFEATED"


def test_cancel__by_its_proposer_alone__withdraws_it(town: Town) -> None:
    which = ("--proposal", spending(town))
    error = town.refused("pool cancel", *which, by=2)
    assert town.address(1) in error.message
    town.dry("pool cancel", *which, by=1)
    town.do("pool cancel", *which, by=1)
    assert town.read("pool show", *which)["state"] == "CANCELED"
    town.again("pool cancel", *which, by=1)


# --- show and list ----------------------------------------------------------------------------


def test_show__an_open_vote__says_everything_in_words(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal = spending(town)
    town.do("pool vote", "--proposal", proposal, "--support", "for", by=1)
    found = town.read("pool show", "--proposal", proposal)
    assert (found["number"], found["title"], found["state"]) == (1, "Please: spend", "ACTIVE")
    assert (found["in_favour"], found["against"]) == (1, 0)
    assert (found["electorate"], found["quorum"], found["class"]) == (7, 2, "ordinary")
    assert found["not_voted"] == [town.address(number) for number in FOUNDERS[1:]]
    assert found["proposer"] == town.address(1)
    assert "1.50 ETH" in found["actions"][0]["sentence"]
    assert town.address(STRANGER) in found["actions"][0]["sentence"]
    assert found["eta"] - found["closes_at"] >= 2 * DAY
    capsys.readouterr()
    town.stage.run("pool show", "--pool", "credsperiment", "--proposal", "1")
    shown = " ".join(capsys.readouterr().out.split())
    assert "Pay 1.50 ETH out of the general fund" in shown
    assert "1 for, 0 against, 0 abstain" in shown
    assert "0x" + "00" * 8 not in shown


def test_show__of_nothing__is_refused(town: Town) -> None:
    error = town.refused("pool show", "--proposal", "1", by=None)
    assert error.next_step == "check the number and the network: ape run pool list"


def test_list__of_two__shows_the_open_one_and_all_when_asked(town: Town) -> None:
    first = spending(town)
    town.do("pool cancel", "--proposal", first, by=1)
    second = town.propose("expel", "--member", town.address(7), by=2)
    found = town.read("pool list")["proposals"]
    assert [(each["number"], each["proposal"]) for each in found] == [(2, second)]
    everything = town.read("pool list", "--all")["proposals"]
    assert [each["state"] for each in everything] == ["CANCELED", "ACTIVE"]
