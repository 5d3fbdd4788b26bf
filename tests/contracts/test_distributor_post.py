# SPDX-License-Identifier: AGPL-3.0-only
"""Posting a distribution: the pot, what is frozen, the consent proposal, and every refusal."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.distributors import DATA_HASH, DAY, MONTH, URI, Mill
from tests.contracts.evm import ETH, Actor, Evm

ALICE, BOB = keccak(text="github:1"), keccak(text="github:2")
LEAVES = {ALICE: 30, BOB: 70}


@pytest.fixture
def mill(evm: Evm) -> Mill:
    """Open and a month old, with 1,000 units of income."""
    mill = Mill(evm)
    mill.set_up()
    mill.open()
    mill.give(1_000)
    evm.warp(MONTH)
    return mill


def opened(evm: Evm, **how: Any) -> Mill:
    """An unrestricted earmark with this policy."""
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(**how), restricted=False)
    return mill


# --- effects ----------------------------------------------------------------------------------


def test_post__signed_by_two_of_three__reserves_freezes_and_raises_a_proposal(mill: Mill) -> None:
    tree = mill.tree(LEAVES)
    post = mill.draft(tree)
    proposal_id = mill.clerk.post(mill.distributor, *mill.signed(post), sender=mill.relayer)
    assert [log.name for log in mill.evm.logs] == ["Reserved", "Raised", "DistributionPosted"]
    log = mill.evm.logs[-1]
    assert (log.args["epoch"], log.args["attempt"], log.args["proposal_id"]) == (1, 1, proposal_id)
    assert (log.args["data_hash"], log.args["uri"]) == (DATA_HASH, URI)
    assert log.args["signers"] == [m.address for m in mill.maintainers[:2]]
    assert log.args["terms"]._asdict() == {
        "epoch": 1,
        "attempt": 1,
        "root": tree.root,
        "total_cred": 100,
        "leaf_count": 2,
        "earmark": 1,
        "asset": mill.dollar.address,
        "pot": 1_000,
        "minimum": 5_000_000,
        "grain_per_epoch": 10**21,
        "signer_cap_bps": 10_000,
        "maintainers_version": 1,
        "excluded": 0,
        "closes_at": 0,
    }
    assert mill.pool.reserved(1, mill.dollar) == 1_000
    head = mill.distributor.head()
    assert (head.finalised, head.attempt, head.open_version) == (0, 1, 1)
    assert (head.posted_at, head.last_post_at) == (mill.evm.now, mill.evm.now - MONTH)
    found = mill.distributor.open_distribution()
    assert (found.proposal_id, found.pot, found.carry_used) == (proposal_id, 1_000, 0)
    assert (found.received_at_post, found.excluded) == (1_000, 0)


def test_post__terms__hash_as_the_format_says(mill: Mill) -> None:
    tree = mill.tree(LEAVES)
    mill.clerk.post(mill.distributor, *mill.signed(mill.draft(tree)), sender=mill.relayer)
    asset = int(mill.dollar.address, 16)
    words = [
        1_000 << 128 | 100,
        asset << 96 | 5_000_000,
        10**21 << 160 | 1 << 128 | 2 << 96 | 1 << 64 | 10_000 << 48,
    ]
    posted_hash = keccak(encode(["bytes32"] + ["uint256"] * 3, [tree.root, *words]))
    assert mill.distributor.open_distribution().posted_hash == posted_hash


def test_post__proposal__calls_finalise_and_says_where_the_document_is(mill: Mill) -> None:
    mill.post(LEAVES)
    (log,) = [log for log in mill.evm.logs if log.name == "Raised"]
    assert log.args["target"] == mill.distributor.address
    finalise = keccak(text="finalise(uint256,uint256)")[:4]
    assert log.args["call"] == finalise + encode(["uint256"] * 2, [1, 1])
    assert log.args["description"] == f"{URI} 0x{DATA_HASH.hex()}"


@pytest.mark.parametrize("data_hash", [b"\xff" * 32, bytes(31) + b"\x01", bytes(range(32))])
def test_post__any_hash__is_written_as_people_read_it(mill: Mill, data_hash: bytes) -> None:
    post = mill.draft(mill.tree(LEAVES), data_hash=data_hash, uri="x")
    mill.clerk.post(mill.distributor, *mill.signed(post), sender=mill.relayer)
    (log,) = [log for log in mill.evm.logs if log.name == "Raised"]
    assert log.args["description"] == "x 0x" + data_hash.hex()


def test_post__longest_uri__is_taken(mill: Mill) -> None:
    post = mill.draft(mill.tree(LEAVES), uri="u" * 256)
    mill.clerk.post(mill.distributor, *mill.signed(post), sender=mill.relayer)
    assert mill.events("DistributionPosted")[0].args["uri"] == "u" * 256


def test_post__by_anybody_with_all_signatures__is_taken(mill: Mill, outsider: Actor) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES)), mill.maintainers)
    mill.clerk.post(mill.distributor, *arguments, sender=outsider)
    assert mill.distributor.head().open_version == 1


# --- the pot ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payout_bps", "income", "pot"),
    [(3_000, 1_000, 300), (3_333, 1_000, 333), (1, 10_000, 1), (1, 19_999, 1), (9_999, 3, 2)],
)
def test_post__share_of_the_income__is_rounded_down(
    evm: Evm, payout_bps: int, income: int, pot: int
) -> None:
    mill = opened(evm, payout_bps=payout_bps)
    mill.give(income)
    evm.warp(MONTH)
    assert mill.post(LEAVES).terms["pot"] == pot
    assert mill.pool.reserved(1, mill.dollar) == pot


def test_post__income_of_the_general_fund__is_paid_from_the_pot_earmark(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(income_earmark=0, payout_bps=2_500), restricted=False)
    mill.give(4_000, earmark=0)
    mill.pool.move(0, 1, mill.dollar, 3_000, sender=mill.governor)
    evm.warp(MONTH)
    assert mill.post(LEAVES).terms["pot"] == 1_000
    assert mill.pool.reserved(0, mill.dollar) == 0
    assert mill.pool.reserved(1, mill.dollar) == 1_000


def test_post__less_unreserved_than_income__pays_what_there_is(evm: Evm) -> None:
    mill = opened(evm)
    mill.give(1_000)
    mill.pool.spend(1, mill.dollar, mill.patron, 400, sender=mill.governor)
    evm.warp(MONTH)
    assert mill.post(LEAVES).terms["pot"] == 600


def test_post__a_plain_transfer_that_was_synced__is_no_income_of_the_earmark(mill: Mill) -> None:
    mill.dollar.mint(mill.pool, 50, sender=mill.patron)
    mill.pool.sync(mill.dollar, sender=mill.relayer)
    assert mill.pool.balance_of(0, mill.dollar) == 50
    assert mill.post(LEAVES).terms["pot"] == 1_000


def test_post__second_epoch__divides_only_what_came_after_the_first_post(mill: Mill) -> None:
    first = mill.post(LEAVES)
    mill.give(70)
    mill.finalise(first)
    mill.give(30)
    mill.evm.warp(MONTH)
    second = mill.post(LEAVES)
    assert (second.terms["epoch"], second.terms["pot"]) == (2, 100)
    assert mill.pool.reserved(1, mill.dollar) == 1_100


def test_post__eth__is_divided_like_a_token(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(asset=ETH))
    mill.give(10**18, ETH)
    evm.warp(MONTH)
    assert mill.post(LEAVES).terms["pot"] == 10**18
    assert mill.pool.reserved(1, ETH) == 10**18


# --- when -------------------------------------------------------------------------------------


def test_post__one_second_before_the_epoch_is_over__is_refused(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open()
    mill.give(1_000)
    evm.warp(MONTH - 1)
    arguments = mill.signed(mill.draft(mill.tree(LEAVES)))
    with evm.reverts("distributor: epoch not over"):
        mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)
    evm.warp(1)
    mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)


def test_post__next_epoch__runs_from_the_last_final_post(mill: Mill) -> None:
    first = mill.post(LEAVES)
    mill.evm.warp(10 * DAY)
    mill.finalise(first)
    mill.give(1_000)
    mill.evm.warp(18 * DAY - 1)
    arguments = mill.signed(mill.draft(mill.tree(LEAVES)))
    with mill.evm.reverts("distributor: epoch not over"):
        mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)
    mill.evm.warp(1)
    mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)


def test_post__before_an_earmark_is_open__is_refused(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    tree = mill.tree(LEAVES, epoch=1)
    with evm.reverts("distributor: no earmark yet"):
        mill.clerk.post(mill.distributor, *mill.signed(mill.draft(tree)), sender=mill.relayer)


def test_post__while_one_is_open__is_refused(mill: Mill) -> None:
    mill.post(LEAVES)
    with mill.evm.reverts("distributor: one is open"):
        mill.post(LEAVES)


@pytest.mark.parametrize("epoch", [0, 2, 2**256 - 1])
def test_post__another_epoch_than_the_next__is_refused(mill: Mill, epoch: int) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES), epoch=epoch))
    with mill.evm.reverts("distributor: not next epoch"):
        mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)


def test_post__after_the_season__is_refused_until_the_members_start_another(mill: Mill) -> None:
    mill.distributor.set_season(1, sender=mill.governor)
    mill.finalise(mill.post(LEAVES))
    mill.give(1_000)
    mill.evm.warp(MONTH)
    with mill.evm.reverts("distributor: season is over"):
        mill.post(LEAVES)
    mill.distributor.set_season(1, sender=mill.governor)
    mill.post(LEAVES)


def test_post__without_income__is_refused(mill: Mill) -> None:
    mill.finalise(mill.post(LEAVES))
    mill.evm.warp(MONTH)
    with mill.evm.reverts("distributor: nothing to pay out"):
        mill.post(LEAVES)


def test_post__share_that_rounds_to_nothing__is_refused_and_not_lost(evm: Evm) -> None:
    mill = opened(evm, payout_bps=1)
    mill.give(9_999)
    evm.warp(MONTH)
    with evm.reverts("distributor: nothing to pay out"):
        mill.post(LEAVES)
    mill.give(1)
    assert mill.post(LEAVES).terms["pot"] == 1


def test_post__earmark_that_has_ended__is_refused_by_the_pool(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    terms = (1, "ipfs://purpose", b"\x17" * 32, mill.distributor, True, evm.now + MONTH)
    mill.pool.open_earmark(*terms, mill.policy().params(), sender=mill.governor)
    mill.give(1_000)
    evm.warp(MONTH)
    with evm.reverts("pool: earmark has ended"):
        mill.post(LEAVES)


# --- what is posted ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"root": bytes(32)}, "distributor: empty hash"),
        ({"data_hash": bytes(32)}, "distributor: empty hash"),
        ({"total_cred": 0}, "distributor: bad total cred"),
        ({"total_cred": 2**128}, "distributor: bad total cred"),
        ({"leaf_count": 0}, "distributor: bad leaf count"),
        ({"leaf_count": 2**24 + 1}, "distributor: bad leaf count"),
        ({"uri": ""}, "distributor: no document uri"),
    ],
)
def test_post__figures_that_cannot_be__are_refused(
    mill: Mill, change: dict[str, Any], reason: str
) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES), **change))
    with mill.evm.reverts(reason):
        mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)


@pytest.mark.parametrize("change", [{"total_cred": 2**128 - 1}, {"leaf_count": 2**24}])
def test_post__largest_figures__are_taken(mill: Mill, change: dict[str, Any]) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES), **change))
    mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)
    (name,) = change
    assert mill.events("DistributionPosted")[0].args["terms"]._asdict()[name] == change[name]
