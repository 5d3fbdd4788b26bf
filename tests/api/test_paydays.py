# SPDX-License-Identifier: AGPL-3.0-only
"""What paydays paid and what they passed over, held against distributor, money and grain."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from eth_utils.crypto import keccak

from millpond.core.subjects import to_hex
from millpond.mirror.reads.leaves import SKIPPED
from tests.api.site import POOL, Site
from tests.api.story import DOLLARS, Story
from tests.contracts.compiled import CONTRACTS
from tests.contracts.distributors import MONTH

FIRST, SECOND = f"{POOL}/distributions/1", f"{POOL}/distributions/2"
FULL = 128
"""Leaves in one event at most."""


def _sum(rows: Sequence[dict[str, Any]], what: str) -> int:
    return sum(int(row[what]["amount"]) for row in rows)


def _places(rows: Sequence[dict[str, Any]]) -> list[tuple[int, int, int]]:
    return [(row["block_number"], row["log_index"], row["position"]) for row in rows]


def _pay_together(story: Story, people: Sequence[str]) -> None:
    """So many people, all epochs of each at once, with proofs."""
    trees = [posted.document.tree() for posted in story.posts]
    terms = [story.coop.clerk.pack_terms(tuple(p.terms.values())) for p in story.posts]
    leaves, proof = [], []
    for subject in (keccak(text=identity) for identity in people):
        for at, tree in enumerate(trees):
            leaf = tree.leaf(tree.index_of(subject))
            leaves.append((subject, at, leaf.index, leaf.cred))
            proof += tree.proof(leaf.index)
    story.coop.distributor.claim_many(bytes(32), terms, leaves, proof, sender=story.relayer)


# --- what was paid --------------------------------------------------------------------------------


def test_list_claims__of_two_epochs_paid_together__each_has_its_own(grown: Site) -> None:
    """The last of them is below the minimum in each epoch, and above it in both together."""
    story = grown.story
    story.next_month()
    story.finalise(story.review())
    story.link(2, first=16)
    people = story.people()[:18]
    _pay_together(story, people)
    story.tell()
    first, second = (grown.every(f"{path}/claims", limit=5) for path in (FIRST, SECOND))
    assert len(_places(first)) == len(_places(second)) == len(people)
    assert len({place[:2] for place in _places(first + second)}) == 1
    assert sorted(place[2] for place in _places(first + second)) == list(range(36))
    for rows, posted in zip((first, second), story.posts, strict=True):
        epoch = posted.document.epoch
        assert _sum(rows, "amount") == story.coop.distributor.paid_of(epoch)
        assert {row["epoch"] for row in rows} == {epoch}
        creds = {to_hex(subject): cred for subject, cred in posted.document.leaves}
        for row in rows:
            due = story.coop.clerk.amount_of(tuple(posted.terms.values()), creds[row["subject"]])
            assert (row["amount"]["amount"], row["grain"]["amount"]) == tuple(map(str, due))
    for identity in people:
        account = story.person(identity).address
        hers = [row for row in first + second if row["to"] == account]
        assert _sum(hers, "amount") == story.dollar.balanceOf(account)
        assert _sum(hers, "grain") == story.coop.grain.balanceOf(account)
    last = [row for row in first + second if row["to"] == story.person(people[-1]).address]
    assert all(int(row["amount"]["amount"]) < 5 * DOLLARS for row in last)


def test_list_claims__one_of_her_own_and_then_a_payday__are_all_there(grown: Site) -> None:
    """She sends hers elsewhere; the payday passes her over."""
    story, elsewhere = grown.story, grown.story.evm.actor("elsewhere")
    identity = story.people()[3]
    posted, subject = story.posts[0], keccak(text=identity)
    tree = posted.document.tree()
    leaf = tree.leaf(tree.index_of(subject))
    claims = [(story.coop.clerk.pack_terms(tuple(posted.terms.values())), leaf.index, leaf.cred)]
    proof = tree.proof(leaf.index)
    story.coop.distributor.claim(
        subject, bytes(32), claims, proof, elsewhere, sender=story.person(identity)
    )
    story.payday()
    story.tell()
    rows = grown.every(f"{FIRST}/claims", limit=3)
    assert rows == grown.every(f"{FIRST}/claims?order=newest", limit=3)[::-1]
    assert (rows[0]["payee"], rows[0]["to"]) == (story.person(identity).address, elsewhere.address)
    assert all(row["to"] == row["payee"] for row in rows[1:])
    assert len({row["subject"] for row in rows}) == len(rows) == 16
    assert _sum(rows, "amount") == story.coop.distributor.paid_of(1)
    assert _sum(rows, "grain") == story.coop.grain.totalSupply()
    found = grown.data(FIRST)
    assert (found["paid_leaves"], int(found["paid"]["amount"])) == (16, _sum(rows, "amount"))


def test_list_claims__more_than_one_event_holds__none_is_lost(young: Site) -> None:
    story = young.story
    people = [story.evm.actor(f"paid by address {n}") for n in range(FULL + 2)]
    story.open_earmark()
    story.give(story.patrons[0], 10**6 * DOLLARS)
    story.evm.warp(MONTH)
    story.finalise(story.post(story.document(1, None, accounts=people)))
    story.payday()
    story.tell()
    rows = young.every(f"{FIRST}/claims", limit=60)
    assert sorted(Counter(place[:2] for place in _places(rows)).values()) == [2, FULL]
    assert _places(rows) == sorted(set(_places(rows)))
    paid = {row["to"]: row["amount"]["amount"] for row in rows}
    assert paid == {each.address: str(story.dollar.balanceOf(each)) for each in people}
    assert _sum(rows, "amount") == story.coop.distributor.paid_of(1)


# --- what was passed over -------------------------------------------------------------------------


def test_list_leaves__larger_than_a_payday_sends__say_so_and_can_be_claimed(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give(story.patrons[0], 2**98)
    story.evm.warp(MONTH)
    story.link(2)
    story.finalise(story.post())
    story.payday()
    story.tell()
    large, other = (keccak(text=identity).hex() for identity in story.people()[:2])
    leaves = {leaf["subject"][2:]: leaf for leaf in young.every(f"{FIRST}/leaves")}
    assert int(leaves[large]["amount"]["amount"]) >= 2**96
    assert leaves[large]["state"] == "claimable"
    assert leaves[large]["skipped"]["reason"] == 6
    assert leaves[large]["skipped"]["text"] == "it is too large for a payday"
    assert leaves[other]["state"] == "paid"
    story.claim_at_last(story.people()[0])
    story.tell()
    paid = young.data(f"{FIRST}/claims/0x{large}")["leaf"]
    assert (paid["state"], paid["skipped"]) == ("paid", None)
    balance = story.dollar.balanceOf(story.person(story.people()[0]))
    assert paid["payment"]["amount"]["amount"] == str(balance)


def test_skipped__every_reason_of_the_contract__has_words() -> None:
    source = (CONTRACTS / "modules" / "paydays.vy").read_text("utf-8")
    _, _, told = source.partition("# Reasons of LeafSkipped.\n")
    block, _, _ = told.partition("\n\n")
    found = re.findall(r"^[A-Z_]+: constant\(uint256\) = (\d+)", block, re.MULTILINE)
    assert list(map(int, found)) == list(SKIPPED)
