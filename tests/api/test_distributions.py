# SPDX-License-Identifier: AGPL-3.0-only
"""Distributions and what each person gets, held against distributor, money and grain."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from eth_utils.crypto import keccak

from millpond.core.distribution import Exclusion, Previous, data_hash
from millpond.core.subjects import of_identity
from millpond.core.units import MicroCred
from tests.api.site import POOL, Site
from tests.contracts.distributors import DAY, MONTH

DISTRIBUTIONS = f"{POOL}/distributions"
TERMS = (
    *("epoch", "attempt", "root", "total_cred", "leaf_count", "earmark", "asset", "pot"),
    *("minimum", "grain_per_epoch", "signer_cap_bps", "maintainers_version", "excluded"),
)


def test_list_distributions__all_attempts__in_the_order_of_their_posts(site: Site) -> None:
    found = site.every(DISTRIBUTIONS, limit=1)
    assert [(each["epoch"], each["attempt"], each["state"]) for each in found] == [
        (1, 1, "void"),
        (1, 2, "final"),
        (2, 1, "review"),
    ]


def test_get_distribution__final__has_the_hash_that_the_distributor_kept(site: Site) -> None:
    found, distributor = site.data(f"{DISTRIBUTIONS}/1"), site.story.coop.distributor
    assert found["epoch_hash"] == "0x" + distributor.epoch_hash_of(1).hex()
    posted = site.story.posts[1]
    assert found["closes_at"] == posted.terms["closes_at"]
    assert found["data_hash"] == "0x" + data_hash(posted.document).hex()
    assert found["root"] == "0x" + posted.document.root.hex()
    assert found["total_cred"] == str(posted.document.total)
    assert found["paid"]["amount"] == str(distributor.paid_of(1))
    assert found["paid_leaves"] == 16
    assert found["proposal_id"] == str(posted.proposal.id)
    signers = [maintainer.address for maintainer in site.story.coop.maintainers[:2]]
    assert found["signers"] == signers


def test_get_distribution__under_review__is_what_the_distributor_holds_open(site: Site) -> None:
    found = site.data(f"{DISTRIBUTIONS}/2")
    opened = site.story.coop.distributor.open_distribution()
    assert found["pot"]["amount"] == str(opened.pot)
    assert found["division"]["carry"]["amount"] == str(opened.carry_used)
    assert found["proposal_id"] == str(opened.proposal_id)
    assert (found["closes_at"], found["epoch_hash"], found["final_at"]) == (None, None, None)
    assert found["paid"]["amount"] == "0"


def test_get_distribution__its_division__is_r_times_p_and_what_was_left_over(grown: Site) -> None:
    """A second epoch whose pot takes in what the cap and the close of the first left over."""
    story = grown.story
    first = story.posts[0]
    story.payday(first)
    story.evm.warp_to(first.terms["closes_at"])
    packed = story.coop.clerk.pack_terms(tuple(first.terms.values()))
    story.coop.distributor.close_epoch(bytes(32), packed, sender=story.relayer)
    story.give(story.patrons[0], 777)
    next_pot, carry, received = story.coop.distributor.next_pot()
    story.post(story.document(2, Previous(1, data_hash(first.document), _end(first.document))))
    story.tell()
    one, two = grown.every(DISTRIBUTIONS)
    assert one["division"]["income"]["amount"] == "2000000000"
    assert one["division"]["carry"]["amount"] == "0"
    assert one["left_over"]["amount"] == str(2_000_000_000 - int(one["paid"]["amount"]))
    assert two["pot"]["amount"] == str(next_pot)
    assert two["division"]["income"]["amount"] == str(received - 2_000_000_000) == "777"
    assert two["division"]["share"]["amount"] == "777"
    assert two["division"]["carry"]["amount"] == str(carry) == one["left_over"]["amount"]
    assert int(two["pot"]["amount"]) == 777 + carry


def _end(document: Any) -> int:
    return int(document.weeks[-1].end_ms)


def test_get_distribution__nothing_posted__is_404(site: Site) -> None:
    for rest in ("", "/claims", "/leaves", "/claims/0x" + "22" * 32):
        site.problem(f"{DISTRIBUTIONS}/3{rest}", 404, "no-such-epoch")


@pytest.mark.parametrize("epoch", ["0", "-1", "one", "1.0", "4294967296", "1e3"])
def test_get_distribution__no_number_of_an_epoch__is_422(site: Site, epoch: str) -> None:
    site.problem(f"{DISTRIBUTIONS}/{epoch}", 422, "bad-query")


def test_list_claims__after_payday__are_what_arrived(site: Site) -> None:
    story, claims = site.story, site.every(f"{DISTRIBUTIONS}/1/claims", limit=5)
    assert len(claims) == 16
    for each in claims:
        assert each["amount"]["amount"] == str(story.dollar.balanceOf(each["to"]))
        assert each["grain"]["amount"] == str(story.coop.grain.balanceOf(each["to"]))
        assert each["grain"]["asset"]["symbol"] == "MILL"
    assert site.every(f"{DISTRIBUTIONS}/2/claims") == []


# --- leaves ---------------------------------------------------------------------------------------


def test_list_leaves__of_a_final_epoch__are_paid_waiting_or_carried(site: Site) -> None:
    leaves, story = site.every(f"{DISTRIBUTIONS}/1/leaves", limit=10), site.story
    assert [leaf["index"] for leaf in leaves] == list(range(43))
    assert Counter(leaf["state"] for leaf in leaves) == {"paid": 16, "waiting": 1, "carried": 26}
    distributor = story.coop.distributor
    for leaf in leaves:
        subject = bytes.fromhex(leaf["subject"][2:])
        assert (leaf["state"] == "paid") == distributor.is_claimed(subject, 1)
        payee = distributor.payee_of(subject)
        assert (leaf["payee"] or "0x" + "00" * 20) == payee
        terms = tuple(story.posts[1].terms.values())
        due, grain = story.coop.clerk.amount_of(terms, int(leaf["cred"]))
        assert (leaf["amount"]["amount"], leaf["grain"]["amount"]) == (str(due), str(grain))
        assert leaf["identity"] is not None
        assert of_identity(leaf["identity"]) == subject


def test_list_leaves__passed_over_by_payday__say_why(site: Site) -> None:
    for leaf in site.every(f"{DISTRIBUTIONS}/1/leaves"):
        reason = leaf["skipped"] and leaf["skipped"]["reason"]
        assert reason == {"paid": None, "waiting": 2, "carried": 3}[leaf["state"]]
        assert (leaf["payment"] is None) == (leaf["state"] != "paid")


def test_list_leaves__under_review_and_void__cannot_be_claimed_yet_or_ever(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    posted = story.post()
    story.tell()
    assert {leaf["state"] for leaf in young.every(f"{DISTRIBUTIONS}/1/leaves")} == {"review"}
    story.refuse(posted)
    story.tell()
    assert {leaf["state"] for leaf in young.every(f"{DISTRIBUTIONS}/1/leaves")} == {"void"}


def test_list_leaves__after_the_close__are_too_late(grown: Site) -> None:
    story = grown.story
    closes_at = story.posts[0].terms["closes_at"]
    for second, state in ((closes_at - 1, "claimable"), (closes_at, "closed")):
        story.evm.warp_to(second)
        story.tell()
        leaves = grown.every(f"{DISTRIBUTIONS}/1/leaves")
        assert max(leaves, key=lambda leaf: int(leaf["cred"]))["state"] == state


def test_list_leaves__a_link_that_waits_or_changes__is_as_the_registry_says(grown: Site) -> None:
    story = grown.story
    [first, *_] = story.people()
    identity = keccak(text=first)
    for step in (
        lambda: None,
        lambda: story.evm.warp(1),
        lambda: story.link_one(identity, story.evm.actor("another account")),
        lambda: story.evm.warp(6 * DAY),
        lambda: story.evm.warp(DAY + 1),
        lambda: story.coop.identity.unlink(
            story.coop.pool, identity, sender=story.evm.actor("another account")
        ),
    ):
        step()
        story.tell()
        leaf = _leaf(grown, identity)
        payee = story.coop.distributor.payee_of(identity)
        assert (leaf["payee"] or "0x" + "00" * 20) == payee
        assert leaf["state"] == ("claimable" if leaf["payee"] else "waiting")


def _leaf(site: Site, subject: bytes) -> dict[str, Any]:
    leaves = site.every(f"{DISTRIBUTIONS}/1/leaves")
    return next(leaf for leaf in leaves if leaf["subject"] == "0x" + subject.hex())


def test_list_leaves__people_of_other_pools_attesters__are_paid_as_the_registry_says(
    grown: Site,
) -> None:
    """The pool trusts another pool's attesters before its own."""
    story, coop = grown.story, grown.story.coop
    other = coop.hub.create_pool(*coop.order("trusted"), sender=coop.founders[1]).pool
    identity = keccak(text=story.people()[20])
    story.link_one(identity, story.evm.actor("by the other pool"), pool=other)
    calldata = coop.identity.calldata("set_attesting_pools", coop.pool, [other, coop.pool])
    coop.enact((coop.identity, 0, calldata), text="trust them too")
    found = []
    for wait in (0, 6 * DAY, DAY):
        story.evm.warp(wait)
        story.tell()
        payee = coop.distributor.payee_of(identity)
        found.append(_leaf(grown, identity)["payee"])
        assert (found[-1] or "0x" + "00" * 20) == payee
        own = keccak(text=story.people()[0])
        assert _leaf(grown, own)["payee"] == coop.distributor.payee_of(own)
    assert found == [None, None, story.evm.actor("by the other pool").address]


