# SPDX-License-Identifier: AGPL-3.0-only
"""CredRank as SourceCred 0.11.2 publishes it, to the last bit.

The whole chain is stepped from the uniform distribution until no state changes by 1e-7 or more, at
most 255 times, and the distribution before the last step is taken. Its error grows with the graph,
and its total is near the mint, not the mint.

Doubles round at every addition, so their order counts. What a state gets comes in this order, each
addition strictly after the one before: along edges, by where the edges of the other end first
stand in the order of all edges; from earlier people by attribution; from the week before; from
later people; from the week after; what is minted. The seed gets what returns from contributions,
then week by week from the account of what was paid and from everybody in the order of the ledger.
`np.cumsum` and `np.bincount` add like this; `np.sum` and `np.add.reduceat` add in pairs.

People whom no edge reaches have the same numbers, so one row of weeks holds them all; but they are
added up one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from millpond.core.cred.chain import BETA, GAMMA, Chain, chain_of
from millpond.core.cred.graph import Ints
from millpond.core.cred.model import Attribution, Contributions
from millpond.core.cred.scores import COMPATIBLE, Ranked, Scores, credranked
from millpond.core.cred.weights import Floats, added, added_by

STOP_BELOW = 1 / 10**7
MOST_STEPS = 255
_BLOCK = 2**16
"""So many people's weeks are added up at a time, to spare memory."""


def compatible(scored: Contributions, attributions: tuple[Attribution, ...]) -> Scores:
    """What SourceCred 0.11.2 gives for the same graph."""
    chain = chain_of(scored, attributions, late_boundary=True)
    walk = _Walk.of(chain, len(scored.people))
    state, steps = walk.stepped()
    paid, mint = added(state.paid), added(scored.mint)
    passed = walk.weeks_of(state.held).T / paid * mint
    ranked = Ranked(chain, passed[: len(chain.busy)], state.seed / paid * mint)
    nodes = state.held[: chain.contributions] / paid * mint
    return credranked(scored, ranked, COMPATIBLE, nodes, (passed * walk.kept.T)[walk.row], steps)


@dataclass(frozen=True, slots=True)
class _State:
    """A distribution over the whole chain."""

    held: Floats
    """Contributions, then week by week the busy people and one idle person if there is any."""
    paid: Floats
    seed: float

    def change(self, other: Self) -> float:
        """The largest difference of any state."""
        pairs = ((self.held, other.held), (self.paid, other.paid))
        most = max(float(np.abs(one - two).max(initial=0)) for one, two in pairs)
        return max(most, abs(self.seed - other.seed))


@dataclass(frozen=True, slots=True)
class _Handed:
    """What people pass on to others."""

    sources: Ints
    targets: Ints
    shares: Floats

    def parted(self) -> tuple["_Handed", "_Handed"]:
        """What comes before, and after, what the week before hands on; in the order of givers.

        The first is from people who are not behind the receiver in the ledger.
        """
        order = np.argsort(self.sources, kind="stable")
        sources, targets, shares = self.sources[order], self.targets[order], self.shares[order]
        first = sources <= targets
        return (
            _Handed(sources[first], targets[first], shares[first]),
            _Handed(sources[~first], targets[~first], shares[~first]),
        )

    def add(self, held: Floats, to: Floats) -> None:
        """Add what arrives, one after another."""
        np.add.at(to, self.targets, held[self.sources] * self.shares)


