# SPDX-License-Identifier: AGPL-3.0-only
"""Payout policies, in words: the bounds that no vote can pass, and how a distributor keeps one."""

from tests.properties.model import Msg
from tests.properties.model_distributor_terms import BPS, Policy

DAY = 86_400
MOST = 2**96 - 1
EPOCH_LENGTHS = range(28 * DAY, 366 * DAY + 1)
CLAIM_WINDOWS = range(365 * DAY, 3_660 * DAY + 1)
MOST_STRUCK_BPS = 5_000
MOST_RESTORERS = 16


def need_sound(msg: Msg, policy: Policy) -> None:
    """A distribution can be made under it."""
    msg.need(1 <= policy.payout_bps <= BPS, "distributor: bad payout share")
    msg.need(1 <= policy.signer_cap_bps <= BPS, "distributor: bad signer cap")
    msg.need(1 <= policy.minimum <= MOST, "distributor: bad minimum")
    msg.need(policy.grain_per_epoch <= MOST, "distributor: bad grain amount")
    msg.need(policy.epoch_length in EPOCH_LENGTHS, "distributor: bad epoch length")
    msg.need(policy.claim_window in CLAIM_WINDOWS, "distributor: bad claim window")
    msg.need(policy.zero_out_bps <= MOST_STRUCK_BPS, "distributor: bad zero-out share")
    msg.need(1 <= policy.restorers <= MOST_RESTORERS, "distributor: bad restorers")
    portion = not policy.fixed_portion or policy.signer_cap_bps < BPS
    msg.need(portion, "distributor: a portion of all")


def words_of(earmark: int, policy: Policy) -> tuple[int, int, int]:
    """Where the money comes from and goes to, the terms, the review; each from the top down."""
    source = int(policy.asset, 16)
    for number, bits in (
        *((policy.payout_bps, 16), (policy.signer_cap_bps, 16)),
        *((earmark, 32), (policy.income_earmark, 32)),
    ):
        source = source * 2**bits + number
    terms = policy.minimum * 2**96 + policy.grain_per_epoch
    terms = (terms * 2**32 + policy.epoch_length) * 2**32 + policy.claim_window
    review = (policy.fixed_portion * 2**16 + policy.zero_out_bps) * 2**8 + policy.restorers
    return source, terms, review
