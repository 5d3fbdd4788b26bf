# SPDX-License-Identifier: AGPL-3.0-only
"""Reads JSON objects of SourceCred field by field, and says where one is wrong.

Fields that nobody asks for are passed over, as SourceCred passes over them.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, TypeVar

from millpond.core.cred.addresses import NODE, NUL
from millpond.core.errors import BadInput, InputFileError
from millpond.core.ledger.ids import is_id, is_name
from millpond.core.nesting import is_deeper
from millpond.core.subjects import address_bytes, checksum_address
from millpond.core.units import Amount

_T = TypeVar("_T")
_GRAIN = re.compile(r"-?[0-9]{1,78}")
HALF = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair, which JSON can name and UTF-8 cannot."""
_MEMO = "//"
_MOST_DIGITS = 20
_LONGEST_NUMBER = 60
_DEEPEST = 16
AGAIN = "get the file again from where it is kept, or take out what was written by hand"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file something stands."""

    file: str
    position: str

    def error(self, kind: type[InputFileError], message: str, next_step: str) -> InputFileError:
        """An error that says this place."""
        return kind(message, next_step, self.file, self.position)

    def inside(self, part: str) -> "Place":
        """The place of a part of what is here."""
        return Place(self.file, f"{self.position} {part}".strip())


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object at its place; `kind` is the error that its readers raise."""

    values: dict[str, object]
    at: Place
    kind: type[InputFileError]

    @classmethod
    def of(cls, value: object, at: Place, kind: type[InputFileError]) -> "Fields":
        """A value that must be an object."""
        if not isinstance(value, dict):
            raise at.error(kind, f"{shown(value)} is no object", AGAIN)
        return cls(value, at, kind)

    def refuse(self, message: str, next_step: str = AGAIN) -> NoReturn:
        """Raise the error of these fields."""
        raise self.at.error(self.kind, message, next_step)

    def has(self, key: str) -> bool:
        """Whether the field is there."""
        return key in self.values

    def value(self, key: str) -> object:
        """Whatever stands there; refused if nothing does."""
        if key not in self.values:
            self.refuse(f"the field {key!r} is missing")
        return self.values[key]

    def text(self, key: str) -> str:
        """A text."""
        value = self.value(key)
        if not isinstance(value, str):
            self.refuse(f"{key} is {shown(value)}, not a text")
        return value

    def whole_text(self, key: str) -> str:
        """A text that has a UTF-8 form, for what is shown and written again elsewhere."""
        value = self.text(key)
        if HALF.search(value):
            self.refuse(f"{key} holds half of a surrogate pair", "write the whole letter again")
        return value

    def text_or_none(self, key: str) -> str | None:
        """A text, or null."""
        return None if self.value(key) is None else self.text(key)

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self.value(key)
        if not isinstance(value, bool):
            self.refuse(f"{key} is {shown(value)}, neither true nor false")
        return value

    def one_of(self, key: str, options: Sequence[str]) -> str:
        """One of a few texts."""
        value = self.text(key)
        if value not in options:
            self.refuse(f"{key} is {shown(value)}", f"write one of: {', '.join(options)}")
        return value

    def id(self, key: str) -> str:
        """An id."""
        return self._id(self.value(key), key)

    def ids_with_memos(self, key: str) -> tuple[str, ...]:
        """A list of ids, each of which may carry a memo behind two slashes."""
        found = []
        for value in self.items(key):
            text = value.partition(_MEMO)[0] if isinstance(value, str) else value
            found.append(self._id(text, key))
        return tuple(found)

    def name(self, key: str) -> str:
        """The name of an account."""
        value = self.text(key)
        if not is_name(value):
            self.refuse(
                f"{shown(value)} is no name",
                "use letters, digits and hyphens only, at least one and at most 42",
            )
        return value

    def address(self, key: str) -> str:
        """A node's address, joined by NUL."""
        value = self.whole_text(key)
        if not value.startswith(NODE) or not value.endswith(NUL):
            self.refuse(
                f"{key} is {shown(value)}, not the address of a node",
                "write N and the parts, each followed by NUL (\\u0000)",
            )
        return value

    def account(self, key: str) -> str:
        """An address on an EVM chain, in its EIP-55 spelling; the file may leave out 0x."""
        value = self.text(key)
        digits = value[2:] if value[:2] in {"0x", "0X"} else value
        try:
            return checksum_address(address_bytes(f"0x{digits}"))
        except BadInput as error:
            self.refuse(f"{key}: {error.message}", error.next_step)

    def grain(self, key: str) -> Amount:
        """Grain in its smallest unit, which may be negative: the rules say where it must not be."""
        value = self.text(key)
        if _GRAIN.fullmatch(value) is None:
            self.refuse(
                f"{key} is {shown(value)}, not an amount",
                "write the amount in its smallest unit (18 decimals) as digits in quotes",
            )
        return Amount(int(value))

    def number(self, key: str) -> int | Decimal:
        """A number, exactly as it is written."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.refuse(f"{key} is {shown(value)}, not a number")
        return value

    def whole(self, key: str, low: int = 0) -> int:
        """A whole number from `low` on, however it is written (1.5e12 is one)."""
        value = self.number(key)
        small = abs(value) < 10**_MOST_DIGITS
        if not small or value != int(value) or value < low:
            self.refuse(f"{key} is {shown(value)}, not a whole number from {low} on")
        return int(value)

    def inner(self, key: str) -> "Fields":
        """An object inside this one."""
        return Fields.of(self.value(key), self.at, self.kind)

    def items(self, key: str) -> Sequence[object]:
        """A list."""
        value = self.value(key)
        if not isinstance(value, list):
            self.refuse(f"{key} is {shown(value)}, not a list")
        return value

    def each(self, key: str, read: Callable[["Fields"], _T]) -> tuple[_T, ...]:
        """A list of objects, each read in the same way."""
        return tuple(
            read(Fields.of(value, self.at.inside(f"{key}[{number}]"), self.kind))
            for number, value in enumerate(self.items(key))
        )

    def _id(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not is_id(value):
            self.refuse(
                f"{key} is {shown(value)}, not an id",
                "an id has 22 letters and digits, as SourceCred made it: copy it again",
            )
        return value


class _NoUse(ValueError):
    """JSON that is well formed and says something that cannot be used."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NoUse("an object has the same field twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise _NoUse(f"{word[:40]} is no number that can be used")


