# SPDX-License-Identifier: AGPL-3.0-only
"""What cred is computed from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from millpond.core.cred.graph import Ints, SourceGraph
from millpond.core.cred.weights import Floats, Weights
from millpond.core.identity.accounts import Account, identity_of
from millpond.core.weeks import WEEK_MS


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can get cred: one node, into which those of her accounts are contracted."""

    id: str
    name: str
    address: str
    aliases: tuple[str, ...] = ()
    active: bool = False
    grain_earned: str = "0"
    """What the instance's own ledger paid her so far, in its smallest unit."""

    @property
    def identity(self) -> str:
        """The text whose hash is her subject in a distribution: by number where a source has it."""
        return identity_of(Account(self.address))


@dataclass(frozen=True, slots=True)
class Period:
    """A figure that holds for the weeks that start at this time or later, until the next."""

    start_ms: int
    value: float


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that the nodes below a prefix may mint in a week; no limit before the first."""

    prefix: str
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Dependency:
    """Somebody for whom more is minted: a share of all that is dated in a week."""

    person: str
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """One person passes a share of what she is paid on to another, week by week."""

    giver: str
    receiver: str
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Zeroed:
    """Somebody whose cred counts as none, and the reason, for everybody to read."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Instance:
    """All that cred is computed from. People are in the order of their ledger."""

    graphs: tuple[SourceGraph, ...]
    people: tuple[Person, ...]
    weights: Weights = field(default_factory=Weights)
    """The instance's own, in the place of what the sources propose."""
    budgets: tuple[Budget, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    zeroed: tuple[Zeroed, ...] = ()


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weeks that a graph spans, each from Sunday 00:00 UTC."""

    first_ms: int
    count: int

    @property
    def starts(self) -> Ints:
        """When each week starts."""
        return self.first_ms + WEEK_MS * np.arange(self.count)

    @property
    def end_ms(self) -> int:
        """The end of the last, exclusive."""
        return self.first_ms + WEEK_MS * self.count

    def of(self, times: Ints) -> Ints:
        """The number of the week of each time; -1 for no time."""
        return np.where(times < 0, -1, (times - self.first_ms) // WEEK_MS)


@dataclass(frozen=True, slots=True)
class Contributions:
    """A graph ready to be scored: weights applied, accounts contracted, budgets kept.

    Nodes 0 to n - 1 are contributions, with `mint` each; node n + p is person p of `people`.
    Edges carry cred both ways, by their weights.
    """

    weeks: Weeks
    people: tuple[Person, ...]
    addresses: Sequence[str]
    descriptions: Sequence[str]
    times: Ints
    mint: Floats
    edge_addresses: Sequence[str]
    sources: Ints
    targets: Ints
    edge_times: Ints
    forwards: Floats
    backwards: Floats
    left_out: int
    """How many edges end where there is no node, and count for nothing."""
    weights: Weights
    """Those that were applied."""

    @property
    def count(self) -> int:
        """The number of contributions."""
        return len(self.addresses)
