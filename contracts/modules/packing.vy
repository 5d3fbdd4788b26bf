# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Two numbers in one storage word
@license AGPL-3.0-only
@author Millpond maintainers
@notice Money is counted in uint256 everywhere and stored in halves of 128 bits, so that what changes together is
        written together. A number that does not fit is refused, never cut.
"""

HALF: constant(uint256) = (1 << 128) - 1
# The lowest 160 bits, in which a payment (amount << 160 | payee) names its payee.
ACCOUNT: constant(uint256) = (1 << 160) - 1


@internal
@pure
def _low(word: uint256) -> uint256:
    return word & HALF


@internal
@pure
def _high(word: uint256) -> uint256:
    return word >> 128


@internal
@pure
def _pair(high: uint256, low: uint256) -> uint256:
    assert (high | low) <= HALF, "packing: over 128 bits"
    return high << 128 | low
