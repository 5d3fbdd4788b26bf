# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of Grain share: one as the Hub makes it, and permits in EIP-2612's form."""

from typing import Any

from tests.contracts.evm import Actor, Contract, Evm, address_of

NAME = "credsperiment grain"
SYMBOL = "GRAIN"
MAX_SUPPLY = 2**128 - 1
UNLIMITED = 2**256 - 1
ZERO = "0x" + "00" * 20


def padded(text: str) -> bytes:
    """A text in 32 bytes, as the Hub takes it."""
    raw = text.encode()
    assert len(raw) <= 32
    return raw + bytes(32 - len(raw))


def new_grain(
    evm: Evm, governor: Any, *minters: Any, name: str = NAME, symbol: str = SYMBOL
) -> Contract:
    """A Grain made and set up in one transaction, as the Hub does; without a minter it is not."""
    maker, blueprint = maker_of(evm), evm.blueprint("Grain")
    words = (padded(name), padded(symbol))
    made = maker.make(blueprint, governor, *words, list(minters), sender=evm.deployer)
    return evm.at("Grain", made)


def maker_of(evm: Evm) -> Contract:
    """What makes them all: the hub of each."""
    return evm.implementation("GrainMaker")


def governor_of(evm: Evm) -> Contract:
    """The Governor of the grains in use: it says what it is told."""
    return evm.implementation("MockGovernor")


def grain_in_use(evm: Evm, name: str = NAME) -> Contract:
    """A Grain for which the actor "distributor" mints."""
    return new_grain(evm, governor_of(evm), evm.actor("distributor"), name=name)


def permit_data(
    grain: Contract, owner: Actor, spender: Actor | str, amount: int, /, **other: int | str
) -> dict[str, Any]:
    """A permit as EIP-2612 spells it; `other` overrides a field of the message or the domain."""
    fields = {
        "name": NAME,
        "version": "1",
        "chainId": grain.evm.chain_id,
        "verifyingContract": grain.address,
        "owner": owner.address,
        "spender": address_of(spender),
        "value": amount,
        "nonce": grain.nonces(owner),
        "deadline": grain.evm.now,
    } | other
    domain = ("name", "version", "chainId", "verifyingContract")
    return {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Permit": [
                {"name": "owner", "type": "address"},
                {"name": "spender", "type": "address"},
                {"name": "value", "type": "uint256"},
                {"name": "nonce", "type": "uint256"},
                {"name": "deadline", "type": "uint256"},
            ],
        },
        "primaryType": "Permit",
        "domain": {key: fields[key] for key in domain},
        "message": {key: worth for key, worth in fields.items() if key not in domain},
    }


def vrs(signature: bytes) -> tuple[int, bytes, bytes]:
    """65 bytes taken apart into what `permit` takes."""
    return signature[64], signature[:32], signature[32:64]
