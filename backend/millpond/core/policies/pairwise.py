# SPDX-License-Identifier: AGPL-3.0-only
"""Pairwise: a pot matches gifts so that what two donors match together is bounded.

It looks at gifts, not at cred. They are parameters, so a document holds all that was counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from millpond.core.funding import pairwise
from millpond.core.funding.roots import ONE
from millpond.core.policies.gift_texts import Named, gifts, number, text_of
from millpond.core.policies.given import Given
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject, from_hex
from millpond.core.units import MicroCred


@dataclass(frozen=True, slots=True)
class Pairwise:
    """Score = match of a subject's gifts in the asset's smallest unit, rounded down."""

    gifts: Named
    bound: int
    """M, in the same unit."""
    name: ClassVar[str] = "pairwise"
    looks_back: ClassVar[bool] = False
    balances: ClassVar[bool] = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """The bound and all gifts."""
        return {"bound": str(self.bound), "gifts": text_of(self.gifts)}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """`ParameterError` for a bound or gifts that are not in their one spelling."""
        given = Parameters(cls.name, parameters, ("bound", "gifts"))
        return cls(gifts(given, cls.name), number(given, cls.name, "bound"))

    def scores(self, given: Given) -> dict[Subject, MicroCred]:  # noqa: ARG002  gifts alone count
        """Of whoever got a gift."""
        return as_scores(pairwise.matches(self.gifts, Fraction(self.bound)))


def as_scores(matches: Mapping[str, int]) -> dict[Subject, MicroCred]:
    """Matches with 18 decimals, by subject's hex, in whole units."""
    return {
        Subject(from_hex(subject, 32)): MicroCred(match // ONE)
        for subject, match in matches.items()
    }
