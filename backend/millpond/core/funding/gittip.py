# SPDX-License-Identifier: AGPL-3.0-only
"""Teams as Gittip had them in 2013: whoever joined last is paid first.

A team divides what it has: balance and what it receives, less what it gives to others. Each gets
her take while there is something; the rest is the team's own.
"""

from collections.abc import Sequence

from millpond.core.funding.splits import Split
from millpond.core.funding.waterfall import one_after_another
from millpond.core.units import whole

FIRST_TAKES = 100
"""Cents: a take of a dollar was free to everybody."""


def paid(
    balance: int, receiving: int, giving: int, takes_in_join_order: Sequence[tuple[str, int]]
) -> Split:
    """By (name, take), oldest member first, so they are paid from the end. A team that gives more
    than it has pays nobody."""
    has = whole(balance, "the balance") + whole(receiving, "what it receives")
    budget = max(0, has - whole(giving, "what it gives"))
    return one_after_another(budget, list(reversed(takes_in_join_order)))


def most(last_week: int) -> int:
    """What a take could be set to: twice that of last week, or a dollar."""
    return max(2 * whole(last_week, "the take of last week"), FIRST_TAKES)
