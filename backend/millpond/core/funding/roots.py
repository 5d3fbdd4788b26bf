# SPDX-License-Identifier: AGPL-3.0-only
"""Square roots with nine decimals more than the number has, rounded down."""

from math import isqrt

from millpond.core.units import whole

ONE = 10**18
"""A one with 18 decimals. The root of n * 10^18 is a root with nine decimals."""


def root(number: int) -> int:
    """isqrt(number * 10^18)."""
    return isqrt(whole(number, "the number under the root") * ONE)
