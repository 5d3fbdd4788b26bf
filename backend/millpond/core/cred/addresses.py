# SPDX-License-Identifier: AGPL-3.0-only
"""Addresses of nodes and edges, as SourceCred writes them.

An address is a list of texts. In memory, in ledgers and in weights it is one text: a letter (N for
nodes, E for edges) and the parts, each followed by NUL, so that a prefix of the text is a prefix of
the list. No part holds a NUL.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

from millpond.core.errors import BadInput

NUL = "\0"
NODE, EDGE = "N" + NUL, "E" + NUL
_ABOVE_NUL = "\x01"
"""The least letter above NUL: where the addresses below a prefix end."""
_FEW = 2
"""Most weights are on a single address: looking at the next is cheaper than searching the end."""

IDENTITY = ("sourcecred", "core", "IDENTITY")
BONUS = ("sourcecred", "core", "BONUS")


def joined(kind: str, parts: Iterable[str]) -> str:
    """The text of an address: `kind` is NODE or EDGE."""
    return kind + "".join(f"{part}{NUL}" for part in parts)


def parts_of(address: str, kind: str = NODE) -> list[str]:
    """The parts of an address or prefix; `BadInput` if it is not of this kind."""
    if not address.startswith(kind) or not address.endswith(NUL):
        raise BadInput(
            f"{address[:80]!r} is not an address of the kind {kind[0]}",
            f"write {kind[0]} and the parts, each followed by NUL (\\u0000)",
        )
    return address[len(kind) :].split(NUL)[:-1]


def shown(address: str) -> str:
    """An address for people and for files of scores: its letter and parts, joined by "/"."""
    return address.removesuffix(NUL).replace(NUL, "/")


def span(addresses: Sequence[str], prefix: str) -> tuple[int, int]:
    """Where in sorted addresses those that start with `prefix` begin and end."""
    first = bisect_left(addresses, prefix)
    at = first
    while at < min(first + _FEW, len(addresses)) and addresses[at].startswith(prefix):
        at += 1
    if at < first + _FEW:
        return first, at
    return first, bisect_left(addresses, prefix[:-1] + _ABOVE_NUL, at)


def overlap(prefixes: Sequence[str]) -> tuple[str, str] | None:
    """Two prefixes of which one covers the other, if there are any."""
    ordered = sorted(prefixes)
    # What a prefix covers follows it at once, so neighbours are enough.
    return next(((one, two) for one, two in pairwise(ordered) if two.startswith(one)), None)
