# SPDX-License-Identifier: AGPL-3.0-only
"""Units: exact reading and writing, floors, and the one rounding of a double."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import UnitError
from millpond.core.units import (
    MAX_UINT128,
    floor_places,
    floor_share,
    format_amount,
    format_cred,
    micro_cred,
    parse_amount,
    parse_bps,
    share_bps,
    whole,
)


@pytest.mark.parametrize(
    ("text", "decimals", "units"),
    [
        ("2000", 6, 2_000_000_000),
        ("2000.00", 6, 2_000_000_000),
        ("1957.159089", 6, 1_957_159_089),
        ("0.000022", 6, 22),
        ("0", 0, 0),
        ("0.0", 1, 0),
        ("7", 0, 7),
        ("0.000000000000000001", 18, 1),
        ("340282366920938463463374607431768211455", 0, 2**128 - 1),
    ],
)
def test_parse_amount__plain_decimals__are_exact(text: str, decimals: int, units: int) -> None:
    assert parse_amount(text, decimals) == units


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+5",
        "-5",
        "-0",
        "5e3",
        "5E0",
        "0x5",
        ".5",
        "5.",
        "05",
        "00",
        "5,0",
        "5_0",
        "1 000",
        " 5",
        "5\n",
        "5.0.0",
        "NaN",
        "Infinity",
        "\u0665",
        "\uff15",
        "1" * 5000,
    ],
)
def test_parse_amount__anything_but_a_plain_decimal__is_refused(text: str) -> None:
    with pytest.raises(UnitError, match="is not a plain decimal number"):
        parse_amount(text, 6)


def test_parse_amount__more_decimals_than_the_asset__is_refused() -> None:
    with pytest.raises(UnitError, match="has 7 decimals, the asset has 6"):
        parse_amount("1.0000000", 6)
    with pytest.raises(UnitError, match="has 1 decimals, the asset has 0"):
        parse_amount("1.0", 0)


def test_parse_amount__above_128_bits__is_refused() -> None:
    with pytest.raises(UnitError, match="the amount in smallest units is 3402823669"):
        parse_amount("340282366920938463463374607431768211456", 0)
    with pytest.raises(UnitError, match="the amount in smallest units is 111"):
        parse_amount("1" * 80, 0)
    with pytest.raises(UnitError, match="is not a plain decimal number"):
        parse_amount("1" * 81, 0)


@pytest.mark.parametrize("decimals", [-1, 37, True])
def test_parse_amount__impossible_decimals__are_refused(decimals: int) -> None:
    with pytest.raises(UnitError, match="the number of decimals"):
        parse_amount("1", decimals)


@given(st.integers(0, MAX_UINT128), st.integers(0, 36))
def test_format_amount__any_amount__reads_back_the_same(amount: int, decimals: int) -> None:
    text = format_amount(amount, decimals)
    assert parse_amount(text, decimals) == amount
    assert Fraction(text) == Fraction(amount, 10**decimals)
    assert format_amount(amount, decimals, grouped=True).replace(",", "") == text


def test_format_amount__grouped__puts_commas_between_thousands() -> None:
    assert format_amount(1_957_159_089, 6, grouped=True) == "1,957.159089"
    assert format_amount(22, 6) == "0.000022"
    assert format_amount(1234, 0, grouped=True) == "1,234"
    assert format_cred(585_491_375) == "585.491375"


def test_format_amount__negative__is_refused() -> None:
    with pytest.raises(UnitError, match="the amount is -1"):
        format_amount(-1, 6)


def test_floor_places__cents_of_six_decimals__are_floored() -> None:
    assert floor_places(1_999_999, 6, 2) == 199
    assert floor_places(9_999, 6, 2) == 0
    assert floor_places(5, 0, 0) == 5
    with pytest.raises(UnitError, match="the number of places"):
        floor_places(5, 2, 3)


@given(st.integers(0, 2**128), st.integers(1, 2**128), st.data())
def test_floor_share__any_part__is_the_floor_of_the_fraction(
    pot: int, whole_: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, whole_))
    share = floor_share(pot, part, whole_)
    exact = Fraction(pot) * part / whole_
    assert share <= exact < share + 1


def test_floor_share__zero_whole_or_part_above_it__is_refused() -> None:
    with pytest.raises(UnitError, match="the whole is 0"):
        floor_share(100, 0, 0)
    with pytest.raises(UnitError, match="the part is 3"):
        floor_share(100, 3, 2)
    with pytest.raises(UnitError, match="the pot is -1"):
        floor_share(-1, 1, 2)


def test_share_bps__of_an_amount__is_floored() -> None:
    assert share_bps(999, 10_000) == 999
    assert share_bps(999, 3_333) == 332  # 332.9667
    with pytest.raises(UnitError, match="the share in basis points is 10001"):
        share_bps(999, 10_001)


def test_parse_bps__percentages__become_basis_points() -> None:
    assert parse_bps("100") == 10_000
    assert parse_bps("12.5") == 1_250
    assert parse_bps("0") == 0
    with pytest.raises(UnitError, match="basis points is 10001"):
        parse_bps("100.01")
    with pytest.raises(UnitError, match="3 decimals"):
        parse_bps("1.001")


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_whole__anything_but_an_int__is_refused(value: int) -> None:
    with pytest.raises(UnitError, match="not a whole number from 0 to"):
        whole(value, "the figure")


# 2^-7 = 0.0078125 is exact in a double and has a half in its seventh decimal: 7812.5 millionths.
@pytest.mark.parametrize(
    ("value", "micro"),
    [
        (0, 0),
        (0.0, 0),
        (1, 1_000_000),
        (0.0078125, 7_812),
        (0.0234375, 23_438),  # 3 * 2^-7: 23437.5 goes up to the even one
        (0.0546875, 54_688),  # 7 * 2^-7: 54687.5 likewise
        (0.0703125, 70_312),  # 9 * 2^-7: 70312.5 stays at the even one
        (0.0000005, 0),  # the double is 4.99999999999999977e-7, under the half
        (0.00000050000000000000004, 1),  # the next doubles are above it
        (4.9e-324, 0),
        (43.89765422250668, 43_897_654),
        (123456789, 123_456_789_000_000),
    ],
)
def test_micro_cred__doubles__round_half_to_even(value: float, micro: int) -> None:
    assert micro_cred(value) == micro


@given(st.floats(0, 1e30, allow_nan=False))
def test_micro_cred__any_double__is_what_exact_decimals_give(value: float) -> None:
    with localcontext() as context:
        context.prec = 1200
        exact = (Decimal(value) * 10**6).quantize(Decimal(1), ROUND_HALF_EVEN)
    assert micro_cred(value) == int(exact)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), -1.0, -0.0, -1])
def test_micro_cred__not_finite_or_negative__is_refused(value: float) -> None:
    with pytest.raises(UnitError, match="not a finite number of zero or more"):
        micro_cred(value)


@pytest.mark.parametrize("value", [True, "1", None, Fraction(1)])
def test_micro_cred__no_number__is_refused(value: float) -> None:
    with pytest.raises(UnitError, match="not a number"):
        micro_cred(value)


def test_micro_cred__too_large__is_refused() -> None:
    with pytest.raises(UnitError, match="cred in millionths"):
        micro_cred(1e308)
