# SPDX-License-Identifier: AGPL-3.0-only
"""A client as others write it: web3.py, some keys, OpenZeppelin's ABIs, a Governor's address."""

import re
from typing import Any

from eth_abi.abi import encode
from eth_account import Account
from eth_account.hdaccount import key_from_seed, seed_from_mnemonic
from eth_account.signers.local import LocalAccount
from eth_utils.abi import abi_to_signature
from eth_utils.crypto import keccak
from web3 import HTTPProvider, Web3
from web3.logs import DISCARD
from web3.middleware import SignAndSendRawMiddlewareBuilder

from millpond.chain import dev_time
from millpond.chain.signers import TEST_MNEMONIC
from tests.chain.coop import ETH, STRANGER, Coop
from tests.journeys.node import DELAY
from tests.journeys.published import openzeppelin, openzeppelin_source

_NOTHING = {"string": "", "bytes": b"", "address": ETH, "bytes4": bytes(4), "bytes32": bytes(32)}


def wallet(index: int) -> LocalAccount:
    """The key of a funded account of every dev chain."""
    seed = seed_from_mnemonic(TEST_MNEMONIC, "")
    found: LocalAccount = Account.from_key(key_from_seed(seed, f"m/44'/60'/0'/0/{index}"))
    return found


class Client:
    """web3.py with a few keys and OpenZeppelin's ABIs."""

    def __init__(self, url: str, governor: str) -> None:
        self.url = url
        # web3's types want literals of its own everywhere
        self.web3: Any = Web3(HTTPProvider(url))
        self.wallets = [wallet(index) for index in range(8)]
        sending = SignAndSendRawMiddlewareBuilder.build(self.wallets)
        self.web3.middleware_onion.inject(sending, layer=0)
        self.anyone, self.ann, self.bob, self.eve = (
            each.address for each in (self.wallets[1], *self.wallets[3:6])
        )
        self.address = governor
        self.governor = self.known("GovernorCountingSimple")
        self.votes = self.known("IVotes")

    def known(self, *interfaces: str) -> Any:
        """The pool's Governor, seen through OpenZeppelin's interfaces."""
        abi = [entry for name in interfaces for entry in openzeppelin(name).abi]
        return self.web3.eth.contract(address=self.address, abi=abi)

    def send(self, function: Any, sender: str, **fields: Any) -> Any:
        """One transaction, its gas estimated as clients do; its receipt."""
        sent = function.transact({"from": sender, **fields})
        receipt = self.web3.eth.wait_for_transaction_receipt(sent)
        assert receipt["status"] == 1
        return receipt

    def heard(self, receipt: Any, event: str) -> dict[str, Any]:
        """The one event of a receipt, by OpenZeppelin's ABI."""
        (found,) = self.governor.events[event]().process_receipt(receipt, errors=DISCARD)
        assert len(receipt["logs"]) >= 1
        return dict(found["args"])

    def now(self) -> int:
        """The time of the last block."""
        return int(self.web3.eth.get_block("latest")["timestamp"])

    def sign(self, wallet: LocalAccount, proposal: int, support: int) -> bytes:
        """A Ballot, its domain as the contract describes it (EIP-5267), its nonce as it says."""
        described = self.governor.functions.eip712Domain().call()
        fields, name, version, chain_id, contract, _salt, extensions = described
        assert (fields, extensions) == (b"\x0f", [])
        nonce = self.governor.functions.nonces(wallet.address).call()
        message = {
            "proposalId": proposal, "support": support, "voter": wallet.address, "nonce": nonce,
        }  # fmt: skip
        domain = {
            "name": name, "version": version, "chainId": chain_id, "verifyingContract": contract,
        }  # fmt: skip
        signed = wallet.sign_typed_data(domain, {"Ballot": ballot_struct()}, message)
        return bytes(signed.signature)

    def wallet_of(self, address: str) -> LocalAccount:
        """Whose key it is."""
        return next(each for each in self.wallets if each.address == address)


def ballot_struct() -> list[dict[str, str]]:
    """The fields of a Ballot, out of OpenZeppelin's own source."""
    (fields,) = re.findall(r'"Ballot\(([^)]*)\)"', openzeppelin_source("governance/Governor"))
    pairs = (field.split(" ") for field in fields.split(","))
    return [{"name": name, "type": kind} for kind, name in pairs]


class Motion:
    """The content of a proposal, as a client keeps it to bring it again."""

    def __init__(self, client: Client, coop: Coop, text: str) -> None:
        pay = coop.pool.spend.encode(0, ETH, STRANGER.address, 5)
        self.calls = ([coop.pool.address], [0], [bytes(pay)])
        self.description = text
        self.content = (*self.calls, keccak(text=text))
        self._client, self._coop = client, coop
        self.id = int(client.governor.functions.hashProposal(*self.content).call())

    def propose(self, by: str) -> Any:
        """In a transaction of a member."""
        function = self._client.governor.functions.propose(*self.calls, self.description)
        return self._client.send(function, by)

    def state(self) -> int:
        """By the contract."""
        return int(self._client.governor.functions.state(self.id).call())

    def wait(self, timestamp: int) -> None:
        """Let the time pass up to this second."""
        dev_time.advance_to(self._coop.client, timestamp)

    def opened(self, by: str) -> "Motion":
        """Proposed by a member, and its vote is open."""
        self.propose(by)
        self.wait(self._client.now() + DELAY + 1)
        return self


def entries(kind: str, *interfaces: str) -> dict[str, dict[str, Any]]:
    """Signature -> entry of OpenZeppelin's ABIs, of all functions or of all events."""
    return {
        signature_of(entry): entry
        for name in interfaces
        for entry in openzeppelin(name).abi
        if entry["type"] == kind
    }


def signature_of(entry: dict[str, Any]) -> str:
    """Of a function or event in an ABI, such as `state(uint256)`."""
    known: Any = entry
    return abi_to_signature(known)


def bare_call(signature: str) -> bytes:
    """A call of this function with zeros, no text and empty lists."""
    inside = signature.partition("(")[2].removesuffix(")")
    forms = inside.split(",") if inside else []
    nothing = [[] if form.endswith("[]") else _NOTHING.get(form, 0) for form in forms]
    return keccak(text=signature)[:4] + encode(forms, nothing)
