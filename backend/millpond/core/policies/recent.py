# SPDX-License-Identifier: AGPL-3.0-only
"""Recent: SourceCred's rule RECENT, all cred, of which each week on takes away a share."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from millpond.core.grain.exact import faded
from millpond.core.policies.given import Given
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject
from millpond.core.units import MicroCred


@dataclass(frozen=True, slots=True)
class Recent:
    """Score = sum over all weeks of cred * (1 - discount)^(weeks since), floored to micro-cred."""

    discount: str
    name: ClassVar[str] = "recent"
    looks_back: ClassVar[bool] = True
    balances: ClassVar[bool] = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """The share that each week takes away."""
        return {"discount": self.discount}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """`ParameterError` without a discount from 0 to 1."""
        Parameters(cls.name, parameters, ("discount",)).part("discount")
        return cls(parameters["discount"])

    def scores(self, given: Given) -> dict[Subject, MicroCred]:
        """Exact until the one floor at the end."""
        discount = Fraction(self.discount)
        # What `faded` gives is this many times the score.
        times = (1 - discount).denominator ** (given.weeks - 1)
        weekly = given.weekly()
        return {who: MicroCred(faded(cred, discount) // times) for who, cred in weekly.items()}