@dataclass(frozen=True, slots=True)
class _Walk:
    """The chain with its steps in the order in which they are added up.

    Its states are numbered week by week, as they are added up: state n + w * rows + r.
    """

    chain: Chain
    row: Ints
    """Each person's place in a week."""
    kept: Floats
    """What a person is paid of each of her weeks, [w, r]."""
    returned: Floats
    """What each state sends back to the seed."""
    sources: Ints
    targets: Ints
    shares: Floats
    """The steps along edges."""
    early: _Handed
    late: _Handed

    @classmethod
    def of(cls, chain: Chain, people: int) -> Self:
        """The walk through a chain."""
        busy = len(chain.busy)
        row = np.full(people, busy, dtype=np.int64)
        row[chain.busy] = np.arange(busy)
        rows = busy + (1 if busy < people else 0)
        kept = np.full((chain.weeks, rows), BETA)
        kept[:, :busy] = chain.kept.T
        size = chain.contributions + chain.weeks * rows

        def numbered(states: Ints) -> Ints:
            place, week = np.divmod(states - chain.contributions, chain.weeks)
            moved = chain.contributions + week * rows + place
            return np.where(states < chain.contributions, states, moved)

        edges = chain.along_edges
        sources, targets, shares = numbered(chain.sources), numbered(chain.targets), chain.shares
        handed = _Handed(sources[edges:], targets[edges:], shares[edges:])
        sources, targets, shares = sources[:edges], targets[:edges], shares[:edges]
        order = np.lexsort((_first_steps(sources, size)[sources], targets))
        return cls(
            chain,
            row,
            kept,
            _returned(chain, size, sources, shares),
            sources[order],
            targets[order],
            shares[order],
            *handed.parted(),
        )

    def weeks_of(self, figures: Floats) -> Floats:
        """The part of an array over the states that is about people's weeks, [w, r]."""
        return figures[self.chain.contributions :].reshape(self.chain.weeks, -1)

    def stepped(self) -> tuple[_State, int]:
        """The distribution at which SourceCred stops, and after how many steps."""
        weeks = self.chain.weeks
        uniform = 1 / (self.chain.contributions + (len(self.row) + 1) * weeks + 1)
        state = _State(np.full(len(self.returned), uniform), np.full(weeks, uniform), uniform)
        for taken in range(1, MOST_STEPS + 1):
            paid, seed = self._paid_and_returned(state)
            following = _State(self._moved(state), paid, seed)
            if following.change(state) < STOP_BELOW:
                return state, taken
            state = following
        return state, MOST_STEPS

    def _moved(self, state: _State) -> Floats:
        """What contributions and people's weeks get."""
        held = state.held
        result = added_by(self.targets, held[self.sources] * self.shares, len(held))
        weeks, now = self.weeks_of(result), self.weeks_of(held) * GAMMA
        self.early.add(held, result)
        weeks[1:] += now[:-1]
        weeks[0] += now[0]
        self.late.add(held, result)
        weeks[:-1] += now[1:]
        weeks[-1] += now[-1]
        result[: self.chain.contributions] += state.seed * self.chain.minting
        return result

    def _paid_and_returned(self, state: _State) -> tuple[Floats, float]:
        """What is paid by week, and what returns to the seed."""
        held = state.held * self.returned
        seed = added(held[: self.chain.contributions])
        payments, returns = self.weeks_of(state.held) * self.kept, self.weeks_of(held)
        paid = np.empty(self.chain.weeks)
        for first, last in self._blocks():
            block = np.empty((last - first, len(self.row)))
            # `clip` never clips here: it spares the copy that `raise` makes.
            np.take(payments[first:last], self.row, axis=1, out=block, mode="clip")
            paid[first:last] = np.cumsum(block, axis=1, out=block)[:, -1]
            np.take(returns[first:last], self.row, axis=1, out=block, mode="clip")
            lines = np.concatenate([state.paid[first:last, None], block], axis=1)
            lines[0, 0] += seed
            seed = added(lines.ravel())
        return paid, seed

    def _blocks(self) -> Iterator[tuple[int, int]]:
        step = max(1, _BLOCK // len(self.row))
        for first in range(0, self.chain.weeks, step):
            yield first, min(first + step, self.chain.weeks)


def _first_steps(sources: Ints, size: int) -> Ints:
    """For each state, the number of the first step that leaves it."""
    result = np.zeros(size, dtype=np.int64)
    # Of several that are assigned to one place the last stays.
    result[sources[::-1]] = np.arange(len(sources))[::-1]
    return result


def _returned(chain: Chain, size: int, sources: Ints, shares: Floats) -> Floats:
    """What each state sends back to the seed: what is left of one after all its other steps."""
    spent = np.zeros(size)
    spent[chain.contributions :] = BETA + GAMMA + GAMMA
    every = np.arange(size)
    return 1 - added_by(np.concatenate([every, sources]), np.concatenate([spent, shares]), size)
