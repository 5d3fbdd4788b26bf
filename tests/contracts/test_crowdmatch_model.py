# SPDX-License-Identifier: AGPL-3.0-only
"""Random crowdmatches beside a list of patrons.

The model keeps no sums and no levels: in each period it tries every subset that a lowest cap makes
and takes the largest crowd in which everybody's cap holds; bills are fractions, rounded up once.
"""

import random
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from tests.contracts.coop import DAY
from tests.contracts.crowds import GOAL, NOBODY, Crowd, Outcome, Terms, goal_terms
from tests.contracts.evm import Actor, Evm, Reverted
from tests.contracts.test_binary_log import exact

ONE = 10**18
PERIODS, SEEDS = 9, 5
FORMS = {
    "share": Terms(period=DAY, rounds=14, rate=997, most=9, step_bps=3_000, levels=16),
    "unit": Terms(period=DAY, rounds=14, rate=700, most=1, step_bps=2_000, levels=12),
    "goal": goal_terms(1_001, most=400, period=DAY, rounds=14),
}


@dataclass
class Patron:
    """In which period she is in with how much, on which level; what she put in and had back."""

    put: int = 0
    back: int = 0
    plan: dict[int, tuple[int, int]] = field(default_factory=dict)


class Story:
    """One random crowdmatch, told to both."""

    def __init__(self, crowd: Crowd, seed: int) -> None:
        self.crowd, self.random = crowd, random.Random(seed)  # noqa: S311
        self.people = crowd.patrons(7)
        self.books: dict[Actor, Patron] = defaultdict(Patron)
        self.outcomes: dict[int, Outcome] = {}
        self.goal = crowd.terms.form == GOAL

    @property
    def running(self) -> int:
        """The period that is not over."""
        found: int = self.crowd.match.clock().settled + 1
        return found

    def most(self, amount: int, level: int) -> int:
        """What it costs at most in a period."""
        return amount if self.goal else amount * self.crowd.ladder[level]

    def bill(self, patron: Patron) -> int:
        """For all settled periods."""
        return sum(
            self.part(patron.plan[period], found)
            for period, found in self.outcomes.items()
            if period in patron.plan
        )

    def part(self, pledge: tuple[int, int], found: Outcome) -> int:
        """Of one period."""
        amount, level = pledge
        if not self.goal:
            return amount * found.value if level >= found.lowest else 0
        goal = self.crowd.terms.rate
        ratio = min(Fraction(found.amount, goal), Fraction(goal, found.amount))
        bill = -(-amount * ratio // 1)
        assert bill <= amount
        return int(bill)

    def locked(self, patron: Patron) -> int:
        """What may still be asked for."""
        return sum(self.most(*p) for n, p in patron.plan.items() if n not in self.outcomes)

    def pledge(self, who: Actor) -> None:
        """A new one or a change."""
        amount = self.random.randint(1, self.crowd.terms.most)
        level = self.random.randrange(self.crowd.terms.levels)
        many, patron, running = self.random.randint(1, 4), self.books[who], self.running
        plan = {n: p for n, p in patron.plan.items() if n <= running}
        plan |= {running + 1 + n: (amount, level) for n in range(many)}
        after = Patron(patron.put, patron.back, plan)
        needed = self.locked(after) - (patron.put - patron.back - self.bill(patron))
        put = max(needed, 0) + self.random.choice([0, 0, 13])
        self.crowd.match.pledge(amount, level, many, put, sender=who, value=put)
        patron.put, patron.plan = patron.put + put, plan

    def stop(self, who: Actor) -> None:
        """Refused where there is nothing after what is settled."""
        patron, running = self.books[who], self.running
        with suppress(Reverted):
            self.crowd.match.stop(sender=who)
        patron.plan = {n: p for n, p in patron.plan.items() if n <= running}

    def withdraw(self, who: Actor) -> None:
        """What is free by the model, to the unit."""
        patron = self.books[who]
        free = patron.put - patron.back - self.bill(patron) - self.locked(patron)
        assert self.crowd.purse(who)[2] == free >= 0
        if free:
            assert self.crowd.withdraw(who) == free
            patron.back += free

    def settle(self) -> None:
        """Beside the largest crowd found by trying all."""
        period = self.running
        inside = [p.plan[period] for p in self.books.values() if period in p.plan]
        found = self.crowd.settle()
        self.outcomes[period] = found
        if self.goal:
            total, goal = sum(amount for amount, _ in inside), self.crowd.terms.rate
            ratio = min(Fraction(total, goal), Fraction(goal, total)) if total else Fraction(0)
            assert (found.amount, found.collected) == (total, int(total * ratio))
            return
        best = (0, NOBODY, 0, 0)
        for lowest in sorted({level for _, level in inside}):
            crowd = [(amount, level) for amount, level in inside if level >= lowest]
            weight = sum(Fraction(ONE + exact(amount), ONE) for amount, _ in crowd)
            value, shares = int(self.crowd.terms.rate * weight), sum(amount for amount, _ in crowd)
            if all(value <= self.crowd.ladder[level] for _, level in crowd):
                best = (value, lowest, shares, value * shares)
                break
        assert found[1:] == best

    def check(self) -> None:
        """To the unit: what is promised is what came in, less what went back and was collected."""
        put = sum(patron.put for patron in self.books.values())
        back = sum(patron.back for patron in self.books.values())
        promised, free, target = self.crowd.books()
        assert (free, put) == (0, back + promised + target)
        collected = sum(found.collected for found in self.outcomes.values())
        bills = sum(self.bill(patron) for patron in self.books.values())
        assert collected <= target <= bills
        if not self.goal:
            assert target == bills
        self.crowd.check(self.people)


@pytest.mark.parametrize("form", FORMS)
def test_crowdmatch__random_stories__are_those_of_a_list_of_patrons(form: str) -> None:
    evm = Evm()
    crowd = Crowd(evm, FORMS[form])
    for seed in range(SEEDS):
        point = evm.snapshot()
        story = Story(crowd, seed)
        deeds = [story.pledge, story.pledge, story.stop, story.withdraw]
        for _ in range(PERIODS):
            for _ in range(story.random.randint(0, 6)):
                story.random.choice(deeds)(story.random.choice(story.people))
            story.settle()
            story.check()
        for _ in range(4):
            story.settle()
        for who in story.people:
            story.withdraw(who)
        story.check()
        evm.restore(point)
