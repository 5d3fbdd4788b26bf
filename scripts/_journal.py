# SPDX-License-Identifier: AGPL-3.0-only
"""What these scripts did on one chain: a line for each deed, beside the record of deployment.

<folder>/<chain id>.journal.jsonl, each line one canonical JSON object:

    what               in words, such as "Leave credsperiment"
    by                 the account that did it
    pool               the co-op's name, "" if the deed was for none
    transactionHash    and blockNumber, gasUsed; left out for what was only signed
    end                "unknown" when a transaction was sent and nobody could tell what became of it

It is for people and for "have I done this before?"; what counts is the chain.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millpond.core import canonical
from millpond.core.errors import CanonicalError, DeploymentError


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
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def lines(self) -> list[dict[str, Any]]:
        """All that was done, oldest first; `DeploymentError` names a line that is none."""
        if not self.path.exists():
            return []
        return [self._read(n, x) for n, x in enumerate(self.path.read_bytes().splitlines(), 1)]

    def last(self, what: str, by: str, pool: str) -> dict[str, Any] | None:
        """The newest line of exactly this deed, None if there is none."""
        wanted = {"what": what, "by": by, "pool": pool}
        found = [line for line in self.lines() if wanted.items() <= line.items()]
        return found[-1] if found else None

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
