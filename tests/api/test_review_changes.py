# SPDX-License-Identifier: AGPL-3.0-only
"""A review that changed who gets what: struck out, restored, and paid elsewhere when final.

Amounts are worked out here, in integers, and held against the chain.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from eth_utils.crypto import keccak

from millpond.core.subjects import Subject, to_hex
from tests.api import story_review
from tests.api.site import POOL, Site
from tests.api.story import DOLLARS, GRAIN, Posted, Story
from tests.contracts.distributors import DAY, MONTH
from tests.core import month

EPOCH = f"{POOL}/distributions/1"
POT = 2_000 * DOLLARS
GAMED, WRONGED = month.who("BrianLitwin"), month.who("mzargham")
ELSEWHERE = month.who("wchargin")
WHY, BACK, KEPT_BACK = "These likes were bought", "We have seen the work", "Ask us in private"


@dataclass(frozen=True)
class Changed:
    """A site whose first distribution is under review, and was changed in it."""

    site: Site
    posted: Posted

    @property
    def story(self) -> Story:
        """What happened."""
        return self.site.story

    def creds(self) -> dict[Subject, int]:
        """Of the leaves that share the pot."""
        out = {GAMED, _third(self.posted)}
        return {s: int(c) for s, c in self.posted.document.leaves if s not in out}

    def due(self, subject: Subject) -> tuple[int, int]:
        """Money and grain."""
        creds = self.creds()
        whole = sum(creds.values())
        return POT * creds[subject] // whole, GRAIN * creds[subject] // whole

    def leaves(self) -> dict[str, Any]:
        """As they are listed."""
        return {leaf["subject"]: leaf for leaf in self.site.every(f"{EPOCH}/leaves")}


def _third(posted: Posted) -> Subject:
    """The least of all leaves, whose reason nobody can read."""
    return min(posted.document.leaves, key=lambda leaf: leaf[1])[0]


@pytest.fixture
def changed(young: Site) -> Changed:
    """Three struck out on its first day, one of them put back."""
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    story.link(16)
    posted = story.post()
    story.evm.warp(DAY)
    story_review.zero_out(story, posted, GAMED, WHY)
    story_review.zero_out(story, posted, WRONGED, WHY)
    story_review.zero_out(story, posted, _third(posted), KEPT_BACK, tell=False)
    story_review.restore(story, posted, WRONGED, BACK)
    story.tell()
    return Changed(young, posted)


def test_review__struck_and_restored__each_with_who_signed_and_why(changed: Changed) -> None:
    found = changed.site.data(f"{EPOCH}/review")
    cred = dict(changed.posted.document.leaves)
    third = _third(changed.posted)
    assert [(each["subject"], each["cred"]) for each in found["zero_outs"]] == [
        (to_hex(subject), str(cred[subject])) for subject in (GAMED, WRONGED, third)
    ]
    gamed, wronged, silent = found["zero_outs"]
    assert (gamed["struck"]["signers"], gamed["struck"]["reason"]) == (2, WHY)
    assert gamed["struck"]["reason_hash"] == to_hex(keccak(text=WHY))
    assert gamed["restored"] is None
    assert (wronged["struck"]["reason"], wronged["restored"]["reason"]) == (WHY, BACK)
    assert wronged["restored"]["signers"] == 2
    assert silent["struck"]["reason"] is None
    assert silent["struck"]["reason_hash"] == to_hex(keccak(text=KEPT_BACK))
    proposal = changed.posted.proposal
    assert found["closes_at"] == changed.story.coop.governor.proposalDeadline(proposal.id)


def test_people__of_a_changed_review__share_what_was_struck_out_of_the_others(
    changed: Changed,
) -> None:
    people = {each["subject"]: each for each in changed.site.every(f"{EPOCH}/review/people")}
    third = _third(changed.posted)
    for subject in changed.creds():
        row = people[to_hex(subject)]
        money, grain = changed.due(subject)
        assert (row["state"], row["reason"]) == ("review", None)
        assert row["now"]["amount"]["amount"] == str(money)
        assert row["now"]["grain"]["amount"] == str(grain)
    for subject, why in ((GAMED, WHY), (third, f"the text with the hash {_hash(KEPT_BACK)}")):
        row = people[to_hex(subject)]
        assert (row["state"], row["reason"]) == ("struck", why)
        assert row["now"]["amount"]["amount"] == row["now"]["grain"]["amount"] == "0"
        assert row["now"]["cred"] == str(dict(changed.posted.document.leaves)[subject])


def test_leaves__under_review__the_struck_out_keep_their_cred_and_get_nothing(
    changed: Changed,
) -> None:
    leaves, third = changed.leaves(), _third(changed.posted)
    struck = {leaf["subject"] for leaf in leaves.values() if leaf["state"] == "struck"}
    assert struck == {to_hex(GAMED), to_hex(third)}
    assert len(leaves) == changed.posted.document.leaf_count
    assert [leaf["index"] for leaf in leaves.values()] == list(range(len(leaves)))
    assert sum(int(leaf["amount"]["amount"]) for leaf in leaves.values()) == sum(
        changed.due(subject)[0] for subject in changed.creds()
    )


def _hash(text: str) -> str:
    return to_hex(keccak(text=text))


# --- final, and one of them paid elsewhere --------------------------------------------------------


@pytest.fixture
def final(changed: Changed) -> Changed:
    """The review is over, with one leaf settled before payday pays the others."""
    story = changed.story
    story.evm.warp(3 * DAY)
    story.finalise(changed.posted)
    payee = story.person(_identity(changed, ELSEWHERE))
    story_review.settle(story, changed.posted, ELSEWHERE, payee, "oc/812")
    story.payday(changed.posted)
    story.tell()
    return changed


def _identity(changed: Changed, subject: Subject) -> str:
    person = changed.posted.document.person(subject)
    assert person is not None
    return str(person.identity)


def test_leaves__final__paid_settled_and_struck_are_what_the_chain_did(final: Changed) -> None:
    leaves, third = final.leaves(), _third(final.posted)
    elsewhere = leaves[to_hex(ELSEWHERE)]
    payee = final.story.person(_identity(final, ELSEWHERE))
    money, grain = final.due(ELSEWHERE)
    assert (elsewhere["state"], elsewhere["payee"]) == ("settled", payee.address)
    assert (elsewhere["amount"]["amount"], elsewhere["grain"]["amount"]) == (str(money), str(grain))
    assert (elsewhere["payment"], elsewhere["skipped"]) == (None, None)
    assert final.story.dollar.balanceOf(payee) == 0
    assert final.story.coop.grain.balanceOf(payee) == grain
    assert {leaves[to_hex(subject)]["state"] for subject in (GAMED, third)} == {"struck"}
    back = leaves[to_hex(WRONGED)]
    assert (back["state"], back["amount"]["amount"]) == ("paid", str(final.due(WRONGED)[0]))
    paid = [leaf for leaf in leaves.values() if leaf["state"] == "paid"]
    for leaf in paid:
        account = final.story.person(leaf["identity"])
        assert final.story.dollar.balanceOf(account) == int(leaf["amount"]["amount"])


def test_distribution__final__says_what_was_excluded_and_what_is_gone_of_the_pot(
    final: Changed,
) -> None:
    found = final.site.data(EPOCH)
    cred = dict(final.posted.document.leaves)
    assert found["excluded"] == str(cred[GAMED] + cred[_third(final.posted)])
    paid = [leaf for leaf in final.leaves().values() if leaf["state"] == "paid"]
    assert found["paid"]["amount"] == str(sum(int(leaf["amount"]["amount"]) for leaf in paid))
    assert found["paid_leaves"] == len(paid)
    carry = final.story.coop.distributor.carry_of(final.story.dollar)
    assert carry == final.due(ELSEWHERE)[0]


@pytest.mark.parametrize(
    ("subject", "status", "slug", "words"),
    [
        (ELSEWHERE, 409, "claims-closed", "was paid outside of the chain"),
        (GAMED, 404, "no-such-leaf", "was struck out in the review of epoch 1"),
    ],
    ids=["settled", "struck"],
)
def test_claim__of_a_leaf_that_is_settled_or_struck__is_refused_with_why(
    final: Changed, subject: Subject, status: int, slug: str, words: str
) -> None:
    found = final.site.problem(f"{EPOCH}/claims/{to_hex(subject)}", status, slug)
    assert words in found["detail"]


def test_review__final__still_tells_what_was_changed_in_it(final: Changed) -> None:
    found = final.site.data(f"{EPOCH}/review")
    assert (found["state"], found["seconds_left"]) == ("final", 0)
    assert [each["restored"] is None for each in found["zero_outs"]] == [True, False, True]
    people = {each["subject"]: each for each in final.site.every(f"{EPOCH}/review/people")}
    assert people[to_hex(GAMED)]["state"] == "struck"
    assert people[to_hex(ELSEWHERE)]["state"] == "settled"
    assert people[to_hex(WRONGED)]["state"] == "paid"
