# SPDX-License-Identifier: AGPL-3.0-only
"""What PostgreSQL wants said differently. Everything else in our SQL is the same for both stores.

- `?` and `?1`, where a value goes, are `$1`.
- `units_sum(x)` is `CAST(sum(CAST(x AS numeric)) AS text)`: 20 times faster than an aggregate that
  is not built in.
- `INTEGER` is BIGINT, up to 2^63 - 1.
- `TEXT` is TEXT COLLATE "C": ordered by bytes, whatever the database's own language.
- `REFERENCES ... ON DELETE CASCADE` is the function `take_back`: PostgreSQL would check the key by
  a query of its own for each row that comes in.
"""

import re
import sqlite3
from collections.abc import Iterator
from functools import lru_cache

_MARKS = re.compile(r"'[^']*'|--[^\n]*|\?(?P<number>\d*)|\bunits_sum\((?P<column>[\w.]+)\)")
_TYPES = re.compile(r"'[^']*'|--[^\n]*|\b(?:INTEGER|TEXT)\b")
_SAID = {"INTEGER": "BIGINT", "TEXT": 'TEXT COLLATE "C"'}
_TABLE = re.compile(r"CREATE TABLE (?P<name>\w+) \((?P<body>.*?)\n\);", re.DOTALL)
_SEVERAL = re.compile(r"PRIMARY KEY \([^)]*,")
_FOREIGN = re.compile(
    r"(,\s*FOREIGN KEY \([^)]*\)|)\s*REFERENCES \w+ \([^)]*\)\s*ON DELETE CASCADE"
)


@lru_cache(maxsize=1_000)
def question(query: str) -> str:
    """One statement of ours, as PostgreSQL is asked it."""
    most = 0

    def put(found: re.Match[str]) -> str:
        nonlocal most
        if found["column"]:
            return f"CAST(sum(CAST({found['column']} AS numeric)) AS text)"
        if found["number"] is None:
            return found[0]
        number = int(found["number"] or most + 1)
        most = max(most, number)
        return f"${number}"

    return _MARKS.sub(put, query)


def script(text: str) -> str:
    """Tables, indexes and views."""
    without = _FOREIGN.sub("", text)
    typed = _TYPES.sub(lambda found: _SAID.get(found[0], found[0]), without)
    return question(typed)


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def clustered(text: str) -> str:
    """For SQLite: a table with a key of several columns is kept in the order of that key, not by
    numbers of its own with the key beside them."""

    def put(found: re.Match[str]) -> str:
        return f"{found[0][:-1]} WITHOUT ROWID;" if _SEVERAL.search(found["body"]) else found[0]

    return _TABLE.sub(put, text)


def taking_back(text: str) -> str:
    """The function that takes blocks back, in place of the foreign keys of these tables."""
    # our own tables
    deletes = [f"DELETE FROM {name} WHERE block_number > above;" for name in _of_blocks(text)]  # noqa: S608
    body = "\n    ".join([*deletes, "DELETE FROM blocks WHERE number > above;"])
    return (
        "CREATE FUNCTION take_back(above BIGINT) RETURNS void LANGUAGE sql AS $body$\n"
        f"    {body}\n$body$;"
    )


def _of_blocks(text: str) -> Iterator[str]:
    """The tables whose rows go with their block."""
    for found in _TABLE.finditer(text):
        if _FOREIGN.search(found["body"]):
            yield found["name"]
