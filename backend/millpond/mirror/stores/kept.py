# SPDX-License-Identifier: AGPL-3.0-only
"""What does not follow from the chain: the relay's queue. It is kept when a mirror is made again.

It is a database beside the mirror's: <name>.kept.db, or the schema <name>_kept. Its tables are made
and changed by the numbered files in `migrations/`, each of which runs once. A file that has run is
never edited: what should be different comes in the next one.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from millpond.mirror.stores.database import Database
from millpond.mirror.stores.errors import MirrorError
from millpond.mirror.stores.places import Place
from millpond.mirror.stores.sqlite import SqliteDatabase

_NAME = re.compile(r"(\d{4})_\w+\.sql")
_TABLE = """CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    script: str

    @property
    def digest(self) -> str:
        """Changes with the file."""
        return sha256(self.script.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All of them, in order."""
    room = files("millpond.mirror.stores") / "migrations"
    found = [(_NAME.fullmatch(path.name), path) for path in room.iterdir()]
    made = [Migration(int(m[1]), p.name, p.read_text("utf-8")) for m, p in found if m is not None]
    return sorted(made, key=lambda each: each.number)


def keeping(place: Place) -> Database:
    """A connection to what is kept beside the mirror at `place`, brought to this version's form.

    What was committed there outlives a power cut.
    """
    found = _opened(place)
    try:
        bring_up(found, migrations())
    except BaseException:
        found.close()
        raise
    return found


def bring_up(database: Database, wanted: list[Migration]) -> None:
    """Run the migrations that have not run; `MirrorError` where those that have are others."""
    if _is_up(database, wanted):
        return
    with database.alone("migrations", patient=True):
        if not database.has("migrations"):
            database.create(_TABLE)
        for migration in _missing(database, wanted):
            with database.transaction():
                database.create(migration.script)
                row = (migration.number, migration.name, migration.digest)
                database.insert("migrations", [row])


def file_beside(place: Path) -> Path:
    """Where SQLite keeps it."""
    return place.with_suffix(".kept.db")


def _opened(place: Place) -> Database:
    if isinstance(place, Path):
        return SqliteDatabase(file_beside(place), writes=True, durable=True)
    from millpond.mirror.stores.postgresql import (  # noqa: PLC0415  0.2 s that few need
        PostgresqlDatabase,
    )

    return PostgresqlDatabase(place, writes=True, kept=True)


def _is_up(database: Database, wanted: list[Migration]) -> bool:
    return database.has("migrations") and not _missing(database, wanted)


def _missing(database: Database, wanted: list[Migration]) -> list[Migration]:
    rows = database.execute("SELECT * FROM migrations ORDER BY number").fetchall()
    ran = {row["number"]: row["digest"] for row in rows}
    known = {each.number: each.digest for each in wanted}
    for row in rows:
        if known.get(row["number"]) != row["digest"]:
            raise MirrorError(
                f"what is kept beside {database.place} was changed by {row['name']}, which this "
                "version of millpond does not have",
                "use the version that wrote it, or a newer one; nothing was changed now",
            )
    return [each for each in wanted if each.number not in ran]
