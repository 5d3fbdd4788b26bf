# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror's database: one writer, any number of readers, in SQLite or PostgreSQL (`stores/`).

Everything that a block brought goes with its block, so rolling back is one statement. The cursor
moves in the same transaction as the rows it vouches for, and only from where the writer believed it
to be, so a killed or doubled writer can leave nothing half-done. All rows but the worker's and the
outbox's follow from the chain: the database can always be deleted and made again.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Self

from millpond.core.errors import MillpondError
from millpond.mirror import books, payments, seats
from millpond.mirror.decoding import Mined
from millpond.mirror.folds import fold
from millpond.mirror.stores import Place, connect, remove
from millpond.mirror.stores.database import WRITER
from millpond.mirror.stores.errors import AlreadyWritten, CursorMoved, MirrorError, NotMirrored

__all__ = [
    "AlreadyWritten",
    "Asset",
    "Batch",
    "Cursor",
    "CursorMoved",
    "Header",
    "Mined",
    "MirrorError",
    "NotMirrored",
    "Stopped",
    "Store",
    "Subject",
    "connect",
    "remove",
    "require_schema",
    "schema",
    "schema_name",
]

_OUTBOX_ROWS = 10_000
"""Moves of the cursor that a follower can catch up with."""
SETTLED = ("seat_changes", "account_seats", "cast_seats", "proposal_facts", "payments")
"""What events settle for ever, each worked out by its view `settled_...` when it is written."""
_BY_VIEW = ("seat_changes", "account_seats", "proposal_facts")
"""Those of which there are few: written as the view says. The others are worked out in `seats.py`,
`payments.py` and `books.py`."""


@dataclass(frozen=True)
class Header:
    """One block, as far as the mirror keeps it."""

    number: int
    hash: str
    parent_hash: str
    timestamp: int
    receipts_root: str = ""
    state_root: str = ""


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
class Batch:
    """What the next step brings: blocks in order, with what was said in them."""

    headers: Sequence[Header]
    mined: Mined = field(default_factory=Mined)
    assets: Sequence[Asset] = ()
    coverage: Mapping[int, str] = field(default_factory=dict)
    """Block -> how it was made sure that none of its events is missing."""


@dataclass(frozen=True)
class Stopped:
    """Why a mirror must not go on until somebody has looked."""

    reason: str
    problem: str
    next_step: str


@cache
def schema() -> str:
    """All tables and views."""
    room = files("millpond.mirror")
    views = sorted((room / "views").iterdir(), key=lambda path: path.name)
    parts = [*(room / f"{name}.sql" for name in ("base", "tables", "sums")), *views]
    return "\n".join(part.read_text("utf-8") for part in parts if part.name.endswith(".sql"))


def schema_name() -> str:
    """Changes with any table or view."""
    return sha256(schema().encode()).hexdigest()[:16]


