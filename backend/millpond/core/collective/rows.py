# SPDX-License-Identifier: AGPL-3.0-only
"""One movement in the ledger of a collective, wherever it was read."""

import re
from calendar import timegm
from dataclasses import dataclass
from datetime import datetime

from millpond.core.errors import BadInput
from millpond.core.units import Millis

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_YEARS = range(2015, 2200)
"""The service began in 2015; a later year than these is a slip of the pen."""
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC: the first instant in it, and the first after it."""

    label: str
    begin_ms: Millis
    end_ms: Millis

    @property
    def last_ms(self) -> Millis:
        """The last millisecond in it: where an interval that includes its end must stop."""
        return Millis(self.end_ms - 1)

    def has(self, at_ms: int) -> bool:
        """Whether an instant is in it."""
        return self.begin_ms <= at_ms < self.end_ms


def month_of(label: str) -> Month:
    """The month "2019-09"."""
    found = _MONTH.fullmatch(label)
    if found is None or int(found[1]) not in _YEARS:
        raise BadInput(f"{label[:20]!r} is not a month", 'write it as "2019-09"')
    year, number = int(found[1]), int(found[2])
    begin = timegm((year, number, 1, 0, 0, 0)) * 1000
    end = timegm((year + number // 12, number % 12 + 1, 1, 0, 0, 0)) * 1000
    return Month(label, Millis(begin), Millis(end))


@dataclass(frozen=True, slots=True)
class Row:
    """One movement. `amount` and `net` are in cents of the host's currency; what leaves the
    collective is negative. They differ in older rows only, which hold their own fees and taxes."""

    id: str
    group: str
    """What belongs together: a contribution, its fees and its tax."""
    kind: str
    credit: bool
    at_ms: int
    amount: int
    net: int
    currency: str
    is_refund: bool
    is_refunded: bool
    of_expense: bool
    """Whether it belongs to a payment that the collective made, not to one that it got."""


def check_row(row: Row) -> str | None:
    """What is impossible about a row, if anything is."""
    if _CURRENCY.fullmatch(row.currency) is None:
        return f"{row.currency[:20]!r} is no currency"
    if row.amount and (row.amount > 0) is not row.credit:
        return f"{'a credit' if row.credit else 'a debit'} of {row.amount} cents"
    return None


def instant(text: str) -> Millis:
    """An instant such as "2019-09-02T10:00:00.000Z"; without a zone it is in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"{text[:40]!r} is not an instant", 'write it as "2019-09-02T10:00:00Z"'
        ) from None
    ahead = found.utcoffset()
    seconds = timegm(found.timetuple()) - (int(ahead.total_seconds()) if ahead else 0)
    return Millis(seconds * 1000 + found.microsecond // 1000)


def written(at_ms: int) -> str:
    """An instant as the service takes it."""
    seconds, rest = divmod(at_ms, 1000)
    days, second = divmod(seconds, 86_400)
    day = datetime.fromordinal(datetime(1970, 1, 1).toordinal() + days).date()  # noqa: DTZ001
    hour, minute = divmod(second // 60, 60)
    return f"{day.isoformat()}T{hour:02}:{minute:02}:{second % 60:02}.{rest:03}Z"
