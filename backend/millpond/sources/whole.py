# SPDX-License-Identifier: AGPL-3.0-only
"""Reads, hashes and writes whole files, and JSON with figures in one spelling."""

import json
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from os import SEEK_END
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput


def read_whole(path: Path) -> bytes:
    """The bytes of a file that is there; `BadInput` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def hash_of(path: Path) -> bytes:
    """keccak256 of a file of any size, which is not held in memory."""
    try:
        with path.open("rb") as file:
            if not file.seek(0, SEEK_END):
                return keccak256(b"")
            with mmap(file.fileno(), 0, access=ACCESS_READ) as mapped, memoryview(mapped) as view:
                return keccak256(view)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(
        f"{path} cannot be read ({type(error).__name__})", "look whether it is there, and whose"
    )


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place in one step: whoever reads sees all of it, or what was there before."""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
            try:
                draft.write(data)
                draft.flush()
                Path(draft.name).chmod(0o644)
                Path(draft.name).replace(path)
            except BaseException:
                with suppress(OSError):
                    Path(draft.name).unlink()
                raise
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({type(error).__name__})",
            "give a path in a folder that exists and that you may write to",
        ) from None


def json_bytes(value: Any) -> bytes:
    """JSON with sorted keys and without blanks; doubles in the fewest digits that read back.

    For files that have figures in doubles by their format; ours have none, see `core.canonical`.
    """
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode() + b"\n"
