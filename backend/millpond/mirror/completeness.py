# SPDX-License-Identifier: AGPL-3.0-only
"""All that the mirrored contracts said in some blocks, and that it is all.

A node may leave out a log under the right hash of a block. What it cannot do is make the header of
that block agree: its bloom names every contract that said something, and its receipts' root binds
every log. So near the head each block whose bloom names one of ours is held against its receipts.
In a range of deep blocks all are treated so, and the node is not asked for logs at all: they are
read out of the proven receipts. Or (`Level`) it is asked for the logs of the range, and only the
blocks that it names, and some others drawn by lot, are looked at.
"""

import time
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import SystemRandom

from millpond.chain.abi import load
from millpond.chain.answers import Log
from millpond.chain.coop import KINDS, PARTS
from millpond.chain.headers import FullHeader
from millpond.core.subjects import address_bytes
from millpond.mirror.reading import in_order
from millpond.mirror.source import EVENTS_AT_A_TIME, Source, in_small_letters
from millpond.mirror.stops import GoneFromChain, Withheld

_POOL_CREATED = load("Hub").event("PoolCreated").topic
_PART_MADE = load("Hub").event("PartMade").topic
_lot = SystemRandom()
"""So that a node cannot know which blocks will be looked at."""


class Level(StrEnum):
    """How a range of deep blocks is held against the chain's own proofs."""

    QUICK = "quick"
    """Headers of all blocks with our logs; receipts of some of them."""
    RECEIPTS = "receipts"
    """Receipts of all of them."""
    EVERY_BLOCK = "every-block"
    """The header of every block besides, one linked to the other, and the receipts of each whose
    bloom names one of ours: nothing can be missing."""


@dataclass(frozen=True)
class Checks:
    """What is looked at in a range."""

    level: Level = Level.EVERY_BLOCK
    one_in: int = 32
    """Of blocks with our logs, where only some are held against their receipts."""
    others: int = 4
    """Blocks without logs of ours, in each range."""


@dataclass
class Found:
    """What was said in some blocks, and how each was checked."""

    last: FullHeader
    known: dict[str, str]
    """Address -> kind of all contracts that are mirrored, those made in these blocks too."""
    headers: dict[int, FullHeader] = field(default_factory=dict)
    said: list[Log] = field(default_factory=list)
    proven: dict[int, list[Log]] = field(default_factory=dict)
    """The logs of a block, where its receipts were read."""

    def coverage(self) -> dict[int, str]:
        """How each block was checked."""
        return {n: "receipts" if n in self.proven else "bloom" for n in self.headers}

    def take(self, said: Sequence[Log], hub: str) -> dict[str, str]:
        """Take logs in; the contracts that they make and that were not known."""
        self.said += said
        made = {a: k for a, k in parts_in(said, hub).items() if a not in self.known}
        self.known |= made
        return made


