# SPDX-License-Identifier: AGPL-3.0-only
"""Which sources are mutated, in which order, and which of their mutants are asked for."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bench.mutants.mutations import Mutant, mutants
from tests.contracts.compiled import CONTRACTS, ROOT, source_of, sources_of

IN_SCOPE = (
    *("Governor", "Admission", "Pool", "Grain", "Hub"),
    *("CredDistributor", "Clerk", "Identity"),
)

# What decides about votes, seats and money comes first, should there be no time for all.
FIRST = (
    *("casting", "ballots", "proposals", "members", "changes", "rules", "parts", "Governor"),
    *("books", "payments", "earmarks", "gifts", "holdings", "promises", "losses", "Pool"),
    *("seats", "ways_in", "buy_ins", "rebinding", "offers", "invitations", "joining", "gates"),
    *("Admission", "signatures", "Grain", "patronage", "Hub"),
    *("paydays", "claims", "payouts", "epochs", "review", "postings", "pots", "Clerk"),
)
HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True)
class Source:
    """One file, and the contracts that are made of it."""

    file: str
    contracts: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Where it is."""
        return CONTRACTS / self.file

    def mutants(self) -> list[Mutant]:
        """All of its mutants."""
        return mutants(self.file, self.path.read_text("utf-8"))


def sources(contracts: Sequence[str] = IN_SCOPE, file: str | None = None) -> list[Source]:
    """The files of these contracts, the most valuable first; or the one file."""
    used: dict[str, list[str]] = {}
    for contract in contracts:
        for path in sources_of(source_of(contract)):
            if path.suffix == ".vy":
                used.setdefault(str(path.relative_to(CONTRACTS)), []).append(contract)
    if file is not None and file not in used:
        raise ValueError(f"{file} is in none of {', '.join(contracts)}; take one of {sorted(used)}")
    found = [Source(name, tuple(who)) for name, who in used.items() if file in (None, name)]
    return sorted(found, key=lambda each: (_rank(each.file), each.file))


def _rank(file: str) -> int:
    stem = Path(file).stem
    return FIRST.index(stem) if stem in FIRST else len(FIRST)


def sampled(mutant: Mutant, part: int, of: int, seed: int) -> bool:
    """Whether a mutant is in a sample of so many of so many. The same seed takes the same ones."""
    return int.from_bytes(sha256(f"{seed} {mutant.id}".encode()).digest()[:8]) % of < part


def changed_lines(reference: str) -> dict[str, set[int]]:
    """The lines of each contract file that differ from a commit."""
    command = ["git", "diff", "--unified=0", "--no-color", reference, "--", str(CONTRACTS)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  (git and a name of a commit)
    found: dict[str, set[int]] = {}
    for file, lines in _hunks(run.stdout):
        found.setdefault(file, set()).update(lines)
    return found


def _hunks(diff: str) -> Iterator[tuple[str, range]]:
    file = ""
    for line in diff.splitlines():
        if line.startswith("+++ "):
            file = line.removeprefix("+++ b/").removeprefix(f"{CONTRACTS.name}/")
        hunk = HUNK.match(line)
        if hunk:
            begin, length = int(hunk[1]), int(hunk[2] or 1)
            yield file, range(begin, begin + length)
