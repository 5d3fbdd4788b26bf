# SPDX-License-Identifier: AGPL-3.0-only
"""Which weeks a run pays for."""

from collections.abc import Sequence

from millpond.core.units import Millis
from millpond.core.weeks import Week


def waiting(weeks: Sequence[Week], last_ms: int | None, now_ms: int) -> list[Millis]:
    """The ends of the weeks that are over and come after the last one paid for, oldest first."""
    return [
        week.end_ms
        for week in weeks
        if week.end_ms <= now_ms and (last_ms is None or week.end_ms > last_ms)
    ]


def compatible(ends: list[Millis], most: int | None) -> list[Millis]:
    """As SourceCred chooses: the newest `most` of them.

    With more room than weeks, but less than twice as much, it counts from the wrong end: of n weeks
    it takes the last most - n, and the others are never paid. To get its numbers one must follow.
    """
    if most is None:
        return ends
    start = len(ends) - most
    return ends[max(len(ends) + start, 0) if start < 0 else start :]


def exact(ends: list[Millis], most: int | None) -> list[Millis]:
    """The oldest first: what a run has no room for waits for the next, and no week is lost."""
    return ends[:most]
