# SPDX-License-Identifier: AGPL-3.0-only
"""Equal: whoever has any cred in the epoch gets as much as everybody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from millpond.core.policies.given import Given
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject
from millpond.core.units import MICRO, MicroCred


@dataclass(frozen=True, slots=True)
class Equal:
    """Score = one cred for everybody with cred. It has no parameters."""

    name: ClassVar[str] = "equal"
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
        """One cred, or none for whose cred rounds to nothing."""
        return {p.subject: MicroCred(MICRO if p.cred else 0) for p in given.history.people}
