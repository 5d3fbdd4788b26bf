# SPDX-License-Identifier: AGPL-3.0-only
"""Pairwise-bounded matching: what two donors match together is bounded by M.

    match of p = sum over pairs i, j of sqrt(c_ip * c_jp) * M / (M + k_ij)
    k_ij       = sum over projects of sqrt(c_i * c_j)

Donors who give to the same projects again and again are counted less. A pair counts once, so with M
without end it is half of the quadratic match. Roots have 18 decimals and quotients 36, each rounded
down: with n pairs over p projects a match is right within 2 * n * p * 10^-18 of the largest root.
"""

from collections import defaultdict
from fractions import Fraction
from itertools import combinations
from math import isqrt

from millpond.core.errors import FundingError
from millpond.core.funding.fundoss import Gifts
from millpond.core.funding.roots import ONE
from millpond.core.units import whole

_SQUARE = ONE * ONE


def matches(gifts: Gifts, bound: Fraction) -> dict[str, int]:
    """Each project's match before it is fitted to a pool, in 10^-18 of the unit of the gifts."""
    if bound <= 0:
        raise FundingError(f"a bound of {bound} matches nobody", "give a bound above zero")
    roots = {
        project: {
            donor: isqrt(whole(gift, f"the gift of {donor}") * _SQUARE)
            for donor, gift in sorted(donors.items())
            if gift
        }
        for project, donors in gifts.items()
    }
    together: defaultdict[tuple[str, str], int] = defaultdict(int)
    for donors in roots.values():
        for one, other in combinations(donors, 2):
            together[one, other] += donors[one] * donors[other]
    most = int(bound * _SQUARE)
    return {
        project: sum(
            donors[one] * donors[other] * most // (most + together[one, other])
            for one, other in combinations(donors, 2)
        )
        // ONE
        for project, donors in roots.items()
    }
