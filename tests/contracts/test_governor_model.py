# SPDX-License-Identifier: AGPL-3.0-only
"""Random walks of a whole Governor beside a naive model of it: who may do what, and what follows.

The model knows sets and lists, no words and no bits. Every step must succeed in both or in none,
and after it every proposal has the same state and the same votes in both.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from tests.contracts.coop import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    CANCELED,
    CLASSES,
    DAY,
    DEFEATED,
    EXECUTED,
    EXPIRED,
    FOR,
    PENDING,
    QUEUED,
    SUCCEEDED,
    Desk,
    Proposal,
    Rule,
    packed,
)
from tests.contracts.evm import Actor, Evm, Reverted

WALKS, STEPS = 24, 140
HOUR = 3_600
QUICK = (
    Rule(HOUR, DAY, DAY, 3 * DAY, 2000, 5000, True),
    Rule(0, 3 * DAY, 2 * DAY, 3 * DAY, 3000, 6667, True),
    *CLASSES[2:],
)


@dataclass
class Motion:
    """A proposal as people would describe it."""

    handle: Proposal
    rule: Rule
    proposer: str
    created_at: int
    electorate: int
    closes_at: int
    ending: int = -1  # EXECUTED or CANCELED
    ballots: dict[int, tuple[int, int]] = field(default_factory=dict)  # seat -> casts, support


class Model:
    """Members and motions."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.seat: dict[str, int] = {}  # of everybody who has one, also after leaving
        self.joined: dict[str, int] = {}  # members only
        self.seats = 0
        self.at_dawn = 0  # members when this second began
        self.motions: list[Motion] = []
        self.busy: dict[int, list[int]] = {}  # seat -> ends of the votes it proposed

    def warp(self, seconds: int) -> None:
        """A later second begins."""
        self.now += seconds
        self.at_dawn = len(self.joined)

    def admit(self, who: str) -> bool:
        if who in self.joined:
            return False
        if who not in self.seat:
            self.seats += 1
            self.seat[who] = self.seats
        self.joined[who] = self.now
        return True

    def remove(self, who: str) -> bool:
        if who not in self.joined or len(self.joined) == 1:
            return False
        del self.joined[who]
        return True

    def rebind(self, old: str, new: str) -> bool:
        if old not in self.joined or new in self.seat:
            return False
        self.seat[new] = self.seat.pop(old)
        del self.joined[old]
        self.joined[new] = self.now
        return True

    def may_propose(self, who: str) -> bool:
        if self.at_dawn == 0 or self.joined.get(who, self.now) >= self.now:
            return False
        return len([e for e in self.busy.get(self.seat[who], []) if e >= self.now]) < 2

    def count(self, motion: Motion) -> tuple[int, int, int]:
        found = Counter(support for _, support in motion.ballots.values())
        return found[AGAINST], found[FOR], found[ABSTAIN]

    def passes(self, motion: Motion) -> bool:
        against, in_favour, abstain = self.count(motion)
        rule = motion.rule
        turnout = Fraction(in_favour + abstain, motion.electorate)
        if turnout < Fraction(rule.quorum_bps, 10_000) or in_favour <= against:
            return False
        return Fraction(in_favour, in_favour + against) >= Fraction(rule.approval_bps, 10_000)

    def state(self, motion: Motion) -> int:
        if motion.ending >= 0:
            return motion.ending
        if self.now <= motion.created_at + motion.rule.delay:
            return PENDING
        if self.now <= motion.closes_at:
            return ACTIVE
        if not self.passes(motion):
            return DEFEATED
        eta = motion.closes_at + motion.rule.timelock
        if self.now < eta:
            return QUEUED
        return SUCCEEDED if self.now < eta + motion.rule.expiry else EXPIRED

    def cast(self, motion: Motion, who: str, support: int, follows: int | None) -> bool:
        state = self.state(motion)
        if state not in (ACTIVE, QUEUED) or who not in self.joined:
            return False
        if self.joined[who] >= motion.created_at or (state == QUEUED and support != AGAINST):
            return False
        casts, _ = motion.ballots.get(self.seat[who], (0, 0))
        if casts == 5 or (casts == 4 and support != AGAINST) or follows not in (None, casts):
            return False
        motion.ballots[self.seat[who]] = (casts + 1, support)
        return True

    def may_close(self, motion: Motion) -> bool:
        share = Fraction(self.count(motion)[FOR], motion.electorate)
        enough = share > Fraction(1, 2) and share >= Fraction(motion.rule.approval_bps, 10_000)
        return self.state(motion) == ACTIVE and self.passes(motion) and enough


