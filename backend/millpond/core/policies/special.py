# SPDX-License-Identifier: AGPL-3.0-only
"""Special: SourceCred's rule SPECIAL, all to one person, with a reason for everybody to read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from millpond.core.errors import ParameterError
from millpond.core.policies.given import Given
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject, to_hex
from millpond.core.units import MICRO, MicroCred


@dataclass(frozen=True, slots=True)
class Special:
    """Score = one cred for the recipient, nothing for all others."""

    recipient: Subject
    memo: str
    name: ClassVar[str] = "special"
    looks_back: ClassVar[bool] = False
    balances: ClassVar[bool] = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """Who, and why."""
        return {"memo": self.memo, "recipient": to_hex(self.recipient)}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """`ParameterError` without one recipient and a memo."""
        read = Parameters(cls.name, parameters, ("memo", "recipient"))
        recipients = read.subjects("recipient")
        if len(recipients) != 1:
            raise ParameterError(
                f"the special policy has {len(recipients)} recipients", "name one subject"
            )
        return cls(recipients[0], read.text("memo"))

    def scores(self, given: Given) -> dict[Subject, MicroCred]:
        """`ParameterError` unless the recipient has cred in the epoch."""
        people = {person.subject: person.cred for person in given.history.people}
        if not people.get(self.recipient):
            raise ParameterError(
                f"the recipient {to_hex(self.recipient)} of the special policy has no cred",
                "name somebody who has cred in these weeks",
            )
        return {who: MicroCred(MICRO if who == self.recipient else 0) for who in people}
