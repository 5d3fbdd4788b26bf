# SPDX-License-Identifier: AGPL-3.0-only
"""What every reply says of itself: of which block, how final, whether it changed."""

import threading
from dataclasses import replace

import pytest

from millpond.mirror.reads import money, pools
from millpond.mirror.reads.snapshot import Range
from millpond.mirror.store import Batch
from tests.api.site import POOL, Site
from tests.api.test_lists import LISTS
from tests.contracts.evm import ETH

EVERY = [*LISTS, POOL, f"{POOL}/distributions/1"]


def test_replies__each__name_the_mirrored_block(site: Site) -> None:
    cursor = site.story.feed.store.cursor()
    for path in EVERY:
        reply = site.get(path).json()
        assert reply["block_number"] == cursor.block_number
        assert reply["block_hash"] == cursor.block_hash
        assert reply["block_timestamp"] == cursor.block_timestamp
        assert reply["finality"] in {"latest", "safe", "finalized"}


def _finality(site: Site, safe: int, finalized: int) -> str:
    """Of the gifts, if so many blocks were safe and final."""
    store = site.story.feed.store
    was = store.cursor()
    now = replace(was, safe_number=safe, finalized_number=finalized)
    store.apply(Batch(()), was, now, 128)
    return str(site.get(f"{POOL}/gifts").json()["finality"])


def test_finality__is_that_of_the_newest_row__not_of_the_mirrored_block(young: Site) -> None:
    young.story.coop.give(1)
    young.story.tell()
    for _ in range(3):
        young.story.evm.warp(1)
    young.story.tell()
    newest = young.data(f"{POOL}/gifts")[-1]["block_number"]
    assert newest < young.story.feed.store.cursor().block_number
    assert _finality(young, newest - 1, newest - 1) == "latest"
    assert _finality(young, newest, newest - 1) == "safe"
    assert _finality(young, newest, newest) == "finalized"


def test_finality__of_a_proposal__is_that_of_its_newest_ballot(young: Site) -> None:
    coop = young.story.coop
    proposal = coop.opened(coop.spending(coop.patron, 1))
    young.story.tell()
    store = young.story.feed.store
    was = store.cursor()
    now = replace(was, safe_number=was.block_number, finalized_number=was.block_number)
    store.apply(Batch(()), was, now, 128)
    path = f"{POOL}/proposals/{proposal.id}"
    assert young.get(path).json()["finality"] == "finalized"
    coop.vote(proposal, 1, coop.founders[0])
    young.story.feed.tell()
    was = store.cursor()
    now = replace(was, safe_number=0, finalized_number=was.block_number - 1)
    store.apply(Batch(()), was, now, 128)
    assert young.get(path).json()["finality"] == "latest"
    assert young.get(f"{POOL}/proposals").json()["finality"] == "latest"
    assert young.get(f"{path}/ballots").json()["finality"] == "latest"


def test_finality__of_nothing__is_that_of_the_mirrored_block(young: Site) -> None:
    """That there is no gift holds as of that block, and no longer."""
    assert young.get(f"{POOL}/gifts").json()["data"] == []
    block = young.story.feed.store.cursor().block_number
    assert _finality(young, block, block) == "finalized"
    assert _finality(young, 0, 0) == "latest"


# --- what changed ---------------------------------------------------------------------------------


def test_etag__asked_again__is_304_without_a_body(site: Site) -> None:
    for path in EVERY:
        tag = site.get(path).headers["etag"]
        for said in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = site.get(path, 304, has=said)
            assert (again.content, again.headers["etag"]) == (b"", tag)
        assert site.get(path, has='"other"').headers["etag"] == tag


def test_etag__another_question__is_another(site: Site) -> None:
    more = ("", "limit=1", "order=newest")
    asked = [path + ("&" if "?" in path else "?") + query for path in LISTS for query in more]
    tags = {site.get(path).headers["etag"] for path in asked}
    assert len(tags) == len(asked)


def test_etag__the_same_question_in_another_order__is_the_same(site: Site) -> None:
    one = site.get(f"{POOL}/gifts?limit=1&earmark=1").headers["etag"]
    assert site.get(f"{POOL}/gifts?earmark=1&limit=1").headers["etag"] == one


def test_etag__a_new_block__is_another(young: Site) -> None:
    before = young.get(POOL).headers["etag"]
    young.story.tell()
    assert young.get(POOL, has=before).headers["etag"] != before


def test_etag__another_block_of_the_same_number__is_another(young: Site) -> None:
    """The chain took its newest block back and made another."""
    tag = young.get(POOL).headers["etag"]
    young.story.feed.store._db.execute("UPDATE mirror SET block_hash = ?", ("0x" + "ab" * 32,))  # noqa: SLF001
    assert young.get(POOL, has=tag).headers["etag"] != tag


def test_etag__the_same_block_and_more_of_it_final__is_another(young: Site) -> None:
    tag = young.get(f"{POOL}/gifts").headers["etag"]
    block = young.story.feed.store.cursor().block_number
    _finality(young, block, block)
    assert young.get(f"{POOL}/gifts").headers["etag"] != tag


# --- one block ------------------------------------------------------------------------------------


def test_snapshot__the_writer_goes_on_meanwhile__stays_at_its_block(young: Site) -> None:
    young.story.coop.give(1)
    young.story.tell()
    with young.story.mirror.snapshot() as now:
        pool = pools.find(now, "mill")
        before = money.gifts(now, pool, Range(10)).items
        young.story.coop.give(2)
        young.story.tell()
        assert money.gifts(now, pool, Range(10)).items == before
        assert pools.find(now, "mill") == pool
        block = now.as_of.block_number
    with young.story.mirror.snapshot() as later:
        assert later.as_of.block_number > block
        assert len(money.gifts(later, pool, Range(10)).items) == 2


def test_replies__while_the_writer_writes__are_each_of_the_block_they_name(young: Site) -> None:
    """A gift in each block: what a reply shows must be what its own block had, to the last wei."""
    story, expected = young.story, {young.story.feed.store.cursor().block_number: 0}
    enough = threading.Event()

    def write() -> None:
        total = 0
        for amount in range(1, 2_000):
            story.coop.give(amount)
            total += amount
            expected[story.evm.blocks[-1].number] = total
            story.feed.tell()
            if enough.wait(0.001):
                return

    writer = threading.Thread(target=write)
    writer.start()
    seen: set[int] = set()
    while len(seen) < 5 and writer.is_alive():
        reply = young.get(f"{POOL}/earmarks").json()
        accounts = reply["data"][0]["accounts"]
        balance = int(accounts[0]["balance"]["amount"]) if accounts else 0
        assert balance == expected[reply["block_number"]]
        seen.add(reply["block_number"])
    enough.set()
    writer.join()
    assert len(seen) == 5
    assert young.data(f"{POOL}/earmarks")[0]["accounts"][0]["balance"]["amount"] == str(
        story.coop.pool.balance_of(0, ETH)
    )


@pytest.mark.parametrize("path", ["/status", "/ready", "/health"])
def test_replies__about_the_mirror_itself__are_never_kept(site: Site, path: str) -> None:
    assert site.get(path).headers["cache-control"] == "no-store"
