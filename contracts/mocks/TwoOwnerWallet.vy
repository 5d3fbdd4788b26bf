# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title A wallet of two owners, both of whom must sign
@license AGPL-3.0-only
@author Millpond maintainers
@notice Says by ERC-1271 whether two 65-byte signatures, in the owners' order, are over a digest.
@custom:holds Nothing.
@custom:halt It does nothing that could be halted.
"""

from ..interfaces import IERC1271
from ..modules import signatures

implements: IERC1271

ACCEPTED: constant(bytes4) = 0x1626ba7e
REFUSED: constant(bytes4) = 0xffffffff

FIRST: immutable(address)
SECOND: immutable(address)


@deploy
def __init__(first: address, second: address):
    """
    @notice The two owners, for ever.
    """
    FIRST = first
    SECOND = second


@external
@view
@reentrant
def isValidSignature(hash: bytes32, signature: Bytes[1024]) -> bytes4:
    """
    @notice 0x1626ba7e when both owners signed the digest, 0xffffffff otherwise.
    """
    if len(signature) != 130:
        return REFUSED
    first: address = signatures._recover_bytes(hash, slice(signature, 0, 65))
    second: address = signatures._recover_bytes(hash, slice(signature, 65, 65))
    return ACCEPTED if first == FIRST and second == SECOND else REFUSED
