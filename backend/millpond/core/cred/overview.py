# SPDX-License-Identifier: AGPL-3.0-only
"""What a community wants to know of its cred: who has it, from what, since when, how evenly.

Figures for people to read, in doubles; what is paid by is `history`, in integers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from millpond.core.cred.addresses import NODE, parts_of
from millpond.core.cred.graph import Ints
from millpond.core.cred.model import Contributions, Person
from millpond.core.cred.parts import FROM_A_PERSON, Parts, parts
from millpond.core.cred.periods import Periods, periods_of
from millpond.core.cred.scores import Scores
from millpond.core.cred.weights import Floats
from millpond.core.errors import CredError
from millpond.core.units import Millis
from millpond.core.weeks import iso_date

RECENT_WEEKS = 12
PASSED_ON = "passed on by others"
NEVER = -1
_ALMOST_HALF = (1 - 1 / 10**12) / 2
"""By a hair less: of two people with half each, a rounding could make the first miss it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's cred."""

    person: Person
    cred: float
    share: float
    recent: float
    """Her share of the cred of the last weeks."""
    first_ms: int
    """When she first had part in something; NEVER if only others passed cred on to her."""
    maintains: bool
    by_period: tuple[float, ...]
    by_source: tuple[float, ...]

    @property
    def since(self) -> str:
        """The day of her first contribution; nothing if there is none."""
        return "" if self.first_ms == NEVER else iso_date(Millis(self.first_ms))


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many had part in something in a period, and how many of them for the first time."""

    active: int
    new: int
    new_share: float
    """The share of the period's cred that went to those who were new in it."""
    maintainers_share: float


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole report, without words."""

    total: float
    minted: float
    contributions: int
    weeks: int
    first_ms: int
    end_ms: int
    periods: Periods
    people: tuple[Standing, ...]
    """Those who have cred, most first."""
    sources: tuple[str, ...]
    """Plugins, by how much cred came from them, most first."""
    source_cred: tuple[float, ...]
    source_by_period: tuple[tuple[float, ...], ...]
    gini: float
    half: int
    """The fewest people who together have half of all cred."""
    turnout: tuple[Turnout, ...]
    maintainers_share: float
    recent_weeks: int


def overview(scores: Scores, maintainers: Collection[str] = ()) -> Overview:
    """The figures of a report; `maintainers` are ids or names of people."""
    found = scores.contributions
    chosen = _chosen(found.people, maintainers)
    cred, total = scores.cred, float(scores.cred.sum())
    periods = periods_of(found.weeks)
    by_period = periods.summed(scores.weekly)
    names, by_source, in_periods = _by_source(scores, periods)
    first, active = _presence(found, periods)
    maintains = np.array([person.id in chosen for person in found.people])
    recent = scores.weekly[:, -RECENT_WEEKS:].sum(axis=1)

    def standing(at: int) -> Standing:
        return Standing(
            person=found.people[at],
            cred=float(cred[at]),
            share=float(cred[at]) / total,
            recent=_ratio(recent[at], recent.sum()),
            first_ms=int(first[at]),
            maintains=bool(maintains[at]),
            by_period=tuple(by_period[at].tolist()),
            by_source=tuple(by_source[at].tolist()),
        )

    return Overview(
        total=total,
        minted=scores.total_mint,
        contributions=found.count,
        weeks=found.weeks.count,
        first_ms=found.weeks.first_ms,
        end_ms=found.weeks.end_ms,
        periods=periods,
        people=tuple(map(standing, _by_cred(cred, found.people))),
        sources=names,
        source_cred=tuple(by_source.sum(axis=0).tolist()),
        source_by_period=tuple(map(tuple, in_periods.tolist())),
        gini=gini(cred[cred > 0]),
        half=half(cred),
        turnout=_turnout(periods, by_period, first, active, found, maintains),
        maintainers_share=float(cred[maintains].sum()) / total,
        recent_weeks=min(RECENT_WEEKS, found.weeks.count),
    )


def gini(cred: Floats) -> float:
    """How uneven: 0 when all have alike, near 1 when one of many has all."""
    count = len(cred)
    if count == 0 or not cred.sum() > 0:
        return 0
    ranks = np.arange(1, count + 1)
    mean = 2 * float((ranks * np.sort(cred)).sum()) / (count * float(cred.sum()))
    return max(0, mean - (count + 1) / count)


def source_of(address: str) -> str:
    """The plugin of a contribution: the first two parts of its address."""
    return "/".join(parts_of(address, NODE)[:2])


def person_of(people: Sequence[Person], wanted: str) -> Person:
    """The person with this id or name (small and capital letters alike).

    `CredError` if there is nobody, or more than one of that name.
    """
    lower = wanted.lower()
    by_id = [person for person in people if person.id == wanted]
    found = by_id or [person for person in people if person.name.lower() == lower]
    if len(found) == 1:
        return found[0]
    near = sorted({person.name for person in people if lower in person.name.lower()})[:5]
    if found:
        raise CredError(
            f"{len(found)} people are called {wanted!r}",
            f"give the id of one: {', '.join(person.id for person in found)}",
        )
    raise CredError(
        f"there is nobody called {wanted!r}",
        f"did you mean {', '.join(near)}?" if near else "look up the name in the report",
    )


def _chosen(people: Sequence[Person], wanted: Collection[str]) -> set[str]:
    return {person_of(people, each).id for each in wanted}


def _by_cred(cred: Floats, people: Sequence[Person]) -> list[int]:
    """Those with cred, most first; of two alike the first by id."""
    ids = np.array([person.id for person in people])
    return [int(at) for at in np.lexsort((ids, -cred)) if cred[at] > 0]


def _by_source(scores: Scores, periods: Periods) -> tuple[tuple[str, ...], Floats, Floats]:
    """The sources, most cred first; cred by person and source; cred by source and period."""
    made = parts(scores)
    sources, number = _sources(scores.contributions, made)
    of_part, when = number[made.origins], periods.of_week[made.weeks]
    of_people = _table(made.people, of_part, made.cred, (len(scores.cred), len(sources)))
    in_periods = _table(of_part, when, made.cred, (len(sources), len(periods.labels)))
    order = np.lexsort((np.array(sources), -of_people.sum(axis=0)))
    return tuple(sources[at] for at in order), of_people[:, order], in_periods[order]


def _sources(found: Contributions, made: Parts) -> tuple[list[str], Ints]:
    """The plugins, and the number of each contribution's; the last place is FROM_A_PERSON's."""
    names = [source_of(address) for address in found.addresses]
    sources = sorted(set(names))
    if (made.origins == FROM_A_PERSON).any():
        sources.append(PASSED_ON)
    at = {name: number for number, name in enumerate(sources)}
    numbers = [at[name] for name in names]
    return sources, np.array([*numbers, len(sources) - 1], dtype=np.int64)


def _table(rows: Ints, columns: Ints, cred: Floats, shape: tuple[int, int]) -> Floats:
    result = np.zeros(shape)
    np.add.at(result, (rows, columns), cred)
    return result


def _presence(found: Contributions, periods: Periods) -> tuple[Ints, Ints]:
    """When each person first had part in something, and in which periods [person, period]."""
    latest = np.iinfo(np.int64).max
    first = np.full(len(found.people), latest, dtype=np.int64)
    active = np.zeros((len(found.people), len(periods.labels)), dtype=np.int64)
    counts = (found.forwards > 0) | (found.backwards > 0)
    week = found.weeks.of(found.edge_times)
    for ends in (found.sources, found.targets):
        edges = np.flatnonzero(counts & (ends >= found.count))
        people = ends[edges] - found.count
        np.minimum.at(first, people, found.edge_times[edges])
        active[people, periods.of_week[week[edges]]] = 1
    return np.where(first == latest, NEVER, first), active


def _turnout(
    periods: Periods,
    by_period: Floats,
    first: Ints,
    active: Ints,
    found: Contributions,
    maintains: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> tuple[Turnout, ...]:
    began = np.where(first == NEVER, NEVER, periods.of_week[found.weeks.of(first)])
    whole = by_period.sum(axis=0)
    return tuple(
        Turnout(
            active=int(active[:, at].sum()),
            new=int((began == at).sum()),
            new_share=_ratio(by_period[began == at, at].sum(), whole[at]),
            maintainers_share=_ratio(by_period[maintains, at].sum(), whole[at]),
        )
        for at in range(len(periods.labels))
    )


def half(cred: Floats) -> int:
    """How many of those with most it takes to reach half."""
    sums = np.cumsum(np.sort(cred)[::-1])
    return int(np.searchsorted(sums, sums[-1] * _ALMOST_HALF)) + 1


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole > 0 else 0
