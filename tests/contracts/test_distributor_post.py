# SPDX-License-Identifier: AGPL-3.0-only
"""Posting a distribution: the pot, what is frozen, the consent proposal, and every refusal."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.distributors import DATA_HASH, DAY, MONTH, URI, Mill, subject_of, typed
from tests.contracts.evm import ETH, Actor, Contract, Evm

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
    proposal_id = mill.distributor.post(*mill.signed(post), sender=mill.relayer)
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
    mill.distributor.post(*mill.signed(mill.draft(tree)), sender=mill.relayer)
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
    mill.distributor.post(*mill.signed(post), sender=mill.relayer)
    (log,) = [log for log in mill.evm.logs if log.name == "Raised"]
    assert log.args["description"] == "x 0x" + data_hash.hex()


def test_post__longest_uri__is_taken(mill: Mill) -> None:
    post = mill.draft(mill.tree(LEAVES), uri="u" * 256)
    mill.distributor.post(*mill.signed(post), sender=mill.relayer)
    assert mill.events("DistributionPosted")[0].args["uri"] == "u" * 256


def test_post__by_anybody_with_all_signatures__is_taken(mill: Mill, outsider: Actor) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES)), mill.maintainers)
    mill.distributor.post(*arguments, sender=outsider)
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
        mill.distributor.post(*arguments, sender=mill.relayer)
    evm.warp(1)
    mill.distributor.post(*arguments, sender=mill.relayer)


def test_post__next_epoch__runs_from_the_last_final_post(mill: Mill) -> None:
    first = mill.post(LEAVES)
    mill.evm.warp(10 * DAY)
    mill.finalise(first)
    mill.give(1_000)
    mill.evm.warp(18 * DAY - 1)
    arguments = mill.signed(mill.draft(mill.tree(LEAVES)))
    with mill.evm.reverts("distributor: epoch not over"):
        mill.distributor.post(*arguments, sender=mill.relayer)
    mill.evm.warp(1)
    mill.distributor.post(*arguments, sender=mill.relayer)


def test_post__before_an_earmark_is_open__is_refused(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    tree = mill.tree(LEAVES, epoch=1)
    with evm.reverts("distributor: no earmark yet"):
        mill.distributor.post(*mill.signed(mill.draft(tree)), sender=mill.relayer)


def test_post__while_one_is_open__is_refused(mill: Mill) -> None:
    mill.post(LEAVES)
    with mill.evm.reverts("distributor: one is open"):
        mill.post(LEAVES)


@pytest.mark.parametrize("epoch", [0, 2, 2**256 - 1])
def test_post__another_epoch_than_the_next__is_refused(mill: Mill, epoch: int) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES), epoch=epoch))
    with mill.evm.reverts("distributor: not next epoch"):
        mill.distributor.post(*arguments, sender=mill.relayer)


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
        mill.distributor.post(*arguments, sender=mill.relayer)


@pytest.mark.parametrize("change", [{"total_cred": 2**128 - 1}, {"leaf_count": 2**24}])
def test_post__largest_figures__are_taken(mill: Mill, change: dict[str, Any]) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES), **change))
    mill.distributor.post(*arguments, sender=mill.relayer)
    (name,) = change
    assert mill.events("DistributionPosted")[0].args["terms"]._asdict()[name] == change[name]


# --- signatures -------------------------------------------------------------------------------


def test_post__last_second_of_the_deadline__is_taken_and_one_later_is_refused(mill: Mill) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES)))
    point = mill.evm.snapshot()
    mill.evm.warp(DAY + 1)
    with mill.evm.reverts("distributor: signed too late"):
        mill.distributor.post(*arguments, sender=mill.relayer)
    mill.evm.restore(point)
    mill.evm.warp(DAY)
    mill.distributor.post(*arguments, sender=mill.relayer)


def test_post__fewer_than_needed__is_refused(mill: Mill) -> None:
    for signers in ([], mill.maintainers[:1]):
        with mill.evm.reverts("distributor: too few signed"):
            mill.post(LEAVES, signers)


def test_post__without_any_maintainers_set__is_refused(evm: Evm) -> None:
    mill = Mill(evm)
    mill.open()
    mill.distributor.set_season(1, sender=mill.governor)
    mill.give(1_000)
    evm.warp(MONTH)
    for signers in ([], mill.maintainers):
        with evm.reverts("distributor: too few signed"):
            mill.post(LEAVES, signers)


def test_post__same_signer_twice_or_out_of_order__is_refused(mill: Mill) -> None:
    first, second, _ = mill.maintainers
    for signers in ([first, first], [second, first]):
        with mill.evm.reverts("distributor: signers unsorted"):
            mill.post(LEAVES, signers)


def test_post__zero_address_as_signer__is_refused(mill: Mill) -> None:
    post = mill.draft(mill.tree(LEAVES))
    signers = ["0x" + "00" * 20, mill.maintainers[0]]
    signatures = [bytes(65), mill.sign(post, mill.maintainers[0])]
    with mill.evm.reverts("distributor: signers unsorted"):
        mill.distributor.post(*post.arguments(), signers, signatures, sender=mill.relayer)


def test_post__by_somebody_who_is_no_maintainer__is_refused(mill: Mill, outsider: Actor) -> None:
    for signers in ([mill.maintainers[0], outsider], [outsider, *mill.maintainers]):
        with mill.evm.reverts("distributor: not a maintainer"):
            mill.post(LEAVES, sorted(signers, key=lambda s: int(s.address, 16)))


def test_post__by_a_maintainer_of_the_past__is_refused(mill: Mill) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES)))
    members = [(m, []) for m in mill.maintainers[1:]]
    mill.distributor.set_maintainers(members, 2, sender=mill.governor)
    with mill.evm.reverts("distributor: not a maintainer"):
        mill.distributor.post(*arguments, sender=mill.relayer)


def test_post__another_number_of_signatures__is_refused(mill: Mill) -> None:
    *head, signers, signatures = mill.signed(mill.draft(mill.tree(LEAVES)))
    for one, other in ((signers, signatures[:1]), (signers[:1], signatures), (signers, [])):
        with mill.evm.reverts("distributor: lists differ"):
            mill.distributor.post(*head, one, other, sender=mill.relayer)


FLIPS: list[dict[str, Any]] = [
    {"epoch": 2},
    {"attempt": 2},
    {"attempt": 0},
    {"root": b"\x01" * 32},
    {"total_cred": 101},
    {"leaf_count": 3},
    {"data_hash": b"\x01" * 32},
    {"uri": URI + "x"},
    {"deadline": 2**64},
]


@pytest.mark.parametrize("flip", FLIPS, ids=lambda flip: next(iter(flip)))
def test_post__one_maintainer_signed_another_figure__is_refused(
    mill: Mill, flip: dict[str, Any]
) -> None:
    tree = mill.tree(LEAVES)
    *head, signers, signatures = mill.signed(mill.draft(tree))
    signatures[1] = mill.sign(mill.draft(tree, **flip), signers[1])
    with mill.evm.reverts("distributor: bad signature"):
        mill.distributor.post(*head, signers, signatures, sender=mill.relayer)


@pytest.mark.parametrize(
    "domain",
    [{"chainId": 1}, {"verifyingContract": "0x" + "11" * 20}, {"name": "Mill"}, {"version": "2"}],
    ids=["chain", "clone", "name", "version"],
)
def test_post__signed_for_another_domain__is_refused(mill: Mill, domain: dict[str, Any]) -> None:
    post = mill.draft(mill.tree(LEAVES))
    signers = mill.maintainers[:2]
    signatures = [mill.sign(post, signers[0]), mill.sign(post, signers[1], **domain)]
    with mill.evm.reverts("distributor: bad signature"):
        mill.distributor.post(*post.arguments(), signers, signatures, sender=mill.relayer)


def test_post__signed_for_another_clone_of_the_same_pool__is_refused(mill: Mill) -> None:
    parts = [mill.hub, mill.pool, mill.governor, mill.grain, mill.identity]
    other = mill.evm.clone("CredDistributor", parts)
    post = mill.draft(mill.tree(LEAVES))
    here, mill.distributor = mill.distributor, other
    signed = mill.signed(post)
    mill.distributor = here
    with mill.evm.reverts("distributor: bad signature"):
        mill.distributor.post(*signed, sender=mill.relayer)


def test_post__one_signer_signed_in_the_name_of_the_other__is_refused(mill: Mill) -> None:
    post = mill.draft(mill.tree(LEAVES))
    first, second = mill.maintainers[:2]
    arguments = (*post.arguments(), [first, second])
    theirs = [mill.sign(post, first), mill.sign(post, second)]
    for signatures in (theirs[::-1], [theirs[0]] * 2):
        with mill.evm.reverts("distributor: bad signature"):
            mill.distributor.post(*arguments, signatures, sender=mill.relayer)


ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def malleable(signature: bytes) -> bytes:
    """The other signature of the same message, with a high s."""
    s = ORDER - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])


@pytest.mark.parametrize(
    "spoil",
    [
        malleable,
        lambda s: s[:64] + bytes([s[64] - 27]),
        lambda s: s[:64] + bytes([s[64] + 8]),
        lambda s: s + b"\x00",
        lambda s: s[:63],
        lambda s: bytes(65),
        lambda s: b"",
        lambda s: s[:31] + bytes([s[31] ^ 1]) + s[32:],
        lambda s: b"\xff" * 1024,
    ],
    ids=["high s", "v 0", "v 35", "long", "short", "zero", "none", "bit", "junk"],
)
def test_post__signature_of_another_form__is_refused(mill: Mill, spoil: Any) -> None:
    *head, signers, signatures = mill.signed(mill.draft(mill.tree(LEAVES)))
    signatures[0] = spoil(signatures[0])
    with mill.evm.reverts("distributor: bad signature"):
        mill.distributor.post(*head, signers, signatures, sender=mill.relayer)


def test_post__compact_signature__is_taken(mill: Mill) -> None:
    *head, signers, signatures = mill.signed(mill.draft(mill.tree(LEAVES)))
    r, s, v = signatures[0][:32], int.from_bytes(signatures[0][32:64], "big"), signatures[0][64]
    signatures[0] = r + (s | (v - 27) << 255).to_bytes(32, "big")
    mill.distributor.post(*head, signers, signatures, sender=mill.relayer)
    assert mill.distributor.head().open_version == 1


@pytest.fixture
def wallet(mill: Mill) -> Contract:
    """A wallet of two people that is the only maintainer."""
    owners = (mill.evm.actor("owner 0"), mill.evm.actor("owner 1"))
    wallet = mill.evm.deploy("TwoOwnerWallet", *owners)
    mill.distributor.set_maintainers([(wallet, [])], 1, sender=mill.governor)
    return wallet


def test_post__by_a_wallet_of_two__needs_both_owners(mill: Mill, wallet: Contract) -> None:
    post = mill.draft(mill.tree(LEAVES))
    first, second = mill.evm.actor("owner 0"), mill.evm.actor("owner 1")
    theirs = [first.sign(_for(mill, post, wallet)), second.sign(_for(mill, post, wallet))]
    with mill.evm.reverts("distributor: bad signature"):
        lonely = [theirs[0] + theirs[0]]
        mill.distributor.post(*post.arguments(), [wallet], lonely, sender=mill.relayer)
    both = [b"".join(theirs)]
    mill.distributor.post(*post.arguments(), [wallet], both, sender=mill.relayer)
    assert mill.events("DistributionPosted")[0].args["signers"] == [wallet.address]


def test_post__a_sibling_wallets_signature__is_refused(mill: Mill, wallet: Contract) -> None:
    first, second = mill.evm.actor("owner 0"), mill.evm.actor("owner 1")
    sibling = mill.evm.deploy("TwoOwnerWallet", first, second)
    post = mill.draft(mill.tree(LEAVES))
    theirs = [b"".join(owner.sign(_for(mill, post, sibling)) for owner in (first, second))]
    with mill.evm.reverts("distributor: bad signature"):
        mill.distributor.post(*post.arguments(), [wallet], theirs, sender=mill.relayer)


def _for(mill: Mill, post: Any, wallet: Contract) -> dict[str, Any]:
    return typed(mill.distributor, "CredDistribution", post.message(wallet))


def test_post__subject_of_a_maintainer_that_is_an_address__does_not_sign(evm: Evm) -> None:
    mill = Mill(evm)
    second_self = evm.actor("second self")
    first = mill.maintainers[0]
    members = [(first, [subject_of(second_self)]), (mill.maintainers[1], [])]
    mill.distributor.setup(members, 2, 3, sender=mill.hub)
    mill.open()
    mill.give(1_000)
    evm.warp(MONTH)
    signers = sorted([first, second_self], key=lambda s: int(s.address, 16))
    with evm.reverts("distributor: not a maintainer"):
        mill.post(LEAVES, signers)
