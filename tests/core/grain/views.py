# SPDX-License-Identifier: AGPL-3.0-only
"""Cred and grain for tests."""

from collections.abc import Mapping, Sequence
from functools import cache

from millpond.core.grain import Cred, GrainConfig, read_config
from millpond.core.grain.view import Person, View
from millpond.core.units import Millis
from millpond.core.weeks import WEEK_MS, Week, week_span
from tests.sourcecred import read, read_json

SUNDAY = 1_577_577_600_000
LONG_AFTER = 1_900_000_000_000


def weeks(count: int) -> tuple[Week, ...]:
    """Weeks from a Sunday on."""
    return week_span(SUNDAY, SUNDAY + count * WEEK_MS)


def end(number: int) -> Millis:
    """When that many weeks are over."""
    return Millis(SUNDAY + number * WEEK_MS)


def view(
    cred: Mapping[str, Sequence[float]],
    grain: Mapping[str, Sequence[int]] | None = None,
    off: Sequence[str] = (),
) -> View:
    """People in this order, all but `off` active; no grain unless it is given."""
    count = len(next(iter(cred.values())))
    got = grain or {}
    people = tuple(
        Person(name, name, name not in off, tuple(weekly), tuple(got.get(name, count * [0])))
        for name, weekly in cred.items()
    )
    return View(weeks(count), people)


@cache
def real_cred(instance: str) -> Cred:
    """What SourceCred computed for an instance."""
    found = read_json(instance, "expected-cred.json")
    span, people = found["intervals"], found["participants"]
    numbers = [str(number) for number in range(span["count"])]
    return Cred(
        week_span(span["firstStartMs"], span["lastEndMs"]),
        {each["id"]: [each["weekly"].get(number, 0) for number in numbers] for each in people},
    )


def real_config(instance: str, file: str = "config/grain.json") -> GrainConfig:
    """The rules of an instance."""
    currency = "config/currencyDetails.json"
    return read_config(read(instance, file), file, read(instance, currency), currency)
