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
        gap = (week[1:] - week[:-1]).astype(np.float64)
        behind, across = _near(gap), _far(gap)
        back = np.zeros(len(cells))
        back[:-1] += np.where(follows, behind, 0)
        back[1:] += np.where(follows, behind, 0)
        is_first = np.append(True, ~follows) if len(cells) else np.zeros(0, dtype=np.bool_)
        is_last = np.append(~follows, True) if len(cells) else np.zeros(0, dtype=np.bool_)
        back[is_first] += _mirrored(week[is_first])
        back[is_last] += _mirrored(chain.weeks - 1 - week[is_last])
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
        grid = np.zeros(self.people * self.weeks)
        grid[self.cells] = passed
        week = np.tile(np.arange(self.weeks), self.people).reshape(self.people, self.weeks)
        known = np.zeros(len(grid), dtype=np.bool_)
        known[self.cells] = True
        shape = (self.people, self.weeks)
        grid, known = grid.reshape(shape), known.reshape(shape)
        nobody = -1
        before = np.maximum.accumulate(np.where(known, week, nobody), axis=1)
        after = _next(known, week, self.weeks)
        row = np.arange(self.people)[:, None]
        left, right = grid[row, before], grid[row, np.minimum(after, self.weeks - 1)]
        since, until = (week - before).astype(np.float64), (after - week).astype(np.float64)
        gap = since + until
        inner = left * _share(since, gap) + right * _share(until, gap)
        last = left * _end_share(since, (self.weeks - 1 - before).astype(np.float64))
        start = right * _end_share(until, after.astype(np.float64))
        idle = np.where(before == nobody, start, np.where(after == self.weeks, last, inner))
        result: Floats = np.where(known, grid, idle)
        return result


def _factored(diagonal: Floats, beside: Floats) -> tuple[Floats, Floats]:
    if len(diagonal) == 0:
        return diagonal, beside
    # LAPACK's wrapper wants a neighbour even for a week alone.
    pivots, factors, failed = lapack.dpttrf(diagonal, beside if len(beside) else np.zeros(1))
    if failed:
        raise AssertionError("a system with a dominant diagonal has a factor")
    return pivots, factors


def _next(known: NDArray[np.bool_], week: Ints, weeks: int) -> Ints:
    backwards = np.where(known, week, weeks)[:, ::-1]
    return np.minimum.accumulate(backwards, axis=1)[:, ::-1]


def _share(near: Floats, gap: Floats) -> Floats:
    """What a week at distance `near` of one end passes per unit of that end; `gap` to the other."""
    result: Floats = (R**near - R ** (2 * gap - near)) / (1 - R ** (2 * np.maximum(gap, 1)))
    return result


def _near(gap: Floats) -> Floats:
    """What comes back from a stretch: its first week, by what passes the near end."""
    return _share(np.ones_like(gap), np.maximum(gap, 1))


def _far(gap: Floats) -> Floats:
    """What comes across a stretch: its first week, by what passes the far end."""
    return _share(np.maximum(gap, 1) - np.ones_like(gap), np.maximum(gap, 1))


def _end_share(near: Floats, length: Floats) -> Floats:
    """The same where the line ends after `length` weeks instead."""
    result: Floats = (R**near + R ** (2 * length + 1 - near)) / (1 + R ** (2 * length + 1))
    return result


def _mirrored(length: Ints) -> Floats:
    """What comes back from the end of the line; with no week behind, the week itself."""
    return _end_share(np.ones(len(length)), length.astype(np.float64))
