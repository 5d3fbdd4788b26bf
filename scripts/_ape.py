# SPDX-License-Identifier: AGPL-3.0-only
"""Where ape ends and the package begins: its networks give us a node, its accounts sign for us."""

from collections.abc import Mapping
from typing import Any

from ape.api import AccountAPI, ProviderAPI
from ape.types import MessageSignature
from eth_account.messages import encode_typed_data

from millpond import settings
from millpond.chain.answers import Address, Receipt
from millpond.chain.client import Client, Limits, Transaction, chain_id_of, connect
from millpond.chain.rpc import Budget
from millpond.chain.signers import Signer, in_normal_form
from millpond.core import typed_data
from millpond.core.errors import BadInput, NodeDown, SignerError
from millpond.core.signatures import check_signer
from millpond.core.subjects import address_bytes, checksum_address
from millpond.core.typed_data import TypedData


class OfflineSigner(Signer):
    """An account of ape that only signs messages, on a machine without a node."""

    def __init__(self, account: AccountAPI) -> None:
        self._account = account
        self.address = Address(checksum_address(address_bytes(str(account.address))))

    def sign_typed(self, typed: TypedData) -> bytes:
        signature = self._account.sign_message(encode_typed_data(full_message=dict(typed)))
        if signature is None:
            raise self._refusal()
        # Devices differ in how they write it; one may even hold another account than was asked for.
        found = in_normal_form(_bytes_of(signature))
        check_signer(typed_data.digest(typed), found, self.address)
        return found

    def send(self, _client: Client, _transaction: Transaction) -> Receipt:
        raise SignerError(
            f"{self.address} signs without a network and sends nothing",
            "give its signature to somebody who sends it",
        )

    def _refusal(self) -> SignerError:
        return SignerError(f"{self.address} did not sign", "unlock the account and try again")


class ApeSigner(OfflineSigner):
    """An account of ape: a keyfile, a hardware wallet, or a test account of a dev chain."""

    def __init__(self, account: AccountAPI, provider: ProviderAPI) -> None:
        super().__init__(account)
        self._provider = provider

    def send(self, client: Client, transaction: Transaction) -> Receipt:
        prepared = client.prepare(transaction, self.address)
        ecosystem = self._provider.network.ecosystem
        wanted = ecosystem.create_transaction(**_names_of_ape(prepared.fields()))
        signed = self._account.sign_transaction(wanted)
        if signed is None:
            raise self._refusal()
        return client.send_raw(bytes(signed.serialize_transaction()), prepared)


def _bytes_of(signature: MessageSignature) -> bytes:
    """r, s, v as they came, r and s with the zeros that a device may leave away."""
    words = [bytes(word).rjust(32, b"\0") for word in (signature.r, signature.s)]
    return b"".join([*words, bytes([min(signature.v, 255)])])


def _names_of_ape(fields: Mapping[str, Any]) -> dict[str, Any]:
    to = {"to": checksum_address(fields["to"])} if "to" in fields else {}
    return {**fields, **to}


def require_node(provider: ProviderAPI) -> None:
    """`NodeDown` unless a node answers at the address that was named, if one was.

    To be asked before ape connects: where nothing answers, it tries to start a node of its own.
    """
    url = str(provider.provider_settings.get("uri", ""))
    if not url.startswith("http"):
        return
    chosen = settings.load()
    try:
        chain_id_of(url, Budget(tries=chosen.rpc_tries, timeout=chosen.rpc_timeout))
    except NodeDown as error:
        raise NodeDown(
            error.message,
            "start the node, or name one that runs: --network ethereum:local:http://127.0.0.1:8545 "
            "(python -m scripts.devchain starts a chain there to try things out on)",
        ) from None


def client_of(provider: ProviderAPI) -> Client:
    """Our client on the network that ape is connected to, with the limits of the settings."""
    url = str(getattr(provider, "uri", "") or "")
    if not url.startswith("http"):
        raise BadInput(
            f"the network {provider.network.name} has no address that several programs can share",
            "name one: --network ethereum:local:http://127.0.0.1:8545 (python -m scripts.devchain "
            "starts a chain to try things out on)",
        )
    chosen = settings.load()
    return connect(
        url,
        provider.chain_id,
        Budget(tries=chosen.rpc_tries, timeout=chosen.rpc_timeout),
        Limits(chosen.receipt_timeout, chosen.max_fee_gwei * 10**9, chosen.log_blocks),
    )
