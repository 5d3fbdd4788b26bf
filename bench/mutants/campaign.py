# SPDX-License-Identifier: AGPL-3.0-only
"""A campaign: all mutants that were asked for, each judged once, the journal kept as it goes."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.mutants.children import OUT_OF_TIME, Ended, worked
from bench.mutants.journal import DUPLICATE, KILLED, SURVIVED, TIMED_OUT, Journal, Verdict
from bench.mutants.killing import Order, first_killer, judged
from bench.mutants.making import Maker, in_use
from bench.mutants.mutations import Mutant
from bench.mutants.recording import recorded
from bench.mutants.scope import IN_SCOPE, Source, sources
from bench.mutants.suite import (
    WALK_SEEDS,
    Suite,
    version_of,
    version_of_all,
    walk_disagrees,
)
from tests.contracts.compiled import ROOT

CACHE = ROOT / ".cache" / "mutants"
KEPT = ROOT / "bench" / "results" / "mutants.jsonl.gz"
JOURNAL = "journal.jsonl"
# Of the processor, for one mutant. All tests of one and all walks take less than 100.
LIMIT = 400

Asked = Sequence[tuple[Source, Mutant]]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Way:
    """How it is done."""

    cache: Path = CACHE
    jobs: int = 2
    walks: int = len(WALK_SEEDS)


class Campaign:
    """The mutants of some contracts before all tests."""

    def __init__(self, contracts: Sequence[str], suite: Suite, way: Way, tell: Tell) -> None:
        self._suite, self._way, self._tell = suite, way, tell
        self._maker = Maker(contracts)
        self._journal = Journal(way.cache / JOURNAL, KEPT)
        self._walks = WALK_SEEDS[: way.walks]
        self._all = version_of_all(suite.names, self._walks)
        self._existing = {mutant.id for source in sources() for mutant in source.mutants()}

    def run(self, asked: Asked) -> dict[str, Verdict]:
        """A verdict on each, from the journal or new."""
        found = self.remembered(asked)
        self._existing |= {mutant.id for _, mutant in asked}
        waiting = [(source, mutant) for source, mutant in asked if mutant.id not in found]
        self._tell(f"{len(asked)} mutants, {len(found)} known from before")
        if waiting:
            found.update((verdict.id, verdict) for verdict in self._new(waiting, asked, found))
        return found

    def remembered(self, asked: Asked) -> dict[str, Verdict]:
        """The verdicts that still hold."""
        keys = {mutant.id: self._maker.key(mutant, source.contracts) for source, mutant in asked}
        known = (self._journal.known(name, key, self._holds) for name, key in keys.items())
        return {verdict.id: verdict for verdict in known if verdict}

    def _holds(self, verdict: Verdict) -> bool:
        if verdict.end == KILLED:
            return verdict.version == version_of(verdict.killer)
        return verdict.end not in (SURVIVED, TIMED_OUT) or verdict.version == self._all

    def _new(self, waiting: Asked, asked: Asked, known: Mapping[str, Verdict]) -> Iterator[Verdict]:
        # recorded once for all in scope, whatever is asked for now
        every = self._maker
        if {*every.contracts} < {*IN_SCOPE}:
            every = Maker(IN_SCOPE)
        seen = recorded(self._suite, every, self._way.cache / "seen", self._way.jobs, self._tell)
        order = Order(seen, self._maker, self._suite)
        for _, mutant in asked:
            if mutant.id in known and known[mutant.id].end == KILLED:
                order.killed(mutant, known[mutant.id].killer)
        for contract in self._maker.contracts:
            self._maker.workshop(contract)
        self._prove_that_all_is_well()
        by_id = {mutant.id: (source, mutant) for source, mutant in waiting}
        began = time.monotonic()
        pieces = worked(self._pieces(waiting, order), self._way.jobs, LIMIT)
        for done, ended in enumerate(pieces, 1):
            source, mutant = by_id[ended.name]
            verdict = self._verdict(source, mutant, ended)
            self._journal.add(verdict)
            if verdict.end == KILLED:
                order.killed(mutant, verdict.killer)
            pace = (time.monotonic() - began) / done
            self._tell(
                f"{done}/{len(waiting)} {pace:.1f} s each  {verdict.end:<9} {mutant.id}"
                f" (line {mutant.line})  {verdict.killer.rpartition('/')[2]} {verdict.seconds}"
            )
            yield verdict

    def _pieces(self, waiting: Asked, order: Order) -> Iterator[tuple[str, Callable[[], Any]]]:
        def known(code: str) -> str | None:
            found = self._journal.of_code(code, self._holds)
            return found.id if found else None

        for source, mutant in waiting:
            tests = order.tests(mutant, self._journal.last_killer(mutant.id))
            killer = partial(first_killer, self._suite, tests, self._walks)
            yield mutant.id, partial(judged, mutant, source, self._maker, killer, known)

    def _verdict(self, source: Source, mutant: Mutant, ended: Ended) -> Verdict:
        key = self._maker.key(mutant, source.contracts)
        if ended.trouble == OUT_OF_TIME:
            return Verdict(mutant.id, key, f"? {key}", TIMED_OUT, version=self._all)
        if ended.trouble:
            raise RuntimeError(f"{mutant.id} cannot be judged: {ended.trouble}")
        found = ended.answer
        twin = self._journal.of_code(found.get("code", ""), self._holds)
        if twin and (twin.id == mutant.id or twin.id not in self._existing):
            return replace(twin, id=mutant.id, source=key)  # the same, but for remarks in a source
        if twin and found["end"] in (KILLED, SURVIVED):
            found |= {"end": DUPLICATE, "killer": twin.id}  # two at once had the same code
        version = {KILLED: lambda: version_of(found["killer"]), SURVIVED: lambda: self._all}
        return Verdict(
            mutant.id,
            key,
            found.get("code", ""),
            found["end"],
            found.get("killer", ""),
            version.get(found["end"], str)(),
            found.get("seconds", 0.0),
        )

    def _prove_that_all_is_well(self) -> None:
        """A walk agrees with the contracts as they are, built as the mutants are."""

        def walk() -> str | None:
            with in_use(self._maker.original(self._maker.contracts), {}):
                return walk_disagrees(self._walks[:1])

        for ended in worked([("the walks", walk)], 1, LIMIT):
            if ended.trouble or ended.answer:
                raise RuntimeError(f"without any mistake {ended.answer or ended.trouble} fails")
