# SPDX-License-Identifier: AGPL-3.0-only
"""Which weeks a run pays for."""

from hypothesis import given
from hypothesis import strategies as st

from millpond.core.grain.weeks import compatible, exact, waiting
from millpond.core.units import Millis
from tests.core.grain.views import end, weeks

COUNTS = st.integers(0, 12)


def ends(first: int, last: int) -> list[Millis]:
    return [end(number) for number in range(first, last + 1)]


def test_waiting__before_the_first_distribution__all_weeks_that_are_over() -> None:
    assert waiting(weeks(5), None, end(3)) == ends(1, 3)
    assert waiting(weeks(5), None, end(3) - 1) == ends(1, 2)


def test_waiting__after_a_distribution__the_weeks_that_end_later() -> None:
    assert waiting(weeks(5), end(2), end(9)) == ends(3, 5)
    assert waiting(weeks(5), end(2) - 1, end(9)) == ends(2, 5)
    assert waiting(weeks(5), end(5), end(9)) == []


def test_compatible__fewer_than_wait__the_newest() -> None:
    assert compatible(ends(1, 5), 2) == ends(4, 5)
    assert compatible(ends(1, 5), 0) == []


def test_compatible__a_little_more_than_wait__loses_weeks_as_sourcecred_does() -> None:
    # 69 weeks and room for 100: 31 were paid and 38 lost, in SourceCred's own instance.
    assert compatible(ends(1, 69), 100) == ends(39, 69)
    assert compatible(ends(1, 5), 7) == ends(4, 5)


def test_compatible__twice_as_much_or_no_limit__all() -> None:
    assert compatible(ends(1, 5), 10) == ends(1, 5)
    assert compatible(ends(1, 5), 11) == ends(1, 5)
    assert compatible(ends(1, 5), 5) == ends(1, 5)
    assert compatible(ends(1, 5), None) == ends(1, 5)


@given(COUNTS, st.lists(COUNTS, max_size=30))
def test_exact__run_after_run__pays_every_week_once_in_order(count: int, most: list[int]) -> None:
    paid: list[Millis] = []
    for room in (*most, None):
        last = paid[-1] if paid else None
        paid += exact(waiting(weeks(count + 1), last, end(count)), room)
    assert paid == ends(1, count)
