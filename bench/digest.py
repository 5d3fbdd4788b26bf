# SPDX-License-Identifier: AGPL-3.0-only
"""One number over all that a walk brings about, the same whatever the contracts' code is.

    with taken(walk) as digest:
        walk.run()
    digest.hexdigest()

Hashes of code follow from the code, and with them the ids of proposals that name one. So a word of
more than 64 bits counts by when it was first seen in the walk: two digests are equal if who called
which function of what is equal, and all that was answered, refused and logged, up to a renaming of
such words that gives each another name. What they are is the model's to compare, and so is what
views answer: they are asked in no order that two processes have in common.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from unittest.mock import patch

from tests.properties.chain import Outcome
from tests.properties.walk import Walk

WORD = 32
SMALL = bytes(WORD - 8)  # how a word of no more than 64 bits begins


class Digest:
    """Stands before a chain's `send` and takes down what goes in and what comes out."""

    def __init__(self, walk: Walk) -> None:
        self._send = walk.world.chain.send
        self._names: dict[bytes, bytes] = {}
        self._hash = sha256()

    def __call__(
        self, sender: str, to: str, data: bytes, value: int = 0, static: bool = False, **other: Any
    ) -> Outcome:
        found = self._send(sender, to, data, value, static, **other)
        if static:
            return found
        self._take(_address(sender), _address(to), data[:4])
        self._take(bytes([found.ok]), found.reason.encode(), found.data)
        for address, topics, plain in found.logs:
            self._take(_address(address), *topics, plain)
        return found

    def hexdigest(self) -> str:
        """Of all there was."""
        return self._hash.hexdigest()

    def _take(self, *parts: bytes) -> None:
        for part in parts:
            self._hash.update(len(part).to_bytes(4))
            for at in range(0, len(part), WORD):
                self._hash.update(self._named(part[at : at + WORD]))

    def _named(self, word: bytes) -> bytes:
        if len(word) < WORD or word.startswith(SMALL):
            return b"=" + word
        return self._names.setdefault(word, b"#%d;" % len(self._names))


@contextmanager
def taken(walk: Walk) -> Iterator[Digest]:
    """For as long as this lasts all that the walk does is taken down."""
    digest = Digest(walk)
    with patch.object(walk.world.chain, "send", digest):
        yield digest


def _address(account: str) -> bytes:
    return bytes.fromhex(account[2:]).rjust(WORD, b"\0")
