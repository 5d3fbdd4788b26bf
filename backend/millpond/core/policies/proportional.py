# SPDX-License-Identifier: AGPL-3.0-only
"""Proportional: a person's score is her cred summed over the weeks of the epoch.

This is the rule of the CredSperiment's seed: payout = D[c] / sum(D) * R * p.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from millpond.core.cred import CredHistory
from millpond.core.errors import ParameterError
from millpond.core.subjects import Subject
from millpond.core.units import Amount, MicroCred


@dataclass(frozen=True, slots=True)
class Proportional:
    """Score = cred of the epoch. It has no parameters and looks at neither past nor budget."""

    name: str = "proportional"

    @property
    def parameters(self) -> Mapping[str, str]:
        """None."""
        return {}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """`ParameterError` if any are given."""
        if parameters:
            raise ParameterError(
                f"the proportional policy has no parameter {min(parameters)!r}",
                "leave the parameters of this policy empty",
            )
        return cls()

    def scores(
        self,
        history: CredHistory,
        past: Mapping[Subject, Amount],  # noqa: ARG002  (every policy has this form)
        budget: Amount,  # noqa: ARG002
    ) -> dict[Subject, MicroCred]:
        """Each person's cred."""
        return {person.subject: person.cred for person in history.people}
