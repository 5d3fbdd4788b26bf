# SPDX-License-Identifier: AGPL-3.0-only
"""A Team beside a naive model: a dict of takes, paydays in fractions, no accumulator.

Random takes, invitations, leaving, dropping, votes, gifts, paydays and payouts, many of them after
the second in which a payday is due. After every step: the same refusals, total, roster and money.
What is paid and waits for each is the model's fraction rounded down, less at most the 10^-27 of her
take that each payday may lose; all of it together is never more than was promised, and that never
more than was there.
"""

import random
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from functools import partial
from math import floor

from tests.contracts.coop import named
from tests.contracts.evm import Evm, Reverted
from tests.contracts.teams import MONTH, MOST_TAKE, SCALE, Crew

STEPS = 150
REACHED = {
    *("close", "take", "leave", "invite", "drop", "vote", "paid", "round: not due yet"),
    *("team: only the team takes", "team: no member in time", "team: grows too fast"),
    *("team: only the team invites", "team: invited already", "team: on it already"),
    *("team: not a member", "team: not on it", "team: still counts"),
    *("team: nothing waits", "team: nothing to pay", "team: taken off by vote"),
}
GIFTS = (1, 7, 999, 10**6, 10**18 + 1, 2**96)
TAKES = (0, 1, 3, 500, 1_000, 1_001, 3_000, 10**6, 10**18, MOST_TAKE)
FULL = 2**96 - 1


class Model:
    """What a team is, by name of the person."""

    def __init__(self, on_it: list[str], throttle: int) -> None:
        self.throttle, self.inviters = throttle, 2
        self.takes = dict.fromkeys(on_it, 0)
        self.last: dict[str, int] = {}
        self.due: Counter[str] = Counter()
        self.gained: Counter[str] = Counter()
        self.invited: dict[str, set[str]] = {}
        self.free, self.left_over, self.promised = 0, 0, 0
        self.gone: set[str] = set()
        self.barred: set[str] = set()

    def payday(self, promised: int, left_over: int) -> None:
        """Held with the takes as they are; what the contract promised is what it should."""
        total, pot = sum(self.takes.values()), min(self.free, FULL)
        exact = Fraction(min(pot, total))
        assert promised == exact
        assert left_over == pot - promised
        for name, take in self.takes.items():
            self.due[name] += exact * take / total if total else 0  # type: ignore[assignment]
            # a growth is rounded up
            self.gained[name] += Fraction(take, SCALE)  # type: ignore[assignment]
        self.last = {name: take for name, take in self.takes.items() if take}
        self.free, self.left_over = self.free - promised, left_over
        self.promised += promised

    def most(self, name: str) -> int:
        """What she may take."""
        if not self.throttle or not self.last:
            return MOST_TAKE
        own = self.last.get(name, 0)
        of_all = sorted(take for other, take in self.last.items() if other in self.takes)
        middle = 0
        if of_all:
            half = len(of_all) // 2
            pair = of_all[half], of_all[-half - 1]
            middle = sum(pair) // 2
        return max(2 * own, own + self.left_over, middle, self.throttle)

    def set_take(self, name: str, take: int) -> str:
        """Why not, or nothing."""
        if name in self.gone:
            return "team: no member in time"
        if name not in self.takes:
            return "team: only the team takes"
        if take > max(self.takes[name], self.most(name)):
            return "team: grows too fast"
        self.takes[name] = take
        return ""

    def leave(self, name: str) -> str:
        """Her take is forgotten, and who had invited her."""
        if name not in self.takes:
            return "team: not on it"
        del self.takes[name]
        self.invited[name] = set()
        return ""

    def invite(self, by: str, name: str) -> str:
        """With the last that is needed she is on it, at the end of the list, with no take."""
        said = self.invited.setdefault(name, set())
        refusals = {
            "team: only the team invites": by not in self.takes or by in self.gone,
            "team: not a member": name in self.gone,
            "team: on it already": name in self.takes,
            "team: taken off by vote": name in self.barred,
            "team: invited already": by in said,
        }
        for why, applies in refusals.items():
            if applies:
                return why
        said.add(by)
        if len(said) >= self.inviters:
            self.takes[name] = 0
        return ""


