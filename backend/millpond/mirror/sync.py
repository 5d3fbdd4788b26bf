# SPDX-License-Identifier: AGPL-3.0-only
"""From where the mirror stands towards the head of the chain, one step at a time.

A step is one of three:
- the block of the cursor is not the chain's any more: roll back to the newest block that is;
- the head is far away: take a range of blocks that are too deep to change;
- else take the next blocks one by one, each the child of the one before.

All that a step writes was said by one node, held against the chain's own proofs, and is written
together with the cursor or not at all. A chain that changed deeper than the mirror keeps headers
stops it: it never guesses.
"""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from millpond.chain.answers import Log
from millpond.chain.client import Client
from millpond.chain.headers import FullHeader
from millpond.core.subjects import to_hex
from millpond.mirror import decoding
from millpond.mirror.completeness import Checks, Found, Reader, parts_in
from millpond.mirror.decoders import BY_TOPIC
from millpond.mirror.decoding import Mined
from millpond.mirror.providers import Providers
from millpond.mirror.source import Head, Look, Source
from millpond.mirror.stops import Behind, GoneFromChain, ReorgTooDeep, StoppedBefore, Unsteady
from millpond.mirror.store import Asset, Batch, Cursor, Header, Store, Subject

__all__ = ["KEEP", "Habits", "ReorgTooDeep", "Sync", "decode", "open_mirror", "parts_in"]

KEEP = 128
"""Headers kept behind the head: how deep a change of the chain can be undone. Blocks deeper than
that are taken by range."""
_HOT_BLOCKS = 64
_RANGE_BLOCKS = 10_000
_MOST_TRIES = 20
_LOOK_AGAIN_SECONDS = 0.02
_PATIENCE = 3
"""Looks at a head that lies behind the mirror until the chain is taken to be shorter now."""


@dataclass(frozen=True)
class Habits:
    """How a mirror is kept."""

    checks: Checks = field(default_factory=Checks)
    witness_seconds: float = 15.0
    """Between two questions to the other nodes whether they agree."""
    stale_seconds: float | None = None
    """The age of a newest block at which a node is taken to stand still; None: no age."""
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def open_mirror(
    store: Store,
    clients: Client | Sequence[Client],
    hub: str,
    first_block: int,
    habits: Habits | None = None,
) -> "Sync":
    """Begin, or go on with, the mirror of a Hub whose first event is not before `first_block`.

    Of several nodes the first is preferred; all must serve the same chain.
    """
    chosen = habits or Habits()
    given = [clients] if isinstance(clients, Client) else list(clients)
    providers = Providers([Source(client) for client in given], chosen.witness_seconds)

    def begin(source: Source) -> bytes:
        identity = source.identity_of(hub)
        number = max(0, first_block - 1)
        blocks = source.headers(sorted({0, number}))
        genesis = to_hex(blocks[0].hash)
        subject = Subject(source.client.chain_id, genesis, hub, identity, first_block)
        store.begin(subject, _kept(blocks[number]))
        return blocks[0].hash

    first = providers.patiently(lambda: providers.attempt(begin))
    if (stop := store.stopped()) is not None:
        raise StoppedBefore(stop.problem, stop.next_step, stop.reason)
    return Sync(store, providers, hub, first, chosen)


