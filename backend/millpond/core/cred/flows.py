# SPDX-License-Identifier: AGPL-3.0-only
"""Where cred came from and where it went: into and out of a node, and what a person's is made of.

All figures are in cred over the whole history. More passes through a node than it mints: what
returns to the seed is minted again, and cred goes back and forth between neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from millpond.core.cred.chain import GAMMA, directed
from millpond.core.cred.graph import Ints
from millpond.core.cred.scores import Ranked, Scores
from millpond.core.cred.weights import Floats
from millpond.core.errors import CredError


@dataclass(frozen=True, slots=True)
class Flow:
    """Cred along an edge, or along an attribution, whose edge address is empty."""

    address: str
    """The node at the other end; of a person, all her weeks together."""
    edge: str
    cred: float


@dataclass(frozen=True, slots=True)
class Flows:
    """All that entered a node and all that left it."""

    score: float
    """What passed. Of a person without what went from week to week."""
    minted: float
    paid: float
    """What stayed with a person as her cred; 0 for a contribution."""
    returned: float
    """What went back to the seed."""
    ins: tuple[Flow, ...]
    outs: tuple[Flow, ...]


def flows(scores: Scores, address: str) -> Flows:
    """What flowed into and out of a contribution or a person, the largest first."""
    ranked = ranked_of(scores)
    first, last = _states(scores, ranked, address)
    sources, targets = ranked.chain.sources, ranked.chain.targets
    along = ranked.chain.shares * passed_states(scores, ranked)[sources]
    entering = np.flatnonzero((targets >= first) & (targets < last))
    leaving = np.flatnonzero((sources >= first) & (sources < last))
    minted: float = 0
    paid: float = 0
    if first == last:
        pass
    elif last <= ranked.chain.contributions:
        minted = float(ranked.seeded * ranked.chain.minting[first])
    else:
        row = (first - ranked.chain.contributions) // ranked.chain.weeks
        paid = float((ranked.passed[row] * ranked.chain.kept[row]).sum())
    score = minted + float(along[entering].sum())
    return Flows(
        score=score,
        minted=minted,
        paid=paid,
        returned=score - paid - float(along[leaving].sum()),
        ins=_listed(scores, ranked, sources, along, entering),
        outs=_listed(scores, ranked, targets, along, leaving),
    )


def contributions_of(
    scores: Scores, person: str, columns: Sequence[int] | None = None
) -> tuple[Flow, ...]:
    """What a person's cred is made of: what came along each edge, as far as it was paid to her; of
    the weeks with these numbers alone, if they are given.

    The largest first; together they are her cred. What enters her week w is worth in the end
    h[w] of itself, with h[w] = kept[w] + GAMMA * (h[w - 1] + h[w + 1]): what she is paid of it then
    and of what goes to her weeks beside.
    """
    ranked = ranked_of(scores)
    found = next((each for each in scores.contributions.people if each.id == person), None)
    if found is None:
        raise CredError(f"there is nobody with the id {person!r}", "look up the id in the ledger")
    first, last = _states(scores, ranked, found.address)
    if first == last:
        return ()
    chain = ranked.chain
    targets = chain.targets
    entering = np.flatnonzero((targets >= first) & (targets < last))
    row = (first - chain.contributions) // chain.weeks
    ends_with = worth(chain.kept[row], columns)
    along = chain.shares * passed_states(scores, ranked)[chain.sources]
    along[entering] *= ends_with[targets[entering] - first]
    return _listed(scores, ranked, chain.sources, along, entering)


def worth(kept: Floats, columns: Sequence[int] | None = None) -> Floats:
    """How much of what enters each week of a person she is paid in the end, over all weeks or in
    those with these numbers."""
    if columns is not None:
        chosen = np.zeros(len(kept))
        chosen[list(columns)] = kept[list(columns)]
        kept = chosen
    elif np.all(kept == kept[0]):
        # She passes nothing on: each week hands on 2 * GAMMA, and what she is paid is a series.
        return np.full(len(kept), kept[0] / (1 - 2 * GAMMA))
    every = np.arange(len(kept))
    system = np.eye(len(kept))
    np.add.at(system, (every, np.minimum(every + 1, len(kept) - 1)), -GAMMA)
    np.add.at(system, (every, np.maximum(every - 1, 0)), -GAMMA)
    result: Floats = np.linalg.solve(system, kept)
    return result


def ranked_of(scores: Scores) -> Ranked:
    """The chain and what passed through it; `CredError` if the method keeps none."""
    if scores.ranked is None:
        raise CredError(
            f"the flows of {scores.method} are not kept", "compute the scores with credrank"
        )
    return scores.ranked


def passed_states(scores: Scores, ranked: Ranked) -> Floats:
    """What passed each state."""
    return np.concatenate([scores.nodes, ranked.passed.ravel()])


def _states(scores: Scores, ranked: Ranked, address: str) -> tuple[int, int]:
    """The states of a node, from and to; none for a person whom no edge reaches."""
    found, chain = scores.contributions, ranked.chain
    for number, person in enumerate(found.people):
        if person.address == address:
            row = int(np.searchsorted(chain.busy, number))
            if row == len(chain.busy) or chain.busy[row] != number:
                return 0, 0
            first = chain.contributions + row * chain.weeks
            return first, first + chain.weeks
    try:
        number = found.addresses.index(address)
    except ValueError:
        raise CredError(
            f"there is no node {address!r}", "take an address from the graph, with its NULs"
        ) from None
    return number, number + 1


def _listed(
    scores: Scores, ranked: Ranked, others: Ints, along: Floats, steps: Ints
) -> tuple[Flow, ...]:
    found, chain = scores.contributions, ranked.chain
    numbers = directed(found) // 2

    def address(state: int) -> str:
        if state < chain.contributions:
            return str(found.addresses[state])
        row = (state - chain.contributions) // chain.weeks
        return found.people[int(chain.busy[row])].address

    listed = [
        Flow(
            address(int(others[step])),
            found.edge_addresses[numbers[step]] if step < chain.along_edges else "",
            float(along[step]),
        )
        for step in steps
    ]
    return tuple(sorted(listed, key=lambda flow: (-flow.cred, flow.address, flow.edge)))
