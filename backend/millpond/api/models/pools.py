# SPDX-License-Identifier: AGPL-3.0-only
"""Pools, what governs them, their members."""

from typing import Literal

from millpond.api.models.base import Address, Hash, Model, Money, Page, Placed, Reply, Seconds

ClassName = Literal["ordinary", "membership", "rules", "consent"]


class Parts(Model):
    """The contracts of a pool."""

    governor: Address
    admission: Address
    grain: Address
    distributor: Address


class Pool(Placed):
    """One co-op, in short."""

    address: Address
    name: str
    creator: Address
    charter_uri: str
    charter_hash: Hash
    """keccak256 of the charter's bytes."""
    parts: Parts
    members: int
    open_proposals: int
    """Pending, active, queued or ready to be executed."""
    holdings: tuple[Money, ...]
    """What the books say it holds: all earmarks and all debts."""
    created_at: Seconds
    transaction_hash: Hash


class ClassRules(Model):
    """How proposals of one class are decided. Times in seconds, shares in basis points."""

    name: ClassName
    version: int
    delay: int
    period: int
    timelock: int
    expiry: int
    quorum_bps: int
    """Of the electorate: must take part (For or Abstain); in the consent class: must object."""
    approval_bps: int
    """Of those who are for or against: must be for it."""
    early: bool
    """Whether a vote may be closed as soon as its outcome is certain."""


class Ways(Model):
    """The ways to become a member, other than by a vote on the member herself."""

    by_offer: bool
    by_invitation: bool
    sponsors: int
    """Members who must sign an invitation."""
    joins_bps: int
    """At most so many join by invitation in a period, as a share of the members."""
    period: int
    gate: Address | None
    """A contract that says who may join by herself."""


class Signers(Model):
    """Accounts of which so many must sign."""

    needed: int
    accounts: tuple[Address, ...]


class PolicyTerms(Model):
    """How an earmark is paid out by cred."""

    income_earmark: int
    payout_bps: int
    minimum: Money
    grain_per_epoch: Money
    signer_cap_bps: int
    epoch_length: int
    claim_window: int
    zero_out_bps: int
    restorers: int
    fixed_portion: bool


class Policy(PolicyTerms):
    """A version of them, in force for one earmark."""

    version: int
    pot_earmark: int


class Constitution(Model):
    """What governs a pool as of the mirrored block."""

    rules: tuple[ClassRules, ...]
    ways: Ways
    maintainers: Signers
    attesters: Signers
    policy: Policy | None
    """null before the earmark that is paid by cred is opened."""
    epochs_left: int
    """How many more epochs may be paid before the members start another season."""


class PoolInFull(Model):
    """A pool with what governs it."""

    pool: Pool
    constitution: Constitution


class Member(Placed):
    """One seat, and who holds it or held it last. `block_number`, `log_index`: its last change."""

    seat: int
    account: Address
    is_member: bool
    joined_at: Seconds
    left_at: Seconds | None
    rebinds: int
    """How often the seat went to another account of the same person."""


class PoolPage(Page[Pool]):
    """Some pools."""


class PoolReply(Reply[PoolInFull]):
    """One pool."""


class MemberPage(Page[Member]):
    """Some seats."""
