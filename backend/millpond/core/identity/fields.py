# SPDX-License-Identifier: AGPL-3.0-only
"""Reads the fields of one entry, each once, and none that is not known."""

from collections.abc import Mapping

from millpond.core.canonical import Json
from millpond.core.errors import BadInput
from millpond.core.subjects import from_hex

_FIX = "write the entry with `millpond identity`"
_MOST_DIGITS = 15


class Fields:
    """The fields of an object that have not been read yet."""

    def __init__(self, values: Mapping[str, Json]) -> None:
        self._left = dict(values)

    @classmethod
    def of(cls, value: Json) -> "Fields":
        """Those of an object; `BadInput` if it is none."""
        if not isinstance(value, dict):
            raise BadInput("an entry is an object", _FIX)
        return cls(value)

    def text(self, name: str, longest: int) -> str:
        """A text that is not blank."""
        value = self._take(name)
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise BadInput(f"{name} is not a text of 1 to {longest} letters", _FIX)
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self._take(name)
        if not isinstance(value, list):
            raise BadInput(f"{name} is not a list of texts", _FIX)
        texts = [each for each in value if isinstance(each, str)]
        if len(texts) != len(value):
            raise BadInput(f"{name} is not a list of texts", _FIX)
        return texts

    def whole(self, name: str) -> int:
        """A whole number, which canonical JSON writes as a text of digits."""
        value = self._take(name)
        plain = isinstance(value, str) and value.isascii() and value.isdigit()
        if not plain or len(str(value)) > _MOST_DIGITS or str(int(str(value))) != value:
            raise BadInput(f"{name} is not a whole number", _FIX)
        return int(str(value))

    def bytes(self, name: str, length: int) -> bytes:
        """Bytes in hex; in lower case, so that an entry has one spelling."""
        value = self._take(name)
        if not isinstance(value, str) or value != value.lower():
            raise BadInput(f"{name} is not lower-case hex", _FIX)
        return from_hex(value, length)

    def no_more(self) -> None:
        """`BadInput` if a field is left."""
        if self._left:
            raise BadInput(f"an entry of this kind has no {min(self._left)!r}", _FIX)

    def _take(self, name: str) -> Json:
        if name not in self._left:
            raise BadInput(f"{name} is missing", _FIX)
        return self._left.pop(name)
