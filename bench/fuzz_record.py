# SPDX-License-Identifier: AGPL-3.0-only
"""What a campaign of walks has seen: kept in bench/results/fuzz.json, and shown as tables.

All that is counted is written, so that a campaign that was interrupted can go on where it was.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from rich.table import Table

from tests.properties import met, reach
from tests.properties.walk import CALLS_A_WALK, Tally

RESULTS = Path(__file__).parent / "results" / "fuzz.json"


@dataclass
class Campaign:
    """What has been walked up to now. Every seed from the first on is walked once."""

    first_seed: int
    tally: Tally = field(default_factory=Tally)
    before: float = 0  # seconds that it took before it was resumed
    done: set[int] = field(default_factory=set)  # seeds that have ended, from `next_seed` on
    next_seed: int = -1
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if self.next_seed < 0:
            self.next_seed = self.first_seed

    @property
    def lasted(self) -> float:
        """Seconds since it began or was resumed."""
        return time.monotonic() - self.began

    @property
    def seconds(self) -> float:
        """All that it took."""
        return self.before + self.lasted

    def seeds(self) -> Iterator[int]:
        """Those that have not been walked yet."""
        walked = frozenset(self.done)
        return (seed for seed in count(self.next_seed) if seed not in walked)

    def ended(self, seed: int) -> None:
        """A walk is over and counted."""
        self.done.add(seed)
        while self.next_seed in self.done:
            self.done.remove(self.next_seed)
            self.next_seed += 1


def record(campaign: Campaign) -> dict[str, Any]:
    """What is kept of a campaign."""
    tally = campaign.tally
    return {
        "first_seed": campaign.first_seed,
        "next_seed": campaign.next_seed,
        "ended_beyond": sorted(campaign.done),
        "walks": tally.walks,
        "calls_a_walk": CALLS_A_WALK,
        "steps": tally.steps,
        "calls": tally.calls,
        "succeeded": tally.succeeded,
        "reads": tally.reads,
        "refusals_looked_at": tally.looks,
        "seconds": round(campaign.seconds),
        "holes": [list(pair) for pair in reach.holes(tally.counts)],
        "empty_cells": [list(cell) for cell in met.holes(tally.met)],
        "reach": [
            {"contract": contract, "function": function, "end": end, "seen": max(seen, 0)}
            for contract, function, end, seen in reach.table(tally.counts)
            if seen >= 0
        ],
        "met": [
            {"table": name, "function": function, "met": label, "times": times, "ends": ends}
            for name, function, label, times, ends in met.table(tally.met)
        ],
        "outcomes": dict(sorted(tally.outcomes.items())),
        "beside": beside(tally),
    }


def beside(tally: Tally) -> dict[str, list[list[Any]]]:
    """Counts that stand in no table, for whoever resumes."""
    pairs, cells = reach.pairs() - reach.cannot().keys(), met.cells()
    return {
        "counts": [[*pair, n] for pair, n in sorted(tally.counts.items()) if pair not in pairs],
        "met": [[*each, n] for each, n in sorted(tally.met.items()) if each[:3] not in cells],
    }


def write(campaign: Campaign) -> None:
    """Whole or not at all: an interruption leaves what was there."""
    RESULTS.parent.mkdir(exist_ok=True)
    fresh = RESULTS.with_suffix(".new")
    fresh.write_text(_text(record(campaign)))
    fresh.replace(RESULTS)


def _text(kept: dict[str, object]) -> str:
    """JSON with a line for each entry, and for each row of a table."""
    entries = []
    for name, value in kept.items():
        if isinstance(value, list) and value:
            rows = ",\n  ".join(json.dumps(row) for row in value)
            entries.append(f"{json.dumps(name)}: [\n  {rows}\n ]")
        else:
            entries.append(f"{json.dumps(name)}: {json.dumps(value)}")
    return "{\n " + ",\n ".join(entries) + "\n}\n"


def read() -> Campaign:
    """The campaign that was written last."""
    kept = json.loads(RESULTS.read_text())
    tally = Tally(
        walks=kept["walks"],
        steps=kept["steps"],
        calls=kept["calls"],
        succeeded=kept["succeeded"],
        reads=kept["reads"],
        looks=kept["refusals_looked_at"],
        counts=Counter(),
        outcomes=Counter(kept["outcomes"]),
    )
    for each in kept["reach"]:
        if each["seen"]:
            tally.counts[each["contract"], each["function"], each["end"]] = each["seen"]
    for contract, function, end, seen in kept["beside"]["counts"]:
        tally.counts[contract, function, end] = seen
    for each in kept["met"]:
        for end, times in each["ends"].items():
            said = "" if end == met.SILENT else end
            tally.met[each["table"], each["function"], each["met"], said] = times
    for name, function, label, end, times in kept["beside"]["met"]:
        tally.met[name, function, label, end] = times
    done, first = set(kept["ended_beyond"]), kept["first_seed"]
    return Campaign(first, tally, kept["seconds"], done, kept["next_seed"])


def tables(tally: Tally) -> Iterator[Table]:
    """For people."""
    shown = Table("contract", "function", "end", "seen", title="reach")
    for contract, function, end, seen in reach.table(tally.counts):
        shown.add_row(contract, function, end, "cannot be" if seen < 0 else f"{seen:,}")
    yield shown
    titles = {met.TOKEN: "odd tokens", met.PAYEE: "odd payees", met.HOOK: "calls back"}
    for name, title in titles.items():
        shown = Table("function", "met", "times", "ended", title=title)
        for table, function, label, times, ends in met.table(tally.met):
            if table == name:
                ways = "; ".join(f"{end} {n:,}" for end, n in sorted(ends.items()))
                shown.add_row(function, label, f"{times:,}", ways)
        yield shown
