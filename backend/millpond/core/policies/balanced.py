# SPDX-License-Identifier: AGPL-3.0-only
"""Balanced: SourceCred's rule BALANCED, by how much less somebody got than her cred is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from millpond.core.errors import ParameterError
from millpond.core.grain.exact import underpaid
from millpond.core.policies.given import Given
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject
from millpond.core.units import MicroCred


@dataclass(frozen=True, slots=True)
class Balanced:
    """Score = her part of all that was and is to be paid, by lifetime cred, less what she got.

    It is an amount in the asset's smallest unit, floored; zero for who got more than her part. Only
    what people with cred got counts, as with SourceCred.
    """

    name: ClassVar[str] = "balanced"
    looks_back: ClassVar[bool] = True
    balances: ClassVar[bool] = True

    @property
    def parameters(self) -> Mapping[str, str]:
        """None: what was paid and the budget stand in the document."""
        return {}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """`ParameterError` if any are given."""
        Parameters(cls.name, parameters)
        return cls()

    def scores(self, given: Given) -> dict[Subject, MicroCred]:
        """`ParameterError` without past payments and a budget."""
        if given.past is None or given.budget is None:
            raise ParameterError(
                "the balanced policy needs what was paid before and a budget",
                "give both; before the first distribution nothing was paid",
            )
        cred = {who: sum(weekly) for who, weekly in given.weekly().items()}
        received, whole = dict(given.past.received), sum(cred.values())
        got = {who: int(received.get(who, 0)) for who in cred}
        behind = underpaid(given.budget, cred, got)
        # What `underpaid` gives is the amount times all cred.
        return {who: MicroCred(amount // whole if whole else 0) for who, amount in behind.items()}
