# SPDX-License-Identifier: AGPL-3.0-only
"""What the mirror asks of a database. Two can do it: `sqlite.py`, `postgresql.py`.

All SQL of this project is written once, for both: with `?` or `?1` where a value goes, INTEGER for
whole numbers up to 2^63 - 1, TEXT for everything else, and `units_sum(column)` to add up decimal
texts of any length. Rows come by name and by place; what is true or false comes as 1 or 0; texts
are ordered by their bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, Self

from millpond.mirror.stores.places import Place

WRITER = "writer"
"""The lock of the one program that writes a mirror."""


class Row(Protocol):
    """One row: `row["name"]`, `row[0]`, `tuple(row)`, `dict(row)`."""

    def __getitem__(self, key: Any, /) -> Any:
        """The value of a column, by its name or place."""

    def __iter__(self) -> Iterator[Any]:
        """All values."""

    def __len__(self) -> int:
        """How many columns."""

    def keys(self) -> list[str]:
        """The columns' names."""


class Rows(Protocol):
    """What a statement brought."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Any:
        """The next row; None when there is none."""

    def fetchall(self) -> list[Any]:
        """All that are left."""

    def __iter__(self) -> Iterator[Any]:
        """One after the other."""


class Database(Protocol):
    """One connection."""

    @property
    def place(self) -> Place:
        """Where it is."""

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """What it raises when the database itself fails."""

    def execute(self, query: str, values: Sequence[object] = (), /) -> Rows:
        """One statement."""

    def insert(self, table: str, rows: Iterable[Sequence[object]], /) -> None:
        """Whole rows into one table, the fastest way there is."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Reads that all see the same moment."""

    @property
    def home(self) -> str:
        """The name space of its tables."""

    @property
    def temporary(self) -> str:
        """The name space of what `overlay` makes."""

    def overlay(self, statements: Iterable[str], /) -> None:
        """Temporary views of this connection, which is read-only otherwise."""

    def has(self, table: str, /) -> bool:
        """Whether there is such a table."""

    def create(self, script: str, /) -> None:
        """Tables, indexes and views."""

    def take_back(self, above: int, /) -> None:
        """Every block above that one, and all rows that came with them, in one statement."""

    def alone(self, name: str, /, *, patient: bool = False) -> AbstractContextManager[None]:
        """Hold the lock of that name, for this program's life at most. `AlreadyWritten` where
        another holds it, or wait for it."""

    def is_current(self) -> bool:
        """Whether this is still the database that its place means, and can be asked."""

    def close(self) -> None:
        """Let go of it; may be said twice."""

    def __enter__(self) -> Self:
        """Closed at the end of the block."""

    def __exit__(self, *_: object) -> None:
        """As above."""
