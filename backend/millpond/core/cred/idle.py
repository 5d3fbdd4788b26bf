# SPDX-License-Identifier: AGPL-3.0-only
"""A person's idle weeks, eliminated.

Her weeks are a line: of what passes a week, GAMMA goes on to each neighbour, and at the two ends of
the line the outer share stays. What passes week i of a stretch of idle weeks is therefore
x[i] = GAMMA * (x[i-1] + x[i+1]), whose solutions are powers of R, the root below 1 of
GAMMA * R^2 - R + GAMMA = 0. Between busy weeks a and b at distance d, week a + i passes

    x[a] * (R^i - R^(2d-i)) / (1 - R^2d)  +  x[b] * (R^(d-i) - R^(d+i)) / (1 - R^2d)

and beyond the last busy week b, which has e weeks behind it, week b + i passes (the end mirrors)

    x[b] * (R^i + R^(2e+1-i)) / (1 + R^(2e+1)).

With i = 1 these say what a busy week gets back from its idle neighbours. So busy weeks alone are a
tridiagonal system, symmetric and positive definite.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack  # type: ignore[import-untyped]  # it has no types

from millpond.core.cred.chain import GAMMA, Chain
from millpond.core.cred.graph import Ints
from millpond.core.cred.weights import Floats

_BLOCK = 2048
"""So many people's weeks are filled at a time, to spare memory."""
R = (1 - sqrt(1 - 4 * GAMMA * GAMMA)) / (2 * GAMMA)


@dataclass(frozen=True, slots=True)
class BusyWeeks:
    """The busy weeks of all people, person by person, and the factored system that links them."""

    cells: Ints
    """Each busy week as r * weeks + w."""
    people: int
    weeks: int
    pivots: Floats
    factors: Floats

    @classmethod
    def of(cls, chain: Chain) -> Self:
        """The weeks that a step of the chain enters or leaves."""
        ends = np.concatenate([chain.sources, chain.targets]) - chain.contributions
        reached = np.zeros(len(chain.busy) * chain.weeks, dtype=np.bool_)
        reached[ends[ends >= 0]] = True
        cells = np.flatnonzero(reached)
        row, week = np.divmod(cells, chain.weeks)
        follows = row[1:] == row[:-1]
        gap = np.where(follows, week[1:] - week[:-1], 1)
        # What comes back from the first of the weeks between, and what comes across from the last.
        behind, across = _share(np.ones_like(gap), gap), _share(gap - 1, gap)
        back = np.zeros(len(cells))
        back[:-1] += np.where(follows, behind, 0)
        back[1:] += np.where(follows, behind, 0)
        is_first = np.append(True, ~follows) if len(cells) else np.zeros(0, dtype=np.bool_)
        is_last = np.append(~follows, True) if len(cells) else np.zeros(0, dtype=np.bool_)
        back[is_first] += _end_share(np.ones_like(week[is_first]), week[is_first])
        left = chain.weeks - 1 - week[is_last]
        back[is_last] += _end_share(np.ones_like(left), left)
        diagonal = 1 - GAMMA * back
        beside = np.where(follows, -GAMMA * across, 0)
        pivots, factors = _factored(diagonal, beside)
        return cls(cells, len(chain.busy), chain.weeks, pivots, factors)

    def spread(self, entering: Floats) -> Floats:
        """What passes each busy week when so much enters them from outside the line."""
        if len(entering) == 0:
            return entering
        solved, _ = lapack.dpttrs(self.pivots, self.factors, entering)
        result: Floats = solved
        return result

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


def _factored(diagonal: Floats, beside: Floats) -> tuple[Floats, Floats]:
    if len(diagonal) == 0:
        return diagonal, beside
    # LAPACK's wrapper wants a neighbour even for a week alone.
    pivots, factors, failed = lapack.dpttrf(diagonal, beside if len(beside) else np.zeros(1))
    if failed:
        raise AssertionError("a system with a dominant diagonal has a factor")
    return pivots, factors


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
