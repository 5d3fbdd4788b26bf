# SPDX-License-Identifier: AGPL-3.0-only
"""A matching pool divided by one alpha, as clr.fund does since 2022-09.

    alpha = the smaller of 10^18 and floor(P * 10^18 / M)
    match = floor(alpha * m / 10^18)

with P the pool, M all ideal matches and m a project's. What a project then has, with its gifts C
and its quadratic sum q, is clr.fund's floor((alpha * q + (10^18 - alpha) * C) / 10^18). One figure
tells all matches; for that, up to M / 10^18 units and one for each project stay.
"""

from collections.abc import Mapping

from millpond.core.funding.roots import ONE
from millpond.core.funding.splits import Split, all_of
from millpond.core.units import whole


def alpha_of(pool: int, matches: int) -> int:
    """The part of the ideal matches for which the pool is enough, with 18 decimals."""
    if whole(pool, "the pool") >= whole(matches, "all ideal matches"):
        return ONE
    return pool * ONE // matches


def divide(pool: int, ideals: Mapping[str, int]) -> Split:
    """Everybody's match."""
    alpha = alpha_of(pool, all_of(ideals, "the ideal match"))
    return Split.of(pool, {name: alpha * ideal // ONE for name, ideal in ideals.items()})
