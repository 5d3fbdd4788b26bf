# SPDX-License-Identifier: AGPL-3.0-only
"""FIL RetroPGF's rule (2024): by the average of the ballots, for who reached the quorum.

Scores are exact fractions. Published ones are rounded, so amounts made from those differ by a few
units from the published amounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from millpond.core.errors import FundingError
from millpond.core.units import whole

QUORUM = 5
"""Ballots."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A project: how many ballots name it, and their average."""

    name: str
    ballots: int
    score: Fraction


@dataclass(frozen=True, slots=True)
class Result:
    """What a project gets, and whether enough ballots name it."""

    name: str
    quorum: bool
    amount: int


def average(ballots: Sequence[Fraction]) -> Fraction:
    """Of those that name a project; zero without any."""
    return sum(ballots, Fraction(0)) / len(ballots) if ballots else Fraction(0)


def divide(pot: int, projects: Sequence[Scored], quorum: int = QUORUM) -> list[Result]:
    """floor(pot * score / all scores) of those with a quorum; nothing for the others."""
    whole(pot, "the pot")
    if any(each.score < 0 for each in projects):
        raise FundingError("a score is below zero", "give the average of the ballots")
    scores = [each.score if each.ballots >= quorum else Fraction(0) for each in projects]
    everything = sum(scores, Fraction(0)) or Fraction(1)
    return [
        Result(each.name, each.ballots >= quorum, int(pot * score / everything))
        for each, score in zip(projects, scores, strict=True)
    ]
