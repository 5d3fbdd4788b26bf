# SPDX-License-Identifier: AGPL-3.0-only
"""A proposal as people would describe it: what, when, who may vote, and every ballot ever cast."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from tests.contracts.coop import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    CANCELED,
    CONSENT,
    DEFEATED,
    EXECUTED,
    EXPIRED,
    FOR,
    PENDING,
    QUEUED,
    SUCCEEDED,
    Rule,
)
from tests.properties.world import Action

CASTS = 5
HALF = Fraction(1, 2)


def share(bps: int) -> Fraction:
    """Basis points as what they mean."""
    return Fraction(bps, 10_000)


@cache
def reaches(some: int, of: int, bps: int) -> bool:
    """Are so many at least this share of all?"""
    return Fraction(some, of) >= share(bps)


@cache
def carries(
    against: int, in_favour: int, abstaining: int, electorate: int, quorum: int, approval: int
) -> bool:
    """Enough took part, more are for it than against, and enough of these two are for it."""
    if not reaches(in_favour + abstaining, electorate, quorum) or in_favour <= against:
        return False
    return reaches(in_favour, in_favour + against, approval)


@dataclass
class Motion:
    """One proposal."""

    id: int
    proposer: str
    actions: tuple[Action, ...]
    text: str
    kind: int
    version: int
    rule: Rule
    created_at: int
    electorate: int
    casts: dict[int, list[int]] = field(default_factory=dict)  # seat -> its ballots, oldest first
    moved_end: int | None = None  # the vote was closed early or put off to this second
    extended: bool = False
    ending: int | None = None  # EXECUTED or CANCELED

    @property
    def opens_after(self) -> int:
        """Ballots are taken after this second."""
        return self.created_at + self.rule.delay

    @property
    def planned_end(self) -> int:
        """The last second for ballots, as it was when it was proposed."""
        return self.opens_after + self.rule.period

    @property
    def closes_at(self) -> int:
        """The last second for ballots."""
        return self.planned_end if self.moved_end is None else self.moved_end

    @property
    def eta(self) -> int:
        """From then on it may be executed."""
        return self.closes_at + self.rule.timelock

    @property
    def expires_at(self) -> int:
        """From then on no more."""
        return self.eta + self.rule.expiry

    def tally(self) -> tuple[int, int, int]:
        """Against, for, abstaining: the latest ballot of each seat counts."""
        latest = [ballots[-1] for ballots in self.casts.values()]
        return latest.count(AGAINST), latest.count(FOR), latest.count(ABSTAIN)

    def passes(self) -> bool:
        """By what is cast up to now."""
        asked = (self.rule.quorum_bps, self.rule.approval_bps)
        if self.kind == CONSENT:
            return not reaches(self.tally()[0], self.electorate, asked[0])
        return carries(*self.tally(), self.electorate, *asked)

    def has_majority(self) -> bool:
        """More than half of everybody is for it."""
        return Fraction(self.tally()[1], self.electorate) > HALF

    def is_certain(self) -> bool:
        """It may end now: nobody left could change it, or consent is the majority's."""
        approved = reaches(self.tally()[1], self.electorate, self.rule.approval_bps)
        allowed = self.rule.early and not self.extended
        return allowed and self.has_majority() and approved and self.passes()

    def state(self, now: int) -> int:
        """One of OpenZeppelin's."""
        if self.ending is not None:
            return self.ending
        if now <= self.opens_after:
            return PENDING
        if now <= self.closes_at:
            return ACTIVE
        if not self.passes():
            return DEFEATED
        if now < self.eta:
            return QUEUED
        return SUCCEEDED if now < self.expires_at else EXPIRED

    def is_over(self, now: int) -> bool:
        """Nothing can change it any more."""
        return self.state(now) in (CANCELED, DEFEATED, EXPIRED, EXECUTED)
