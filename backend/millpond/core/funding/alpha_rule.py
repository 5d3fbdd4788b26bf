# SPDX-License-Identifier: AGPL-3.0-only
"""A matching pool divided by one alpha, as clr.fund does since 2022-09.

Gifts count in whole credits, each worth so many units. A donor's votes are the whole root v of her
credits, and cost v^2 of them:

    S = sum of all v    C = sum of all v^2
    ideal match = (S^2 - C) * credit, and nothing where that is not above zero
    alpha = the smaller of 10^18 and floor(P * 10^18 / M)
    match = floor(alpha * m / 10^18)

with P the pool, M all ideal matches and m a project's; with a cap, P and M are the two numbers of
the water level. What a project then has, gifts included, is clr.fund's floor((alpha * S^2 + (10^18
- alpha) * C) * credit / 10^18). One figure tells all matches; for that, up to M / 10^18 units and
one for each project stay.
"""

from collections.abc import Mapping
from math import isqrt

from millpond.core.funding.fundoss import Gifts
from millpond.core.funding.matching_pool import Level, capped, water_level
from millpond.core.funding.roots import ONE
from millpond.core.funding.splits import Split
from millpond.core.units import whole


def ideals(gifts: Gifts, credit: int) -> dict[str, int]:
    """Each project's ideal match. What a donor's votes do not cost does not count."""
    whole(credit, "what a credit is worth", 1)
    found = {}
    for project, donors in gifts.items():
        votes = [isqrt(whole(gift, f"the gift of {who}") // credit) for who, gift in donors.items()]
        found[project] = (sum(votes) ** 2 - sum(vote**2 for vote in votes)) * credit
    return found


def alpha_of(level: Level) -> int:
    """The part of the ideal matches for which the pool is enough, with 18 decimals."""
    return level.money * ONE // level.matches if level.matches else 0


def divide(
    pool: int, matches: Mapping[str, int], cap: int | None = None, up: bool = False
) -> Split:
    """Everybody's match by their ideal ones."""
    level = water_level(pool, matches, cap, up)
    alpha = alpha_of(level)
    paid = {name: alpha * ideal // ONE for name, ideal in matches.items()}
    return Split.of(pool, capped(paid, matches, level, cap))
