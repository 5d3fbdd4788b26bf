# SPDX-License-Identifier: AGPL-3.0-only
"""Everybody's cred at once, taken apart into what it came from (see `flows` for one person's)."""

from dataclasses import dataclass

import numpy as np

from millpond.core.cred.flows import passed_states, ranked_of, worth
from millpond.core.cred.graph import Ints
from millpond.core.cred.scores import Scores
from millpond.core.cred.weights import Floats

FROM_A_PERSON = -1


@dataclass(frozen=True, slots=True)
class Parts:
    """One entry for each way on which cred came to somebody; together they are all cred.

    Weeks are those in which it came in; she is paid some of it in the weeks beside.
    """

    people: Ints
    weeks: Ints
    origins: Ints
    """The number of the contribution; FROM_A_PERSON for what somebody else passed on."""
    cred: Floats


def parts(scores: Scores) -> Parts:
    """What all people's cred is made of. A person who is zeroed has none, and others' has grown."""
    ranked = ranked_of(scores)
    chain = ranked.chain
    entering = np.flatnonzero(chain.targets >= chain.contributions)
    row, week = np.divmod(chain.targets[entering] - chain.contributions, chain.weeks)
    ends_with = np.array([worth(kept) for kept in chain.kept]).reshape(-1, chain.weeks)
    sources = chain.sources[entering]
    along = chain.shares[entering] * passed_states(scores, ranked)[sources]
    cred = along * ends_with[row, week]
    people = chain.busy[row]
    # Zeroing, and an early stop, leave people with other totals than what came along the edges.
    made = np.bincount(people, cred, len(scores.contributions.people))
    scale = np.divide(scores.cred, made, out=np.zeros(len(made)), where=made > 0)
    origins = np.where(sources < chain.contributions, sources, FROM_A_PERSON)
    return Parts(people, week, origins, cred * scale[people])
