# SPDX-License-Identifier: AGPL-3.0-only
"""What comes out: cred of people by week, scores of contributions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from millpond.core.cred.chain import PARAMETERS, Chain
from millpond.core.cred.history import CredHistory
from millpond.core.cred.model import Contributions, Zeroed
from millpond.core.cred.weights import Floats, added
from millpond.core.errors import CredError
from millpond.core.units import Millis
from millpond.core.weeks import WEEK_MS, Week, iso_date

CREDRANK, TIMELINE = "credrank", "timeline"
COMPATIBLE, EXACT = "compatible", "exact"


@dataclass(frozen=True, slots=True)
class Ranked:
    """The chain and what passed through it, in cred."""

    chain: Chain
    passed: Floats
    """What passed each week of each busy person, [r, w]."""
    seeded: float
    """What the seed gave out: what is minted, and whatever came back to be minted again."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What a method gives: cred of people by week, and of contributions."""

    method: str
    mode: str
    parameters: Mapping[str, float]
    contributions: Contributions
    weekly: Floats
    """A row for each person, a column for each week."""
    nodes: Floats
    """The score of each contribution."""
    total_mint: float
    """What is minted in all, and shared out."""
    states: int
    """How many states the chain has."""
    flows: int
    """How many of the chain's steps go along an edge of the graph."""
    rounds: int
    """How often the chain was stepped."""
    zeroed: tuple[Zeroed, ...] = ()
    ranked: "Ranked | None" = None
    """How the cred went through the chain; None with another method than CredRank."""

    @property
    def cred(self) -> Floats:
        """Each person's cred over all weeks."""
        total = np.zeros(len(self.weekly))
        for week in self.weekly.T:
            total += week
        return total

    def by_person(self) -> dict[str, float]:
        """Each person's cred by her id."""
        people = self.contributions.people
        return {person.id: float(cred) for person, cred in zip(people, self.cred, strict=True)}

    def columns(self, weeks: Sequence[Week]) -> list[int]:
        """Where these weeks stand in `weekly`; `CredError` if the graph does not span them."""
        spanned = self.contributions.weeks
        columns = [(week.start_ms - spanned.first_ms) // WEEK_MS for week in weeks]
        if not columns or min(columns) < 0 or max(columns) >= spanned.count:
            raise CredError(
                "the graph does not span these weeks: it has "
                f"{iso_date(Millis(spanned.first_ms))} to {iso_date(Millis(spanned.end_ms))}",
                "fetch the sources again, or choose weeks within",
            )
        return columns

    def history(self, weeks: Sequence[Week]) -> CredHistory:
        """Weekly cred in integers, for these weeks; `CredError` if the graph does not span them."""
        columns = self.columns(weeks)
        people = self.contributions.people
        rows = self.weekly[:, columns].tolist()
        doubles = {person.identity: row for person, row in zip(people, rows, strict=True)}
        return CredHistory.from_doubles(weeks, doubles)


def credranked(
    scored: Contributions, ranked: Ranked, mode: str, nodes: Floats, weekly: Floats, rounds: int
) -> Scores:
    """The scores that CredRank gives in a mode."""
    chain = ranked.chain
    return Scores(
        method=CREDRANK,
        mode=mode,
        parameters=PARAMETERS,
        contributions=scored,
        weekly=weekly,
        nodes=nodes,
        total_mint=added(scored.mint),
        # All of the whole chain: those here, the idle, what was paid by week, the seed.
        states=chain.contributions + (len(scored.people) + 1) * chain.weeks + 1,
        flows=chain.along_edges,
        rounds=rounds,
        ranked=ranked,
    )
