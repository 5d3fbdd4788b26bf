# SPDX-License-Identifier: AGPL-3.0-only
"""Proportional: a person's score is her cred summed over the weeks of the epoch.

This is the rule of the CredSperiment's seed: payout = D[c] / sum(D) * R * p.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from millpond.core.policies.given import Given
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject
from millpond.core.units import MicroCred


@dataclass(frozen=True, slots=True)
class Proportional:
    """Score = cred of the epoch. It has no parameters."""

    name: ClassVar[str] = "proportional"
    looks_back: ClassVar[bool] = False
    balances: ClassVar[bool] = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """None."""
        return {}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """`ParameterError` if any are given."""
        Parameters(cls.name, parameters)
        return cls()

    def scores(self, given: Given) -> dict[Subject, MicroCred]:
        """Each person's cred."""
        return {person.subject: person.cred for person in given.history.people}
