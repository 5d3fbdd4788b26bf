# SPDX-License-Identifier: AGPL-3.0-only
"""A pool's books: lines with running balances, patrons, thanks in grain."""

from typing import Literal

from millpond.api.models.base import Address, Hash, Model, Money, Page, Placed, Seconds

LineKind = Literal[
    "gift", "surplus", "spent", "moved out", "moved in", "put back",
    "reserved", "unreserved", "released", "reclaimed", "returned",
]  # fmt: skip


class Line(Placed):
    """One line of the books; an event that moves money is one or more of them."""

    line: int
    """Which line of its event."""
    earmark_id: int
    what: LineKind
    party: Address | None
    """Who gave or got it; null where nobody did, and for whoever asked not to be named."""
    amount: Money
    """By so much the earmark's balance changes."""
    reserved: Money
    """By so much what it has promised changes."""
    balance: Money
    """Of this earmark in this asset after this line."""
    reserved_in_all: Money
    """What of it is promised after this line."""
    at: Seconds
    transaction_hash: Hash | None
    """null where it would lead to somebody who asked not to be named."""


class PatronTotal(Model):
    """All gifts of one patron in one asset."""

    amount: Money
    gifts: int


class Patron(Placed):
    """One patron; all who asked not to be named are one. Its place is that of the first gift."""

    account: Address | None
    """null for all who asked not to be named, together."""
    gifts: int
    totals: tuple[PatronTotal, ...]
    first_at: Seconds
    last_at: Seconds


class Thanks(Placed):
    """Grain that a patron got for a gift, as the members decided for its earmark."""

    patron: Address | None
    """null for whoever asked not to be named in any gift to that earmark."""
    earmark_id: int
    grain: Money
    thanked_at: Seconds
    transaction_hash: Hash | None


class LinePage(Page[Line]):
    """Some lines of the books."""


class PatronPage(Page[Patron]):
    """Some patrons."""


class ThanksPage(Page[Thanks]):
    """Some gifts that were thanked with grain."""
