# SPDX-License-Identifier: AGPL-3.0-only
"""Which account an identity had at a place of the chain, from the events of the Identity alone.

A link comes into force by time, without a transaction: block times are asked for where an account
depends on them, and each once, never for each leaf. Source: contracts/modules/links.vy.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from millpond.chain.abi import Event
from millpond.chain.answers import Address
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.ledger import Place, place_of
from millpond.core.subjects import address_bytes

_WORD = 32

Reached = Callable[[int], bool]
"""Whether a second has come."""


@dataclass(frozen=True)
class _Link:
    """As the contract keeps it: who is linked, who waits or was objected to, and until when."""

    active: Address | None = None
    next: Address | None = None
    effective_at: int = 0
    objected: bool = False

    def at(self, reached: Reached) -> "_Link":
        """As it is read at a time: a link whose wait is over is in force."""
        if self.next is None or self.objected or not reached(self.effective_at):
            return self
        return _Link(self.next)

    def after(self, event: Event, reached: Reached) -> "_Link":
        """As an event leaves it."""
        was, account = self.at(reached), event.args["account"]
        if event.name == "LinkProposed":
            return _Link(was.active, account, event.args["effective_at"])
        if event.name == "LinkObjected":
            return replace(was, objected=True)
        if event.name == "LinkConfirmed":
            return _Link(account)
        if account == was.active:  # canceled or given up
            return replace(was, active=None)
        return _Link(was.active)


class Links:
    """The links that one pool's attesters made."""

    def __init__(self, client: Client, events: list[Event]) -> None:
        self._client = client
        self._times: dict[int, int] = {}
        self.trusts_others = any(event.name == "AttestingPoolsSet" for event in events)
        """Whether the pool ever named other pools whose links count: those are not read here."""
        self._of: dict[bytes, list[Event]] = defaultdict(list)
        for event in events:
            if "identity" in event.args:
                self._of[event.args["identity"]].append(event)

    @classmethod
    def read(cls, identity: Contract, pool: Address, first_block: int, last_block: int) -> "Links":
        """From the events about one pool, which are not older than it."""
        topics = (None, address_bytes(pool).rjust(_WORD, b"\0"))
        logs = identity.client.logs(identity.address, topics, first_block, last_block)
        events = [identity.abi.decode_log(log) for log in logs]
        return cls(identity.client, [event for event in events if event.args["pool"] == pool])

    def account(self, identity: bytes, place: Place, not_before: int) -> Address | None:
        """Whose account counted at a place of the chain that is not before a second; None: wait."""
        link = _Link()
        for event in self._of.get(identity, ()):
            if place_of(event) >= place:
                break
            link = link.after(event, self._clock(place_of(event)[0]))
        reached = self._clock(place[0])
        link = link.at(lambda second: second <= not_before or reached(second))
        return link.active if link.next is None or link.objected else None

    def _clock(self, block: int) -> Reached:
        return lambda second: self.time(block) >= second

    def time(self, block: int) -> int:
        """When a block was made."""
        if block not in self._times:
            self._times[block] = self._client.block(block).timestamp
        return self._times[block]
