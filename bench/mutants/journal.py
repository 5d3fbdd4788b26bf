# SPDX-License-Identifier: AGPL-3.0-only
"""What came of each mutant, kept line by line, so a campaign that was stopped goes on.

A verdict holds as long as what it came from: the sources of the mutant and, of a kill, the killer;
of a survivor, all tests. A mutant whose code is that of another one has the other one's verdict.

The latest verdict on each can be kept beside the results, compressed, so that a campaign goes on
where another machine left it; what does not hold any more still says who noticed it before.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

KILLED, SURVIVED = "killed", "survived"
INVALID, SAME, DUPLICATE = "invalid", "same code", "duplicate"
TIMED_OUT = "killed by time"


@dataclass(frozen=True)
class Verdict:
    """What came of one mutant."""

    id: str
    source: str  # the hash of all that it is made of
    code: str  # the hash of its code; "" when it has none
    end: str
    killer: str = ""  # or the mutant whose code it has
    version: str = ""  # of the killer; of all tests, for a survivor
    seconds: float = 0.0

    @property
    def is_valid(self) -> bool:
        """Whether it counts: a program, and not the same one as another."""
        return self.end in (KILLED, SURVIVED, TIMED_OUT)

    @property
    def is_killed(self) -> bool:
        """Whether the tests noticed it."""
        return self.end in (KILLED, TIMED_OUT)


class Journal:
    """The verdicts in a file, after those that were kept from before."""

    def __init__(self, path: Path, kept: Path | None = None) -> None:
        self._path = path
        self._by_source: dict[tuple[str, str], Verdict] = {}
        self._by_code: dict[str, Verdict] = {}
        self._killers: dict[str, str] = {}
        lines = gzip.decompress(kept.read_bytes()).decode() if kept and kept.exists() else ""
        if path.exists():
            lines += path.read_text()
        for line in lines.splitlines():
            self._enter(Verdict(**json.loads(line)))

    def add(self, verdict: Verdict) -> None:
        """For good."""
        self._enter(verdict)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(verdict)) + "\n")

    def keep(self, kept: Path) -> int:
        """Write the latest verdict on each mutant, in the order of their names; how many."""
        latest = {verdict.id: verdict for verdict in self._by_source.values()}
        lines = [json.dumps(asdict(latest[name])) for name in sorted(latest)]
        text = "".join(line + "\n" for line in lines)
        # without a time in it, so that the same verdicts are the same bytes
        kept.write_bytes(gzip.compress(text.encode(), mtime=0))
        return len(lines)

    def known(self, mutant: str, source: str, holds: Callable[[Verdict], bool]) -> Verdict | None:
        """The verdict on a mutant, if it still holds."""
        found = self._by_source.get((mutant, source))
        return found if found and holds(found) else None

    def of_code(self, code: str, holds: Callable[[Verdict], bool]) -> Verdict | None:
        """The verdict on the first mutant with this code, if it still holds."""
        found = self._by_code.get(code)
        return found if found and holds(found) else None

    def last_killer(self, mutant: str) -> str | None:
        """Who noticed it before, in whatever state of the sources and the tests."""
        return self._killers.get(mutant)

    def _enter(self, verdict: Verdict) -> None:
        # the newest last
        self._by_source.pop((verdict.id, verdict.source), None)
        self._by_source[verdict.id, verdict.source] = verdict
        if verdict.end == KILLED:
            self._killers[verdict.id] = verdict.killer
        if verdict.is_valid:
            self._by_code[verdict.code] = verdict
