# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The terms of epochs, for explorers and for people
@license AGPL-3.0-only
@author Millpond maintainers
@notice Leaves, terms and amounts as the distributors compute them, for whoever wants to check by hand. Nothing is kept here.
"""

from . import epochs
from . import sum_tree


@external
@view
@reentrant
def leaf_hash(distributor: address, epoch: uint256, index: uint256, subject: bytes32, cred: uint256) -> bytes32:
    """
    @notice The hash of a leaf on this chain.
    @param distributor Whose leaf.
    @param epoch Its epoch, from 1.
    @param index The leaf's place among all of its epoch, from 0.
    @param subject An address, left-padded, or an identity.
    @param cred In micro-cred.
    @return Hashed twice, which keeps it apart from a node.
    """
    return sum_tree._leaf_hash(distributor, epoch, index, subject, cred)


@external
@pure
@reentrant
def pack_terms(terms: epochs.EpochTerms) -> epochs.PackedTerms:
    """
    @notice The form in which claims carry terms. Nobody checks here that every field fits its width (modules/epochs).
    @param terms As the event `DistributionPosted` has them, with `excluded` and `closes_at` once they are final.
    @return The same in five words.
    """
    return epochs._packed(terms)


@external
@pure
@reentrant
def unpack_terms(packed: epochs.PackedTerms) -> epochs.EpochTerms:
    """
    @notice The readable form of packed terms. Whether they are an epoch's terms is what `hash_of_terms` compares.
    @param packed Any five words.
    @return The fields they hold.
    """
    return epochs._unpacked(packed)


@external
@pure
@reentrant
def hash_of_terms(previous: bytes32, packed: epochs.PackedTerms) -> bytes32:
    """
    @notice The epoch hash of these terms, to compare with `epoch_hash_of`.
    @param previous The hash of the epoch before; zero for the first.
    @param packed What `pack_terms` made of them.
    @return keccak256 of the epoch before, the posted terms and the outcome of the review.
    """
    return epochs._after(previous, packed)


@external
@pure
@reentrant
def amount_of(terms: epochs.EpochTerms, cred: uint256) -> (uint256, uint256):
    """
    @notice What a leaf of this cred gets, before a maintainer's cap.
    @dev Reverts for terms without cred (division by zero), and where a product does not fit, as no posted terms make it.
    @param terms Of the epoch.
    @param cred In micro-cred.
    @return Of the pot, in the asset's smallest unit, rounded down.
    @return Grain in its smallest unit (18 decimals), rounded down.
    """
    divisor: uint256 = terms.total_cred - terms.excluded
    return terms.pot * cred // divisor, terms.grain_per_epoch * cred // divisor
