# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The payout policy of a distributor: which income is divided, how much of it, in what rhythm
@license AGPL-3.0-only
@author Millpond maintainers
@notice Policies are immutable versions; a posted distribution names the one it was posted under, so that a later change
        touches the next post only.
@dev Three packed words per version (top to bottom; a post reads the first two only):
     source: asset u160 | payout_bps u16 | signer_cap_bps u16 | pot_earmark u32 | income_earmark u32
     terms:  minimum u96 | grain_per_epoch u96 | epoch_length u32 | claim_window u32
     review: fixed_portion u1 | zero_out_bps u16 | restorers u8, in the lowest bits
     A fixed portion is a rule for the document, which credits each maintainer just so much that the cap below gives her
     exactly her portion of any pot; the contract keeps to that cap in either case.
"""

from ..interfaces import IClerk
from . import checks
from . import desk

uses: desk

# What the review of a distribution asks for.
struct Review:
    zero_out_bps: uint256
    restorers: uint256
    fixed_portion: bool


event PolicySet:
    version: indexed(uint256)
    pot_earmark: indexed(uint256)
    policy: IClerk.Policy


U16: constant(uint256) = 2**16 - 1
U32: constant(uint256) = 2**32 - 1
U96: constant(uint256) = 2**96 - 1

# version -> the words described above; version 0 does not exist.
_source: HashMap[uint256, uint256]
_terms: HashMap[uint256, uint256]
_reviews: HashMap[uint256, uint256]


@external
@view
@reentrant
def policy_of(version: uint256) -> IClerk.Policy:
    """
    @notice The policy of a version; `head().policy_version` is the one in force.
    @param version From 1 on.
    @return All of it; zeros: no such version.
    """
    policy: IClerk.Policy = self._policy(version)
    review: Review = self._review_of(version)
    policy.zero_out_bps = review.zero_out_bps
    policy.restorers = review.restorers
    policy.fixed_portion = review.fixed_portion
    return policy


@internal
def _write(version: uint256, pot_earmark: uint256, policy: IClerk.Policy, frozen: bool):
    """
    @dev The Clerk packs it, and refuses whatever no distribution could be made under. `frozen`: the first word must be that
         of the version before. The caller sees to it that both earmarks exist.
    """
    source: uint256 = 0
    terms: uint256 = 0
    review: uint256 = 0
    source, terms, review = staticcall desk._clerk().pack_policy(pot_earmark, policy)
    if frozen:
        same: bool = source == self._source[version - 1] and review >> 24 == self._reviews[version - 1] >> 24
        checks._need(same, "distributor: terms are frozen")
    self._source[version] = source
    self._terms[version] = terms
    self._reviews[version] = review
    log PolicySet(version=version, pot_earmark=pot_earmark, policy=policy)


@internal
@view
def _policy(version: uint256) -> IClerk.Policy:
    """
    @dev Without what the review asks for.
    """
    source: uint256 = self._source[version]
    terms: uint256 = self._terms[version]
    return IClerk.Policy(
        asset=convert(source >> 96, address),
        income_earmark=source & U32,
        payout_bps=(source >> 80) & U16,
        minimum=terms >> 160,
        grain_per_epoch=(terms >> 64) & U96,
        signer_cap_bps=(source >> 64) & U16,
        epoch_length=(terms >> 32) & U32,
        claim_window=terms & U32,
        zero_out_bps=0,
        restorers=0,
        fixed_portion=False,
    )


@internal
@view
def _review_of(version: uint256) -> Review:
    word: uint256 = self._reviews[version]
    return Review(zero_out_bps=(word >> 8) & U16, restorers=word & 255, fixed_portion=word >> 24 == 1)


@internal
@view
def _pot_earmark(version: uint256) -> uint256:
    return (self._source[version] >> 32) & U32
