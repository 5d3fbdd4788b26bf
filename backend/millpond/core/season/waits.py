# SPDX-License-Identifier: AGPL-3.0-only
"""How long people took to claim, when some have not claimed yet.

Whoever has not claimed is not left out: so far she has waited longer than those who have, and how
long she will wait nobody knows. The quartiles are those of Kaplan and Meier's estimate, in whole
seconds and exact fractions: of those who still waited when somebody claimed, which part claimed.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

_QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds from the hour in which claims opened. A quartile is None where fewer have claimed."""

    claimed: int
    censored: int
    """How many have not claimed: theirs is only known to be longer."""
    first_quarter: int | None
    median: int | None
    third_quarter: int | None
    longest: int
    """Of those who have claimed."""
    seen_for: int
    """How long the first of those who have not claimed has been waited for; 0 if there is none."""


def waits(claimed: Sequence[int], censored: Sequence[int]) -> Waits:
    """The quartiles of times to claim; `censored` are the times waited so far, in vain."""
    one, two, three = (_quantile(claimed, censored, part) for part in _QUARTERS)
    return Waits(
        claimed=len(claimed),
        censored=len(censored),
        first_quarter=one,
        median=two,
        third_quarter=three,
        longest=max(claimed, default=0),
        seen_for=min(censored, default=0),
    )


def _quantile(claimed: Sequence[int], censored: Sequence[int], part: Fraction) -> int | None:
    """The first time by which this part of all is estimated to have claimed."""
    alive, before, ends = Fraction(1), 0, sorted(censored)
    for second, count in sorted(Counter(claimed).items()):
        left = len(claimed) - before + len(ends) - bisect_left(ends, second)
        alive *= 1 - Fraction(count, left)
        before += count
        if alive <= 1 - part:
            return second
    return None
