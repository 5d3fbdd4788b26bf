# SPDX-License-Identifier: AGPL-3.0-only
"""T49: something stays pending for ever, and money with it.

Who and what for: maintainers who let a review fail and so keep its pot reserved; a spender that
promises and never pays; members and contributors who are gone.
In the world: escrows with one missing signer; Parity's wallets (2017); rounds that were never
finalised.
The defence: each state has a way out that anybody can take after some time: a failed review is void
(`pots._abandon`), claims close (`payouts.close_epoch`), an earmark that is left alone lapses
(`earmarks._end_by_lapse`), gifts return to their patrons, debts can be withdrawn to any account.
"""

from contextlib import suppress
from random import Random
from typing import Any

import pytest

from tests.attacks.money import Outcome, has, on_both
from tests.attacks.money_weak import LAX
from tests.contracts.distributors import CANCELED, DEFEATED, EXPIRED, MONTH, Epoch, Mill, subject_of
from tests.contracts.evm import ETH, Evm, Reverted
from tests.contracts.pools import ZERO

DAY = 86_400
LAPSE = 400 * DAY
PURPOSE = ("ipfs://purpose", b"\x17" * 32)


class Life:
    """A pool in which things happen, and what is left undone in it. The Governor is played: a vote
    that pays is a legal call like the others."""

    def __init__(self, evm: Evm, asset: Any, seed: int) -> None:
        self.evm, self.random = evm, Random(seed)  # noqa: S311  (the same lives in every run)
        self.mill = Mill(evm)
        self.asset: Any = ETH if asset == "ETH" else self.mill.dollar
        self.mill.set_up(season=1_000)
        self.mill.open(self.mill.policy(asset=self.asset, minimum=1))
        terms = (2, *PURPOSE, ZERO, False, evm.now + 900 * DAY, b"")
        self.mill.pool.open_earmark(*terms, sender=self.mill.governor)
        refusing = evm.deploy("OddPayee")
        refusing.behave(1, sender=evm.deployer)
        self.people: list[Any] = [*self.mill.people(3), refusing]
        self.final: list[Epoch] = []
        self.open: list[Epoch] = []

    def go_on(self, steps: int) -> None:
        """So many things happen; what does not fit does not."""
        deeds = (self.give, self.give, self.move, self.post, self.end, self.claim, self.payday)
        for _ in range(steps):
            point = self.evm.snapshot()
            try:
                self.random.choice((*deeds, self.wait, self.spend, self.force))()
            except Reverted:
                self.evm.restore(point)

    def give(self) -> None:
        """To any of the three earmarks."""
        self.mill.give(self.random.randrange(1, 10**9), self.asset, self.random.randrange(3))

    def move(self) -> None:
        """By vote, from the fund to the others."""
        pool, to = self.mill.pool, self.random.randrange(1, 3)
        amount = self.random.randrange(1, 2 + pool.balance_of(0, self.asset))
        pool.move(0, to, self.asset, amount, sender=self.mill.governor)

    def post(self) -> None:
        """Whatever there is, for some of the people."""
        self.evm.warp(MONTH)
        some = self.random.sample(self.people, 2)
        creds = {subject_of(each): self.random.randrange(1, 99) for each in some}
        self.open.append(self.mill.post(creds))

    def end(self) -> None:
        """The review ends well or not; whoever should say so may forget."""
        if self.open:
            how = self.random.choice((None, CANCELED, DEFEATED, EXPIRED))
            if how is None:
                self.final.append(self.mill.finalise(self.open.pop()))
                return
            self.mill.governor.end_as(self.open[-1].proposal_id, how, sender=self.mill.relayer)
            if self.random.random() < 0.5:
                self.mill.distributor.void(self.open.pop().number, sender=self.mill.relayer)

    def claim(self) -> None:
        """One leaf of one epoch."""
        if self.final:
            epoch = self.random.choice(self.final)
            subject = self.random.choice(epoch.tree.leaves)[0]
            self.mill.claim_many([epoch], [(subject, 0)])

    def payday(self) -> None:
        """A part of one epoch; one of the people takes no ETH."""
        if self.final:
            self.mill.payday(self.random.choice(self.final), 0, 1)

    def wait(self) -> None:
        """Weeks, or more than a year."""
        self.evm.warp(self.random.choice((7, 90, 401)) * DAY)

    def spend(self) -> None:
        """By vote, to somebody who may refuse."""
        payee = self.random.choice(self.people)
        amount = self.random.randrange(1, 10**9)
        self.mill.pool.spend(0, self.asset, payee, amount, sender=self.mill.governor)

    def force(self) -> None:
        """Money comes without a gift."""
        if self.asset == ETH:
            self.evm.set_balance(self.mill.pool, self.evm.balance(self.mill.pool) + 77)
        else:
            self.asset.mint(self.mill.pool, 77, sender=self.mill.relayer)

    def wind_up(self) -> int:
        """The script: legal calls and time alone, each skipped if it has nothing to do. What is
        left in the pool then."""
        mill, pool, anyone = self.mill, self.mill.pool, self.evm.actor("anyone")
        for epoch in self.open:
            mill.governor.end_as(epoch.proposal_id, DEFEATED, sender=anyone)
            self.attempt(mill.distributor.void, epoch.number, sender=anyone)
        self.evm.warp(10 * 366 * DAY + LAPSE)
        for epoch in self.final:
            self.attempt(mill.distributor.close_epoch, epoch.previous, epoch.packed, sender=anyone)
        self.attempt(pool.lapse, 1, sender=anyone)
        self.attempt(pool.reclaim, 1, self.asset, sender=mill.patron)
        self.attempt(pool.reclaim_for_general_fund, 1, self.asset, sender=anyone)
        self.attempt(pool.sync, self.asset, sender=anyone)
        for earmark in (0, 2):
            rest = pool.unreserved(earmark, self.asset)
            pay = (earmark, self.asset, self.people[0], rest)
            self.attempt(pool.spend, *pay, sender=mill.governor)
        for each in self.people:
            elsewhere = self.evm.actor("elsewhere")
            self.attempt(pool.withdraw, self.asset, elsewhere, sender=each)
        left: int = pool.held(self.asset)
        assert left == has(self.evm, self.asset, pool)
        return left

    @staticmethod
    def attempt(call: Any, *arguments: Any, sender: Any) -> None:
        """Whether there was anything to do does not matter."""
        with suppress(Reverted):
            call(*arguments, sender=sender)


# Units that rounding leaves with a restricted earmark: fewer than it has patrons (the Pool is one).
DUST = 2


@pytest.mark.parametrize("asset", ["ETH", "dollar"])
@pytest.mark.parametrize("seed", range(6))
def test_wind_up__after_any_life__leaves_less_than_a_unit_a_patron(asset: str, seed: int) -> None:
    life = Life(Evm(), asset, seed)
    life.go_on(60)
    held = life.mill.pool.held(life.asset)
    assert held > 10**6
    assert life.wind_up() < DUST


def failed_review(evm: Evm) -> Outcome:
    """A pot whose review has failed; won is what nobody will ever have."""
    life = Life(evm, "dollar", 0)
    life.mill.give(10**9)
    life.post()
    return Outcome("", life.wind_up())


def test_wind_up__a_review_has_failed__its_pot_returns_to_the_patrons() -> None:
    shipped, weak = on_both(failed_review, LAX)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", 10**9)
