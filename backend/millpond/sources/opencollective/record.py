# SPDX-License-Identifier: AGPL-3.0-only
"""What was drafted, on disk: one line of canonical JSON for each deed, beside the plan.

    what           "begun", then "asked", "made" or "approved"
    distribution   its root, and `collective`, in the first line
    leaf, expense  which payment, and the service's id of it
    at             when, in seconds

The service has all that counts; but what an expense carries can be changed by its payee, and an id
cannot. So whatever is written down here is never drafted again. A last line that was broken off is
none. While one run works with a record, another is refused.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any

from millpond.core import canonical
from millpond.core.collective.plan import Plan
from millpond.core.errors import BadInput, CanonicalError, InputFileError

_ELSEWHERE = "give each plan a file of its own; keep this one, it says what was drafted"
_DEEDS = ("asked", "made", "approved")


class Record:
    """The record of one plan."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self._path = path
        self._begun: dict[str, object] = {
            "what": "begun",
            "distribution": plan.distribution,
            "collective": plan.collective,
        }

    @classmethod
    def beside(cls, path: Path, plan: Plan) -> "Record":
        """The one that belongs to the plan in this file."""
        return cls(path.with_suffix(".record.jsonl"), plan)

    def made(self) -> dict[int, frozenset[str]]:
        """The ids of all that was made, by leaf."""
        found: dict[int, set[str]] = defaultdict(set)
        for line in self._lines():
            if line["what"] == "made":
                found[int(line["leaf"])].add(line["expense"])
        return {leaf: frozenset(ids) for leaf, ids in found.items()}

    def note(self, what: str, at: int, leaf: int, expense: str = "") -> None:
        """Write down a deed, safely on disk before anything follows it."""
        line: dict[str, object] = {"what": what, "at": at, "leaf": leaf, "expense": expense}
        whole = self._whole()
        written = b"".join(
            canonical.encode(each) + b"\n" for each in ([] if whole else [self._begun]) + [line]
        )
        try:
            with self._path.open("r+b" if self._path.exists() else "w+b") as file:
                file.truncate(len(whole))
                file.seek(len(whole))
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise BadInput(
                f"{self._path} cannot be written ({type(error).__name__})",
                "put the plan into a folder that you may write to",
            ) from None

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts, no other run on this machine drafts by the same plan."""
        lock = self._path.with_suffix(".lock")
        try:
            file = lock.open("wb")
        except OSError as error:
            raise BadInput(
                f"{lock} cannot be written ({type(error).__name__})",
                "put the plan into a folder that you may write to",
            ) from None
        with file:
            try:
                flock(file, LOCK_EX | LOCK_NB)
            except OSError:
                raise BadInput(
                    "another run drafts by this plan now", "wait until it has ended"
                ) from None
            yield

    def _whole(self) -> bytes:
        """What is there, up to the last end of a line."""
        data = self._path.read_bytes() if self._path.exists() else b""
        return data[: data.rfind(b"\n") + 1]

    def _lines(self) -> list[dict[str, Any]]:
        lines = self._whole().splitlines()
        if lines and self._read(1, lines[0]) != self._begun:
            raise InputFileError("is the record of another plan", _ELSEWHERE, str(self._path))
        found = [self._read(number, line) for number, line in enumerate(lines[1:], 2)]
        for number, line in enumerate(found, 2):
            whole = set(line) == {"what", "at", "leaf", "expense"} and line["what"] in _DEEDS
            if not whole or not line["leaf"].isdigit():
                raise self._odd(number)
        return found

    def _read(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            found: Any = canonical.decode(line)
        except CanonicalError:
            raise self._odd(number) from None
        if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
            raise self._odd(number)
        return found

    def _odd(self, number: int) -> InputFileError:
        return InputFileError("cannot be read", _ELSEWHERE, str(self._path), f"line {number}")
