# SPDX-License-Identifier: AGPL-3.0-only
"""Weeks, months of weeks, and what an epoch is.

A week runs from Sunday 00:00 UTC to the next (exclusive), as SourceCred counts them. It belongs to
the month of its last instant, its exclusive end minus 1 ms, so 2019-09 is the weeks starting on
1, 8, 15 and 22 September 2019. An epoch is whole weeks without a gap between them.

An epoch's number is not derived from its month. It counts the finalised distributions of one
distributor from 1 without gaps (the contract refuses any other), while the weeks say which time
was paid for. A month without a distribution therefore leaves no hole in the numbers, and an epoch
of eight weeks is still one epoch. `next_epoch` is the only way from one number to the next.
"""

import re
from calendar import timegm
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from millpond.core.errors import WeekError
from millpond.core.units import Epoch, Millis, whole

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
_FIRST_SUNDAY_MS = 3 * DAY_MS  # 1970-01-04
_LAST_MS = 190_000_000_000_000  # in the year 7990: a typing error in microseconds is far above
_YEARS = range(1970, 7990)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One week, by its first instant; `WeekError` unless that is a Sunday 00:00 UTC."""

    start_ms: Millis

    def __post_init__(self) -> None:
        start = self.start_ms
        if type(start) is not int or not 0 <= start <= _LAST_MS:
            raise WeekError(f"{start!r} is not a time in milliseconds", "use UTC milliseconds")
        if (start - _FIRST_SUNDAY_MS) % WEEK_MS:
            raise WeekError(
                f"a week starts at {start}, which is not a Sunday 00:00 UTC",
                "compute the scores again over weeks that start on Sunday 00:00 UTC",
            )

    @property
    def end_ms(self) -> Millis:
        """The first instant after the week."""
        return Millis(self.start_ms + WEEK_MS)

    @property
    def month(self) -> str:
        """The month "YYYY-MM" that the week belongs to: that of its last instant."""
        return iso_date(Millis(self.end_ms - 1))[:7]


def iso_date(instant: Millis) -> str:
    """The UTC day "YYYY-MM-DD" of an instant."""
    return date.fromordinal(_EPOCH_ORDINAL + instant // DAY_MS).isoformat()


def week_span(first_start_ms: int, end_ms: int) -> tuple[Week, ...]:
    """All weeks from a start to an exclusive end; `WeekError` unless 1 to 1000 whole weeks."""
    first, length = Week(Millis(first_start_ms)), end_ms - first_start_ms
    if length <= 0 or length % WEEK_MS or length > 1000 * WEEK_MS:
        raise WeekError(
            f"{first_start_ms} to {end_ms} is not 1 to 1000 whole weeks",
            "give the start of the first week and the exclusive end of the last",
        )
    count = length // WEEK_MS
    return tuple(Week(Millis(first.start_ms + step * WEEK_MS)) for step in range(count))


def weeks_of_month(month: str) -> tuple[Week, ...]:
    """The four or five weeks of a month "YYYY-MM" (time starts with the first Sunday of 1970)."""
    match = _MONTH.fullmatch(month)
    if match is None or int(match[1]) not in _YEARS:
        raise WeekError(f"{month!r} is not a month", 'write it as "2019-09"')
    year, number = int(match[1]), int(match[2])
    begin = timegm((year, number, 1, 0, 0, 0)) * 1000
    end = timegm((year + number // 12, number % 12 + 1, 1, 0, 0, 0)) * 1000
    # The first week that ends after the month began, and the last that ends when it ends or before.
    after = begin - _FIRST_SUNDAY_MS
    first_end = _FIRST_SUNDAY_MS + (after // WEEK_MS + 1) * WEEK_MS
    last_end = _FIRST_SUNDAY_MS + (end - _FIRST_SUNDAY_MS) // WEEK_MS * WEEK_MS
    return week_span(max(first_end - WEEK_MS, _FIRST_SUNDAY_MS), last_end)


def check_contiguous(weeks: Sequence[Week]) -> None:
    """Refuse with `WeekError` unless each week starts when the one before it ends."""
    if not weeks:
        raise WeekError("there are no weeks", "an epoch has at least one whole week")
    for before, after in pairwise(weeks):
        if after.start_ms != before.end_ms:
            raise WeekError(
                f"the week after {iso_date(before.start_ms)} starts {iso_date(after.start_ms)}",
                "give weeks without gaps or overlaps, oldest first",
            )


def next_epoch(last: int) -> Epoch:
    """The number of the next distribution after the last finalised one; 1 after 0 (none yet)."""
    return Epoch(whole(last, "the last epoch") + 1)
