# SPDX-License-Identifier: AGPL-3.0-only
"""What the mirror keeps worked out, held against its own events: settled rows, the books, sums.

Each of these tables says what a view over events says, so that nobody adds up a co-op's whole past
for a page. Here it is added up. The events themselves are held against the receipts (events.py).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from millpond.mirror.audit.expected import REBUILD, Difference
from millpond.mirror.folds import FOLDS, Fold
from millpond.mirror.reads.snapshot import Row, Snapshot
from millpond.mirror.store import SETTLED

BY = "the mirror's own events"
_BOOKS = "ledger"
_SUMS = ("balance", "received", "reserved")
_KEYS = ("block_number", "log_index", "account", "line")
_NOTHING = "nothing"

Cells = Mapping[str, Any]


def differences(now: Snapshot) -> Iterator[Difference]:
    """Every row that is not what events make of it."""
    for table in (*SETTLED, _BOOKS):
        yield from _settled(now, table)
    yield from _running(now)
    for each in FOLDS:
        yield from _folded(now, each)


def _settled(now: Snapshot, table: str) -> Iterator[Difference]:
    """The rows in which a table and its view differ; the columns are those of the view."""
    view = f"settled_{table}"
    names = _columns(now, view)
    if not names:
        return
    columns = ", ".join(names)
    # the names of tables and columns come from our own schema
    kept, made = (f"SELECT {columns} FROM {each}" for each in (table, view))  # noqa: S608
    mine = {_place(row, names): dict(row) for row in now.rows(f"{kept} EXCEPT {made}")}
    theirs = {_place(row, names): dict(row) for row in now.rows(f"{made} EXCEPT {kept}")}
    yield from _pairs(table, mine, theirs)


def _columns(now: Snapshot, view: str) -> list[str]:
    found = now.rows(f"SELECT * FROM {view} LIMIT 1")  # noqa: S608  one of our views
    return list(found[0].keys()) if found else []


def _place(row: Row, names: list[str]) -> str:
    """What tells the row apart."""
    words = {"block_number": "block", "log_index": "log"}
    keys = [name for name in _KEYS if name in names and (name != "account" or "what" not in names)]
    return ", ".join(f"{words.get(name, name)} {row[name]}" for name in keys)


def _running(now: Snapshot) -> Iterator[Difference]:
    """What stands in an account after each line of the books."""
    accounts = now.rows("SELECT DISTINCT pool, earmark_id, asset FROM ledger")
    lines = (
        "SELECT * FROM ledger WHERE pool = ? AND earmark_id = ? AND asset = ?"
        " ORDER BY block_number, log_index, line"
    )
    for account in accounts:
        stands = dict.fromkeys(_SUMS, 0)
        for row in now.rows(lines, *account):
            place = f"block {row['block_number']}, log {row['log_index']}, line {row['line']}"
            for name in _SUMS:
                stands[name] += int(row[name])
                kept = row[f"{name}_after"]
                if int(kept) != stands[name]:
                    yield _difference(_BOOKS, place, f"{name}_after", kept, stands[name])
                    stands[name] = int(kept)  # one mistake is one difference


def _folded(now: Snapshot, fold: Fold) -> Iterator[Difference]:
    """A table of sums up to the final block."""
    keys = ", ".join(fold.keys)
    made = ", ".join(f"{how}({name}) AS {name}" for name, how in fold.columns.items())
    query = f"SELECT {keys}, {made} FROM {fold.lines} WHERE block_number <= ? GROUP BY {keys}"  # noqa: S608
    names = ", ".join((*fold.keys, *fold.columns))
    final = now.as_of.finalized_number
    mine = now.rows(f"SELECT {names} FROM {fold.table}")  # noqa: S608  as above
    theirs = now.rows(query, final)

    def by_key(rows: list[Row]) -> dict[str, Cells]:
        return {", ".join(f"{k} {row[k]}" for k in fold.keys): dict(row) for row in rows}

    yield from _pairs(fold.table, by_key(mine), by_key(theirs))


def _pairs(
    table: str, mine: Mapping[str, Cells], theirs: Mapping[str, Cells]
) -> Iterator[Difference]:
    for place in sorted(mine.keys() | theirs.keys()):
        kept, made = mine.get(place), theirs.get(place)
        if kept is None or made is None:
            yield _difference(table, place, "row", _shown(kept), _shown(made))
            continue
        for name, value in made.items():
            if kept[name] != value:
                yield _difference(table, place, name, kept[name], value)


def _shown(row: Cells | None) -> str:
    return _NOTHING if row is None else ", ".join(str(value) for value in row.values())


def _difference(table: str, row: str, field: str, kept: object, made: object) -> Difference:
    return Difference(table, row, field, str(kept), str(made), BY, REBUILD)
