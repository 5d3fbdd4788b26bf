# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond books`: the files it writes, what it prints, and how it ends."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from millpond.cli.base import DIFFERS, HOLDS, NOT_DONE, USAGE
from millpond.core.units import format_amount
from tests.chain.books_story import ETH, Eventful, eventful
from tests.chain.coop import DOLLAR, PAYEES, STRANGER
from tests.chain.nodes import Reply, error, odd_node, result, through
from tests.cli.conftest import Ran
from tests.core import month
from tests.core.books import reading

__all__ = ["eventful"]

Books = Callable[..., Ran]
POT = 2_030 * DOLLAR
"""Of the first epoch; a maintainer gets a quarter of it at most."""


@pytest.fixture
def books(millpond: Books, eventful: Eventful) -> Books:
    """Run `millpond books ...` about the pool of the story."""
    where = ("--pool", "credsperiment", "--hub", eventful.coop.hub.address)

    def run(*args: object, rpc: str = eventful.url) -> Ran:
        return millpond("books", *args, *where, "--rpc", rpc)

    return run


# --- journal --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "read"), [("hledger", reading.hledger), ("beancount", reading.beancount)]
)
def test_journal__printed_or_written__the_same_and_it_adds_up(
    books: Books, tmp_path: Path, form: str, read: Callable[[str], reading.Read]
) -> None:
    printed = books("journal", "--format", form)
    assert printed.status == HOLDS
    file = tmp_path / "books"
    written = books("journal", "--format", form, "--out", file)
    assert file.read_text("utf-8") == printed.out
    found = read(printed.out)
    assert f"{found.transactions - _closings(form, printed.out)} entries written to" in written.out
    assert found.assertions > 20
    assert found.sums["Income:Gifts:Earmark-0", "ETH"] == -6


def _closings(form: str, text: str) -> int:
    """Transactions that only assert."""
    return text.count(" * Balances: ") if form == "hledger" else 0


def test_journal__as_csv__every_posting(books: Books) -> None:
    ran = books("journal", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {row["event"] for row in rows} >= {"Given", "Claimed", "Owed", "Withdrawn", "Transfer"}
    gifts = [row for row in rows if row["account"] == "Income:Gifts:Earmark-1"]
    assert [row["amount"] for row in gifts][:3] == ["-1500.000000", "-300.000000", "-200.000000"]


def test_journal__as_json__one_object(books: Books, tmp_path: Path) -> None:
    found = books("journal", "--json").json
    assert found["text"].startswith("; credsperiment, Pool 0x")
    file = tmp_path / "books.journal"
    with_file = books("journal", "--json", "--out", file).json
    assert (with_file["out"], with_file["entries"]) == (str(file), found["entries"])
    assert "text" not in with_file


def test_journal__up_to_a_block__no_later_entry(books: Books, eventful: Eventful) -> None:
    block = eventful.coop.posts[0].block_number
    found = books("journal", "--block", block, "--format", "csv").out
    blocks = [int(row["block"]) for row in csv.DictReader(io.StringIO(found))]
    assert max(blocks) == block
    later = books("journal", "--block", block - 1, "--format", "csv").out
    assert found.startswith(later)


# --- payees ---------------------------------------------------------------------------------------


def test_payees__to_a_file__each_payment_with_its_year(
    books: Books, eventful: Eventful, tmp_path: Path
) -> None:
    file = tmp_path / "payees.csv"
    ran = books("payees", "--out", file)
    assert ran.status == HOLDS
    assert "6 payments written to" in ran.out
    rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))
    assert [row["payee"] for row in rows] == sorted((row["payee"] for row in rows), key=str.lower)
    mine = [row for row in rows if row["payee"] == PAYEES[0].address]
    assert [(row["how"], row["epochs"]) for row in mine] == [("owed", "1"), ("claimed", "2")]
    assert mine[0]["amount"] == mine[0]["received"] == format_amount(POT // 4, 6)
    assert mine[0]["subject"] == f"0x{month.who('decentralion').hex()}"
    three = next(row for row in rows if row["amount"] == "0.000003")
    assert (three["payee"], three["received"], three["how"]) == (
        STRANGER.address,
        "0.000001",
        "vote",
    )
    ether = next(row for row in rows if row["asset"] == "ETH")
    assert (ether["payee"], ether["asset_address"]) == (eventful.payee.address, ETH)
    assert ether["amount"] == "3.000000000000000000"


def test_payees__of_one_year_and_payee__no_other(books: Books) -> None:
    everything = books("payees", "--json").json["payments"]
    years = {each["year"] for each in everything}
    assert years
    for year in years:
        found = books("payees", "--json", "--year", year).json["payments"]
        assert found == [each for each in everything if each["year"] == year]
    one = books("payees", "--json", "--payee", PAYEES[1].address.lower()).json["payments"]
    assert [each["payee"] for each in one] == [PAYEES[1].address]
    assert books("payees", "--year", 1999).out == "nobody was paid\n"


def test_payees__for_people__totals_with_their_worth(books: Books) -> None:
    out = books("payees").out
    assert f"{STRANGER.address}  20" in out
    assert "3.000000000000000000 ETH in 1 payment\n" in out
    assert "after accepted losses" in out
    assert max(map(len, out.splitlines())) <= 80


def test_payees__a_payee_that_is_no_address__said(books: Books) -> None:
    assert books("payees", "--payee", "me").status == NOT_DONE


# --- epoch ----------------------------------------------------------------------------------------


def test_epoch__the_newest_or_by_number__its_statement(books: Books) -> None:
    newest, second = books("epoch"), books("epoch", 2)
    assert newest.out == second.out
    first = books("epoch", 1).out
    assert "Epoch 1, attempt 2, of earmark 1: final" in first
    assert "2,030.000000 SCRIP" in first
    assert max(map(len, first.splitlines())) <= 80


def test_epoch__as_json__adds_up(books: Books) -> None:
    found = books("epoch", 1, "--json").json
    parts = ("paid", "capped", "off_chain", "left_over", "waiting")
    assert sum(int(found[part]) for part in parts) == int(found["pot"]) == POT
    assert (found["pool"], found["outcome"], found["closed"]) == ("credsperiment", "final", True)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((3,), "epoch 3 of earmark 1 has not been posted by this block"),
        ((1, "--earmark", 2), "no such earmark pays by cred"),
        ((1, "--block", 1), "had not been made by block 1"),
    ],
)
def test_epoch__that_is_not_there__says_what_is(
    books: Books, args: tuple[object, ...], words: str
) -> None:
    ran = books("epoch", *args)
    assert ran.status == NOT_DONE
    assert words in ran.err
    assert "Next: " in ran.err


