# SPDX-License-Identifier: AGPL-3.0-only
"""The accumulator: a pot divided by numbers that many have, at one cost for any number of them.

Each division adds to one sum of growths; whoever has a number remembers the sum when that number
began. Her part is number * (sum now - sum then) / 10^27. Parts wait in 10^-27 of the smallest unit,
so nothing is lost between two divisions; what she can take is rounded down.

    growth   = floor(amount * 10^27 / total), and at most `most` if there is a limit
    promised = ceil(total * growth / 10^27), which covers all parts and is never above the amount

A team's payday has the limit 10^27: everybody her take, and no more.
"""

from dataclasses import dataclass
from typing import Self

from millpond.core.units import whole

SCALE = 10**27


@dataclass(frozen=True, slots=True)
class Division:
    """One pot, divided: by how much the sum grows, what is promised, what stays."""

    growth: int
    promised: int
    left: int


def divide(amount: int, total: int, most: int | None = None) -> Division:
    """Divide an amount by a total of numbers. Nothing grows where nobody has a number."""
    whole(amount, "the amount")
    growth = amount * SCALE // total if whole(total, "the total") else 0
    if most is not None:
        growth = min(growth, most)
    promised = -(-total * growth // SCALE)
    return Division(growth, promised, amount - promised)


@dataclass(frozen=True, slots=True)
class Stake:
    """What one has: her number, the sum of growths up to which she is settled, what waits."""

    number: int = 0
    since: int = 0
    waiting: int = 0
    """In 10^-27 of the smallest unit."""

    def settled(self, growths: int) -> Self:
        """With her part of all divisions since."""
        waiting = self.waiting + self.number * (growths - self.since)
        return type(self)(self.number, growths, waiting)

    def changed(self, number: int, growths: int) -> Self:
        """With another number from now on; what was divided before counts by the old one."""
        waiting = self.settled(growths).waiting
        return type(self)(whole(number, "the number"), growths, waiting)

    def due(self, growths: int) -> int:
        """What she can take now, in whole units."""
        return self.settled(growths).waiting // SCALE

    def taken(self, growths: int) -> Self:
        """Once she took that; what is less than a unit goes on waiting."""
        waiting = self.settled(growths).waiting % SCALE
        return type(self)(self.number, growths, waiting)
