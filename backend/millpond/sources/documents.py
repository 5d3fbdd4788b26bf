# SPDX-License-Identifier: AGPL-3.0-only
"""A published distribution, wherever a reader has it: a file, a directory, its tar, or an address.

The files beside `distribution.json` are told apart by their hashes, which the document names, so
their names do not matter. Nothing is unpacked to disk.
"""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import requests

from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, read
from millpond.core.errors import BadInput

DOCUMENT = "distribution.json"
MAX_BYTES = 1 << 29
"""More than a document of a million leaves needs."""
PROOFS = ".proofs"
"""How the name of a file of proofs ends. It may lie beside a document and is no input of it."""
_MOST_FILES = 64
_SECONDS = 60
_GIVE = "give a distribution.json, the directory or tar that holds it, or its https address"


@dataclass(frozen=True)
class Published:
    """A document's bytes and whatever files came with it."""

    data: bytes
    beside: tuple[bytes, ...]

    @cached_property
    def document(self) -> Distribution:
        """The document, read once; `DocumentError` if it cannot be."""
        return read(self.data)

    def inputs(self, document: Distribution) -> dict[str, bytes]:
        """The files beside it that the document names as its inputs, by their hashes."""
        by_hash = {keccak256(data): data for data in self.beside}
        return {
            each.name: by_hash[each.hash]
            for each in document.inputs
            if each.hash is not None and each.hash in by_hash
        }


def open_published(place: str) -> Published:
    """Read a distribution from a path or an http(s) address; `BadInput` when there is none."""
    if place.startswith(("http://", "https://")):
        return Published(_fetch(place), ())
    if "://" in place:
        raise BadInput(
            f"{place[:80]!r} is not an address that can be fetched from here",
            "fetch the document with a program that can, then give its path",
        )
    path = Path(place)
    try:
        if path.is_dir():
            return _published(_directory(path), path)
        if path.name == DOCUMENT:
            return _published(_directory(path.parent), path)
        data = _read(path)
        if tarfile.is_tarfile(BytesIO(data)):
            return _published(_tar(data), path)
        return Published(data, ())
    except (OSError, tarfile.TarError) as error:
        raise BadInput(f"{path} cannot be read ({type(error).__name__})", _GIVE) from None


def read_file(path: Path) -> bytes:
    """The bytes of a file that the reader names; `BadInput` when it cannot be read."""
    try:
        return _read(path)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({type(error).__name__})", "give the path of a file"
        ) from None


def _published(files: Iterator[tuple[str, bytes]], path: Path) -> Published:
    found = dict(files)
    if DOCUMENT not in found:
        raise BadInput(f"{path} holds no {DOCUMENT}", _GIVE)
    return Published(found.pop(DOCUMENT), tuple(found.values()))


def _directory(path: Path) -> Iterator[tuple[str, bytes]]:
    document = path / DOCUMENT
    if document.is_file():
        yield DOCUMENT, _read(document)
    for file in sorted(path.iterdir())[:_MOST_FILES]:
        other = file.is_file() and file != document and file.suffix != PROOFS
        if other and file.stat().st_size <= MAX_BYTES:
            yield file.name, file.read_bytes()


def _tar(data: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=BytesIO(data), mode="r:") as tar:
        for member in tar.getmembers()[:_MOST_FILES]:
            file = tar.extractfile(member) if member.isfile() else None
            if file is not None:
                yield Path(member.name).name, file.read()


def _read(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(f"{path} is larger than {MAX_BYTES} bytes", _GIVE)
    return path.read_bytes()


def _fetch(address: str) -> bytes:
    try:
        with requests.get(address, timeout=_SECONDS, stream=True) as answer:
            answer.raise_for_status()
            data = bytearray()
            for piece in answer.iter_content(1 << 16):
                data += piece
                if len(data) > MAX_BYTES:
                    raise BadInput(f"{address} sends more than {MAX_BYTES} bytes", _GIVE)
    except requests.RequestException as error:
        raise BadInput(
            f"{address} cannot be fetched ({type(error).__name__})",
            "try again later, or fetch the document another way and give its path",
        ) from None
    return bytes(data)
