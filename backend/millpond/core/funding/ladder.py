# SPDX-License-Identifier: AGPL-3.0-only
"""Budgets of a crowd: everybody chooses a cap on what a share may cost, from a ladder of caps.

The level of a patron is the number of her cap, from 0, the lowest. If all from some level up take
part, a share costs value(r, their weights); they stay together if that is at or under the cap of
that level. The ladder is walked from the highest cap down, and the lowest level that stays is the
clearing one: the largest crowd in which nobody pays more than she allowed. A crowd only gets dearer
on the way down and caps lower, so the walk may end at the first level that fails. Levels below the
clearing one sit out this period. No order of joining matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from millpond.core.errors import FundingError
from millpond.core.funding.crowdmatch import bill, value, weight
from millpond.core.units import share_bps, whole

MOST_LEVELS = 64
NOBODY = 255
"""The lowest level where no level takes part."""


@dataclass(frozen=True, slots=True)
class Pledge:
    """A patron's shares and the level of her cap."""

    shares: int
    level: int


@dataclass(frozen=True, slots=True)
class Clearing:
    """What a share costs, and the lowest level with somebody that takes part, or `NOBODY`."""

    value: int
    lowest: int

    def bill(self, pledge: Pledge) -> int:
        """What a patron pays; nothing if her level sits out."""
        return bill(pledge.shares, self.value) if pledge.level >= self.lowest else 0


@dataclass(frozen=True, slots=True)
class Effect:
    """What one pledge changes in a period."""

    value_before: int
    value_after: int
    own: int
    """What she pays."""
    others: int
    """What all others together pay more because of her; below zero if it makes some sit out."""
    sit_out: int
    """How many others sit out because of her."""


def check_caps(caps: Sequence[int]) -> None:
    """`FundingError` unless they ascend and are 1 to 64."""
    if not 1 <= len(caps) <= MOST_LEVELS:
        raise FundingError(f"a ladder of {len(caps)} caps", f"give 1 to {MOST_LEVELS} caps")
    for cap in caps:
        whole(cap, "a cap", 1)
    if any(low >= high for low, high in pairwise(caps)):
        raise FundingError("the caps do not ascend", "write each once, the lowest first")


def geometric(first: int, step_bps: int, levels: int) -> list[int]:
    """Caps of which each is so many basis points above the one below, and a unit at least."""
    caps = [whole(first, "the first cap", 1)]
    for _ in range(whole(levels, "the number of levels", 1, MOST_LEVELS) - 1):
        caps.append(caps[-1] + max(share_bps(caps[-1], step_bps), 1))
    return caps


def weights_by_level(levels: int, pledges: Sequence[Pledge]) -> list[int]:
    """The sum of weights at each level."""
    found = [0] * levels
    for pledge in pledges:
        found[whole(pledge.level, "the level", 0, levels - 1)] += weight(pledge.shares)
    return found


def clear(rate: int, caps: Sequence[int], weights: Sequence[int]) -> Clearing:
    """By the sums of weights at each level."""
    check_caps(caps)
    found, crowd = Clearing(0, NOBODY), 0
    for level in range(len(caps) - 1, -1, -1):
        if not weights[level]:
            continue
        crowd += weights[level]
        cost = value(rate, crowd)
        if cost > caps[level]:
            break
        found = Clearing(cost, level)
    return found


def cleared(rate: int, caps: Sequence[int], pledges: Sequence[Pledge]) -> Clearing:
    """The same by pledges."""
    return clear(rate, caps, weights_by_level(len(caps), pledges))


def escrow(pledge: Pledge, caps: Sequence[int], periods: int) -> int:
    """What a pledge puts aside: the most that it can ever cost."""
    return bill(pledge.shares, caps[pledge.level]) * whole(periods, "the number of periods", 1)


def effect(rate: int, caps: Sequence[int], others: Sequence[Pledge], own: Pledge) -> Effect:
    """What a pledge would do beside those of others, before it is signed."""
    before, after = cleared(rate, caps, others), cleared(rate, caps, [*others, own])
    return Effect(
        before.value,
        after.value,
        after.bill(own),
        sum(after.bill(each) - before.bill(each) for each in others),
        sum(before.lowest <= each.level < after.lowest for each in others),
    )
