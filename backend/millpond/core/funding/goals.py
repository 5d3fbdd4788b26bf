# SPDX-License-Identifier: AGPL-3.0-only
"""Crowdmatching towards a goal: the nearer the crowd is to it, the larger a part each gives.

With C the sum of the pledges and G the goal, ratio = the smaller of C / G and G / C. Above the goal
everybody gives less, and together just the goal.

    collected = floor(C * ratio)
    her bill  = ceil(pledge * ratio), which is within her pledge

Bills are rounded up, so they always cover what is collected, by less than a unit for each patron
more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from millpond.core.funding.splits import all_of
from millpond.core.units import whole


@dataclass(frozen=True, slots=True)
class Collected:
    """A period: the ratio, each patron's bill, what reaches the earmark."""

    ratio: Fraction
    bills: dict[str, int]
    amount: int

    @property
    def over(self) -> int:
        """By how much the bills are more than that."""
        return sum(self.bills.values()) - self.amount


def ratio(pledged: int, goal: int) -> Fraction:
    """The part of each pledge that is given; nothing where nothing is pledged."""
    whole(goal, "the goal", 1)
    if not whole(pledged, "what is pledged"):
        return Fraction(0)
    return min(Fraction(pledged, goal), Fraction(goal, pledged))


def bill(pledge: int, part: Fraction) -> int:
    """What a pledge comes to, rounded up."""
    return -(-whole(pledge, "the pledge") * part.numerator // part.denominator)


def collect(pledges: Mapping[str, int], goal: int) -> Collected:
    """One period of all pledges."""
    pledged = all_of(pledges, "the pledge")
    part = ratio(pledged, goal)
    bills = {who: bill(pledge, part) for who, pledge in pledges.items()}
    return Collected(part, bills, int(pledged * part))
