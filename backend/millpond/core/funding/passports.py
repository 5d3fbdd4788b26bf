# SPDX-License-Identifier: AGPL-3.0-only
"""How much of a gift counts by its donor's score of being one person (Gitcoin's Passport).

Nothing under a first score, a half at it, all from a second one on, and evenly in between.
"""

from fractions import Fraction

from millpond.core.errors import FundingError


def coefficient(score: Fraction, half_at: int, all_at: int) -> Fraction:
    """The part of a gift that is matched."""
    if half_at >= all_at:
        raise FundingError(
            f"half of a gift counts from {half_at} and all of it from {all_at}",
            "give a higher score for all of it",
        )
    if score < half_at:
        return Fraction(0)
    return min(Fraction(1), (1 + (score - half_at) / (all_at - half_at)) / 2)
