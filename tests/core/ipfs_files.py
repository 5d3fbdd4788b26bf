# SPDX-License-Identifier: AGPL-3.0-only
"""Files that somebody else's code has named for IPFS (tests/vectors/ipfs_names.json)."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

VECTORS = Path(__file__).parents[1] / "vectors" / "ipfs_names.json"


@dataclass(frozen=True)
class Named:
    """A file of a length, and its name when it is cut up so."""

    bytes: int
    chunk: int
    links: int
    cid: str


def recorded() -> list[Named]:
    """All of them."""
    return [Named(**each) for each in json.loads(VECTORS.read_text("utf-8"))]


def file_of(size: int) -> bytes:
    """The bytes of each: no two of its blocks are alike."""
    at = np.arange(size, dtype=np.int64)
    return bytes(((at + (at >> 8) + (at >> 16)) % 251).astype(np.uint8))
