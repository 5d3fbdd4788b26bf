# SPDX-License-Identifier: AGPL-3.0-only
"""Journals as other programs read them: every posting and every assertion added up again."""

import csv as reader
import io
from collections.abc import Callable
from fractions import Fraction

import pytest

from millpond.core.books import beancount, hledger
from millpond.core.books.closings import days
from millpond.core.books.entries import Journal, shared
from millpond.core.books.tables import JOURNAL, cell, csv, journal_rows
from tests.core.books import reading
from tests.core.books.pages import COIN, NEW_YEAR, commodities, entry, journal, place
from tests.core.books.reading import Read, Wrong

Reader = Callable[[str], Read]

HLEDGER = "\n".join(hledger.written(journal(), commodities(), "Books"))
BEANCOUNT = "\n".join(beancount.written(journal(), commodities(), "Books"))
BOTH = pytest.mark.parametrize(
    ("text", "read"),
    [(HLEDGER, reading.hledger), (BEANCOUNT, reading.beancount)],
    ids=["hledger", "beancount"],
)


@BOTH
def test_written__read_by_somebody_else__the_same_books(text: str, read: Reader) -> None:
    found, names = read(text), commodities()
    expected = {
        (account, names.of(asset).code): Fraction(amount, 10 ** names.of(asset).decimals)
        for (account, asset), amount in journal().balances.items()
    }
    assert found.sums == expected
    assert found.accounts == set(journal().accounts())
    assert found.commodities == {"ETH", "COIN", "COIN-2279B7A0"}
    # three accounts with three assets on New Year's Eve; three more lines of debts at the end
    assert found.assertions == 3 + 5


def test_hledger__an_entry__letter_for_letter() -> None:
    assert (
        "\n2019-12-31 * (1-3) A gift\n"
        "    ; time:2019-12-31T23:59:59Z, event:Pool.Given\n"
        f"    ; tx:0x{1:064x}\n"
        "    Assets:Earmark-1:Free  2.500000 COIN\n"
        "    Income:Gifts:Earmark-1  -2.500000 COIN\n"
    ) in HLEDGER
    assert '    Assets:Earmark-1:Free  0.07 "COIN-2279B7A0"\n' in HLEDGER
    assert "    Assets:Earmark-1:Free  0.000000 COIN = 2.500000 COIN\n" in HLEDGER
    assert 'commodity 1000.00 "COIN-2279B7A0"\n' in HLEDGER
    assert "account Income:Gifts:Earmark-1  ; type:R\n" in HLEDGER


def test_beancount__an_entry__letter_for_letter() -> None:
    assert (
        '\n2019-12-31 * "A gift"\n'
        '  time: "2019-12-31T23:59:59Z"\n'
        '  event: "Pool.Given"\n'
        "  block: 1\n"
        "  log: 3\n"
        f'  tx: "0x{1:064x}"\n'
        "  Assets:Earmark-1:Free  2.500000 COIN\n"
        "  Income:Gifts:Earmark-1  -2.500000 COIN\n"
    ) in BEANCOUNT
    # the balance of New Year's Eve is that of the morning after
    assert "2020-01-01 balance Assets:Earmark-1:Free  2.500000 ~ 0 COIN\n" in BEANCOUNT
    assert "2020-01-02 balance Assets:Earmark-1:Free  1.499999 ~ 0 COIN" in BEANCOUNT
    assert "2019-12-31 open Income:Gifts:Earmark-1\n" in BEANCOUNT


def test_written__what_a_posting_is_about__beside_it() -> None:
    sides = [("Expenses:A", 2_000_000, "to one"), ("Expenses:B", 1, "to another")]
    found = Journal()
    found.add(entry(place(1), *shared(COIN, sides, "Assets:C"), text="Paid"))
    for writer, read in ((hledger, reading.hledger), (beancount, reading.beancount)):
        text = "\n".join(writer.written(found, commodities(), "Books"))
        assert "Expenses:A  2.000000 COIN  ; to one\n" in text
        assert read(text).sums == {
            ("Expenses:A", "COIN"): 2,
            ("Expenses:B", "COIN"): Fraction(1, 10**6),
            ("Assets:C", "COIN"): Fraction(-2_000_001, 10**6),
        }
    texts = [row[JOURNAL.index("text")] for row in journal_rows(found, commodities())]
    assert texts == ["Paid, to one", "Paid, to another", "Paid"]


@BOTH
def test_written__any_figure_changed__noticed_by_who_reads(text: str, read: Reader) -> None:
    figures = [
        ("2.500000", "2.500001"),
        ("-2.500000", "2.500000"),
        (".000001 COIN", ".000002 COIN"),
    ]
    for right, wrong in figures:
        assert right in text
        with pytest.raises(Wrong):
            read(text.replace(right, wrong, 1))


