# SPDX-License-Identifier: AGPL-3.0-only
"""How a walk draws what it must not miss: each of a few soon, each of many in turn."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import gcd
from random import Random
from typing import TypeVar

Item = TypeVar("Item")
GOLDEN = 0.618


class Draws:
    """The decks of one world."""

    def __init__(self, seed: int | None) -> None:
        self.seed = seed
        self._turns: Counter[str] = Counter()
        self._decks: dict[tuple[str, int], list[int]] = {}

    def deal(self, random: Random, name: str, options: Sequence[Item]) -> Item:
        """One of the options; each comes once before any comes twice, in a random order. Where the
        first round begins depends on the seed: what comes seldom is not the same in all walks."""
        count = len(options)
        if self.seed is not None and (name, count) not in self._decks:
            first = self.seed * coprime(round(count * GOLDEN), count) % count
            mixed = mix(name, count)
            self._decks[name, count] = [*mixed[first:], *mixed[:first]]
        deck = self._decks.setdefault((name, count), [])
        if not deck:
            deck += random.sample(range(count), count)
        return options[deck.pop()]

    def next_of(self, name: str, options: Sequence[Item], a_walk: int) -> Item:
        """One after the other, in an order that is mixed once for all worlds: walks of seeds in a
        row go on where the one before has stopped, if each takes about so many. For what is too
        much for a single walk."""
        mixed = mix(name, len(options))
        at = (self.seed or 0) * coprime(a_walk, len(options)) + self._turns[name]
        self._turns[name] += 1
        return options[mixed[at % len(options)]]


@cache
def coprime(step: int, count: int) -> int:
    """The step, or the next that leads everywhere."""
    return next(each for each in range(max(step, 1), step + count + 1) if gcd(each, count) == 1)


@cache
def mix(name: str, count: int) -> list[int]:
    """Numbers in an order of their own."""
    return Random(name).sample(range(count), count)  # noqa: S311  (the same in every run)
