# SPDX-License-Identifier: AGPL-3.0-only
"""T24: maintainers strike out whom they like, when nobody can answer any more.

Who and what for: maintainers whose friend is to have the whole pot. Striking out is theirs to sign,
so they strike out everybody else; or only somebody, in the last second of the review.
In the world: moderators' last word in rounds whose results were final a moment later.
The defence: all that is struck out together stays within the share that the members voted; in the
last two days nobody is struck out; the first time leaves three days; and until the last second
members put back whom they like, for good (`modules/review.vy`).
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.contracts.distributors import DOLLARS
from tests.contracts.evm import Evm
from tests.contracts.reviews import Review

# No bounds: any share, at any time, and as often as they like.
UNBOUNDED = [
    (
        "modules/review.vy",
        '    checks._need(excluded * BPS <= most, "distributor: over voted share")\n',
        "",
    ),
    (
        "modules/review.vy",
        (
            "    checks._need(block.timestamp + LAST_WORD <= closes_at, "
            '"distributor: too late for that")\n'
        ),
        "",
    ),
    (
        "modules/review.vy",
        "    if self._extended != proposal_id:\n",
        "    if self._extended == max_value(uint256):\n",
    ),
    (
        "modules/review.vy",
        ('    checks._need(epochs._struck[subject][key] == 0, "distributor: struck out before")\n'),
        "",
    ),
]


def everybody_else(evm: Evm) -> Outcome:
    """In the first hour, all but the friend, who has 400 of 1,000."""
    review = Review(evm, zero_out_bps=4_000)
    evm.warp(3_600)
    return _struck(review, review.subjects[:3])


def at_the_last_second(evm: Evm) -> Outcome:
    """Only one, and within the share, when the vote is as good as over."""
    review = Review(evm, zero_out_bps=4_000)
    evm.warp_to(review.closes_at())
    return _struck(review, review.subjects[2:3])


def again_and_again(evm: Evm) -> Outcome:
    """One whom the members have put back already."""
    review = Review(evm, zero_out_bps=4_000)
    evm.warp(3_600)
    review.zero_out(review.subjects[2])
    review.restore(review.subjects[2])
    return _struck(review, review.subjects[2:3])


def _struck(review: Review, subjects: list[bytes]) -> Outcome:
    """Who was refused first, and what the friend gets in the end."""
    refused = ""
    for subject in subjects:
        refused = refused or strike(review.evm, review.zero_out, subject)
    final = review.finalise(review.epoch)
    friend = review.contributors[3]
    review.claim(review.subjects[3], [final], friend, friend)
    return Outcome(refused, review.dollar.balanceOf(friend))


def test_zero_out__everybody_but_a_friend__stays_within_the_voted_share() -> None:
    shipped, weak = on_both(everybody_else, UNBOUNDED)
    # ada and ben, 300 of 1,000, are within the share; cleo would make it 600
    assert shipped == Outcome("distributor: over voted share", 1_000 * DOLLARS * 400 // 700)
    assert weak == Outcome("", 1_000 * DOLLARS)


def test_zero_out__when_nobody_can_answer__is_refused() -> None:
    shipped, weak = on_both(at_the_last_second, UNBOUNDED)
    assert shipped == Outcome("distributor: too late for that", 400 * DOLLARS)
    assert weak == Outcome("", 1_000 * DOLLARS * 400 // 700)


def test_zero_out__whom_the_members_have_restored__is_refused() -> None:
    shipped, weak = on_both(again_and_again, UNBOUNDED)
    assert shipped == Outcome("distributor: struck out before", 400 * DOLLARS)
    assert weak == Outcome("", 1_000 * DOLLARS * 400 // 700)