class Sync:
    """The writer."""

    def __init__(
        self, store: Store, providers: Providers, hub: str, genesis: bytes, habits: Habits
    ) -> None:
        self.store = store
        self.providers = providers
        self.hub = hub
        self.habits = habits
        self._genesis = genesis
        self.head_number = store.cursor().block_number
        """The newest block that a node has told of."""
        self._seen_head = False
        self._contracts: dict[str, str] | None = None
        self._looked_again = 0
        self._behind = 0

    def step(self) -> bool:
        """One step; False when the mirror had caught up already."""
        try:
            more = self.providers.attempt(self._step)
        except Behind:
            self._behind += 1
            raise
        self._behind = 0
        return more

    def catch_up(self, on_progress: Callable[[int, int], None] | None = None) -> Cursor:
        """Steps until nothing is left; `on_progress(block, head)` is told after each."""
        while self.providers.patiently(self.step):
            if on_progress is not None:
                on_progress(self.store.cursor().block_number, self.head_number)
        return self.store.cursor()

    # --- one step, by one node --------------------------------------------------------------------

    def _step(self, source: Source) -> bool:
        source.require_chain(self._genesis)
        try:
            with _without_collector():
                more = self._looked(source)
        except GoneFromChain as error:
            self._looked_again += 1
            if self._looked_again > _MOST_TRIES:
                self._looked_again = 0
                raise Unsteady(
                    f"the node contradicts itself: {error.message}", "ask another node"
                ) from error
            self.habits.sleep(_LOOK_AGAIN_SECONDS * self._looked_again)
            return True
        self._looked_again = 0
        return more

    def _looked(self, source: Source) -> bool:
        cursor = self.store.cursor()
        look = source.look(cursor.block_number, self._ahead(cursor))
        head = look.head
        self._seen_head, self.head_number = True, head.latest.number
        self.providers.agree(source, head)
        if look.at_cursor is None or head.latest.number < cursor.block_number:
            self._wait_if_behind(source, cursor, head)
            self._roll_back(source, cursor, head)
        elif to_hex(look.at_cursor.hash) != cursor.block_hash:
            self._roll_back(source, cursor, head)
        elif head.latest.number > cursor.block_number:
            self._advance(source, cursor, look)
        else:
            self._confirm(cursor, head)
            self._require_recent(source, head)
            return False
        return True

    def _ahead(self, cursor: Cursor) -> int:
        """How many blocks after the cursor to ask for together with the head."""
        gap = max(0, self.head_number - cursor.block_number)
        if not self._seen_head:
            return _HOT_BLOCKS
        return 0 if gap > KEEP else min(_HOT_BLOCKS, gap + 2)

    def _wait_if_behind(self, source: Source, cursor: Cursor, head: Head) -> None:
        """A head that is a block of ours is no other chain: its node lags, unless that lasts."""
        latest = head.latest
        kept = next(self.store.headers(latest.number), None)
        is_ours = kept is None or kept.number != latest.number or kept.hash == to_hex(latest.hash)
        if is_ours and self._behind < _PATIENCE:
            raise Behind(
                f"{source.name} is at block {latest.number}, and the mirror at "
                f"{cursor.block_number} already",
                "wait until the node has caught up, or ask another one",
            )

    def _require_recent(self, source: Source, head: Head) -> None:
        """A node whose chain does not grow any more is of no use, though it answers."""
        limit, age = self.habits.stale_seconds, self.habits.now() - head.latest.timestamp
        if limit is not None and age > limit:
            raise Behind(
                f"the newest block of {source.name} is {int(age)} seconds old",
                "ask another node; this one does not follow its chain any more",
            )

    def _confirm(self, cursor: Cursor, head: Head) -> None:
        """What is safe and final may grow while the chain stands still."""
        now = _at(cursor, head)
        if now != cursor:
            self.store.apply(Batch(_marks(now, head)), cursor, now, KEEP)

    # --- the chain changed ------------------------------------------------------------------------

    def _roll_back(self, source: Source, cursor: Cursor, head: Head) -> None:
        """To the newest block that both have."""
        self._contracts = None
        top = min(cursor.block_number, head.latest.number)
        kept = [h for h in self.store.headers(top) if h.number >= cursor.block_number - KEEP]
        theirs = source.headers([header.number for header in kept])
        for header in kept:
            if to_hex(theirs[header.number].hash) == header.hash:
                if header.number < cursor.finalized_number:
                    break
                back = replace(
                    cursor,
                    block_number=header.number,
                    block_hash=header.hash,
                    block_timestamp=header.timestamp,
                )
                self.store.roll_back(cursor, _at(back, head), KEEP)
                return
        raise ReorgTooDeep(
            f"the chain that the node shows does not hold block {cursor.block_number} "
            f"({cursor.block_hash}) nor any of the last {KEEP} before it that may still change",
            "ask another node; if all agree, make the mirror again: millpond sync --rebuild",
        )

    # --- the chain grew ---------------------------------------------------------------------------

    def _advance(self, source: Source, cursor: Cursor, look: Look) -> None:
        reader = Reader(source, self.hub, self.habits.checks)
        known = self._known()
        deep = look.head.latest.number - KEEP
        if deep > cursor.block_number:
            size = min(_RANGE_BLOCKS, source.blocks.size)
            first, last = cursor.block_number + 1, min(deep, cursor.block_number + size)
            parent = bytes.fromhex(cursor.block_hash[2:])
            found = reader.between(parent, first, last, known)
        elif look.after:
            found = reader.near(_children(look.at_cursor, look.after), known)
        else:
            raise GoneFromChain("the node has no block below its head", "look again")
        self._write(source, cursor, look.head, found)

    def _write(self, source: Source, cursor: Cursor, head: Head, found: Found) -> None:
        mined = decode(found.said, found.known)
        last = _kept(found.last)
        now = replace(
            cursor,
            block_number=last.number,
            block_hash=last.hash,
            block_timestamp=last.timestamp,
        )
        now = _at(now, head)
        headers = [_kept(found.headers[number]) for number in sorted(found.headers)]
        headers += [mark for mark in _marks(now, head) if mark.number not in found.headers]
        batch = Batch(headers, mined, self._new_assets(source, mined), found.coverage())
        self.store.apply(batch, cursor, now, KEEP)
        self._contracts = found.known

    def _known(self) -> dict[str, str]:
        """Address -> kind of the contracts that are mirrored."""
        if self._contracts is None:
            self._contracts = self.store.contracts()
        return self._contracts

    def _new_assets(self, source: Source, mined: Mined) -> list[Asset]:
        """Every asset that these events name first, with what it says of itself."""
        known = self.store.assets()
        return [
            source.asset(address, block_number)
            for address, block_number in sorted(mined.assets.items())
            if address not in known
        ]


