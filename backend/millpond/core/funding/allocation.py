# SPDX-License-Identifier: AGPL-3.0-only
"""Crowd allocation: an amount divided among candidates in proportion to their tallies.

It is divided by the accumulator, so a candidate gets floor(amount * tally / all), and what is less
than a unit waits for her.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from millpond.core.funding.accumulator import Stake, divide
from millpond.core.funding.splits import all_of
from millpond.core.units import whole


@dataclass(frozen=True, slots=True)
class Allocated:
    """What candidates can take at once, what is promised to all of them, what stays free."""

    paid: dict[str, int]
    promised: int
    left: int

    @property
    def waiting(self) -> int:
        """Promised, and not yet a whole unit for anybody."""
        return self.promised - sum(self.paid.values())


def allocate(amount: int, tallies: Mapping[str, int]) -> Allocated:
    """Divide once. Nobody has a tally: nothing is promised."""
    once = divide(whole(amount, "the amount"), all_of(tallies, "the tally"))
    paid = {who: Stake(tally).due(once.growth) for who, tally in tallies.items()}
    return Allocated(paid, once.promised, once.left)
