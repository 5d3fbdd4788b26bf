# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The "#proposer=0x..." suffix of a description
@license AGPL-3.0-only
@author Millpond maintainers
@notice A description that ends in it can be proposed by that account only, so nobody can copy a proposal from the
        mempool and cancel it as its proposer (CVE-2023-34234). The form is OpenZeppelin's.
@dev OpenZeppelin lets everybody propose under a suffix that is not hexadecimal; here it is for nobody, or for the one
     account whose digits it resembles (":" is read as "a").
"""

SIZE: constant(uint256) = 52    # "#proposer=0x" and 40 digits
MARK: constant(bytes12) = 0x2370726f706f7365723d3078  # "#proposer=0x"
EACH: constant(uint256) = max_value(uint256) // 255    # the lowest bit of each byte
# the low half of each 2, 4, 8 and 16 bytes
PAIRS: constant(uint256) = max_value(uint256) // (2**8 + 1)
FOURS: constant(uint256) = max_value(uint256) // (2**16 + 1)
EIGHTS: constant(uint256) = max_value(uint256) // (2**32 + 1)
SIXTEENS: constant(uint256) = max_value(uint256) // (2**64 + 1)


@internal
@pure
def _names(digits: String[40], proposer: address) -> bool:
    high: uint256 = self._nibbles(convert(convert(slice(digits, 0, 32), Bytes[32]), uint256))
    low: uint256 = self._nibbles(convert(convert(slice(digits, 32, 8), Bytes[8]), uint256))
    return high << 32 | low == convert(proposer, uint256)


@internal
@pure
def _nibbles(digits: uint256) -> uint256:
    """
    @dev 32 ASCII hexadecimal digits of either case, right-aligned, to the number of 128 bits they spell: each byte to
         its nibble (letters have bit 6 set), then neighbours together, two, four, eight and sixteen at a time.
    """
    each: uint256 = EACH
    word: uint256 = (digits & (15 * each)) + ((digits >> 6) & each) * 9
    word = (word | word >> 4) & PAIRS
    word = (word | word >> 8) & FOURS
    word = (word | word >> 16) & EIGHTS
    word = (word | word >> 32) & SIXTEENS
    return (word | word >> 64) & (2**128 - 1)
