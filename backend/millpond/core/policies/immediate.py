# SPDX-License-Identifier: AGPL-3.0-only
"""Immediate: SourceCred's rule IMMEDIATE, the cred of the newest weeks, so many of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from millpond.core.errors import ParameterError
from millpond.core.policies.given import Given
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject
from millpond.core.units import MicroCred

_MOST = 1_000
"""As many weeks as a document may have."""


@dataclass(frozen=True, slots=True)
class Immediate:
    """Score = cred of the newest `weeks`, which may be more or fewer than the epoch has."""

    weeks: int
    name: ClassVar[str] = "immediate"
    looks_back: ClassVar[bool] = True
    balances: ClassVar[bool] = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """How many weeks."""
        return {"weeks": str(self.weeks)}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """`ParameterError` without a number of weeks from 1 on."""
        return cls(Parameters(cls.name, parameters, ("weeks",)).whole("weeks", 1, _MOST))

    def scores(self, given: Given) -> dict[Subject, MicroCred]:
        """`ParameterError` if there are fewer weeks than it looks at."""
        if given.weeks < self.weeks:
            raise ParameterError(
                f"the immediate policy looks at {self.weeks} weeks, and {given.weeks} are there",
                "give the weeks before the epoch, too, or let it look at fewer",
            )
        weekly = given.weekly()
        return {who: MicroCred(sum(cred[-self.weeks :])) for who, cred in weekly.items()}
