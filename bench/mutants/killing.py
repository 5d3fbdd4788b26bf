# SPDX-License-Identifier: AGPL-3.0-only
"""One mutant: made, and shown to the tests that go where its mistake is, until one notices."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from vyper.exceptions import (  # type: ignore[import-untyped]
    VyperException,
    VyperInternalException,
)

from bench.mutants.coverage import Statement
from bench.mutants.journal import DUPLICATE, INVALID, KILLED, SAME, SURVIVED
from bench.mutants.making import Artifacts, Maker, code_hash, in_use, whole
from bench.mutants.mutations import Mutant
from bench.mutants.reading import Lines, Reading
from bench.mutants.recording import Map
from bench.mutants.scope import Source
from bench.mutants.suite import Suite, walk_disagrees
from tests.contracts.compiled import CONTRACTS

REASON = re.compile(r'"(\w+: [^"]+)"')
REFUSALS = (VyperException, VyperInternalException)  # the second: the compiler stumbles over it
BEFORE_WALK = 15  # tests, the likeliest first; then a walk, which looks at everything a little


class Order:
    """Which tests see a mutant, and in which order: what killed its neighbours, then the quick."""

    def __init__(self, seen: Map, maker: Maker, suite: Suite) -> None:
        self._seen, self._maker, self._suite = seen, maker, suite
        self._lines: dict[str, Lines] = {}
        self._killers: dict[str, list[str]] = defaultdict(list)

    def killed(self, mutant: Mutant, killer: str) -> None:
        """Remember who noticed this one."""
        for place in (mutant.file, f"{mutant.file}:{mutant.function}"):
            known = self._killers[place]
            if killer in known:
                known.remove(killer)
            known.insert(0, killer)

    def tests(self, mutant: Mutant, before: str | None = None) -> list[str]:
        """Those that may notice; the one that did `before` is asked first."""
        near = self._killers[f"{mutant.file}:{mutant.function}"]
        far = self._killers[mutant.file]
        seconds = self._seen.seconds
        statements = self._statements(mutant)
        refusing = self._refusing(statements)

        found = sorted(self._seen.through(statements) | refusing, key=seconds.__getitem__)
        turns: Counter[str] = Counter()  # a quick one of each file before any second one of a file

        def rank(name: str) -> tuple[int, bool, bool, int]:
            at = near.index(name) if name in near else len(near)
            file = name.partition("::")[0]
            turns[file] += 1
            return at, name not in refusing, name not in far, turns[file]

        asked = [*sorted(found, key=rank), *self._beyond(mutant, found)]
        return sorted(asked, key=lambda name: name != before)

    def _beyond(self, mutant: Mutant, asked: Sequence[str]) -> list[str]:
        """Tests of refusals that may go that way unseen, since of an undone call nothing is known:
        those beside any test that goes through the function."""
        function = self._lines_of(mutant.file).of_function(mutant.line)
        through = self._seen.through([(mutant.file, line) for line in function])
        files = {name.partition("::")[0] for name in through}
        refusing = self._suite.saying("refus") | self._suite.saying("revert")
        seconds = self._seen.seconds
        found = (refusing & seconds.keys()) - set(asked)
        return sorted((n for n in found if n.partition("::")[0] in files), key=seconds.__getitem__)

    def _refusing(self, statements: Sequence[Statement]) -> set[str]:
        """Tests that name the reasons with which these refuse, should they be few."""
        if len(statements) > 1:
            return set()
        found: set[str] = set()
        for file, line in statements:
            begin, end = self._lines_of(file).whole[line]
            lines = self._maker.text(file).splitlines()[begin - 1 : end]
            for reason in REASON.findall("\n".join(lines)):
                found |= self._suite.saying(reason)
        return found & self._seen.seconds.keys()

    def _statements(self, mutant: Mutant) -> list[Statement]:
        """Where the mistake shows. That of a constant shows wherever its name stands."""
        if mutant.kind == "pragma":
            return self._seen.statements(mutant.file)
        if mutant.kind == "constant":
            return self._naming(self._maker.text(mutant.file).splitlines()[mutant.line - 1])
        return [(mutant.file, self._lines_of(mutant.file).begin[mutant.line])]

    def _naming(self, declared: str) -> list[Statement]:
        name = re.compile(rf"\b{declared.partition(':')[0].strip()}\b")
        return [
            (file, begin)
            for file in self._maker.files
            for number, line in enumerate(self._maker.text(file).splitlines(), 1)
            if name.search(line) and (begin := self._lines_of(file).begin.get(number)) is not None
        ]

    def _lines_of(self, file: str) -> Lines:
        if file not in self._lines:
            self._lines[file] = Lines(Reading(self._maker.text(file)))
        return self._lines[file]


def judged(
    mutant: Mutant,
    source: Source,
    maker: Maker,
    find_killer: Callable[[], str | None],
    known: Callable[[str], str | None],
) -> dict[str, Any]:
    """What came of it. `known` names an earlier mutant with the same code."""
    began = time.process_time()
    try:
        made = _made(mutant, source, maker)
    except REFUSALS as error:
        return {"end": INVALID, "killer": str(error).split("\n", 1)[0][:80]}
    code = code_hash(made)
    if code == code_hash(maker.original(source.contracts)):
        return {"end": SAME, "code": code}
    earlier = known(code)
    if earlier:
        return {"end": DUPLICATE, "code": code, "killer": earlier}
    texts = {source.path: mutant.applied(maker.text(mutant.file))}
    with in_use(made, texts):
        killer = find_killer()
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
    except REFUSALS:
        raise
    except Exception:  # noqa: BLE001  (what the workshop cannot do is compiled as a whole)
        text = mutant.applied(maker.text(mutant.file))
        return {name: whole(name, {CONTRACTS / mutant.file: text}) for name in source.contracts}


def first_killer(suite: Suite, tests: Sequence[str], walks: Sequence[int]) -> str | None:
    """The likely tests, a walk, the other tests, more walks."""
    return (
        suite.first_failure(tests[:BEFORE_WALK])
        or walk_disagrees(walks[:1])
        or suite.first_failure(tests[BEFORE_WALK:])
        or walk_disagrees(walks[1:])
    )
