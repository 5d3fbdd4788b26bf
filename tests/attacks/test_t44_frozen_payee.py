# SPDX-License-Identifier: AGPL-3.0-only
"""T44: a token freezes one payee, or all transfers.

Who and what for: an issuer, or whoever gets a contributor on its list, so that a payday that pays
everybody fails for all of them.
In the world: the lists of USDC and USDT; distributions that looped over transfers stood still for
one address (Gardens M-7, tokenize.it #424).
The defence: a payment that fails is owed to that payee alone (`payments._pay`), who takes it later,
to any account that the token likes; the others are paid.
"""

from dataclasses import dataclass

import pytest

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import STRICT
from tests.contracts.distributors import Epoch, subject_of
from tests.contracts.evm import Actor, Contract, Evm
from tests.contracts.odd_tokens import PAUSED

INCOME, OTHERS = 4_000_000_000, 3


@dataclass
class Payday:
    """A final epoch in a token with a list; four contributors share it evenly."""

    works: Works
    token: Contract
    epoch: Epoch
    people: list[Actor]

    def got(self) -> list[int]:
        """What each of them has."""
        return [self.token.balanceOf(each) for each in self.people]


def payday(evm: Evm) -> Payday:
    """Ready to be paid."""
    token = evm.deploy("OddToken")
    works = Works(evm, asset=token)
    people = list(works.people(OTHERS + 1))
    epoch = works.run({subject_of(each): 10 for each in people}, INCOME, token)
    return Payday(works, token, epoch, people)


def freeze(evm: Evm) -> Outcome:
    """The first of them is on the list; won is what the others do not get."""
    day = payday(evm)
    day.token.freeze(day.people[0], True, sender=day.works.relayer)
    refused = strike(evm, day.works.payday, day.epoch)
    return Outcome(refused, INCOME // 4 * OTHERS - sum(day.got()))


def test_payday__one_payee_is_frozen__all_others_are_paid() -> None:
    shipped, weak = on_both(freeze, STRICT)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("a payment failed", INCOME // 4 * OTHERS)


def test_withdraw__who_was_frozen_names_another_account__has_her_money() -> None:
    evm = Evm()
    day = payday(evm)
    frozen, elsewhere = day.people[0], evm.actor("her other account")
    day.token.freeze(frozen, True, sender=day.works.relayer)
    day.works.payday(day.epoch)
    assert day.works.pool.owed(day.token, frozen) == INCOME // 4
    with evm.reverts("pool: withdrawal failed"):
        day.works.pool.withdraw(day.token, frozen, sender=frozen)
    day.works.pool.withdraw(day.token, elsewhere, sender=frozen)
    assert day.token.balanceOf(elsewhere) == INCOME // 4
    assert day.works.pool.held(day.token) == 0


@pytest.mark.parametrize("who", ["everybody", "the pool"])
def test_payday__all_transfers_are_stopped__everybody_is_owed_and_paid_later(who: str) -> None:
    evm = Evm()
    day = payday(evm)
    if who == "everybody":
        day.token.behave(PAUSED, sender=day.works.relayer)
    else:
        day.token.freeze(day.works.pool, True, sender=day.works.relayer)
    day.works.payday(day.epoch)
    assert day.got() == [0] * (OTHERS + 1)
    day.token.behave(0, sender=day.works.relayer)
    day.token.freeze(day.works.pool, False, sender=day.works.relayer)
    for each in day.people:
        day.works.pool.withdraw(day.token, each, sender=each)
    assert day.got() == [INCOME // 4] * (OTHERS + 1)
