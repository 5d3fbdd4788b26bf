# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 8: the caller brings just too little gas (the 63/64 rule).

Who and what for: whoever carries out somebody else's payment, and gives it so little gas that the
payee's wallet fails while the call around it goes through: a payment becomes a debt, or is lost.
In the world: Aragon's and Baal's executors (code4rena #191, Baal #75), which marked an action as
done whose inner call had run out of gas; Safe's relayers before EIP-150 was taken into account.
The defence: no payment is tried with less than 300,000 gas left, enough that the payee gets her
whole 200,000 (`payments.GAS_NEEDED`); an execution is all or nothing.
"""

from tests.attacks.money import Outcome, on_both
from tests.attacks.money_weak import GENEROUS
from tests.contracts.coop import EXECUTED, SUCCEEDED, Coop
from tests.contracts.evm import ETH, Evm, Reverted

AMOUNT = 100


def starve(evm: Evm) -> Outcome:
    """Carries a payment out with every amount of gas; won is the most that became a debt."""
    coop, wallet = Coop(evm), evm.deploy("CarefulPayee")
    coop.give(AMOUNT)
    ready = coop.passed(coop.spending(wallet, AMOUNT), text="pay")
    debt, refusals = 0, set()
    for gas in range(60_000, 600_000, 5_000):
        point = evm.snapshot()
        try:
            coop.execute(ready, gas=gas)
            assert coop.state(ready) == EXECUTED
            assert evm.balance(wallet) + coop.pool.owed(ETH, wallet) == AMOUNT
            debt = max(debt, coop.pool.owed(ETH, wallet))
        except Reverted as error:
            refusals.add(error.reason)
            assert coop.state(ready) == SUCCEEDED
        evm.restore(point)
    assert refusals <= {"pool: too little gas to pay", "halt: OutOfGas", ""}
    return Outcome("", debt)


def test_execute__any_gas_limit__pays_or_changes_nothing() -> None:
    shipped, weak = on_both(starve, GENEROUS)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", AMOUNT)
