# SPDX-License-Identifier: AGPL-3.0-only
"""Logs as they come, thousands at a time, read as strictly as by `chain.answers`, and faster.

What repeats from log to log (addresses, blocks, first topics) is read once and remembered.
"""

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import msgspec

from millpond.chain import answers
from millpond.chain.answers import Address, Log
from millpond.mirror.batches import read

_HEX_WORD = 66
_WORD = 32
_MOST_TOPICS = 4
_new, _set, _from_hex = object.__new__, object.__setattr__, bytes.fromhex


class WireLog(msgspec.Struct, gc=False):
    """A log as a node sends it."""

    address: str
    topics: list[str]
    data: str
    blockNumber: str  # noqa: N815  the node's spelling
    blockHash: str  # noqa: N815
    logIndex: str  # noqa: N815
    transactionHash: str  # noqa: N815
    removed: bool | None = False


_logs = msgspec.json.Decoder(list[WireLog])
_object: "msgspec.json.Decoder[dict[str, object] | None]" = msgspec.json.Decoder(
    dict[str, object] | None
)
_list: "msgspec.json.Decoder[list[object] | None]" = msgspec.json.Decoder(list[object] | None)

Raw: TypeAlias = "bytes | msgspec.Raw"


class Said(NamedTuple):
    """Logs, each with the form in which it came."""

    logs: list[Log]
    wires: list[WireLog]

    def add(self, other: "Said") -> None:
        """Take in what was said elsewhere."""
        self.logs.extend(other.logs)
        self.wires.extend(other.wires)

    def sort(self) -> None:
        """Into the order of the chain; a second log at one place is no answer."""
        places = [(log.block_number, log.index) for log in self.logs]
        if any(one >= other for one, other in pairwise(places)):
            if len(set(places)) != len(places):
                raise answers.bad("one log at each place", places)
            order = sorted(range(len(places)), key=places.__getitem__)
            self.logs[:] = [self.logs[at] for at in order]
            self.wires[:] = [self.wires[at] for at in order]


def logs(data: Raw) -> Said:
    """An eth_getLogs answer. A log that was taken back is no answer."""
    wires = read(data, _logs, "logs")
    return Said([log(wire) for wire in wires], wires)


def mapping(data: Raw, what: str) -> dict[str, object] | None:
    """A JSON object, or None for null."""
    return read(data, _object, what)


def entries(data: Raw, what: str) -> list[object] | None:
    """A JSON list, or None for null."""
    return read(data, _list, what)


def log(wire: WireLog) -> Log:
    """One log."""
    if wire.removed:
        raise answers.bad("a log that is still on the chain", "removed")
    topics = wire.topics
    if len(topics) > _MOST_TOPICS:
        raise answers.bad("a log's topics", topics)
    found: Log = _new(Log)
    # as Log(...) does, which takes as long as all the rest: it sets each field of a frozen value
    _set(
        found,
        "__dict__",
        {
            "address": address(wire.address),
            "topics": tuple([_word(topic) for topic in topics]),
            "data": _octets(wire.data),
            "block_number": _quantity(wire.blockNumber),
            "block_hash": word(wire.blockHash),
            "index": _quantity(wire.logIndex),
            "transaction_hash": _word(wire.transactionHash),
        },
    )
    return found


def _octets(text: str) -> bytes:
    try:
        found = _from_hex(text[2:])
    except ValueError:
        found = b""
    # fromhex passes over blanks: what it has read must be as long as what was written
    if text[:2] != "0x" or 2 * len(found) + 2 != len(text):
        raise answers.bad("a log's data", text)
    return found


def _word(text: str) -> bytes:
    try:
        found = _from_hex(text[2:])
    except ValueError:
        found = b""
    if len(found) != _WORD or len(text) != _HEX_WORD or text[:2] != "0x":
        raise answers.bad("a log's 32 bytes", text)
    return found


@lru_cache(maxsize=1 << 14)
def word(text: str) -> bytes:
    """32 bytes that may come again."""
    return _word(text)


@lru_cache(maxsize=1 << 14)
def address(text: str) -> Address:
    """An address in its EIP-55 spelling."""
    return answers.address(text, "a log's address")


@lru_cache(maxsize=1 << 14)
def _quantity(text: str) -> int:
    return answers.quantity(text, "a log's number")
