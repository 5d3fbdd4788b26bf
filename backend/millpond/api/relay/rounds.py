# SPDX-License-Identifier: AGPL-3.0-only
"""What the relay does again and again: settle, look, send, push.

A round rests on the disk and the chain alone. It may end anywhere, by an error or by a kill: the
next one finds what this one left.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from millpond.api.relay.ballots import Ballots
from millpond.api.relay.claims import Claims
from millpond.api.relay.guard import PayingKey
from millpond.api.relay.items import REPLACED, Item, Kept, Kind, State, Verdict, refused
from millpond.api.relay.joins import Joins
from millpond.api.relay.look import Look, Stranger
from millpond.api.relay.outbox import Batch
from millpond.api.relay.purse import Purse
from millpond.api.relay.queue import Queue, Status
from millpond.api.relay.refusals import BudgetSpent, NoMoney
from millpond.api.relay.sending import Patience, Sender
from millpond.chain.answers import Receipt
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.sending import FeeTooHigh, Transaction
from millpond.core.errors import BadInput, ChainError, MillpondError, Reverted, SignatureError

_LOG = logging.getLogger("millpond.relay")
_CHECKED_AT_ONCE = 250
_MOST_TRIES = 4
_SETTLED_SECONDS = 900
_KEPT_SECONDS = 30 * 86_400
_USUAL_GAS = 500_000
"""What a transaction takes, roughly: less money than for that is none."""


class Sort(Protocol):
    """What is to be known of one kind of items."""

    kind: Kind
    contract: str

    def most(self, lane: str) -> int:
        """How many one transaction takes."""

    def check(self, look: Look, item: Item, others_first: bool) -> Verdict:
        """Whether it can be brought now."""

    def call(self, look: Look, lane: str, items: Sequence[Item]) -> Transaction:
        """The transaction that brings items of one lane."""

    def would_hold(self, look: Look, lane: str, items: Sequence[Item]) -> bool:
        """Whether it would do what it should for all of them."""

    def became(self, contract: Contract, items: Sequence[Item], receipt: Receipt) -> dict[str, str]:
        """Why items did not count in a mined transaction."""


SORTS: dict[Kind, Sort] = {sort.kind: sort for sort in (Ballots(), Joins(), Claims())}


@dataclass(frozen=True)
class Terms:
    """How the relay works: what it may spend, how long it gathers, how long it waits."""

    daily: int
    """Wei a day."""
    linger: float = 30.0
    """Seconds that an item waits for others to share a transaction with."""
    urgent: int = 1_800
    """Seconds before an item is of no use: then it waits for nobody."""
    batch_gas: int = 8_000_000
    """The most gas that a transaction is given."""
    patience: Patience = field(default_factory=Patience)


class Relay:
    """The relay's one process at work."""

    def __init__(
        self,
        client: Client,
        hub: Contract,
        key: PayingKey,
        queue: Queue,
        terms: Terms,
        now: Callable[[], float],
    ) -> None:
        self.client = client
        self.hub = hub
        self.key = key
        self.queue = queue
        self.terms = terms
        self._clock = now
        self.sender = Sender(client, key, queue, self._became, terms.patience, now)

    def round(self) -> MillpondError | None:
        """One round; what keeps the relay from its work is noted for readers, and returned."""
        block, balance, problem = 0, 0, None
        try:
            self.client.check_chain()
            look = Look(self.client, self.hub, self.key.address)
            block = self.client.block().number
            self.sender.settle()
            self.queue.expire(look.now, self._now)
            self._check(look)
            balance = self.client.balance(self.key.address)
            purse = Purse(self.sender.outbox, balance, self.terms.daily, self._now)
            problem = self._pay(look, purse)
        except ChainError as error:
            problem = error
        self._say(block, balance, problem)
        self.queue.forget(self._now - _KEPT_SECONDS)
        return problem

    @property
    def _now(self) -> int:
        return int(self._clock())

    # --- the chain is asked -----------------------------------------------------------------------

    def _check(self, look: Look) -> None:
        """What was decided is written together, after the chain was asked: nobody who hands
        something in meanwhile waits for the node."""
        found = [
            (kept, self._verdict(look, kept))
            for kept in self.queue.to_check(self._now, _CHECKED_AT_ONCE)
            if not self.queue.is_under_way(kept.item)
        ]
        if found:
            with self.queue.db.transaction():
                for kept, verdict in found:
                    self._decide(kept, verdict)

    def _verdict(self, look: Look, kept: Kept) -> Verdict:
        item = kept.item
        try:
            look.require_part(item.pool, item.contract)
            found = SORTS[item.kind].check(look, item, self.queue.has_earlier(item))
        except (Stranger, BadInput) as error:
            return refused(error.message, error.next_step)
        if found.state is State.READY and kept.tries >= _MOST_TRIES:
            why = kept.reason or "no reason was given"
            return refused(f"it failed {kept.tries} times: {why}", "bring it yourself, to see why")
        if found.state is State.READY and kept.tries:
            return Verdict(found.state, found.lane, found.due, kept.reason, None)
        return found

    def _decide(self, kept: Kept, verdict: Verdict) -> None:
        old = self._now - kept.changed_at >= _SETTLED_SECONDS
        if verdict.state is State.DONE and kept.state is State.DONE and old:
            verdict = Verdict(State.FINAL, reason=verdict.reason)
        self.queue.decide(kept, verdict, self._now)
        if verdict.state is State.READY:
            for older in self.queue.replaced_by(kept):
                self.queue.decide(older, REPLACED, self._now)

    # --- money goes out ---------------------------------------------------------------------------

    def _pay(self, look: Look, purse: Purse) -> MillpondError | None:
        """What goes out now; the reason why not all of it does."""
        try:
            self.sender.push(purse, lambda batch, items: self._is_of_use(look, batch, items))
            purse.require(_USUAL_GAS * self.client.prices().fee)
            lanes = self.queue.ready()
            for lane in sorted(lanes, key=lambda lane: min(kept.due for kept in lanes[lane])):
                if self.sender.has_room and self._is_time(look, lane, lanes[lane]):
                    self._send(look, lane, lanes[lane], purse)
        except (FeeTooHigh, NoMoney, BudgetSpent) as error:
            return error
        return None

    def _is_time(self, look: Look, lane: str, items: Sequence[Kept]) -> bool:
        """A full batch, one that has waited for others long enough, or one that must not wait."""
        full = len(items) >= SORTS[items[0].item.kind].most(lane)
        waited = self._clock() - min(kept.changed_at for kept in items) >= self.terms.linger
        return full or waited or min(kept.due for kept in items) - look.now <= self.terms.urgent

    def _send(self, look: Look, lane: str, items: Sequence[Kept], purse: Purse) -> None:
        sort = SORTS[items[0].item.kind]
        good, bad = self._sorted_out(look, lane, items[: sort.most(lane)])
        for kept, reason in bad:
            self.queue.send_back([kept], self._now, reason)
        while good:
            call = sort.call(look, lane, [kept.item for kept in good])
            gas = self._gas(call)
            if gas is not None and (gas <= self.terms.batch_gas or len(good) == 1):
                self.sender.send(str(sort.kind), call, gas, good, purse)
                return
            if gas is None and len(good) == 1:
                self.queue.send_back(good, self._now, "no transaction holds it")
            good = good[: len(good) // 2]

    def _gas(self, call: Transaction) -> int | None:
        """What it takes; None where no transaction could give it so much."""
        try:
            return self.client.estimate(call, self.key.address)
        except Reverted:
            return None
        except ChainError as error:
            if type(error) is not ChainError:
                raise
            return None

    def _sorted_out(
        self, look: Look, lane: str, items: Sequence[Kept]
    ) -> tuple[list[Kept], list[tuple[Kept, str]]]:
        """Those that would count together, and those that would not, with the reason: by trials,
        of halves and halves of halves where one fails."""
        reason = ""
        try:
            sort = SORTS[items[0].item.kind]
            if sort.would_hold(look, lane, [kept.item for kept in items]):
                return list(items), []
        except (Reverted, SignatureError) as error:
            reason = getattr(error, "reason", "") or error.message
        if len(items) == 1:
            return [], [(items[0], reason or "the contract would not count it")]
        middle = len(items) // 2
        first, second = (
            self._sorted_out(look, lane, half) for half in (items[:middle], items[middle:])
        )
        return first[0] + second[0], first[1] + second[1]

    def _is_of_use(self, look: Look, batch: Batch, items: Sequence[Kept]) -> bool:
        """Whether a transaction that waits would still do something for somebody."""
        if all(kept.due < look.now for kept in items):
            return False
        return self._gas(batch.transaction) is not None

    def _became(self, batch: Batch, items: Sequence[Kept], receipt: Receipt) -> dict[str, str]:
        sort = SORTS[items[0].item.kind]
        contract = Contract(self.client, sort.contract, str(batch.transaction.to))
        return sort.became(contract, [kept.item for kept in items], receipt)

    # --- how it is --------------------------------------------------------------------------------

    def _say(self, block: int, balance: int, problem: MillpondError | None) -> None:
        before = self.queue.status()
        purse = Purse(self.sender.outbox, balance, self.terms.daily, self._now)
        known = before.block_number if before and not block else block
        self.queue.say(
            Status(
                chain_id=self.client.chain_id,
                hub=self.hub.address,
                sender=self.key.address,
                balance=before.balance if before and not balance and not block else balance,
                spent_today=purse.spent,
                daily=self.terms.daily,
                block_number=known,
                checked_at=self._now,
                problem=problem.name if problem else None,
                detail=problem.message if problem else None,
                next_step=problem.next_step if problem else None,
            )
        )
