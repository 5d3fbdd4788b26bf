# SPDX-License-Identifier: AGPL-3.0-only
"""T23: maintainers sign a distribution in favour of themselves.

Who and what for: as many maintainers as must sign, who give all cred to an account of theirs and
would have it final before anybody has looked; or who give one of them more than her share.
In the world: multisigs that pay by their own list; reward roots that were live in the block in
which they were posted.
The defence: what is posted is final only by the members' consent, after a review of a week or once
more than half consent (`postings.finalise` takes the Governor alone); and a maintainer's own share
is capped, over all her subjects (`payouts._amount`).
"""

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import LAX
from tests.contracts.coop import AGAINST, DEFEATED
from tests.contracts.distributors import DOLLARS, Epoch, subject_of
from tests.contracts.evm import Evm

INCOME = 1_000 * DOLLARS


def posted(evm: Evm) -> tuple[Works, Epoch]:
    """Two maintainers have posted that all cred is one of theirs."""
    works = Works(evm)
    return works, works.month({subject_of(works.maintainers[0]): 1}, INCOME)


def final_at_once(evm: Evm) -> Outcome:
    """They make it final themselves and claim."""
    works, epoch = posted(evm)
    thief = works.maintainers[0]
    attempt = epoch.terms["attempt"]
    refused = strike(evm, works.distributor.finalise, 1, attempt, sender=thief)
    if not refused:
        works.settled(epoch)
        works.claim(subject_of(thief), [epoch], thief, thief)
    return Outcome(refused, works.dollar.balanceOf(thief))


def over_the_cap(evm: Evm) -> Outcome:
    """Nobody objected: three quarters of the cred are hers, where a fifth of the pot is the cap."""
    works = Works(evm, signer_cap_bps=2_000)
    thief, other = works.maintainers[0], evm.actor("other")
    epoch = works.run({subject_of(thief): 3, subject_of(other): 1}, INCOME)
    works.claim(subject_of(thief), [epoch], thief, thief)
    return Outcome("", works.dollar.balanceOf(thief) - INCOME // 5)


def test_finalise__by_the_maintainers_themselves__is_refused() -> None:
    shipped, weak = on_both(final_at_once, LAX)
    assert shipped == Outcome("distributor: not the governor", 0)
    assert weak == Outcome("", INCOME)


def test_claim__more_than_a_maintainers_cap__is_paid_the_cap() -> None:
    shipped, weak = on_both(over_the_cap, LAX)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", INCOME * 3 // 4 - INCOME // 5)


def test_review__one_of_three_objects__the_maintainers_get_nothing() -> None:
    evm = Evm()
    works, epoch = posted(evm)
    thief, proposal = works.maintainers[0], works.consenting(epoch)
    assert strike(evm, works.coop.execute, proposal) == "governor: not ready to execute"
    evm.warp(1)
    works.coop.vote(proposal, AGAINST, works.coop.founders[0])
    works.review(epoch)
    assert works.coop.state(proposal) == DEFEATED
    assert strike(evm, works.coop.execute, proposal) == "governor: not ready to execute"
    works.distributor.void(1, sender=works.relayer)
    assert works.pool.unreserved(1, works.dollar) == INCOME
    assert works.dollar.balanceOf(thief) == 0
