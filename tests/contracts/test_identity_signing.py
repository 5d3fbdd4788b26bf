# SPDX-License-Identifier: AGPL-3.0-only
"""What is signed for a link: every field of it matters, and contract wallets can sign too."""

from dataclasses import replace
from typing import Any

import pytest
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from millpond.core import typed_data
from tests.contracts.evm import Actor, Contract, Evm
from tests.contracts.registry import (
    DISCOURSE,
    LINK_FIELDS,
    Registry,
    typed,
)

NOT_THE_ACCOUNT = "identity: the account did not sign"
NOT_ITS_SIGNERS = "identity: a signature is not its signer's"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture
def registry(evm: Evm) -> Registry:
    return Registry(evm)


@pytest.fixture
def gardener(evm: Evm) -> Actor:
    """Who has the GitHub account."""
    return evm.actor("gardener")


@pytest.fixture
def new_key(evm: Evm) -> Actor:
    """The gardener's next account."""
    return evm.actor("gardener's new key")


# --- the signed message -------------------------------------------------------------------


FLIPS: dict[str, Any] = {
    "pool": "0x1234567890123456789012345678901234567890",
    "identity": DISCOURSE,
    "account": "0x1234567890123456789012345678901234567890",
    "issuedAt": 1,
    "proofHash": bytes(31) + b"\x01",
    "signer": "0x1234567890123456789012345678901234567890",
    "deadline": 2**256 - 1,
    "chain id": 1,
    "contract": "0x1234567890123456789012345678901234567890",
}


@pytest.mark.parametrize("who", ["account", "first attester", "last attester"])
@pytest.mark.parametrize("field", FLIPS)
def test_link__one_signed_field_differs__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, field: str, who: str
) -> None:
    request = registry.request(gardener)
    arguments = registry.arguments(request)
    signer = {"account": gardener, "first attester": registry.attesters[0]}.get(
        who, registry.attesters[1]
    )
    message = request.message(signer)
    domain: dict[str, Any] = {}
    if field in message:
        assert message[field] != FLIPS[field]
        message[field] = FLIPS[field]
    else:
        domain = {"chain_id" if field == "chain id" else field: FLIPS[field]}
    signature = signer.sign(typed(registry.identity, "IdentityLink", message, **domain))
    if who == "account":
        arguments[9] = signature
    else:
        arguments[8][registry.attesters.index(signer)] = signature
    with evm.reverts(NOT_THE_ACCOUNT if who == "account" else NOT_ITS_SIGNERS):
        registry.identity.link(*arguments, sender=registry.relayer)


def test_flips__cover_every_field_of_the_struct_and_the_domain() -> None:
    assert set(FLIPS) == {name for _, name in LINK_FIELDS} | {"chain id", "contract"}


@pytest.mark.parametrize("position", [0, 1, 2, 3, 4, 6])
def test_link__one_argument_differs_from_what_was_signed__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, new_key: Actor, position: int
) -> None:
    other = registry.new_pool()
    registry.identity.set_attesters(other, registry.attesters, 2, sender=registry.hub)
    changed = [other, DISCOURSE, new_key, evm.now - 1, bytes(32), None, evm.now + 1]
    arguments = registry.arguments(registry.request(gardener))
    assert arguments[position] != changed[position]
    arguments[position] = changed[position]
    with evm.reverts(NOT_THE_ACCOUNT):
        registry.identity.link(*arguments, sender=registry.relayer)


