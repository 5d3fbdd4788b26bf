# SPDX-License-Identifier: AGPL-3.0-only
"""A round beside a naive one: a dict of ballots, counted anew at each division, dues in fractions.

Random calls are made to both. After each, tallies, total and ballots are the same; dues are within
what is said of rounding; and what was given is paid, promised or there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from random import Random
from typing import Any

import pytest

from tests.contracts.allocations import LINEAR, POINTS, ROOT, Round, Terms, packed
from tests.contracts.coop import DAY
from tests.contracts.evm import Actor, Evm, Reverted

MEMBERS, STEPS, MOST = 7, 500, 18
Ballot = dict[int, int]


@dataclass
class Naive:
    """What a round is, with nothing kept that can be counted again."""

    rule: int
    quorum: int
    ballots: dict[str, Ballot] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)  # who left, and in which period
    stands: dict[int, Actor] = field(default_factory=dict)
    dues: dict[int, Fraction] = field(default_factory=dict)
    paid: dict[int, int] = field(default_factory=dict)
    numbers: int = 0
    given: int = 0
    free: int = 0
    promised: int = 0
    period: int = 0
    divisions: int = 0

    def counted(self, points: int) -> int:
        """What points are worth."""
        return points if self.rule == LINEAR else isqrt(points * 10**18)

    def tally(self, number: int) -> int:
        """Counted anew."""
        if number not in self.stands:
            return 0
        ballots = self.ballots.values()
        return sum(self.counted(each[number]) for each in ballots if number in each)

    def total(self) -> int:
        """Over all who stand."""
        return sum(self.tally(number) for number in self.stands)

    def come_to(self, period: int) -> None:
        """All periods before this one are over, and what there is is divided once."""
        if period == self.period:
            return
        self.period, total = period, self.total()
        if len(self.ballots) < self.quorum or total == 0 or self.free == 0:
            return
        for number in self.stands:
            self.dues[number] += Fraction(self.free * self.tally(number), total)
        self.promised += self.free
        self.free = 0
        self.divisions += 1


@contextmanager
def refuses(reason: str) -> Iterator[None]:
    """The call is refused; that nothing changed by it `compare` sees."""
    with pytest.raises(Reverted) as error:
        yield
    assert error.value.reason == reason


class Pair:
    """Both, and the people."""

    def __init__(self, seed: int, rule: int) -> None:
        self.random, self.evm = Random(seed), Evm()  # noqa: S311  (sequences to try)
        terms = Terms(rule=rule, period=DAY, rounds=1_200, quorum=2)
        self.crowd = Round(self.evm, founders=MEMBERS, terms=terms)
        self.naive = Naive(rule, 2)
        self.people = [self.evm.actor(f"nominee {n}") for n in range(12)]
        self.begun = {each.address: self.evm.balance(each) for each in self.people}
        self.met: dict[str, int] = {}

    def step(self) -> None:
        """One call to both, or time passes."""
        deeds = ["cast"] * 6 + ["give"] * 2 + ["pass", "close", "pay", "claim", "stand", "stand"]
        deeds += ["withdraw", "strike", "leave", "drop", "sign"]
        deed = self.random.choice(deeds)
        happened = getattr(self, deed)()
        self.met[deed] = self.met.get(deed, 0) + bool(happened)

    def now(self) -> None:
        """The period that runs; whoever changes anything closes those before."""
        self.naive.come_to((self.evm.now - self.crowd.opened_at) // DAY)

    def founder(self) -> Actor:
        return self.random.choice(self.crowd.founders)

    def points(self) -> Ballot:
        """A ballot over those who stand, or none."""
        chosen = sorted(self.naive.stands)
        self.random.shuffle(chosen)
        chosen = chosen[: self.random.randint(0, 8)]
        if not chosen:
            return {}
        cuts = sorted(self.random.sample(range(1, POINTS), len(chosen) - 1))
        parts = zip([0, *cuts], [*cuts, POINTS], strict=True)
        return dict(zip(chosen, (b - a for a, b in parts), strict=True))

    def cast(self) -> bool:
        voter, points = self.founder(), self.points()
        if voter.address in self.naive.left:
            return False
        self.crowd.cast(voter, points)
        self._count(voter, points)
        return True

    def sign(self) -> bool:
        """A batch, of which those who left are no part."""
        voters = self.random.sample(self.crowd.founders, 3)
        words, ballots = [], []
        for voter in voters:
            points = self.points()
            casts = self.crowd.allocation.ballot_of(voter)[1]
            words += self.crowd.signs(voter, points, casts)
            ballots.append(points)
        counted = self.crowd.bring(words)
        there = [v.address not in self.naive.left for v in voters]
        assert counted == sum(there)
        for voter, points, is_there in zip(voters, ballots, there, strict=True):
            if is_there:
                self._count(voter, points)
        self.now()
        return True

    def _count(self, voter: Actor, points: Ballot) -> None:
        self.now()
        self.naive.ballots.pop(voter.address, None)
        if points:
            self.naive.ballots[voter.address] = points

    def give(self) -> bool:
        amount = self.random.choice([1, 7, 1_000, self.random.randrange(1, 10**20)])
        self.crowd.give(amount, earmark=1)
        self.naive.given += amount
        self.naive.free += amount
        return True

    # `pass` is a word of the language
    def pass_(self) -> bool:
        self.evm.warp(self.random.randrange(1, 2 * DAY))
        return True

    def close(self) -> bool:
        if (self.evm.now - self.crowd.opened_at) // DAY == self.naive.period:
            with refuses("round: not due yet"):
                self.crowd.allocation.close_period(sender=self.crowd.relayer)
            return False
        self.crowd.allocation.close_period(sender=self.crowd.relayer)
        self.now()
        return True

    def stand(self) -> bool:
        standing = {each.address for each in self.naive.stands.values()}
        person = self.random.choice(self.people)
        member = next(f for f in self.crowd.founders if f.address not in self.naive.left)
        if person.address in standing or self.naive.numbers == MOST:
            return False
        self.crowd.nominate(person, by=member)
        number = self.crowd.allocation.stand(sender=person)
        self.now()
        self.naive.numbers += 1
        assert number == self.naive.numbers
        self.naive.stands[number] = person
        self.naive.dues[number], self.naive.paid[number] = Fraction(0), 0
        return True

    def withdraw(self) -> bool:
        if len(self.naive.stands) < 3:
            return False
        number = self.random.choice(sorted(self.naive.stands))
        self.crowd.allocation.withdraw(sender=self.naive.stands[number])
        self.now()
        del self.naive.stands[number]
        return True

    def strike(self) -> bool:
        """The vote itself is another test's (test_allocation_candidates.py)."""
        return self.withdraw()

    def leave(self) -> bool:
        voter = self.founder()
        if voter.address in self.naive.left or len(self.naive.left) > MEMBERS - 3:
            return False
        if self.random.random() < 0.6:
            return False
        self.crowd.admission.leave(sender=voter)
        period = (self.evm.now - self.crowd.opened_at) // DAY
        self.naive.left[voter.address] = period
        return True

    def drop(self) -> bool:
        voter = self.founder()
        period = (self.evm.now - self.crowd.opened_at) // DAY
        left = self.naive.left.get(voter.address, period)
        began = self.crowd.opened_at + period * DAY
        counts = left == period or self.crowd.governor.getPastVotes(voter, began) == 1
        reason = "still counts" if counts else "no such ballot"
        if counts or voter.address not in self.naive.ballots:
            with refuses(f"allocation: {reason}"):
                self.crowd.allocation.drop([voter], sender=self.crowd.relayer)
            return False
        self.crowd.allocation.drop([voter], sender=self.crowd.relayer)
        self.now()
        del self.naive.ballots[voter.address]
        return True

    def pay(self) -> bool:
        if not self.naive.numbers:
            return False
        numbers = [self.random.randint(0, self.naive.numbers + 1) for _ in range(3)]
        before = dict.fromkeys(numbers, 0)
        for number in before:
            before[number] = self.crowd.waiting(number)[0]
        if not any(before.values()):
            with refuses("allocation: nothing to pay"):
                self.crowd.pay(*numbers)
            return False
        self.crowd.pay(*numbers)
        for number, amount in before.items():
            if amount:
                self.naive.paid[number] += amount
        return True

    def claim(self) -> bool:
        if not self.naive.numbers:
            return False
        number = self.random.randint(1, self.naive.numbers)
        (amount,) = self.crowd.waiting(number)
        account = self.crowd.allocation.candidate_of(number).account
        person = next(each for each in self.people if each.address == account)
        if not amount:
            with refuses("allocation: nothing waits"):
                self.crowd.allocation.claim(number, person, sender=person)
            return False
        self.crowd.allocation.claim(number, person, sender=person)
        self.naive.paid[number] += amount
        return True

    def compare(self) -> None:
        """All that there is to see."""
        naive, crowd = self.naive, self.crowd
        numbers = range(1, naive.numbers + 1)
        tallies = [naive.tally(number) for number in numbers]
        assert crowd.tallies(*numbers) == tallies
        head = crowd.allocation.head()
        assert (head.total, head.ballots) == (naive.total(), len(naive.ballots))
        assert (head.closed, head.divided) == (naive.period, naive.divisions)
        for voter in crowd.founders:
            ballot = packed(naive.ballots.get(voter.address, {}))
            assert crowd.allocation.ballot_of(voter)[0] == ballot
        # each division says its growth to 10^-27: of a tally below 2^60 less than 10^-8 of a unit
        lost = Fraction(naive.divisions, 10**8)
        waiting = crowd.waiting(*numbers)
        for number, waits in zip(numbers, waiting, strict=True):
            due, had = naive.dues[number], waits + naive.paid[number]
            assert due - 1 - lost < had <= due, number
        paid = sum(naive.paid.values())
        reserved, free = crowd.books()
        assert (reserved, free) == (naive.promised - paid, naive.free)
        assert paid + reserved + free == naive.given
        assert sum(waiting) <= reserved
        got = sum(self.evm.balance(each) - self.begun[each.address] for each in self.people)
        assert got == paid


