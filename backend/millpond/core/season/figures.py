# SPDX-License-Identifier: AGPL-3.0-only
"""What a season's facts say: for each epoch, and for the members over all its reviews."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from millpond.core.cred.overview import gini, half
from millpond.core.season.facts import PAID, End, Epoch, Leaf, Season
from millpond.core.season.waits import Waits, waits
from millpond.core.units import share_bps


@dataclass(frozen=True, slots=True)
class Contributors:
    """How many leaves came to which end. Those that were not paid are told apart only where the
    document says who they are; else they are `unknown`."""

    leaves: int
    ends: dict[End, int]
    unknown: int

    @property
    def paid(self) -> int:
        """On the chain, in whichever way."""
        return sum(self.ends.get(end, 0) for end in PAID)


@dataclass(frozen=True, slots=True)
class Concentration:
    """How unevenly a pot was divided: 0 is even, near 1 all to one; the fewest who have half."""

    gini: float
    half: int
    leaves: int


@dataclass(frozen=True, slots=True)
class Maintainer:
    """What a maintainer's leaves were due by cred, and what the cap left her, as of a whole pot."""

    account: str
    who: tuple[str, ...]
    due: int
    amount: int


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Who has a leaf for the first time, and how much of the pot it is."""

    who: tuple[str, ...]
    amount: int


@dataclass(frozen=True, slots=True)
class Figures:
    """One epoch in figures. What hangs on the document is None where it is not at hand."""

    epoch: Epoch
    contributors: Contributors | None
    waits: Waits | None
    concentration: Concentration | None
    maintainers: tuple[Maintainer, ...] | None
    newcomers: Newcomers | None


@dataclass(frozen=True, slots=True)
class TurnoutOfMembers:
    """Over all reviews of a season: how many seats took part in any, and in every one."""

    reviews: int
    in_any: int
    in_all: int


def figures(season: Season) -> tuple[Figures, ...]:
    """Each epoch of a season."""
    return tuple(_figures(season, epoch) for epoch in season.epochs)


def turnout(season: Season) -> TurnoutOfMembers:
    """How many members took part."""
    casts = [review.cast for epoch in season.epochs for review in epoch.reviews]
    everywhere = frozenset.intersection(*casts) if casts else frozenset()
    return TurnoutOfMembers(len(casts), len(frozenset().union(*casts)), len(everywhere))


def times_to_claim(season: Season, epochs: Iterable[Epoch]) -> Waits:
    """Of all leaves of some epochs together."""
    claimed: list[int] = []
    censored: list[int] = []
    for epoch in epochs:
        own = _times(season, epoch)
        claimed += own[0]
        censored += own[1]
    return waits(claimed, censored)


def _figures(season: Season, epoch: Epoch) -> Figures:
    if not epoch.final:
        return Figures(epoch, None, None, None, None, None)
    leaves = epoch.leaves
    return Figures(
        epoch,
        contributors(epoch),
        times_to_claim(season, [epoch]),
        concentration(leaves) if leaves is not None else None,
        maintainers(epoch, leaves) if leaves is not None else None,
        newcomers(season, epoch, leaves) if leaves is not None else None,
    )


def contributors(epoch: Epoch) -> Contributors:
    """What became of the leaves."""
    count = epoch.money.leaf_count
    if epoch.leaves is not None:
        return Contributors(count, dict(Counter(leaf.end for leaf in epoch.leaves)), 0)
    ends = Counter(each.end for each in epoch.paid)
    struck = len(struck_out(epoch))
    if struck:
        ends[End.STRUCK] = struck
    return Contributors(count, dict(ends), count - ends.total())


def struck_out(epoch: Epoch) -> frozenset[str]:
    """The subjects that the review of the last attempt struck out for good."""
    if not epoch.reviews:
        return frozenset()
    found = epoch.reviews[-1].zero_outs
    return frozenset(each.subject for each in found if each.restored is None)


def concentration(leaves: Sequence[Leaf]) -> Concentration | None:
    """Of what the leaves get of the pot; None where nobody gets anything."""
    amounts = np.array([float(e.amount) for e in leaves if e.end is not End.STRUCK and e.amount])
    if not len(amounts):
        return None
    return Concentration(gini(amounts), half(amounts), len(amounts))


def maintainers(epoch: Epoch, leaves: Sequence[Leaf]) -> tuple[Maintainer, ...]:
    """Each maintainer, whichever of her leaves were claimed: her cap binds their sum."""
    limit = share_bps(epoch.money.pot, epoch.signer_cap_bps)
    found = []
    for account in epoch.maintainers:
        own = [e for e in leaves if e.maintainer == account and e.end is not End.STRUCK]
        due = sum(leaf.due for leaf in own)
        who = tuple(leaf.who for leaf in own)
        found.append(Maintainer(account, who, due, min(due, limit)))
    return tuple(found)


def newcomers(season: Season, epoch: Epoch, leaves: Sequence[Leaf]) -> Newcomers | None:
    """Who had no leaf before; None where an earlier document is not at hand."""
    before = [e for e in (*season.earlier, *season.epochs) if e.final and e.number < epoch.number]
    if any(each.leaves is None for each in before):
        return None
    known = {leaf.subject for each in before for leaf in each.leaves or ()}
    new = [leaf for leaf in leaves if leaf.subject not in known and leaf.end is not End.STRUCK]
    return Newcomers(tuple(leaf.who for leaf in new), sum(leaf.amount for leaf in new))


def _times(season: Season, epoch: Epoch) -> tuple[list[int], list[int]]:
    """From the final second: to each payment, and as long as the others have waited."""
    start, closes = epoch.money.final_at, epoch.money.closes_at
    if start is None or closes is None:
        return [], []
    claimed = [each.at - start for each in epoch.paid]
    waiting = epoch.money.leaf_count - len(claimed) - len(struck_out(epoch))
    return claimed, [min(season.as_of, closes) - start] * waiting
