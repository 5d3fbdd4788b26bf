# SPDX-License-Identifier: AGPL-3.0-only
"""How much a take may grow from one payday to the next (Liberapay's rule).

At most the highest of: twice her own take at the last payday; that take plus what the last payday
left over; the median of the takes above zero at the last payday; a fixed amount. A median of two in
the middle is their mean, rounded down. Nobody wanted anything at the last payday: no limit. A take
may always fall.
"""

from collections.abc import Mapping

from millpond.core.errors import FundingError
from millpond.core.units import whole

MOST_MEMBERS = 64


def median(takes: Mapping[str, int]) -> int | None:
    """Of those above zero; None if there are none. `FundingError` for more than 64 people."""
    if len(takes) > MOST_MEMBERS:
        raise FundingError(
            f"a team of {len(takes)} has no throttle, {MOST_MEMBERS} is the most",
            "leave the throttle out, or make two teams",
        )
    above = sorted(take for take in takes.values() if whole(take, "the take"))
    if not above:
        return None
    return (above[(len(above) - 1) // 2] + above[len(above) // 2]) // 2


def highest(own: int, left_over: int, middle: int, always: int) -> int:
    """The highest of the four. Elsewhere a payday may lack something: then `left_over` is below
    zero."""
    return max(2 * whole(own, "the take"), own + left_over, middle, always)


def limit(last: Mapping[str, int], who: str, left_over: int, always: int) -> int | None:
    """What `who` may set by the takes of the last payday; None: anything."""
    middle = median(last)
    if middle is None:
        return None
    return highest(last.get(who, 0), left_over, middle, always)