setattr(Pair, "pass", Pair.pass_)


@pytest.mark.parametrize(("seed", "rule"), [(1, LINEAR), (2, ROOT)])
def test_calls__in_any_sequence__are_as_a_naive_round_has_them(seed: int, rule: int) -> None:
    pair = Pair(seed, rule)
    for n in range(STEPS):
        pair.step()
        if n % 4 == 3:
            pair.compare()
    rare = {name: times for name, times in pair.met.items() if times < 1}
    assert not rare, f"hardly met: {rare}"
    assert pair.naive.divisions > 8


# --- splitting ---------------------------------------------------------------------------------


def shares(rule: int, ballots: list[Any], many: int) -> list[int]:
    """What each of so many candidates has of 10^18 under these ballots."""
    evm = Evm()
    crowd = Round(evm, terms=Terms(rule=rule))
    crowd.candidates(many)
    for voter, ballot in zip(crowd.founders, ballots, strict=False):
        crowd.cast(voter, ballot)
    crowd.give(10**18, earmark=1)
    assert crowd.close() == 10**18
    return crowd.waiting(*range(1, many + 1))


@pytest.mark.parametrize("parts", [2, 4, 7])
def test_splitting__into_several_candidates__gains_nothing_under_the_linear_rule(
    parts: int,
) -> None:
    """Her supporters give the same points to all that she is; each part is rounded down."""
    rest = {parts + 1: POINTS}
    each = dict.fromkeys(range(2, parts + 1), POINTS // parts)
    split = {1: POINTS - sum(each.values())} | each
    whole = shares(LINEAR, [{1: POINTS}, {2: POINTS}], 2)
    several = shares(LINEAR, [split, rest], parts + 1)
    assert whole == [5 * 10**17] * 2
    assert whole[0] - parts < sum(several[:parts]) <= whole[0]
    assert several[parts] == whole[1]


def test_splitting__into_four__gains_the_root_of_four_under_the_root_rule() -> None:
    """Written down: 10,000 points are 10^11, 2,500 are 5 * 10^10, so four parts count 2 * 10^11
    beside the other's 10^11: two thirds instead of a half. Only for candidates that are known."""
    whole = shares(ROOT, [{1: POINTS}, {2: POINTS}], 2)
    split = shares(ROOT, [{1: 2_500, 2: 2_500, 3: 2_500, 4: 2_500}, {5: POINTS}], 5)
    assert whole == [5 * 10**17] * 2
    assert split == [166_666_666_666_666_666] * 4 + [333_333_333_333_333_333]
