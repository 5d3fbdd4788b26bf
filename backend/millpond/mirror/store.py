# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror's database: one SQLite file, one writer, any number of readers.

Everything that a block brought goes with its block, so rolling back is one DELETE. The cursor moves
in the same transaction as the rows it vouches for, and only from where the writer believed it to
be, so a killed or doubled writer can leave nothing half-done. All rows but the worker's follow from
the chain: the file can always be deleted and made again.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from millpond.chain.answers import Log
from millpond.core.errors import MillpondError
from millpond.core.subjects import to_hex
from millpond.mirror.decoding import Rows

_BUSY_SECONDS = 10.0
SETTLED = ("cast_seats", "proposal_facts")
"""What events settle for ever, each worked out by its view `settled_...` when it is written."""


class MirrorError(MillpondError):
    """The mirror's database cannot be used, or cannot go on."""


class NotMirrored(MirrorError):
    """There is no mirror yet, or it is of something else."""


class CursorMoved(MirrorError):
    """Another writer was faster."""


@dataclass(frozen=True)
class Header:
    """One block, as far as the mirror keeps it."""

    number: int
    hash: str
    parent_hash: str
    timestamp: int


@dataclass(frozen=True)
class Subject:
    """What a database mirrors: one Hub with its pools, on one chain."""

    chain_id: int
    genesis_hash: str
    hub: str
    identity: str
    first_block: int
    """Nothing of this Hub is in an earlier block."""


@dataclass(frozen=True)
class Cursor:
    """How far it has come: all up to and with this block is in the database."""

    block_number: int
    block_hash: str
    block_timestamp: int
    safe_number: int
    finalized_number: int


@dataclass(frozen=True)
class Asset:
    """What a token says of itself; None where it says nothing."""

    address: str
    block_number: int
    symbol: str | None
    decimals: int | None


@dataclass(frozen=True)
class Mined:
    """A log with the contract it came from and the rows it becomes."""

    log: Log
    contract: str
    event: str
    rows: Rows
    assets: tuple[str, ...]
    """The tokens that it names."""


@dataclass(frozen=True)
class Batch:
    """What the next step brings: blocks in order, with what was said in them."""

    headers: Sequence[Header]
    mined: Sequence[Mined]
    assets: Sequence[Asset]