class Store:
    """The writer's side."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._db = connect(place, writes=True)
        self._stands: books.Stands = {}
        """What stands in the accounts of the books, as far as they were looked up."""

    def alone(self) -> AbstractContextManager[None]:
        """Be the only writer while the context lasts; `AlreadyWritten` where there is another."""
        return self._db.alone(WRITER)

    def close(self) -> None:
        """Let go of the database."""
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
                f"{self.place} mirrors the Hub {known.hub} of chain {known.chain_id} from block "
                f"{known.first_block}, not what was asked for",
                "name another file with --database, or make this one again with --rebuild",
            )

    def _subject(self) -> Subject | None:
        if not self._db.has("mirror"):
            return None
        row = self._db.execute("SELECT * FROM mirror").fetchone()
        require_schema(row["schema"], self.place)
        return Subject(**{field.name: row[field.name] for field in fields(Subject)})

    def _create(self, subject: Subject, before: Header) -> None:
        with self._transaction():
            self._db.create(schema())
            self._db.insert("blocks", [tuple(vars(before).values())])
            named = vars(subject)
            start = (before.number, before.hash, before.timestamp, 0, 0)
            self._db.insert("mirror", [(1, schema_name(), *named.values(), *start)])
            self._db.insert("worker", [(1, before.number, 0, None, None, None, 0)])

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
            self._keep_headers(batch.headers)
            for table, rows in batch.mined.rows.items():
                self._db.insert(table, rows)
            self._settle(batch.mined, was.block_number)
            self._db.insert("assets", [tuple(vars(asset).values()) for asset in batch.assets])
            self._db.insert("coverage", batch.coverage.items())
            self._prune(was, now, keep)
            fold(self._db, was.finalized_number, now.finalized_number)
            if now.block_number > was.block_number:
                self._tell("advanced", was.block_number + 1, now.block_number, now.block_hash)

    def roll_back(self, was: Cursor, now: Cursor, keep: int) -> None:
        """Undo every block above the new cursor; what was safe and is not now may be too deep."""
        self._stands.clear()
        with self._transaction():
            self._move(was, now)
            self._db.take_back(now.block_number)
            fold(self._db, was.finalized_number, now.finalized_number)
            self._prune(was, now, keep)
            self._tell("retracted", was.block_number, now.block_number, now.block_hash)

    def say(self, node_head: int, checked_at: int, problem: MillpondError | None) -> None:
        """Note how the writer is, for readers. A lasting stop stays until `go_on`."""
        known: tuple[object, ...] = (None, None, None, 0)
        if problem is not None:
            # what only an operator can mend says so of itself (`reason`, `stops`)
            reason, stops = getattr(problem, "reason", "failed"), getattr(problem, "stops", False)
            known = (problem.message, problem.next_step, reason, int(stops))
        self._db.execute(
            "UPDATE worker SET node_head = ?, checked_at = ?, problem = ?, next_step = ?,"
            " reason = ?, stopped = ? WHERE stopped = 0 OR ?6 = 1",
            (node_head, checked_at, *known),
        )

    def stopped(self) -> Stopped | None:
        """A lasting stop, if there is one."""
        row = self._db.execute("SELECT * FROM worker WHERE stopped = 1").fetchone()
        return Stopped(row["reason"], row["problem"], row["next_step"]) if row else None

    def go_on(self) -> None:
        """An operator has looked: end a lasting stop."""
        self._db.execute(
            "UPDATE worker SET problem = NULL, next_step = NULL, reason = NULL, stopped = 0"
        )

    def _move(self, was: Cursor, now: Cursor) -> None:
        moved = self._db.execute(
            "UPDATE mirror SET block_number = ?, block_hash = ?, block_timestamp = ?,"
            " safe_number = ?, finalized_number = ? WHERE block_number = ? AND block_hash = ?",
            (*vars(now).values(), was.block_number, was.block_hash),
        )
        if moved.rowcount != 1:
            raise CursorMoved(
                f"another program writes into {self.place}", "let one `millpond sync` run, no more"
            )

    def _keep_headers(self, headers: Sequence[Header]) -> None:
        """Of blocks below the cursor some may be there already."""
        if not headers:
            return
        numbers = [header.number for header in headers]
        query = "SELECT number FROM blocks WHERE number >= ? AND number <= ?"
        known = {row[0] for row in self._db.execute(query, (min(numbers), max(numbers)))}
        new = [tuple(vars(each).values()) for each in headers if each.number not in known]
        self._db.insert("blocks", new)

    def _settle(self, mined: Mined, above: int) -> None:
        """What the events of these blocks settle for ever."""
        if not mined.rows["events"]:
            return
        for table in _BY_VIEW:
            # by a view of ours, over our own tables
            query = f"INSERT INTO {table} SELECT * FROM settled_{table} WHERE block_number > ?"  # noqa: S608
            self._db.execute(query, (above,))
        seats.write(self._db, mined.rows)
        payments.write(self._db, mined.rows)
        books.write(self._db, above, self._stands)

    def _prune(self, was: Cursor, now: Cursor, keep: int) -> None:
        """Forget headers without events that are now too deep, all but those of what is safe and
        final. Those that were too deep before are gone already."""
        gone = (
            *(now.block_number - keep, was.block_number - keep),
            *(was.safe_number, was.finalized_number),
        )
        self._db.execute(
            "DELETE FROM blocks WHERE number <= ? AND (number > ? OR number IN (?, ?))"
            " AND number NOT IN (?, ?)"
            " AND NOT EXISTS (SELECT 1 FROM events WHERE block_number = number)",
            (*gone, now.safe_number, now.finalized_number),
        )
        self._db.execute(
            "DELETE FROM coverage WHERE block_number <= ?"
            " AND (block_number > ? OR block_number IN (?, ?))"
            " AND NOT EXISTS (SELECT 1 FROM blocks WHERE number = block_number)",
            gone,
        )

    def _tell(self, what: str, first: int, last: int, block_hash: str) -> None:
        """A line for those who follow along."""
        self._db.execute(
            "INSERT INTO outbox SELECT coalesce(max(seq), 0) + 1, ?, ?, ?, ? FROM outbox",
            (what, first, last, block_hash),
        )
        newest = "SELECT max(seq) FROM outbox"
        self._db.execute(f"DELETE FROM outbox WHERE seq <= ({newest}) - {_OUTBOX_ROWS}")  # noqa: S608

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; no other writer in between."""
        try:
            with self._db.transaction():
                yield
        except BaseException as error:
            self._stands.clear()
            if not isinstance(error, self._db.failures):
                raise
            raise MirrorError(
                f"{self.place} cannot be written ({str(error).strip()})",
                "check the disk and the rights, or the server; then go on: millpond sync",
            ) from error


def require_schema(found: str, place: Place) -> None:
    """`NotMirrored` where a database was made by another version."""
    if found != schema_name():
        raise NotMirrored(
            f"{place} was made by another version of millpond",
            "make it again from the chain: millpond sync --rebuild",
        )
