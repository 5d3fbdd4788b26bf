# SPDX-License-Identifier: AGPL-3.0-only
"""Identity against a model that keeps each link as a list of what happened, not as packed words.

A seeded walk links, objects, confirms, cancels, unlinks and lets time pass; after every step the
state and the payee must be what the model says, and a refusal must be the model's refusal.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.contracts.evm import Actor, Contract, Evm, Reverted
from tests.contracts.registry import DAY, GITHUB, WAIT, ZERO, Registry

SEED = 7
STEPS = 2_000

# How long the walk lets pass: often next to nothing, often near the end of a wait.
PAUSES = (*[0] * 4, *[1] * 12, DAY, WAIT - 2, WAIT - 1, WAIT, WAIT + 1)


@dataclass
class Proposed:
    """One link that attesters and account signed."""

    account: str
    ends: int
    objected: bool = False


@dataclass
class LinkModel:
    """One identity at one attesting pool, in words: at most one link is in force, one is open."""

    in_force: str = ZERO
    open: Proposed | None = None
    last_issued: int = 0
    past: list[str] = field(default_factory=list)

    def tick(self, now: int) -> None:
        """An open link comes into force by itself when its wait is over."""
        if self.open and not self.open.objected and now >= self.open.ends:
            self.past.append(self.in_force)
            self.in_force, self.open = self.open.account, None

    def link(self, account: str, issued_at: int, now: int) -> str:
        """Why it is refused, or nothing."""
        if issued_at <= self.last_issued:
            return "identity: a link issued as late or later is known"
        if issued_at > now:
            return "identity: issued in the future"
        if account == self.in_force:
            return "identity: this account is linked already"
        self.open, self.last_issued = Proposed(account, now + WAIT), issued_at
        return ""

    def object(self, caller: str, account: str) -> str:
        """By the account in force."""
        if caller != self.in_force:
            return "identity: only the account linked now objects alone"
        if self.open is None or self.open.objected or account != self.open.account:
            return "identity: no link to this account waits"
        self.open.objected = True
        return ""

    def confirm(self, account: str, now: int) -> str:
        """By the governor."""
        if self.open is None or not self.open.objected or account != self.open.account:
            return "identity: no link to this account was objected to"
        if now < self.open.ends:
            return "identity: the link's wait is not over"
        self.in_force, self.open = account, None
        return ""

    def drop(self, account: str, now: int) -> str:
        """By the governor, or by the account itself."""
        if account == ZERO:
            return "identity: no account named"
        if account == self.in_force:
            self.in_force = ZERO
        elif self.open and account == self.open.account:
            self.open = None
        else:
            return "identity: this account is not linked"
        if self.open is None:
            self.last_issued = now
        return ""

    def state(self) -> tuple[str, str, int, int, str]:
        """As `link_of` tells it."""
        if self.open is None:
            return self.in_force, ZERO, 0, self.last_issued, ZERO
        waits, objected = self.open.account, ZERO
        if self.open.objected:
            waits, objected = objected, waits
        return self.in_force, waits, self.open.ends, self.last_issued, objected


class Walk:
    """Two pools that one pool trusts in order, and what the model says of them."""

    def __init__(self, evm: Evm) -> None:
        self.evm, self.registry = evm, Registry(evm)
        self.rng = random.Random(SEED)  # noqa: S311 - a walk that can be repeated, no secret
        self.people = [evm.actor(name) for name in ("gardener", "baker", "thief")]
        self.pools = [self.registry.pool, self.registry.new_pool()]
        attester = self.registry.attesters[:1]
        for pool in self.pools:
            self.registry.identity.set_attesters(pool, attester, 1, sender=self.registry.governor)
        self.registry.identity.set_attesting_pools(
            self.pools[0], self.pools, sender=self.registry.governor
        )
        self.models = [LinkModel(), LinkModel()]
        self.reached: Counter[str] = Counter()

    def try_call(self, call: Callable[[], None]) -> str:
        """The reason of a refusal, or nothing."""
        try:
            call()
        except Reverted as refusal:
            return refusal.reason
        return ""

    def step(self) -> None:
        """One call, on both sides."""
        which = self.rng.randrange(2)
        pool, model = self.pools[which], self.models[which]
        caller = self.rng.choice([*self.people, *[self.in_force(model)] * 6])
        account = self.rng.choice([*self.people, *[self.opened(model)] * 6])
        often = {"link": 4, "object": 6, "confirm": 6, "cancel": 1, "unlink": 1}
        name = self.rng.choices(list(often), list(often.values()))[0]
        expected, found = getattr(self, name)(pool, model, caller, account)
        assert found == expected, (name, found, expected)
        self.reached[f"{name}: {expected or 'done'}"] += 1

    def in_force(self, model: LinkModel) -> Actor:
        return next((p for p in self.people if p.address == model.in_force), self.people[0])

    def opened(self, model: LinkModel) -> Actor:
        account = model.open.account if model.open else ""
        return next((p for p in self.people if p.address == account), self.people[0])

    def link(self, pool: Contract, model: LinkModel, _: Actor, account: Actor) -> tuple[str, str]:
        now = self.evm.now
        issued_at = self.rng.choice([now, now, now - 1, now + 1, model.last_issued])
        request = self.registry.request(account, pool=pool, issued_at=issued_at)
        signers = self.registry.attesters[:1]
        found = self.try_call(lambda: self.registry.link(request, signers=signers))
        return model.link(account.address, issued_at, now), found

    def object(
        self, pool: Contract, model: LinkModel, caller: Actor, account: Actor
    ) -> tuple[str, str]:
        identity = self.registry.identity
        found = self.try_call(lambda: identity.object_to_link(pool, GITHUB, account, sender=caller))
        return model.object(caller.address, account.address), found

    def confirm(
        self, pool: Contract, model: LinkModel, _: Actor, account: Actor
    ) -> tuple[str, str]:
        governor = self.registry.governor
        found = self.try_call(
            lambda: self.registry.identity.confirm_link(pool, GITHUB, account, sender=governor)
        )
        return model.confirm(account.address, self.evm.now), found

    def cancel(self, pool: Contract, model: LinkModel, _: Actor, account: Actor) -> tuple[str, str]:
        named = self.rng.choice([account.address, account.address, ZERO])
        governor = self.registry.governor
        found = self.try_call(
            lambda: self.registry.identity.cancel_link(pool, GITHUB, named, sender=governor)
        )
        return model.drop(named, self.evm.now), found

    def unlink(self, pool: Contract, model: LinkModel, caller: Actor, _: Actor) -> tuple[str, str]:
        found = self.try_call(lambda: self.registry.identity.unlink(pool, GITHUB, sender=caller))
        return model.drop(caller.address, self.evm.now), found

    def check(self) -> None:
        """Both pools' links, and whom the first of them pays."""
        for pool, model in zip(self.pools, self.models, strict=True):
            model.tick(self.evm.now)
            assert self.registry.state(pool) == model.state()
        assert self.registry.payee() == self.expected_payee()
        assert self.registry.payee(self.pools[1]) == self.payee_by(self.models[1:])

    def expected_payee(self) -> str:
        payee = self.payee_by(self.models)
        speaks = [m for m in self.models if self.is_waiting(m) or m.in_force != ZERO]
        second = bool(speaks) and speaks[0] is self.models[1]
        self.reached[f"payee: {'nobody' if payee == ZERO else 'somebody'}, {second=}"] += 1
        return payee

    def payee_by(self, models: list[LinkModel]) -> str:
        for model in models:
            if self.is_waiting(model):
                return ZERO
            if model.in_force != ZERO:
                return model.in_force
        return ZERO

    def is_waiting(self, model: LinkModel) -> bool:
        return model.open is not None and not model.open.objected


