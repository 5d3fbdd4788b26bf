# SPDX-License-Identifier: AGPL-3.0-only
"""Balances that whoever reads the journal must come to: at the end of each day on which an epoch
became final or was closed, and at the end of the books.

By the day, because beancount asserts by the day: its balances are those of the morning after.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from millpond.core.books.accounts import ON_THE_BALANCE_SHEET
from millpond.core.books.entries import Entry, Journal


@dataclass(frozen=True)
class Closing:
    """What stands on the balance sheet when a day is over."""

    day: str
    text: str
    balances: tuple[tuple[str, str, int], ...]
    """Account, asset, balance."""

    @property
    def next_day(self) -> str:
        """The morning after."""
        return (date.fromisoformat(self.day) + timedelta(days=1)).isoformat()


def days(journal: Journal) -> Iterator[tuple[list[Entry], Closing | None]]:
    """The entries of each day, and its closing where it has one."""
    ends: dict[str, list[str]] = {}
    for day, what in journal.ends:
        ends.setdefault(day, []).append(what)
    by_day = {day: list(found) for day, found in groupby(journal.entries, lambda e: e.place.day)}
    for day in by_day.keys() | ends.keys():
        by_day.setdefault(day, [])
    if by_day:
        ends.setdefault(max(by_day), []).append("the end of these books")
    balances: dict[tuple[str, str], int] = {}
    for day in sorted(by_day):
        for entry in by_day[day]:
            for posting in entry.postings:
                key = posting.account, posting.asset
                balances[key] = balances.get(key, 0) + posting.amount
        yield by_day[day], _closing(day, ends[day], balances) if day in ends else None


def _closing(day: str, ended: list[str], balances: dict[tuple[str, str], int]) -> Closing:
    shown = tuple(
        (account, asset, amount)
        for (account, asset), amount in sorted(balances.items())
        if account.split(":")[0] in ON_THE_BALANCE_SHEET
    )
    return Closing(day, "; ".join(ended), shown)
