# SPDX-License-Identifier: AGPL-3.0-only
"""Rows of payees: by year, in order, no leaf twice."""

import csv as reader
import io
from dataclasses import replace

import pytest

from millpond.core.books.entries import Place
from millpond.core.books.payees import (
    COLUMNS,
    How,
    PaidLeaves,
    PaidTwice,
    Payment,
    Share,
    Total,
    chosen,
    rows,
    totals,
)
from millpond.core.books.tables import csv
from tests.core.books.pages import COIN, ETHER, NEW_YEAR, PAYEE, commodities, place

OTHER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
SUBJECT = "0x" + "07" * 32
FIRST = Payment(
    place=place(5, 2, NEW_YEAR - 1, "Claimed", "CredDistributor"),
    earmark=1,
    payee=PAYEE,
    to=OTHER,
    asset=COIN,
    shares=(Share(1, 2_000_000, 10), Share(2, 500_001, 5)),
    amount=2_500_001,
    received=1_250_000,
    grain=15,
    how=How.CLAIMED,
    subject=SUBJECT,
)
SECOND = replace(FIRST, place=place(9, 0, NEW_YEAR), shares=(), how=How.VOTE, subject="", grain=0)
OF_OTHER = replace(SECOND, payee=OTHER, to=OTHER, place=place(6))
ALL = [OF_OTHER, SECOND, FIRST]


def test_chosen__all__by_payee_year_and_place() -> None:
    assert chosen(ALL, None, None) == [OF_OTHER, FIRST, SECOND]


def test_chosen__the_last_second_of_a_year__is_of_that_year() -> None:
    assert chosen(ALL, 2019, None) == [FIRST]
    assert chosen(ALL, 2020, None) == [OF_OTHER, SECOND]
    assert chosen(ALL, 2020, PAYEE) == [SECOND]
    assert chosen(ALL, 2021, None) == []


def test_chosen__payments_of_one_event__in_its_order() -> None:
    payday = [replace(FIRST, item=number, subject=str(9 - number)) for number in (2, 0, 1)]
    assert [each.item for each in chosen(payday, None, None)] == [0, 1, 2]


def test_totals__by_payee_year_and_asset() -> None:
    again = replace(FIRST, place=place(6, 0, NEW_YEAR - 1), amount=1, received=1, grain=1)
    ether = replace(FIRST, asset=ETHER, amount=3, received=3, grain=0)
    assert totals([FIRST, again, ether, SECOND]) == [
        Total(PAYEE, 2019, COIN, 2_500_002, 1_250_001, 16, 2),
        Total(PAYEE, 2019, ETHER, 3, 3, 0, 1),
        Total(PAYEE, 2020, COIN, 2_500_001, 1_250_000, 0, 1),
    ]


def test_rows__as_a_spreadsheet_reads_them__every_column() -> None:
    names = commodities()
    text = csv(COLUMNS, rows([FIRST, SECOND], names, names.of(ETHER)))
    first, second = reader.DictReader(io.StringIO(text, newline=""))
    assert first == {
        "payee": PAYEE,
        "year": "2019",
        "asset": "COIN",
        "epochs": "1 2",
        "amount": "2.500001",
        "received": "1.250000",
        "grain": "0.000000000000000015",
        "how": "claimed",
        "date": "2019-12-31",
        "earmark": "1",
        "subject": SUBJECT,
        "to": OTHER,
        "asset_address": COIN,
        "transaction": f"0x{5:064x}",
        "log_index": "2",
        "item": "0",
    }
    assert (second["how"], second["epochs"], second["subject"]) == ("vote", "", "")


def test_paid_leaves__others__are_others() -> None:
    leaves = PaidLeaves()
    leaves.add(1, 1, SUBJECT, place(5))
    leaves.add(1, 2, SUBJECT, place(6))
    leaves.add(2, 1, SUBJECT, place(6))
    leaves.add(1, 1, "0x" + "08" * 32, place(6))
    assert len(leaves.found) == 4


@pytest.mark.parametrize("where", [place(7, 1, event="SettledOffChain"), place(5)])
def test_paid_leaves__a_second_time__refused_with_both_places(where: Place) -> None:
    leaves = PaidLeaves()
    leaves.add(1, 3, SUBJECT, place(5, event="Claimed"))
    with pytest.raises(PaidTwice) as caught:
        leaves.add(1, 3, SUBJECT, where)
    assert "is paid by Claimed in block 5, log 0, and again by" in caught.value.message
    assert "epoch 3 (earmark 1)" in caught.value.message
    assert caught.value.name == "PaidTwice"


def test_how__each__has_a_word_for_spreadsheets() -> None:
    assert [how.value for how in How] == ["claimed", "payday", "fiat", "vote", "owed"]
