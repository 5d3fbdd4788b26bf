# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Hashes as text
@license AGPL-3.0-only
@author Millpond maintainers
@notice Writes a 32-byte hash as people and tools read it: 0x and 64 lowercase digits.
"""

ALL: constant(uint256) = max_value(uint256)
# 1 in every byte
ONES: constant(uint256) = ALL // 255


@internal
@pure
def _hex(word: bytes32) -> String[66]:
    number: uint256 = convert(word, uint256)
    return concat(
        "0x",
        convert(concat(self._digits(number >> 128), self._digits(number & (2**128 - 1))), String[64]),
    )


@internal
@pure
def _digits(half: uint256) -> bytes32:
    """
    @dev The 32 digits of 16 bytes. Groups of 16, 8, 4, 2, 1 bytes are pulled apart by half their width until each digit has a
         byte of its own; 2^256 - 1 over 2^width + 1 is the mask of the lower halves (zeros and ones, `width` bits each).
         Then '0' + digit, and 39 more from ten on ('a' - '9' - 1).
    """
    x: uint256 = half
    width: uint256 = 64
    for _: uint256 in range(5):
        x = (x | x << width) & ALL // ((1 << width) + 1)
        width >>= 1
    from_ten_on: uint256 = ((x + 6 * ONES) >> 4) & ONES
    return convert(x + 48 * ONES + 39 * from_ten_on, bytes32)
