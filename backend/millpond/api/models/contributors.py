# SPDX-License-Identifier: AGPL-3.0-only
"""Distributors, and contributors over all epochs."""

from typing import Literal

from millpond.api.models.base import Address, Digits, Hash, Model, Money, Page, Placed, Seconds
from millpond.api.models.pools import Policy, Signers


class Distributor(Placed):
    """A contract that pays a pool's people; each counts its own epochs."""

    address: Address
    is_first: bool
    """Made with the pool; the members installed the others."""
    maintainers: Signers
    policy: Policy | None
    """null before the earmark that it pays is opened."""
    epochs_left: int
    last_epoch: int
    """The newest final one; 0 before the first."""
    made_at: Seconds


class Contributor(Model):
    """One subject over all final epochs of a pool. Cred in millionths."""

    subject: Hash
    account: Address | None
    """Where the subject is an address: that address."""
    payee: Address | None
    """Where she is paid now; null: she waits for an account."""
    epochs: int
    """Final epochs in which she has cred, as far as their documents are on the shelf."""
    cred: Digits
    paid: tuple[Money, ...]
    """By asset."""
    grain: Money
    payments: int
    unread: int
    """Final epochs whose documents are not on the shelf: their cred is not in here."""


class EpochShare(Placed):
    """What one subject has of one epoch. Its place is that of the post."""

    distributor: Address
    epoch: int
    attempt: int
    state: Literal["review", "final", "withdrawn", "void"]
    missing: str | None
    """Why its document cannot be read; then cred and what follows from it are null."""
    cred: Digits | None
    """0: she has no leaf."""
    total_cred: Digits
    share_ppm: int | None
    """Of the cred that shares the pot, in millionths, rounded down."""
    struck: bool
    """Struck out in the review."""
    due: Money | None
    """Her share of the pot, before a maintainer's cap."""
    paid: Money
    grain: Money
    """That came with the payment."""
    settled: bool
    """Paid outside of the chain."""
    paid_at: Seconds | None
    payee: Address | None
    transaction_hash: Hash | None
    """Of the payment."""


class DistributorPage(Page[Distributor]):
    """Some distributors."""


class ContributorPage(Page[Contributor]):
    """Some contributors."""


class EpochSharePage(Page[EpochShare]):
    """Some epochs of one contributor."""
