# SPDX-License-Identifier: AGPL-3.0-only
"""Reads everybody's cred by week from a file: SourceCred's `credGrainView`, or ours.

Ours is what `millpond cred compute --json` writes: `intervals` with a count, the first start and
the last end, and for each of the `participants` a `weekly` with the cred by the number of the week.
A `credGrainView` has a list of `intervals`, and `credPerInterval` for each of the `participants`.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from millpond.core.errors import CredFileError, WeekError
from millpond.core.grain import Cred
from millpond.core.ledger.fields import Fields, Place, parsed, shown
from millpond.core.weeks import Week, check_contiguous, week_span
from millpond.sources.packed import unpacked

_TOO_MUCH = 10**30
_AGAIN = "compute cred again and give the file that it writes"


def read_cred(path: Path, file: str) -> Cred:
    """The cred in a file, plain or packed; errors call the file `file`."""
    at = Place(file, "")
    try:
        text = b"".join(unpacked(path, file)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise at.error(CredFileError, f"byte {error.start} is not UTF-8", _AGAIN) from None
    return cred_of(parsed(text, at, CredFileError), file)


def cred_of(value: object, file: str) -> Cred:
    """The cred in parsed JSON."""
    fields = Fields.of(value, Place(file, ""), CredFileError)
    listed = isinstance(fields.value("intervals"), list)
    try:
        weeks = _listed_weeks(fields) if listed else _counted_weeks(fields.inner("intervals"))
    except WeekError as error:
        fields.refuse(f"intervals: {error.message}", error.next_step)
    read = _by_list if listed else _by_number
    people = fields.each("participants", lambda each: read(each, len(weeks)))
    if len(dict(people)) != len(people):
        fields.refuse("a person is there twice", _AGAIN)
    return Cred(weeks, dict(people))


def _listed_weeks(fields: Fields) -> tuple[Week, ...]:
    ends = fields.each(
        "intervals", lambda each: (each.whole("startTimeMs"), each.whole("endTimeMs"))
    )
    weeks = week_span(ends[0][0], ends[-1][1]) if ends else ()
    check_contiguous(weeks)
    if ends != tuple((week.start_ms, week.end_ms) for week in weeks):
        fields.refuse("the intervals are not weeks without a gap", _AGAIN)
    return weeks


def _counted_weeks(fields: Fields) -> tuple[Week, ...]:
    weeks = week_span(fields.whole("firstStartMs"), fields.whole("lastEndMs"))
    if len(weeks) != fields.whole("count"):
        fields.refuse(f"there are {len(weeks)} intervals from the first to the last", _AGAIN)
    return weeks


def _by_list(fields: Fields, weeks: int) -> tuple[str, list[float]]:
    weekly: Sequence[object] = fields.items("credPerInterval")
    if len(weekly) != weeks:
        fields.refuse(f"there is cred for {len(weekly)} intervals of {weeks}", _AGAIN)
    return fields.inner("identity").id("id"), [_double(each, fields) for each in weekly]


def _by_number(fields: Fields, weeks: int) -> tuple[str, list[float]]:
    given = fields.inner("weekly").values
    known = {str(number): number for number in range(weeks)}
    weekly = [float(0)] * weeks
    for key, value in given.items():
        if key not in known:
            fields.refuse(f"there is no interval {shown(key)}", _AGAIN)
        weekly[known[key]] = _double(value, fields)
    # Whoever is in no ledger has no such id: the parts of an address, joined.
    return fields.text("id"), weekly


def _double(value: object, fields: Fields) -> float:
    number = value if isinstance(value, int | float | Decimal) else -1
    if isinstance(value, bool) or not 0 <= number < _TOO_MUCH:
        fields.refuse(f"{shown(value)} is no cred", "cred is a number of zero or more")
    return float(number)
