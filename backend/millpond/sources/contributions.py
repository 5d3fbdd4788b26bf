# SPDX-License-Identifier: AGPL-3.0-only
"""Contributions from anywhere else, as a table of three columns: `contributions.csv`.

    person,weight,time
    river,3,2024-05-02
    "Sky, of the garden group",0.5,2024-05-09T17:30:00Z

The first line is exactly this. `person` is whom the cred is for, as one line of text; the same text
is the same person, small and capital letters alike. `weight` is what the contribution mints, a
plain number from 0 (a commit of a git repository mints 1). `time` is a day or an instant in UTC,
and says in which week it counts. The order of lines does not matter, and the same line twice is
two contributions. UTF-8, commas, quotes where a text has a comma or a quote in it.

Each line is one contribution, and its person the only one that it flows to. Nothing flows back
from her, so that with nothing but a table everybody's cred is the sum of her weights, exactly.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from millpond.core.cred.addresses import EDGE, NODE, joined
from millpond.core.cred.weights import Weights
from millpond.core.errors import ContributionsFileError
from millpond.sources.graphs import BEFORE_MS, EARLIEST_MS
from millpond.sources.writing import Found, FoundEdge, FoundNode, FoundPerson

FILE = "contributions.csv"
PLUGIN = "millpond/contributions"
COLUMNS = ("person", "weight", "time")
_ROOT = tuple(PLUGIN.split("/"))
_PERSON, _CONTRIBUTION, _AUTHOR = "PERSON", "CONTRIBUTION", "AUTHOR"
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,18})?")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{3})?Z)?", re.ASCII)
_MOST_LETTERS = 200
_AUTHORS = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    person: str
    weight: str
    time: str


def read_contributions(path: Path) -> Found:
    """The table's contributions; `ContributionsFileError` names the line of the first thing wrong.

    An address follows from what the line says, so that it stays when lines are added or moved.
    """
    nodes: list[FoundNode] = []
    edges: list[FoundEdge] = []
    weights = {joined(NODE, (*_ROOT, _PERSON)): 0.0}
    people: dict[str, FoundPerson] = {}
    seen: Counter[Row] = Counter()
    for line, row in _rows(path):
        moment = _milliseconds(row.time, path.name, line)
        weight = _weight(row.weight, path.name, line)
        key = row.person.casefold()
        seen[row] += 1
        text = "\n".join((key, row.weight, row.time, str(seen[row])))
        number = sha256(text.encode()).hexdigest()[:32]
        account = joined(NODE, (*_ROOT, _PERSON, key))
        address = joined(NODE, (*_ROOT, _CONTRIBUTION, number))
        day = row.time.partition("T")[0]
        nodes.append(FoundNode(address, f"{row.weight} by {row.person}, {day}", moment))
        edge = joined(EDGE, (*_ROOT, _AUTHOR, key, number))
        edges.append(FoundEdge(edge, account, address, moment))
        weights[address] = weight
        # Of two spellings the first in order, wherever they stand in the table.
        name = min(row.person, people[key].name) if key in people else row.person
        people[key] = FoundPerson(account, name, name)
    if not nodes:
        _refuse(path.name, 1, "there are no contributions in it", "add a line for each")
    authors = {joined(EDGE, (*_ROOT, _AUTHOR)): _AUTHORS}
    return Found(PLUGIN, nodes, edges, Weights(weights, authors), list(people.values()))


def bytes_of(path: Path) -> bytes:
    """The table as it is."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContributionsFileError(
            f"cannot be read ({type(error).__name__})", "give the path of a file", str(path)
        ) from None


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """The lines that say something, with their numbers."""
    try:
        text = bytes_of(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        _refuse(path.name, line, "is not UTF-8", "save the table as UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, fields in enumerate(reader):
            if number == 0 and tuple(field.strip().lower() for field in fields) != COLUMNS:
                _refuse(
                    path.name,
                    1,
                    f"the first line is {','.join(fields)[:60]!r}",
                    f"begin the table with: {','.join(COLUMNS)}",
                )
            if number == 0 or not any(field.strip() for field in fields):
                continue
            yield reader.line_num, _row(fields, path.name, reader.line_num)
    except csv.Error as error:
        _refuse(path.name, reader.line_num, str(error), "close the quote, and write quotes twice")


def _row(fields: list[str], file: str, line: int) -> Row:
    if len(fields) != len(COLUMNS):
        _refuse(
            file,
            line,
            f"has {len(fields)} columns, not {len(COLUMNS)}",
            "write person, weight, time; put a text with a comma into quotes",
        )
    person, weight, time = (field.strip() for field in fields)
    if not person or not person.isprintable() or len(person) > _MOST_LETTERS:
        _refuse(
            file,
            line,
            f"{person[:40]!r} is not a person",
            f"write one line of at most {_MOST_LETTERS} letters",
        )
    return Row(person, weight, time)


def _weight(text: str, file: str, line: int) -> float:
    if _NUMBER.fullmatch(text) is None:
        _refuse(
            file, line, f"{text[:40]!r} is not a weight", "write a plain number from 0, such as 2.5"
        )
    return float(text)


def _milliseconds(text: str, file: str, line: int) -> int:
    moment: datetime | None = None
    if _TIME.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
    if moment is None:
        _refuse(
            file,
            line,
            f"{text[:40]!r} is not a time",
            'write a day, "2024-05-02", or an instant in UTC, "2024-05-02T17:30:00Z"',
        )
    found = round(moment.replace(tzinfo=UTC).timestamp() * 1000)
    if not EARLIEST_MS <= found < BEFORE_MS:
        _refuse(file, line, f"{text} is too long ago or too far off", "correct the year")
    return found


def _refuse(file: str, line: int, message: str, next_step: str) -> NoReturn:
    raise ContributionsFileError(message, next_step, file, f"line {line}")
