# SPDX-License-Identifier: AGPL-3.0-only
"""From a log to the rows that it becomes. The decoders themselves are generated, in `decoders/`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from millpond.chain import abi
from millpond.chain.abi import Param, Value, decode_values
from millpond.chain.answers import BadAnswer, Log

Topics: TypeAlias = Sequence[bytes]
Rows: TypeAlias = list[tuple[str, tuple[str | int, ...]]]
"""(table, values) without the columns that say where the log stands; the event's own row first."""


@dataclass(frozen=True)
class Decoder:
    """One event of one contract."""

    contract: str
    event: str
    topic: str
    topics: int
    """How many topics its logs have."""
    function: Callable[[Topics, bytes], Rows]
    assets: tuple[int, ...]
    """Which values of the event's own row name a token."""

    def rows(self, log: Log) -> Rows:
        """The rows of a log; `BadAnswer` where the contract cannot have emitted it."""
        if len(log.topics) != self.topics:
            raise BadAnswer(
                f"the node sent {self.contract}.{self.event} with {len(log.topics)} topics",
                "ask another node; this one sends damaged answers",
            )
        return self.function(log.topics, log.data)


def index(*groups: Sequence[Decoder]) -> dict[tuple[str, bytes], Decoder]:
    """(contract, first topic) -> decoder."""
    return {(d.contract, bytes.fromhex(d.topic)): d for group in groups for d in group}


def decoded(contract: str, event: str, data: bytes) -> Mapping[str, Value]:
    """The fields of an event that are not indexed, by name."""
    fields = _plain_fields(contract, event)
    values = decode_values(fields, data, f"event {event}")
    return {param.name: value for param, value in zip(fields, values, strict=True)}


@cache
def _plain_fields(contract: str, event: str) -> tuple[Param, ...]:
    return tuple(p for p in abi.load(contract).event(event).inputs if not p.indexed)
