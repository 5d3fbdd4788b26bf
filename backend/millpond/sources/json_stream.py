# SPDX-License-Identifier: AGPL-3.0-only
"""Reads a large JSON file piece by piece: plain, or packed by zlib or gzip.

The caller walks through the outer brackets; long arrays and objects are handed out in pieces of a
few megabytes, decoded into typed values. A piece is cut behind a value of the array: a cut that
falls into a string or into a nested value leaves a bracket or a quote open, so the piece does not
decode, and an earlier one is tried.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from millpond.core.errors import GraphFileError, InputFileError
from millpond.sources.packed import unpacked

PIECE = 1 << 22
_MOST_PIECE = 1 << 28
_MOST_HEADER = 1 << 16
_MOST_CUTS = 64
_BLANK = b" \t\r\n"
_PLACE = re.compile(r"\(byte (\d+)\)$")
_WRONG = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<where>.*)`)?$", re.DOTALL)
_AGAIN = "write the file again from its source"


class JsonStream:
    """A file and how far it was read. `offset` counts bytes of JSON, unpacked."""

    def __init__(self, path: Path, name: str, error: type[InputFileError] = GraphFileError) -> None:
        self.name = name
        self._error = error
        self._chunks = unpacked(path, name)
        self._buffer = b""
        self._at = 0
        self._before = 0
        self._over = False

    @property
    def offset(self) -> int:
        """The number of bytes before the next."""
        return self._before + self._at

    def refuse(self, what: str, where: str = "", next_step: str = _AGAIN) -> NoReturn:
        """The stream's error at this place, or `CorruptFile` if the rest does not unpack."""
        place = where or f"byte {self.offset}"
        for _ in self._chunks:
            pass  # a packed file says at its end whether it is sound
        raise self._error(what, next_step, self.name, place)

    def _need(self, count: int) -> bytes:
        """The next `count` bytes, or as many as there are."""
        if len(self._buffer) - self._at < count and not self._over:
            pieces = [self._buffer[self._at :]]
            have = len(pieces[0])
            while have < count:
                chunk = next(self._chunks, b"")
                if not chunk:
                    self._over = True
                    break
                pieces.append(chunk)
                have += len(chunk)
            self._before += self._at
            self._buffer, self._at = b"".join(pieces), 0
        return self._buffer[self._at : self._at + count]

    def peek(self) -> bytes:
        """The next byte that is no blank; nothing at the end."""
        while (letter := self._need(1)) and letter in _BLANK:
            self._at += 1
        return letter

    def take(self, letter: bytes) -> None:
        """Pass this letter, which must be next."""
        if self.peek() != letter:
            found = self.peek().decode("latin-1") or "the end of the file"
            self.refuse(f"{letter.decode()!r} is missing: {found!r} stands there instead")
        self._at += 1

    def end(self) -> None:
        """Nothing but blanks may follow."""
        if self.peek():
            self.refuse("something follows behind the end")

    def value(self) -> Any:
        """A small value: a header, a key."""
        self.peek()
        text = self._need(_MOST_HEADER).decode("utf-8", errors="ignore")
        try:
            found, length = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError as error:
            self.refuse(f"this is not JSON ({error.msg})")
        self._at += len(text[:length].encode())
        return found

    def members(self) -> Iterator[str]:
        """The keys of an object; the caller takes the value of each before the next."""
        self.take(b"{")
        seen: set[str] = set()
        while self.peek() != b"}":
            if seen:
                self.take(b",")
            key = self.value()
            if not isinstance(key, str) or key in seen:
                self.refuse(f"the key {key!r} is no text, or there twice")
            seen.add(key)
            self.take(b":")
            yield key
        self.take(b"}")

    def pieces(self, kind: Any, brackets: bytes, closers: bytes, what: str) -> Iterator[Any]:
        """The values of a long array or object, in decoded pieces of type `kind`.

        `brackets` are those around it; a value ends in one of the letters `closers`.
        """
        start, stop = brackets[:1], brackets[1:]
        decoder = msgspec.json.Decoder(kind)
        self.take(start)
        passed, size = 0, PIECE
        while self.peek() != stop:
            if passed:
                self.take(b",")
                self.peek()
            found, length = self._piece(decoder, self._need(size), brackets, closers, what, passed)
            while length == 0:
                if self._over or size >= _MOST_PIECE:
                    self.refuse(f"{what} is cut short")
                size *= 2
                region = self._need(size)
                found, length = self._piece(decoder, region, brackets, closers, what, passed)
            size = PIECE
            self._at += length
            passed += len(found)
            yield found
        self.take(stop)

    def _piece(
        self,
        decoder: msgspec.json.Decoder[Any],
        region: bytes,
        brackets: bytes,
        closers: bytes,
        what: str,
        passed: int,
    ) -> tuple[Any, int]:
        """The values up to a cut in the region, and its length; 0 if no cut is found."""
        start, stop = brackets[:1], brackets[1:]
        whole = self._over and len(region) == len(self._buffer) - self._at
        cuts = [len(region)] if whole else _cuts(region, closers)
        for cut in cuts:
            text = start + region[:cut] + (b"" if whole else stop)
            try:
                found = decoder.decode(text)
                # At the end of the file the last bracket is the array's own.
                return found, len(region.rstrip(_BLANK)) - 1 if whole else cut
            except msgspec.ValidationError as error:
                self._refuse_value(error, what, passed)
            except msgspec.DecodeError as error:
                ends = _ends_at(error)
                if ends is not None:
                    body = region[: ends - 2].rstrip(_BLANK)[:-1]
                    return decoder.decode(start + body + stop), len(body)
                at = _PLACE.search(str(error))
                if at and int(at[1]) < len(text) - 1:
                    place = f"{what}, byte {self.offset + int(at[1]) - 1}"
                    self.refuse(f"this is not JSON ({error})", place)
        return (), 0

    def _refuse_value(self, error: msgspec.ValidationError, what: str, passed: int) -> NoReturn:
        match = _WRONG.fullmatch(str(error))
        where = match["where"] if match and match["where"] else ""
        number = re.match(r"\[(\d+)\](.*)", where)
        place = f"{what}[{passed + int(number[1])}]{number[2]}" if number else what
        self.refuse(match["what"] if match else str(error), place)


def _ends_at(error: msgspec.DecodeError) -> int | None:
    """The place, from 1, of the first letter behind a whole value, if that is what is wrong."""
    text = str(error)
    match = _PLACE.search(text)
    return int(match[1]) if match and "trailing characters" in text else None


def _cuts(region: bytes, closers: bytes) -> Iterator[int]:
    """Places behind what may be a value's last letter, from the end backwards."""
    comma, found = len(region), 0
    while found < _MOST_CUTS and (comma := region.rfind(b",", 0, comma)) > 0:
        last = comma
        while last > 0 and region[last - 1] in _BLANK:
            last -= 1
        if last > 0 and region[last - 1] in closers:
            found += 1
            yield last
