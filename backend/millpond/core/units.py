# SPDX-License-Identifier: AGPL-3.0-only
"""Units of money, shares and cred, and the only roundings there are.

Money is an integer in the asset's smallest unit, a share is in basis points (10,000 = all), cred
is an integer number of micro-cred (10^-6). A float appears in one place only: `micro_cred` takes
the double a score file holds and turns it, exactly, into an integer.
"""

import re
from typing import NewType

from millpond.core.errors import UnitError

Amount = NewType("Amount", int)
"""Money or grain in the smallest unit of its asset."""
MicroCred = NewType("MicroCred", int)
"""Cred in millionths."""
Bps = NewType("Bps", int)
"""A share in basis points; 10,000 is all."""
Epoch = NewType("Epoch", int)
"""The number of a distribution period of one distributor: 1, 2, 3, ... without gaps."""
ChainId = NewType("ChainId", int)
Millis = NewType("Millis", int)
"""UTC milliseconds since 1970-01-01, as score files write time."""

BPS_ALL = 10_000
MICRO = 10**6
MAX_UINT128 = 2**128 - 1
MAX_UINT256 = 2**256 - 1
MAX_DECIMALS = 36
_LONGEST = 80  # far more digits than 2^128 has; int() refuses thousands of them

_PLAIN = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")


def whole(value: int, what: str, low: int = 0, high: int = MAX_UINT256) -> int:
    """`value` if it is an int (never a bool or float) from `low` to `high`; else `UnitError`."""
    if type(value) is not int or not low <= value <= high:
        raise UnitError(
            f"{what} is {value!r}, not a whole number from {low} to {high}",
            f"give {what} as an integer in that range",
        )
    return value


def parse_amount(text: str, decimals: int) -> Amount:
    """Read a plain decimal such as "1957.159089" as smallest units, exactly.

    Refused with `UnitError`: signs, exponents, spaces, separators, leading zeros, a bare point,
    more decimals than the asset has, and anything above 2^128 - 1 units.
    """
    whole(decimals, "the number of decimals", 0, MAX_DECIMALS)
    match = _PLAIN.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise UnitError(
            f"{text!r} is not a plain decimal number",
            'write digits with at most one point, such as "12.50": no sign, exponent or spaces',
        )
    fraction = match[2] or ""
    if len(fraction) > decimals:
        raise UnitError(
            f"{text!r} has {len(fraction)} decimals, the asset has {decimals}",
            f"write at most {decimals} digits after the point",
        )
    units = int(match[1] + fraction.ljust(decimals, "0"))
    return Amount(whole(units, "the amount in smallest units", 0, MAX_UINT128))


def format_amount(amount: int, decimals: int, grouped: bool = False) -> str:
    """Write smallest units as a decimal with all its decimals: 1957159089 at 6 is "1957.159089".

    `grouped` puts commas between thousands, for people; without it `parse_amount` reads it back.
    """
    whole(decimals, "the number of decimals", 0, MAX_DECIMALS)
    high, low = divmod(whole(amount, "the amount"), 10**decimals)
    text = f"{high:,}" if grouped else str(high)
    return f"{text}.{low:0{decimals}d}" if decimals else text


def floor_places(amount: int, decimals: int, places: int) -> int:
    """Whole units of 10^-places in `amount`, floored: cents of 6-decimal money are places = 2."""
    whole(decimals, "the number of decimals", 0, MAX_DECIMALS)
    whole(places, "the number of places", 0, decimals)
    return int(whole(amount, "the amount") // 10 ** (decimals - places))


def floor_share(pot: int, part: int, whole_: int) -> Amount:
    """floor(pot * part / whole): a part's share of a pot. What rounding leaves stays in the pot.

    The CredSperiment's D[c] / sum(D) * R * p. Refused: a whole of zero, a part above the whole.
    """
    whole(pot, "the pot")
    whole(whole_, "the whole", 1)
    whole(part, "the part", 0, whole_)
    return Amount(pot * part // whole_)


def share_bps(pot: int, bps: int) -> Amount:
    """floor(pot * bps / 10,000)."""
    return floor_share(pot, whole(bps, "the share in basis points", 0, BPS_ALL), BPS_ALL)


def parse_bps(percent: str) -> Bps:
    """Basis points of a percentage such as "100" or "12.5"; at most two decimals, at most 100."""
    return Bps(whole(int(parse_amount(percent, 2)), "the share in basis points", 0, BPS_ALL))


def micro_cred(value: float) -> MicroCred:
    """The integer number of millionths nearest to the exact value of a double (or an integer).

    Ties go to the even neighbour. The double is taken as the exact fraction it is, so the result
    does not depend on any floating-point operation. Refused with `UnitError`: NaN, infinities,
    anything negative (also minus zero), bools, and 2^128 micro-cred or more.
    """
    if type(value) not in (int, float):
        raise UnitError(f"cred is {value!r}, not a number", "give cred as a JSON number")
    text = repr(value)
    if text in ("nan", "inf") or text.startswith("-"):
        raise UnitError(
            f"cred is {text}, not a finite number of zero or more",
            "compute the scores again; cred is never negative, infinite or undefined",
        )
    numerator, denominator = value.as_integer_ratio()
    quotient, rest = divmod(numerator * MICRO, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1):
        quotient += 1
    return MicroCred(whole(quotient, "cred in millionths", 0, MAX_UINT128))


def format_cred(cred: int) -> str:
    """Micro-cred as cred with six decimals."""
    return format_amount(cred, 6)
