# SPDX-License-Identifier: AGPL-3.0-only
"""T15: two proposals that passed spend the same money.

Who and what for: a payee of two proposals, each for all that the general fund has. Both were passed
while the money was there, so both are ready; the second would be paid out of what lies in the Pool
for other purposes.
In the world: treasuries that check a budget when a payment is proposed, and not when it is made.
The defence: the earmark is debited in the same call that pays, and never below what it has that is
not reserved (`books._debit`). The second proposal stays ready until it expires.
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import UNBOUND
from tests.contracts.coop import EXECUTED, FOR, SUCCEEDED, Coop, Proposal
from tests.contracts.evm import ETH, Evm

FUND = 1_000


def two_ready(evm: Evm, second: int) -> tuple[Coop, list[Proposal]]:
    """A fund of 1,000, as much in an earmark beside it, and two payments that passed."""
    coop = Coop(evm)
    coop.enact(coop.opening(), text="for a roof")
    coop.give(FUND)
    coop.give(FUND, earmark=1)
    amounts = {"one": FUND, "two": second}
    ready = [
        coop.propose(coop.spending(evm.actor("payee"), amount), text=text, by=coop.founders[n])
        for n, (text, amount) in enumerate(amounts.items())
    ]
    coop.open(ready[1])
    for proposal in ready:
        coop.vote(proposal, FOR, *coop.founders)
    evm.warp_to(coop.governor.proposalEta(ready[1].id))
    return coop, ready


def overspend(evm: Evm) -> Outcome:
    """Both are carried out, one after the other."""
    coop, (first, second) = two_ready(evm, FUND)
    before = evm.balance(evm.actor("payee"))
    coop.execute(first)
    refused = strike(evm, coop.execute, second)
    return Outcome(refused, evm.balance(evm.actor("payee")) - before - FUND)


def test_execute__the_fund_is_spent_twice__only_once_is_it_paid() -> None:
    shipped, weak = on_both(overspend, UNBOUND)
    assert shipped == Outcome("pool: more than is unreserved", 0)
    assert weak == Outcome("", FUND)


@pytest.mark.parametrize(("first", "goes"), [(FUND, True), (FUND + 1, False)])
def test_spend__all_of_it_and_one_wei_more__only_all_of_it(first: int, goes: bool) -> None:
    evm = Evm()
    coop = Coop(evm)
    coop.give(FUND)
    coop.enact(coop.opening(), text="for a roof")
    coop.give(FUND, earmark=1)
    ready = coop.passed(coop.spending(evm.actor("payee"), first), text="all")
    reason = strike(evm, coop.execute, ready)
    assert reason == ("" if goes else "pool: more than is unreserved")
    assert coop.state(ready) == (EXECUTED if goes else SUCCEEDED)
    assert coop.pool.balance_of(1, ETH) == FUND
    assert coop.pool.balance_of(0, ETH) == (0 if goes else FUND)


def test_execute__money_comes_later__the_second_is_paid_then() -> None:
    evm = Evm()
    coop, (first, second) = two_ready(evm, 600)
    coop.execute(second)
    assert strike(evm, coop.execute, first) == "pool: more than is unreserved"
    coop.give(600)
    coop.execute(first)
    assert coop.pool.balance_of(0, ETH) == 0