class Reader:
    """Reads blocks of one node."""

    def __init__(self, source: Source, hub: str, checks: Checks) -> None:
        self._source = source
        self._hub = hub
        self._checks = checks

    def near(self, blocks: Sequence[FullHeader], known: Mapping[str, str]) -> Found:
        """Of blocks near the head, each the child of the one before."""
        found = Found(blocks[-1], dict(known), {block.number: block for block in blocks})
        new: Iterable[str] = known
        while new:
            suspects = _suspects(blocks, new)
            said = self._source.logs_of(suspects, list(new))
            unread = [block for block in suspects if block.number not in found.proven]
            found.proven |= self._source.proven(unread)
            self._compare(found.proven, suspects, said, set(new))
            new = found.take(said, self._hub)
        found.said = in_order(found.said)
        return found

    def between(self, parent: bytes, first: int, last: int, known: Mapping[str, str]) -> Found:
        """Of a range of blocks too deep to change, the first of which is the child of `parent`. It
        may end before `last` where much was said."""
        if self._checks.level is Level.EVERY_BLOCK:
            return self._every(parent, first, last, known)
        ends = self._source.headers(sorted({first, last}))
        if ends[first].parent_hash != parent:
            raise _changed()
        found = Found(ends[last], dict(known), {last: ends[last]})
        new: Mapping[str, str] = dict(known)
        while new:
            said = self._source.logs_between(first, last, list(new))
            new = found.take(said, self._hub)
        found.said = in_order(found.said)
        self._hold(found, ends, first)
        return found

    def _hold(self, found: Found, ends: Mapping[int, FullHeader], first: int) -> None:
        """Headers and receipts of some blocks of a range."""
        last, ours = found.last.number, set(found.known)
        with_logs = sorted({log.block_number for log in found.said})
        drawn = {_lot.randint(first, last) for _ in range(self._checks.others)}
        wanted = [n for n in sorted({*with_logs, *drawn}) if n not in ends]
        looked_at = dict(ends) | self._source.headers(wanted)
        found.headers |= {number: looked_at[number] for number in with_logs}
        drawn_blocks = [looked_at[number] for number in sorted(drawn - set(with_logs))]
        suspects = _suspects(drawn_blocks, ours)
        suspects += [found.headers[number] for number in self._drawn(with_logs)]
        if any(log.block_hash != found.headers[log.block_number].hash for log in found.said):
            raise _changed()
        found.proven = self._source.proven(suspects, ours)
        self._compare(found.proven, suspects, found.said, ours)

    # --- every block ------------------------------------------------------------------------------

    def _every(self, parent: bytes, first: int, last: int, known: Mapping[str, str]) -> Found:
        """Every header, one linked to the other; the receipts of each whose bloom names one of
        ours; and out of these the logs."""
        began = time.monotonic()
        blocks = list(self._source.headers(range(first, last + 1)).values())
        for block in blocks:
            if block.parent_hash != parent:
                raise _changed()
            parent = block.hash
        found = Found(blocks[-1], dict(known))
        while suspects := _suspects(blocks, found.known):
            done = self._read(found, suspects)
            blocks = [block for block in blocks if block.number > done.number]
            if len(found.said) >= EVENTS_AT_A_TIME:
                found.last = done
                break
        found.headers[found.last.number] = found.last
        taken = found.last.number - first + 1
        self._source.blocks.fits(last - first + 1, taken, time.monotonic() - began)
        return found

    def _read(self, found: Found, suspects: Sequence[FullHeader]) -> FullHeader:
        """The first of some blocks, as many as are read at a time and up to one that makes
        contracts, which must be looked for in the blocks behind it; the last that was read."""
        by_number = {block.number: block for block in suspects}
        proven = self._source.some_proven(suspects, in_small_letters(found.known))
        for number, logs in proven.items():
            block = by_number[number]
            if logs:
                found.headers[number] = block
            found.proven[number] = logs
            if found.take(logs, self._hub):
                own = self._source.proven([block], found.known)[number]
                found.said[-len(logs) :] = found.proven[number] = own
                return block
        return by_number[next(reversed(proven))]

    # --- some blocks ------------------------------------------------------------------------------

    def _drawn(self, with_logs: Sequence[int]) -> Sequence[int]:
        if self._checks.level is Level.RECEIPTS:
            return with_logs
        return [number for number in with_logs if _lot.randrange(self._checks.one_in) == 0]

    def _compare(
        self,
        proven: Mapping[int, Sequence[Log]],
        suspects: Iterable[FullHeader],
        said: Iterable[Log],
        ours: Container[str],
    ) -> None:
        """What these blocks' receipts say of our contracts is what the node said, log by log."""
        by_block: dict[int, list[Log]] = {block.number: [] for block in suspects}
        for log in said:
            if log.block_number in by_block:
                by_block[log.block_number].append(log)
        for number, logs in by_block.items():
            right = [log for log in proven[number] if log.address in ours]
            if logs != right and sorted(logs, key=_place) != right:
                raise withheld(self._source.name, number, len(logs), len(right))


def _place(log: Log) -> int:
    return log.index


def _changed() -> GoneFromChain:
    return GoneFromChain("the chain changed while it was read", "look again")


def withheld(node: str, number: int, said: int, proven: int) -> Withheld:
    """The error for a node whose logs of a block are not those that its header binds."""
    return Withheld(
        f"{node} sent {said} logs of block {number} where the block's receipts prove {proven}, "
        "or others than those",
        "name another node; whatever is mirrored of this one would be wrong",
    )


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
            kind = KINDS.get(bytes(event.args["kind"]))
            # what another release of the Hub makes is none of ours to read
            found |= {event.args["part"]: kind} if kind else {}
    return found


def _suspects(blocks: Iterable[FullHeader], addresses: Iterable[str]) -> list[FullHeader]:
    """The blocks whose bloom names one of these contracts."""
    ours = [address_bytes(address) for address in addresses]
    return [block for block in blocks if any(block.may_have(each) for each in ours)]