def test_list_leaves__somebody_left_out_before__has_none(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    who = of_identity(story.people()[0])
    story.post(story.document(1, None, [Exclusion(who, "asked to be left out")]))
    story.tell()
    leaves = young.every(f"{DISTRIBUTIONS}/1/leaves")
    assert len(leaves) == 42
    assert "0x" + who.hex() not in {leaf["subject"] for leaf in leaves}


# --- the document ---------------------------------------------------------------------------------


def test_list_leaves__no_document__is_404_until_it_is_put_there(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    posted = story.post(shelve=False)
    story.tell()
    young.problem(f"{DISTRIBUTIONS}/1/leaves", 404, "no-such-document")
    story.put(posted.document)
    assert len(young.every(f"{DISTRIBUTIONS}/1/leaves")) == 43


def test_list_leaves__a_document_with_another_root__is_409(young: Site) -> None:
    """The contract cannot read documents: maintainers can post a root that theirs does not have."""
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    honest = story.document(1, None)
    unfair = story.document(1, None, [Exclusion(of_identity(story.people()[0]), "no reason")])
    story.post(unfair, published=honest)
    story.tell()
    problem = young.problem(f"{DISTRIBUTIONS}/1/leaves", 409, "wrong-document")
    assert "root" in problem["detail"]
    assert "object" in problem["next_step"]


def test_list_leaves__a_document_with_a_leaf_out_of_nowhere__is_409(young: Site) -> None:
    """Root and total are those of its leaves, and posted so; but the policy gives no such leaf."""
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    honest = story.document(1, None)
    (subject, cred), *rest = honest.leaves
    leaves = ((subject, MicroCred(cred + 1)), *rest)
    forged = replace(honest, leaves=leaves, total=MicroCred(honest.total + 1))
    story.post(replace(forged, root=forged.tree().root))
    story.tell()
    problem = young.problem(f"{DISTRIBUTIONS}/1/leaves", 409, "wrong-document")
    assert "leaf" in problem["detail"]


def test_list_leaves__bytes_that_are_no_distribution__is_409(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    data = b'{"not":"a distribution"}'
    story.post(digest=keccak(data))
    story.shelf.put(data)
    story.tell()
    young.problem(f"{DISTRIBUTIONS}/1/leaves", 409, "wrong-document")
