# SPDX-License-Identifier: AGPL-3.0-only
"""COCM: a pot matches gifts by how far apart the clusters are that gave them.

It looks at gifts and clusters, not at cred. They are parameters, so a document holds all that was
counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from millpond.core.funding import cocm
from millpond.core.policies.gift_texts import Named, gifts, text_of, triples
from millpond.core.policies.given import Given
from millpond.core.policies.pairwise import as_scores
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject
from millpond.core.units import MicroCred


@dataclass(frozen=True, slots=True)
class Cocm:
    """Score = match of a subject's gifts in the asset's smallest unit, rounded down."""

    gifts: Named
    clusters: Named
    name: ClassVar[str] = "cocm"
    looks_back: ClassVar[bool] = False
    balances: ClassVar[bool] = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """All gifts, and who belongs to which cluster."""
        return {"clusters": text_of(self.clusters), "gifts": text_of(self.gifts)}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """`ParameterError` for gifts or clusters that are not in their one spelling."""
        given = Parameters(cls.name, parameters, ("clusters", "gifts"))
        return cls(gifts(given, cls.name), triples(given, cls.name, "clusters"))

    def scores(self, given: Given) -> dict[Subject, MicroCred]:  # noqa: ARG002  gifts alone count
        """Of whoever got a gift."""
        return as_scores(cocm.matches(self.gifts, self.clusters))
