# SPDX-License-Identifier: AGPL-3.0-only
"""T28: many tiny epochs, so that one slips past the review.

Who and what for: maintainers who post every week. Members who look once a month miss three, and
each epoch mints its whole grain however small its pot is.
In the world: proposals repeated until the watchers were tired (Build Finance, 2022).
The defence: from one final post to the next an epoch's length has to pass, never less than 28 days,
and one distribution is open at a time (`postings._require_next`, `payout_policy.MIN_EPOCH_LENGTH`).
"""

from tests.attacks.money import Outcome, Works, on_both, posting, strike
from tests.attacks.money_weak import LAX
from tests.contracts.distributors import DOLLARS, subject_of
from tests.contracts.evm import Evm

DAY = 86_400
GRAIN = 1_000 * 10**18


def every_week(evm: Evm) -> Outcome:
    """Right after an honest epoch, one unit of income and two posts more; nobody looks."""
    works, thief = Works(evm, minimum=1), evm.actor("thief")
    works.run({subject_of(evm.actor("ada")): 1}, 1_000 * DOLLARS)
    refused = ""
    for _ in range(2):
        works.give(1)
        refused, posted = posting(works, {subject_of(thief): 1})
        for epoch in posted:
            works.finalise(epoch)
            works.claim(subject_of(thief), [epoch], thief, thief)
    return Outcome(refused, works.grain.balanceOf(thief))


def test_post__again_within_the_month__is_refused() -> None:
    shipped, weak = on_both(every_week, LAX)
    assert shipped == Outcome("distributor: epoch not over", 0)
    assert weak == Outcome("", 2 * GRAIN)


def test_set_policy__a_week_between_posts__not_even_by_all_members() -> None:
    evm = Evm()
    works = Works(evm)
    policy = works.policy(epoch_length=28 * DAY - 1)
    call = works.distributor.calldata("set_policy", policy.values())
    ready = works.coop.passed((works.distributor, 0, call), text="faster")
    assert strike(evm, works.coop.execute, ready) == "distributor: bad epoch length"


def test_post__failed_attempts__do_not_move_the_next_month() -> None:
    # A re-post does not wait, and neither does it buy time: the month runs from the final post.
    evm = Evm()
    works = Works(evm)
    first = works.month({subject_of(evm.actor("ada")): 1}, 1_000 * DOLLARS)
    works.withdraw(first)
    second = works.finalise(works.post({subject_of(evm.actor("ada")): 1}))
    posted_at = works.distributor.head().last_post_at
    works.give(1_000 * DOLLARS)
    evm.warp_to(posted_at + 28 * DAY - 1)
    leaves = {subject_of(evm.actor("ada")): 1}
    assert strike(evm, works.post, leaves) == "distributor: epoch not over"
    evm.warp(1)
    assert works.post(leaves).number == second.number + 1
