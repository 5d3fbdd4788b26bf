# SPDX-License-Identifier: AGPL-3.0-only
"""A matching pool divided by ideal matches, with a cap if there is one.

With P the pool, M all ideal matches, m a project's:

    M <= P: each gets m, and the rest stays; or, where the round says so, all are scaled up
    M > P:  each gets floor(P * m / M)

With a cap there is one water level L, the highest at which the pool suffices: each gets the smaller
of cap and floor(L * m). L is at most one, unless the round scales up. So what the cap takes goes to
the others in proportion, until none is above it, and nobody's match exceeds its ideal. Where all
are at the cap, the rest stays.

    L = (P - cap * capped) / (all ideal matches of those not capped)

A project is capped if L * m >= cap, in exact fractions; this can be checked in one pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from millpond.core.funding.splits import Split, all_of
from millpond.core.units import whole


@dataclass(frozen=True, slots=True)
class Level:
    """A water level as two whole numbers: what there is for all who are under the cap, and their
    ideal matches together. Of them, each gets floor(money * m / matches)."""

    money: int
    matches: int

    def match(self, ideal: int) -> int:
        """Without a cap."""
        return self.money * ideal // self.matches if self.matches else 0


def divide(pool: int, ideals: Mapping[str, int], cap: int | None = None, up: bool = False) -> Split:
    """Everybody's match. `up`: a pool larger than all ideal matches is used whole."""
    level = water_level(pool, ideals, cap, up)
    paid = {name: level.match(ideal) for name, ideal in ideals.items()}
    if cap is not None:
        paid = {name: min(each, cap) for name, each in paid.items()}
    return Split.of(pool, paid)


def water_level(
    pool: int, ideals: Mapping[str, int], cap: int | None = None, up: bool = False
) -> Level:
    """The highest at which the pool suffices."""
    whole(pool, "the pool")
    money, matches = pool, all_of(ideals, "the ideal match")
    level = _at_most_one(money, matches, up)
    if cap is None:
        return level
    whole(cap, "the cap")
    # From the largest match down: once one is under the cap, so are all after it. The level never
    # falls on the way, so whoever was capped stays so.
    for ideal in sorted(ideals.values(), reverse=True):
        if not matches or level.money * ideal < cap * level.matches:
            break
        money, matches = money - cap, matches - ideal
        if matches:
            level = _at_most_one(money, matches, up)
    return level


def _at_most_one(money: int, matches: int, up: bool) -> Level:
    return Level(money, matches) if up or money < matches else Level(matches, matches)


def is_level(
    level: Level, pool: int, ideals: Mapping[str, int], cap: int, up: bool = False
) -> bool:
    """Whether a level that somebody names is the one for this pool and cap, seen in one pass."""
    if not level.matches:
        return not any(ideals.values())
    capped = [m for m in ideals.values() if level.money * m >= cap * level.matches]
    free, left = sum(ideals.values()) - sum(capped), pool - cap * len(capped)
    if left < 0 or (not up and level.money > level.matches):
        return False
    if not free:
        return True
    wanted = _at_most_one(left, free, up)
    return level.money * wanted.matches == wanted.money * level.matches
