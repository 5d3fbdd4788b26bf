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

from . import checks

struct Policy:
    asset: address              # what is paid; zero: ETH
    income_earmark: uint256     # whose gifts since the last distribution are R; may be the pot earmark itself, 0: general fund
    payout_bps: uint256         # p: the share of R that is paid, 1 to 10,000
    minimum: uint256            # smallest payout of a payday or relayed claim, in the asset's smallest unit; at least 1
    grain_per_epoch: uint256    # grain (18 decimals) for a whole distribution; 0: none
    signer_cap_bps: uint256     # most a maintainer gets of a pot, over all her subjects; 10,000: no cap
    epoch_length: uint256       # seconds from one finalised post (or the opening) to the next post
    claim_window: uint256       # seconds from final to the close of claims
    zero_out_bps: uint256       # most of all cred that one review may strike out, 0 to 5,000
    restorers: uint256          # so many members' signatures put somebody struck out back, 1 to 16
    fixed_portion: bool         # the document gives each maintainer exactly signer_cap_bps of the pot, whatever her cred


# What the review of a distribution asks for.
struct Review:
    zero_out_bps: uint256
    restorers: uint256
    fixed_portion: bool


event PolicySet:
    version: indexed(uint256)
    pot_earmark: indexed(uint256)
    policy: Policy


BPS: constant(uint256) = 10_000
U16: constant(uint256) = 2**16 - 1
U32: constant(uint256) = 2**32 - 1
U96: constant(uint256) = 2**96 - 1
# Floors and ceilings that no vote can pass. An earmark without a reserve for 400 days may be lapsed, hence the ceiling.
MIN_EPOCH_LENGTH: constant(uint256) = 28 * 86_400
MAX_EPOCH_LENGTH: constant(uint256) = 366 * 86_400
MIN_CLAIM_WINDOW: constant(uint256) = 365 * 86_400
MAX_CLAIM_WINDOW: constant(uint256) = 3_660 * 86_400
# Maintainers who could strike out more than half would decide who is left.
MAX_ZERO_OUT_BPS: constant(uint256) = 5_000
MAX_RESTORERS: constant(uint256) = 16

# version -> the words described above; version 0 does not exist.
_source: HashMap[uint256, uint256]
_terms: HashMap[uint256, uint256]
_reviews: HashMap[uint256, uint256]


@external
@view
@reentrant
def policy_of(version: uint256) -> Policy:
    """
    @notice The policy of a version; `head().policy_version` is the one in force.
    @param version From 1 on.
    @return All of it; zeros: no such version.
    """
    policy: Policy = self._policy(version)
    review: Review = self._review_of(version)
    policy.zero_out_bps = review.zero_out_bps
    policy.restorers = review.restorers
    policy.fixed_portion = review.fixed_portion
    return policy


@internal
def _write(version: uint256, pot_earmark: uint256, policy: Policy, frozen: bool):
    """
    @dev Refuses whatever no distribution could be made under. `frozen`: the first word must be that of the version before.
         Earmark numbers fit 32 bits (the caller sees to it that both exist).
    """
    checks._need(policy.payout_bps > 0 and policy.payout_bps <= BPS, "distributor: bad payout share")
    checks._need(policy.signer_cap_bps > 0 and policy.signer_cap_bps <= BPS, "distributor: bad signer cap")
    checks._need(policy.minimum > 0 and policy.minimum <= U96, "distributor: bad minimum")
    checks._need(policy.grain_per_epoch <= U96, "distributor: bad grain amount")
    checks._need(
        policy.epoch_length >= MIN_EPOCH_LENGTH and policy.epoch_length <= MAX_EPOCH_LENGTH,
        "distributor: bad epoch length",
    )
    checks._need(
        policy.claim_window >= MIN_CLAIM_WINDOW and policy.claim_window <= MAX_CLAIM_WINDOW,
        "distributor: bad claim window",
    )
    checks._need(policy.zero_out_bps <= MAX_ZERO_OUT_BPS, "distributor: bad zero-out share")
    checks._need(policy.restorers > 0 and policy.restorers <= MAX_RESTORERS, "distributor: bad restorers")
    checks._need(
        not policy.fixed_portion or policy.signer_cap_bps < BPS, "distributor: a portion of all"
    )
    fixed: uint256 = convert(policy.fixed_portion, uint256) << 24
    source: uint256 = (
        convert(policy.asset, uint256) << 96
        | policy.payout_bps << 80
        | policy.signer_cap_bps << 64
        | pot_earmark << 32
        | policy.income_earmark
    )
    if frozen:
        same: bool = source == self._source[version - 1] and fixed == self._reviews[version - 1] & 1 << 24
        checks._need(same, "distributor: terms are frozen")
    self._source[version] = source
    self._terms[version] = (
        policy.minimum << 160 | policy.grain_per_epoch << 64 | policy.epoch_length << 32 | policy.claim_window
    )
    self._reviews[version] = fixed | policy.zero_out_bps << 8 | policy.restorers
    log PolicySet(version=version, pot_earmark=pot_earmark, policy=policy)


@internal
@view
def _policy(version: uint256) -> Policy:
    """
    @dev Without what the review asks for.
    """
    source: uint256 = self._source[version]
    terms: uint256 = self._terms[version]
    return Policy(
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