# --- check ----------------------------------------------------------------------------------------


def test_check__the_truth__status_0(books: Books, eventful: Eventful) -> None:
    ran = books("check")
    assert ran.status == HOLDS, ran.out
    assert "It holds: " in ran.out
    assert "not checked" not in ran.out
    found = books("check", "--json", "--block", eventful.coop.posts[1].block_number).json
    assert found["holds"] is True
    assert found["block"] == str(eventful.coop.posts[1].block_number)


def test_check__a_node_that_leaves_an_event_out__status_1(books: Books, eventful: Eventful) -> None:
    pool = eventful.coop.pool
    gift = pool.past_events("Given", 0)[0].log

    def without(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_getLogs":
            return None
        if question["params"][0]["address"] != pool.address:
            return None
        found = pool.client.rpc.ask("eth_getLogs", question["params"])
        assert isinstance(found, list)
        kept = [each for each in found if int(each["blockNumber"], 16) != gift.block_number]
        return result(kept)

    with odd_node(through(eventful.url, without)) as node:
        ran = books("check", rpc=node.url)
    assert ran.status == DIFFERS
    assert "DIFFERS" in ran.out
    assert "Next: " in ran.out


def test_check__a_node_that_changes_an_amount__status_1_and_the_account(
    books: Books, eventful: Eventful
) -> None:
    pool = eventful.coop.pool
    gift = pool.past_events("Given", 0)[0].log

    def more(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_getLogs":
            return None
        found = pool.client.rpc.ask("eth_getLogs", question["params"])
        assert isinstance(found, list)
        for each in found:
            if int(each["blockNumber"], 16) == gift.block_number and (
                each["address"].lower() == pool.address.lower()
            ):
                amount = int(each["data"][2:66], 16)
                each["data"] = f"0x{amount + 1:064x}{each['data'][66:]}"
        return result(found)

    with odd_node(through(eventful.url, more)) as node:
        ran = books("check", rpc=node.url)
    assert ran.status == DIFFERS
    assert "earmark 1, balance: the books say" in ran.out


def test_check__a_chain_that_is_rewritten_meanwhile__said(books: Books, eventful: Eventful) -> None:
    block = eventful.coop.posts[0].block_number

    def other(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_getBlockByNumber" or question["params"][0] != hex(block):
            return None
        found = eventful.coop.client.rpc.ask("eth_getBlockByNumber", question["params"])
        assert isinstance(found, dict)
        return result({**found, "hash": "0x" + "77" * 32})

    with odd_node(through(eventful.url, other)) as node:
        ran = books("check", rpc=node.url)
    assert ran.status == NOT_DONE
    assert f"block {block} was taken back while the books were read" in ran.err


def test_check__a_node_without_old_states__is_no_check(books: Books, eventful: Eventful) -> None:
    block = eventful.coop.posts[0].block_number

    def pruned(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_call" or question["params"][-1] == "latest":
            return None
        return error(-32000, "missing trie node")

    with odd_node(through(eventful.url, pruned)) as node:
        ran = books("check", "--block", block, rpc=node.url)
    assert ran.status == NOT_DONE
    assert f"the node keeps no state of block {block}" in ran.err


@pytest.mark.parametrize("args", [["check"], ["journal", "--format", "pdf"], ["epoch", "0"]])
def test_books__given_wrongly__status_2(millpond: Books, args: list[str]) -> None:
    ran = millpond("books", *args)
    assert ran.status == USAGE
    assert "Usage:" in ran.err


def test_books__read_from_too_late_a_block__says_where_to_start(
    books: Books, eventful: Eventful
) -> None:
    made = eventful.coop.made.block_number
    assert books("epoch", "--from-block", made).status == HOLDS
    ran = books("epoch", "--from-block", made + 1)
    assert ran.status == NOT_DONE
    assert "start at an earlier block with --from-block" in ran.err


def test_books__no_such_pool__said(millpond: Books, eventful: Eventful) -> None:
    where = ("--hub", eventful.coop.hub.address, "--rpc", eventful.url)
    ran = millpond("books", "check", "--pool", "nobody", *where)
    assert ran.status == NOT_DONE
    assert "no pool named 'nobody'" in ran.err
