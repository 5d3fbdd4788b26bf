# SPDX-License-Identifier: AGPL-3.0-only
"""CredRank: cred by the stationary distribution of the chain.

Exact: each unit that the seed mints is followed until it is paid or returns to the seed. All terms
are positive and the sum of those that are still to come is known, so it ends when nothing is left
that a double could show. A person's idle weeks, which no edge reaches, only hand cred on to her
weeks beside; they are eliminated in closed form (`idle`).

Compatible: the whole chain is stepped from the uniform distribution until no state changes by 1e-7
or more, at most 255 times, and the distribution before the last step is taken: what SourceCred
publishes. Its error grows with the graph, and its total is near the mint, not the mint.
"""

from dataclasses import dataclass

import numpy as np

from millpond.core.cred.chain import ALPHA, BETA, GAMMA, PARAMETERS, REST, Chain, chain_of
from millpond.core.cred.idle import BusyWeeks
from millpond.core.cred.model import Attribution, Contributions
from millpond.core.cred.scores import COMPATIBLE, CREDRANK, EXACT, Ranked, Scores
from millpond.core.cred.steps import Steps
from millpond.core.cred.weights import Floats
from millpond.core.errors import CredError

STOP_BELOW = 1 / 10**7
MOST_STEPS = 255
_LEFT = 1 / 2**60
"""Exact: stop when what is still to come is this share of what was seen."""


def compatible(scored: Contributions, attributions: tuple[Attribution, ...]) -> Scores:
    """What SourceCred 0.11.2 gives for the same graph."""
    chain = chain_of(scored, attributions, late_boundary=True)
    state, steps = _stepped(chain, len(scored.people))
    factor = float(scored.mint.sum()) / state.paid.sum()
    ranked = Ranked(chain, state.busy(chain) * factor, state.seed * factor)
    nodes = state.flow[: scored.count] * factor
    return _scores(scored, ranked, COMPATIBLE, nodes, state.idle * BETA * factor, steps)


def exact(scored: Contributions, attributions: tuple[Attribution, ...]) -> Scores:
    """The converged scores: what people get adds up to what is minted."""
    chain = chain_of(scored, attributions, late_boundary=False)
    nodes, people, rounds = _followed(chain)
    paid = (people * chain.kept).sum()
    if not paid > 0:
        raise CredError(
            "no cred reaches anybody: no edge leads from what mints to a person",
            "check that data/ledger.json names the accounts that the graphs speak of, and that "
            "the weights of edges towards authors are above zero",
        )
    factor = float(scored.mint.sum()) / paid
    ranked = Ranked(chain, people * factor, factor)
    return _scores(scored, ranked, EXACT, nodes * factor, np.zeros(chain.weeks), rounds)


def _scores(
    scored: Contributions, ranked: Ranked, mode: str, nodes: Floats, idle: Floats, rounds: int
) -> Scores:
    """The scores; `idle` is what each person is paid who has no states of her own."""
    chain = ranked.chain
    weekly = np.tile(idle, (len(scored.people), 1))
    weekly[chain.busy] = ranked.passed * chain.kept
    return Scores(
        method=CREDRANK,
        mode=mode,
        parameters=PARAMETERS,
        contributions=scored,
        weekly=weekly,
        nodes=nodes,
        total_mint=float(scored.mint.sum()),
        states=_size(chain, len(scored.people)),
        flows=chain.along_edges,
        rounds=rounds,
        ranked=ranked,
    )


def _size(chain: Chain, people: int) -> int:
    """All states of the whole chain: those here, the idle, what was paid by week, the seed."""
    return chain.contributions + (people + 1) * chain.weeks + 1


# --- compatible -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _State:
    """A distribution over the whole chain."""

    flow: Floats
    """Contributions and weeks of busy people."""
    idle: Floats
    """The weeks of each person who has no states of her own."""
    paid: Floats
    seed: float

    def busy(self, chain: Chain) -> Floats:
        """The weeks of busy people, [r, w]."""
        return self.flow[chain.contributions :].reshape(-1, chain.weeks)

    def change(self, other: "_State") -> float:
        """The largest difference of any state."""
        pairs = ((self.flow, other.flow), (self.idle, other.idle), (self.paid, other.paid))
        most = max(float(np.abs(one - two).max(initial=0)) for one, two in pairs)
        return max(most, abs(self.seed - other.seed))


def _stepped(chain: Chain, people: int) -> tuple[_State, int]:
    """The distribution at which SourceCred stops, and after how many steps."""
    steps = Steps.of(chain.sources, chain.targets, chain.states)
    shares = chain.shares[steps.order]
    alike = people - len(chain.busy)
    returns = _returns(chain)
    uniform = 1 / _size(chain, people)
    state = _State(
        np.full(chain.states, uniform),
        np.full(chain.weeks, uniform),
        np.full(chain.weeks, uniform),
        uniform,
    )
    for taken in range(1, MOST_STEPS + 1):
        flow = steps.taken(state.flow, shares)
        flow[: chain.contributions] += state.seed * chain.minting
        busy, idle = state.busy(chain), state.idle
        flow[chain.contributions :] += _webbed(busy).ravel()
        following = _State(
            flow,
            _webbed(idle[None])[0],
            (busy * chain.kept).sum(axis=0) + alike * BETA * idle,
            float(returns @ state.flow + alike * (ALPHA + REST) * idle.sum() + state.paid.sum()),
        )
        if following.change(state) < STOP_BELOW:
            return state, taken
        state = following
    return state, MOST_STEPS


def _returns(chain: Chain) -> Floats:
    """What each state sends back to the seed."""
    result = np.where(chain.has_edges, ALPHA, ALPHA + REST)
    nodes = chain.has_edges[: chain.contributions]
    result[: chain.contributions] = np.where(nodes, ALPHA, 1)
    return result


def _webbed(rows: Floats) -> Floats:
    """What the weeks of people hand on to the weeks beside them."""
    result = np.zeros_like(rows)
    result[:, 1:] += GAMMA * rows[:, :-1]
    result[:, :-1] += GAMMA * rows[:, 1:]
    result[:, 0] += GAMMA * rows[:, 0]
    result[:, -1] += GAMMA * rows[:, -1]
    return result


# --- exact ------------------------------------------------------------------------------------


def _followed(chain: Chain) -> tuple[Floats, Floats, int]:
    """How often each contribution and each week of each busy person is passed, per unit minted."""
    first = chain.contributions
    weeks = BusyWeeks.of(chain)
    size = first + len(weeks.cells)
    number = np.zeros(chain.states, dtype=np.int64)
    number[:first] = np.arange(first)
    number[first + weeks.cells] = np.arange(first, size)
    sources, targets, links = weeks.links()
    steps = Steps.of(
        np.concatenate([number[chain.sources], first + sources]),
        np.concatenate([number[chain.targets], first + targets]),
        size,
    )
    shares = np.concatenate([chain.shares, links])[steps.order]
    waiting = np.concatenate([chain.minting, np.zeros(len(weeks.cells))])
    passed = np.zeros(size)
    rounds = 0
    while waiting.sum() > _LEFT * max(passed.sum(), 1):
        passed += waiting
        waiting = steps.taken(waiting, shares)
        rounds += 1
    return passed[:first], weeks.filled(passed[first:]), rounds
