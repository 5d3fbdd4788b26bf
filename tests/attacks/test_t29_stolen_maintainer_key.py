# SPDX-License-Identifier: AGPL-3.0-only
"""T29: maintainers' keys are stolen.

Who and what for: a thief with one key where two must sign, and with all of them; members who look
at what is posted, and members who are asleep.
In the world: Ronin (2022, five of nine keys), Harmony (two of five), Multichain.
The defence: m of n must sign each attempt (`maintainers._require_signed`); the members' review
stands between a post and the money; one pot at a time is all that sleeping members can lose; and a
rules vote replaces the maintainers.
"""

import pytest

from tests.attacks.money import Outcome, Works, on_both, posting, strike
from tests.attacks.money_weak import LAX
from tests.contracts.coop import AGAINST
from tests.contracts.distributors import DOLLARS, MONTH, alone, subject_of
from tests.contracts.evm import Evm

INCOME = 1_000 * DOLLARS


def one_key(evm: Evm) -> Outcome:
    """Posts with one signature; the members are asleep."""
    works, thief = Works(evm), evm.actor("thief")
    works.give(INCOME)
    evm.warp(MONTH)
    refused, posted = posting(works, {subject_of(thief): 1}, works.maintainers[:1])
    for epoch in posted:
        works.finalise(epoch)
        works.claim(subject_of(thief), [epoch], thief, thief)
    return Outcome(refused, works.dollar.balanceOf(thief))


def test_post__with_one_stolen_key_of_two_needed__is_refused() -> None:
    shipped, weak = on_both(one_key, LAX)
    assert shipped == Outcome("clerk: too few signed", 0)
    assert weak == Outcome("", INCOME)


@pytest.mark.parametrize("alert", [True, False])
def test_post__with_all_keys_for_three_months__wins_nothing_or_a_pot_a_month(alert: bool) -> None:
    evm = Evm()
    works, thief = Works(evm), evm.actor("thief")
    for month in range(1, 4):
        works.give(INCOME)
        evm.warp(MONTH)
        epoch = works.post({subject_of(thief): 1})
        proposal = works.consenting(epoch)
        if alert:
            evm.warp(1)
            works.coop.vote(proposal, AGAINST, works.coop.founders[month % 3])
        works.review(epoch)
        if alert:
            works.distributor.void(epoch.number, sender=works.relayer)
        else:
            works.coop.execute(proposal)
            works.claim(subject_of(thief), [works.settled(epoch)], thief, thief)
        assert works.dollar.balanceOf(thief) == (0 if alert else month * INCOME)
    assert works.pool.balance_of(1, works.dollar) == (3 * INCOME if alert else 0)
    # the season is over: whoever holds the keys gets no fourth month without a vote
    if not alert:
        works.give(INCOME)
        evm.warp(MONTH)
        leaves = {subject_of(thief): 1}
        assert strike(evm, works.post, leaves) == "distributor: season is over"


def test_set_maintainers__after_the_theft__old_keys_post_nothing() -> None:
    evm = Evm()
    works, thief = Works(evm), evm.actor("thief")
    works.give(INCOME)
    fresh = sorted((evm.actor(f"fresh {n}") for n in range(2)), key=lambda a: int(a.address, 16))
    call = works.distributor.calldata("set_maintainers", alone(*fresh), 2)
    works.coop.enact((works.distributor, 0, call), text="new maintainers")
    evm.warp(MONTH)
    leaves = {subject_of(thief): 1}
    assert strike(evm, works.post, leaves) == "clerk: not a maintainer"
    assert works.post({subject_of(evm.actor("ada")): 1}, fresh).number == 1


def signs_and_is_removed(evm: Evm) -> Outcome:
    """Two keys sign a post that nobody carries yet; a rules vote takes one of them away."""
    works, thief = Works(evm), evm.actor("thief")
    works.give(INCOME)
    draft = works.draft(works.tree({subject_of(thief): 1}), deadline=evm.now + 3 * MONTH)
    signed = works.signed(draft)
    call = works.distributor.calldata("set_maintainers", alone(*works.maintainers[1:]), 2)
    works.coop.enact((works.distributor, 0, call), text="one key is stolen")
    evm.warp(MONTH)
    return Outcome(
        strike(evm, works.clerk.post, works.distributor, *signed, sender=thief),
        int(works.distributor.head().open_version != 0),
    )


def test_post__signed_by_a_maintainer_who_was_removed_since__is_refused() -> None:
    shipped, weak = on_both(signs_and_is_removed, LAX)
    assert shipped == Outcome("clerk: not a maintainer", 0)
    assert weak == Outcome("", 1)
