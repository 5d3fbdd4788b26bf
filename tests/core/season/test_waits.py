# SPDX-License-Identifier: AGPL-3.0-only
"""Times to claim: those who have not claimed yet are never left out."""

import random
from statistics import median

from millpond.core.season.waits import waits


def test_waits__everybody_has_claimed__the_quartiles_of_all() -> None:
    found = waits([4, 1, 3, 2], [])
    assert (found.first_quarter, found.median, found.third_quarter) == (1, 2, 3)
    assert (found.claimed, found.censored, found.longest, found.seen_for) == (4, 0, 4, 0)


def test_waits__half_have_not__the_median_is_the_last_claim_and_no_more_is_known() -> None:
    found = waits([1, 2], [10, 10])
    assert (found.first_quarter, found.median, found.third_quarter) == (1, 2, None)
    assert (found.censored, found.seen_for) == (2, 10)


def test_waits__nobody_has_claimed__nothing_is_reached() -> None:
    found = waits([], [5, 7])
    assert (found.first_quarter, found.median, found.third_quarter) == (None, None, None)
    assert (found.longest, found.seen_for) == (0, 5)
    assert waits([], []).median is None


def test_waits__left_out_of_the_count_they_would_look_quicker() -> None:
    """Of ten people one claimed at once; a median of those who claimed would say: at once."""
    assert waits([0], [100] * 9).median is None
    assert waits([0], []).median == 0


def test_waits__a_short_wait_so_far__counts_only_until_then() -> None:
    """The example of Kaplan and Meier's own kind: 6 of 21 had left before the end.

    Of 21 remissions, weeks 6, 6, 6, 7, 10, 13, 16, 22, 23 are ends; the others went on for 6, 9,
    10, 11, 17, 19, 20, 25, 32, 32, 34 and 35 weeks at least. The published median is 23 weeks.
    """
    ends = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    going_on = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = waits(ends, going_on)
    assert (found.median, found.third_quarter) == (23, None)
    # S(13) = 0.690 and S(10) = 0.753: a quarter has ended at 13.
    assert found.first_quarter == 13


def test_waits__without_anybody_who_waits__is_the_order_of_the_claims() -> None:
    draw = random.Random(7)  # noqa: S311  the same numbers each time are wanted
    for count in range(1, 40):
        claimed = [draw.randrange(1_000) for _ in range(count)]
        found = waits(claimed, [])
        assert found.median == sorted(claimed)[(count - 1) // 2]
        assert found.median is not None
        assert found.median <= median(claimed)
