# SPDX-License-Identifier: AGPL-3.0-only
"""CredRank, exact: cred by the stationary distribution of the chain.

Each unit that the seed mints is followed until it is paid or returns to the seed. All terms are
positive and the sum of those that are still to come is known, so it ends when nothing is left that
a double could show. A person's idle weeks, which no edge reaches, only hand cred on to her weeks
beside; they are eliminated in closed form (`idle`).
"""

import numpy as np

from millpond.core.cred.chain import Chain, chain_of
from millpond.core.cred.idle import BusyWeeks
from millpond.core.cred.model import Attribution, Contributions
from millpond.core.cred.scores import EXACT, Ranked, Scores, credranked
from millpond.core.cred.steps import Steps
from millpond.core.cred.weights import Floats
from millpond.core.errors import CredError

_LEFT = 1 / 2**60
"""Stop when what is still to come is this share of what was seen."""


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
    weekly = np.zeros((len(scored.people), chain.weeks))
    weekly[chain.busy] = ranked.passed * chain.kept
    return credranked(scored, ranked, EXACT, nodes * factor, weekly, rounds)


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
