# SPDX-License-Identifier: AGPL-3.0-only
"""The shape of what the relay answers."""

from typing import Literal

from millpond.api.models.base import Address, Digits, Hash, Model, Seconds
from millpond.api.relay.items import Kept, Kind, State
from millpond.api.relay.queue import Bounds, Status
from millpond.api.relay.service import is_working

StateName = Literal["received", "ready", "sent", "done", "final", "refused"]


class ItemStatus(Model):
    """Where something stands that was handed in."""

    id: Hash
    """The hash of its content: handed in again, it is the same item."""
    kind: Literal["ballot", "join", "claim"]
    pool: Address
    contract: Address
    person: str
    """The voter's or candidate's account, the payee's subject."""
    about: str
    """A ballot's proposal, a claim's epochs; empty for a join."""
    state: StateName
    """On the disk; checked; in a transaction; on the chain; on the chain for good; not brought."""
    reason: str | None
    """Why it waits, was refused, or needed no transaction of this relay."""
    next_step: str | None
    deadline: Seconds
    received_at: Seconds
    changed_at: Seconds
    transaction_hash: Hash | None
    block_number: int | None
    signed: str
    """The address of the item itself: whoever fetches it can bring it without this relay."""
    relay_works: bool
    """Whether the relay's process was heard of lately and can pay; the item is kept anyway."""

    @classmethod
    def of(cls, kept: Kept, status: Status | None, now: int) -> "ItemStatus":
        """What the queue has."""
        item = kept.item
        return cls(
            id=item.id,
            kind=_kind(item.kind),
            pool=item.pool,
            contract=item.contract,
            person=item.person,
            about=item.about,
            state=_state(kept.state),
            reason=kept.reason,
            next_step=kept.next_step,
            deadline=item.deadline,
            received_at=kept.received_at,
            changed_at=kept.changed_at,
            transaction_hash=kept.transaction_hash,
            block_number=kept.block_number,
            signed=f"/v1/relay/items/{item.id}/signed",
            relay_works=is_working(status, now),
        )


class RelayLimits(Model):
    """How much is taken on: items under way of everybody, of one person, of one person a day."""

    live: int
    live_of_one: int
    daily_of_one: int
    unproved_of_one: int

    @classmethod
    def of(cls, bounds: Bounds) -> "RelayLimits":
        """As they are set."""
        return cls(
            live=bounds.live,
            live_of_one=bounds.live_of_one,
            daily_of_one=bounds.daily_of_one,
            unproved_of_one=bounds.unproved_of_one,
        )


class RelayTrouble(Model):
    """What keeps the relay from its work."""

    problem: str
    detail: str
    next_step: str


class RelayAccount(Model):
    """The relay's account, as of its last round."""

    address: Address
    chain_id: int
    hub: Address
    balance: Digits
    """In wei."""
    spent_today: Digits
    """In wei, since midnight UTC."""
    daily: Digits
    """The most that it spends in a day, in wei."""
    block_number: int
    checked_at: Seconds


class RelayStatus(Model):
    """How the relay is."""

    works: bool
    account: RelayAccount | None
    """None before its first round."""
    trouble: RelayTrouble | None
    items: dict[str, int]
    """How many are in each state."""
    limits: RelayLimits

    @classmethod
    def of(
        cls, status: Status | None, items: dict[str, int], bounds: Bounds, now: int
    ) -> "RelayStatus":
        """What the queue has."""
        return cls(
            works=is_working(status, now),
            account=None if status is None else _account(status),
            trouble=None if status is None else _trouble(status),
            items=items,
            limits=RelayLimits.of(bounds),
        )


class Relayed(Model):
    """A signed ballot with its item's id and state."""

    id: Hash
    state: StateName
    ballot: dict[str, str | bool]
    """In the form of its file."""


class RelayedPage(Model):
    """Ballots on one proposal, in the order in which they were handed in."""

    data: tuple[Relayed, ...]
    next: str | None
    """Pass it as `after` to go on; null at the end."""


class ReasonText(Model):
    """The text behind a hash that a ballot signs."""

    hash: Hash
    text: str


def _account(status: Status) -> RelayAccount:
    return RelayAccount(
        address=status.sender,
        chain_id=status.chain_id,
        hub=status.hub,
        balance=str(status.balance),
        spent_today=str(status.spent_today),
        daily=str(status.daily),
        block_number=status.block_number,
        checked_at=status.checked_at,
    )


def _trouble(status: Status) -> RelayTrouble | None:
    if status.problem is None:
        return None
    return RelayTrouble(
        problem=status.problem, detail=status.detail or "", next_step=status.next_step or ""
    )


def _kind(kind: Kind) -> Literal["ballot", "join", "claim"]:
    return kind.value


def _state(state: State) -> StateName:
    return state.value
