# SPDX-License-Identifier: AGPL-3.0-only
"""T46: payees and tokens that burn gas or answer with a megabyte.

Who and what for: a contributor who makes her account a contract that burns all the gas it gets, so
that the payday that pays everybody cannot be sent; and one that answers so much that whoever reads
it runs out of gas.
In the world: returndata bombs against relayers and liquidators (ExcessivelySafeCall was written for
them); airdrops stopped by one gas-burning receiver.
The defence: a payment gets 200,000 gas and at most 32 bytes of its answer are read
(`payments._push`); what cannot be had for that is owed to that payee, and her own `withdraw` may
burn her own gas.
"""

import pytest

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import GENEROUS
from tests.contracts.coop import Coop
from tests.contracts.distributors import subject_of
from tests.contracts.evm import ETH, GAS_LIMIT, Contract, Evm
from tests.contracts.odd_tokens import EATS_GAS, LONG_ANSWER

INCOME = 3 * 10**18
BURNS, ANSWERS_LONG = 2, 4  # ways of contracts/mocks/OddPayee.vy
# size, zero, return or revert: so much memory is paid for by whoever is called
BOMBS = {"1 MB": "620fffe05ff3", "1 MB, refused": "620fffe05ffd", "256 kB": "620400005ff3"}
# Given to the payee, and what a payment costs besides.
MOST = 200_000 + 150_000


def bomb(evm: Evm, runtime: str) -> str:
    """A contract of this code."""
    return evm.create(bytes.fromhex("65" + runtime + "5f526006601af3"))


def payday_with_burners(evm: Evm) -> Outcome:
    """Two of three burn all gas; won is what the third does not get."""
    works = Works(evm, asset=ETH, minimum=1)
    honest = evm.actor("honest")
    before = evm.balance(honest)
    burners = [evm.deploy("OddPayee") for _ in range(2)]
    for each in burners:
        each.behave(BURNS, sender=works.relayer)
    leaves = {subject_of(each): 10 for each in [honest, *burners]}
    epoch = works.run(leaves, INCOME, ETH)
    refused = strike(evm, works.payday, epoch)
    return Outcome(refused and "failed", INCOME // 3 - (evm.balance(honest) - before))


def test_payday__two_payees_burn_all_gas__the_third_is_paid() -> None:
    shipped, weak = on_both(payday_with_burners, GENEROUS)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("failed", INCOME // 3)


def paying(evm: Evm, payee: object, asset: object = ETH) -> int:
    """The gas of a vote's payment to it."""
    coop = Coop(evm)
    if asset == ETH:
        coop.give(100)
    ready = coop.passed(coop.spending(payee, 100, asset), text="pay")
    coop.execute(ready)
    return evm.gas_used


@pytest.mark.parametrize("kind", BOMBS)
def test_spend__the_payee_answers_with_a_bomb__costs_a_bounded_sum(kind: str) -> None:
    def pay(evm: Evm) -> int:
        return paying(evm, bomb(evm, BOMBS[kind]))

    shipped, weak = on_both(pay, GENEROUS)
    assert shipped < MOST
    assert weak > 2_000_000 or kind == "256 kB"


@pytest.mark.parametrize("way", [BURNS, ANSWERS_LONG])
def test_spend__the_payee_is_hostile__is_owed_and_withdraws_at_its_own_price(way: int) -> None:
    evm = Evm()
    payee: Contract = evm.deploy("OddPayee")
    payee.behave(way, sender=evm.deployer)
    coop = Coop(evm)
    coop.give(100)
    coop.enact(coop.spending(payee, 100), text="pay")
    assert evm.gas_used < MOST
    assert coop.pool.owed(ETH, payee) == 100
    refused = strike(evm, coop.pool.withdraw, ETH, payee, sender=payee)
    assert refused
    coop.pool.withdraw(ETH, evm.actor("elsewhere"), sender=payee)
    assert coop.pool.held(ETH) == 0


@pytest.mark.parametrize("way", [EATS_GAS, LONG_ANSWER])
def test_payday__the_token_burns_or_answers_at_length__costs_a_bounded_sum(way: int) -> None:
    evm = Evm()
    token = evm.deploy("OddToken")
    works = Works(evm, asset=token, minimum=1)
    people = list(works.people(10))
    epoch = works.run({subject_of(each): 10 for each in people}, 1_000, token)
    token.behave(way, sender=works.relayer)
    works.payday(epoch)
    assert evm.gas_used < len(people) * MOST < GAS_LIMIT
    owed = [works.pool.owed(token, each) for each in people]
    token.behave(0, sender=works.relayer)
    assert [token.balanceOf(each) + due for each, due in zip(people, owed, strict=True)] == [
        100
    ] * len(people)
