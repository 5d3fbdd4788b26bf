# SPDX-License-Identifier: AGPL-3.0-only
"""Policies: rules that turn a cred history, or gifts, into the scores of one distribution.

A policy is one file beside this one and one line in `POLICIES`. It is a pure function of what it is
given (cred, past payments, budget, maintainers) and of its parameters; the chain does not care
which was used, the document names it, and whoever verifies a document applies the named policy
again.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from millpond.core.errors import ParameterError
from millpond.core.policies.balanced import Balanced
from millpond.core.policies.cocm import Cocm
from millpond.core.policies.equal import Equal
from millpond.core.policies.fixed_portion import FixedPortion
from millpond.core.policies.given import Given, Past, owned_by
from millpond.core.policies.immediate import Immediate
from millpond.core.policies.pairwise import Pairwise
from millpond.core.policies.proportional import Proportional
from millpond.core.policies.recent import Recent
from millpond.core.policies.special import Special
from millpond.core.policies.time_weight import TimeWeight
from millpond.core.subjects import Subject
from millpond.core.units import MicroCred

__all__ = ["POLICIES", "Given", "Past", "Policy", "owned_by", "policy_named"]


class Policy(Protocol):
    """What a policy has: a name, its parameters as strings, and the rule itself."""

    @property
    def name(self) -> str:
        """The name under which documents record it."""
        ...

    @property
    def parameters(self) -> Mapping[str, str]:
        """Everything the rule depends on besides what it is given, as the document records it."""
        ...

    @property
    def looks_back(self) -> bool:
        """Whether it looks at weeks before the epoch, if there are any."""
        ...

    @property
    def balances(self) -> bool:
        """Whether it needs past payments and a budget."""
        ...

    def scores(self, given: Given) -> dict[Subject, MicroCred]:
        """A score of zero or more for every person it knows of. Must not depend on order."""
        ...


POLICIES: dict[str, Callable[[Mapping[str, str]], Policy]] = {
    "balanced": Balanced.from_parameters,
    "cocm": Cocm.from_parameters,
    "equal": Equal.from_parameters,
    "fixed-portion": lambda given: FixedPortion.from_parameters(given, policy_named),
    "immediate": Immediate.from_parameters,
    "pairwise": Pairwise.from_parameters,
    "proportional": Proportional.from_parameters,
    "recent": Recent.from_parameters,
    "special": Special.from_parameters,
    "time-weight": TimeWeight.from_parameters,
}


def policy_named(name: str, parameters: Mapping[str, str]) -> Policy:
    """The policy a document names; `ParameterError` for an unknown name or parameter."""
    make = POLICIES.get(name)
    if make is None:
        raise ParameterError(
            f"there is no policy named {name!r}", f"choose one of: {', '.join(sorted(POLICIES))}"
        )
    return make(parameters)
