# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# Shows the packing module to its tests.

from ..modules import packing


@external
@pure
@reentrant
def low(word: uint256) -> uint256:
    return packing._low(word)


@external
@pure
@reentrant
def high(word: uint256) -> uint256:
    return packing._high(word)


@external
@pure
@reentrant
def pair(high: uint256, low: uint256) -> uint256:
    return packing._pair(high, low)
