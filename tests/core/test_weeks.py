# SPDX-License-Identifier: AGPL-3.0-only
"""Weeks from Sunday to Sunday, and the month each belongs to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import UnitError, WeekError
from millpond.core.units import Millis
from millpond.core.weeks import (
    WEEK_MS,
    Week,
    check_contiguous,
    iso_date,
    next_epoch,
    week_span,
    weeks_of_month,
)

SEPTEMBER_1_2019 = Millis(1_567_296_000_000)  # a Sunday, from the score file's own intervals


def days(month: str) -> list[str]:
    return [iso_date(week.start_ms) for week in weeks_of_month(month)]


def test_weeks_of_month__september_2019__is_the_four_weeks_of_the_credsperiment() -> None:
    assert days("2019-09") == ["2019-09-01", "2019-09-08", "2019-09-15", "2019-09-22"]
    assert weeks_of_month("2019-09")[0].start_ms == SEPTEMBER_1_2019


def test_weeks_of_month__a_week_over_the_month_end__belongs_to_the_later_month() -> None:
    # 29 September to 5 October 2019 ends in October.
    assert days("2019-10")[0] == "2019-09-29"
    assert Week(Millis(SEPTEMBER_1_2019 + 4 * WEEK_MS)).month == "2019-10"


def test_weeks_of_month__a_week_ending_at_midnight_of_the_first__belongs_to_the_earlier_month() -> (
    None
):
    # 1 December 2019 is a Sunday: the week that ends there has its last instant in November.
    assert days("2019-11")[-1] == "2019-11-24"
    assert days("2019-12")[0] == "2019-12-01"


@given(st.integers(1971, 2400), st.integers(1, 12))
def test_weeks_of_month__every_month__is_what_the_calendar_says(year: int, month: int) -> None:
    weeks = weeks_of_month(f"{year:04d}-{month:02d}")
    check_contiguous(weeks)
    assert len(weeks) in (4, 5)
    instants = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=w.end_ms) for w in weeks]
    last = [instant - timedelta(milliseconds=1) for instant in instants]
    assert {(each.year, each.month) for each in last} == {(year, month)}
    assert {each.weekday() for each in last} == {5}  # Saturday, the last day of the week
    before = last[0] - timedelta(days=7)
    after = last[-1] + timedelta(days=7)
    assert (before.year, before.month) < (year, month) < (after.year, after.month)
    assert {week.month for week in weeks} == {f"{year:04d}-{month:02d}"}


@pytest.mark.parametrize(
    "month", ["2019-9", "2019-13", "2019-00", "2019", "1969-12", "7990-01", ""]
)
def test_weeks_of_month__no_month__is_refused(month: str) -> None:
    with pytest.raises(WeekError, match="is not a month"):
        weeks_of_month(month)


@pytest.mark.parametrize("off", [1, -1, 86_400_000, 3_600_000])
def test_week__not_a_sunday_midnight__is_refused(off: int) -> None:
    with pytest.raises(WeekError, match="not a Sunday 00:00 UTC"):
        Week(Millis(SEPTEMBER_1_2019 + off))


@pytest.mark.parametrize("start", [-WEEK_MS, 10**18, True])
def test_week__no_time_in_milliseconds__is_refused(start: int) -> None:
    with pytest.raises(WeekError, match="is not a time in milliseconds"):
        Week(Millis(start))


def test_week_span__start_and_end__give_the_weeks_between() -> None:
    four = week_span(SEPTEMBER_1_2019, SEPTEMBER_1_2019 + 4 * WEEK_MS)
    assert four == weeks_of_month("2019-09")
    assert len(week_span(SEPTEMBER_1_2019, SEPTEMBER_1_2019 + 1000 * WEEK_MS)) == 1000
    assert (four[0].end_ms, four[-1].end_ms) == (four[1].start_ms, SEPTEMBER_1_2019 + 4 * WEEK_MS)


@pytest.mark.parametrize("length", [0, -WEEK_MS, WEEK_MS - 1, WEEK_MS + 1, 1001 * WEEK_MS])
def test_week_span__not_whole_weeks__is_refused(length: int) -> None:
    with pytest.raises(WeekError, match="is not 1 to 1000 whole weeks"):
        week_span(SEPTEMBER_1_2019, SEPTEMBER_1_2019 + length)


def test_check_contiguous__gap_overlap_or_disorder__is_refused() -> None:
    one, two, three, four = weeks_of_month("2019-09")
    check_contiguous([one, two, three, four])
    for wrong in ([one, three], [one, one], [two, one], [one, two, four]):
        with pytest.raises(WeekError, match="the week after"):
            check_contiguous(wrong)
    with pytest.raises(WeekError, match="there are no weeks"):
        check_contiguous([])


def test_next_epoch__after_the_last__is_one_more() -> None:
    assert next_epoch(0) == 1
    assert next_epoch(41) == 42
    with pytest.raises(UnitError, match="the last epoch is -1"):
        next_epoch(-1)
