# SPDX-License-Identifier: AGPL-3.0-only
"""Cred and grain of everybody, week by week: what grain is divided by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from millpond.core.errors import GrainError, WeekError
from millpond.core.ledger import Account, Ledger
from millpond.core.units import Millis
from millpond.core.weeks import WEEK_MS, Week, week_span


@dataclass(frozen=True, slots=True)
class Cred:
    """Each account's cred by its id, one double for each of these weeks."""

    weeks: tuple[Week, ...]
    weekly: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Person:
    """One account. Both lists have an entry for each week of the view."""

    id: str
    name: str
    active: bool
    cred: tuple[float, ...]
    grain: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class View:
    """People in the order of the ledger, over weeks that hold all its distributions too."""

    weeks: tuple[Week, ...]
    people: tuple[Person, ...]

    @property
    def active(self) -> tuple[Person, ...]:
        """Who can get grain."""
        return tuple(person for person in self.people if person.active)

    def window(self, end_ms: int, lookback: int) -> slice:
        """The newest weeks that ended by `end_ms`, `lookback` of them; all of them for 0."""
        ended = sum(week.end_ms <= end_ms for week in self.weeks)
        return slice(max(ended - lookback, 0) if lookback else 0, ended)

    def with_grain(self, end_ms: int, got: Mapping[str, int]) -> "View":
        """The view after a distribution: it belongs to the week that starts at its time."""
        place = (end_ms - self.weeks[0].start_ms) // WEEK_MS
        if place >= len(self.weeks):
            return self  # no week that this view knows of
        people = (
            replace(person, grain=_plus(person.grain, place, got.get(person.id, 0)))
            for person in self.people
        )
        return replace(self, people=tuple(people))


def _plus(grain: tuple[int, ...], place: int, more: int) -> tuple[int, ...]:
    return (*grain[:place], grain[place] + more, *grain[place + 1 :])


def view_of(cred: Cred, ledger: Ledger) -> View:
    """The accounts of a ledger with their cred; `GrainError` if one of them has no scores."""
    accounts = ledger.accounts()
    times = [receipt.cred_ms for account in accounts for receipt in account.receipts]
    if ledger.last_cred_ms is not None:
        times.append(ledger.last_cred_ms)
    weeks = _covering(cred.weeks, times)
    before = (cred.weeks[0].start_ms - weeks[0].start_ms) // WEEK_MS
    after = len(weeks) - before - len(cred.weeks)
    people = []
    for account in accounts:
        weekly = cred.weekly.get(account.id)
        if weekly is None:
            raise GrainError(
                f"{account.name} ({account.id}) is in the ledger and has no scores",
                "the ledger is newer than the scores: compute cred again, then divide the grain",
            )
        padded = (*(before * (0,)), *weekly, *(after * (0,)))
        people.append(
            Person(account.id, account.name, account.active, padded, _grain(account, weeks))
        )
    return View(weeks, tuple(people))


def _covering(weeks: Sequence[Week], times: Sequence[Millis]) -> tuple[Week, ...]:
    """These weeks and as many before and behind them as it takes to hold all times."""
    start, end = weeks[0].start_ms, weeks[-1].end_ms
    first, last = min((*times, start)), max((*times, end - 1))
    try:
        return week_span(
            start + (first - start) // WEEK_MS * WEEK_MS,
            end + (last - end) // WEEK_MS * WEEK_MS + WEEK_MS,
        )
    except WeekError:
        raise GrainError(
            f"cred and distributions from {first} to {last} are not of one time",
            "look for a credTimestamp in the ledger that is not in milliseconds",
        ) from None


def _grain(account: Account, weeks: Sequence[Week]) -> tuple[int, ...]:
    grain = [0] * len(weeks)
    for receipt in account.receipts:
        grain[(receipt.cred_ms - weeks[0].start_ms) // WEEK_MS] += receipt.amount
    return tuple(grain)
