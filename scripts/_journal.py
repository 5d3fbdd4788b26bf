# SPDX-License-Identifier: AGPL-3.0-only
"""What was done on a chain, one line a deed: <chain id>.journal.jsonl beside the record.

Canonical JSON, so the texts are kept as they are and integers are strings. Keys:

    what               in words: "Give 5.00 TUSD to earmark 1 of pond"
    by                 the account
    pool               the co-op's name, "" where there is none
    transactionHash    of the transaction, if there was one; then also blockNumber and gasUsed
    end                what became of a transaction: "unknown" is written before it is sent, and
                       stays if the run ends; "failed" or "replaced" once that turned out
    deed               a hash of what the transaction does; with "unknown", as are from, nonce,
                       maxFeePerGas and maxPriorityFeePerGas

A line without `end` is a deed that is done. The journal is for people and for "have I done this
before?"; what counts is the chain. A last line that was broken off is none: what it tells of had
not been sent.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millpond.core import canonical
from millpond.core.errors import CanonicalError, DeploymentError

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Journal:
    """The journal of one chain."""

    path: Path

    @classmethod
    def beside(cls, folder: Path, chain_id: int) -> "Journal":
        """The one in a folder of records of deployment."""
        return cls(folder / f"{chain_id}.journal.jsonl")

    def add(self, what: str, by: str, pool: str, **fields: object) -> None:
        """One more line, whole and on the disk before the command goes on."""
        line = canonical.encode({"what": what, "by": by, "pool": pool, **fields}) + b"\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.truncate(len(self._whole()))
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def lines(self) -> list[dict[str, Any]]:
        """All that was done, oldest first; `DeploymentError` names a line that is none."""
        return [self._read(n, x) for n, x in enumerate(self._whole().splitlines(), 1)]

    def done(self, what: str, by: str, pool: str) -> dict[str, Any] | None:
        """The newest line that tells of exactly this deed as done, None if there is none."""
        found = [line for line in self._of(what, by, pool) if "end" not in line]
        return found[-1] if found else None

    def unfinished(self, what: str, by: str, pool: str) -> list[dict[str, Any]]:
        """The lines of exactly this deed whose transactions have no later line, oldest first."""
        newest = {line.get("transactionHash"): line for line in self._of(what, by, pool)}
        return [line for line in newest.values() if line.get("end") == UNKNOWN]

    def _of(self, what: str, by: str, pool: str) -> list[dict[str, Any]]:
        wanted = {"what": what, "by": by, "pool": pool}
        return [line for line in self.lines() if wanted.items() <= line.items()]

    def _whole(self) -> bytes:
        """What is there, up to the last end of a line."""
        data = self.path.read_bytes() if self.path.exists() else b""
        return data[: data.rfind(b"\n") + 1]

    def _read(self, number: int, data: bytes) -> dict[str, Any]:
        try:
            line = canonical.decode(data)
        except CanonicalError as error:
            line = str(error)
        if not isinstance(line, dict):
            raise DeploymentError(
                f"line {number} of the journal {self.path} cannot be read",
                "move the journal away; it is a diary only, the chain has all that counts",
            )
        return line
