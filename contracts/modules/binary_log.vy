# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Binary logarithm of a whole number, in 18 decimals, rounded down
@license AGPL-3.0-only
@author Millpond maintainers
@notice log2(3) = 1.584962500721156181.
@dev The whole part is the place of the highest bit. The fraction comes bit by bit: square a number between 1 and 2, and whenever it
     reaches 2 the next bit is 1 and it is halved. 80 bits are more than 18 decimals can show; the number is kept with 127 bits behind
     the point, so that what the squares round away does not reach them.
"""

from . import checks

ONE: constant(uint256) = 2**127
BITS: constant(uint256) = 80


@internal
@pure
def _log2(number: uint256) -> uint256:
    """
    @dev Of a number from 1 to 2^32, times 10^18.
    """
    checks._need(number > 0 and number <= 2**32, "log2: out of bounds")
    whole: uint256 = 0
    for i: uint256 in range(32):
        if number >> (whole + 1) == 0:
            break
        whole += 1
    rest: uint256 = number << (127 - whole)
    fraction: uint256 = 0
    for i: uint256 in range(80):
        rest = rest * rest >> 127
        fraction = fraction << 1
        if rest >= 2 * ONE:
            rest = rest >> 1
            fraction |= 1
    return whole * 10**18 + (fraction * 10**18 >> BITS)
