# SPDX-License-Identifier: AGPL-3.0-only
"""CredRank written down once more, in the plainest way: every state of the chain in one matrix.

No state is left out and none eliminated, and the stationary distribution is solved for directly. It
shares no line with `millpond.core.cred.credrank`; for small graphs only.
"""

from collections.abc import Mapping

import numpy as np

from millpond.core.cred.model import Contributions
from millpond.core.cred.weights import Floats

ALPHA, BETA, GAMMA = 0.1, 0.4, 0.1


def people_by_week(
    scored: Contributions, passed: Mapping[tuple[int, int, int], float] | None = None
) -> Floats:
    """Cred [person, week]; `passed` is the share that (giver, receiver, week) passes on."""
    people, weeks, nodes = len(scored.people), scored.weeks.count, scored.count
    seed, paid, epochs = nodes, nodes + 1, nodes + 1 + weeks
    step = _along_edges(scored, epochs)
    for person in range(people):
        for week in range(weeks):
            own = epochs + person * weeks + week
            step[own, paid + week] = BETA
            step[own, own - week + min(week + 1, weeks - 1)] += GAMMA
            step[own, own - week + max(week - 1, 0)] += GAMMA
    for (giver, receiver, week), share in (passed or {}).items():
        own = epochs + giver * weeks + week
        step[own, epochs + receiver * weeks + week] += BETA * share
        step[own, paid + week] -= BETA * share
    step[seed, :nodes] = scored.mint / scored.mint.sum()
    for number in range(len(step)):
        if number != seed:
            step[number, seed] += 1 - step[number].sum()
    system = step.T - np.eye(len(step))
    system[-1] = 1
    found = np.linalg.solve(system, np.eye(len(step))[-1])
    kept = np.array([step[epochs + at, paid + at % weeks] for at in range(people * weeks)])
    pay = (found[epochs:] * kept).reshape(people, weeks)
    result: Floats = pay * scored.mint.sum() / found[paid:epochs].sum()
    return result


def _along_edges(scored: Contributions, epochs: int) -> Floats:
    """The steps along edges; a person's end of an edge is her state in the week of the edge."""
    weeks, nodes = scored.weeks.count, scored.count
    size = epochs + len(scored.people) * weeks
    weight = np.zeros((size, size))

    def state(end: int, time: int) -> int:
        week = (time - scored.weeks.first_ms) // (7 * 86_400_000)
        return end if end < nodes else epochs + (end - nodes) * weeks + week

    edges = (scored.sources, scored.targets, scored.edge_times, scored.forwards, scored.backwards)
    for source, target, time, forwards, backwards in zip(*edges, strict=True):
        one, other = state(int(source), int(time)), state(int(target), int(time))
        weight[one, other] += forwards
        weight[other, one] += backwards
    out = weight.sum(axis=1, keepdims=True)
    part = np.where(np.arange(size)[:, None] < nodes, 1 - ALPHA, 1 - ALPHA - BETA - 2 * GAMMA)
    return np.divide(weight * part, out, out=np.zeros((size, size)), where=out > 0)
