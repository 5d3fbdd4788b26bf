# SPDX-License-Identifier: AGPL-3.0-only
"""What happened to seats besides votes."""

from typing import Literal

from millpond.api.models.base import Address, Hash, Money, Page, Placed, Seconds


class Rebind(Placed):
    """A request that a seat be moved to another key of the same person."""

    old: Address
    new: Address
    state: Literal["waiting", "ready", "completed", "objected", "replaced", "lapsed"]
    """The old key can still object; the new one may complete it; it did; the old one objected;
    another was asked for since; the old key is no member any more."""
    sponsors: int
    """How many members signed it; 0: a vote asked for it."""
    asked_at: Seconds
    ready_at: Seconds
    """From when on the new key may complete it."""
    transaction_hash: Hash


class BuyIn(Placed):
    """What was put in for a seat."""

    account: Address
    seat: int
    payer: Address
    earmark_id: int
    amount: Money
    paid_at: Seconds
    refunded_at: Seconds | None
    """null while it lies in its earmark."""
    transaction_hash: Hash


class RebindPage(Page[Rebind]):
    """Some requests for another key."""


class BuyInPage(Page[BuyIn]):
    """Some buy-ins."""
