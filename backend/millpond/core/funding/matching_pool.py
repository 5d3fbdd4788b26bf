# SPDX-License-Identifier: AGPL-3.0-only
"""A matching pool divided by ideal matches, with a cap if there is one.

With P the pool, M all ideal matches, m a project's:

    M <= P: each gets m, and the rest stays; or, where the round says so, all are scaled up
    M > P:  each gets floor(P * m / M)

With a cap there is one water level L: each gets the smaller of cap and floor(L * m). L is at most
one, unless the round scales up. So what the cap takes goes to the others in proportion, until none
is above it, and nobody's match exceeds its ideal. Where all are at the cap, the rest stays.

    L = (P - cap * capped) / (all ideal matches of those not capped)

A project is capped if floor(L * m) > cap, so the level never falls when one is. Which level is
right can be checked in one pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from millpond.core.funding.splits import Split, all_of
from millpond.core.units import whole


@dataclass(frozen=True, slots=True)
class Level:
    """A water level as two whole numbers: what there is for all who are not capped, and their
    ideal matches together; of these there are none where all are capped."""

    money: int
    matches: int

    def match(self, ideal: int) -> int:
        """Of one who is not capped."""
        return self.money * ideal // self.matches if self.matches else 0


def divide(pool: int, ideals: Mapping[str, int], cap: int | None = None, up: bool = False) -> Split:
    """Everybody's match. `up`: a pool larger than all ideal matches is used whole."""
    level = water_level(pool, ideals, cap, up)
    paid = {name: level.match(ideal) for name, ideal in ideals.items()}
    return Split.of(pool, capped(paid, ideals, level, cap))


def capped(
    paid: Mapping[str, int], ideals: Mapping[str, int], level: Level, cap: int | None
) -> dict[str, int]:
    """Matches at a level, none above the cap; where all are capped, the cap."""
    if cap is None:
        return dict(paid)
    if not level.matches:
        return {name: cap if ideal else 0 for name, ideal in ideals.items()}
    return {name: min(each, cap) for name, each in paid.items()}


def water_level(
    pool: int, ideals: Mapping[str, int], cap: int | None = None, up: bool = False
) -> Level:
    """The one for this pool and cap."""
    whole(pool, "the pool")
    level = _at_most_one(pool, all_of(ideals, "the ideal match"), up)
    if cap is None:
        return level
    whole(cap, "the cap")
    # From the largest match down: once one is not over the cap, none after it is.
    for ideal in sorted(ideals.values(), reverse=True):
        if level.match(ideal) <= cap:
            break
        level = _at_most_one(level.money - cap, level.matches - ideal, up)
    return level


def _at_most_one(money: int, matches: int, up: bool) -> Level:
    return Level(money if up else min(money, matches), matches)


def is_level(
    level: Level, pool: int, ideals: Mapping[str, int], cap: int, up: bool = False
) -> bool:
    """Whether a level that somebody names is the one for this pool and cap, seen in one pass."""
    if not level.matches:
        above = [ideal for ideal in ideals.values() if ideal]
        enough = pool > cap * len(above) and (up or min(above, default=0) > cap)
        return enough or not above
    over = [ideal for ideal in ideals.values() if level.match(ideal) > cap]
    wanted = _at_most_one(pool - cap * len(over), sum(ideals.values()) - sum(over), up)
    return level.money * wanted.matches == wanted.money * level.matches and wanted.matches > 0
