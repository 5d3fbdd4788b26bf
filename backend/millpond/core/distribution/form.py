# SPDX-License-Identifier: AGPL-3.0-only
"""A value in a document and where it stands: each reader takes one form and refuses any other.

Integers are strings of digits without leading zeros, hashes and subjects lower-case 0x-hex,
addresses in their EIP-55 spelling.
"""

import re
from collections.abc import Callable, Iterable
from typing import NoReturn, TypeVar, cast

from millpond.core.canonical import Json, decode
from millpond.core.errors import BadInput, DocumentError
from millpond.core.subjects import (
    Subject,
    address_bytes,
    check_subject,
    checksum_address,
    from_hex,
    to_hex,
)
from millpond.core.units import MAX_UINT256, MicroCred

DOCUMENT = "document"
_DIGITS = re.compile(r"0|[1-9][0-9]{0,77}")
_HEX32 = re.compile(r"0x[0-9a-f]{64}")
_NOBODY = bytes(32)
_T = TypeVar("_T")


def _number(value: Json) -> int | None:
    if type(value) is not str or _DIGITS.fullmatch(value) is None:
        return None
    found = int(value)
    return found if found <= MAX_UINT256 else None


class At:
    """One value. Where it stands is put into words only when something is wrong with it."""

    __slots__ = ("_name", "_outer", "value")

    def __init__(self, value: Json, name: str | int = DOCUMENT, outer: "At | None" = None) -> None:
        self.value = value
        self._name = name
        self._outer = outer

    @property
    def where(self) -> str:
        """Its path from the document, such as `people[3].cred`."""
        if self._outer is None:
            return str(self._name)
        outer = "" if self._outer.where == DOCUMENT else self._outer.where
        if isinstance(self._name, int):
            return f"{outer}[{self._name}]"
        return f"{outer}.{self._name}" if outer else self._name

    def refuse(self, what: str) -> NoReturn:
        """`DocumentError`: this value is wrong."""
        raise DocumentError(
            f"{self.where} {what}",
            "use the bytes as they were published, or build the document again",
            f"form of {self.where}",
        )

    def fields(self, *names: str) -> "list[At]":
        """The members of an object with exactly these, in this order."""
        value = self.value
        if not isinstance(value, dict) or len(value) != len(names):
            self._refuse_fields(names)
        try:
            return [At(value[name], name, self) for name in names]
        except KeyError:
            self._refuse_fields(names)

    def _refuse_fields(self, names: Iterable[str]) -> NoReturn:
        self.refuse(f"does not have exactly the fields {', '.join(names)}")

    def items(self, make: "Callable[[At], _T]") -> tuple[_T, ...]:
        """The items of a list, each made into something."""
        if not isinstance(self.value, list):
            self.refuse("is not a list")
        return tuple(make(At(each, at, self)) for at, each in enumerate(self.value))

    def rows(
        self,
        blocks: Iterable[bytes],
        quick: Callable[[bytes], list[_T] | None],
        make: "Callable[[At], _T]",
    ) -> tuple[_T, ...]:
        """The items of a long list that was taken out, block by block: quickly where that can be.

        `quick` gives None for a block it does not know how to read.
        """
        found: list[_T] = []
        for block in blocks:
            rows = quick(block)
            if rows is None:
                value, first = decode(b"[" + block + b"]"), len(found)
                listed = value if isinstance(value, list) else []
                rows = [make(At(each, at, self)) for at, each in enumerate(listed, first)]
            found += rows
        return tuple(found)

    def texts(self) -> dict[str, str]:
        """An object of texts, whatever its keys."""
        if not isinstance(self.value, dict):
            self.refuse("is not an object")
        return {key: At(each, key, self).text() for key, each in self.value.items()}

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            self.refuse("is not a text")
        return self.value

    def number(self) -> int:
        """A whole number from 0 to 2^256 - 1."""
        found = _number(self.value)
        if found is None:
            self.text()
            self.refuse("is not a whole number in digits")
        return found

    def cred(self) -> MicroCred:
        """A number of micro-cred."""
        return MicroCred(self.number())

    def creds(self) -> tuple[MicroCred, ...]:
        """A list of them."""
        if not isinstance(self.value, list):
            self.refuse("is not a list")
        found = tuple(map(_number, self.value))
        if None in found:
            return self.items(At.cred)
        return cast("tuple[MicroCred, ...]", found)

    def hash(self) -> bytes:
        """32 bytes."""
        text = self.text()
        if _HEX32.fullmatch(text) is not None:
            return bytes.fromhex(text[2:])
        return self._made(lambda text: from_hex(text, 32), to_hex)

    def subject(self) -> Subject:
        """Who is paid."""
        found = self.hash()
        return Subject(found) if found != _NOBODY else self._made(self._nobody, to_hex)

    def address(self) -> str:
        """An account."""
        return self._made(lambda text: checksum_address(address_bytes(text)), str)

    @staticmethod
    def _nobody(text: str) -> Subject:
        return check_subject(from_hex(text, 32))

    def _made(self, make: Callable[[str], _T], back: Callable[[_T], str]) -> _T:
        text = self.text()
        try:
            made = make(text)
        except BadInput as error:
            self.refuse(f"is wrong: {error.message}")
        if back(made) != text:
            self.refuse("is not in its one spelling")
        return made
