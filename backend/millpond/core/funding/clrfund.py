# SPDX-License-Identifier: AGPL-3.0-only
"""clr.fund's two rules over a published tally: by roots (2020-21), and by alpha (since 2022-09).

A tally has for each project its votes (a sum of roots of voice credits) and the credits that were
spent on it; a credit is worth `factor` units. With P the pot beside the contributions:

    root:  floor(P * votes / all votes) + credits * factor
    alpha: floor((alpha * factor * votes^2 + (10^18 - alpha) * factor * credits) / 10^18)
           alpha = floor(P * 10^18 / (factor * (sum of votes^2 - sum of credits)))
"""

from dataclasses import dataclass

from millpond.core.errors import FundingError
from millpond.core.funding.roots import ONE
from millpond.core.units import floor_share, whole


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes and credits of each project, in one order, and what a credit is worth."""

    votes: tuple[int, ...]
    credits: tuple[int, ...]
    factor: int

    def __post_init__(self) -> None:
        if len(self.votes) != len(self.credits):
            raise FundingError(
                f"{len(self.votes)} projects have votes and {len(self.credits)} have credits",
                "give both for each project, in the same order",
            )
        for each in (*self.votes, *self.credits):
            whole(each, "a figure of the tally")
        whole(self.factor, "the factor of a credit", 1)

    @property
    def contributions(self) -> int:
        """What all the credits are worth."""
        return sum(self.credits) * self.factor


@dataclass(frozen=True, slots=True)
class Round:
    """What each project gets, contributions included, and what rounding leaves."""

    allocated: tuple[int, ...]
    dust: int


def by_roots(tally: Tally, pot: int) -> Round:
    """The rule of 2020-21. A round without a vote is refused: nothing can be divided."""
    votes = sum(tally.votes)
    if not votes:
        raise FundingError(
            "nobody voted in this round", "a round that was cancelled has nothing to divide"
        )
    allocated = tuple(
        floor_share(pot, mine, votes) + spent * tally.factor
        for mine, spent in zip(tally.votes, tally.credits, strict=True)
    )
    return Round(allocated, pot + tally.contributions - sum(allocated))


def votes_squared(tally: Tally) -> int:
    """The sum of squares."""
    return sum(votes * votes for votes in tally.votes)


def alpha_of(tally: Tally, pot: int) -> int:
    """By how much of the quadratic the pot is enough, with 18 decimals."""
    more = votes_squared(tally) - sum(tally.credits)
    if more <= 0:
        raise FundingError(
            "no project has more than one vote", "alpha needs a project with two donors"
        )
    return whole(pot, "the pot") * ONE // (tally.factor * more)


def by_alpha(tally: Tally, pot: int) -> Round:
    """The rule since 2022-09. A pot above the whole quadratic match is divided all the same, with
    an alpha above one; a project that would then get less than nothing is refused, as there."""
    alpha = alpha_of(tally, pot)
    allocated = tuple(
        tally.factor * (alpha * votes * votes + (ONE - alpha) * spent) // ONE
        for votes, spent in zip(tally.votes, tally.credits, strict=True)
    )
    if min(allocated, default=0) < 0:
        raise FundingError("a project would get less than nothing", "divide a smaller pot")
    return Round(allocated, pot + tally.contributions - sum(allocated))
