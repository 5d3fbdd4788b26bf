# SPDX-License-Identifier: AGPL-3.0-only
"""Where rows are kept. `connect(place_of(text), writes=False)` reads a mirror wherever it is."""

from pathlib import Path

from millpond.mirror.stores import sqlite
from millpond.mirror.stores.database import Database, Row, Rows
from millpond.mirror.stores.kept import keeping
from millpond.mirror.stores.places import Place, Url, place_of

__all__ = [
    "Database",
    "Place",
    "Row",
    "Rows",
    "Url",
    "connect",
    "failures",
    "keeping",
    "place_of",
    "remove",
]


def connect(place: Place, *, writes: bool) -> Database:
    """A connection; rows come by name. `NotMirrored` where there is no file to read."""
    if isinstance(place, Path):
        return sqlite.SqliteDatabase(place, writes=writes)
    from millpond.mirror.stores import postgresql  # noqa: PLC0415  0.2 s that few need

    return postgresql.PostgresqlDatabase(place, writes=writes)


def failures(place: Place) -> tuple[type[Exception], ...]:
    """What a database at that place raises when it fails itself."""
    if isinstance(place, Path):
        return sqlite.SqliteDatabase.failures
    from millpond.mirror.stores import postgresql  # noqa: PLC0415  as above

    return postgresql.PostgresqlDatabase.failures


def remove(place: Place) -> None:
    """Delete a mirror; it can be made again. `NotMirrored` for what is none."""
    if isinstance(place, Path):
        sqlite.remove(place)
        return
    from millpond.mirror.stores import postgresql  # noqa: PLC0415  as above

    postgresql.remove(place)
