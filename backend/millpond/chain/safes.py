# SPDX-License-Identifier: AGPL-3.0-only
"""A Safe (1.3.0 and later) from outside: what its owners sign, and how their signatures count.

safe = Safe.at(client, address)
typed = safe.deed(transaction, safe.nonce())     what owners sign, so that the Safe makes the call
typed = safe.message(digest)                     the same for a message it signs (ERC-1271)
safe.execution(transaction, safe.packed(...))    the transaction that anyone may send then

Nothing here asks anybody's service: owners hand their signatures on as files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from millpond.chain import abi
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.client import Client, Transaction
from millpond.chain.contracts import Contract
from millpond.core import typed_data
from millpond.core.errors import ChainError, DeploymentError, SignatureError
from millpond.core.signatures import check_signer
from millpond.core.subjects import address_bytes, to_hex
from millpond.core.typed_data import FieldJson, TypedData

_DEED = (
    "address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,"
    "uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce"
)
_MAGIC = bytes.fromhex("1626ba7e")
"""What a contract answers to say that a signature is its own (ERC-1271)."""
_NOTHING_BACK = (0, 0, 0, 0, NO_ADDRESS, NO_ADDRESS)
"""A plain call that pays nobody back: operation, three amounts of gas, token, receiver."""


def _fields(text: str) -> list[FieldJson]:
    pairs = [part.split(" ") for part in text.split(",")]
    return [{"name": name, "type": type_} for type_, name in pairs]


def _function(name: str, inputs: str, output: str, state: str = "view") -> dict[str, object]:
    takes = _fields(inputs) if inputs else []
    gives = [{"name": "", "type": output}]
    return {
        "type": "function",
        "name": name,
        "inputs": takes,
        "outputs": gives,
        "stateMutability": state,
    }


SAFE = abi.parse(
    "Safe",
    [
        _function("getOwners", "", "address[]"),
        _function("getThreshold", "", "uint256"),
        _function("nonce", "", "uint256"),
        _function("getTransactionHash", _DEED, "bytes32"),
        _function(
            "execTransaction",
            _DEED.removesuffix(",uint256 nonce") + ",bytes signatures",
            "bool",
            "payable",
        ),
    ],
)


ERC1271 = abi.parse(
    "wallet", [_function("isValidSignature", "bytes32 hash,bytes signature", "bytes4")]
)


def is_signed_by(client: Client, account: Address, digest: bytes, signature: bytes) -> bool:
    """As the contracts judge it: by the account's key, else by its own code (ERC-1271)."""
    try:
        check_signer(digest, signature, account)
    except SignatureError:
        if not client.code(account):
            return False
    else:
        return True
    try:
        wallet = Contract(client, "wallet", account, ERC1271)
        return bytes(wallet.isValidSignature(digest, signature)) == _MAGIC
    except ChainError:
        return False


@dataclass(frozen=True)
class Safe:
    """One Safe on the chain."""

    contract: Contract

    @classmethod
    def at(cls, client: Client, address: str) -> Self:
        """`DeploymentError` unless a Safe answers there."""
        contract = Contract(client, "Safe", address, SAFE)
        contract.require_deployed()
        found = cls(contract)
        if not 1 <= found.threshold() <= len(found.owners()):
            raise DeploymentError(
                f"the contract at {contract.address} is no Safe", "check the address of the Safe"
            )
        return found

    @property
    def address(self) -> Address:
        """Who acts, whichever owner sends."""
        return self.contract.address

    def owners(self) -> list[Address]:
        """Who may sign now."""
        return list(self.contract.getOwners())

    def threshold(self) -> int:
        """How many of them must."""
        return int(self.contract.getThreshold())

    def nonce(self) -> int:
        """The number of its next deed."""
        return int(self.contract.nonce())

    def deed(self, transaction: Transaction, nonce: int) -> TypedData:
        """What owners sign so that the Safe makes this very call as its deed number `nonce`."""
        values = [*self._call(transaction), nonce]
        typed = self._typed("SafeTx", _DEED, values)
        ours, its = typed_data.digest(typed), bytes(self.contract.getTransactionHash(*values))
        if ours != its:
            raise DeploymentError(
                f"the Safe at {self.address} hashes its deeds in another way than Safe 1.3.0",
                "check the address of the Safe, or update it",
            )
        return typed

    def message(self, digest: bytes) -> TypedData:
        """What owners sign so that the Safe signs a message of this digest (ERC-1271)."""
        return self._typed("SafeMessage", "bytes message", [digest])

    def execution(self, transaction: Transaction, packed: bytes) -> Transaction:
        """The transaction by which anyone carries out what enough owners have signed."""
        data = self.contract.execTransaction.encode(*self._call(transaction), packed)
        return Transaction(self.address, data, 0, f"{transaction.label} by the Safe")

    def packed(self, digest: bytes, signatures: Mapping[Address, bytes]) -> bytes | None:
        """The owners' signatures as the Safe reads them, or None while there are too few.

        `SignatureError` when one of an owner is not hers; those of others do not count.
        """
        owners = set(self.owners())
        counted = {who: what for who, what in signatures.items() if who in owners}
        for owner, signature in counted.items():
            check_signer(digest, signature, owner)
        enough = sorted(counted, key=address_bytes)[: self.threshold()]
        if len(enough) < self.threshold():
            return None
        return b"".join(counted[owner] for owner in enough)

    def _call(self, transaction: Transaction) -> list[object]:
        if transaction.to is None:
            raise SignatureError("a Safe deploys no contract", "deploy from an account")
        return [transaction.to, transaction.value, transaction.data, *_NOTHING_BACK]

    def _typed(self, name: str, form: str, values: list[object]) -> TypedData:
        fields = _fields(form)
        shown = [to_hex(value) if isinstance(value, bytes) else str(value) for value in values]
        names = [field["name"] for field in fields]
        return {
            "types": {
                "EIP712Domain": _fields("uint256 chainId,address verifyingContract"),
                name: fields,
            },
            "primaryType": name,
            "domain": {
                "chainId": self.contract.client.chain_id,
                "verifyingContract": self.address,
            },
            "message": dict(zip(names, shown, strict=True)),
        }
