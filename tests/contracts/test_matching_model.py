# SPDX-License-Identifier: AGPL-3.0-only
"""Random matching rounds beside exact fractions.

The model has no sums that are kept and no passes: roots to fifty places, and one water level found
by trying how many of the largest are at the cap. Beside it a match may be short of what the roots
lose in their last place, of a unit, and by the alpha rule of its 10^-18; it is never above it, all
together are never above the fund, and what is promised and not paid is free in the end.
"""

import random
from collections import defaultdict
from fractions import Fraction
from math import isqrt
from typing import Any, NamedTuple

import pytest

from tests.contracts.coop import DAY
from tests.contracts.evm import Evm
from tests.contracts.matchings import BPS, ONE, Fund

DONORS, PROJECTS, ROUNDS = 5, 6, 6
PLACES = 10**50
FUNDS = (1, 7, 1_000, 10**6 + 3, 10**12, 10**21 + 1, 2**96 + 5)
GIFTS = (1, 2, 3, 99, 100, 10**4 + 1, 10**9, 10**18, 10**18 + 1, 2**80)


class Rule(NamedTuple):
    """Terms of a round."""

    credit: int
    cap_bps: int
    up: bool


RULES = [
    Rule(0, BPS, False),
    Rule(0, BPS, True),
    Rule(0, 2_000, False),
    Rule(0, 3_333, True),
    Rule(0, 1, True),
    Rule(7, BPS, False),
    Rule(10**3, BPS, True),
    Rule(1, 2_500, False),
    Rule(10**3, 4_000, True),
    Rule(0, 5_000, False),
]


def ideal_of(gifts: dict[int, int], rule: Rule) -> Fraction:
    """(sum of roots)^2 - sum, of what each donor has given in all."""
    if rule.credit:
        votes = [isqrt(each // rule.credit) for each in gifts.values()]
        return Fraction((sum(votes) ** 2 - sum(vote**2 for vote in votes)) * rule.credit)
    roots = Fraction(sum(isqrt(each * PLACES**2) for each in gifts.values()), PLACES)
    return max(Fraction(0), roots**2 - sum(gifts.values()))


def divided(fund: int, ideals: dict[int, int], rule: Rule) -> dict[int, Fraction]:
    """The smaller of the cap and level * ideal match, where the level uses the fund up or is 1."""
    cap = fund * rule.cap_bps // BPS
    largest = sorted((each for each in ideals.values() if each), reverse=True)
    for capped in range(len(largest) + 1):
        others = sum(largest[capped:])
        level = Fraction(fund - cap * capped, others) if others else None
        if level is not None and not rule.up:
            level = min(level, Fraction(1))
        if level is None or level * largest[capped] <= cap:
            break
    if level is None:
        return {number: Fraction(cap if ideal else 0) for number, ideal in ideals.items()}
    return {number: min(Fraction(cap), level * ideal) for number, ideal in ideals.items()}


class Story:
    """One random round, told to both."""

    def __init__(self, pot: Fund, rule: Rule, seed: int) -> None:
        self.pot, self.rule, self.random = pot, rule, random.Random(seed)  # noqa: S311
        self.gifts: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.numbers = set(range(1, PROJECTS + 1))

    def give(self) -> None:
        """Some gifts; somebody may give twice. Now and then a project leaves."""
        for _ in range(self.random.randint(2, 14)):
            donor, number = self.random.randrange(DONORS), self.random.choice([*self.numbers])
            amount = self.random.choice(GIFTS) * self.random.randint(1, 9)
            self.pot.give(number, amount, self.pot.donors[donor])
            self.gifts[number][donor] += amount
        if self.random.random() < 0.2:
            gone = self.random.choice([*self.numbers])
            self.pot.matching.withdraw(sender=self.pot.evm.actor(f"project {gone - 1}"))
            self.numbers.remove(gone)

    def ideals(self) -> dict[int, int]:
        """As the contract has them, held against the exact ones."""
        found = {}
        for number in self.numbers:
            project, gifts = self.pot.matching.project_of(number), self.gifts[number]
            exact = ideal_of(gifts, self.rule)
            lost = Fraction(0)
            if not self.rule.credit:
                # each root lacks less than its last place, 10^-9 of the root of a unit
                lost = Fraction(2 * (project.roots + len(gifts)) * len(gifts), ONE) + 1
            assert exact - lost <= project.ideal <= exact
            assert project.given == sum(gifts.values())
            found[number] = project.ideal
        return found

    def end(self) -> None:
        """Divided and paid, in any order, and held against the fractions."""
        fund, ideals = self.random.choice(FUNDS), self.ideals()
        self.pot.put(fund)
        self.pot.check()
        usable = min(fund, 2**96 - 1)
        exact = divided(usable, ideals, self.rule)
        estimates = {n: self.pot.matching.estimate(n, bytes(32), 0)[0] for n in ideals}
        self.pot.close()
        order = [*ideals]
        self.random.shuffle(order)
        paid = {}
        for number in order:
            if self.gifts[number]:
                ((given, match),) = self.pot.pay(number)
                assert given == sum(self.gifts[number].values())
                paid[number] = match
        for number, match in paid.items():
            short = 1 + len(ideals) + (Fraction(ideals[number], ONE) if self.rule.credit else 0)
            assert exact[number] - short <= match <= exact[number], (self.rule, number)
            if self.rule.cap_bps == BPS and not self.rule.credit:
                assert match == int(exact[number])
            assert match == estimates[number]
        assert sum(paid.values()) <= usable
        assert self.pot.books()[:2] == (0, fund - sum(paid.values()))


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_matching__random_rounds__are_the_exact_fractions_within_their_rounding(rule: Rule) -> None:
    evm = Evm()
    asset = evm.deploy("TestDollar").address
    terms: dict[str, Any] = rule._asdict()
    terms["scale_up"] = terms.pop("up")
    pot = Fund(evm, DONORS, asset=asset, duration=DAY, **terms)
    pot.projects(PROJECTS)
    for seed in range(ROUNDS):
        point = evm.snapshot()
        story = Story(pot, rule, seed)
        story.give()
        story.end()
        evm.restore(point)
