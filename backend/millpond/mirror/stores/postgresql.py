# SPDX-License-Identifier: AGPL-3.0-only
"""A schema in a PostgreSQL server, 14 or newer: for several machines, or tens of gigabytes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Self

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper

from millpond.mirror.stores import dialect
from millpond.mirror.stores.database import WRITER
from millpond.mirror.stores.errors import AlreadyWritten, MirrorError, NotMirrored
from millpond.mirror.stores.places import Url

_SCHEMA = "millpond"
_SEARCH_PATH = re.compile(r"search_path\s*=\s*(\w+)")
_CONNECT_SECONDS = 10
_PLANS = 500
"""Questions whose plans a reader's connection keeps."""


class _NamedRow(tuple[Any, ...]):
    """A row whose values are had by name or by place."""

    __slots__ = ()
    places: dict[str, int]

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.places[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """The columns' names."""
        return list(self.places)


@lru_cache(maxsize=1_000)
def _row_class(names: tuple[str, ...]) -> type[_NamedRow]:
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        places.setdefault(name, place)
    return type("Row", (_NamedRow,), {"__slots__": (), "places": places})


def _by_name(cursor: psycopg.RawCursor[Any]) -> type[_NamedRow]:
    return _row_class(tuple(column.name for column in cursor.description or ()))


class _Whole(Loader):
    """`sum` of whole numbers is `numeric` in PostgreSQL."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


class _Truth(Loader):
    """1 or 0, as in SQLite."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


def _adapt(context: AdaptContext) -> None:
    context.adapters.register_loader("numeric", _Whole)
    context.adapters.register_loader("bool", _Truth)
    context.adapters.register_dumper(int, Int8Dumper)


class PostgresqlDatabase:
    """One connection to a schema."""

    failures = (psycopg.Error,)
    temporary = "pg_temp"

    def __init__(self, place: Url, *, writes: bool, kept: bool = False) -> None:
        """`kept`: the schema beside it, of what cannot be made again."""
        self.place = place
        self.schema = schema_of(place) + ("_kept" if kept else "")
        self._is_overlaid = False
        try:
            self._db = psycopg.connect(
                place.text,
                autocommit=True,
                connect_timeout=_CONNECT_SECONDS,
                cursor_factory=psycopg.RawCursor,
                row_factory=_by_name,  # type: ignore[arg-type]  # its type knows plain cursors only
            )
        except (psycopg.Error, UnicodeError) as error:
            raise MirrorError(
                f"the server of {place} cannot be used ({str(error).strip().splitlines()[0]})",
                "check that it runs, and the address in --database or DATABASE_URL",
            ) from None
        _adapt(self._db)
        self._say(f'SET search_path TO "{self.schema}"')
        self._say("SET jit TO off")  # it costs more than it saves on questions like ours
        self._say(f"SET default_transaction_read_only TO {'off' if writes else 'on'}")
        if not writes:
            # a view over views takes longer to plan than to read a page of: each question is
            # planned once for a connection, whatever values come
            self._db.prepare_threshold, self._db.prepared_max = 0, _PLANS
            self._say("SET plan_cache_mode TO force_generic_plan")
            # and a page is few rows, each found by an index
            self._say("SET random_page_cost TO 1.1")
            self._say("SET enable_hashjoin TO off")
            self._say("SET enable_mergejoin TO off")

    def close(self) -> None:
        """Let go of the connection."""
        self._db.close()

    def __del__(self) -> None:
        """A reader's connection is its thread's own, and a thread ends without a word."""
        if hasattr(self, "_db"):
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def execute(self, query: str, values: Sequence[object] = ()) -> Any:
        """One statement."""
        # no text of ours holds a NUL (mirror/words.py), and PostgreSQL takes none to look for
        asked = [
            v.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(v, str) else v
            for v in values
        ]
        return self._say(dialect.question(query), asked)

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Whole rows into one table, by COPY."""
        # the names of tables come from this project's own code
        with self._db.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        with self._db.transaction():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads that all see the same moment."""
        self._say("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            if not self._db.closed:
                self._say("COMMIT")  # after a ROLLBACK psycopg would forget all plans

    @property
    def home(self) -> str:
        """The schema."""
        return f'"{self.schema}"'

    def overlay(self, statements: Iterable[str]) -> None:
        """Temporary views of this connection."""
        self._is_overlaid = True
        self._say("SET default_transaction_read_only TO off")
        with self._db.transaction():
            for statement in statements:
                self._say(dialect.script(statement))
        self._say("SET default_transaction_read_only TO on")

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return self._finds(f"{self.home}.{table}")

    def create(self, script: str) -> None:
        """Tables, indexes and views, and what takes blocks back."""
        self._say(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"')
        self._say(dialect.script(script))
        if "CREATE TABLE blocks " in script:
            self._say(dialect.taking_back(script))

    def take_back(self, above: int) -> None:
        """By the function that stands for the foreign keys."""
        self.execute("SELECT take_back(?)", (above,))

    @contextmanager
    def alone(self, name: str, *, patient: bool = False) -> Iterator[None]:
        """By an advisory lock, which ends with this connection at the latest."""
        key = (f"{self.schema} {name}",)
        if patient:
            self.execute("SELECT pg_advisory_lock(hashtextextended(?, 0))", key)
        elif not self._try_lock(key):
            raise AlreadyWritten(
                f"another program holds the lock {key[0]!r} of {self.place}",
                "end it first; its lock ends with its connection",
            )
        try:
            yield
        finally:
            if not self._db.closed:
                self.execute("SELECT pg_advisory_unlock(hashtextextended(?, 0))", key)

    def _finds(self, relation: str) -> bool:
        found = self.execute("SELECT to_regclass(?)", (relation,)).fetchone()
        return found[0] is not None

    def _say(self, query: str, values: Sequence[object] = ()) -> Any:
        # psycopg takes literal texts only, against values within them; ours are made of literals
        return self._db.execute(query.encode(), values or None)

    def _try_lock(self, key: Sequence[object]) -> bool:
        found = self.execute("SELECT pg_try_advisory_lock(hashtextextended(?, 0))", key).fetchone()
        return bool(found[0])

    def is_current(self) -> bool:
        """Whether the connection can be asked. Where the mirror was made again, the views over it
        are gone from it."""
        if self._db.closed or self._db.info.transaction_status is not TransactionStatus.IDLE:
            return False
        try:
            return not self._is_overlaid or self._finds(f"{self.temporary}.mirror")
        except psycopg.Error:
            return False


def schema_of(place: Url) -> str:
    """The schema that an address means."""
    try:
        options = conninfo_to_dict(place.text).get("options")
    except psycopg.Error as error:
        raise MirrorError(
            f"{place} is no address of a PostgreSQL server ({str(error).strip()})",
            "write it as postgresql://user@host/name",
        ) from None
    found = _SEARCH_PATH.search(str(options or ""))
    return found[1] if found else _SCHEMA


def remove(place: Url) -> None:
    """Drop a mirror's schema. `NotMirrored` for one that holds something else."""
    with PostgresqlDatabase(place, writes=True) as found, found.alone(WRITER):
        query = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        [held] = found.execute(f"{query} WHERE n.nspname = ?", (found.schema,)).fetchone()
        if held and not found.has("mirror"):
            raise NotMirrored(
                f"the schema {found.schema} of {place} holds no mirror and is left alone",
                "name another in --database: ...?options=-csearch_path%3Dother",
            )
        found.execute(f'DROP SCHEMA IF EXISTS "{found.schema}" CASCADE')
