# SPDX-License-Identifier: AGPL-3.0-only
"""What a policy is given: everything that its scores may depend on besides its parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from millpond.core.cred import CredHistory
from millpond.core.subjects import Subject, of_address
from millpond.core.units import Amount, MicroCred


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier distributions paid: the hashes of their documents, oldest first, and each
    subject's sum in the asset's smallest unit, by subject."""

    documents: tuple[bytes, ...]
    received: tuple[tuple[Subject, Amount], ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The cred of the epoch; what the policy asks for besides is None if it does not."""

    history: CredHistory
    earlier: CredHistory | None = None
    """The weeks right before the epoch, as they are counted today."""
    past: Past | None = None
    budget: Amount | None = None
    """What is to be paid this time, by which past payments are made even."""
    maintainers: Mapping[str, Sequence[Subject]] = field(default_factory=dict)
    signer_cap_bps: int = 0
    excluded: frozenset[Subject] = frozenset()

    @property
    def weeks(self) -> int:
        """How many there are, earlier ones included."""
        return len(self.history.weeks) + (len(self.earlier.weeks) if self.earlier else 0)

    def weekly(self) -> dict[Subject, tuple[MicroCred, ...]]:
        """Everybody's cred over all weeks, oldest first."""
        if self.earlier is None:
            return {person.subject: person.weekly for person in self.history.people}
        before, now = len(self.earlier.weeks), len(self.history.weeks)
        found = {p.subject: p.weekly + (MicroCred(0),) * now for p in self.earlier.people}
        none = (MicroCred(0),) * before
        for person in self.history.people:
            known = found.get(person.subject, none)[:before]
            found[person.subject] = known + person.weekly
        return found

    def owned(self) -> dict[str, frozenset[Subject]]:
        """The subjects of each maintainer; her account is one of them, listed or not."""
        return {who: owned_by(who, subjects) for who, subjects in self.maintainers.items()}

    def of_maintainers(self) -> frozenset[Subject]:
        """All of theirs."""
        return frozenset(chain.from_iterable(self.owned().values()))


def owned_by(account: str, subjects: Sequence[Subject]) -> frozenset[Subject]:
    """What counts as a maintainer's for her cap, as the distributor counts it."""
    return frozenset((of_address(account), *subjects))
