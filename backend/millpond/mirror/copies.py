# SPDX-License-Identifier: AGPL-3.0-only
"""A whole mirror as one file, at a final block: for questions that no route answers.

The file is itself a mirror: it can be served, and `millpond sync` goes on from it. It holds what
follows from the chain up to that block and nothing else, in the order of the tables' keys, so two
servers that copy the same block write the same rows; `content` is the hash of these rows, whatever
store they came from and whatever SQLite wrote the file.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from millpond.mirror.reads.snapshot import Range, Row, Snapshot
from millpond.mirror.store import schema
from millpond.mirror.stores import connect
from millpond.mirror.stores.dialect import statements

_TABLE = re.compile(r"CREATE TABLE (\w+) \(")
_KEY = re.compile(r"PRIMARY KEY \(([^)]+)\)")
_OWN_KEY = re.compile(r"^\s+(\w+) .*PRIMARY KEY", re.MULTILINE)
_OF_ONE_SERVER = {"worker", "outbox", "coverage"}
"""What depends on how and when it was mirrored."""
_ROWS = 10_000
# Of blocks without events only the one that the copy is of: which others are kept is chance.
_BLOCKS = """
    SELECT * FROM blocks k WHERE number = (SELECT block_number FROM mirror)
    OR EXISTS (SELECT 1 FROM events e WHERE e.block_number = k.number)
"""


@dataclass(frozen=True)
class Copy:
    """A file, and what is in it."""

    name: str
    block_number: int
    block_hash: str
    block_timestamp: int
    size: int
    sha256: str
    """Of the file."""
    content: str
    """sha256 of its rows, each as a line of JSON with the name of its table in front."""
    schema: str


def write(now: Snapshot, folder: Path) -> Copy:
    """Copy what a snapshot sees into a new file of a folder: the whole file or none."""
    folder.mkdir(parents=True, exist_ok=True)
    as_of = now.as_of
    with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as room:
        draft = Path(room) / "draft.sqlite"
        content = sha256()
        with connect(draft, writes=True) as file:
            file.execute("PRAGMA journal_mode = OFF")  # a draft that is cut short is thrown away
            with file.transaction():
                file.create(schema())
                for table, keys in _tables():
                    for rows in _rows(now, table, keys):
                        file.insert(table, rows)
                        for row in rows:
                            content.update(f"{json.dumps([table, *row])}\n".encode())
                file.insert("worker", [(1, as_of.block_number, 0, None, None, None, 0)])
        with draft.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
        name = f"millpond-{as_of.chain_id}-{as_of.block_number}-{digest[:16]}.sqlite"
        size = draft.stat().st_size
        draft.replace(folder / name)
    return Copy(
        name=name,
        block_number=as_of.block_number,
        block_hash=as_of.block_hash,
        block_timestamp=as_of.block_timestamp,
        size=size,
        sha256=digest,
        content=content.hexdigest(),
        schema=as_of.schema,
    )


def _tables() -> Iterator[tuple[str, list[str]]]:
    """Every table that follows from the chain, with its key; what others refer to comes first."""
    for statement in statements(schema()):
        found = _TABLE.search(statement)
        if found is None or found[1] in _OF_ONE_SERVER:
            continue
        key = _KEY.search(statement) or _OWN_KEY.search(statement)
        assert key is not None, found[1]  # noqa: S101  every table of ours has one
        yield found[1], [column.strip() for column in key[1].split(",")]


def _rows(now: Snapshot, table: str, keys: list[str]) -> Iterator[list[tuple[Any, ...]]]:
    """A table in the order of its key, some rows at a time."""
    query = _BLOCKS if table == "blocks" else f"SELECT * FROM {table}"  # noqa: S608  our own tables
    after = None
    while True:
        part = now.page(query, (), Range(_ROWS, after), lambda row: row, keys)
        yield [_row(table, row) for row in part.items]
        after = part.next
        if after is None:
            return


def _row(table: str, row: Row) -> tuple[Any, ...]:
    """As it is; of the cursor, that the copy's own block is as safe as any."""
    if table != "mirror":
        return tuple(row)
    fixed = {"safe_number", "finalized_number"}
    return tuple(row["block_number"] if key in fixed else row[key] for key in row.keys())  # noqa: SIM118  a Row iterates over values
