# SPDX-License-Identifier: AGPL-3.0-only
"""A case as somebody wrote it, read field by field; what is wrong is named by its place."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn, TypeAlias

from millpond.core.errors import FundingError
from millpond.core.units import MAX_UINT256

Value: TypeAlias = "str | int | bool | Decimal | Fraction | list[Value] | dict[str, Value] | None"
"""What JSON holds, with exact decimals; and fractions among the answers."""

_DIGITS = re.compile(r"0|[1-9][0-9]{0,77}")
_LONGEST = 80


class Case:
    """An object, and where it stands in the file."""

    def __init__(self, fields: Mapping[str, Value], place: str = "") -> None:
        self.fields = fields
        self._place = place

    @classmethod
    def of(cls, value: Value, place: str = "") -> "Case":
        """`FundingError` for what is no object."""
        if not isinstance(value, dict):
            raise FundingError(
                f"{place or 'the case'} is no object", "write one case as a JSON object, { ... }"
            )
        return cls(value, place)

    def has(self, *names: str) -> bool:
        """Whether it has all of these fields."""
        return all(name in self.fields for name in names)

    def whole(self, name: str, low: int = 0, otherwise: int | None = None) -> int:
        """A whole number, as such or in quotes; `otherwise` where the field is missing or null."""
        value = self.fields.get(name)
        if value is None and otherwise is not None:
            return otherwise
        return self._whole(value, name, low)

    def maybe(self, name: str) -> int | None:
        """A whole number, or None where the field is missing or null."""
        return None if self.fields.get(name) is None else self.whole(name)

    def signed(self, name: str) -> int:
        """A whole number that may be below zero."""
        value = self.fields.get(name)
        if isinstance(value, int) and value < 0:
            return -self._whole(-value, name, 0)
        return self._whole(value, name, 0)

    def exact(self, name: str) -> Fraction:
        """A number with or without decimals, as such or in quotes, of zero or more."""
        return self._exact(self.fields.get(name), name)

    def flag(self, name: str) -> bool:
        """True or false; false where the field is missing."""
        value = self.fields.get(name, False)
        if not isinstance(value, bool):
            self._refuse(name, "write true or false")
        return value

    def text(self, name: str) -> str:
        """A text."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not value or len(value) > _LONGEST:
            self._refuse(name, f"write a text of 1 to {_LONGEST} letters")
        return value

    def wholes(self, name: str) -> dict[str, int]:
        """Whole numbers by name; none where the field is missing."""
        inner = self.at(name) if name in self.fields else Case({})
        return {key: inner.whole(key) for key in inner.fields}

    def list_of_wholes(self, name: str) -> list[int]:
        """Whole numbers in their order."""
        return [self._whole(value, f"{name}[{at}]", 0) for at, value in enumerate(self._list(name))]

    def named_amounts(self, name: str) -> list[tuple[str, int]]:
        """A list of objects with `name` and `amount`."""
        return [(each.text("name"), each.whole("amount")) for each in self.each(name)]

    def at(self, name: str) -> "Case":
        """An object in it."""
        return Case.of(self.fields.get(name), self._at(name))

    def each(self, name: str) -> Iterator["Case"]:
        """The objects of a list in it."""
        for at, value in enumerate(self._list(name)):
            yield Case.of(value, f"{self._at(name)}[{at}]")

    def matrix(self, name: str) -> dict[str, dict[str, Fraction]]:
        """Numbers by two names."""
        inner = self.at(name)
        found = {}
        for one in inner.fields:
            row = inner.at(one)
            found[one] = {other: row.exact(other) for other in row.fields}
        return found

    def _list(self, name: str) -> list[Value]:
        value = self.fields.get(name)
        if not isinstance(value, list):
            self._refuse(name, "write a list, [ ... ]")
        return value

    def _whole(self, value: Value, name: str, low: int) -> int:
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if type(value) is not int or not low <= value <= MAX_UINT256:
            self._refuse(name, f"write a whole number from {low} on, in the smallest unit")
        return value

    def _exact(self, value: Value, name: str) -> Fraction:
        if isinstance(value, str) and len(value) <= _LONGEST:
            value = Decimal(value) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) else value
        if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= _LONGEST:
            value = Fraction(value)
        if isinstance(value, bool) or not isinstance(value, int | Fraction) or value < 0:
            self._refuse(name, "write a number of zero or more")
        return Fraction(value)

    def _at(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def _refuse(self, name: str, next_step: str) -> NoReturn:
        value = self.fields.get(name.partition("[")[0])
        said = "is missing" if value is None else f"is {str(value)[:60]!r}"
        raise FundingError(f"the field {self._at(name)!r} {said}", next_step)
