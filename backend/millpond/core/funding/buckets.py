# SPDX-License-Identifier: AGPL-3.0-only
"""Cobudget's buckets: members fill a goal between a minimum and a maximum."""

from dataclasses import dataclass
from enum import StrEnum

from millpond.core.units import whole


class Answer(StrEnum):
    """What becomes of a contribution."""

    TAKEN = "taken"
    FUNDED = "funded automatically (equals maximum)"
    OVER_THE_CAP = "over the member cap"
    OVER_THE_GOAL = "over the maximum goal"


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is asked for, and what came in."""

    goal_min: int
    goal_max: int
    raised: int = 0
    member_cap: int | None = None

    def contribute(self, amount: int, hers_before: int = 0) -> Answer:
        """What becomes of one more contribution by a member who gave `hers_before`."""
        whole(amount, "the contribution", 1)
        if self.member_cap is not None and hers_before + amount > self.member_cap:
            return Answer.OVER_THE_CAP
        if self.raised + amount > self.goal_max:
            return Answer.OVER_THE_GOAL
        return Answer.FUNDED if self.raised + amount == self.goal_max else Answer.TAKEN

    @property
    def can_be_accepted(self) -> bool:
        """Whether it may take what came in."""
        return self.raised >= self.goal_min
