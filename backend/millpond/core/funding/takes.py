# SPDX-License-Identifier: AGPL-3.0-only
"""Takes: each on a team says for herself the most that she wants from a payday.

Is there enough for all takes, everybody gets hers, and the rest stays for the next payday. Else all
get the same part of theirs. No order decides anything.
"""

from collections.abc import Mapping

from millpond.core.funding.accumulator import Stake, divide
from millpond.core.funding.splits import Split, all_of, pro_rata
from millpond.core.units import whole


def paid(income: int, takes: Mapping[str, int]) -> Split:
    """income >= sum of takes: everybody her take; else floor(income * take / sum)."""
    if whole(income, "the income") >= all_of(takes, "the take"):
        return Split.of(income, takes)
    return pro_rata(income, takes)


def accrued(income: int, takes: Mapping[str, int]) -> Split:
    """The same by the accumulator, as the contract does it from a first payday.

    The same as `paid` while take * sum of takes is below 2^128; beyond it can be one unit more, of
    what the others wait for.
    """
    payday = divide(income, all_of(takes, "the take"), capped=True)
    due = {who: Stake(take).due(payday.growth) for who, take in takes.items()}
    return Split.of(income, due)
