# SPDX-License-Identifier: AGPL-3.0-only
"""Reads a SourceCred ledger from disk."""

from pathlib import Path

from millpond.core.ledger import Ledger, replayed
from millpond.sources.packed import unpacked

LEDGER = Path("data", "ledger.json")


def ledger_path(place: Path) -> Path:
    """The ledger that somebody names: the file itself, or the directory of its instance."""
    return place / LEDGER if place.is_dir() else place


def ledger_bytes(path: Path, file: str = "") -> bytes:
    """What is in the file; errors call it `file`, or else by its path."""
    return b"".join(unpacked(path, file or str(path)))


def read_ledger(path: Path, file: str = "") -> Ledger:
    """The ledger in a file; errors call it `file`, or else by its path."""
    return replayed(ledger_bytes(path, file), file or str(path))
