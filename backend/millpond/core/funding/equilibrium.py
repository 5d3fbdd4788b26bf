# SPDX-License-Identifier: AGPL-3.0-only
"""Budgets where everybody pays the same: the largest crowd that stays together.

Each of N patrons pays rate * N. So N of them stay if at least N budgets have that much: the largest
such N is the h-index of the budgets in units of the rate.
"""

from collections.abc import Sequence

from millpond.core.units import whole


def largest_crowd(budgets: Sequence[int], rate: int = 1) -> int:
    """How many stay."""
    whole(rate, "the rate", 1)
    ranked = sorted((whole(each, "a budget") for each in budgets), reverse=True)
    return sum(budget >= rate * number for number, budget in enumerate(ranked, 1))


def stays(budgets: Sequence[int], rate: int, crowd: int) -> bool:
    """Whether so many can: what a caller names is checked in one pass."""
    return sum(budget >= rate * crowd for budget in budgets) >= crowd
