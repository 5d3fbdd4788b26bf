# SPDX-License-Identifier: AGPL-3.0-only
"""T26: the root of a distribution is exchanged, in the review or after it.

Who and what for: maintainers who show the members one table and put another in its place before it
is final, or the same one again for more; or a contributor who brings terms of her own to a claim.
In the world: Allo's strategies, where a live distribution could be set anew (sherlock 2023-09, #278
and #880); drops whose owner may change the root at any time.
The defence: one distribution is open at a time, an attempt is never reused, and a final epoch is
one hash of all its terms and of the epoch before it (`epochs._require_final`), which nothing ever
writes again.
"""

from functools import partial

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import FORGETFUL
from tests.contracts.distributors import DOLLARS, MONTH, Epoch, subject_of
from tests.contracts.evm import Actor, Evm

INCOME = 1_000 * DOLLARS


def cast(evm: Evm) -> tuple[Works, Actor, Actor]:
    """A co-op, ada who has worked, and the thief."""
    return Works(evm), evm.actor("ada"), evm.actor("thief")


def own_terms(evm: Evm) -> Outcome:
    """The epoch is final; the thief claims with the terms of a tree in which all is his."""
    works, ada, thief = cast(evm)
    epoch = works.run({subject_of(ada): 9, subject_of(thief): 1}, INCOME)
    tree = works.tree({subject_of(thief): 10}, epoch=1)
    terms = epoch.terms | {"root": tree.root, "leaf_count": 1}
    forged = Epoch(tree, terms, epoch.proposal_id, previous=epoch.previous)
    forged.packed = works.clerk.pack_terms(tuple(terms.values()))
    subject = subject_of(thief)
    refused = strike(evm, works.claim, subject, [forged], thief, thief)
    return Outcome(refused, works.dollar.balanceOf(thief))


def test_claim__with_terms_of_her_own__is_refused() -> None:
    shipped, weak = on_both(own_terms, FORGETFUL)
    assert shipped == Outcome("distributor: not a final epoch", 0)
    assert weak == Outcome("", INCOME)


def test_post__another_root_while_one_is_under_review__is_refused() -> None:
    evm = Evm()
    works, ada, thief = cast(evm)
    works.month({subject_of(ada): 1}, INCOME)
    other = works.draft(works.tree({subject_of(thief): 1}))
    post = partial(works.clerk.post, works.distributor)
    refused = strike(evm, post, *works.signed(other), sender=works.relayer)
    assert refused == "distributor: one is open"


def test_post__another_root_for_a_final_epoch__is_refused() -> None:
    evm = Evm()
    works, ada, thief = cast(evm)
    epoch = works.run({subject_of(ada): 1}, INCOME)
    kept = works.distributor.epoch_hash_of(1)
    evm.warp(MONTH)
    works.give(INCOME)
    tree = works.tree({subject_of(thief): 1}, epoch=1)
    again = works.signed(works.draft(tree))
    post = partial(works.clerk.post, works.distributor)
    refused = strike(evm, post, *again, sender=works.relayer)
    assert refused == "distributor: not next epoch"
    works.run({subject_of(thief): 1}, INCOME)
    assert works.distributor.epoch_hash_of(1) == kept
    works.claim(subject_of(ada), [epoch], ada, ada)
    assert works.dollar.balanceOf(ada) == INCOME


def test_review__withdrawn_and_posted_anew__begins_anew_and_old_signatures_are_dead() -> None:
    evm = Evm()
    works, ada, thief = cast(evm)
    first = works.month({subject_of(ada): 1}, INCOME)
    old = works.draft(works.tree({subject_of(ada): 1}), deadline=evm.now + 30 * 86_400)
    signed = works.signed(old)
    evm.warp(6 * 86_400)
    works.withdraw(first)
    post = partial(works.clerk.post, works.distributor)
    assert strike(evm, post, *signed, sender=thief) == "clerk: bad signature"
    second = works.post({subject_of(thief): 1})
    assert second.terms["attempt"] == 2
    deadline = works.governor.proposalDeadline(second.proposal_id)
    assert deadline == evm.now + 7 * 86_400
    gone = strike(evm, works.coop.execute, works.consenting(first))
    assert gone == "governor: not ready to execute"


def test_review__the_same_root_posted_anew__is_another_attempt_and_pays_once() -> None:
    """Members who looked at it the first time look again; what was said of the first is gone."""
    evm = Evm()
    works, ada, thief = cast(evm)
    leaves = {subject_of(ada): 9, subject_of(thief): 1}
    first = works.month(leaves, INCOME)
    works.withdraw(first)
    second = works.post(leaves)
    assert second.tree.root == first.tree.root
    assert (first.terms["attempt"], second.terms["attempt"]) == (1, 2)
    works.review(second)
    gone = strike(evm, works.coop.execute, works.consenting(first))
    assert gone == "distributor: other attempt"
    works.coop.execute(works.consenting(second))
    works.settled(second)
    same = Epoch(first.tree, second.terms | {"attempt": 1}, first.proposal_id)
    same.packed = works.clerk.pack_terms(tuple(same.terms.values()))
    subject = subject_of(thief)
    for epoch, refused in (
        (same, "distributor: not a final epoch"),
        (second, ""),
        (second, "distributor: already claimed"),
    ):
        assert strike(evm, works.claim, subject, [epoch], thief, thief) == refused
    assert works.dollar.balanceOf(thief) == INCOME // 10


def again_next_month(evm: Evm) -> Outcome:
    """The tree of the epoch before, signed and posted for the next one."""
    works, ada, thief = cast(evm)
    paid = works.run({subject_of(ada): 1, subject_of(thief): 1}, INCOME)
    works.claim(subject_of(thief), [paid], thief, thief)
    works.give(INCOME)
    evm.warp(MONTH)
    arguments = works.signed(works.draft(paid.tree, epoch=2))
    number = works.clerk.post(works.distributor, *arguments, sender=thief)
    (log,) = works.events("DistributionPosted")
    again = works.finalise(Epoch(paid.tree, dict(log.args["terms"]._asdict()), number))
    refused = strike(evm, works.claim, subject_of(thief), [again], thief, thief)
    return Outcome(refused, works.dollar.balanceOf(thief))


def test_claim__the_root_of_the_epoch_before_posted_again__proves_nothing() -> None:
    """Its leaves name their epoch; all of that pot goes back when its claims are closed."""
    shipped, weak = on_both(again_next_month, FORGETFUL)
    assert shipped == Outcome("distributor: wrong proof", INCOME // 2)
    assert weak == Outcome("", INCOME)