@pytest.fixture
def walk(evm: Evm) -> Walk:
    return Walk(evm)


def test_identity__beside_the_model__never_parts(walk: Walk) -> None:
    for _ in range(STEPS):
        walk.step()
        walk.check()
        walk.evm.warp(walk.rng.choice(PAUSES))
        walk.check()
    refusals = {
        "link": ["a link issued as late or later is known", "issued in the future"],
        "object": ["only the account linked now objects alone", "no link to this account waits"],
        "confirm": ["no link to this account was objected to", "the link's wait is not over"],
        "cancel": ["no account named", "this account is not linked"],
        "unlink": ["this account is not linked"],
    }
    refusals["link"].append("this account is linked already")
    outcomes = [f"{name}: identity: {r}" for name, reasons in refusals.items() for r in reasons]
    outcomes += [f"{name}: done" for name in refusals]
    outcomes += [f"payee: {w}, second={s}" for w in ("nobody", "somebody") for s in (True, False)]
    for outcome in outcomes:
        assert walk.reached[outcome] >= 5, f"hardly reached: {outcome}: {walk.reached}"
    assert set(walk.reached) == set(outcomes)


def test_identity__against_a_forgetful_model__is_noticed(walk: Walk) -> None:
    walk.models[0].link(walk.people[0].address, walk.evm.now, walk.evm.now)
    with pytest.raises(AssertionError):
        walk.check()