def test_link__another_proof_uri__is_not_signed_and_only_logged(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    arguments = registry.arguments(registry.request(gardener))
    arguments[5] = "ipfs://elsewhere"
    registry.identity.link(*arguments, sender=registry.relayer)
    assert evm.logs[0].args["proof_uri"] == "ipfs://elsewhere"


def test_link__forms_of_a_signature__only_low_s_with_27_or_28_or_compact(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    request = registry.request(gardener)
    good = registry.sign(request, gardener)
    r, s, v = good[:32], good[32:64], good[64]
    flipped = (ORDER - int.from_bytes(s)).to_bytes(32)
    bad = [good[:64], good + b"\0", r + flipped + bytes([55 - v]), r + s + bytes([v - 27])]
    bad += [r + s + bytes([v + 8]), bytes(65), bytes(64), good[:-1] + b"\x1d"]
    for form in bad:
        if form != good[:64] or v == 28:  # without its parity bit, 64 bytes mean v = 27
            with evm.reverts(NOT_THE_ACCOUNT):
                registry.link(request, account_signature=form)
    compact = r + (int.from_bytes(s) | (v - 27) << 255).to_bytes(32)
    registry.link(request, account_signature=compact)
    assert registry.state()[1] == gardener.address


def test_digest__of_the_hand_written_message__is_the_one_of_the_core(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    request = registry.request(gardener)
    by_hand = encode_typed_data(
        full_message=typed(registry.identity, "IdentityLink", request.message(gardener))
    )
    by_core = typed_data.identity_link(
        typed_data.Domain(evm.chain_id, registry.identity.address),
        pool=request.pool.address,
        identity=request.identity,
        account=gardener.address,
        issued_at=request.issued_at,
        proof_hash=request.proof_hash,
        signer=gardener.address,
        deadline=request.deadline,
    )
    assert typed_data.digest(by_core) == keccak(b"\x19" + b"".join(by_hand))
    signature = gardener.sign(dict(by_core))
    registry.link(request, account_signature=signature)


def test_domain__as_eip_5267_tells_it(evm: Evm, registry: Registry) -> None:
    *domain, extensions = registry.identity.eip712Domain()
    here = [evm.chain_id, registry.identity.address]
    assert domain == [b"\x0f", "Millpond", "1", *here, bytes(32)]
    assert extensions == []


# --- contract wallets ---------------------------------------------------------------------


@pytest.fixture
def owners(evm: Evm) -> list[Actor]:
    return [evm.actor("first owner"), evm.actor("second owner")]


@pytest.fixture
def wallet(evm: Evm, owners: list[Actor]) -> Contract:
    """A contract that says by ERC-1271 whether both its owners signed."""
    return evm.deploy("TwoOwnerWallet", *owners)


def test_link__to_a_contract_wallet__by_its_owners_signatures(
    evm: Evm, registry: Registry, wallet: Contract, owners: list[Actor]
) -> None:
    request = registry.request(wallet)
    message = typed(registry.identity, "IdentityLink", request.message(wallet))
    both = b"".join(owner.sign(message) for owner in owners)
    for signature in (both[:65], both[65:] + both[:65], both[:129], b""):
        with evm.reverts(NOT_THE_ACCOUNT):
            registry.link(request, account_signature=signature)
    registry.link(request, account_signature=both)
    assert registry.state()[1] == wallet.address


def test_link__attested_by_a_contract_wallet__by_its_owners_signatures(
    evm: Evm, registry: Registry, wallet: Contract, owners: list[Actor], gardener: Actor
) -> None:
    registry.identity.set_attesters(registry.pool, [wallet], 1, sender=registry.governor)
    request = registry.request(gardener)
    message = typed(registry.identity, "IdentityLink", request.message(wallet))
    both = b"".join(owner.sign(message) for owner in owners)
    arguments = registry.arguments(request, signers=[])
    arguments[7] = [wallet]
    with evm.reverts(NOT_ITS_SIGNERS):
        registry.identity.link(*arguments[:8], [both[:65]], arguments[9], sender=gardener)
    registry.identity.link(*arguments[:8], [both], arguments[9], sender=gardener)
    assert registry.state()[1] == gardener.address


def test_link__owners_signed_for_the_sibling_wallet__is_refused(
    evm: Evm, registry: Registry, wallet: Contract, owners: list[Actor]
) -> None:
    sibling = evm.deploy("TwoOwnerWallet", *owners)
    request = registry.request(wallet)
    message = typed(registry.identity, "IdentityLink", request.message(wallet))
    both = b"".join(owner.sign(message) for owner in owners)
    with evm.reverts(NOT_THE_ACCOUNT):
        registry.link(replace(request, account=sibling), account_signature=both)


def test_link__to_a_contract_that_knows_no_signatures__is_refused(
    evm: Evm, registry: Registry
) -> None:
    for deaf in (registry.pool, registry.identity):
        with evm.reverts(NOT_THE_ACCOUNT):
            registry.link(registry.request(deaf), account_signature=bytes(130))
