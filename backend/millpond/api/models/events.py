# SPDX-License-Identifier: AGPL-3.0-only
"""Events as they were decoded."""

from millpond.api.models.base import Address, Hash, Model, Page, Placed, Seconds


class Field(Model):
    """One value of an event."""

    name: str
    value: str | None
    """Numbers in digits, true or false, text, 0x-hex. null: it would name somebody who asked not to
    be named."""


class Many(Model):
    """A list in an event, one row for each element."""

    name: str
    rows: tuple[tuple[Field, ...], ...]


class Event(Placed):
    """One event of a contract of a pool, of the Hub or of the Identity."""

    contract: str
    """Its kind: Pool, Governor, ..."""
    address: Address
    event: str
    fields: tuple[Field, ...]
    lists: tuple[Many, ...]
    at: Seconds
    transaction_hash: Hash | None
    """null where it would lead to somebody who asked not to be named."""


class EventPage(Page[Event]):
    """Some events."""
