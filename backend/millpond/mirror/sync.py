# SPDX-License-Identifier: AGPL-3.0-only
"""From where the mirror stands towards the node's head, one step at a time.

A step is one of three:
- the block of the cursor is not the chain's any more: roll back to the newest block that is;
- the head is far away: take a range of blocks that are too deep to change;
- else take the next blocks one by one, each the child of the one before.

Whatever a step finds is written together with the cursor or not at all. A chain that changed deeper
than the mirror keeps headers stops it: it never guesses.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from millpond.chain.abi import load
from millpond.chain.answers import BadAnswer, Log
from millpond.chain.client import Client
from millpond.chain.coop import KINDS, PARTS
from millpond.core.subjects import to_hex
from millpond.mirror.decoders import BY_TOPIC
from millpond.mirror.source import GoneFromChain, Head, Source
from millpond.mirror.store import Asset, Batch, Cursor, Header, Mined, MirrorError, Store, Subject

KEEP = 128
"""Headers kept behind the head: how deep a change of the chain can be undone. Blocks deeper than
that are taken by range."""
_HOT_BLOCKS = 64
_RANGE_BLOCKS = 10_000
_POOL_CREATED = load("Hub").event("PoolCreated").topic
_PART_MADE = load("Hub").event("PartMade").topic
_MOST_TRIES = 20


class ReorgTooDeep(MirrorError):
    """The chain changed deeper than can be undone."""


def open_mirror(store: Store, client: Client, hub: str, first_block: int) -> "Sync":
    """Begin, or go on with, the mirror of a Hub whose first event is not before `first_block`."""
    source = Source(client)
    identity = source.identity_of(hub)
    genesis = to_hex(client.genesis_hash())
    before = source.header(max(0, first_block - 1))
    store.begin(Subject(client.chain_id, genesis, hub, identity, first_block), before)
    return Sync(store, source, hub)


class Sync:
    """The writer."""

    def __init__(self, store: Store, source: Source, hub: str) -> None:
        self.store = store
        self.source = source
        self.hub = hub
        self.head_number = store.cursor().block_number
        """The newest block that the node has told of."""
        self._looked_again = 0

    def step(self) -> bool:
        """One step; False when the mirror had caught up already."""
        head = self.source.head()
        cursor = self.store.cursor()
        self.head_number = head.latest.number
        try:
            if not self._is_on_chain(cursor, head):
                self._roll_back(cursor, head)
            elif head.latest.number > cursor.block_number:
                self._advance(cursor, head)
            else:
                self._confirm(cursor, head)
                return False
        except GoneFromChain as error:
            self._looked_again += 1
            if self._looked_again > _MOST_TRIES:
                raise MirrorError(
                    f"the node contradicts itself: {error.message}", "ask another node"
                ) from error
            return True
        self._looked_again = 0
        return True

    def _confirm(self, cursor: Cursor, head: Head) -> None:
        """What is safe and final may grow while the chain stands still."""
        self._looked_again = 0
        now = replace(
            cursor,
            safe_number=min(head.safe, cursor.block_number),
            finalized_number=min(head.finalized, cursor.block_number),
        )
        if now != cursor:
            self.store.apply(Batch((), (), ()), cursor, now, KEEP)

    def catch_up(self, on_progress: Callable[[int, int], None] | None = None) -> Cursor:
        """Steps until nothing is left; `on_progress(block, head)` is told after each."""
        while self.step():
            if on_progress is not None:
                on_progress(self.store.cursor().block_number, self.head_number)
        return self.store.cursor()

    # --- the chain changed ------------------------------------------------------------------------

    def _is_on_chain(self, cursor: Cursor, head: Head) -> bool:
        if head.latest.number < cursor.block_number:
            return False
        return self.source.header(cursor.block_number).hash == cursor.block_hash

    def _roll_back(self, cursor: Cursor, head: Head) -> None:
        """To the newest block that both have."""
        for kept in self.store.headers(min(cursor.block_number, head.latest.number)):
            if cursor.block_number - kept.number > KEEP:
                break
            if self.source.header(kept.number).hash == kept.hash:
                if kept.number < cursor.finalized_number:
                    break
                self.store.roll_back(cursor, _cursor(kept, head))
                return
        raise ReorgTooDeep(
            f"the chain that the node shows does not hold block {cursor.block_number} "
            f"({cursor.block_hash}) nor any of the last {KEEP} before it",
            "ask another node; if all agree, make the mirror again: millpond sync --rebuild",
        )

    # --- the chain grew ---------------------------------------------------------------------------

    def _advance(self, cursor: Cursor, head: Head) -> None:
        deep = min(head.latest.number - KEEP, cursor.block_number + _RANGE_BLOCKS)
        if deep > cursor.block_number:
            headers, logs = self._range(cursor, deep)
        else:
            last = min(head.latest.number, cursor.block_number + _HOT_BLOCKS)
            headers, logs = self._one_by_one(cursor, last)
        mined = decode(logs, self._known(logs))
        batch = Batch(headers, mined, self._new_assets(mined))
        self.store.apply(batch, cursor, _cursor(headers[-1], head), KEEP)

    def _known(self, logs: Iterable[Log]) -> dict[str, str]:
        """Address -> kind of the contracts that are mirrored, those that these logs make too."""
        return self.store.contracts() | parts_in(logs, self.hub)

    def _one_by_one(self, cursor: Cursor, last: int) -> tuple[list[Header], list[Log]]:
        """The blocks after the cursor, each the child of the one before."""
        headers: list[Header] = []
        logs: list[Log] = []
        known = list(self._known(()))
        parent = cursor.block_hash
        for number in range(cursor.block_number + 1, last + 1):
            header = self.source.header(number)
            if header.parent_hash != parent:
                raise GoneFromChain("the chain changed while it was read", "look again")
            found = self.source.logs_of(header, known)
            if made := parts_in(found, self.hub):
                known += made
                found = self.source.logs_of(header, known)
            headers.append(header)
            logs += found
            parent = header.hash
        return headers, logs

    def _range(self, cursor: Cursor, last: int) -> tuple[list[Header], list[Log]]:
        """Many blocks at once, of which only those with events are kept, and the last."""
        first = cursor.block_number + 1
        if self.source.header(first).parent_hash != cursor.block_hash:
            raise GoneFromChain("the chain changed while it was read", "look again")
        made = self.source.logs_between(first, last, [self.hub], [_POOL_CREATED, _PART_MADE])
        logs = self.source.logs_between(first, last, list(self._known(made)))
        numbers = sorted({log.block_number for log in logs} | {last})
        headers = {number: self.source.header(number) for number in numbers}
        for log in logs:
            if to_hex(log.block_hash) != headers[log.block_number].hash:
                raise GoneFromChain("the chain changed while it was read", "look again")
        return list(headers.values()), logs

    def _new_assets(self, mined: Iterable[Mined]) -> list[Asset]:
        """Every asset that these events name first, with what it says of itself."""
        known = self.store.assets()
        first = {address: each for each in reversed(list(mined)) for address in each.assets}
        return [
            self.source.asset(address, each.log.block_number)
            for address, each in sorted(first.items())
            if address not in known
        ]


def decode(logs: Iterable[Log], contracts: dict[str, str]) -> list[Mined]:
    """Logs of known contracts as rows."""
    found = []
    for log in logs:
        contract = contracts[log.address]
        decoder = BY_TOPIC.get((contract, log.topics[0] if log.topics else b""))
        if decoder is None:
            raise BadAnswer(
                f"{contract} at {log.address} emitted an event that it does not declare",
                "check with `millpond verify code` that the Hub runs the published code",
            )
        rows = decoder.rows(log)
        assets = tuple(str(rows[0][1][place]) for place in decoder.assets)
        found.append(Mined(log, contract, decoder.event, rows, assets))
    return found


def parts_in(logs: Iterable[Log], hub: str) -> dict[str, str]:
    """The contracts that these logs say the Hub has made: address -> kind."""
    found: dict[str, str] = {}
    for log in logs:
        if log.address != hub or log.topics[:1] not in ((_POOL_CREATED,), (_PART_MADE,)):
            continue
        event = load("Hub").decode_log(log)
        if event.name == "PoolCreated":
            made = event.args["parts"]._asdict()
            found |= {made[part]: kind for part, kind in PARTS.items()}
        else:
            found[event.args["part"]] = KINDS[bytes(event.args["kind"])]
    return found


def _cursor(header: Header, head: Head) -> Cursor:
    """Standing on a block; what the node calls safe cannot be beyond it."""
    number = header.number
    return Cursor(
        number, header.hash, header.timestamp, min(head.safe, number), min(head.finalized, number)
    )
