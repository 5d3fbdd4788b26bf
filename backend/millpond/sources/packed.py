# SPDX-License-Identifier: AGPL-3.0-only
"""Reads files as SourceCred leaves them: plain, or packed by zlib (0.8 and later) or gzip."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from millpond.core.errors import CorruptFile, InputFileError

_READ = 1 << 20
_PACKED = (b"\x78", b"\x1f\x8b")
_ANY_HEADER = 47  # zlib's word for "zlib or gzip, see yourself"


def unpacked(path: Path, name: str) -> Iterator[bytes]:
    """The bytes of a file in pieces, unpacked if it is packed; `name` is what errors call it.

    `CorruptFile` if a byte has changed: what is packed says so itself, at the latest at its end.
    """
    try:
        with path.open("rb") as file:
            head = file.read(2)
            file.seek(0)
            packed = head.startswith(_PACKED)
            yield from (
                _unpacked_pieces(file, name) if packed else iter(lambda: file.read(_READ), b"")
            )
    except OSError as error:
        raise InputFileError(
            f"cannot be read ({type(error).__name__})", "look whether the file is there", name
        ) from None


def _unpacked_pieces(file: BinaryIO, name: str) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=_ANY_HEADER)
    read = 0
    while data := file.read(_READ):
        try:
            text = unpacker.decompress(data)
        except zlib.error as error:
            raise CorruptFile(
                f"does not unpack ({error})",
                "fetch the file again; a byte of it has changed",
                name,
                f"within bytes {read} to {read + len(data)}",
            ) from None
        read += len(data)
        if unpacker.unused_data:
            raise CorruptFile(
                "something follows behind the packed data",
                "fetch the file again",
                name,
                f"byte {read - len(unpacker.unused_data)}",
            )
        if text:
            yield text
    if not unpacker.eof:
        raise CorruptFile("is cut short", "fetch the file again", name, f"byte {read}")
