# SPDX-License-Identifier: AGPL-3.0-only
"""Weeks put together for people to look at: months, quarters or years when there are many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from millpond.core.cred.graph import Ints
from millpond.core.cred.model import Weeks
from millpond.core.cred.weights import Floats
from millpond.core.units import Millis
from millpond.core.weeks import Week, iso_date

MOST_PERIODS = 60
"""As many as can be told apart in a drawing."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Labels of periods, oldest first, and the period of each week."""

    noun: str
    labels: tuple[str, ...]
    of_week: Ints

    def summed(self, weekly: Floats) -> Floats:
        """A row of weeks for each something, as a row of periods."""
        first_weeks = np.searchsorted(self.of_week, np.arange(len(self.labels)))
        result: Floats = np.add.reduceat(weekly, first_weeks, axis=1)
        return result


def periods_of(weeks: Weeks) -> Periods:
    """The finest periods of which there are not too many; years at the coarsest."""
    starts = [Week(Millis(int(start))) for start in weeks.starts]
    for noun, label in _GRAINS:
        labels = [label(week) for week in starts]
        if len(set(labels)) <= MOST_PERIODS or noun == _GRAINS[-1][0]:
            break
    known = tuple(dict.fromkeys(labels))
    number = {text: at for at, text in enumerate(known)}
    return Periods(noun, known, np.array([number[text] for text in labels], dtype=np.int64))


def _quarter(week: Week) -> str:
    year, month = week.month.split("-")
    return f"{year} Q{(int(month) + 2) // 3}"


_GRAINS: Sequence[tuple[str, Callable[[Week], str]]] = (
    ("week", lambda week: iso_date(week.start_ms)),
    ("month", lambda week: week.month),
    ("quarter", _quarter),
    ("year", lambda week: week.month[:4]),
)
"""A week belongs to the month of its last instant, so it does to the quarter and the year."""
