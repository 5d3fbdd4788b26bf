# SPDX-License-Identifier: AGPL-3.0-only
"""What every command has: a dry run until --send, a question, a journal, and whom it refuses."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from millpond.chain.rpc import Rpc
from millpond.core.errors import DeploymentError, NodeDown
from scripts import pool
from scripts._journal import Journal
from scripts._stage import PARAMS
from tests.house.commands import scripts
from tests.scripts.town import HERE, PATRON, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
GIFT = ("pool give", "--earmark", "0", "--amount", "1")


def where(town: Town) -> list[str]:
    folder = town.stage.folder / "deployments"
    return ["--network", f"ethereum:local:{town.stage.url}", "--deployments", str(folder)]


def by_hand(town: Town, answer: str, *args: str, by: int = 7) -> str:
    """The command as somebody types it, with her answer to its question."""
    line = [*args, *HERE, *where(town), "--account", f"TEST::{by}"]
    return CliRunner().invoke(pool.cli, line, input=answer).output


def test_send__without__says_that_nothing_was_sent(town: Town) -> None:
    before = town.blocks
    shown = " ".join(by_hand(town, "", "leave", "--yes").split())
    assert "Dry run: Leave credsperiment. It would succeed now." in shown
    assert "Nothing was sent; add --send to do it." in shown
    assert town.blocks == before


@pytest.mark.parametrize(("answer", "gone"), [("n\n", False), ("\n", False), ("y\n", True)])
def test_send__asks__and_does_only_what_is_agreed_to(town: Town, answer: str, gone: bool) -> None:
    shown = by_hand(town, answer, "leave", "--send")
    assert "Leave credsperiment?" in shown
    assert town.coop.governor.isMember(town.address(7)) is not gone


def test_send__what_would_be_refused__is_refused_in_the_dry_run_too(town: Town) -> None:
    for member in range(2, 8):
        town.do("pool leave", by=member)
    before = town.blocks
    shown = " ".join(by_hand(town, "", "leave", "--yes", by=1).split())
    assert "Refused: Admission.leave was refused by the contract" in shown
    assert town.blocks == before


@pytest.mark.parametrize(("answer", "signed"), [("n\n", 0), ("\n", 0), ("y\n", 1)])
def test_ballot__asks__and_signs_only_what_is_agreed_to(
    town: Town, answer: str, signed: int
) -> None:
    proposal, folder = town.propose("expel", "--member", town.address(6)), town.papers / "ballots"
    line = ("ballot", "--proposal", proposal, "--support", "for", "--reason", "gone")
    shown = " ".join(by_hand(town, answer, *line, "--ballots", str(folder)).split())
    plan, question, _ = shown.partition("Sign this ballot?")
    assert question
    for text in ("Please: expel", town.address(6), "ballot for", 'reason "gone"', "counts until"):
        assert text in plan
    assert len(list(folder.glob("*"))) == signed


def test_commands__each_that_sends__has_a_dry_run() -> None:
    """A command either takes --send or is known to sign or to read only."""
    only_sign = {"accept", "accept-membership", "ask", "attest", "ballot", "invite", "sign"}
    only_sign |= {"cosign", "sign-offline"}
    silent = {
        each.line.split()[-1]
        for each in scripts().values()
        if each.takes("--account") and not each.takes("--send")
    }
    assert silent == only_sign


def test_network__of_another_chain_than_the_record__is_refused(town: Town, tmp_path: Path) -> None:
    record = json.loads((town.stage.folder / "deployments" / "1337.json").read_bytes())
    record["genesis_hash"] = "0x" + "11" * 32
    folder = tmp_path / "deployments"
    folder.mkdir()
    text = json.dumps(record, sort_keys=True, separators=(",", ":")) + "\n"
    (folder / "1337.json").write_text(text, "utf-8")
    other = Town(replace(town.stage, folder=tmp_path), town.papers)
    error = other.refused("pool leave", by=1)
    assert error.name == "WrongChain"
    assert "remove its old record and the journal beside it" in error.next_step


def test_pool__of_another_name__is_refused(town: Town) -> None:
    with pytest.raises(click.ClickException, match="has no pool 'elsewhere'"):
        town.stage.run("pool members", "--pool", "elsewhere", loud=False)


def test_create__again__is_there_already(town: Town) -> None:
    before = town.blocks
    made = ("pool create", "--params", str(PARAMS), "--yes", "--send")
    assert town.stage.run(*made, by=1, loud=False)["already"] is True
    assert town.blocks == before


# --- the journal ------------------------------------------------------------------------------


@pytest.mark.parametrize("arrived", [True, False])
def test_journal__a_transaction_whose_end_is_unknown__is_noted_and_looked_up(
    town: Town, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    tell = Rpc.tell

    def lost(self: Rpc, method: str, params: Sequence[object] = ()) -> object:
        if method != "eth_sendRawTransaction":
            return tell(self, method, params)
        if arrived:
            tell(self, method, params)
        raise NodeDown("no answer in time", "wait")

    with monkeypatch.context() as cut:
        cut.setattr(Rpc, "tell", lost)
        with pytest.raises(click.ClickException, match="its end is not known"):
            town.do(*GIFT, by=PATRON)
    line = town.journal.lines()[-1]
    assert line["end"] == "unknown"
    if not arrived:
        assert town.do(*GIFT, by=PATRON)["sent"] is True
        return
    shown = " ".join(by_hand(town, "", "give", *GIFT[1:], by=PATRON).split())
    assert "You gave exactly this in block" in shown
    found = town.do(*GIFT, by=PATRON)
    assert (found["already"], found["transactionHash"]) == (True, line["transactionHash"])
    assert "end" not in town.journal.lines()[-1]
    assert town.again(*GIFT, by=PATRON)["transactionHash"] == line["transactionHash"]


def test_journal__a_line_that_is_none__is_named(tmp_path: Path) -> None:
    journal = Journal.beside(tmp_path, 1337)
    assert journal.lines() == []
    journal.add("Give 1", "0x1", "pond", blockNumber=7)
    journal.add("Give 2", "0x1", "pond")
    assert journal.done("Give 1", "0x1", "pond") == {
        "what": "Give 1", "by": "0x1", "pool": "pond", "blockNumber": "7",
    }  # fmt: skip
    assert journal.done("Give 1", "0x2", "pond") is None
    with journal.path.open("ab") as file:
        file.write(b"half a line\n")
    with pytest.raises(DeploymentError, match="line 3 of the journal"):
        journal.lines()


def test_journal__a_line_broken_off__is_none_and_gives_way(tmp_path: Path) -> None:
    """It was being written when the run ended, so what it tells of was not sent."""
    journal = Journal.beside(tmp_path, 1337)
    journal.add("Give 1", "0x1", "pond")
    with journal.path.open("ab") as file:
        file.write(b'{"by":"0x1","end":"unk')
    assert [line["what"] for line in journal.lines()] == ["Give 1"]
    journal.add("Give 2", "0x1", "pond")
    assert [line["what"] for line in journal.lines()] == ["Give 1", "Give 2"]


def test_journal__what_left__is_unfinished_until_its_end_is_written(tmp_path: Path) -> None:
    journal = Journal.beside(tmp_path, 1337)
    for sent in ("0x01", "0x02", "0x03"):
        journal.add("Give", "0x1", "pond", transactionHash=sent, end="unknown")
    journal.add("Give", "0x1", "pond", transactionHash="0x01", end="replaced")
    journal.add("Give", "0x1", "pond", transactionHash="0x02", blockNumber=7)
    (line,) = journal.unfinished("Give", "0x1", "pond")
    assert line["transactionHash"] == "0x03"
    assert journal.unfinished("Give", "0x2", "pond") == []
    done = journal.done("Give", "0x1", "pond")
    assert done is not None
    assert done["transactionHash"] == "0x02"


def test_plan__a_stranger_s_text__steers_nothing(town: Town) -> None:
    text = "[bold red]Free money[/]\x1b[2J :boom:"
    paid = ("--amount", "1", "--to", town.address(STRANGER), "--text", text)
    town.do("pool propose spend", *paid, by=1)
    shown = CliRunner().invoke(pool.cli, ["show", *HERE, "--proposal", "1", *where(town)]).output
    assert "\x1b" not in shown
    assert "[bold red]Free money[/]\\u{1b}[2J :boom:" in shown
    listed = CliRunner().invoke(pool.cli, ["list", *HERE, *where(town)]).output
    assert "[bold red]Free money[/]\\u{1b}[2J :boom:" in listed


def test_asset__by_the_name_of_eth__is_eth(town: Town) -> None:
    town.do(*GIFT, "--asset", "ETH", by=PATRON)
    assert town.read("pool treasury")["assets"][0]["symbol"] == "ETH"
    error = town.refused(*GIFT, "--asset", "EUR", by=PATRON)
    assert "has no contract 'EUR'" in error.message
