# SPDX-License-Identifier: AGPL-3.0-only
"""One mutant: made, and shown to the tests that go where its mistake is, until one notices."""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from vyper.exceptions import VyperException  # type: ignore[import-untyped]

from bench.mutants.coverage import Statement
from bench.mutants.journal import DUPLICATE, INVALID, KILLED, SAME, SURVIVED
from bench.mutants.making import Artifacts, Maker, code_hash, in_use, whole
from bench.mutants.mutations import Mutant
from bench.mutants.reading import Reading, statement_lines
from bench.mutants.recording import Map
from bench.mutants.scope import Source
from bench.mutants.suite import WALK_SEEDS, Suite, walk_disagrees
from tests.contracts.compiled import CONTRACTS

BEFORE_WALK = 40  # tests, the likeliest first; then a walk, which looks at everything a little


class Order:
    """Which tests see a mutant, and in which order: what killed its neighbours, then the quick."""

    def __init__(self, seen: Map, maker: Maker) -> None:
        self._seen, self._maker = seen, maker
        self._lines: dict[str, dict[int, int]] = {}
        self._killers: dict[str, list[str]] = defaultdict(list)

    def killed(self, mutant: Mutant, killer: str) -> None:
        """Remember who noticed this one."""
        for place in (mutant.file, f"{mutant.file}:{mutant.function}"):
            known = self._killers[place]
            if killer in known:
                known.remove(killer)
            known.insert(0, killer)

    def tests(self, mutant: Mutant) -> list[str]:
        """Those that may notice."""
        near = self._killers[f"{mutant.file}:{mutant.function}"]
        far = self._killers[mutant.file]
        seconds = self._seen.seconds

        def rank(name: str) -> tuple[int, int, float]:
            at = near.index(name) if name in near else len(near)
            return at, name not in far, seconds[name]

        return sorted(self._seen.through(self._statements(mutant)), key=rank)

    def _statements(self, mutant: Mutant) -> list[Statement]:
        """Where the mistake shows. That of a constant shows wherever its name stands."""
        if mutant.kind == "pragma":
            return self._seen.statements(mutant.file)
        if mutant.kind == "constant":
            return self._naming(self._maker.text(mutant.file).splitlines()[mutant.line - 1])
        return [(mutant.file, self._lines_of(mutant.file)[mutant.line])]

    def _naming(self, declared: str) -> list[Statement]:
        name = re.compile(rf"\b{declared.partition(':')[0].strip()}\b")
        return [
            (file, begin)
            for file in self._maker.files
            for number, line in enumerate(self._maker.text(file).splitlines(), 1)
            if name.search(line) and (begin := self._lines_of(file).get(number)) is not None
        ]

    def _lines_of(self, file: str) -> dict[int, int]:
        if file not in self._lines:
            self._lines[file] = statement_lines(Reading(self._maker.text(file)))
        return self._lines[file]


def judged(
    mutant: Mutant,
    source: Source,
    maker: Maker,
    suite: Suite,
    tests: Sequence[str],
    known: Callable[[str], str | None],
) -> dict[str, Any]:
    """What came of it. `known` names an earlier mutant with the same code."""
    began = time.process_time()
    try:
        made = _made(mutant, source, maker)
    except VyperException as error:
        return {"end": INVALID, "killer": str(error).split("\n", 1)[0][:80]}
    code = code_hash(made)
    if code == code_hash(maker.original(source.contracts)):
        return {"end": SAME, "code": code}
    earlier = known(code)
    if earlier:
        return {"end": DUPLICATE, "code": code, "killer": earlier}
    texts = {source.path: mutant.applied(maker.text(mutant.file))}
    with in_use(made, texts):
        killer = _killer(suite, tests)
    seconds = round(time.process_time() - began, 2)
    return {
        "end": KILLED if killer else SURVIVED,
        "code": code,
        "killer": killer or "",
        "seconds": seconds,
    }


def _made(mutant: Mutant, source: Source, maker: Maker) -> Artifacts:
    try:
        return maker.mutated(mutant, source.contracts)
    except VyperException:
        raise
    except Exception:  # noqa: BLE001  (what the workshop cannot do is compiled as a whole)
        text = mutant.applied(maker.text(mutant.file))
        return {name: whole(name, {CONTRACTS / mutant.file: text}) for name in source.contracts}


def _killer(suite: Suite, tests: Sequence[str]) -> str | None:
    """The likely tests, a walk, the other tests, more walks."""
    return (
        suite.first_failure(tests[:BEFORE_WALK])
        or walk_disagrees(WALK_SEEDS[:1])
        or suite.first_failure(tests[BEFORE_WALK:])
        or walk_disagrees(WALK_SEEDS[1:])
    )
