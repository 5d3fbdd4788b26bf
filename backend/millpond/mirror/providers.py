# SPDX-License-Identifier: AGPL-3.0-only
"""Several nodes, of which one is asked at a time; the next when it fails.

Whatever is written in one step was said by one node: head, headers, logs and receipts are never
mixed. A node that fails is left alone for a while, longer each time, or as long as it asks. The
others are asked now and then whether they call the same blocks final.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from millpond.chain.rpc import Busy
from millpond.core.errors import MillpondError
from millpond.core.subjects import to_hex
from millpond.mirror.source import Head, Source
from millpond.mirror.stops import MAY_PASS, Behind, Contradiction, Withheld

_T = TypeVar("_T")

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0
_SLACK_BLOCKS = 3
"""Nodes of one chain hear of a block at different moments."""


@dataclass
class Standing:
    """How a node has served so far."""

    source: Source
    strikes: int = 0
    until: float = 0.0
    """Left alone till then, by the monotonic clock."""
    last: MillpondError | None = None


class Providers:
    """The nodes, in the order in which they are preferred."""

    def __init__(
        self,
        sources: Sequence[Source],
        witness_seconds: float = 15.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.standings = [Standing(source) for source in sources]
        self._clock = clock
        self._witness_seconds = witness_seconds
        self._asked_others = float("-inf")

    def attempt(self, action: Callable[[Source], _T]) -> _T:
        """What `action` does with one node; with the next where it fails. The first failure is
        raised where all do: it is that of the preferred node."""
        failures: list[MillpondError] = []
        for standing in self._in_turn():
            try:
                found = action(standing.source)
            except MAY_PASS as error:
                self._failed(standing, error)
                failures.append(error)
            else:
                standing.strikes, standing.last = 0, None
                return found
        # what proves a node false says more than that another one is down
        raise next((each for each in failures if isinstance(each, Withheld)), failures[0])

    def patiently(self, action: Callable[[], _T]) -> _T:
        """What may pass is tried again, as often in a row as the first node's budget allows."""
        budget = self.standings[0].source.client.rpc.budget
        for tried in range(1, budget.tries + 1):
            try:
                return action()
            except MAY_PASS:
                if tried == budget.tries:
                    raise
                budget.pause(budget.first_pause * 2 ** (tried - 1))
        raise AssertionError("unreachable: a budget has at least one try")

    def reconnect(self) -> None:
        """Leave all open connections behind."""
        for standing in self.standings:
            standing.source.reconnect()

    def others(self, source: Source) -> list[Standing]:
        """Those that serve now, besides this one."""
        now = self._clock()
        return [s for s in self.standings if s.source is not source and s.until <= now]

    def agree(self, source: Source, head: Head) -> None:
        """Ask the others, now and then, whether they have the same final blocks and no newer head.

        `Contradiction` where two call different blocks final; `Behind` where this node's head lags.
        """
        now = self._clock()
        if len(self.standings) == 1 or now < self._asked_others + self._witness_seconds:
            return
        self._asked_others = now
        for standing in self.others(source):
            try:
                theirs = standing.source.look(0, 0).head
                same_final_block(source, head, standing.source, theirs)
            except MAY_PASS as error:
                self._failed(standing, error)
                continue
            if theirs.latest.number > head.latest.number + _SLACK_BLOCKS:
                raise Behind(
                    f"{source.name} stands at block {head.latest.number} where "
                    f"{standing.source.name} is at {theirs.latest.number}",
                    "wait until it has caught up; another node is asked as long",
                )

    def distrust(self, standing: Standing, error: MillpondError) -> None:
        """Leave a node alone that another has proven wrong."""
        self._failed(standing, error)

    def _in_turn(self) -> list[Standing]:
        """Those that may be asked now, as preferred; where there is none, the next to be free."""
        now = self._clock()
        free = [standing for standing in self.standings if standing.until <= now]
        return free or [min(self.standings, key=lambda standing: standing.until)]

    def _failed(self, standing: Standing, error: MillpondError) -> None:
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2**standing.strikes)
        if isinstance(error, Busy) and error.wait is not None:
            wait = max(wait, error.wait)
        standing.strikes += 1
        standing.until = self._clock() + wait
        standing.last = error


def same_final_block(ours: Source, head: Head, other: Source, theirs: Head) -> None:
    """`Contradiction` unless two nodes have one block where both call it final."""
    if head.finalized is None or theirs.finalized is None:
        return
    if head.finalized.number <= theirs.finalized.number:
        mine = head.finalized
        its = other.headers([mine.number])[mine.number]
    else:
        its = theirs.finalized
        mine = ours.headers([its.number])[its.number]
    if mine.hash != its.hash:
        raise Contradiction(
            f"{ours.name} and {other.name} call different blocks {mine.number} final: "
            f"{to_hex(mine.hash)} and {to_hex(its.hash)}",
            "find out by a third one which of them is wrong, and leave it out; then go on with "
            "millpond sync --go-on, or --rebuild if the mirror followed the wrong one",
        )
