# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror as of one block.

    mirror = Mirror(place)                  a path, or the address of a server
    with mirror.snapshot() as now:          one read transaction
        now.rows("SELECT ...", ...)         rows by name
        now.page(...)                       some of them, in an order that does not change
        now.finality                        how sure the newest row is that was read

A reply says how final it is by its newest row, so the snapshot keeps account of every row that was
taken from it: each query returns the block of its rows as `block_number`, or, where later events
count too, as `newest_block`, or in columns that end so.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Generic, Literal, TypeVar

from millpond.chain.answers import NO_ADDRESS
from millpond.core.figures import Asset, Money
from millpond.mirror.reads.as_of import shadow
from millpond.mirror.reads.refusals import NothingFinal
from millpond.mirror.store import MirrorError, NotMirrored, require_schema, schema
from millpond.mirror.stores import Database, Place, Row, connect, failures
from millpond.mirror.stores.dialect import statements

__all__ = ["AsOf", "Finality", "Key", "Listed", "Mirror", "Range", "Row", "Snapshot", "Worker"]

Finality = Literal["latest", "safe", "finalized"]
"""How likely a row stays: in the newest blocks, behind what the node calls safe, or for ever."""
Key = tuple[int, ...]
"""Where a row stands in its list."""
_T = TypeVar("_T")
_TOGETHER = 64
_PLACES = ("block_number", "newest_block")


@dataclass(frozen=True)
class AsOf:
    """The block that everything in a snapshot is of."""

    block_number: int
    block_hash: str
    block_timestamp: int
    safe_number: int
    finalized_number: int
    chain_id: int
    hub: str
    identity: str
    schema: str

    def finality_at(self, block_number: int) -> Finality:
        """How sure a block is to stay."""
        if block_number <= self.finalized_number:
            return "finalized"
        return "safe" if block_number <= self.safe_number else "latest"

    @property
    def finality(self) -> Finality:
        """Of the mirrored block itself."""
        return self.finality_at(self.block_number)


@dataclass(frozen=True)
class Worker:
    """How the writer was when it last said so."""

    node_head: int
    checked_at: int
    problem: str | None
    next_step: str | None
    reason: str | None
    """The problem in one word, for programs."""
    stopped: bool
    """It must not go on until somebody has looked: what is mirrored may be wrong."""


@dataclass(frozen=True)
class Range:
    """Which part of a list: so many rows behind a key."""

    limit: int
    after: Key | None = None
    newest_first: bool = False


@dataclass(frozen=True)
class Listed(Generic[_T]):
    """A part of a list, and the key to go on behind; None at its end."""

    items: list[_T]
    next: Key | None


class Mirror:
    """A mirror's database, read from any number of threads."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._kept = threading.local()

    @contextmanager
    def snapshot(self, finality: Finality = "latest") -> Iterator["Snapshot"]:
        """One read transaction, as of the newest block of that finality. `NotMirrored` where there
        is nothing to read yet."""
        try:
            db = self._connection(finality)
            with db.snapshot():
                yield Snapshot(db, finality)
        except failures(self.place) as error:
            self._let_go(finality)
            raise MirrorError(
                f"{self.place} cannot be read ({str(error).strip()})",
                "check the file and its folder's rights, or the server; it can be made again: "
                "millpond sync",
            ) from error

    def _connection(self, finality: Finality) -> Database:
        """This thread's own; a new one where the file was replaced or the server went away."""
        kept: Database | None = self._kept.__dict__.get(finality)
        if kept is not None and kept.is_current():
            return kept
        self._let_go(finality)
        found = connect(self.place, writes=False)
        try:
            _limit(found, finality)
        except BaseException:
            found.close()
            raise
        self._kept.__dict__[finality] = found
        return found

    def _let_go(self, finality: Finality) -> None:
        kept: Database | None = self._kept.__dict__.pop(finality, None)
        if kept is not None:
            kept.close()


def _limit(db: Database, finality: Finality) -> None:
    """See no row behind the newest safe or final block, if told."""
    if finality != "latest":
        with db.snapshot():
            Snapshot(db)  # there is a mirror, and of this version
        db.overlay(shadow(finality, statements(schema()), db.home))


