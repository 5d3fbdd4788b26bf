# SPDX-License-Identifier: AGPL-3.0-only
"""Standing ballots: each member gives 10,000 points to at most eight candidates.

A candidate's tally is the sum, over all ballots, of f(points): points as they are under the linear
rule, isqrt(points * 10^18) under the root rule. Under the root rule somebody who stands twice gains
(two halves have more root than the whole), so it is for candidates whom the members know.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from millpond.core.errors import FundingError
from millpond.core.funding.roots import root
from millpond.core.units import whole

POINTS = 10_000
MOST_CANDIDATES = 8


class Rule(StrEnum):
    """What a ballot's points count for."""

    LINEAR = "linear"
    ROOT = "root"


def checked(ballot: Mapping[str, int], whose: str = "a ballot") -> Mapping[str, int]:
    """The ballot; `FundingError` unless it can be cast."""
    if not 1 <= len(ballot) <= MOST_CANDIDATES:
        raise FundingError(
            f"{whose} names {len(ballot)} candidates", f"name 1 to {MOST_CANDIDATES} of them"
        )
    points = sum(whole(each, f"points of {whose}", 1, POINTS) for each in ballot.values())
    if points != POINTS:
        raise FundingError(f"{whose} gives {points:,} points", f"give {POINTS:,} in all")
    return ballot


def worth(points: int, rule: Rule) -> int:
    """What points add to a tally."""
    return root(points) if rule is Rule.ROOT else points


def tallies(ballots: Iterable[Mapping[str, int]], rule: Rule) -> dict[str, int]:
    """Each candidate's, by name, of ballots that are checked here."""
    found: Counter[str] = Counter()
    for ballot in ballots:
        for candidate, points in checked(ballot).items():
            found[candidate] += worth(points, rule)
    return dict(sorted(found.items()))
