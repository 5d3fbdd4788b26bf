# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title NftGate: the holders of one NFT collection may join, once for each token
@license AGPL-3.0-only
@author Millpond maintainers
@notice A worked example of a gate. Whoever holds a token of the collection when she joins may become a member; the
        token is used up for that pool, whoever holds it later.
@dev It looks once: who sells the token afterwards stays a member. Where tokens are cheap so are seats; only the share
     of joins in a period and the buy-in hold back whoever buys many.
@custom:holds nothing
@custom:halt a rules vote of a pool names another gate, or none
"""

from ethereum.ercs import IERC721
from .interfaces import IGate

implements: IGate

COLLECTION: immutable(address)


@deploy
def __init__(token: address):
    """
    @notice Fixes the collection for ever.
    @dev Reverts when there is no code at its address.
    @param token The ERC-721 contract.
    """
    assert token.is_contract, "gate: the collection has no code"
    COLLECTION = token


@external
@view
@reentrant
def check(candidate: address, admission: address, proof: Bytes[1024]) -> bytes32:
    """
    @notice Whether the candidate holds the token that she names.
    @dev Reverts when the proof is no token's number, when the candidate does not hold it, and where the collection
         does.
    @param candidate The account that is to join.
    @param admission The Admission that asks.
    @param proof The ABI-encoded number of the token.
    @return keccak256 of collection, token and Admission.
    """
    assert len(proof) == 32, "gate: name one token"
    token_id: uint256 = abi_decode(proof, uint256)
    owner: address = staticcall IERC721(COLLECTION).ownerOf(token_id)
    assert owner == candidate, "gate: the token is not the candidate's"
    return keccak256(abi_encode(COLLECTION, token_id, admission))


@external
@view
@reentrant
def collection() -> address:
    """
    @notice The collection whose holders may join.
    @return The ERC-721 contract.
    """
    return COLLECTION
