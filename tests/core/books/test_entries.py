# SPDX-License-Identifier: AGPL-3.0-only
"""Entries balance, the journal keeps their order, assets have names of their own."""

import re

import pytest

from millpond.core.books import accounts
from millpond.core.books.commodities import Commodities
from millpond.core.books.entries import OutOfOrder, Posting, Unbalanced, change, shared, surplus
from millpond.core.errors import BooksError
from tests.core.books.pages import (
    COIN,
    DAY,
    ETHER,
    NEW_YEAR,
    PAYEE,
    TWIN,
    commodities,
    entry,
    journal,
    place,
)


def test_entry__one_unit_too_many__refused_with_its_place() -> None:
    with pytest.raises(Unbalanced, match=r"Pool.Given in block 7, log 2: .* add up to 1"):
        entry(place(7, 2), Posting("Assets:A", COIN, 6), Posting("Income:B", COIN, -5))


def test_entry__balanced_only_over_two_assets__refused() -> None:
    with pytest.raises(Unbalanced):
        entry(place(7), Posting("Assets:A", COIN, 5), Posting("Income:B", TWIN, -5))


def test_entry__of_nothing__is_one() -> None:
    assert entry(place(7), *change(COIN, 0, "Assets:A", "Income:B")).postings[0].amount == 0


def test_journal__balances__are_the_sums_of_postings() -> None:
    found = journal()
    assert found.balance(accounts.free(1), COIN) == 1_499_999
    assert found.balance(accounts.owed(PAYEE), COIN) == -1_000_001
    assert found.balance(accounts.owed(PAYEE), ETHER) == 0
    assert found.under("Assets", COIN) == 2_500_000
    assert found.under("Assets:Earmark-1", COIN) == 1_499_999
    assert found.under("Assets:Earmark", COIN) == 0  # no such account, though a name begins so
    assert found.assets() == [ETHER, COIN, TWIN]
    assert found.accounts() == sorted(found.accounts())


@pytest.mark.parametrize(("block", "index"), [(3, 1), (3, 0), (2, 9)])
def test_journal__what_comes_again_or_too_late__refused(block: int, index: int) -> None:
    found = journal()
    with pytest.raises(OutOfOrder, match="comes behind log 1 of block 3"):
        found.add(entry(place(block, index), *change(COIN, 1, "Assets:A", "Income:B")))


def test_shared__several_debits__one_credit_and_nothing_for_none() -> None:
    found = shared(COIN, [("Expenses:A", 2, "x"), ("Expenses:B", 3, "y")], "Assets:C")
    assert found == (
        Posting("Expenses:A", COIN, 2, "x"),
        Posting("Expenses:B", COIN, 3, "y"),
        Posting("Assets:C", COIN, -5),
    )
    assert shared(COIN, [], "Assets:C") == ()


def test_surplus__what_came_less_what_went__by_asset_and_without_what_others_paid() -> None:
    found = journal()
    assert surplus(found.entries, COIN) == 2_500_000 - 1_000_001
    assert surplus(found.entries, ETHER) == 10**18 + 1
    sides = accounts.off_chain(1, 1), accounts.paid_by_others(1)
    found.add(entry(place(4), *change(COIN, 5, *sides)))
    assert surplus(found.entries, COIN) == 1_499_999
    loss = entry(place(5), *change(COIN, 3, accounts.CALLS, accounts.free(0)))
    assert surplus([loss], COIN) == -3


@pytest.mark.parametrize(
    ("moment", "day", "year"),
    [
        (NEW_YEAR - 1, "2019-12-31", 2019),
        (NEW_YEAR, "2020-01-01", 2020),
        (NEW_YEAR + 59 * DAY, "2020-02-29", 2020),
    ],
)
def test_place__at_the_turn_of_a_day__in_utc(moment: int, day: str, year: int) -> None:
    assert (place(1, 0, moment).day, place(1, 0, moment).year) == (day, year)


def test_place__in_a_second_without_a_date__refused() -> None:
    with pytest.raises(BooksError, match="no calendar has"):
        _ = place(1, 0, 2**63).day


# --- commodities ----------------------------------------------------------------------------------


def test_commodities__names__are_plain_or_say_whose_they_are() -> None:
    found = commodities()
    assert [found.of(each).code for each in (ETHER, COIN, TWIN)] == ["ETH", "COIN", "COIN-2279B7A0"]
    assert found.name(COIN, "OTHER", 1) is found.of(COIN)


@pytest.mark.parametrize(
    ("symbol", "code"),
    [
        ("USDC", "USDC"),
        ("ETH", "ETH-5FBDB231"),
        ("sUSDe", "SUSDE-5FBDB231"),
        ("1INCH", "T1INCH-5FBDB231"),
        ("X", "X-5FBDB231"),
        ("$", "TOKEN-5FBDB231"),
        ("", "TOKEN-5FBDB231"),
        (None, "TOKEN-5FBDB231"),
        ('A"; B', "AB-5FBDB231"),
        ("=1+1\n", "T11-5FBDB231"),
        ("ÉUR", "UR-5FBDB231"),
        ("A" * 16, "A" * 15 + "-5FBDB231"),
        ("1" + "A" * 15, "T1" + "A" * 13 + "-5FBDB231"),
    ],
)
def test_commodities__whatever_a_token_calls_itself__a_name_that_both_programs_take(
    symbol: str | None, code: str
) -> None:
    found = Commodities().name(COIN, symbol, 6)
    assert found.code == code
    assert re.fullmatch(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]", found.code)


def test_commodities__an_asset_without_a_name__refused() -> None:
    with pytest.raises(BooksError, match="has no name"):
        Commodities().of(COIN)


@pytest.mark.parametrize(
    ("amount", "figure", "text"),
    [
        (0, "0.000000", "0.000000 COIN"),
        (1, "0.000001", "0.000001 COIN"),
        (-1_957_159_089, "-1957.159089", "-1,957.159089 COIN"),
        (2**128 - 1, "340282366920938463463374607431768.211455", ""),
    ],
)
def test_commodity__an_amount__exact_with_all_decimals(amount: int, figure: str, text: str) -> None:
    found = commodities().of(COIN)
    assert found.figure(amount) == figure
    assert not text or found.text(amount) == text


def test_commodity__without_decimals__whole_units() -> None:
    assert Commodities().name(COIN, "N", None).figure(-1234) == "-1234"