class Snapshot:
    """What one transaction sees."""

    def __init__(self, db: Database, finality: Finality = "latest") -> None:
        self._db = db
        self._newest: int | None = None
        self._assets: dict[str, Asset] = {NO_ADDRESS: Asset(NO_ADDRESS, "ETH", 18)}
        self.as_of = self._found(finality)

    def _found(self, finality: Finality) -> AsOf:
        if not self._db.has("mirror"):
            raise NotMirrored(
                f"{self._db.place} holds no mirror yet",
                "fill it with: millpond sync --rpc URL --hub ADDRESS",
            )
        # by its full name, so that without the overlay nothing is read, rather than too much
        mirror = f"{self._db.home if finality == 'latest' else self._db.temporary}.mirror"
        row = self._db.execute(f"SELECT * FROM {mirror}").fetchone()  # noqa: S608  as above
        if row is None:
            raise NothingFinal(
                f"no mirrored block is {finality} yet",
                "wait, or ask without ?finality=: the newest block is mirrored all the same",
            )
        require_schema(row["schema"], self._db.place)
        return AsOf(**{field.name: row[field.name] for field in fields(AsOf)})

    # --- rows -------------------------------------------------------------------------------------

    def rows(self, query: str, *values: object) -> list[Row]:
        """All rows of a query."""
        found = self._db.execute(query, values).fetchall()
        self._note(found)
        return found

    def rows_of(self, query: str, keys: Sequence[object], *values: object) -> list[Row]:
        """All rows of a query for any of these keys, which stand behind the other values in the
        place of `#`. So many are asked for at a time, always the same number: one question."""
        text = query.replace("#", ", ".join("?" * _TOGETHER))
        found: list[Row] = []
        for first in range(0, len(keys), _TOGETHER):
            some = [*keys[first : first + _TOGETHER]]
            found += self.rows(text, *values, *some, *some[-1:] * (_TOGETHER - len(some)))
        return found

    def row(self, query: str, *values: object) -> Row | None:
        """The only row of a query, if there is one."""
        found = self.rows(query, *values)
        return found[0] if found else None

    def page(
        self,
        query: str,
        values: Sequence[object],
        part: Range,
        make: Callable[[Row], _T],
        keys: Sequence[str] = ("block_number", "log_index"),
    ) -> Listed[_T]:
        """Some rows of a query in the order of its key columns, which together tell its rows apart.

        A key that is longer or shorter than the columns is none of this list: the list is empty.
        """
        return self.page_of([(query, values)], part, make, keys)

    def page_of(
        self,
        queries: Sequence[tuple[str, Sequence[object]]],
        part: Range,
        make: Callable[[Row], _T],
        keys: Sequence[str] = ("block_number", "log_index"),
    ) -> Listed[_T]:
        """The same of the rows of several queries together. Each is cut to the page by itself, so
        that each can go along an index of its own."""
        order, beyond = ("DESC", "<") if part.newest_first else ("ASC", ">")
        after = part.after
        if after is not None and len(after) != len(keys):
            return Listed([], None)
        behind = (
            f"({', '.join(keys)}) {beyond} ({', '.join('?' * len(keys))})" if after else "1 = 1"
        )
        # the names of columns and the comparison come from this project's own code
        end = f"ORDER BY {', '.join(f'{key} {order}' for key in keys)} LIMIT ?"
        texts, asked = [], list[object]()
        for query, values in queries:
            texts.append(f"SELECT * FROM ({query}) AS found WHERE {behind} {end}")  # noqa: S608
            asked += [*values, *(after or ()), part.limit + 1]
        if len(texts) > 1:
            parts = " UNION ALL ".join(f"SELECT * FROM ({text}) AS part" for text in texts)  # noqa: S608
            texts, asked = [f"SELECT * FROM ({parts}) AS found {end}"], [*asked, part.limit + 1]  # noqa: S608
        found = self._db.execute(texts[0], asked).fetchall() if texts else []
        kept = found[: part.limit]
        self._note(kept)
        more = tuple(kept[-1][key] for key in keys) if len(found) > part.limit else None
        return Listed([make(row) for row in kept], more)

    def _note(self, rows: Sequence[Row]) -> None:
        """Keep account of the newest block that was read."""
        columns = rows[0].keys() if rows else ()
        for place in (name for name in columns if name.endswith(_PLACES)):
            numbers = [row[place] for row in rows if row[place] is not None]
            self._newest = max([self._newest or 0, *numbers])

    # --- what replies say -------------------------------------------------------------------------

    @property
    def finality(self) -> Finality:
        """Of the newest row read so far; where there was none, of the mirrored block itself."""
        as_of = self.as_of
        return as_of.finality if self._newest is None else as_of.finality_at(self._newest)

    def asset(self, address: str) -> Asset:
        """What the mirror knows of an asset."""
        if address not in self._assets:
            row = self._db.execute("SELECT * FROM assets WHERE address = ?", (address,)).fetchone()
            symbol, decimals = (row["symbol"], row["decimals"]) if row else (None, None)
            self._assets[address] = Asset(address, symbol, decimals)
        return self._assets[address]

    def money(self, amount: str | int, asset: str) -> Money:
        """An amount as the database keeps it, with its asset."""
        return Money(int(amount), self.asset(asset))

    def knows(self, asset: str) -> bool:
        """Whether this address has been an asset in any pool's books."""
        found = self._db.execute("SELECT 1 FROM assets WHERE address = ?", (asset,)).fetchone()
        return found is not None

    def kind_of(self, address: str) -> tuple[str | None, str | None]:
        """The kind of contract at an address, and its pool; None for what it has not."""
        query = "SELECT contract, pool FROM contracts WHERE address = ?"
        row = self._db.execute(query, (address,)).fetchone()
        return (row["contract"], row["pool"]) if row else (None, None)

    def worker(self) -> Worker:
        """What the writer said last."""
        row = self._db.execute("SELECT * FROM worker").fetchone()
        found = {field.name: row[field.name] for field in fields(Worker)}
        return Worker(**found | {"stopped": bool(row["stopped"])})
