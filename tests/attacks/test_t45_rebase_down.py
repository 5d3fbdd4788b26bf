# SPDX-License-Identifier: AGPL-3.0-only
"""T45: a token loses value where it lies.

Who and what for: whoever notices it first and is paid in full out of what is left, so that the last
ones bear the whole loss.
In the world: runs on lending markets and stable pools after a depeg or a slash: the first
withdrawals were whole.
The defence: a token of which less is there than the books need is paid out to nobody
(`payments._check_covered`) until what is missing is sent, or a rules vote accepts the loss for all
at one factor (modules/losses.vy); from then on order does not matter.
"""

from fractions import Fraction
from itertools import permutations
from random import Random

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import TRUSTING
from tests.contracts.coop import Coop
from tests.contracts.evm import Contract, Evm
from tests.contracts.odd_tokens import REVERTS
from tests.contracts.pools import WHOLE

DUE = 500


def indebted(evm: Evm, dues: list[int]) -> tuple[Coop, Contract]:
    """A pool that owes these to its creditors, and has no other money of the token."""
    coop = Coop(evm)
    token = evm.deploy("OddToken")
    coop.give(sum(dues), token)
    pay = [coop.spending(evm.actor(f"creditor {n}"), due, token) for n, due in enumerate(dues)]
    ready = coop.passed(*pay, text="debts")
    token.behave(REVERTS, sender=coop.relayer)
    coop.execute(ready)
    token.behave(0, sender=coop.relayer)
    return coop, token


def run(evm: Evm) -> Outcome:
    """Half is gone; the thief takes what he is owed before the other hears of it."""
    coop, token = indebted(evm, [DUE, DUE])
    thief = evm.actor("creditor 0")
    token.rebase(WHOLE // 2, sender=coop.relayer)
    refused = strike(evm, coop.pool.withdraw, token, thief, sender=thief)
    return Outcome(refused, token.balanceOf(thief))


def test_withdraw__half_of_the_token_is_gone__nobody_is_first() -> None:
    shipped, weak = on_both(run, TRUSTING)
    assert shipped == Outcome("pool: this asset is short", 0)
    assert weak == Outcome("", DUE)


def test_withdraw__after_any_loss_in_any_order__everybody_has_her_share() -> None:
    random = Random(45)  # noqa: S311  (the same losses in every run)
    for _ in range(3):
        evm = Evm()
        dues = [random.randrange(1, 10**9) for _ in range(3)]
        coop, token = indebted(evm, dues)
        burnt = random.randrange(1, sum(dues))
        token.burn(coop.pool, burnt, sender=coop.relayer)
        accept = coop.pool.calldata("accept_loss", token, 1)
        coop.enact((coop.pool, 0, accept), text="a loss")
        factor = Fraction(coop.pool.factor_of(token), WHOLE)
        share = Fraction(sum(dues) - burnt, sum(dues))
        assert share - Fraction(1, WHOLE) < factor <= share
        for order in permutations(range(3)):
            point = evm.snapshot()
            for n in order:
                who = evm.actor(f"creditor {n}")
                coop.pool.withdraw(token, who, sender=who)
                assert token.balanceOf(who) == int(dues[n] * factor)
            assert 0 <= token.balanceOf(coop.pool) <= len(dues) + 1
            evm.restore(point)
