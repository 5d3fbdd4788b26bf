# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Epochs: what a distribution froze, what of it is paid, which leaves have been claimed
@license AGPL-3.0-only
@author Millpond maintainers
@notice A final epoch is one hash, of its terms and of the hash of the epoch before it. Whoever claims brings the terms
        along; only those that were posted, reviewed and finalised lead to it. Two things change later: how much of an
        epoch is paid, and one bit per leaf.
@dev `EpochTerms` is the readable form; claims carry `PackedTerms` (calldata is a claim's largest cost). Top to bottom:
     pot_and_total:       pot u128 | total_cred u128
     asset_and_minimum:   asset u160 | minimum u96
     grain_and_counts:    grain_per_epoch u96 | earmark u32 | leaf_count u32 | maintainers_version u32 | signer_cap_bps u16,
                          the lowest 48 bits are zero
     review:              excluded u128 | closes_at u40 | epoch u32 | attempt u32; the highest 24 bits are zero
     posted hash = keccak256(root, pot_and_total, asset_and_minimum, grain_and_counts);
     epoch hash = keccak256(epoch hash of the epoch before, posted hash, review).
     The review fills the last word, so finalising needs to know the posted hash only; and because the hashes are a chain,
     any run of epochs is checked against one stored word.
"""

from . import checks

struct EpochTerms:
    epoch: uint256                  # from 1, each exactly one above the last final one
    attempt: uint256                # from 1 in each epoch; rises when a posted distribution is withdrawn or voided
    root: bytes32                   # of the sum tree of cred
    total_cred: uint256             # sum of all leaves, in micro-cred
    leaf_count: uint256
    earmark: uint256                # whose reserve pays
    asset: address                  # zero: ETH
    pot: uint256                    # in the asset's smallest unit
    minimum: uint256                # of a payout that somebody else starts
    grain_per_epoch: uint256        # 18 decimals
    signer_cap_bps: uint256         # of the pot, for each maintainer; 10,000: no cap
    maintainers_version: uint256    # whose subjects the cap is summed over
    excluded: uint256               # cred that the review struck out; 0 until final
    closes_at: uint256              # seconds since 1970; claims before it, not at it; 0 until final


struct PackedTerms:
    root: bytes32
    pot_and_total: uint256
    asset_and_minimum: uint256
    grain_and_counts: uint256
    review: uint256


U16: constant(uint256) = 2**16 - 1
U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U96: constant(uint256) = 2**96 - 1
U128: constant(uint256) = 2**128 - 1

# epoch -> hash of its final terms; zero: not final.
_epoch_hash: HashMap[uint256, bytes32]
# epoch // 2 -> paid of the odd epoch u128 | paid of the even epoch u128, so that claiming many epochs writes half as often.
_paid: HashMap[uint256, uint256]
# leaf subject -> epoch // 256 -> one bit per epoch. The subject, never the account: linking anew pays nothing twice.
_claimed: HashMap[bytes32, HashMap[uint256, uint256]]
# subject -> epoch << 64 | attempt << 32 | leaf index -> cred << 1 | 1 while that leaf is struck out; cred << 1 once it is restored.
_struck: HashMap[bytes32, HashMap[uint256, uint256]]


@external
@view
@reentrant
def epoch_hash_of(epoch: uint256) -> bytes32:
    """
    @notice The hash that the terms of a final epoch must have. It never changes.
    @param epoch Its number, from 1.
    @return Zero while the epoch is not final.
    """
    return self._epoch_hash[epoch]


@external
@view
@reentrant
def paid_of(epoch: uint256) -> uint256:
    """
    @notice How much of an epoch's pot is booked as paid.
    @param epoch Its number, from 1.
    @return In its asset's smallest unit; what the cap took and what was left over at the close count as paid.
    """
    return self._paid_of(epoch)


@external
@view
@reentrant
def is_claimed(subject: bytes32, epoch: uint256) -> bool:
    """
    @notice Whether the leaf of this subject in this epoch has been claimed.
    @param subject An address, left-padded, or an identity.
    @param epoch Its number, from 1.
    @return False also when there is no such leaf.
    """
    return self._is_claimed(subject, epoch)


@internal
@pure
def _packed(t: EpochTerms) -> PackedTerms:
    return PackedTerms(
        root=t.root,
        pot_and_total=t.pot << 128 | t.total_cred,
        asset_and_minimum=convert(t.asset, uint256) << 96 | t.minimum,
        grain_and_counts=(
            t.grain_per_epoch << 160
            | t.earmark << 128
            | t.leaf_count << 96
            | t.maintainers_version << 64
            | t.signer_cap_bps << 48
        ),
        review=self._review(t.epoch, t.attempt, t.excluded, t.closes_at),
    )


@internal
@pure
def _unpacked(p: PackedTerms) -> EpochTerms:
    return EpochTerms(
        epoch=self._epoch_of(p.review),
        attempt=p.review & U32,
        root=p.root,
        total_cred=p.pot_and_total & U128,
        leaf_count=self._leaf_count(p.grain_and_counts),
        earmark=(p.grain_and_counts >> 128) & U32,
        asset=convert(p.asset_and_minimum >> 96, address),
        pot=p.pot_and_total >> 128,
        minimum=p.asset_and_minimum & U96,
        grain_per_epoch=p.grain_and_counts >> 160,
        signer_cap_bps=(p.grain_and_counts >> 48) & U16,
        maintainers_version=(p.grain_and_counts >> 64) & U32,
        excluded=p.review >> 104,
        closes_at=(p.review >> 64) & U40,
    )


@internal
@pure
def _epoch_of(review: uint256) -> uint256:
    return (review >> 32) & U32


@internal
@pure
def _leaf_count(grain_and_counts: uint256) -> uint256:
    return (grain_and_counts >> 96) & U32


@internal
@pure
def _review(epoch: uint256, attempt: uint256, excluded: uint256, closes_at: uint256) -> uint256:
    return excluded << 104 | closes_at << 64 | epoch << 32 | attempt


@internal
@pure
def _posted_hash(p: PackedTerms) -> bytes32:
    return keccak256(abi_encode(p.root, p.pot_and_total, p.asset_and_minimum, p.grain_and_counts))


@internal
@pure
def _chained(previous: bytes32, posted_hash: bytes32, review: uint256) -> bytes32:
    return keccak256(abi_encode(previous, posted_hash, review))


@internal
@pure
def _after(previous: bytes32, packed: PackedTerms) -> bytes32:
    return self._chained(previous, self._posted_hash(packed), packed.review)


@internal
@view
def _require_final(review: uint256, found: bytes32):
    """
    @dev `review` is the last word of the terms whose hash was found. No terms hash to zero, so no epoch that is not final.
    """
    checks._need(self._epoch_hash[self._epoch_of(review)] == found, "distributor: not a final epoch")


@internal
@view
def _final(previous: bytes32, packed: PackedTerms) -> EpochTerms:
    self._require_final(packed.review, self._after(previous, packed))
    return self._unpacked(packed)


@internal
@pure
def _part(whole: uint256, cred: uint256, of_cred: uint256) -> uint256:
    """
    @dev What this cred is worth of a whole that is for all of `of_cred`, rounded down. All are below 2^128, so the product
         fits.
    """
    return unsafe_mul(whole, cred) // of_cred


@internal
@view
def _is_struck(t: EpochTerms, subject: bytes32, index: uint256) -> bool:
    """
    @dev To be asked only where something was struck out at all (`excluded`).
    """
    return self._struck[subject][self._leaf_key(t.epoch, t.attempt, index)] & 1 == 1


@internal
@pure
def _leaf_key(epoch: uint256, attempt: uint256, index: uint256) -> uint256:
    """
    @dev One leaf of one posted tree: whoever stands in it twice has two.
    """
    return epoch << 64 | attempt << 32 | index


@internal
@view
def _is_claimed(subject: bytes32, epoch: uint256) -> bool:
    return (self._claimed[subject][epoch >> 8] >> (epoch & 255)) & 1 == 1


@internal
def _mark_claimed(subject: bytes32, epoch: uint256):
    word: uint256 = self._claimed[subject][epoch >> 8]
    bit: uint256 = 1 << (epoch & 255)
    if word & bit != 0:
        checks._refuse("distributor: already claimed")
    self._claimed[subject][epoch >> 8] = word | bit


@internal
@view
def _paid_of(epoch: uint256) -> uint256:
    return (self._paid[epoch >> 1] >> ((epoch & 1) << 7)) & U128


@internal
def _add_paid(epoch: uint256, pot: uint256, amount: uint256):
    """
    @dev The sum tree already keeps all shares within the pot; this holds even if it did not.
    """
    half_at: uint256 = (epoch & 1) << 7
    word: uint256 = self._paid[epoch >> 1]
    if ((word >> half_at) & U128) + amount > pot:
        checks._refuse("distributor: over the pot")
    # both halves are at most a pot by now, so neither reaches beyond its 128 bits
    self._paid[epoch >> 1] = unsafe_add(word, amount << half_at)