@BOTH
def test_written__any_assertion_changed__noticed(text: str, read: Reader) -> None:
    lines = text.split("\n")
    asserted = [at for at, line in enumerate(lines) if " = " in line or " balance " in line]
    assert len(asserted) == 8
    for at in asserted:
        changed = lines.copy()
        changed[at] = (
            lines[at].replace(" = ", " = 1")
            if " = " in lines[at]
            else (lines[at].replace(" ~ ", "1 ~ "))
        )
        with pytest.raises(Wrong):
            read("\n".join(changed))


@BOTH
def test_written__a_posting_left_out__noticed(text: str, read: Reader) -> None:
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.strip().startswith("Expenses:"))
    with pytest.raises(Wrong):
        read("\n".join(lines[:at] + lines[at + 1 :]))


def test_beancount__quotes_in_a_title__escaped() -> None:
    first = next(iter(beancount.written(Journal(), commodities(), 'a "b" \\ c')))
    assert first == 'option "title" "a \\"b\\" \\\\ c"'


def test_written__no_entries__a_file_all_the_same() -> None:
    for writer, read in ((hledger, reading.hledger), (beancount, reading.beancount)):
        text = "\n".join(writer.written(Journal(), commodities(), "Nothing"))
        assert read(text).transactions == 0


def test_hledger__no_decimals__a_mark_where_one_must_be() -> None:
    found = Journal()
    names = commodities()
    whole = names.name("0x" + "11" * 20, "WHOLE", 0)
    entry = journal().entries[1]
    postings = tuple(type(p)(p.account, whole.address, p.amount) for p in entry.postings)
    found.add(type(entry)(entry.place, entry.text, postings))
    lines = list(hledger.written(found, names, "t"))
    assert "commodity 1000. WHOLE" in lines
    assert "    Assets:Earmark-1:Free  2500000 WHOLE" in lines


# --- closings -------------------------------------------------------------------------------------


def test_days__two_ends_in_one__one_closing_with_all_of_the_day() -> None:
    found = journal()
    found.end(place(3, 2), "epoch 1 of earmark 1 was closed")
    found.end(place(3, 3), "epoch 2 of earmark 1 became final")
    closings = [closing for _, closing in days(found) if closing is not None]
    assert [closing.day for closing in closings] == ["2019-12-31", "2020-01-01"]
    assert closings[1].text == (
        "epoch 1 of earmark 1 was closed; epoch 2 of earmark 1 became final; the end of these books"
    )
    assert closings[0].balances == (
        ("Assets:Earmark-1:Free", "0x" + "00" * 20, 10**18 + 1),
        ("Assets:Earmark-1:Free", "0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6", 7),
        ("Assets:Earmark-1:Free", COIN, 2_500_000),
    )


def test_days__an_end_on_a_day_without_entries__closed_too() -> None:
    found = journal()
    found.end(place(9, 0, NEW_YEAR + 40 * 86_400), "epoch 1 of earmark 1 was closed")
    assert [closing.day for _, closing in days(found) if closing] == [
        "2019-12-31",
        "2020-02-10",
    ]
    for written, read in ((hledger, reading.hledger), (beancount, reading.beancount)):
        text = "\n".join(written.written(found, commodities(), "t"))
        assert read(text).assertions == 3 + 5


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+1-2", "'+1-2"),
        ("-A1", "'-A1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\r=1", '"\'\r=1"'),
        ("\n=1", '"\'\n=1"'),
        ("-2.500000", "-2.500000"),
        (-7, "-7"),
        ("-2+3", "'-2+3"),
        ("a,b", '"a,b"'),
        ('say "x"', '"say ""x"""'),
        ("", ""),
    ],
)
def test_cell__whatever_it_says__no_formula(value: object, written: str) -> None:
    assert cell(value) == written


def test_csv__of_the_journal__each_posting_as_it_was() -> None:
    text = csv(JOURNAL, journal_rows(journal(), commodities()))
    assert text.endswith("\r\n")
    assert text.count("\r\n") == text.count("\n") == 1 + 10
    found = list(reader.DictReader(io.StringIO(text, newline="")))
    assert found[3] == {
        "date": "2019-12-31",
        "time": "2019-12-31T23:59:59Z",
        "block": "1",
        "log_index": "3",
        "transaction": f"0x{1:064x}",
        "contract": "Pool",
        "event": "Given",
        "text": "A gift",
        "account": "Income:Gifts:Earmark-1",
        "asset": "COIN",
        "asset_address": COIN,
        "amount": "-2.500000",
    }
