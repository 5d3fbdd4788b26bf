# SPDX-License-Identifier: AGPL-3.0-only
"""One hash over all that a mirror says, for "the same as a fresh index"."""

from hashlib import sha256

from millpond.mirror import store
from millpond.mirror.stores import Place
from tests.mirror.tables import TABLES

NOT_OF_THE_CHAIN = ("worker", "outbox", "coverage")
"""What depends on how and when it was mirrored."""


def digest(place: Place, without: tuple[str, ...] = ()) -> str:
    """Every row of every table, the same on each store."""
    found = sha256()
    with store.connect(place, writes=False) as db:
        for name in TABLES:
            if name in NOT_OF_THE_CHAIN + without:
                continue
            rows = db.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608  our own tables
            found.update(repr((name, sorted(map(tuple, rows), key=repr))).encode())
    return found.hexdigest()


def differences(one: Place, other: Place, without: tuple[str, ...] = ()) -> list[str]:
    """Which tables differ, and by which rows, at most three of each side."""
    found = []
    with store.connect(one, writes=False) as db, store.connect(other, writes=False) as fresh:
        for name in (name for name in TABLES if name not in NOT_OF_THE_CHAIN + without):
            query = f"SELECT * FROM {name}"  # noqa: S608  our own tables
            mine, theirs = ({tuple(row) for row in each.execute(query)} for each in (db, fresh))
            if mine != theirs:
                parts = (sorted(mine - theirs, key=repr)[:3], sorted(theirs - mine, key=repr)[:3])
                found.append(f"{name}: only here {parts[0]}, only there {parts[1]}")
    return found
