# SPDX-License-Identifier: AGPL-3.0-only
"""Two weights files beside each other: who gains, who loses, and the one who proposed it.

People are paid by their share of all cred, so shares are compared; amounts of cred are not, since
other weights mint another total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from millpond.core.cred.addresses import shown
from millpond.core.cred.model import Person
from millpond.core.cred.weights import Weights
from millpond.core.errors import CredError


@dataclass(frozen=True, slots=True)
class Change:
    """What a proposal means for one person."""

    person: Person
    cred_before: float
    cred_after: float
    share_before: float
    share_after: float
    rank: int
    """1 for who gains most; the last loses most."""

    @property
    def gain(self) -> float:
        """By how much her share grows; below zero if it shrinks."""
        return self.share_after - self.share_before

    @property
    def grows_by(self) -> float | None:
        """The gain as a part of what she had; None if she had nothing."""
        return self.gain / self.share_before if self.share_before > 0 else None


@dataclass(frozen=True, slots=True)
class WeightChange:
    """A prefix whose weight differs: as text, since an edge has two. None where none is given."""

    prefix: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A proposal's effect on everybody, who gains most first."""

    changes: tuple[Change, ...]
    weights: tuple[WeightChange, ...]
    total_before: float
    total_after: float
    moved: float
    """The share of all cred that changes hands."""

    def of(self, person: Person) -> Change:
        """What it means for this person."""
        return next(change for change in self.changes if change.person.id == person.id)


def compared(
    people: Sequence[Person],
    before: Mapping[str, float],
    after: Mapping[str, float],
    weights: tuple[Weights, Weights],
) -> Compared:
    """Cred by id before and after, and the two files' weights."""
    totals = sum(before.values()), sum(after.values())
    if not min(totals) > 0:
        raise CredError("nobody has cred by one of the two", "look whether anything mints by it")

    def gain(person: Person) -> float:
        return after[person.id] / totals[1] - before[person.id] / totals[0]

    ordered = sorted(people, key=lambda person: (-gain(person), person.id))
    changes = tuple(
        Change(
            person=person,
            cred_before=before[person.id],
            cred_after=after[person.id],
            share_before=before[person.id] / totals[0],
            share_after=after[person.id] / totals[1],
            rank=rank,
        )
        for rank, person in enumerate(ordered, 1)
    )
    moved = sum(max(change.gain, 0) for change in changes)
    return Compared(changes, _differences(*weights), *totals, moved)


def _differences(before: Weights, after: Weights) -> tuple[WeightChange, ...]:
    one, other = _texts(before), _texts(after)
    return tuple(
        WeightChange(prefix, one.get(prefix), other.get(prefix))
        for prefix in sorted(one.keys() | other.keys())
        if one.get(prefix) != other.get(prefix)
    )


def _texts(weights: Weights) -> dict[str, str]:
    nodes = {shown(prefix): f"{weight:.15g}" for prefix, weight in weights.nodes.items()}
    edges = {shown(prefix): f"{f:.15g} / {b:.15g}" for prefix, (f, b) in weights.edges.items()}
    return nodes | edges
