# SPDX-License-Identifier: AGPL-3.0-only
"""What an honest index says, and whether all that a mirror serves is of it.

Every row of a mirror that goes with a block must be a row of the truth, and every row of the truth
up to the mirror's block must be there: after each step, not only at the end.
"""

from dataclasses import dataclass
from pathlib import Path

from millpond.mirror import store as stores
from tests.mirror.digest import NOT_OF_THE_CHAIN

_NOT_EVENTS = (*NOT_OF_THE_CHAIN, "mirror", "blocks")


@dataclass(frozen=True)
class Truth:
    """Table -> its rows, each with its block in front."""

    rows: dict[str, set[tuple[object, ...]]]

    @classmethod
    def of(cls, path: Path) -> "Truth":
        """By a mirror that is known to be right."""
        return cls(_rows(path)[1])

    def wrong(self, path: Path) -> list[str]:
        """What a mirror serves that is not so, and what it should serve and does not."""
        if not path.exists():
            return []
        cursor, rows = _rows(path)
        found = []
        for table, mine in rows.items():
            right = {row for row in self.rows[table] if int(str(row[0])) <= cursor}
            found += [f"{table}: {row} is not so" for row in mine - right]
            found += [f"{table}: {row} is missing" for row in right - mine]
        return found


def _rows(path: Path) -> tuple[int, dict[str, set[tuple[object, ...]]]]:
    """The block a mirror stands on, and its rows."""
    with stores.connect(path, writes=False) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found: dict[str, set[tuple[object, ...]]] = {}
        cursor = -1
        for (table,) in tables:
            if table == "mirror":
                cursor = db.execute("SELECT block_number FROM mirror").fetchone()[0]
            columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})").fetchall()}
            if table in _NOT_EVENTS or "block_number" not in columns:
                continue  # sums over the others are held against a fresh index at the end
            rows = db.execute(f"SELECT block_number, * FROM {table}").fetchall()  # noqa: S608
            found[table] = {tuple(row) for row in rows}
    db.close()
    return cursor, found
