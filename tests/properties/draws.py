# SPDX-License-Identifier: AGPL-3.0-only
"""How a walk draws what it must not miss: each of a few soon, each of many in turn."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import gcd
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Draws:
    """The decks of one world."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._turns: Counter[str] = Counter()
        self._decks: dict[tuple[str, int], list[int]] = {}

    def deal(self, random: Random, name: str, options: Sequence[Item]) -> Item:
        """One of the options; each comes once before any comes twice, in a random order."""
        deck = self._decks.setdefault((name, len(options)), [])
        if not deck:
            deck += random.sample(range(len(options)), len(options))
        return options[deck.pop()]

    def next_of(self, name: str, options: Sequence[Item], a_walk: int) -> Item:
        """One after the other, in an order that is mixed once for all worlds: walks of seeds in a
        row go on where the one before has stopped, if each takes about so many. For what is too
        much for a single walk."""
        mixed = mix(name, len(options))
        while gcd(a_walk, len(options)) > 1:
            a_walk += 1  # or walks would begin at a few places only
        at = self.seed * a_walk + self._turns[name]
        self._turns[name] += 1
        return options[mixed[at % len(options)]]


@cache
def mix(name: str, count: int) -> list[int]:
    """Numbers in an order of their own."""
    return Random(name).sample(range(count), count)  # noqa: S311  (the same in every run)
