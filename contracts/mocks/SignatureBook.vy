# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# The signatures module by itself.

from ..modules import signatures

exports: signatures.eip712Domain


@external
@view
def digest(struct_hash: bytes32) -> bytes32:
    return signatures._digest(struct_hash)


@external
@view
def recover(digest: bytes32, r: uint256, vs: uint256) -> address:
    return signatures._recover(digest, r, vs)


@external
@view
def recover_bytes(digest: bytes32, signature: Bytes[1024]) -> address:
    return signatures._recover_bytes(digest, signature)


@external
@view
def is_signed_by(signer: address, digest: bytes32, signature: Bytes[1024]) -> bool:
    return signatures._is_signed_by(signer, digest, signature)
