# SPDX-License-Identifier: AGPL-3.0-only
"""The binary logarithm of a whole number with 18 decimals, rounded down, exactly.

Digit by digit: a number from 1 to 2 is squared; reaches it 2, the next binary digit is one and it
is halved. It is held between two bounds, so every digit is certain; where the bounds leave one open
the whole is done again with twice as many bits.
"""

from functools import lru_cache

from millpond.core.funding.roots import ONE
from millpond.core.units import whole

_FIRST_BITS = 256
_MOST_CACHED = 1 << 12


@lru_cache(maxsize=_MOST_CACHED)
def log2(number: int) -> int:
    """floor(lg(number) * 10^18), from 1 on: lg 3 = 1.584962500721156181."""
    high = whole(number, "the number of shares", 1).bit_length() - 1
    if number == 1 << high:
        return high * ONE
    bits, found = _FIRST_BITS, None
    while found is None:
        found, bits = _decimals(number, high, bits), 2 * bits
    return high * ONE + found


def _decimals(number: int, high: int, bits: int) -> int | None:
    """What is behind the point, or None if so many bits do not tell."""
    low = (number << bits) >> high
    top = low if low << high == number << bits else low + 1
    two, digits, count = 2 << bits, 0, bits // 2
    for _ in range(count):
        low, top = low * low >> bits, -(-top * top >> bits)
        if low < two < top:
            return None
        digits <<= 1
        if low >= two:
            digits, low, top = digits | 1, low >> 1, -(-top >> 1)
    # It is irrational, so it lies between digits and digits + 1, and is neither.
    first, last = digits * ONE >> count, ((digits + 1) * ONE - 1) >> count
    return first if first == last else None
