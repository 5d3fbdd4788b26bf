# SPDX-License-Identifier: AGPL-3.0-only
"""Earmarks and gifts."""

from millpond.api.models.base import Address, Hash, Model, Money, Page, Placed, Seconds


class Account(Model):
    """One earmark's money in one asset."""

    balance: Money
    received: Money
    """Gifts since the beginning; for the general fund also what came without one."""
    reserved: Money
    """Promised by the earmark's spender and not yet paid."""
    unreserved: Money


class Earmark(Placed):
    """A named pot with a purpose; number 0 is the general fund."""

    id: int
    uri: str | None
    """Where its purpose is written down; null for the general fund."""
    purpose_hash: Hash | None
    spender: Address | None
    """The contract that alone may promise and pay; null: the members spend it by vote."""
    spender_kind: str | None
    restricted: bool
    """Serves its purpose or returns to its patrons; no vote can change that."""
    deadline: Seconds | None
    """From this second on it takes no more gifts."""
    ended: bool
    accounts: tuple[Account, ...]
    opened_at: Seconds


class Gift(Placed):
    """One gift."""

    earmark_id: int
    amount: Money
    patron: Address | None
    """null for a patron who asked not to be named."""
    anonymous: bool
    note: str
    """Written by the patron; trust nothing in it."""
    given_at: Seconds
    transaction_hash: Hash | None
    """null for a patron who asked not to be named: it would lead to her."""


class EarmarkPage(Page[Earmark]):
    """Some earmarks."""


class GiftPage(Page[Gift]):
    """Some gifts."""
