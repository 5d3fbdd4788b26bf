# SPDX-License-Identifier: AGPL-3.0-only
"""Reads a SourceCred ledger from disk."""

from pathlib import Path

from millpond.core.ledger import Ledger, replayed
from millpond.sources.documents import read_file

LEDGER = Path("data", "ledger.json")


def ledger_path(place: Path) -> Path:
    """The ledger that somebody names: the file itself, or the directory of its instance."""
    return place / LEDGER if place.is_dir() else place


def read_ledger(path: Path, file: str = "") -> Ledger:
    """The ledger in a file; errors call it `file`, or else by its path."""
    return replayed(read_file(path), file or str(path))
