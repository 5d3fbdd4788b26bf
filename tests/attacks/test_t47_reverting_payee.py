# SPDX-License-Identifier: AGPL-3.0-only
"""T47: a payee refuses its money, so that others do not get theirs.

Who and what for: a contributor, or a payee of a vote that pays several, who wants the whole to
fail.
In the world: King of the Ether (2016): nobody could follow a king who takes no money; auctions that
could not be outbid because the refund to the last bidder reverted.
The defence: a payment that fails is a debt to that payee (`payments._pay`); batches go on. One
payee is different on purpose: a payment to the Governor itself must arrive, or its next call would
run without.
"""

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import STRICT
from tests.contracts.buy_ins import buying_in, offer
from tests.contracts.coop import Coop
from tests.contracts.distributors import subject_of
from tests.contracts.evm import ETH, Contract, Evm

REFUSES = 1  # way of contracts/mocks/OddPayee.vy
INCOME = 4 * 10**18


def griefer(evm: Evm) -> Contract:
    """Takes nothing."""
    payee = evm.deploy("OddPayee")
    payee.behave(REFUSES, sender=evm.deployer)
    return payee


def block_a_vote(evm: Evm) -> Outcome:
    """One vote pays four, the second of them refuses; won is what the others do not get."""
    coop = Coop(evm)
    coop.give(400)
    honest = [evm.actor(f"payee {n}") for n in range(3)]
    before = sum(evm.balance(each) for each in honest)
    payees = [honest[0], griefer(evm), *honest[1:]]
    ready = coop.passed(*(coop.spending(each, 100) for each in payees), text="pay four")
    refused = strike(evm, coop.execute, ready)
    return Outcome(refused, 300 - (sum(evm.balance(each) for each in honest) - before))


def block_a_payday(evm: Evm) -> Outcome:
    """The same at a payday."""
    works = Works(evm, asset=ETH, minimum=1)
    honest = list(works.people(3))
    before = sum(evm.balance(each) for each in honest)
    leaves = {subject_of(each): 1 for each in [*honest, griefer(evm)]}
    epoch = works.run(leaves, INCOME, ETH)
    refused = strike(evm, works.payday, epoch)
    return Outcome(refused, INCOME // 4 * 3 - (sum(evm.balance(e) for e in honest) - before))


def test_execute__one_of_four_payees_refuses__three_are_paid() -> None:
    shipped, weak = on_both(block_a_vote, STRICT)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("a payment failed", 300)


def test_payday__one_of_four_payees_refuses__three_are_paid() -> None:
    shipped, weak = on_both(block_a_payday, STRICT)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("a payment failed", INCOME // 4 * 3)


def test_leave__the_leaver_refuses_her_buy_in__is_out_and_owed() -> None:
    evm = Evm()
    coop, payee = Coop(evm), griefer(evm)
    coop.enact(buying_in(coop, ETH, 100), text="buy-in")
    offer(coop, payee)
    calldata = coop.admission.calldata("accept")
    evm.call(payee, coop.admission, calldata, value=100)
    assert coop.governor.isMember(payee)
    evm.call(payee, coop.admission, coop.admission.calldata("leave"))
    assert not coop.governor.isMember(payee)
    assert coop.pool.owed(ETH, payee) == 100
