# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Addresses carried in a clone's own code
@license AGPL-3.0-only
@author Millpond maintainers
@notice The Hub appends the addresses of a pool's parts, 20 bytes each, to the 45 bytes of the EIP-1167 proxy.
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
    return convert(convert(slice(me.code, PROXY_SIZE + 20 * index, 20), uint160), address)


@internal
@view
def _word_at(offset: uint256) -> bytes32:
    """
    @dev 32 appended bytes that start `offset` bytes after the proxy.
    """
    me: address = self
    return convert(slice(me.code, PROXY_SIZE + offset, 32), bytes32)
