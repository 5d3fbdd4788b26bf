# SPDX-License-Identifier: AGPL-3.0-only
"""Quadratic matching: what each project would get from a pool that is large enough.

Of every project two sums are kept, so a gift costs the same however many there were before:

    S += isqrt(c_new * 10^18) - isqrt(c_old * 10^18)      c: all that one donor gave it
    C += c_new - c_old
    ideal match = floor(S^2 / 10^18) - C, and nothing where that is not above zero

One donor alone is never matched: her root, rounded down and squared, is at most her gift.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from millpond.core.funding.fundoss import Gifts
from millpond.core.funding.roots import ONE, root
from millpond.core.units import whole


@dataclass(frozen=True, slots=True)
class Sums:
    """A project's two sums: of roots in 10^-9, and of gifts."""

    roots: int = 0
    gifts: int = 0

    def changed(self, old: int, new: int) -> Self:
        """Once one donor's total went from `old` to `new`."""
        whole(new, "the new total of a donor")
        whole(old, "the old total of a donor", 0, self.gifts)
        return type(self)(self.roots + root(new) - root(old), self.gifts + new - old)

    @property
    def quadratic(self) -> int:
        """What the project would have in all: floor(S^2 / 10^18)."""
        return self.roots * self.roots // ONE

    @property
    def ideal(self) -> int:
        """Its match from a pool that is large enough."""
        return max(0, self.quadratic - self.gifts)


def sums_of(gifts: Gifts) -> dict[str, Sums]:
    """Each project's sums. A donor who gave several times stands there once, with her total."""
    found = {}
    for project, donors in gifts.items():
        sums = Sums()
        for gift in donors.values():
            sums = sums.changed(0, gift)
        found[project] = sums
    return found


def ideals(projects: Mapping[str, Sums]) -> dict[str, int]:
    """Each project's ideal match."""
    return {name: sums.ideal for name, sums in projects.items()}


def would_add(sums: Sums, old: int, new: int) -> int:
    """By how much the ideal match of a project changes with one donor's total."""
    return sums.changed(old, new).ideal - sums.ideal
