# SPDX-License-Identifier: AGPL-3.0-only
"""What counts as a month's revenue."""

from dataclasses import replace

import pytest

from millpond.core.collective.revenue import Fast, compared, revenue_of
from millpond.core.collective.rows import Row, check_row, instant, month_of, written
from millpond.core.errors import BadInput

MONTH = month_of("2019-09")
NOON = instant("2019-09-15T12:00:00Z")


def row(kind: str, cents: int, group: str = "g", **more: object) -> Row:
    """A row of the month."""
    made = Row(
        id=f"{kind}{cents}{group}{more}",
        group=group,
        kind=kind,
        credit=cents > 0,
        at_ms=NOON,
        amount=cents,
        net=cents,
        currency="USD",
        is_refund=False,
        is_refunded=False,
        of_expense=False,
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of a row


GIFT = row("CONTRIBUTION", 10_000)
FEE = row("HOST_FEE", -1_000)
CARD = row("PAYMENT_PROCESSOR_FEE", -320)
WIRE = row("ADDED_FUNDS", 50_000, "w")
WIRE_FEE = row("HOST_FEE", -5_000, "w")
WIRE_TAX = row("TAX", -700, "w")


def net(*rows: Row, added_funds: bool = True) -> int:
    """R of these."""
    return revenue_of(rows, MONTH, added_funds).net


@pytest.mark.parametrize("text", ["2019-9", "2019-13", "1999-01", "2019-09-01", "", "9999-01"])
def test_month_of__no_month__is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a month"):
        month_of(text)


@pytest.mark.parametrize(
    ("label", "begin", "end"),
    [
        ("2019-09", "2019-09-01T00:00:00.000Z", "2019-10-01T00:00:00.000Z"),
        ("2019-12", "2019-12-01T00:00:00.000Z", "2020-01-01T00:00:00.000Z"),
        ("2020-02", "2020-02-01T00:00:00.000Z", "2020-03-01T00:00:00.000Z"),
    ],
)
def test_month_of__a_month__begins_and_ends_at_midnight(label: str, begin: str, end: str) -> None:
    month = month_of(label)
    assert (written(month.begin_ms), written(month.end_ms)) == (begin, end)
    assert written(month.last_ms).endswith("T23:59:59.999Z")
    edges = [month.begin_ms - 1, month.begin_ms, month.last_ms, month.end_ms]
    assert [month.has(each) for each in edges] == [False, True, True, False]


@pytest.mark.parametrize(
    "text",
    ["2019-09-30T23:59:59.999Z", "2019-10-01T01:59:59.999+02:00", "2019-09-30T22:29:59.999-01:30"],
)
def test_instant__any_zone__is_the_same_millisecond(text: str) -> None:
    assert instant(text) == MONTH.last_ms


def test_revenue__income_less_fees_and_taxes__is_the_net() -> None:
    found = revenue_of([GIFT, FEE, CARD, row("TAX", -2_000)], MONTH, added_funds=True)
    assert (found.gross, found.fees, found.taxes) == (10_000, -1_320, -2_000)
    assert found.net == 6_680
    assert found.counted == found.rows == 4


def test_revenue__an_older_row_that_holds_its_fees__counts_net() -> None:
    """Before 2021-06 there were no rows of fees."""
    old = row("CONTRIBUTION", 10_000, net=8_680)
    found = revenue_of([old], MONTH, added_funds=True)
    assert (found.gross, found.in_rows, found.net) == (10_000, -1_320, 8_680)


@pytest.mark.parametrize("flag", ["is_refund", "is_refunded"])
def test_revenue__a_refund_and_what_it_refunds__count_nothing(flag: str) -> None:
    assert net(GIFT, FEE, row("CONTRIBUTION", 2_000, "r", **{flag: True})) == 9_000


@pytest.mark.parametrize(
    "other",
    [
        row("EXPENSE", -40_000),
        row("CONTRIBUTION", -900, "out"),
        row("ADDED_FUNDS", -900, "out"),
        row("BALANCE_TRANSFER", 900),
        row("PAYMENT_PROCESSOR_COVER", 90),
        row("PAYMENT_PROCESSOR_DISPUTE_FEE", -90),
        row("", 90),
        row("PAYMENT_PROCESSOR_FEE", -25, "paid", of_expense=True),
        row("TAX", -25, "paid", of_expense=True),
    ],
)
def test_revenue__what_is_no_income__is_left_out_and_named(other: Row) -> None:
    found = revenue_of([GIFT, FEE, other], MONTH, added_funds=True)
    assert found.net == 9_000
    [(count, total)] = found.left_out.values()
    assert (count, total) == (1, other.net)


def test_revenue__added_funds_by_choice__count_with_their_fees_or_without_both() -> None:
    rows = [GIFT, FEE, WIRE, WIRE_FEE, WIRE_TAX]
    assert net(*rows, added_funds=True) == 9_000 + 44_300
    assert net(*rows, added_funds=False) == 9_000
    assert revenue_of(rows, MONTH, added_funds=False).added_funds is False


def test_revenue__fees_that_cannot_be_told_apart__are_refused_where_it_matters() -> None:
    rows = [GIFT, FEE, replace(WIRE, group="g"), replace(WIRE_FEE, group="g")]
    assert net(*rows, added_funds=True) == 54_000
    with pytest.raises(BadInput, match="does not tell which fees of group 'g'"):
        net(*rows, added_funds=False)


def test_revenue__rows_of_other_months__are_counted_and_left_out() -> None:
    edges = [
        replace(GIFT, id="before", at_ms=MONTH.begin_ms - 1),
        replace(GIFT, id="after", at_ms=MONTH.end_ms, currency="EUR"),
    ]
    found = revenue_of([GIFT, *edges], MONTH, added_funds=True)
    assert (found.net, found.outside, found.rows) == (10_000, 2, 1)


def test_revenue__in_two_currencies__is_refused() -> None:
    with pytest.raises(BadInput, match="in EUR and USD"):
        net(GIFT, row("CONTRIBUTION", 5, "x", currency="EUR"))


def test_revenue__without_rows__is_refused() -> None:
    with pytest.raises(BadInput, match="no movements"):
        net()


def test_revenue__a_row_twice__is_refused() -> None:
    with pytest.raises(BadInput, match="is there twice"):
        net(GIFT, FEE, GIFT)


def test_revenue__the_hash__is_of_the_rows_whatever_their_order() -> None:
    found = revenue_of([GIFT, FEE], MONTH, added_funds=True).rows_hash
    assert revenue_of([FEE, GIFT], MONTH, added_funds=True).rows_hash == found
    refunded = replace(FEE, is_refunded=True)
    assert revenue_of([GIFT, refunded], MONTH, added_funds=True).rows_hash != found


@pytest.mark.parametrize(
    "bad", [replace(GIFT, credit=False), replace(FEE, credit=True), replace(GIFT, currency="usd")]
)
def test_check_row__against_its_own_sign__is_told(bad: Row) -> None:
    assert check_row(bad)
    assert check_row(GIFT) is None
    assert check_row(replace(GIFT, amount=0, net=0)) is None


def test_compared__the_two_gross_sums__are_held_against_each_other() -> None:
    rows = [GIFT, FEE]
    found = revenue_of(rows, MONTH, added_funds=True)
    assert compared(rows, found, Fast(10_000, 9_000, "USD")).holds
    off = compared(rows, found, Fast(10_001, 9_000, "USD"))
    assert (off.unexplained_gross, off.unexplained_net, off.holds) == (1, 0, False)


def test_compared__a_refund_of_later__changes_both() -> None:
    rows = [GIFT, FEE, replace(WIRE, is_refunded=True)]
    found = revenue_of(rows, MONTH, added_funds=True)
    assert compared(rows, found, Fast(10_000, 9_000, "USD")).holds


def test_compared__older_rows_that_hold_their_fees__are_gross_and_net_alike() -> None:
    rows = [replace(GIFT, net=8_680)]
    found = revenue_of(rows, MONTH, added_funds=True)
    assert compared(rows, found, Fast(10_000, 8_680, "USD")).holds
