# SPDX-License-Identifier: AGPL-3.0-only
"""Timeline cred: week by week, the algorithm of the CredSperiment (SourceCred 0.3 to 0.7).

A node mints (1 - DECAY) of its weight in its own week, and DECAY times what it minted last in each
week after. An edge has its full weight in its week, and DECAY times the last in each after. In each
week cred flows along the edges of that week, with a small loop at each node, and ALPHA of it
returns to what mints then; the stationary distribution is scaled so that people get together what
all nodes mint in that week. What is minted for dependencies comes on top.

Compatible: each week starts from the distribution of the week before and stops when nothing changes
by 1e-7 or more, at most 255 steps. Exact: it goes on until the distribution stands still.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from millpond.core.cred.graph import Ints
from millpond.core.cred.model import Contributions, Dependency
from millpond.core.cred.prepare import in_force
from millpond.core.cred.scores import COMPATIBLE, EXACT, TIMELINE, Scores
from millpond.core.cred.steps import Steps
from millpond.core.cred.weights import Floats

LOOP = 1 / 1000
DECAY = 1 / 2
ALPHA = 1 / 5
ALPHA_AT_FIRST = 1 / 20
"""Until the second week of the CredSperiment."""
STOP_BELOW = 1 / 10**7
MOST_STEPS = 255
_STILL = 1 / 2**50
_MOST_EXACT_STEPS = 1000


def timeline(
    scored: Contributions, dependencies: Sequence[Dependency], mode: str, alpha: float = ALPHA
) -> Scores:
    """Cred week by week, of a graph without nodes for dependencies."""
    chain = _Flow.of(scored)
    limits = {COMPATIBLE: (STOP_BELOW, MOST_STEPS), EXACT: (_STILL, _MOST_EXACT_STEPS)}[mode]
    first, weeks = scored.count, scored.weeks.count
    nodes, minted = np.zeros(first), np.zeros(weeks)
    weekly = np.zeros((len(scored.people), weeks))
    state: Floats | None = None
    rounds = 0
    for week in range(weeks):
        minting = chain.minting(week)
        total = minted[week] = minting.sum()
        seed = minting / total if total > 0 else np.full(len(minting), 1 / len(minting))
        step = chain.step(week, alpha, seed)
        state, steps = _settled(step, seed if state is None else state, limits)
        people = state[first:].sum()
        factor = total / people if people > 0 else 0
        weekly[:, week] = state[first:] * factor
        nodes += state[:first] * factor
        rounds += steps
    more = _for_dependencies(scored, dependencies, minted)
    return Scores(
        method=TIMELINE,
        mode=mode,
        parameters={"alpha": alpha, "intervalDecay": DECAY, "loop": LOOP},
        contributions=scored,
        weekly=weekly + more,
        nodes=nodes,
        total_mint=float(minted.sum() + more.sum()),
        states=len(chain.own_week),
        flows=len(chain.shares) - len(chain.own_week),
        rounds=rounds,
    )


def _settled(
    step: Callable[[Floats], Floats], start: Floats, limits: tuple[float, int]
) -> tuple[Floats, int]:
    stop_below, most = limits
    state = start
    for number in range(1, most + 1):
        following = step(state)
        if np.abs(following - state).max(initial=0) < stop_below:
            return state, number
        state = following
    return state, most


def _for_dependencies(
    scored: Contributions, dependencies: Sequence[Dependency], minted: Floats
) -> Floats:
    """What is minted for people who are dependencies, a row for each person."""
    result = np.zeros((len(scored.people), len(minted)))
    number = {person.id: at for at, person in enumerate(scored.people)}
    for each in dependencies:
        result[number[each.person]] += minted * in_force(each.periods, scored.weeks.starts, 0)
    return result


@dataclass(frozen=True, slots=True)
class _Flow:
    """The steps of all weeks: their weights change, their places do not."""

    own_week: Ints
    """The week of each state's node, or a week that never comes."""
    weights: Floats
    steps: Steps
    shares: Floats
    """The full weight of each step."""
    edge_week: Ints
    """The week from which on each step counts; -1 for the loops, which do not fade."""

    @classmethod
    def of(cls, scored: Contributions) -> "_Flow":
        """The steps that the graph's edges make, both ways, and a loop at each node."""
        size = scored.count + len(scored.people)
        every = np.arange(size)
        week, edge_week = scored.weeks.of(scored.times), scored.weeks.of(scored.edge_times)
        steps = Steps.of(
            np.concatenate([every, scored.sources, scored.targets]),
            np.concatenate([every, scored.targets, scored.sources]),
            size,
        )
        shares = np.concatenate([np.full(size, LOOP), scored.forwards, scored.backwards])
        weeks = np.concatenate([np.full(size, -1), edge_week, edge_week])
        never = np.full(len(scored.people), scored.weeks.count)
        return cls(
            own_week=np.concatenate([np.where(week < 0, scored.weeks.count, week), never]),
            weights=np.concatenate([scored.mint, np.zeros(len(scored.people))]),
            steps=steps,
            shares=shares[steps.order],
            edge_week=weeks[steps.order],
        )

    def minting(self, week: int) -> Floats:
        """What each node mints in a week."""
        age = week - self.own_week
        result: Floats = np.where(
            age >= 0, self.weights * (1 - DECAY) * DECAY ** np.maximum(age, 0), 0
        )
        return result

    def step(self, week: int, alpha: float, seed: Floats) -> Callable[[Floats], Floats]:
        """One step of the chain of a week."""
        age = np.where(self.edge_week < 0, 0, week - self.edge_week)
        weights = np.where(age >= 0, self.shares * DECAY ** np.maximum(age, 0), 0)
        out = np.bincount(self.steps.sources, weights, len(seed))
        shares = weights / out[self.steps.sources] * (1 - alpha)
        return lambda state: self.steps.taken(state, shares) + alpha * seed
