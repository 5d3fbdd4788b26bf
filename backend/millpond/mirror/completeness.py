# SPDX-License-Identifier: AGPL-3.0-only
"""All that the mirrored contracts said in some blocks, and that it is all.

A node may leave out a log under the right hash of a block. What it cannot do is make the header of
that block agree: its bloom names every contract that said something, and its receipts' root binds
every log. So near the head each block whose bloom names one of ours is held against its receipts.
In a range of deep blocks that is done for those with our logs (`Level`), and for some others drawn
by lot, or for all whose bloom names one of ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import SystemRandom

from millpond.chain.abi import load
from millpond.chain.answers import Log
from millpond.chain.coop import KINDS, PARTS
from millpond.chain.headers import FullHeader
from millpond.core.subjects import address_bytes
from millpond.mirror import reading
from millpond.mirror.reading import Said, WireLog
from millpond.mirror.source import Source
from millpond.mirror.stops import GoneFromChain, Withheld

_POOL_CREATED = load("Hub").event("PoolCreated").topic
_PART_MADE = load("Hub").event("PartMade").topic
_HEADERS_AT_A_TIME = 1_000
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
    said: Said = field(default_factory=lambda: Said([], []))
    proven: dict[int, list[WireLog]] = field(default_factory=dict)
    """All logs of a block, where its receipts were read."""

    def coverage(self) -> dict[int, str]:
        """How each block was checked."""
        return {n: "receipts" if n in self.proven else "bloom" for n in self.headers}

    def take(self, said: Said, hub: str) -> dict[str, str]:
        """Take logs in; the contracts that they make and that were not known."""
        self.said.add(said)
        made = {a: k for a, k in parts_in(said.logs, hub).items() if a not in self.known}
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
            self._prove(found, suspects, said, set(new))
            new = found.take(said, self._hub)
        found.said.sort()
        return found

    def between(self, parent: bytes, first: int, last: int, known: Mapping[str, str]) -> Found:
        """Of a range of blocks too deep to change, the first of which is the child of `parent`."""
        ends = self._source.headers(sorted({first, last}))
        if ends[first].parent_hash != parent:
            raise GoneFromChain("the chain changed while it was read", "look again")
        found = Found(ends[last], dict(known), {last: ends[last]})
        new: Mapping[str, str] = dict(known)
        while new:
            said = self._source.logs_between(first, last, list(new))
            new = found.take(said, self._hub)
        found.said.sort()
        self._hold(found, ends, parent, first)
        return found

    def _hold(
        self, found: Found, ends: Mapping[int, FullHeader], parent: bytes, first: int
    ) -> None:
        """Headers and receipts of a range."""
        last, ours = found.last.number, set(found.known)
        with_logs = sorted({log.block_number for log in found.said.logs})
        if self._checks.level is Level.EVERY_BLOCK:
            suspects = self._every(found, parent, first, with_logs)
        else:
            drawn = {_lot.randint(first, last) for _ in range(self._checks.others)}
            wanted = [n for n in sorted({*with_logs, *drawn}) if n not in ends]
            looked_at = dict(ends) | self._source.headers(wanted)
            found.headers |= {number: looked_at[number] for number in with_logs}
            drawn_blocks = [looked_at[number] for number in sorted(drawn - set(with_logs))]
            suspects = _suspects(drawn_blocks, ours)
            suspects += [found.headers[number] for number in self._drawn(with_logs)]
        for log in found.said.logs:
            if log.block_hash != found.headers[log.block_number].hash:
                raise GoneFromChain("the chain changed while it was read", "look again")
        self._prove(found, suspects, found.said, ours)

    def _every(
        self, found: Found, parent: bytes, first: int, with_logs: Sequence[int]
    ) -> list[FullHeader]:
        """Every header of the range, linked; keeps those with our logs, returns the suspects."""
        suspects: list[FullHeader] = []
        for low in range(first, found.last.number + 1, _HEADERS_AT_A_TIME):
            high = min(found.last.number, low + _HEADERS_AT_A_TIME - 1)
            blocks = list(self._source.headers(range(low, high + 1)).values())
            for block in blocks:
                if block.parent_hash != parent:
                    raise GoneFromChain("the chain changed while it was read", "look again")
                parent = block.hash
            suspects += _suspects(blocks, found.known)
            kept = set(with_logs)
            found.headers |= {block.number: block for block in blocks if block.number in kept}
        if parent != found.last.hash:
            raise GoneFromChain("the chain changed while it was read", "look again")
        return suspects

    def _drawn(self, with_logs: Sequence[int]) -> Sequence[int]:
        if self._checks.level is Level.RECEIPTS:
            return with_logs
        return [number for number in with_logs if _lot.randrange(self._checks.one_in) == 0]

    def _prove(
        self, found: Found, suspects: Sequence[FullHeader], said: Said, ours: set[str]
    ) -> None:
        """What these blocks' receipts say of our contracts is what the node said, log by log."""
        unread = [block for block in suspects if block.number not in found.proven]
        found.proven |= self._source.proven(unread)
        by_block: dict[int, list[WireLog]] = {block.number: [] for block in suspects}
        for log, wire in zip(said.logs, said.wires, strict=True):
            if log.block_number in by_block:
                by_block[log.block_number].append(wire)
        for number, wires in by_block.items():
            proven = [w for w in found.proven[number] if reading.address(w.address) in ours]
            # the very same letters, as a rule; else the same logs in another spelling or order
            if wires != proven and not _same_logs(wires, proven):
                raise withheld(self._source.name, number, len(wires), len(proven))


def _same_logs(said: Sequence[WireLog], proven: Sequence[WireLog]) -> bool:
    logs = sorted(map(reading.log, said), key=lambda log: log.index)
    return logs == [reading.log(wire) for wire in proven]


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
