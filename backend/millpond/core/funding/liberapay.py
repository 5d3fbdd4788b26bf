# SPDX-License-Identifier: AGPL-3.0-only
"""How Liberapay divides an amount among several (its resolve_amounts, in cents).

1. Amounts for catching up come first: whole if there is enough for all of them, else in proportion.
2. The rest is divided in proportion, each part rounded down and cut at its maximum; a part under
   the minimum becomes nothing. As long as something was cut, what is left is divided again.
3. What is then left goes to those who have the least of what they asked for; between equals it
   goes round by the number of the payday.

Proportions are exact here; Liberapay has them in decimals of 28 digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from millpond.core.errors import FundingError
from millpond.core.funding.splits import Split, all_of
from millpond.core.units import MAX_UINT256, whole

_MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an amount is divided by."""

    base: Mapping[str, int]
    catching_up: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    least: int | None = None
    """No amount between nothing and this. None: one cent."""
    payday: int = 1


def resolved(available: int, wanted: Wanted) -> Split:
    """Everybody's amount; who gets nothing is not named."""
    least = 1 if wanted.least is None else whole(wanted.least, "the minimum")
    if whole(available, "what is available") < (wanted.least or 0):
        raise FundingError(
            f"{available} is less than the minimum of {least}", "divide more, or lower the minimum"
        )
    for amounts in (wanted.base, wanted.catching_up, wanted.most):
        all_of(amounts, "the amount")
    going = _Division(available, dict(wanted.base), dict(wanted.most), least, wanted.payday)
    going.catch_up(wanted.catching_up)
    going.divide()
    going.spread()
    return Split.of(available, going.given)


@dataclass
class _Division:
    """A division under way: what is left, who still takes part by what, who has what."""

    left: int
    base: dict[str, int]
    most: dict[str, int]
    least: int
    payday: int
    given: dict[str, int] = field(default_factory=dict)

    def _limit(self, who: str) -> int:
        return self.most.get(who, MAX_UINT256)

    def catch_up(self, amounts: Mapping[str, int]) -> None:
        """The first step."""
        wanted = {who: each for who, each in amounts.items() if each and self._limit(who)}
        if not wanted:
            return
        if self.left < sum(wanted.values()):
            self.base = wanted
            return
        for who, each in wanted.items():
            if each >= self._limit(who):
                wanted[who] = self._limit(who)
                self.base.pop(who, None)
        if self.left == sum(wanted.values()):
            low = {who: each for who, each in wanted.items() if each < self.least}
            wanted = {who: each for who, each in wanted.items() if who not in low}
            # Those below the minimum share theirs, if it is enough for one of them.
            if sum(low.values()) >= self.least:
                self.base = low
        self.given = wanted
        self.left -= sum(wanted.values())

    def divide(self) -> None:
        """The second step."""
        self.base = {
            who: each for who, each in self.base.items() if each and self._limit(who) >= self.least
        }
        again = True
        while again and self.left > 0 and self.base:
            before, ratio = self.left, Fraction(self.left, sum(self.base.values()))
            cut = [self._give(who, ratio) for who in sorted(self.base)]
            again = any(cut) and self.left < before

    def _give(self, who: str, ratio: Fraction) -> bool:
        """Whether the part was cut."""
        had, cut = self.given.get(who, 0), False
        amount = min(int(self.base[who] * ratio), self.left) + had
        if amount >= self._limit(who):
            amount, cut = self._limit(who), True
            del self.base[who]
        if 0 < amount < self.least:
            amount, cut = 0, True
        if amount != had:
            self._set(who, amount)
        return cut

    def _set(self, who: str, amount: int) -> None:
        self.left -= amount - self.given.get(who, 0)
        self.given[who] = amount

    def spread(self) -> None:
        """The third step."""
        for _ in range(_MOST_ROUNDS):
            before = self.left
            if before <= 0 or not self.base:
                return
            ranked = self._those_behind()
            step = -(-self.left // len(ranked))
            for who in ranked:
                step = min(step, self.left)
                amount = max(self.given.get(who, 0) + step, self.least)
                amount = min(amount, self._limit(who))
                if amount - self.given.get(who, 0) <= self.left:
                    self._set(who, amount)
            if self.left == before:
                return

    def _those_behind(self) -> list[str]:
        count = len(self.base)
        rank = {
            who: (Fraction(self.given.get(who, 0), base), (place - self.payday) % count)
            for place, (who, base) in enumerate(self.base.items(), 1)
        }
        return sorted(self.base, key=lambda who: rank[who])
