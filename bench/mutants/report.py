# SPDX-License-Identifier: AGPL-3.0-only
"""What a campaign found, as a table, as JSON, and as an answer: is it enough?"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.mutants.journal import DUPLICATE, INVALID, SAME, SURVIVED, Verdict
from bench.mutants.mutations import Mutant
from bench.mutants.suite import WALK_CALLS, WALK_SEEDS
from bench.mutants.survivors import mistakes

RESULTS = Path(__file__).parents[1] / "results" / "mutants.json"
ENOUGH = 0.97
LEFT_OUT = (INVALID, SAME, DUPLICATE)


class Tally:
    """Counts of some of the mutants."""

    def __init__(self) -> None:
        self.generated = 0
        self.ends: Counter[str] = Counter()
        self.killed = self.valid = 0

    def add(self, verdict: Verdict | None) -> None:
        """One more, judged or not."""
        self.generated += 1
        if verdict is not None:
            self.ends[verdict.end] += 1
            self.valid += verdict.is_valid
            self.killed += verdict.is_killed

    @property
    def score(self) -> float:
        """The share of the valid ones that was noticed."""
        return self.killed / self.valid if self.valid else 1.0

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "generated": self.generated,
            "judged": self.ends.total(),
            **{end.replace(" ", "_"): self.ends[end] for end in LEFT_OUT},
            "valid": self.valid,
            "killed": self.killed,
            "survived": self.ends[SURVIVED],
            "score": round(self.score, 4),
        }


class Report:
    """All mutants that were asked for, and what came of those that were judged."""

    def __init__(
        self,
        asked: Sequence[Mutant],
        verdicts: Mapping[str, Verdict],
        explained: Mapping[str, str],
        existing: set[str],
    ) -> None:
        self._asked, self._verdicts, self._explained = asked, verdicts, explained
        ends = {name: each.end == SURVIVED for name, each in verdicts.items()}
        self.mistakes = mistakes(explained, existing, ends)
        self.whole = Tally()
        self.files: dict[str, Tally] = {}
        self.kinds: dict[str, Tally] = {}
        for mutant in asked:
            verdict = verdicts.get(mutant.id)
            of_file = self.files.setdefault(mutant.file, Tally())
            for tally in (self.whole, of_file, self.kinds.setdefault(mutant.kind, Tally())):
                tally.add(verdict)

    @property
    def survivors(self) -> list[Mutant]:
        """Those that no test noticed."""
        ends = self._verdicts
        return [m for m in self._asked if m.id in ends and ends[m.id].end == SURVIVED]

    @property
    def unexplained(self) -> list[Mutant]:
        """Those of them that nobody has given a reason for."""
        return [each for each in self.survivors if each.id not in self._explained]

    @property
    def is_enough(self) -> bool:
        """Whether the tests are as good as we ask."""
        return self.whole.score >= ENOUGH and not self.unexplained and not self.mistakes

    def table(self, title: str, rows: Mapping[str, Tally]) -> Table:
        """A line for each file or kind."""
        heads = ("made", "invalid", "same", "double", "valid", "killed", "alive", "score")
        shown = Table(title, *heads)
        for name, tally in [*rows.items(), ("all", self.whole)]:
            left_out = [str(tally.ends[end]) for end in LEFT_OUT]
            found = (tally.valid, tally.killed, tally.ends[SURVIVED])
            shown.add_row(
                name, str(tally.generated), *left_out, *map(str, found), f"{tally.score:.1%}"
            )
        return shown

    def as_json(self, contracts: Sequence[str], tests: Sequence[str]) -> dict[str, Any]:
        """What is kept of a campaign."""
        return {
            "contracts": list(contracts),
            "tests": list(tests),
            "walks": {"seeds": list(WALK_SEEDS), "calls": WALK_CALLS},
            "versions": {name: version(name) for name in ("vyper", "pyrevm", "pytest")},
            "build": "without optimisation",
            **self.whole.as_json(),
            "files": {name: tally.as_json() for name, tally in sorted(self.files.items())},
            "kinds": {name: tally.as_json() for name, tally in sorted(self.kinds.items())},
            "survivors": {each.id: self._explained.get(each.id, "") for each in self.survivors},
        }

    def write(self, contracts: Sequence[str], tests: Sequence[str], path: Path = RESULTS) -> None:
        """Keep it."""
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(self.as_json(contracts, tests), indent=2) + "\n")
