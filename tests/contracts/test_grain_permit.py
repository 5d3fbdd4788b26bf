# SPDX-License-Identifier: AGPL-3.0-only
"""Grain's signed approvals: digests by eth-account, every field matters, one form is good."""

import pytest
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from tests.contracts.evm import Actor, Contract, Evm, Log
from tests.contracts.grains import (
    MAX_SUPPLY,
    NAME,
    UNLIMITED,
    ZERO,
    grain_in_use,
    permit_data,
    vrs,
)

NOT_SIGNED = "grain: not the owner's signature"
EXPIRED = "grain: the permit has expired"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture
def grain(evm: Evm) -> Contract:
    return grain_in_use(evm)


@pytest.fixture
def gardener(evm: Evm) -> Actor:
    """An owner of grain."""
    return evm.actor("gardener")


@pytest.fixture
def shop(evm: Evm) -> Actor:
    """A spender."""
    return evm.actor("shop")


@pytest.fixture
def relayer(evm: Evm) -> Actor:
    """Who carries a permit; anybody may."""
    return evm.actor("relayer")


@pytest.mark.parametrize("amount", [0, 1, 2**128, UNLIMITED])
def test_permit__signed_by_the_owner__sets_the_allowance(
    evm: Evm, grain: Contract, gardener: Actor, shop: Actor, relayer: Actor, amount: int
) -> None:
    signed = vrs(gardener.sign(permit_data(grain, gardener, shop, amount)))
    grain.permit(gardener, shop, amount, evm.now, *signed, sender=relayer)
    args = {"owner": gardener.address, "spender": shop.address, "value": amount}
    assert evm.logs == [Log("Approval", args, grain.address)]
    assert grain.allowance(gardener, shop) == amount
    assert grain.nonces(gardener) == 1


def test_permit__after_permit__each_needs_the_next_nonce(
    evm: Evm, grain: Contract, gardener: Actor, shop: Actor, relayer: Actor
) -> None:
    for nonce in range(3):
        assert grain.nonces(gardener) == nonce
        signed = vrs(gardener.sign(permit_data(grain, gardener, shop, nonce, nonce=nonce)))
        grain.permit(gardener, shop, nonce, evm.now, *signed, sender=relayer)
        with evm.reverts(NOT_SIGNED):
            grain.permit(gardener, shop, nonce, evm.now, *signed, sender=relayer)
    early = vrs(gardener.sign(permit_data(grain, gardener, shop, 9, nonce=4)))
    with evm.reverts(NOT_SIGNED):
        grain.permit(gardener, shop, 9, evm.now, *early, sender=relayer)


def test_permit__deadline__holds_to_its_last_second(
    evm: Evm, grain: Contract, gardener: Actor, shop: Actor, relayer: Actor
) -> None:
    deadline = evm.now + 100
    signed = vrs(gardener.sign(permit_data(grain, gardener, shop, 5, deadline=deadline)))
    evm.warp_to(deadline + 1)
    with evm.reverts(EXPIRED):
        grain.permit(gardener, shop, 5, deadline, *signed, sender=relayer)
    last = evm.now
    signed = vrs(gardener.sign(permit_data(grain, gardener, shop, 5, deadline=last)))
    grain.permit(gardener, shop, 5, last, *signed, sender=relayer)
    assert grain.allowance(gardener, shop) == 5


OTHER = "0x1234567890123456789012345678901234567890"


