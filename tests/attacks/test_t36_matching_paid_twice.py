# SPDX-License-Identifier: AGPL-3.0-only
"""T36: a project has its match twice, or a giver her gift.

Who and what for: a project that is paid by `pay` and then claims, or is named twice in one batch,
so that the others' money is gone; a giver whose project withdrew, who has her gift back twice.
In the world: claims that were marked after the payment, or in another list than the one that was
asked.
The defence: a project is marked before it is paid, by both ways (`match_payouts._settle`), and a
gift is struck from the books before it goes back. In the weakened copy neither is.
"""

from tests.attacks.matchings_weak import CARELESS
from tests.attacks.money import Outcome, on_both, strike
from tests.contracts.evm import Evm
from tests.contracts.matchings import Fund


def gave(evm: Evm) -> Fund:
    """Two projects with 50 each of two donors, of whom the first has a match; 1,000 in the fund."""
    pot = Fund(evm, donors=2)
    pot.projects(2)
    pot.put(1_000)
    for number in (1, 2):
        for donor in pot.donors:
            pot.give(number, 25, donor)
    return pot


def claims_again(evm: Evm) -> Outcome:
    """Paid by anyone, and then by its own claim: what it has beyond its due of 100."""
    pot, project = gave(evm), evm.actor("project 0")
    before = evm.balance(project)
    pot.close()
    pot.pay(1)
    refused = strike(evm, pot.matching.claim, 1, project, sender=project)
    return Outcome(refused, evm.balance(project) - before - 100)


def named_twice(evm: Evm) -> Outcome:
    """Twice in one batch."""
    pot, project = gave(evm), evm.actor("project 0")
    before = evm.balance(project)
    pot.close()
    refused = strike(evm, pot.matching.pay, [1, 1], sender=project)
    return Outcome(refused, evm.balance(project) - before - 100)


def has_it_back_twice(evm: Evm) -> Outcome:
    """Her project withdraws; what she has beyond her 25."""
    pot = gave(evm)
    giver = pot.donors[0]
    pot.matching.withdraw(sender=evm.actor("project 0"))
    before = evm.balance(giver)
    pot.refund(1, giver)
    refused = strike(evm, pot.matching.refund, 1, giver, sender=pot.relayer)
    return Outcome(refused, evm.balance(giver) - before - 25)


def test_claim__after_pay__has_nothing() -> None:
    shipped, weak = on_both(claims_again, CARELESS)
    assert shipped == Outcome("matching: nothing waits", 0)
    assert weak == Outcome("", 100)


def test_pay__named_twice__is_paid_once() -> None:
    shipped, weak = on_both(named_twice, CARELESS)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", 100)


def test_refund__twice__has_nothing() -> None:
    shipped, weak = on_both(has_it_back_twice, CARELESS)
    assert shipped == Outcome("matching: no gift to refund", 0)
    assert weak == Outcome("", 25)
