# SPDX-License-Identifier: AGPL-3.0-only
"""Links between identities and accounts."""

from typing import Literal

from millpond.api.models.base import Address, Hash, Model, Page, Placed, Reply, Seconds


class Link(Placed):
    """A link that a pool's attesters signed."""

    pool: Address
    """Whose attesters."""
    identity: Hash
    account: Address
    state: Literal["active", "pending", "objected", "ended"]
    """It counts; it waits for its time; it was objected to and not confirmed; it is over, or never
    counted."""
    issued_at: Seconds
    effective_at: Seconds
    """From when on it counts, unless somebody objects."""
    proof_hash: Hash
    proof_uri: str
    objected: bool
    confirmed: bool
    """By the members, after an objection."""
    ended_at: Seconds | None
    """When the account or the members ended it; another link may have ended it too."""
    proposed_at: Seconds
    transaction_hash: Hash


class Resolved(Model):
    """Where a pool pays a subject now, and by whose word."""

    subject: Hash
    payee: Address | None
    """null: it waits for an account."""
    trusted: tuple[Address, ...]
    """Pools whose attesters this one trusts, in order; the first that says something decides."""
    links: tuple[Link, ...]
    """Of these pools, those that count or wait."""


class LinkPage(Page[Link]):
    """Some links."""


class ResolvedReply(Reply[Resolved]):
    """One subject's account."""
