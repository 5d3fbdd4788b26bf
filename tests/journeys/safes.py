# SPDX-License-Identifier: AGPL-3.0-only
"""Real Safes out of their npm package, as signers like any other.

makers = SafeMakers(client)                  singleton, proxy factory and fallback handler
safe = makers.make([ann, bob, eve], 2)       a proxy of its own
safe.sign_typed(ballot)                      what its ERC-1271 takes: two owners' SafeMessage
governor.castVote.send(safe, id, FOR)        its own transaction: two owners' SafeTx
"""

from collections.abc import Sequence
from typing import Any

from millpond.chain import abi
from millpond.chain.answers import NO_ADDRESS, Address, Receipt
from millpond.chain.client import Client, Transaction
from millpond.chain.contracts import Contract
from millpond.chain.signers import LocalSigner, Signer
from millpond.core import typed_data
from millpond.core.subjects import address_bytes, to_hex
from millpond.core.typed_data import TypedData
from tests.chain.coop import DEPLOYER, RELAYER
from tests.journeys.published import safe as published

SENTINEL = "0x" + "00" * 19 + "01"
"""Before the first owner in a Safe's list of owners."""
SAFE_TX = (
    ("address", "to"), ("uint256", "value"), ("bytes", "data"), ("uint8", "operation"),
    ("uint256", "safeTxGas"), ("uint256", "baseGas"), ("uint256", "gasPrice"),
    ("address", "gasToken"), ("address", "refundReceiver"), ("uint256", "nonce"),
)  # fmt: skip
DOMAIN = (("uint256", "chainId"), ("address", "verifyingContract"))


class SafeMakers:
    """What every Safe of a chain shares, deployed once."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.singleton, self.factory, self.handler = (
            _deployed(client, name)
            for name in (
                "Safe",
                "proxies/SafeProxyFactory",
                "handler/CompatibilityFallbackHandler",
            )
        )
        self._made = 0

    def make(self, owners: Sequence[LocalSigner], threshold: int) -> "SafeWallet":
        """A new Safe with these owners."""
        self._made += 1
        addresses = [owner.address for owner in owners]
        no_call, no_payment = (NO_ADDRESS, b""), (NO_ADDRESS, 0, NO_ADDRESS)
        setup = self.singleton.encode(
            "setup", addresses, threshold, *no_call, self.handler.address, *no_payment
        )
        order = (self.singleton.address, setup, self._made)
        receipt = self.factory.createProxyWithNonce.send(DEPLOYER, *order)
        proxy = self.factory.event(receipt, "ProxyCreation").args["proxy"]
        return SafeWallet(Contract(self.client, "Safe", proxy, self.singleton.abi), owners)


class SafeWallet(Signer):
    """One Safe, spoken for by as many of its owners as it asks for."""

    def __init__(self, contract: Contract, owners: Sequence[LocalSigner]) -> None:
        self.contract, self.owners = contract, list(owners)
        self.address: Address = contract.address

    def sign_typed(self, typed: TypedData) -> bytes:
        """65 bytes for each owner that is needed, over the SafeMessage of these typed data."""
        return self.signed_by(self.owners[: self.contract.getThreshold()], typed)

    def signed_by(self, people: Sequence[LocalSigner], typed: TypedData) -> bytes:
        """The same by whoever is named, owners or not."""
        message = {"message": to_hex(typed_data.digest(typed))}
        return self._signatures(people, "SafeMessage", (("bytes", "message"),), message)

    def send(self, client: Client, transaction: Transaction) -> Receipt:
        """Call something as the Safe. The relayer carries the owners' signatures and the gas."""
        assert transaction.to is not None, "a Safe deploys nothing by itself"
        content = {
            "to": transaction.to,
            "value": str(transaction.value),
            "data": to_hex(transaction.data),
            "operation": "0",
            **dict.fromkeys(("safeTxGas", "baseGas", "gasPrice"), "0"),
            **dict.fromkeys(("gasToken", "refundReceiver"), NO_ADDRESS),
            "nonce": str(self.contract.nonce()),
        }
        people = self.owners[: self.contract.getThreshold()]
        signatures = self._signatures(people, "SafeTx", SAFE_TX, content)
        assert client is self.contract.client, "a Safe acts on its own chain"
        receipt = self.contract.execTransaction.send(
            RELAYER, transaction.to, transaction.value, transaction.data, 0, 0, 0, 0,
            NO_ADDRESS, NO_ADDRESS, signatures,
        )  # fmt: skip
        self.contract.event(receipt, "ExecutionSuccess")
        return receipt

    def remove_owner(self, owner: LocalSigner, threshold: int) -> None:
        """By a transaction of the Safe to itself, as its owners do it."""
        listed = self.contract.getOwners()
        place = listed.index(owner.address)
        before = listed[place - 1] if place else SENTINEL
        self.contract.removeOwner.send(self, before, owner.address, threshold)
        self.owners = [other for other in self.owners if other is not owner]

    def _signatures(
        self, people: Sequence[LocalSigner], name: str, fields: Any, message: dict[str, Any]
    ) -> bytes:
        """By ascending address, as a Safe takes them."""
        typed: TypedData = {
            "types": {
                "EIP712Domain": [{"name": n, "type": t} for t, n in DOMAIN],
                name: [{"name": n, "type": t} for t, n in fields],
            },
            "primaryType": name,
            "domain": {
                "chainId": self.contract.client.chain_id,
                "verifyingContract": self.address,
            },
            "message": message,
        }
        ascending = sorted(people, key=lambda person: address_bytes(person.address))
        return b"".join(person.sign_typed(typed) for person in ascending)


def _deployed(client: Client, name: str) -> Contract:
    built = published(name)
    kind = name.rsplit("/", maxsplit=1)[-1]
    receipt = DEPLOYER.send(client, Transaction(None, built.creation, 0, kind))
    assert receipt.contract_address is not None
    return Contract(client, kind, receipt.contract_address, abi.parse(kind, built.abi))
