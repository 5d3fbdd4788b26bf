# SPDX-License-Identifier: AGPL-3.0-only
"""Fixed portion: each maintainer gets exactly the signers' cap of the pot; the others by a rule.

With n maintainers, a cap of b basis points and a sum T of all others' scores, her score is the
smallest integer c with c * 10,000 >= b * (T + n * c): c = ceil(b * T / (10,000 - n * b)). So
c / total >= b / 10,000, and floor(pot * c / total) >= floor(pot * b / 10,000) for every pot: what
she is due reaches the cap, and the contract gives her the cap, to the last unit. What is struck out
later makes her part only larger.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from millpond.core.errors import ParameterError
from millpond.core.policies.given import Given
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import Subject, of_address
from millpond.core.units import BPS_ALL, MicroCred, whole

if TYPE_CHECKING:
    from millpond.core.policies import Policy


@dataclass(frozen=True, slots=True)
class FixedPortion:
    """Score of the rule `of` for all others; for a maintainer c, at her account's own leaf."""

    of: "Policy"
    name: ClassVar[str] = "fixed-portion"

    @property
    def looks_back(self) -> bool:
        """As the rule does."""
        return self.of.looks_back

    @property
    def balances(self) -> bool:
        """As the rule does."""
        return self.of.balances

    @property
    def parameters(self) -> Mapping[str, str]:
        """The rule's name as `of`, and its parameters."""
        return {"of": self.of.name, **self.of.parameters}

    @classmethod
    def from_parameters(
        cls,
        parameters: Mapping[str, str],
        policy_named: Callable[[str, Mapping[str, str]], "Policy"],
    ) -> Self:
        """`ParameterError` without a rule, or for one that it cannot be the portion of."""
        rest = {name: text for name, text in parameters.items() if name != "of"}
        own = {name: text for name, text in parameters.items() if name == "of"}
        inner = Parameters(cls.name, own, ("of",)).text("of")
        if inner == cls.name:
            raise ParameterError(
                "a fixed portion of a fixed portion has no meaning", "name another rule as 'of'"
            )
        return cls(policy_named(inner, rest))

    def scores(self, given: Given) -> dict[Subject, MicroCred]:
        """`ParameterError` if the portions leave nothing, or nobody else has a score."""
        theirs, cap = given.of_maintainers(), given.signer_cap_bps
        scores = {
            who: MicroCred(0 if who in theirs else score)
            for who, score in self.of.scores(given).items()
        }
        accounts = [of_address(account) for account in given.maintainers]
        paid = [account for account in accounts if account not in given.excluded]
        others = sum(score for who, score in scores.items() if who not in given.excluded)
        left = BPS_ALL - len(paid) * whole(cap, "the signers' cap", 0, BPS_ALL)
        if left <= 0 or not others:
            raise ParameterError(
                f"fixed portions of {cap} basis points for {len(paid)} maintainers leave "
                + ("nothing to share" if left <= 0 else "nobody who has cred besides"),
                "lower the signers' cap by a vote, or take another policy",
            )
        portion = MicroCred(-(-cap * others // left))
        return scores | dict.fromkeys(accounts, portion)
