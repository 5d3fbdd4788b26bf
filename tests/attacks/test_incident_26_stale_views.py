# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 26: another contract reads a view while it is not true (read-only reentrancy).

Who and what for: somebody to whom the Pool owes money. A lender advances what `Pool.owed` says;
while he is being paid by the Pool he asks the lender for the same money.
In the world: Curve's `get_virtual_price` during `remove_liquidity` (2022), which lenders believed.
The defence: a debt is forgotten and all books are final before anybody is called
(`payments.withdraw`, `payments._pay`); the locks do not help here, since views are open. Every view
is compared with what it says at the end in test_t04_reentrancy.py.
"""

from tests.attacks.money import Outcome, on_both
from tests.attacks.money_weak import UNLOCKED
from tests.contracts.coop import Coop
from tests.contracts.evm import ETH, Evm

REFUSES = 1  # way of contracts/mocks/OddPayee.vy
DEBT = 100


def borrows_on_a_paid_debt(evm: Evm) -> Outcome:
    """He is paid, and has the debt advanced from inside the payment."""
    coop, thief = Coop(evm), evm.deploy("OddPayee")
    lender = evm.deploy("Factor", coop.pool)
    evm.set_balance(lender, 10 * DEBT)
    coop.give(DEBT)
    thief.behave(REFUSES, sender=coop.relayer)
    coop.enact(coop.spending(thief, DEBT), text="pay")
    thief.call_back(lender, lender.calldata("advance"), sender=coop.relayer)
    coop.pool.withdraw(ETH, thief, sender=thief)
    assert coop.pool.owed(ETH, thief) == 0
    return Outcome("", evm.balance(thief) - DEBT)


def test_owed__read_during_its_payment__is_nothing() -> None:
    shipped, weak = on_both(borrows_on_a_paid_debt, UNLOCKED)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", DEBT)
