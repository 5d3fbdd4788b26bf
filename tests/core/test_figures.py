# SPDX-License-Identifier: AGPL-3.0-only
"""Figures for people: exact, never rounded up, readable whatever a token says of itself."""

import pytest

from millpond.core import figures
from millpond.core.figures import Asset, Money

DOLLAR, ETHER = Asset("0x" + "aa" * 20, "TUSD", 6), Asset("0x" + "00" * 20, "ETH", 18)
SILENT = Asset("0x" + "bb" * 20, None, None)


@pytest.mark.parametrize(
    ("amount", "asset", "text"),
    [
        (0, DOLLAR, "0.00 TUSD"),
        (1, DOLLAR, "0.000001 TUSD"),
        (1_957_159_089, DOLLAR, "1,957.159089 TUSD"),
        (2_000_000_000, DOLLAR, "2,000.00 TUSD"),
        (-1_500_000, DOLLAR, "-1.50 TUSD"),
        (10**18, ETHER, "1.00 ETH"),
        (10**18 + 1, ETHER, "1.000000000000000001 ETH"),
        (7, Asset("0x" + "cc" * 20, "NFT", 0), "7 NFT"),
        (1_234, SILENT, f"1,234 smallest units of {SILENT.address}"),
        (1_234, Asset("0x" + "dd" * 20, "ODD", 77), "1,234 smallest units of ODD"),
        (15, Asset("0x" + "ee" * 20, "ONE", 1), "1.5 ONE"),
        (10**78, DOLLAR, f"{10**78:,} smallest units of TUSD"),
    ],
)
def test_money__any__is_exact(amount: int, asset: Asset, text: str) -> None:
    assert figures.money(Money(amount, asset)) == text


def test_money_short__many_decimals__says_that_there_are_more() -> None:
    assert figures.money_short(Money(1_282_627_358, DOLLAR)) == "about 1,282.6273 TUSD"
    assert figures.money_short(Money(1_282_600_000, DOLLAR)) == "1,282.60 TUSD"
    assert figures.money_short(Money(5, SILENT)) == figures.money(Money(5, SILENT))


def test_figure__so_many_places__is_rounded_down() -> None:
    assert figures.figure(Money(1_999_999, DOLLAR), 2) == "1.99"
    assert figures.figure(Money(1_999_999, DOLLAR), 0) == "1"
    assert figures.figure(Money(1_500_000, DOLLAR), 4) == "1.5000"


def test_places_for__a_column__loses_nothing() -> None:
    amounts = [Money(each, DOLLAR) for each in (1_000_000, 1_500_000, 1_234_500)]
    assert figures.places_for(amounts) == 4
    assert figures.places_for([Money(5, SILENT)]) is None


@pytest.mark.parametrize(
    ("bps", "text"),
    [(0, "0 %"), (1, "0.01 %"), (50, "0.5 %"), (2_000, "20 %"), (6_667, "66.67 %"),
     (10_000, "100 %")],
)  # fmt: skip
def test_percent__basis_points__without_zeros(bps: int, text: str) -> None:
    assert figures.percent(bps) == text


def test_part__a_share__is_rounded_down() -> None:
    assert figures.part(2, 3) == "66.66 %"
    assert figures.part(3, 3) == "100.00 %"
    assert figures.part(0, 0) == "0.00 %"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "no time"), (1, "1 second"), (86_400, "1 day"), (129_600, "1 day 12 hours"),
     (3_600 * 26 + 65, "1 day 2 hours"), (61, "1 minute 1 second")],
)  # fmt: skip
def test_duration__seconds__in_two_units(seconds: int, text: str) -> None:
    assert figures.duration(seconds) == text


def test_moment__a_second__in_utc_with_words() -> None:
    assert figures.moment(1_570_284_180) == "5 October 2019, 14:03 UTC"
    assert figures.day(0) == "1 January 1970"
    assert figures.machine_time(1_570_284_180) == "2019-10-05T14:03:00Z"


@pytest.mark.parametrize("second", [-1, 253_402_300_800, 2**63 - 1])
def test_moment__beyond_any_calendar__is_still_told(second: int) -> None:
    assert figures.moment(second) == figures.day(second) == f"second {second}"
    assert figures.machine_time(second) == ""


@pytest.mark.parametrize(
    ("second", "text"),
    [(100, "now"), (101, "in 1 second"), (99, "1 second ago"), (100 + 86_399, "in 23 hours"),
     (100 + 3 * 86_400, "in 3 days")],
)  # fmt: skip
def test_away__from_now__in_the_largest_unit(second: int, text: str) -> None:
    assert figures.away(second, 100) == text


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_listing__parts__as_people_say_it(parts: list[str], text: str) -> None:
    assert figures.listing(parts) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Rent, May", '"Rent, May"'),
        ("a\nb", '"a\\u{a}b"'),
        ('say "yes"', '"say \\"yes\\""'),
        ("\u202eevil", '"\\u{202e}evil"'),
        ("\\u{a}", '"\\\\u{a}"'),
    ],
)
def test_quoted__a_strangers_text__is_whole_on_one_line_and_steers_nothing(
    text: str, shown: str
) -> None:
    assert figures.quoted(text) == shown
