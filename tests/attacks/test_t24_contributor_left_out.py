# SPDX-License-Identifier: AGPL-3.0-only
"""T24: maintainers leave an honest contributor out.

Who and what for: maintainers who share a month's money among themselves and have forgotten
somebody; the members have objected, and they want it final all the same; or they come back to an
epoch that is final and would take her leaf out of it.
In the world: rounds whose organisers struck out projects after the votes were in.
The defence: an objection of enough members ends the review without effect, the income stays for the
next attempt (`postings.void`, `pots._abandon`), and nothing of a final epoch can be changed.
"""

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import LAX
from tests.contracts.coop import AGAINST
from tests.contracts.distributors import DOLLARS, Epoch, subject_of
from tests.contracts.evm import Actor, Evm

INCOME = 900 * DOLLARS


def left_out(evm: Evm) -> tuple[Works, Epoch, Actor, Actor]:
    """Posted without her, and the members have objected."""
    works = Works(evm)
    ada, thief = evm.actor("ada"), evm.actor("a maintainer's friend")
    epoch = works.month({subject_of(thief): 1}, INCOME)
    evm.warp(1)
    works.coop.vote(works.consenting(epoch), AGAINST, *works.coop.founders)
    works.review(epoch)
    return works, epoch, ada, thief


def final_despite_objections(evm: Evm) -> Outcome:
    """All members are against it; a maintainer makes it final."""
    works, epoch, _, thief = left_out(evm)
    finalise = works.distributor.finalise
    refused = strike(evm, finalise, 1, 1, sender=works.maintainers[0])
    if not refused:
        works.settled(epoch)
        works.payday(epoch)
    return Outcome(refused, works.dollar.balanceOf(thief))


def test_finalise__all_members_have_objected__is_refused() -> None:
    shipped, weak = on_both(final_despite_objections, LAX)
    assert shipped == Outcome("distributor: not the governor", 0)
    assert weak == Outcome("", INCOME)


def test_post__again_with_her__divides_the_same_income() -> None:
    evm = Evm()
    works, _, ada, thief = left_out(evm)
    works.distributor.void(1, sender=ada)
    epoch = works.finalise(works.post({subject_of(thief): 1, subject_of(ada): 2}))
    assert (epoch.terms["attempt"], epoch.terms["pot"]) == (2, INCOME)
    works.payday(epoch)
    assert works.dollar.balanceOf(ada) == INCOME * 2 // 3


def test_withdraw_and_void__a_final_epoch__are_refused() -> None:
    evm = Evm()
    works = Works(evm)
    ada = evm.actor("ada")
    epoch = works.run({subject_of(ada): 1}, INCOME)
    assert strike(evm, works.withdraw, epoch) == "distributor: not open"
    void = works.distributor.void
    assert strike(evm, void, 1, sender=works.relayer) == "distributor: not open"
    works.claim(subject_of(ada), [epoch], ada, ada)
    assert works.dollar.balanceOf(ada) == INCOME
