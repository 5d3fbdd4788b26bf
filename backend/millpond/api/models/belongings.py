# SPDX-License-Identifier: AGPL-3.0-only
"""What a pool owns besides money, what it lost, and who holds its grain."""

from typing import Literal

from millpond.api.models.base import Address, Asset, Digits, Hash, Money, Page, Placed, Seconds


class Collectible(Placed):
    """Tokens that are no money, as they came or went. Anybody can send some: trust no token."""

    what: Literal["received", "sent"]
    token: Address
    token_id: Digits
    amount: Digits
    """By so much what is held changes; what left has a minus."""
    held: Digits
    """Of this token and number after it, as far as the token said so."""
    party: Address
    """Who sent them, or got them."""
    moved_at: Seconds
    transaction_hash: Hash


class Loss(Placed):
    """The members spread a loss over all that the books say of an asset."""

    asset: Asset
    factor: Digits
    """Since then an amount of the books is paid as floor(amount * factor / 10^18)."""
    accepted_at: Seconds
    transaction_hash: Hash


class Holder(Placed):
    """An account that has, or had, grain. Its place is that of the first that it got."""

    account: Address
    balance: Money
    is_member: bool
    since: Seconds


class CollectiblePage(Page[Collectible]):
    """Some tokens that came or went."""


class LossPage(Page[Loss]):
    """Some losses."""


class HolderPage(Page[Holder]):
    """Some holders of grain."""
