# SPDX-License-Identifier: AGPL-3.0-only
"""From logs to the rows that they become. The decoders themselves are generated, in `decoders/`.

A decoder takes all logs of one event at once: a backfill reads them by the thousand, and what is
done once for each log is most of its work.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TypeAlias

from millpond.chain import abi
from millpond.chain.abi import Param, Value, decode_values
from millpond.chain.answers import BadAnswer, Log
from millpond.mirror.words import hexed

Tables: TypeAlias = defaultdict[str, list[tuple[str | int, ...]]]
"""Whole rows by their table."""


@dataclass(frozen=True)
class Decoder:
    """One event of one contract."""

    contract: str
    event: str
    topic: str
    topics: int
    """How many topics its logs have."""
    function: Callable[[Iterable[Log], Tables], None]
    """Puts the rows of its logs into their tables."""
    table: str
    """The event's own table."""
    assets: tuple[int, ...]
    """Which columns of it name a token."""

    def put(self, said: Sequence[Log], rows: Tables) -> None:
        """The rows of its logs; `BadAnswer` where the contract cannot have emitted one."""
        if any(len(log.topics) != self.topics for log in said):
            raise BadAnswer(
                f"the node sent {self.contract}.{self.event} with too many or too few topics",
                "ask another node; this one sends damaged answers",
            )
        self.function(said, rows)
        rows["events"] += [
            (block, index, _hexed(transaction), where, self.contract, self.event)
            for where, _, _, block, _, index, transaction in said
        ]


@dataclass(frozen=True)
class Mined:
    """What was said in some blocks."""

    rows: Tables = field(default_factory=lambda: defaultdict(list, {"events": []}))
    """Those of `events` first, since all others refer to them."""
    assets: dict[str, int] = field(default_factory=dict)
    """The tokens that it names: address -> the first block that does."""


def mined(logs: Iterable[Log], contracts: Mapping[str, str], known: "Decoders") -> Mined:
    """Logs of known contracts, in the order of the chain, as rows."""
    by_event: dict[tuple[str, bytes], list[Log]] = defaultdict(list)
    for log in logs:
        topics = log[1]
        by_event[contracts[log[0]], topics[0] if topics else b""].append(log)
    found = Mined()
    for (contract, topic), said in by_event.items():
        decoder = known.get((contract, topic))
        if decoder is None:
            raise BadAnswer(
                f"{contract} at {said[0].address} emitted an event that it does not declare",
                "check with `millpond verify code` that the Hub runs the published code",
            )
        decoder.put(said, found.rows)
        for place in decoder.assets:
            first = {str(row[place]): int(row[0]) for row in reversed(found.rows[decoder.table])}
            for address, block in first.items():
                found.assets[address] = min(block, found.assets.get(address, block))
    found.rows["events"].sort()
    return found


Decoders: TypeAlias = Mapping[tuple[str, bytes], Decoder]
"""(contract, first topic) -> decoder."""


def index(*groups: Sequence[Decoder]) -> dict[tuple[str, bytes], Decoder]:
    """(contract, first topic) -> decoder."""
    return {(d.contract, bytes.fromhex(d.topic)): d for group in groups for d in group}


def decoded(contract: str, event: str, data: bytes) -> Mapping[str, Value]:
    """The fields of an event that are not indexed, by name."""
    fields = _plain_fields(contract, event)
    values = decode_values(fields, data, f"event {event}")
    return {param.name: value for param, value in zip(fields, values, strict=True)}


_hexed = lru_cache(maxsize=1 << 12)(hexed)
"""Of a transaction, which may have many logs."""


@cache
def _plain_fields(contract: str, event: str) -> tuple[Param, ...]:
    return tuple(p for p in abi.load(contract).event(event).inputs if not p.indexed)
