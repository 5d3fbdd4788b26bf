# SPDX-License-Identifier: AGPL-3.0-only
"""Distributions, what each person gets of them, and claims ready to be sent."""

from typing import Literal

from millpond.api.models.base import (
    Address,
    Digits,
    Hash,
    Hex,
    Model,
    Money,
    Page,
    Placed,
    Reply,
    Seconds,
)

LeafState = Literal[
    "paid", "settled", "claimable", "halted", "waiting",
    "carried", "closed", "review", "void", "struck",
]  # fmt: skip


class Division(Model):
    """How a pot came about: min(floor(income * payout_bps / 10,000) + carry, unreserved)."""

    income_earmark: int
    income: Money
    """R: what the income earmark received since the distribution before."""
    payout_bps: int
    """p, in basis points."""
    share: Money
    """floor(R * p)."""
    carry: Money
    """What earlier pots had left over, taken first."""


class Distribution(Placed):
    """One attempt at one epoch. Cred in millionths."""

    distributor: Address
    """Which of the pool's distributors; each counts its own epochs."""
    epoch: int
    attempt: int
    state: Literal["review", "final", "withdrawn", "void"]
    proposal_id: Digits
    """The consent proposal that its post raised."""
    data_hash: Hash
    """keccak256 of the document; see /v1/documents/{hash}."""
    uri: str
    root: Hash
    total_cred: Digits
    leaf_count: int
    earmark_id: int
    pot: Money
    minimum: Money
    """Of a payout that somebody else starts."""
    grain: Money
    """For all leaves together."""
    signer_cap_bps: int
    maintainers_version: int
    signers: tuple[Address, ...]
    division: Division
    excluded: Digits
    """Cred that the review struck out."""
    closes_at: Seconds | None
    """Claims are taken before it; null while it is not final."""
    epoch_hash: Hash | None
    paid: Money
    paid_leaves: int
    left_over: Money | None
    """What went back when claims were closed; null before that."""
    posted_at: Seconds
    final_at: Seconds | None
    transaction_hash: Hash


class Payment(Placed):
    """One leaf that was paid."""

    epoch: int
    subject: Hash
    payee: Address
    to: Address
    amount: Money
    grain: Money
    claimed_at: Seconds
    position: int
    """Its place among the epochs of one payout, or among the leaves of one payday."""
    transaction_hash: Hash


class Skip(Model):
    """A payday's last word on a leaf that it passed over."""

    reason: int
    text: str
    block_number: int


class Leaf(Model):
    """One person's share of an epoch."""

    index: int
    subject: Hash
    account: Address | None
    """Where the subject is an address: that address."""
    identity: str | None
    """The text whose keccak256 the subject is, such as github:583231."""
    cred: Digits
    amount: Money
    """What was paid, or would be: of several leaves of one maintainer whose share is capped, in a
    list as the next payday pays them, in a claim if it is the next."""
    capped: Money
    """What a maintainer's cap takes off."""
    grain: Money
    state: LeafState
    """Paid; paid outside of the chain; anyone may have it sent now; no grain can be created now, so
    only its payee may claim it, without grain; no account yet; below the minimum, so only its payee
    may claim it; too late; the review goes on; the attempt was given up; struck out in the
    review."""
    payee: Address | None
    """Where it is paid, or would be paid now."""
    skipped: Skip | None
    payment: Payment | None


class Sibling(Model):
    """One step of a proof, from the leaf upwards."""

    hash: Hash
    sum: Digits


class PackedTerms(Model):
    """The terms of an epoch as claims carry them (contracts/modules/epochs.vy)."""

    root: Hash
    pot_and_total: Digits
    asset_and_minimum: Digits
    grain_and_counts: Digits
    review: Digits


class ClaimEntry(Model):
    """One epoch of a claim."""

    terms: PackedTerms
    index: int
    cred: Digits


class ClaimCall(Model):
    """The call of `claim` for one leaf. Anyone may send it; money goes to the payee."""

    chain_id: int
    contract: Address
    function: str
    subject: Hash
    previous: Hash
    """The hash of the epoch before; zeros before epoch 1."""
    claims: tuple[ClaimEntry, ...]
    proof: tuple[Sibling, ...]
    to: Address | None
    """The payee; null while there is no account to pay to."""
    calldata: Hex | None
    """The whole call in bytes; null while there is no payee."""


class Claim(Model):
    """One leaf with all that is needed to claim it."""

    leaf: Leaf
    call: ClaimCall


class Proven(Model):
    """A leaf of the tree that the chain has, with all that its hash is made of."""

    chain_id: int
    distributor: Address
    epoch: int
    root: Hash
    total_cred: Digits
    leaf_count: int
    subject: Hash
    index: int
    cred: Digits
    proof: tuple[Sibling, ...]


class DistributionPage(Page[Distribution]):
    """Some attempts."""


class DistributionReply(Reply[Distribution]):
    """One attempt."""


class PaymentPage(Page[Payment]):
    """Some payments."""


class LeafPage(Page[Leaf]):
    """Some leaves."""


class ClaimReply(Reply[Claim]):
    """One leaf, ready to be claimed."""


class ProofReply(Reply[Proven]):
    """One leaf with its proof."""
