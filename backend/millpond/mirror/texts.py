# SPDX-License-Identifier: AGPL-3.0-only
"""Texts whose hashes are on the chain: reasons and references, as `<0xhash>.txt` on the shelf.

A name only helps to find a text: what is handed out was hashed at that moment.
"""

from pathlib import Path

from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex

MAX_BYTES = 1 << 16
"""Far more than anybody reads in a review."""


def text_of(folder: Path | None, digest: bytes) -> str | None:
    """The text with this keccak256, anywhere below a folder; None if it is not there."""
    if folder is None:
        return None
    for path in sorted(folder.rglob(f"{to_hex(digest)}.txt")):
        data = _read(path)
        if data is not None and keccak256(data) == digest:
            return data.decode("utf-8", errors="replace")
    return None


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError:
        return None
