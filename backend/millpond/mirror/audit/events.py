# SPDX-License-Identifier: AGPL-3.0-only
"""Every row of the mirror's event tables, held against the receipts of its block.

Texts, hashes of documents and reasons are in no contract's storage: only here are they proven. The
node names the blocks in which our contracts said anything; all receipts of each of them, and of
each that the mirror has rows of, must make the root in a header that has the right hash. Their logs
are then decoded anew and compared with the rows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from millpond.chain import headers, receipts
from millpond.chain.answers import Address, Log
from millpond.chain.client import Client
from millpond.chain.headers import FullHeader
from millpond.chain.rpc import RpcRefused
from millpond.core.subjects import to_hex
from millpond.mirror import decoding
from millpond.mirror.audit.expected import REBUILD, Difference
from millpond.mirror.audit.witness import Told, Witness, pieces
from millpond.mirror.completeness import parts_in
from millpond.mirror.decoders import BY_TOPIC
from millpond.mirror.reads.snapshot import Row, Snapshot

_AT_A_TIME = 50
_SHOWN = 200
_BY_RECEIPTS, _BY_HEADER = "receipts", "header"
_NOTHING = "nothing"
_NOT_KEPT = ""
"""A root of the block before the first, of which only place and time are kept."""
_TABLE = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)

Cells = tuple[object, ...]
Place = tuple[str, Cells]
"""A table and the key of a row in it."""


@dataclass
class Events:
    """What came of it."""

    rows: int = 0
    blocks: int = 0
    differences: list[Difference] = field(default_factory=list)
    unchecked: str | None = None

    def differ(self, place: str, row: str, column: str, pair: tuple[object, object]) -> None:
        """Note one difference."""
        mine, theirs = (_shown(value) for value in pair)
        by = _BY_HEADER if place == "blocks" and column != "events" else _BY_RECEIPTS
        self.differences.append(Difference(place, row, column, mine, theirs, by, REBUILD))


@cache
def tables() -> tuple[str, ...]:
    """All tables that hold rows of events."""
    text = (files("millpond.mirror") / "tables.sql").read_text("utf-8")
    return ("events", *_TABLE.findall(text))


class Checker:
    """One pass over everything that happened."""

    def __init__(self, now: Snapshot, client: Client, witness: Witness) -> None:
        self.now, self.client, self.witness = now, client, witness
        self.found = Events()
        self._contracts: dict[str, str] = {}

    def run(self, told: Told) -> Events:
        """All rows up to the audited block, and all headers that the mirror keeps."""
        kept = {row["number"]: row for row in self.now.rows("SELECT * FROM blocks")}
        mine = self.now.rows("SELECT DISTINCT block_number AS n FROM events")
        said = self._blocks_with_events()
        talking = said | {row["n"] for row in mine}
        numbers = sorted(number for number in talking | set(kept))
        for done, part in enumerate(pieces(numbers, _AT_A_TIME)):
            blocks = self._headers(part, kept)
            if not self._compare([header for header in blocks if header.number in talking]):
                break
            told(done * _AT_A_TIME + len(part), len(numbers))
        return self.found

    def _blocks_with_events(self) -> set[int]:
        """By the node's word; that of a liar is caught by what the blocks' receipts make."""
        as_of, last = self.now.as_of, self.witness.header.number
        first = int(self.now.rows("SELECT first_block FROM mirror")[0]["first_block"])
        hub = self.client.logs(Address(as_of.hub), [], first, last)
        kinds = {as_of.hub: "Hub", as_of.identity: "Identity"}
        self._contracts = kinds | parts_in(hub, as_of.hub)
        said = {log.block_number for log in hub}
        for address in set(self._contracts) - {as_of.hub}:
            logs = self.client.logs(Address(address), [], first, last)
            said |= {log.block_number for log in logs}
        return said

    def _headers(self, numbers: Sequence[int], kept: Mapping[int, Row]) -> list[FullHeader]:
        """The node's headers, each compared with what the mirror keeps of it."""
        asked = [("eth_getBlockByNumber", [hex(number), False]) for number in numbers]
        blocks = []
        for number, answer in zip(numbers, self.witness.many(asked), strict=True):
            name = f"block {number}"
            if answer is None or isinstance(answer, RpcRefused):
                self.found.differ("blocks", name, "block", (kept[number]["hash"], None))
                continue
            header = headers.read(answer)
            blocks.append(header)
            if number not in kept:
                self.found.differ("blocks", name, "events", (None, "some"))
                continue
            for column, value in _told(header).items():
                mine = kept[number][column]
                if mine not in (value, _NOT_KEPT):
                    self.found.differ("blocks", name, column, (mine, value))
        return blocks

    def _compare(self, blocks: Sequence[FullHeader]) -> bool:
        """The rows of these blocks. False where the node gives no receipts."""
        if not blocks:
            return True
        asked = [("eth_getBlockReceipts", [hex(header.number)]) for header in blocks]
        theirs: dict[Place, Cells] = {}
        for header, answer in zip(blocks, self.witness.many(asked), strict=True):
            if answer is None or isinstance(answer, RpcRefused):
                self.found.unchecked = f"the node gives no receipts of block {header.number}"
                return False
            theirs.update(self._rows(receipts.proven_logs(answer, header)))
        numbers = {header.number for header in blocks}
        mine = dict(self._kept(min(numbers), max(numbers)))
        mine = {place: cells for place, cells in mine.items() if place[1][0] in numbers}
        for place in sorted(mine.keys() | theirs.keys(), key=str):
            self._differences(place, mine.get(place), theirs.get(place))
        self.found.rows += len(mine)
        self.found.blocks += len(blocks)
        return True

    def _rows(self, logs: Sequence[Log]) -> Iterator[tuple[Place, Cells]]:
        """What the mirror must have of these logs."""
        ours = [log for log in logs if log.address in self._contracts]
        for table, rows in decoding.mined(ours, self._contracts, BY_TOPIC).rows.items():
            size = _key_size(table)
            yield from (((table, cells[:size]), cells) for cells in rows)

    def _kept(self, first: int, last: int) -> Iterator[tuple[Place, Cells]]:
        """What the mirror has between two blocks."""
        for table in tables():
            query = f"SELECT * FROM {table} WHERE block_number BETWEEN ? AND ?"  # noqa: S608  ours
            for row in self.now.rows(query, first, last):
                cells = tuple(row)
                yield (table, cells[: _key_size(table)]), cells

    def _differences(self, place: Place, mine: Cells | None, theirs: Cells | None) -> None:
        if mine == theirs:
            return
        table, key = place
        name = f"block {key[0]}, log {key[1]}" + "".join(f", number {n}" for n in key[2:])
        if mine is None or theirs is None:
            self.found.differ(table, name, "row", (mine, theirs))
            return
        for column, pair in zip(_columns(table), zip(mine, theirs, strict=True), strict=True):
            if pair[0] != pair[1]:
                self.found.differ(table, name, column, pair)


def _told(header: FullHeader) -> dict[str, object]:
    """What the mirror keeps of a header."""
    return {
        "hash": to_hex(header.hash),
        "parent_hash": to_hex(header.parent_hash),
        "timestamp": header.timestamp,
        "receipts_root": to_hex(header.receipts_root),
        "state_root": to_hex(header.state_root),
    }


@cache
def _columns(table: str) -> tuple[str, ...]:
    """The columns of one of our tables, as it was written."""
    room = files("millpond.mirror")
    text = "\n".join((room / name).read_text("utf-8") for name in ("base.sql", "tables.sql"))
    body = text[text.index(f"CREATE TABLE {table} (") :]
    body = body[: body.index("\n);")]
    return tuple(re.findall(r"^    ([a-z]\w*) ", body, re.MULTILINE))


def _key_size(table: str) -> int:
    """How many of a table's first columns tell its rows apart."""
    behind = [column for column in _columns(table)[2:4] if column.startswith("position")]
    return 2 + len(behind)


def _shown(value: object) -> str:
    if value is None:
        return _NOTHING
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
