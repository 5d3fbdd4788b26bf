# SPDX-License-Identifier: AGPL-3.0-only
"""A file of SQLite: the default, nothing to install, one writer and any number of readers."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import chain
from pathlib import Path
from typing import Self

from millpond.mirror.stores.database import WRITER
from millpond.mirror.stores.dialect import clustered, statements
from millpond.mirror.stores.errors import AlreadyWritten, NotMirrored

_BUSY_SECONDS = 10.0
_BESIDE = ("-wal", "-shm")
_CACHE_KIB = 1 << 16
_WAL_PAGES = 8_000
_OF_BLOCKS = """
    SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name)
    WHERE m.type = 'table'
"""


class _UnitsSum:
    """The SQL aggregate `units_sum`: decimal texts of any length, with or without a minus."""

    def __init__(self) -> None:
        self.total: int | None = None

    def step(self, value: str | None) -> None:
        if value is not None:
            self.total = int(value) + (self.total or 0)

    def finalize(self) -> str | None:
        return None if self.total is None else str(self.total)


class SqliteDatabase:
    """One connection to a file."""

    failures = (sqlite3.Error,)
    home, temporary = "main", "temp"

    def __init__(self, place: Path, *, writes: bool, durable: bool = False) -> None:
        """`durable`: what is committed outlives a power cut, too; else only a killed process."""
        self.place = place
        if writes:
            place.parent.mkdir(parents=True, exist_ok=True)
        elif not place.exists():
            raise NotMirrored(
                f"there is no mirror at {place}",
                "make one with: millpond sync --rpc URL --hub ADDRESS",
            )
        self._db = sqlite3.connect(
            place, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._db.row_factory = sqlite3.Row
        self._db.create_aggregate("units_sum", 1, _UnitsSum)  # type: ignore[arg-type]  # typeshed: int
        if writes:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            # the pages that a batch changes stay in memory until they are written, each once
            self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self._db.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
        else:
            self._db.execute("PRAGMA query_only = ON")
        self._file = _file_at(place)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def execute(self, query: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """One statement."""
        return self._db.execute(query, values)

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Whole rows into one table."""
        left = iter(rows)
        first = next(left, None)
        if first is not None:
            places = ", ".join("?" * len(first))
            # the names of tables come from this project's own code
            query = f"INSERT INTO {table} VALUES ({places})"  # noqa: S608
            self._db.executemany(query, chain([first], left))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; no other writer in between."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads that all see the same moment."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def overlay(self, statements: Iterable[str]) -> None:
        """Temporary views of this connection."""
        self._db.execute("PRAGMA query_only = OFF")
        for statement in statements:
            self._db.execute(statement)
        self._db.execute("PRAGMA query_only = ON")

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return self._db.execute(query, (table,)).fetchone() is not None

    def create(self, script: str) -> None:
        """Tables, indexes and views; executescript would commit on its own."""
        for statement in statements(clustered(script)):
            self._db.execute(statement)

    def take_back(self, above: int) -> None:
        """What the foreign keys say, table by table. The file itself does not go by them: it would
        look up the event of each row that comes in."""
        for (name,) in self._db.execute(_OF_BLOCKS).fetchall():
            self._db.execute(f"DELETE FROM {name} WHERE block_number > ?", (above,))  # noqa: S608
        self._db.execute("DELETE FROM blocks WHERE number > ?", (above,))

    @contextmanager
    def alone(self, name: str, *, patient: bool = False) -> Iterator[None]:
        """By a lock on a file beside the database, which stays there for the next one."""
        with self.place.with_name(f"{self.place.name}.{name}.lock").open("w") as file:
            try:
                flock(file, LOCK_EX if patient else LOCK_EX | LOCK_NB)
            except BlockingIOError:
                raise AlreadyWritten(
                    f"another program holds {file.name}",
                    "end it first; its lock ends with it, whatever became of it",
                ) from None
            yield

    def is_current(self) -> bool:
        """Whether the path still means this file: `sync --rebuild` puts another in its place."""
        return self._file is not None and self._file == _file_at(self.place)


def remove(place: Path) -> None:
    """Delete a mirror's file. `NotMirrored` for a file that is none, `AlreadyWritten` for one that
    a writer is at."""
    if not place.exists():
        return
    with SqliteDatabase(place, writes=False) as found, found.alone(WRITER):
        known = False
        with suppress(sqlite3.DatabaseError):
            known = found.has("mirror")
        if not known:
            raise NotMirrored(
                f"{place} is no mirror and is left alone", "name the mirror's file with --database"
            )
        for each in (place, *(place.with_name(place.name + end) for end in _BESIDE)):
            each.unlink(missing_ok=True)


def _file_at(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
