# SPDX-License-Identifier: AGPL-3.0-only
"""A person's idle weeks, eliminated.

Her weeks are a line: of what passes a week, GAMMA goes on to each neighbour, and at the two ends of
the line the outer share stays. What passes week i of a stretch of idle weeks is therefore
x[i] = GAMMA * (x[i-1] + x[i+1]), whose solutions are powers of R, the root below 1 of
GAMMA * R^2 - R + GAMMA = 0. Between busy weeks a and b at distance d, week a + i passes

    x[a] * (R^i - R^(2d-i)) / (1 - R^2d)  +  x[b] * (R^(d-i) - R^(d+i)) / (1 - R^2d)

and beyond the last busy week b, which has e weeks behind it, week b + i passes (the end mirrors)

    x[b] * (R^i + R^(2e+1-i)) / (1 + R^(2e+1)).

With i = 1 these say what a busy week gets back from its idle neighbours, and what comes across to
it from the busy weeks beside: the idle weeks become steps between busy ones.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from millpond.core.cred.chain import GAMMA, Chain
from millpond.core.cred.graph import Ints
from millpond.core.cred.weights import Floats

_BLOCK = 2048
"""So many people's weeks are filled at a time, to spare memory."""
R = (1 - sqrt(1 - 4 * GAMMA * GAMMA)) / (2 * GAMMA)


@dataclass(frozen=True, slots=True)
class BusyWeeks:
    """The busy weeks of all people, person by person."""

    cells: Ints
    """Each busy week as r * weeks + w."""
    people: int
    weeks: int

    @classmethod
    def of(cls, chain: Chain) -> Self:
        """The weeks that a step of the chain enters or leaves."""
        reached = np.zeros(len(chain.busy) * chain.weeks, dtype=np.bool_)
        for ends in (chain.sources, chain.targets):
            reached[ends[ends >= chain.contributions] - chain.contributions] = True
        return cls(np.flatnonzero(reached), len(chain.busy), chain.weeks)

    def links(self) -> tuple[Ints, Ints, Floats]:
        """Steps (sources, targets, shares) between busy weeks, numbered as in `cells`.

        One to the busy week after, one to the one before, and one back to itself: by way of the
        idle weeks between, and those before the first and behind the last.
        """
        row, week = np.divmod(self.cells, self.weeks)
        every = np.arange(len(row))
        one = np.flatnonzero(row[1:] == row[:-1])
        gap = week[one + 1] - week[one]
        across = GAMMA * _share(gap - 1, gap)
        behind = _share(np.ones_like(gap), gap)
        back = np.zeros(len(row))
        back[one] += behind
        back[one + 1] += behind
        first, last = np.ones((2, len(row)), dtype=np.bool_)
        first[one + 1], last[one] = False, False
        back[first] += self._mirrored(week[first])
        back[last] += self._mirrored(self.weeks - 1 - week[last])
        return (
            np.concatenate([one, one + 1, every]),
            np.concatenate([one + 1, one, every]),
            np.concatenate([across, across, GAMMA * back]),
        )

    @staticmethod
    def _mirrored(length: Ints) -> Floats:
        return _end_share(np.ones_like(length), length)

    def filled(self, passed: Floats) -> Floats:
        """What passes every week [r, w], given what passes the busy ones."""
        grid = np.zeros((self.people, self.weeks))
        known = np.zeros(grid.shape, dtype=np.bool_)
        grid.ravel()[self.cells] = passed
        known.ravel()[self.cells] = True
        for first in range(0, self.people, _BLOCK):
            self._fill(grid[first : first + _BLOCK], known[first : first + _BLOCK])
        return grid

    def _fill(self, grid: Floats, known: NDArray[np.bool_]) -> None:
        week = np.arange(self.weeks)
        before = np.maximum.accumulate(np.where(known, week, -1), axis=1)
        backwards = np.where(known, week, self.weeks)[:, ::-1]
        after = np.minimum.accumulate(backwards, axis=1)[:, ::-1]
        starts, ends = before < 0, after == self.weeks
        for chosen, share in (
            (~(known | starts | ends), self._between),
            (~known & ends & ~starts, self._behind),
            (~known & starts & ~ends, self._ahead),
        ):
            row, at = np.nonzero(chosen)
            grid[row, at] = share(grid, row, at, before[row, at], after[row, at])

    @staticmethod
    def _between(grid: Floats, row: Ints, at: Ints, before: Ints, after: Ints) -> Floats:
        since, until = at - before, after - at
        gap = since + until
        near: Floats = grid[row, before] * _share(since, gap)
        return near + grid[row, after] * _share(until, gap)

    def _behind(self, grid: Floats, row: Ints, at: Ints, before: Ints, _: Ints) -> Floats:
        result: Floats = grid[row, before] * _end_share(at - before, self.weeks - 1 - before)
        return result

    @staticmethod
    def _ahead(grid: Floats, row: Ints, at: Ints, _: Ints, after: Ints) -> Floats:
        result: Floats = grid[row, after] * _end_share(after - at, after)
        return result


def _powers(exponent: Ints) -> Floats:
    """R to whole powers, each computed once."""
    table: Floats = np.power(R, np.arange(int(exponent.max(initial=0)) + 1))
    return table[exponent]


def _share(near: Ints, gap: Ints) -> Floats:
    """What a week at distance `near` of one end passes per unit of that end; `gap` to the other."""
    return (_powers(near) - _powers(2 * gap - near)) / (1 - _powers(2 * gap))


def _end_share(near: Ints, length: Ints) -> Floats:
    """The same where the line ends after `length` weeks instead."""
    return (_powers(near) + _powers(2 * length + 1 - near)) / (1 + _powers(2 * length + 1))
