# SPDX-License-Identifier: AGPL-3.0-only
"""T50: a ballot that comes after a period's end counts for it, because nobody has closed it yet.

Who and what for: a member who waits for the others to be done, and casts between the end of the
period and the transaction that closes it.
In the world: rounds that end when somebody calls `finalize`; last words in sealed auctions.
The defence: whatever changes a number closes the periods that are over first (`rounds._current`).
"""

from tests.attacks.allocations_weak import CARELESS
from tests.attacks.money import on_both
from tests.contracts.allocations import POINTS, Round
from tests.contracts.evm import Evm


def casts_after_the_end(evm: Evm) -> int:
    """What the late ballot has of 1,000."""
    crowd = Round(evm)
    crowd.candidates(2)
    crowd.cast(crowd.founders[0], {1: POINTS})
    crowd.give(1_000, earmark=1)
    crowd.end_period()
    crowd.cast(crowd.founders[1], {2: POINTS})
    if not crowd.allocation.head().closed:
        crowd.allocation.close_period(sender=crowd.relayer)
    return crowd.waiting(2)[0]


def test_cast__between_the_end_and_the_close__counts_from_the_next_period() -> None:
    assert on_both(casts_after_the_end, CARELESS) == (0, 500)