@contextmanager
def _without_collector() -> Iterator[None]:
    """What a step brings goes as it comes: to look for cycles in thousands of rows, again and
    again, would take a sixth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def decode(logs: Iterable[Log], contracts: Mapping[str, str]) -> Mined:
    """Logs of known contracts as rows."""
    return decoding.mined(logs, contracts, BY_TOPIC)


def _children(parent: FullHeader | None, blocks: Sequence[FullHeader]) -> Sequence[FullHeader]:
    """The blocks, each the child of the one before."""
    for block in blocks:
        if parent is None or block.parent_hash != parent.hash:
            raise GoneFromChain("the chain changed while it was read", "look again")
        parent = block
    return blocks


def _at(cursor: Cursor, head: Head) -> Cursor:
    """What the node calls safe or final, which cannot be beyond the cursor; what was final stays
    so, whatever another node says."""
    number = cursor.block_number
    safe = head.safe.number if head.safe else 0
    final = max(head.finalized.number if head.finalized else 0, cursor.finalized_number)
    return replace(
        cursor, safe_number=min(max(safe, final), number), finalized_number=min(final, number)
    )


def _marks(cursor: Cursor, head: Head) -> list[Header]:
    """The headers of what is safe and what is final: kept, so that the mirror can be read as of
    them."""
    marks = {mark.number: mark for mark in (head.safe, head.finalized) if mark is not None}
    wanted = sorted({cursor.safe_number, cursor.finalized_number})
    return [_kept(marks[number]) for number in wanted if number in marks]


def _kept(header: FullHeader) -> Header:
    return Header(
        header.number,
        to_hex(header.hash),
        to_hex(header.parent_hash),
        header.timestamp,
        to_hex(header.receipts_root),
        to_hex(header.state_root),
    )