@pytest.mark.parametrize(
    "changed",
    [
        {"owner": OTHER},
        {"spender": OTHER},
        {"value": 6},
        {"nonce": 1},
        {"deadline": 1_700_000_001},
        {"name": "another"},
        {"version": "2"},
        {"chainId": 1},
        {"verifyingContract": OTHER},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_permit__one_field_differs__is_refused(
    evm: Evm,
    grain: Contract,
    gardener: Actor,
    shop: Actor,
    relayer: Actor,
    changed: dict[str, int | str],
) -> None:
    signed = vrs(gardener.sign(permit_data(grain, gardener, shop, 5, **changed)))
    with evm.reverts(NOT_SIGNED):
        grain.permit(gardener, shop, 5, evm.now, *signed, sender=relayer)
    right = vrs(gardener.sign(permit_data(grain, gardener, shop, 5)))
    grain.permit(gardener, shop, 5, evm.now, *right, sender=relayer)


def test_permit__for_a_sibling__is_refused(
    evm: Evm, grain: Contract, gardener: Actor, shop: Actor, relayer: Actor
) -> None:
    sibling = grain_in_use(evm)
    signed = vrs(gardener.sign(permit_data(sibling, gardener, shop, 5)))
    with evm.reverts(NOT_SIGNED):
        grain.permit(gardener, shop, 5, evm.now, *signed, sender=relayer)
    sibling.permit(gardener, shop, 5, evm.now, *signed, sender=relayer)


def test_permit__signed_by_somebody_else__is_refused(
    evm: Evm, grain: Contract, gardener: Actor, shop: Actor, outsider: Actor
) -> None:
    signed = vrs(outsider.sign(permit_data(grain, gardener, shop, 5)))
    with evm.reverts(NOT_SIGNED):
        grain.permit(gardener, shop, 5, evm.now, *signed, sender=shop)


def test_permit__other_forms_of_a_good_signature__are_refused(
    evm: Evm, grain: Contract, gardener: Actor, shop: Actor, relayer: Actor
) -> None:
    v, r, s = vrs(gardener.sign(permit_data(grain, gardener, shop, 5)))
    flipped = (ORDER - int.from_bytes(s)).to_bytes(32)
    compact = (int.from_bytes(s) | (v - 27) << 255).to_bytes(32)
    forms = [(55 - v, r, flipped), (55 - v, r, s), (v, r, flipped), (27, r, compact)]
    forms += [(other, r, s) for other in (0, 1, 26, 29, v + 8, 35, 255)]
    for form in forms:
        if form != (v, r, s):
            with evm.reverts(NOT_SIGNED):
                grain.permit(gardener, shop, 5, evm.now, *form, sender=relayer)
    grain.permit(gardener, shop, 5, evm.now, v, r, s, sender=relayer)


def test_permit__of_the_zero_address__is_refused(
    evm: Evm, grain: Contract, shop: Actor, relayer: Actor
) -> None:
    # A signature that recovers nobody gives the zero address: it must not pass for the owner.
    for v, r, s in [(27, bytes(32), bytes(32)), (27, bytes(32), b"\x01" * 32), (0, b"", b"")]:
        form = (v, r.rjust(32, b"\0"), s.rjust(32, b"\0"))
        with evm.reverts(NOT_SIGNED):
            grain.permit(ZERO, shop, 5, evm.now, *form, sender=relayer)


def test_permit__zero_spender__is_refused_and_uses_no_nonce(
    evm: Evm, grain: Contract, gardener: Actor, relayer: Actor
) -> None:
    signed = vrs(gardener.sign(permit_data(grain, gardener, ZERO, 5)))
    with evm.reverts("grain: nobody to allow it to"):
        grain.permit(gardener, ZERO, 5, evm.now, *signed, sender=relayer)
    assert grain.nonces(gardener) == 0


def test_permit__nonce_beside_the_balance__neither_touches_the_other(
    evm: Evm, grain: Contract, gardener: Actor, shop: Actor, relayer: Actor
) -> None:
    distributor = evm.actor("distributor")
    grain.mint(gardener, MAX_SUPPLY, sender=distributor)
    signed = vrs(gardener.sign(permit_data(grain, gardener, shop, UNLIMITED)))
    grain.permit(gardener, shop, UNLIMITED, evm.now, *signed, sender=relayer)
    assert (grain.balanceOf(gardener), grain.nonces(gardener)) == (MAX_SUPPLY, 1)
    grain.transferFrom(gardener, shop, MAX_SUPPLY, sender=shop)
    assert (grain.balanceOf(gardener), grain.nonces(gardener)) == (0, 1)
    with evm.reverts("grain: the balance is too small"):  # the nonce is not money
        grain.transfer(shop, 1, sender=gardener)
    grain.transfer(gardener, MAX_SUPPLY, sender=shop)
    assert (grain.balanceOf(gardener), grain.nonces(gardener)) == (MAX_SUPPLY, 1)
    assert (grain.balanceOf(shop), grain.nonces(shop)) == (0, 0)


@pytest.mark.parametrize("name", ["g", NAME, "thirty-two letters are the limit"])
def test_domain__of_any_name__is_the_one_of_eth_account(evm: Evm, name: str) -> None:
    grain = grain_in_use(evm, name)
    data = permit_data(grain, evm.actor("gardener"), ZERO, 0, name=name)
    assert grain.DOMAIN_SEPARATOR() == encode_typed_data(full_message=data).header
    *domain, extensions = grain.eip712Domain()
    assert domain == [b"\x0f", name, "1", evm.chain_id, grain.address, bytes(32)]
    assert extensions == []


def test_domain__on_another_chain__differs() -> None:
    here, there = grain_in_use(Evm(chain_id=1)), grain_in_use(Evm(chain_id=5))
    assert here.address == there.address
    assert here.DOMAIN_SEPARATOR() != there.DOMAIN_SEPARATOR()
    assert there.eip712Domain()[3] == 5


def test_typehash__in_the_code__is_the_one_of_eip_2612(evm: Evm) -> None:
    # The value that EIP-2612's reference implementations print.
    known = "6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9"
    text = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    assert keccak(text=text).hex() == known
    assert bytes.fromhex(known) in evm.code(grain_in_use(evm))
