# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Cosigned: one message about a distributor that several accounts have signed
@license AGPL-3.0-only
@author Millpond maintainers
@notice Each of them signs the message with its own address in it, so a signature counts for nobody else. They come by
        ascending address, so nobody counts twice.
@dev The signing domain is the distributor's: a signature counts for that one clone on this chain. Who may sign, the caller
     asks.
"""

from . import checks
from . import signatures


@internal
@view
def _require(
    distributor: address,
    head: Bytes[256],
    deadline: uint256,
    signers: DynArray[address, 16],
    signatures_: DynArray[Bytes[1024], 16],
    needed: uint256,
):
    """
    @dev At least `needed` different accounts signed the struct whose encoding begins with `head` and ends with
         `address signer,uint256 deadline`. The deadline itself is still in time.
    """
    self._require_in_time(deadline)
    checks._need(len(signers) == len(signatures_), "clerk: lists differ")
    checks._need(needed > 0 and len(signers) >= needed, "clerk: too few signed")
    domain: bytes32 = self._domain(distributor)
    last: uint256 = 0
    for i: uint256 in range(len(signers), bound=16):
        signer: address = signers[i]
        checks._need(convert(signer, uint256) > last, "clerk: signers unsorted")
        last = convert(signer, uint256)
        struct_hash: bytes32 = keccak256(concat(head, abi_encode(signer, deadline)))
        digest: bytes32 = signatures._typed_digest(domain, struct_hash)
        checks._need(signatures._is_signed_by(signer, digest, signatures_[i]), "clerk: bad signature")


@internal
@view
def _require_in_time(deadline: uint256):
    checks._need(block.timestamp <= deadline, "clerk: signed too late")


@internal
@view
def _domain(distributor: address) -> bytes32:
    return keccak256(
        abi_encode(
            signatures.DOMAIN_TYPEHASH, signatures.NAME_HASH, signatures.VERSION_HASH, chain.id, distributor
        )
    )
