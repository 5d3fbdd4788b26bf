# SPDX-License-Identifier: AGPL-3.0-only
"""Who must sign a post, over what, and in which form."""

from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.distributors import DAY, MONTH, URI, Mill, alone, subject_of, typed
from tests.contracts.evm import Actor, Contract, Evm

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


# --- who and when -------------------------------------------------------------------------------


def test_post__last_second_of_the_deadline__is_taken_and_one_later_is_refused(mill: Mill) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES)))
    point = mill.evm.snapshot()
    mill.evm.warp(DAY + 1)
    with mill.evm.reverts("clerk: signed too late"):
        mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)
    mill.evm.restore(point)
    mill.evm.warp(DAY)
    mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)


def test_post__fewer_than_needed__is_refused(mill: Mill) -> None:
    for signers in ([], mill.maintainers[:1]):
        with mill.evm.reverts("clerk: too few signed"):
            mill.post(LEAVES, signers)


def test_post__without_any_maintainers_set__is_refused(evm: Evm) -> None:
    mill = Mill(evm)
    mill.open()
    mill.distributor.set_season(1, sender=mill.governor)
    mill.give(1_000)
    evm.warp(MONTH)
    for signers in ([], mill.maintainers):
        with evm.reverts("clerk: too few signed"):
            mill.post(LEAVES, signers)


def test_post__same_signer_twice_or_out_of_order__is_refused(mill: Mill) -> None:
    first, second, _ = mill.maintainers
    for signers in ([first, first], [second, first]):
        with mill.evm.reverts("clerk: signers unsorted"):
            mill.post(LEAVES, signers)


def test_post__zero_address_as_signer__is_refused(mill: Mill) -> None:
    post = mill.draft(mill.tree(LEAVES))
    signers = ["0x" + "00" * 20, mill.maintainers[0]]
    signatures = [bytes(65), mill.sign(post, mill.maintainers[0])]
    with mill.evm.reverts("clerk: signers unsorted"):
        mill.clerk.post(
            mill.distributor, *post.arguments(), signers, signatures, sender=mill.relayer
        )


def test_post__by_somebody_who_is_no_maintainer__is_refused(mill: Mill, outsider: Actor) -> None:
    for signers in ([mill.maintainers[0], outsider], [outsider, *mill.maintainers]):
        with mill.evm.reverts("clerk: not a maintainer"):
            mill.post(LEAVES, sorted(signers, key=lambda s: int(s.address, 16)))


def test_post__by_a_maintainer_of_the_past__is_refused(mill: Mill) -> None:
    arguments = mill.signed(mill.draft(mill.tree(LEAVES)))
    members = alone(*mill.maintainers[1:])
    mill.distributor.set_maintainers(members, 2, sender=mill.governor)
    with mill.evm.reverts("clerk: not a maintainer"):
        mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)


def test_post__another_number_of_signatures__is_refused(mill: Mill) -> None:
    *head, signers, signatures = mill.signed(mill.draft(mill.tree(LEAVES)))
    for one, other in ((signers, signatures[:1]), (signers[:1], signatures), (signers, [])):
        with mill.evm.reverts("clerk: lists differ"):
            mill.clerk.post(mill.distributor, *head, one, other, sender=mill.relayer)


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
    with mill.evm.reverts("clerk: bad signature"):
        mill.clerk.post(mill.distributor, *head, signers, signatures, sender=mill.relayer)


@pytest.mark.parametrize(
    "domain",
    [{"chainId": 1}, {"verifyingContract": "0x" + "11" * 20}, {"name": "Mill"}, {"version": "2"}],
    ids=["chain", "clone", "name", "version"],
)
def test_post__signed_for_another_domain__is_refused(mill: Mill, domain: dict[str, Any]) -> None:
    post = mill.draft(mill.tree(LEAVES))
    signers = mill.maintainers[:2]
    signatures = [mill.sign(post, signers[0]), mill.sign(post, signers[1], **domain)]
    with mill.evm.reverts("clerk: bad signature"):
        mill.clerk.post(
            mill.distributor, *post.arguments(), signers, signatures, sender=mill.relayer
        )


def test_post__signed_for_another_clone_of_the_same_pool__is_refused(mill: Mill) -> None:
    parts = [mill.hub, mill.pool, mill.governor, mill.grain, mill.identity]
    other = mill.evm.clone("CredDistributor", parts)
    post = mill.draft(mill.tree(LEAVES))
    here, mill.distributor = mill.distributor, other
    signed = mill.signed(post)
    mill.distributor = here
    with mill.evm.reverts("clerk: bad signature"):
        mill.clerk.post(mill.distributor, *signed, sender=mill.relayer)


def test_post__one_signer_signed_in_the_name_of_the_other__is_refused(mill: Mill) -> None:
    post = mill.draft(mill.tree(LEAVES))
    first, second = mill.maintainers[:2]
    arguments = (*post.arguments(), [first, second])
    theirs = [mill.sign(post, first), mill.sign(post, second)]
    for signatures in (theirs[::-1], [theirs[0]] * 2):
        with mill.evm.reverts("clerk: bad signature"):
            mill.clerk.post(mill.distributor, *arguments, signatures, sender=mill.relayer)


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
        lambda _: bytes(65),
        lambda _: b"",
        lambda s: s[:31] + bytes([s[31] ^ 1]) + s[32:],
        lambda _: b"\xff" * 1024,
    ],
    ids=["high s", "v 0", "v 35", "long", "short", "zero", "none", "bit", "junk"],
)
def test_post__signature_of_another_form__is_refused(mill: Mill, spoil: Any) -> None:
    *head, signers, signatures = mill.signed(mill.draft(mill.tree(LEAVES)))
    signatures[0] = spoil(signatures[0])
    with mill.evm.reverts("clerk: bad signature"):
        mill.clerk.post(mill.distributor, *head, signers, signatures, sender=mill.relayer)


def test_post__compact_signature__is_taken(mill: Mill) -> None:
    *head, signers, signatures = mill.signed(mill.draft(mill.tree(LEAVES)))
    r, s, v = signatures[0][:32], int.from_bytes(signatures[0][32:64], "big"), signatures[0][64]
    signatures[0] = r + (s | (v - 27) << 255).to_bytes(32, "big")
    mill.clerk.post(mill.distributor, *head, signers, signatures, sender=mill.relayer)
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
    with mill.evm.reverts("clerk: bad signature"):
        lonely = [theirs[0] + theirs[0]]
        mill.clerk.post(mill.distributor, *post.arguments(), [wallet], lonely, sender=mill.relayer)
    both = [b"".join(theirs)]
    mill.clerk.post(mill.distributor, *post.arguments(), [wallet], both, sender=mill.relayer)
    assert mill.events("DistributionPosted")[0].args["signers"] == [wallet.address]


def test_post__a_sibling_wallets_signature__is_refused(mill: Mill, wallet: Contract) -> None:
    first, second = mill.evm.actor("owner 0"), mill.evm.actor("owner 1")
    sibling = mill.evm.deploy("TwoOwnerWallet", first, second)
    post = mill.draft(mill.tree(LEAVES))
    theirs = [b"".join(owner.sign(_for(mill, post, sibling)) for owner in (first, second))]
    with mill.evm.reverts("clerk: bad signature"):
        mill.clerk.post(mill.distributor, *post.arguments(), [wallet], theirs, sender=mill.relayer)


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
    with evm.reverts("clerk: not a maintainer"):
        mill.post(LEAVES, signers)
