# SPDX-License-Identifier: AGPL-3.0-only
"""Policies: rules that turn a cred history into the scores of one distribution.

A policy is one file beside this one and one line in `POLICIES`. It is a pure function of (cred
history, past payouts, budget) and of its parameters; the chain does not care which was used, the
document names it, and whoever verifies a document applies the named policy again.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from millpond.core.cred import CredHistory
from millpond.core.errors import ParameterError
from millpond.core.policies.proportional import Proportional
from millpond.core.subjects import Subject
from millpond.core.units import Amount, MicroCred


class Policy(Protocol):
    """What a policy has: a name, its parameters as strings, and the rule itself."""

    @property
    def name(self) -> str:
        """The name under which documents record it."""
        ...

    @property
    def parameters(self) -> Mapping[str, str]:
        """Everything the rule depends on besides its arguments, as the document records it."""
        ...

    def scores(
        self, history: CredHistory, past: Mapping[Subject, Amount], budget: Amount
    ) -> dict[Subject, MicroCred]:
        """A score of zero or more for every person of the history. Must not depend on order."""
        ...


POLICIES: dict[str, Callable[[Mapping[str, str]], Policy]] = {
    "proportional": Proportional.from_parameters,
}


def policy_named(name: str, parameters: Mapping[str, str]) -> Policy:
    """The policy a document names; `ParameterError` for an unknown name or parameter."""
    make = POLICIES.get(name)
    if make is None:
        raise ParameterError(
            f"there is no policy named {name!r}", f"choose one of: {', '.join(sorted(POLICIES))}"
        )
    return make(parameters)
