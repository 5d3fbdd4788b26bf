# SPDX-License-Identifier: AGPL-3.0-only
"""The accumulator: a pot divided by numbers that many have, at one cost for any number of them.

Each division adds to one sum of growths; whoever has a number remembers the sum when that number
began. Her part is number * (sum now - sum then) / 2^128. Parts wait in 2^-128 of the smallest unit,
so nothing is lost between two divisions; what she can take is rounded down.

    growth = ceil(amount * 2^128 / total), and the amount is promised; or, where nobody gets more
             than her number and there is enough for all, 2^128, and the total is promised

Rounded up, so that a part which is a whole number comes out whole. All parts together are above
what is promised by less than total / 2^128: what is paid in whole units never passes it
(contracts/modules/periods.vy).
"""

from dataclasses import dataclass
from typing import Self

from millpond.core.units import whole

SCALE = 2**128


@dataclass(frozen=True, slots=True)
class Division:
    """One pot, divided: by how much the sum grows, what is promised, what stays."""

    growth: int
    promised: int
    left: int


def divide(amount: int, total: int, *, capped: bool = False) -> Division:
    """Divide an amount by a total of numbers; `capped`: nobody gets more than her own number."""
    if whole(amount, "the amount") == 0 or whole(total, "the total") == 0:
        return Division(0, 0, amount)
    if capped and amount >= total:
        return Division(SCALE, total, amount - total)
    return Division(-(-amount * SCALE // total), amount, 0)


@dataclass(frozen=True, slots=True)
class Stake:
    """What one has: her number, the sum of growths up to which she is settled, what waits."""

    number: int = 0
    since: int = 0
    waiting: int = 0
    """In 2^-128 of the smallest unit."""

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
