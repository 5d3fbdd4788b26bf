# SPDX-License-Identifier: AGPL-3.0-only
"""What a source has fetched so far, on disk, so that a run goes on where the last one stopped.

One SQLite file for each place. A page and the mark of where to go on are stored in one transaction:
whatever cuts a run short, the file holds whole pages and the mark that fits them. What is stored is
packed with a checksum. There are no secrets in it, and nothing that cannot be fetched again.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import msgspec

from millpond.core.errors import BadInput, CorruptFile, MillpondError

_FORMAT = 1
_AGAIN = "remove the file; everything is fetched again by the next run"
_TABLES = """
create table items (
    kind text not null, id text not null, parent text, walk integer not null, seq integer not null,
    data blob not null, primary key (kind, id)
) without rowid;
create index items_by_parent on items (parent);
create table marks (name text primary key, data blob not null) without rowid;
"""


class Cache:
    """The file of one place. `source` says which, and in which form its things are kept."""

    def __init__(self, path: Path, source: str) -> None:
        self._path = path
        self._named = f"{source} {_FORMAT}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise BadInput(
                f"{path} cannot be opened ({type(error).__name__})",
                "give a directory that you may write to",
            ) from None
        try:
            with self._guarded():
                self._open()
        except MillpondError:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """All that is put within counts together, or not at all."""
        with self._guarded():
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def put(self, kind: str, id_: str, value: Any, parent: str = "", walk: int = 0) -> None:
        """Keep a thing, in the place of what it was; what is put later counts as seen later."""
        with self._guarded():
            self._db.execute(
                "insert or replace into items values (?, ?, ?, ?, ?, ?)",
                (kind, id_, parent, walk, self._next(), _packed(value)),
            )

    def drop(self, kind: str, id_: str) -> None:
        """Forget a thing, and nothing below it."""
        with self._guarded():
            self._db.execute("delete from items where kind = ? and id = ?", (kind, id_))

    def drop_below(self, parent: str) -> None:
        """Forget all that hangs on a thing, however deep."""
        with self._guarded():
            self._db.execute(
                "with recursive below(id) as (select ? union select items.id from items "
                "join below on items.parent = below.id) "
                "delete from items where parent in (select id from below)",
                (parent,),
            )

    def drop_before(self, kind: str, walk: int) -> None:
        """Forget what a whole walk did not see any more, with all that hangs on it."""
        with self._guarded():
            query = "select id from items where kind = ? and walk < ?"
            for (id_,) in self._db.execute(query, (kind, walk)).fetchall():
                self.drop_below(id_)
                self.drop(kind, id_)

    def get(self, kind: str, id_: str, type_: Any) -> Any:
        """One thing; None if it is not known."""
        with self._guarded():
            query = "select data from items where kind = ? and id = ?"
            row = self._db.execute(query, (kind, id_)).fetchone()
            return None if row is None else self._unpacked(row[0], type_)

    def all(self, kind: str, type_: Any) -> Iterator[tuple[str, str, Any]]:
        """Everything of a kind, as (id, parent, thing), oldest seen first."""
        with self._guarded():
            query = "select id, parent, data from items where kind = ? order by seq"
            for id_, parent, data in self._db.execute(query, (kind,)):
                yield id_, parent, self._unpacked(data, type_)

    def ids(self, kind: str) -> set[str]:
        """The ids of everything of a kind."""
        with self._guarded():
            found = self._db.execute("select id from items where kind = ?", (kind,))
            return {row[0] for row in found}

    def below(self, kind: str, parent: str) -> list[str]:
        """The ids of what is of a kind and hangs on a thing, sorted."""
        with self._guarded():
            query = "select id from items where parent = ? and kind = ? order by id"
            return [row[0] for row in self._db.execute(query, (parent, kind))]

    def forget(self, kind: str) -> None:
        """Forget everything of a kind."""
        with self._guarded():
            self._db.execute("delete from items where kind = ?", (kind,))

    def count(self, kind: str, where: str = "1", values: tuple[int, ...] = ()) -> int:
        """How many there are of a kind; `where` is a condition of ours on `walk`."""
        with self._guarded():
            query = f"select count(*) from items where kind = ? and ({where})"  # noqa: S608  (ours)
            return int(self._db.execute(query, (kind, *values)).fetchone()[0])

    def mark(self, name: str, type_: Any, default: Any = None) -> Any:
        """A mark, or `default` if none is set."""
        with self._guarded():
            row = self._db.execute("select data from marks where name = ?", (name,)).fetchone()
            return default if row is None else self._unpacked(row[0], type_)

    def set_mark(self, name: str, value: Any) -> None:
        """Set a mark; None takes it away."""
        with self._guarded():
            if value is None:
                self._db.execute("delete from marks where name = ?", (name,))
            else:
                self._db.execute(
                    "insert or replace into marks values (?, ?)", (name, _packed(value))
                )

    def clear(self) -> None:
        """Forget everything."""
        with self.change():
            self._db.execute("delete from items")
            self._db.execute("delete from marks")
            self.set_mark("source", self._named)

    def _open(self) -> None:
        # After a power cut the last pages may be missing, and are asked for again; none is half.
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        known = self._db.execute("select count(*) from sqlite_master").fetchone()[0]
        if not known:
            self._db.executescript(f"begin; {_TABLES} commit;")
            self.set_mark("source", self._named)
        found = self.mark("source", str)
        if found != self._named:
            raise CorruptFile(f"holds {found!r}, not {self._named!r}", _AGAIN, str(self._path))
        self._seq = self._db.execute("select coalesce(max(seq), 0) from items").fetchone()[0]

    def _next(self) -> int:
        self._seq += 1
        return int(self._seq)

    def _unpacked(self, data: bytes, type_: Any) -> Any:
        return msgspec.json.decode(zlib.decompress(data), type=type_)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """What SQLite, zlib or msgspec find wrong with the file, under one name."""
        try:
            yield
        except MillpondError:
            raise
        except sqlite3.OperationalError as error:
            raise BadInput(
                f"{self._path} cannot be used now ({error})",
                "end the other program that uses it, or make room on the disk",
            ) from None
        except (sqlite3.Error, zlib.error, msgspec.MsgspecError) as error:
            raise CorruptFile(
                f"is damaged ({type(error).__name__})", _AGAIN, str(self._path)
            ) from None


def _packed(value: Any) -> bytes:
    return zlib.compress(msgspec.json.encode(value))
