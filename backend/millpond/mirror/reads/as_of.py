# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror as of a safe or a final block: a second set of names over the same tables.

A connection that runs these statements once sees every table without the rows behind that block,
and every view over them, because temporary names come before lasting ones on both stores. There is
no second state that could differ from the first: what is answered as of a block is what the same
views say of the events up to it.
"""

import re
from collections.abc import Iterable
from typing import Literal

Settled = Literal["safe", "finalized"]
_TABLE = re.compile(r"CREATE TABLE (\w+) \(")
_VIEW = re.compile(r"^CREATE VIEW (\w+) AS", re.MULTILINE)
_COLUMN = re.compile(r"^\s+(\w+) (?:INTEGER|BIGINT|TEXT)", re.MULTILINE)
_PLACE = {"number": "block_number", "hash": "block_hash", "timestamp": "block_timestamp"}
"""Columns of a header, and those of the cursor that it fills."""


def shadow(finality: Settled, statements: Iterable[str], home: str) -> list[str]:
    """Statements that make a connection see no row behind that block.

    `statements` are those of the schema, in order; `home` is the name space of its tables.
    """
    limit = f"(SELECT {finality}_number FROM {home}.mirror)"  # noqa: S608  one of two words
    made = []
    for statement in statements:
        table = _TABLE.search(statement)
        if table is not None:
            shown = _shown(table[1], _COLUMN.findall(statement), limit, home)
            made += [f"CREATE TEMP VIEW {table[1]} AS {shown}"] if shown else []
        elif _VIEW.search(statement):
            made.append(_VIEW.sub(r"CREATE TEMP VIEW \1 AS", statement))
    return made


def _shown(table: str, columns: list[str], limit: str, home: str) -> str | None:
    """What is seen of a table; None where all of it is."""
    # the names of tables and columns come from our own schema
    if table == "mirror":
        return _cursor(columns, limit, home)
    place = "number" if table == "blocks" else "block_number"
    if place not in columns:
        return None
    return f"SELECT * FROM {home}.{table} WHERE {place} <= {limit}"  # noqa: S608  as above


def _cursor(columns: list[str], limit: str, home: str) -> str:
    """The cursor, moved to the newest kept header up to the limit; no row where there is none."""
    fills = {cursor: header for header, cursor in _PLACE.items()}
    shown = [f"b.{fills[name]} AS {name}" if name in fills else f"m.{name}" for name in columns]
    return (
        f"SELECT {', '.join(shown)} FROM {home}.mirror m JOIN {home}.blocks b ON b.number ="  # noqa: S608  as above
        f" (SELECT max(number) FROM {home}.blocks WHERE number <= {limit})"
    )
