# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of Grain share: a clone as the Hub makes it, and permits in EIP-2612's form."""

from typing import Any

from tests.contracts.evm import Actor, Contract, Evm, address_of

NAME = "credsperiment grain"
SYMBOL = "GRAIN"
MAX_SUPPLY = 2**128 - 1
UNLIMITED = 2**256 - 1
ZERO = "0x" + "00" * 20


def padded(text: str) -> bytes:
    """A text in 32 bytes, as the Hub appends it to the clone."""
    raw = text.encode()
    assert len(raw) <= 32
    return raw + bytes(32 - len(raw))


def grain_clone(evm: Evm, name: str = NAME, symbol: str = SYMBOL) -> Contract:
    """A Grain whose hub and governor are the actors of that name; not set up yet."""
    parts = [evm.actor("hub"), evm.actor("governor")]
    return evm.clone("Grain", parts, tail=padded(name) + padded(symbol))


def grain_in_use(evm: Evm, name: str = NAME) -> Contract:
    """The same after `setup`: the actor "distributor" mints."""
    grain = grain_clone(evm, name)
    grain.setup(evm.actor("distributor"), sender=evm.actor("hub"))
    return grain


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
