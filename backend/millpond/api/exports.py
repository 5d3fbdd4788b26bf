# SPDX-License-Identifier: AGPL-3.0-only
"""Whole lists as files: .csv for spreadsheets, .jsonl for programs.

A list is written aside in one read transaction, so it is of one block however long its reader takes
to fetch it, and nobody's slow line holds the database. Amounts keep their digits and their asset in
columns of their own; what is a list within a row is JSON in its cell.
"""

import json
import tempfile
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from pydantic import BaseModel

from millpond.api.models.base import Model, Money, Page
from millpond.core.books.tables import cell
from millpond.mirror.reads.snapshot import Key, Listed, Range

_T = TypeVar("_T")
CHUNK = 20_000
"""Rows that are read at a time."""
_MONEY = (
    ("", ("amount",)),
    ("_asset", ("asset", "address")),
    ("_symbol", ("asset", "symbol")),
    ("_decimals", ("asset", "decimals")),
)
_IN_MEMORY = 1 << 22
_PIECE = 1 << 16

Column = tuple[str, tuple[str, ...]]
"""Its name, and the fields that lead to it."""


@dataclass(frozen=True)
class Form:
    """A form in which a list can be had."""

    suffix: str
    media_type: str
    of: str


FORMS = (
    Form(".csv", "text/csv; charset=utf-8; header=present", "The whole list as a table."),
    Form(".jsonl", "application/jsonl", "The whole list, a JSON object on each line."),
)


def form_of(path: str) -> Form | None:
    """By the end of an address."""
    return next((form for form in FORMS if path.endswith(form.suffix)), None)


@dataclass(frozen=True)
class Wanted:
    """Which rows of a list: from where, how many at most, in which order."""

    limit: int | None
    after: Key | None
    newest_first: bool


def row_model(page: type[Page[Any]]) -> type[Model]:
    """What a page's rows are."""
    [row, _] = typing.get_args(page.model_fields["data"].annotation)
    found: type[Model] = row
    return found


def written(
    form: Form, model: type[Model], read: Callable[[Range], Listed[Any]], wanted: Wanted
) -> IO[bytes]:
    """The rows in a file without a name; `read` gives them part by part."""
    found: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  handed on
    try:
        if form.suffix == ".csv":
            columns = columns_of(model)
            found.write(_line([name for name, _ in columns]))
            found.writelines(_line(_cells(row, columns)) for row in _rows(model, read, wanted))
        else:
            rows = _rows(model, read, wanted)
            found.writelines(f"{row.model_dump_json(by_alias=True)}\n".encode() for row in rows)
    except BaseException:
        found.close()
        raise
    return found


def length(file: IO[bytes]) -> int:
    """How many bytes a file has, which then stands at its beginning."""
    size = file.seek(0, 2)
    file.seek(0)
    return size


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """What is left of a file, which is closed at its end."""
    with file:
        while piece := file.read(_PIECE):
            yield piece


def columns_of(
    model: type[BaseModel], title: str = "", before: tuple[str, ...] = ()
) -> list[Column]:
    """A row's columns; those of a thing within it bear its name in front."""
    found: list[Column] = []
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        path, called = (*before, name), f"{title}{field.serialization_alias or name}"
        if inner is None:
            found.append((called, path))
        elif inner is Money:
            found += [(called + end, (*path, *fields)) for end, fields in _MONEY]
        else:
            found += columns_of(inner, f"{called}_", path)
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, be it always or sometimes; None for anything else."""
    options = typing.get_args(annotation) if _is_union(annotation) else (annotation,)
    models = [each for each in options if isinstance(each, type) and issubclass(each, BaseModel)]
    return models[0] if len(models) == 1 else None


def _is_union(annotation: Any) -> bool:
    return typing.get_origin(annotation) in {typing.Union, types.UnionType}


def _rows(
    model: type[Model], read: Callable[[Range], Listed[_T]], wanted: Wanted
) -> Iterator[Model]:
    left, after = wanted.limit, wanted.after
    while True:
        part = read(Range(min(left or CHUNK, CHUNK), after, wanted.newest_first))
        for item in part.items:
            yield model.model_validate(item)
        if left is not None:
            left -= len(part.items)
        after = part.next
        if after is None or left == 0:
            return


def _cells(row: Model, columns: Sequence[Column]) -> list[str]:
    return [_text(_at(row, path)) for _, path in columns]


def _at(row: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        row = getattr(row, name) if row is not None else None
    return row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return json.dumps([_plain(each) for each in value], ensure_ascii=False)
    return str(value)


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json", by_alias=True) if isinstance(value, BaseModel) else value


def _line(values: Sequence[str]) -> bytes:
    return (",".join(map(cell, values)) + "\r\n").encode()