class Walk:
    """One model, one Governor, and random steps through both."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  (the same walk in every run)
        self.evm = Evm()
        self.desk = Desk(self.evm, QUICK)
        self.people = [self.evm.actor(f"person {n}") for n in range(9)]
        self.model = Model(self.evm.now)
        self.reached: Counter[str] = Counter()
        self.desk.admit(*self.people[:5])
        for person in self.people[:5]:
            self.model.admit(person.address)
        self.warp(1)

    def warp(self, seconds: int) -> None:
        """Time passes."""
        self.evm.warp(seconds)
        self.model.warp(seconds)

    def attempt(self, name: str, expected: bool, act: Callable[[], Any]) -> Any:
        """The chain agrees with the model about whether this may be done."""
        self.reached[f"{name} {'done' if expected else 'refused'}"] += 1
        answer, refused = None, ""
        try:
            answer = act()
        except Reverted as error:
            refused = error.reason or "no reason"
        assert (not refused) is expected, f"{name}: {refused or 'not refused'}"
        return answer

    def step(self) -> None:
        """One random thing."""
        kinds = ("vote", "vote", "vote", "sign", "sign", "propose", "warp", "members", "end")
        getattr(self, f"_{self.random.choice(kinds)}")()
        for motion in self.model.motions:
            state = self.model.state(motion)
            assert self.desk.state(motion.handle) == state
            found = self.desk.governor.proposalVotes(motion.handle.id)
            assert found == self.model.count(motion)
            assert sum(found) <= motion.electorate
            self.reached[f"state {state}"] += 1

    def _pick(self) -> tuple[Actor, Motion | None]:
        motions = self.model.motions[-6:]
        return self.random.choice(self.people), self.random.choice(motions) if motions else None

    def _warp(self) -> None:
        self.warp(self.random.choice((1, 1, HOUR, HOUR, DAY // 3, DAY, 2 * DAY)))

    def _members(self) -> None:
        one, two = self.random.sample(self.people, 2)
        act = self.random.choice(("admit", "admit", "admit", "remove", "rebind"))
        who = (one, two) if act == "rebind" else (one,)
        expected = getattr(self.model, act)(*(w.address for w in who))
        self.attempt(act, expected, lambda: getattr(self.desk, act)(*who))

    def _propose(self) -> None:
        who, _ = self._pick()
        kind = self.random.choice((0, 0, 1))
        action = self.desk.removing(self.people[0]) if kind else (self.people[0], 0, b"")
        text, model = str(self.random.random()), self.model
        expected = model.may_propose(who.address)
        made = self.attempt(
            "propose", expected, lambda: self.desk.propose(action, text=text, by=who)
        )
        if made is not None:
            rule, now = QUICK[kind], model.now
            closes_at = now + rule.delay + rule.period
            motion = Motion(made, rule, who.address, now, model.at_dawn, closes_at)
            model.motions.append(motion)
            model.busy.setdefault(model.seat[who.address], []).append(closes_at)

    def _vote(self) -> None:
        who, motion = self._pick()
        if motion:
            support = self.random.choice((FOR, FOR, FOR, AGAINST, ABSTAIN))
            expected = self.model.cast(motion, who.address, support, None)
            self.attempt("vote", expected, lambda: self.desk.vote(motion.handle, support, who))

    def _sign(self) -> None:
        """In a batch nothing is refused: what does not count is skipped."""
        who, motion = self._pick()
        if not motion or self.model.state(motion) not in (ACTIVE, QUEUED):
            return
        support, casts = self.random.choice((FOR, FOR, AGAINST)), self.random.choice((0, 0, 1, 2))
        typed = self.desk.ballot(motion.handle, who, support, casts_before=casts)
        words = packed(who, support, casts, who.sign(typed))
        expected = self.model.cast(motion, who.address, support, casts)
        assert self.desk.carry(motion.handle, words) == int(expected)
        self.reached[f"sign {'done' if expected else 'skipped'}"] += 1

    def _end(self) -> None:
        who, motion = self._pick()
        if not motion:
            return
        governor, handle, state = self.desk.governor, motion.handle, self.model.state(motion)
        act = self.random.choice(("close", "cancel", "execute", "execute"))
        if act == "close":
            expected = self.model.may_close(motion)
            self.attempt(act, expected, lambda: governor.close(handle.id, sender=who))
            motion.closes_at = self.model.now - 1 if expected else motion.closes_at
        if act == "cancel":
            expected = motion.proposer == who.address and state in (PENDING, ACTIVE)
            self.attempt(act, expected, lambda: governor.cancel(*handle.content, sender=who))
            motion.ending = CANCELED if expected else motion.ending
        if act == "execute":
            removes = handle.calls[0] != b""
            # whom the call names, she may have left, or be the last one by now
            expected = state == SUCCEEDED and (
                not removes or self.model.remove(self.people[0].address)
            )
            self.attempt(act, expected, lambda: governor.execute(*handle.content, sender=who))
            motion.ending = EXECUTED if expected else motion.ending


def test_governor__random_walks__are_the_models_and_reach_everything() -> None:
    reached: Counter[str] = Counter()
    for seed in range(WALKS):
        walk = Walk(seed)
        for _ in range(STEPS):
            walk.step()
        assert walk.desk.governor.member_count() == len(walk.model.joined)
        reached.update(walk.reached)
    acts = ("propose", "vote", "admit", "remove", "rebind", "close", "cancel", "execute")
    wanted = {f"{act} {end}" for act in acts for end in ("done", "refused")}
    wanted |= {"sign done", "sign skipped", *(f"state {n}" for n in range(8))}
    assert wanted <= set(reached), wanted - set(reached)
