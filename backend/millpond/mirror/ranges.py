# SPDX-License-Identifier: AGPL-3.0-only
"""How much to ask a node for at a time: learnt from what it answers, and how fast.

The size grows by steps while replies are small and quick, and is halved when one is not, or is
refused, or does not come. What a node says of its limits in words, in many dialects, is read and
kept; so is what it is seen to refuse.
"""

import re
from dataclasses import dataclass

_START = 64
_STEPS = 8
"""The first steps double the size, later ones add this part of it."""
_HALF = 0.5
_SPANS = (
    (re.compile(r"0x([0-9a-fA-F]{1,16})\W+(?:to\W+)?0x([0-9a-fA-F]{1,16})"), 16),
    (re.compile(r"range\D{0,12}(\d{1,15})\s*-\s*(\d{1,15})"), 10),
)
_OF_BLOCKS = re.compile("block|range", re.IGNORECASE)
_NUMBER = r"(\d{1,3}(?:[,_]\d{3})+|\d{1,15})\s*(k\b)?"
_NOT_OF_RESULTS = r"(?:(?!result|log|event|response|size)\D){0,48}"
_SIZES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_NUMBER}[\s-]*(?:blocks?\b|range\b)",
        rf"\b(?:max|limit|range\b){_NOT_OF_RESULTS}{_NUMBER}(?!\d*\s*(?:result|log|event))",
    )
)


@dataclass(frozen=True)
class Aim:
    """What one reply should bring, and in how many seconds at most."""

    amount: int
    seconds: float = 2.0


class Appetite:
    """The size of the next question."""

    def __init__(self, aim: Aim, cap: int, start: int = _START) -> None:
        self.aim = aim
        self.cap = cap
        self._size = min(start, cap)
        self._slow_start = True

    @property
    def size(self) -> int:
        """How many to ask for, never less than one."""
        return self._size

    def took(self, asked: int, amount: int, seconds: float) -> None:
        """A reply came: `asked` brought so much, in so long."""
        share = max(amount / self.aim.amount, seconds / self.aim.seconds)
        if share > 1:
            self._slow_start = False
            self._size = max(1, int(asked / max(2.0, share)))
        elif asked >= self._size:  # else less was left to ask for, which says nothing of the size
            self._slow_start &= share <= _HALF
            step = self._size if self._slow_start else max(1, self._size // _STEPS)
            self._size = min(self.cap, self._size + step)

    def fits(self, asked: int, taken: int, seconds: float) -> None:
        """Of so many the first `taken` were enough. A few more than that is asked for next time."""
        if taken < asked:
            self._slow_start = False
            self._size = min(self.cap, taken + max(1, taken // _STEPS))
        elif seconds <= self.aim.seconds and asked >= self._size:
            self._size = min(self.cap, self._size * 2)

    def refused(self, asked: int, words: str = "") -> None:
        """Nothing came, or the node said that it was too much."""
        self._slow_start = False
        hinted = hint(words)
        if hinted is not None and hinted < asked:
            self.cap = self._size = hinted
        else:
            self._size = max(1, min(asked, self._size) // 2)


def hint(words: str) -> int | None:
    """How many blocks a node says that it would answer for; None where it says nothing of it."""
    if _OF_BLOCKS.search(words) is None:
        return None  # a limit of something else
    for pattern, base in _SPANS:
        if (span := pattern.search(words)) is not None:
            first, last = (int(each, base) for each in span.groups())
            return last - first + 1 if last >= first else None
    found = [_number(*each.groups()) for pattern in _SIZES for each in pattern.finditer(words)]
    return min((each for each in found if each > 0), default=None)


def _number(digits: str, thousands: str | None) -> int:
    return int(digits.replace(",", "").replace("_", "")) * (1000 if thousands else 1)