class _UnitsSum:
    """The SQL aggregate `units_sum`: decimal texts of any length, with or without a minus."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, value: str | None) -> None:
        if value is not None:
            self.total += int(value)

    def finalize(self) -> str:
        return str(self.total)


@cache
def schema() -> str:
    """All tables and views."""
    room = files("millpond.mirror")
    views = sorted((room / "views").iterdir(), key=lambda path: path.name)
    parts = [room / "base.sql", room / "tables.sql", *views]
    return "\n".join(part.read_text("utf-8") for part in parts if part.name.endswith(".sql"))


def schema_name() -> str:
    """Changes with any table or view."""
    return sha256(schema().encode()).hexdigest()[:16]


def connect(path: Path, *, writes: bool) -> sqlite3.Connection:
    """A connection with our aggregate; rows come by name. `NotMirrored` where there is no file."""
    if not writes and not path.exists():
        raise NotMirrored(
            f"there is no mirror at {path}",
            "make one with: millpond sync --rpc URL --hub ADDRESS",
        )
    found = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    found.row_factory = sqlite3.Row
    found.create_aggregate("units_sum", 1, _UnitsSum)  # type: ignore[arg-type]  # typeshed: int
    found.execute("PRAGMA foreign_keys = ON")
    if writes:
        found.execute("PRAGMA journal_mode = WAL")
        found.execute("PRAGMA synchronous = NORMAL")
    else:
        found.execute("PRAGMA query_only = ON")
    return found


class Store:
    """The writer's side."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = connect(path, writes=True)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what is mirrored -------------------------------------------------------------------------

    def begin(self, subject: Subject, before: Header) -> None:
        """Make the tables for a new mirror whose cursor stands on `before`, the block before the
        first; for one that exists, make sure that it is of the same Hub and of these tables."""
        known = self._subject()
        if known is None:
            self._create(subject, before)
        elif known != subject:
            raise NotMirrored(
                f"{self.path} mirrors the Hub {known.hub} of chain {known.chain_id} from block "
                f"{known.first_block}, not what was asked for",
                "name another file with --database, or make this one again with --rebuild",
            )

    def _subject(self) -> Subject | None:
        tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mirror'"
        if self._db.execute(tables).fetchone() is None:
            return None
        row = self._db.execute("SELECT * FROM mirror").fetchone()
        require_schema(row["schema"], self.path)
        return Subject(**{field.name: row[field.name] for field in fields(Subject)})

    def _create(self, subject: Subject, before: Header) -> None:
        with self._transaction():
            for statement in _statements(schema()):
                self._db.execute(statement)
            self._insert("blocks", [tuple(vars(before).values())])
            named = vars(subject)
            start = (before.number, before.hash, before.timestamp, 0, 0)
            self._insert("mirror", [(1, schema_name(), *named.values(), *start)])
            self._insert("worker", [(1, before.number, 0, None, None)])

    # --- where it stands --------------------------------------------------------------------------

    def cursor(self) -> Cursor:
        """How far it has come."""
        row = self._db.execute("SELECT * FROM mirror").fetchone()
        return Cursor(**{field.name: row[field.name] for field in fields(Cursor)})

    def headers(self, down_from: int) -> Iterator[Header]:
        """The kept headers from that block downwards."""
        query = "SELECT * FROM blocks WHERE number <= ? ORDER BY number DESC"
        for row in self._db.execute(query, (down_from,)):
            yield Header(*row)

    def contracts(self) -> dict[str, str]:
        """Address -> kind of every contract that is mirrored."""
        found = self._db.execute("SELECT address, contract FROM contracts")
        return {row["address"]: row["contract"] for row in found}

    def assets(self) -> set[str]:
        """The assets that are known."""
        return {row["address"] for row in self._db.execute("SELECT address FROM assets")}

    def event_count(self) -> int:
        """How many events there are."""
        return int(self._db.execute("SELECT count(*) FROM events").fetchone()[0])

    # --- what changes it --------------------------------------------------------------------------

    def apply(self, batch: Batch, was: Cursor, now: Cursor, keep: int) -> None:
        """Write a batch and move the cursor from `was` to `now`, all or nothing.

        Of blocks without events only the last `keep` stay.
        """
        with self._transaction():
            self._move(was, now)
            self._insert("blocks", [tuple(vars(header).values()) for header in batch.headers])
            for mined in batch.mined:
                self._write(mined)
            for table in SETTLED:
                # by a view of ours, over our own tables
                query = f"INSERT INTO {table} SELECT * FROM settled_{table} WHERE block_number > ?"  # noqa: S608
                self._db.execute(query, (was.block_number,))
            self._insert("assets", [tuple(vars(asset).values()) for asset in batch.assets])
            self._db.execute(
                "DELETE FROM blocks WHERE number <= ?"
                " AND NOT EXISTS (SELECT 1 FROM events WHERE block_number = number)",
                (now.block_number - keep,),
            )

    def roll_back(self, was: Cursor, now: Cursor) -> None:
        """Undo every block above the new cursor."""
        with self._transaction():
            self._move(was, now)
            self._db.execute("DELETE FROM blocks WHERE number > ?", (now.block_number,))

    def say(self, node_head: int, checked_at: int, problem: MillpondError | None) -> None:
        """Note how the writer is, for readers."""
        words = (problem.message, problem.next_step) if problem else (None, None)
        self._db.execute(
            "UPDATE worker SET node_head = ?, checked_at = ?, problem = ?, next_step = ?",
            (node_head, checked_at, *words),
        )

    def _move(self, was: Cursor, now: Cursor) -> None:
        moved = self._db.execute(
            "UPDATE mirror SET block_number = ?, block_hash = ?, block_timestamp = ?,"
            " safe_number = ?, finalized_number = ? WHERE block_number = ? AND block_hash = ?",
            (*vars(now).values(), was.block_number, was.block_hash),
        )
        if moved.rowcount != 1:
            raise CursorMoved(
                f"another program writes into {self.path}", "let one `millpond sync` run, no more"
            )

    def _write(self, mined: Mined) -> None:
        log = mined.log
        key = (log.block_number, log.index)
        event = (to_hex(log.transaction_hash), log.address, mined.contract, mined.event)
        self._insert("events", [(*key, *event)])
        for number, (table, values) in enumerate(mined.rows):
            own = (log.address,) if number == 0 else ()
            self._insert(table, [(*key, *own, *values)])

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            places = ", ".join("?" * len(row))
            # the names of tables come from our own generated decoders
            self._db.execute(f"INSERT INTO {table} VALUES ({places})", row)  # noqa: S608

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; no other writer in between."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def remove(path: Path) -> None:
    """Delete a mirror; it can be made again. `NotMirrored` for a file that is none."""
    if path.exists():
        with connect(path, writes=False) as found:
            tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mirror'"
            try:
                known = found.execute(tables).fetchone()
            except sqlite3.DatabaseError:
                known = None
        found.close()
        if known is None:
            raise NotMirrored(
                f"{path} is no mirror and is left alone", "name the mirror's file with --database"
            )
    for each in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        each.unlink(missing_ok=True)


def require_schema(found: str, path: Path) -> None:
    """`NotMirrored` where a database was made by another version."""
    if found != schema_name():
        raise NotMirrored(
            f"{path} was made by another version of millpond",
            "make it again from the chain: millpond sync --rebuild",
        )


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: executescript would commit on its own."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