def _whole(word: str) -> int:
    return int(word) if len(word) <= _LONGEST_NUMBER else _no_number(word)


def _exact(word: str) -> Decimal:
    try:
        return Decimal(word) if len(word) <= _LONGEST_NUMBER else _no_number(word)
    except ArithmeticError:  # an exponent that Decimal has no room for
        _no_number(word)


# One for all: a ledger has a line for each event, and making a decoder takes as long as reading it.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_exact, parse_int=_whole, parse_constant=_no_number
)


def parsed(text: str, at: Place, kind: type[InputFileError]) -> object:
    """JSON with its numbers exactly as written: whole ones as int, others as Decimal."""
    # Every bracket could be one level more.
    if text.count("[") + text.count("{") > _DEEPEST and is_deeper(text.encode(), _DEEPEST):
        raise at.error(kind, f"its JSON is nested more than {_DEEPEST} deep", AGAIN)
    try:
        value: object = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        where = at if at.position else Place(at.file, f"line {error.lineno}")
        why = f"it is not JSON (column {error.colno}: {error.msg})"
        raise where.error(kind, why, AGAIN) from None
    except _NoUse as error:
        raise at.error(kind, str(error), AGAIN) from None
    return value


def shown(value: object) -> str:
    """A value for people: short, on one line."""
    return ascii(value)[:80]
