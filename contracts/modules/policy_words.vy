# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Payout policies: what a vote may set, and the words that a distributor keeps of it
@license AGPL-3.0-only
@author Millpond maintainers
@notice The floors and ceilings that no vote can pass. What lies beyond them is refused before anything is kept.
@dev The words are those of modules/payout_policy, which reads them again.
"""

from ..interfaces import IClerk
from . import checks

BPS: constant(uint256) = 10_000
U96: constant(uint256) = 2**96 - 1
# Floors and ceilings that no vote can pass. An earmark without a reserve for 400 days may be lapsed, hence the ceiling.
MIN_EPOCH_LENGTH: constant(uint256) = 28 * 86_400
MAX_EPOCH_LENGTH: constant(uint256) = 366 * 86_400
MIN_CLAIM_WINDOW: constant(uint256) = 365 * 86_400
MAX_CLAIM_WINDOW: constant(uint256) = 3_660 * 86_400
# Maintainers who could strike out more than half would decide who is left.
MAX_ZERO_OUT_BPS: constant(uint256) = 5_000
MAX_RESTORERS: constant(uint256) = 16


@external
@pure
@reentrant
def pack_policy(pot_earmark: uint256, policy: IClerk.Policy) -> (uint256, uint256, uint256):
    """
    @notice The three words that a distributor keeps of a policy (modules/payout_policy).
    @dev Reverts for whatever no distribution could be made under.
    @param pot_earmark The earmark that pays; like the income earmark it exists, so it fits 32 bits.
    @param policy All of it.
    @return Source: what a restricted earmark was given under.
    @return Terms.
    @return Review; from bit 24 on it is what a restricted earmark was given under.
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
    source: uint256 = (
        convert(policy.asset, uint256) << 96
        | policy.payout_bps << 80
        | policy.signer_cap_bps << 64
        | pot_earmark << 32
        | policy.income_earmark
    )
    terms: uint256 = (
        policy.minimum << 160 | policy.grain_per_epoch << 64 | policy.epoch_length << 32 | policy.claim_window
    )
    review: uint256 = (
        convert(policy.fixed_portion, uint256) << 24 | policy.zero_out_bps << 8 | policy.restorers
    )
    return source, terms, review