class Walk:
    """One random story, told to both."""

    def __init__(self, evm: Evm, seed: int, throttle: int) -> None:
        self.random, self.evm = random.Random(seed), evm  # noqa: S311
        self.crew = crew = Crew(evm, 5, throttle=throttle, paydays=1_200)
        self.people = {who.name: who for who in [*crew.mates, *crew.members(4)]}
        self.model = Model([who.name for who in crew.mates], throttle)
        self.paid: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self.closed, self.left_in = 0, dict[str, int]()
        evm.warp(MONTH)  # by then all of them were there before the period
        self.close()

    @property
    def over(self) -> int:
        """How many periods are over."""
        return (self.evm.now - self.crew.opened_at) // MONTH

    def some(self) -> str:
        """Somebody; more often somebody on the team."""
        on_it = list(self.model.takes)
        return self.random.choice(on_it if on_it and self.random.random() < 0.6 else [*self.people])

    def both(self, name: str, say: Callable[[Model], str], call: Callable[[], object]) -> None:
        """The contract says the same. A change holds a payday that is due, a refused one none."""
        model, due, refusal = deepcopy(self.model), self.over > self.closed, ""
        try:
            call()
        except Reverted as error:
            refusal = error.reason
        if refusal and due:
            # what the payday promised is not told by a refused call: it is held apart before
            self.close()
            self.both(name, say, call)
            return
        if not refusal:
            held = named(self.evm, "PaydayClosed")
            assert len(held) == due
            for log in held:
                total = sum(model.takes.values())
                assert (log.args["period"], log.args["total"]) == (self.over, total)
                model.payday(log.args["amount"], log.args["left_over"])
                self.closed = self.over
        assert say(model) == refusal, name
        self.reached[refusal or name] += 1
        self.model = self.model if refusal else model

    # --- steps ----------------------------------------------------------------------------

    def close(self) -> None:
        """Anyone."""
        due = self.over > self.closed
        why = "" if due else "round: not due yet"
        call = partial(self.crew.team.close_period, sender=self.crew.relayer)
        self.both("close", lambda _: why, call)

    def take(self) -> None:
        """Of any size, and often what she may just take, or one more."""
        name, more = self.some(), self.random.randint(0, 1)
        edge = min(self.model.most(name) + more, MOST_TAKE)
        take = self.random.choice([*TAKES, edge, edge, self.random.randint(0, 5_000)])
        call = partial(self.crew.team.set_take, take, sender=self.people[name])
        self.both("take", lambda m: m.set_take(name, take), call)

    def leave(self) -> None:
        """By herself."""
        name = self.some()
        call = partial(self.crew.team.leave, sender=self.people[name])
        self.both("leave", lambda m: m.leave(name), call)

    def invite(self) -> None:
        """Anybody by anybody."""
        by, name = self.some(), self.random.choice(list(self.people))
        call = partial(self.crew.team.invite, self.people[name], sender=self.people[by])
        self.both("invite", lambda m: m.invite(by, name), call)

    def go(self) -> None:
        """Out of the pool; at most three do."""
        name = self.some()
        if len(self.left_in) < 3 and name not in self.left_in:
            self.crew.gone(self.people[name])
            self.model.gone.add(name)
            self.left_in[name] = self.over

    def drop(self) -> None:
        """Who has left, or somebody else."""
        name = self.random.choice([*self.left_in, self.some()])
        counts = self.left_in.get(name, self.over) >= self.over
        call = partial(self.crew.team.drop, [self.people[name]], sender=self.crew.relayer)
        self.both("drop", lambda m: "team: still counts" if counts else m.leave(name), call)

    def vote(self) -> None:
        """Somebody on or off the team, on it if they are few; five days pass."""
        few = len(self.model.takes) < 4
        off = [name for name in self.people if name not in self.model.takes]
        name = self.random.choice(off) if few else self.some()
        who, on_it = self.people[name], name in self.model.takes
        action = self.crew.taking_off(who) if on_it else self.crew.putting(who)
        ready = self.crew.ready(action)

        def say(model: Model) -> str:
            if on_it:
                model.barred.add(name)
                return model.leave(name)
            if name not in model.gone:
                model.barred.discard(name)
                model.takes[name] = 0
            return ""

        self.both("vote", say, partial(self.crew.execute, ready))

    def give(self) -> None:
        """Of any size."""
        amount = self.random.choice([*GIFTS, *[self.random.randint(1, 9_000)] * 6])
        self.crew.give(amount)
        self.model.free += amount

    def pay(self) -> None:
        """Some of them, or one by herself to herself."""
        names = self.random.sample(list(self.people), 3)
        people = [self.people[name] for name in names]
        before = {name: self.crew.has(who) for name, who in self.people.items()}
        try:
            if self.random.random() < 0.5:
                self.crew.team.pay(people, sender=self.crew.relayer)
            else:
                self.crew.team.claim(people[0], sender=people[0])
        except Reverted as error:
            self.reached[error.reason] += 1
            return
        self.reached["paid"] += 1
        for name, who in self.people.items():
            self.paid[name] += self.crew.has(who) - before[name]

    def wait(self) -> None:
        """Some days, to around the next payday, or over several of them."""
        next_at = self.crew.opened_at + (self.over + 1) * MONTH
        way = self.random.random()
        if way < 0.5:
            self.evm.warp_to(max(self.evm.now, next_at - self.random.randint(0, 1)))
        else:
            self.evm.warp(self.random.randint(1, 3 * MONTH if way > 0.9 else MONTH // 3))

    # --- after each ------------------------------------------------------------------------

    def check(self) -> None:
        """Everything that can be asked, against the model."""
        crew, model, head = self.crew, self.model, self.crew.team.head()
        assert (head.total, head.members) == (sum(model.takes.values()), len(model.takes))
        assert head.closed == self.closed
        assert sorted(crew.roster()) == sorted(crew.seat(self.people[n]) for n in model.takes)
        waiting = 0
        for name, who in self.people.items():
            assert crew.team.take_of(who)[::2] == (model.takes.get(name, 0), name in model.takes)
            waits = crew.team.waiting_of(who)
            waiting += waits
            exact, gained = model.due[name], model.gained[name]
            assert floor(exact) <= waits + self.paid[name] <= floor(exact + gained), name
        paid = sum(self.paid.values())
        assert paid + waiting <= model.promised
        assert crew.books() == (model.free, model.promised - paid)
        assert crew.has(crew.pool) == model.free + model.promised - paid

    def run(self, steps: int) -> None:
        """So many steps."""
        ways = [self.take] * 5 + [self.give] * 3 + [self.wait] * 3 + [self.close] * 2
        ways += [self.leave, self.invite, self.invite, self.drop, self.pay, self.vote, self.pay]
        for number in range(steps):
            self.random.choice(ways if number % 40 else [self.go])()
            self.check()


def test_team__random_stories__are_as_the_model_tells_them() -> None:
    reached: Counter[str] = Counter()
    for seed, throttle in ((1, 0), (2, 1_000), (3, 100)):
        walk = Walk(Evm(), seed, throttle)
        walk.run(STEPS)
        reached += walk.reached
    missed = REACHED - reached.keys()
    assert not missed, reached
