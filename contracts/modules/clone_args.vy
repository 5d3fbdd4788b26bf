# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What a clone carries in its own code
@license AGPL-3.0-only
@author Millpond maintainers
@notice The Hub appends the addresses of a pool's parts, 20 bytes each, to the 45 bytes of the EIP-1167 proxy, and behind
        them a text where there is one.
@dev Code cannot change, so they are as good as immutables and cost some 110 gas to read where a storage slot costs 2,100
     (and 4,500 instead of 22,100 to write). An implementation itself carries none: there a read gives 20 bytes of its own
     code, which is nobody's address. A test holds that the bare implementations can be used by no one.
"""

PROXY_SIZE: constant(uint256) = 45


@internal
@view
def _address_at(index: uint256) -> address:
    """
    @dev The index-th appended address, from 0.
    """
    me: address = self
    # every index is a literal, and a read past the end of the code reverts
    start: uint256 = unsafe_add(PROXY_SIZE, unsafe_mul(20, index))
    return convert(convert(slice(me.code, start, 20), uint160), address)


@internal
@view
def _text_of(clone: address, addresses: uint256) -> String[256]:
    """
    @dev The text behind so many addresses in the code of a clone; empty if there is none. It is read in words, and the last
         one from the end, for a slice of code has a fixed length.
    """
    start: uint256 = PROXY_SIZE + 20 * addresses
    end: uint256 = clone.codesize
    if end <= start:
        return ""
    words: bytes32[8] = empty(bytes32[8])
    for i: uint256 in range(8):
        at: uint256 = start + 32 * i
        if at >= end:
            break
        if end - at >= 32:
            words[i] = convert(slice(clone.code, at, 32), bytes32)
        else:
            last: uint256 = convert(slice(clone.code, end - 32, 32), uint256)
            words[i] = convert(last << (8 * (32 - (end - at))), bytes32)
    text: Bytes[256] = concat(
        words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]
    )
    return convert(slice(text, 0, min(end - start, 256)), String[256])
