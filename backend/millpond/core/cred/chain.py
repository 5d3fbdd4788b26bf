# SPDX-License-Identifier: AGPL-3.0-only
"""The chain of CredRank: where cred goes next, from each state.

States: each contribution; each person's week (of the people whom an edge or an attribution reaches;
all others are alike, idle, and need no states of their own); for each week an account of what was
paid; one seed. From a contribution, 1 - ALPHA goes along its edges in proportion to their weights.
From a person's week, BETA is paid to her, GAMMA goes to her next week and GAMMA to the one before
(the first and the last keep it), REST along her edges of that week. Whatever goes nowhere returns
to the seed, which mints it again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from millpond.core.cred.graph import Ints
from millpond.core.cred.model import Attribution, Contributions
from millpond.core.cred.prepare import in_force
from millpond.core.cred.weights import Floats, added, added_by
from millpond.core.errors import ConfigFileError, CredError
from millpond.core.units import Millis
from millpond.core.weeks import WEEK_MS, iso_date

ALPHA, BETA, GAMMA = 1 / 10, 4 / 10, 1 / 10
REST = 1 - (ALPHA + BETA + GAMMA + GAMMA)
PARAMETERS = {"alpha": ALPHA, "beta": BETA, "gammaBackward": GAMMA, "gammaForward": GAMMA}

_ROUNDING = 1 / 10**12
"""Shares that add up to this much more than all are a whole, written in decimals."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain. State c is contribution c; state n + r * weeks + w is week w of busy person r."""

    contributions: int
    weeks: int
    busy: Ints
    """The people who have states, by number."""
    minting: Floats
    """The seed's share for each contribution."""
    sources: Ints
    targets: Ints
    shares: Floats
    """Steps along edges, in their order (see `directed`), then attributions."""
    along_edges: int
    """So many of the steps are along edges; the others are attributions."""
    kept: Floats
    """What a person is paid of each of her weeks, [r, w]: BETA less what she passes on."""
    has_edges: NDArray[np.bool_]
    """Which states have an edge that leads out of them."""

    @property
    def states(self) -> int:
        """Contributions and weeks of busy people."""
        return self.contributions + len(self.busy) * self.weeks


def chain_of(
    scored: Contributions, attributions: tuple[Attribution, ...], late_boundary: bool
) -> Chain:
    """The chain of a graph.

    With `late_boundary` an edge at the very second in which a week starts counts for the week
    before, as SourceCred has it for people (and for nothing else); without, for the week it is in.
    """
    total = added(scored.mint)
    if not total > 0:
        raise CredError(
            "nothing mints: every contribution has the weight 0",
            "give a weight to some kind of node in config/weights.json",
        )
    week = scored.weeks.of(scored.edge_times - (1 if late_boundary else 0)).clip(0)
    passed = _passed_on(scored, attributions)
    busy = _busy(scored, passed)
    row = np.full(len(scored.people), -1, dtype=np.int64)
    row[busy] = np.arange(len(busy))
    first, weeks = scored.count, scored.weeks.count

    def states(ends: Ints) -> Ints:
        person = np.maximum(ends - first, 0)
        return np.where(ends < first, ends, first + row[person] * weeks + week)

    one, other = states(scored.sources), states(scored.targets)
    taken = directed(scored)
    sources = np.stack([one, other], axis=1).ravel()[taken]
    targets = np.stack([other, one], axis=1).ravel()[taken]
    weights = np.stack([scored.forwards, scored.backwards], axis=1).ravel()[taken]
    size = first + len(busy) * weeks
    out = added_by(sources, weights, size)
    shares = weights / out[sources] * np.where(sources < first, 1 - ALPHA, REST)
    givers, receivers, parts = _attribution_steps(passed, row, weeks, first)
    given = np.zeros((len(busy), weeks))
    for giver, _, part in passed:
        given[row[giver]] += part
    return Chain(
        contributions=first,
        weeks=weeks,
        busy=busy,
        minting=scored.mint / total,
        sources=np.concatenate([sources, givers]),
        targets=np.concatenate([targets, receivers]),
        shares=np.concatenate([shares, parts]),
        along_edges=len(sources),
        kept=(BETA - given * BETA).clip(0),
        has_edges=out > 0,
    )


def directed(scored: Contributions) -> Ints:
    """The ways that carry cred, in the order of their edges.

    Way 2e leads forwards along edge e, and way 2e + 1 backwards.
    """
    return np.flatnonzero(np.stack([scored.forwards, scored.backwards], axis=1) > 0)


def _busy(scored: Contributions, passed: list[tuple[int, int, Floats]]) -> Ints:
    carries = (scored.forwards > 0) | (scored.backwards > 0)
    ends = np.concatenate([scored.sources[carries], scored.targets[carries]])
    reached = np.zeros(len(scored.people), dtype=np.bool_)
    reached[ends[ends >= scored.count] - scored.count] = True
    for giver, receiver, _ in passed:
        reached[[giver, receiver]] = True
    return np.flatnonzero(reached)


def _passed_on(
    scored: Contributions, attributions: tuple[Attribution, ...]
) -> list[tuple[int, int, Floats]]:
    """Giver, receiver and the share that is passed on in each week, where there is any."""
    number = {person.id: at for at, person in enumerate(scored.people)}
    given: dict[int, Floats] = {}
    result = []
    for each in attributions:
        giver, receiver = number[each.giver], number[each.receiver]
        part = in_force(each.periods, scored.weeks.starts, 0)
        total = given[giver] = given.get(giver, np.zeros(len(part))) + part
        if total.max() > 1 + _ROUNDING:
            at = scored.weeks.first_ms + WEEK_MS * int(np.argmax(total > 1 + _ROUNDING))
            raise ConfigFileError(
                f"{scored.people[giver].name} passes on more than all of the week of "
                f"{iso_date(Millis(at))}",
                "let the proportions of one person add up to 1 at most",
                "config/personalAttributions.json",
            )
        if part.any():
            result.append((giver, receiver, part))
    return result


def _attribution_steps(
    passed: list[tuple[int, int, Floats]], row: Ints, weeks: int, first: int
) -> tuple[Ints, Ints, Floats]:
    every = np.arange(weeks)
    sources, targets, shares = [every[:0]], [every[:0]], [np.zeros(0)]
    for giver, receiver, part in passed:
        at = every[part > 0]
        sources.append(first + row[giver] * weeks + at)
        targets.append(first + row[receiver] * weeks + at)
        shares.append(BETA * part[at])
    return np.concatenate(sources), np.concatenate(targets), np.concatenate(shares)
