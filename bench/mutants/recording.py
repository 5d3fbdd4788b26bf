# SPDX-License-Identifier: AGPL-3.0-only
"""What each test goes through, recorded once on the contracts as they are, and kept per file."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.mutants.children import worked
from bench.mutants.coverage import Marks, Statement, Watch
from bench.mutants.making import Artifacts, Maker, in_use
from bench.mutants.suite import Suite, version_of
from tests.contracts.compiled import fingerprint, source_of

LONGEST = 1_800  # seconds of the processor for one file of tests


@dataclass(frozen=True)
class Seen:
    """What one test did."""

    seconds: float
    statements: frozenset[Statement]


class Map:
    """Which tests go through a statement. Tests that fail without optimisation are not here."""

    def __init__(self, seen: Mapping[str, Seen]) -> None:
        self.seconds = {name: each.seconds for name, each in seen.items()}
        self._through: dict[Statement, set[str]] = defaultdict(set)
        for name, each in seen.items():
            for statement in each.statements:
                self._through[statement].add(name)

    def through(self, statements: Sequence[Statement]) -> set[str]:
        """The tests that go through any of these."""
        return set().union(*(self._through.get(each, set()) for each in statements))

    def statements(self, file: str) -> list[Statement]:
        """Those of a file that some test goes through."""
        return [each for each in self._through if each[0] == file]


def recorded(
    suite: Suite, maker: Maker, cache: Path, jobs: int, tell: Callable[[str], None]
) -> Map:
    """The map of this suite over these contracts; only files that changed are run again."""
    files: dict[str, list[str]] = defaultdict(list)
    for name in suite.names:
        files[name.partition("::")[0]].append(name)
    kept = {file: cache / _name(maker, file) for file in files}
    missing = {file: names for file, names in files.items() if not kept[file].exists()}
    if missing:
        tell(f"recording what the tests of {len(missing)} files go through")
        for file, found in _record(suite, maker, missing, jobs):
            failing = [name for name, what in found.items() if what is None]
            left_out = f", {len(failing)} left out: {', '.join(failing)}" if failing else ""
            tell(f"  {file}: {len(found) - len(failing)} tests{left_out}")
            kept[file].parent.mkdir(parents=True, exist_ok=True)
            kept[file].write_text(json.dumps({n: what for n, what in found.items() if what}))
    seen: dict[str, Seen] = {}
    for file in files:
        for name, (seconds, statements) in json.loads(kept[file].read_text()).items():
            seen[name] = Seen(seconds, frozenset((each[0], each[1]) for each in statements))
    return Map(seen)


def _record(
    suite: Suite, maker: Maker, files: Mapping[str, list[str]], jobs: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    marks = Marks()
    marked, plain = marks.marked(maker.contracts), maker.original(maker.contracts)
    work = (
        (file, partial(_run, suite, names, marks, marked, plain)) for file, names in files.items()
    )
    for ended in worked(work, jobs, LONGEST):
        if ended.trouble:
            raise RuntimeError(f"{ended.name} cannot be recorded: {ended.trouble}")
        yield ended.name, ended.answer


def _run(
    suite: Suite, names: Sequence[str], marks: Marks, marked: Artifacts, plain: Artifacts
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    watch = Watch(marks)
    taken: set[Statement] = set()
    suite.reports.when_called = lambda: taken.update(watch.take())
    for name in names:
        taken.clear()
        began = time.process_time()
        with in_use(marked, {}), watch.on():
            fine = suite.passes(name)
        seconds = time.process_time() - began
        if not fine:  # some count gas, which the marks cost
            with in_use(plain, {}):
                fine = suite.passes(name)
        found[name] = [round(seconds, 3), sorted(taken)] if fine else None
    return found


def _name(maker: Maker, file: str) -> str:
    said = "".join([version_of(file), *(fingerprint(source_of(c)) for c in maker.contracts)])
    return f"{Path(file).stem}-{sha256(said.encode()).hexdigest()[:16]}.json"
