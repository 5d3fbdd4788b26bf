# SPDX-License-Identifier: AGPL-3.0-only
"""One hash over all that a mirror says, for "the same as a fresh index"."""

from hashlib import sha256
from pathlib import Path

from millpond.mirror import store

NOT_OF_THE_CHAIN = ("worker",)


def digest(path: Path, without: tuple[str, ...] = ()) -> str:
    """Every row of every table but the writer's own notes."""
    found = sha256()
    with store.connect(path, writes=False) as db:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        for (name,) in db.execute(query).fetchall():
            if name in NOT_OF_THE_CHAIN + without:
                continue
            rows = db.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608  our own tables
            found.update(repr((name, sorted(map(tuple, rows), key=repr))).encode())
    db.close()
    return found.hexdigest()
