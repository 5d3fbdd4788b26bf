# SPDX-License-Identifier: AGPL-3.0-only
"""Steps of a chain, many at once: from what states hold to what they get next."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from millpond.core.cred.graph import Ints
from millpond.core.cred.weights import Floats


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps sorted by their target, so that each state's sum is over neighbours in memory."""

    size: int
    order: Ints
    """Where each step stood when it was given."""
    sources: Ints
    reached: Ints
    """The states that get anything."""
    starts: Ints
    """Where the steps of each of these begin."""

    @classmethod
    def of(cls, sources: Ints, targets: Ints, size: int) -> Self:
        """Steps in any order; sums are made in the order in which they are given."""
        order = np.argsort(targets, kind="stable")
        ordered = targets[order]
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
        return cls(size, order, sources[order], ordered[starts], starts)

    def taken(self, held: Floats, shares: Floats) -> Floats:
        """What each state gets, if step s takes along `shares[s]`, in the order of `order`."""
        result = np.zeros(self.size)
        if len(self.starts):
            result[self.reached] = np.add.reduceat(shares * held[self.sources], self.starts)
        return result
