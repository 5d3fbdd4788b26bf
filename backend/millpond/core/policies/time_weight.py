# SPDX-License-Identifier: AGPL-3.0-only
"""Time weight: Protocol Guild's rule, the root of how many months somebody was active.

There the members write down who joined when, who paused and who works half of the time. Here a
month counts if somebody has cred in any of its weeks, so whoever has the document counts again; who
works half of the time is a parameter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import ClassVar, Self

from millpond.core.policies.given import Given
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject, to_hex
from millpond.core.units import MicroCred

DECIMALS = 12
"""Of a score: the root of one month is 10^12."""
_SQUARE = 10 ** (2 * DECIMALS)


@dataclass(frozen=True, slots=True)
class TimeWeight:
    """Score = sqrt(months with cred * 1 or 1/2), floored to 12 decimals, for who has cred now."""

    half: tuple[Subject, ...] = ()
    name: ClassVar[str] = "time-weight"
    looks_back: ClassVar[bool] = True
    balances: ClassVar[bool] = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """Who works half of the time, if anybody does."""
        return {"half": " ".join(map(to_hex, self.half))} if self.half else {}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """`ParameterError` if those who work half of the time are no list of subjects."""
        return cls(Parameters(cls.name, parameters, (), ("half",)).subjects("half"))

    def scores(self, given: Given) -> dict[Subject, MicroCred]:
        """By the months of all weeks; whoever has no cred in the epoch gets nothing."""
        weeks = (given.earlier.weeks if given.earlier else ()) + given.history.weeks
        months, half = [week.month for week in weeks], frozenset(self.half)
        now = {person.subject for person in given.history.people if person.cred}
        scores = {}
        for who, weekly in given.weekly().items():
            active = {month for month, cred in zip(months, weekly, strict=True) if cred}
            square = len(active) * _SQUARE // (2 if who in half else 1)
            scores[who] = MicroCred(isqrt(square) if who in now else 0)
        return scores
