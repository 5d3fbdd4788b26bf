# SPDX-License-Identifier: AGPL-3.0-only
"""FundOSS's split of a matching pot (2021): by the sum of the roots of what each donor gave."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from millpond.core.funding.roots import root
from millpond.core.funding.splits import Split, pro_rata
from millpond.core.units import whole

Gifts = Mapping[str, Mapping[str, int]]
"""project -> donor -> what she gave it."""


def root_sums(gifts: Gifts) -> dict[str, int]:
    """Each project's sum of roots, in 10^-9."""
    sums: Counter[str] = Counter()
    for project, donors in gifts.items():
        sums[project] = sum(root(whole(gift, f"the gift of {who}")) for who, gift in donors.items())
    return dict(sums)


def shares(gifts: Gifts) -> dict[str, Fraction]:
    """Each project's part of the pot; all zero if nobody gave anything."""
    sums = root_sums(gifts)
    everything = sum(sums.values()) or 1
    return {project: Fraction(each, everything) for project, each in sums.items()}


def match(pot: int, gifts: Gifts) -> Split:
    """floor(pot * root sum / all root sums)."""
    return pro_rata(pot, root_sums(gifts))
