# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# Shows the binary logarithm to its tests.

from ..modules import binary_log


@external
@pure
@reentrant
def log2(number: uint256) -> uint256:
    return binary_log._log2(number)


@external
@pure
@reentrant
def many(numbers: DynArray[uint256, 500]) -> DynArray[uint256, 500]:
    found: DynArray[uint256, 500] = []
    for number: uint256 in numbers:
        found.append(binary_log._log2(number))
    return found
