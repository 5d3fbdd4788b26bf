# SPDX-License-Identifier: AGPL-3.0-only
"""Who signs, behind one interface: a keyfile, an account of a dev node, or a test mnemonic.

A key never appears in a repr, a message, a log or a pickle, and a password never on a command line.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from eth_account import Account
from eth_account.hdaccount import key_from_seed, seed_from_mnemonic
from eth_account.signers.local import LocalAccount
from eth_typing import Hash32

from millpond.chain import answers
from millpond.chain.answers import Address, Receipt
from millpond.chain.client import DEV_CHAINS, Client, Prepared, Transaction
from millpond.chain.rpc import RpcRefused
from millpond.core import typed_data
from millpond.core.errors import SignerError, ToolMissing
from millpond.core.signatures import (
    HALF_ORDER,
    ORDER,
    check_signature,
    check_signer,
    from_compact,
)
from millpond.core.subjects import address_bytes, checksum_address
from millpond.core.typed_data import TypedData

TEST_MNEMONIC = "test test test test test test test test test test test junk"
"""The words that every dev chain funds. Everybody knows them: never for anything of value."""
_COMPACT = 64


class Signer(ABC):
    """An account that signs messages and sends transactions."""

    address: Address
    is_wallet = False
    """Whether the account is a contract, which judges its signatures itself (ERC-1271)."""

    @abstractmethod
    def sign_typed(self, typed: TypedData) -> bytes:
        """Over typed data (EIP-712): 65 bytes r, s, v in normal form, or what the wallet takes."""

    @abstractmethod
    def send(self, client: Client, transaction: Transaction) -> Receipt:
        """Try a transaction, sign it, send it once, and wait until it is mined with success."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address})"


class KeySigner(Signer):
    """Signs with a key held in this process."""

    def __init__(self, account: LocalAccount) -> None:
        self.__account = account
        self.address = Address(account.address)

    def sign_typed(self, typed: TypedData) -> bytes:
        signed = self.__account.unsafe_sign_hash(Hash32(typed_data.digest(typed)))
        return check_signature(bytes(signed.signature))

    def send(self, client: Client, transaction: Transaction) -> Receipt:
        prepared = client.prepare(transaction, self.address)
        return client.send_raw(self.sign_transaction(prepared), prepared)

    def sign_transaction(self, prepared: Prepared) -> bytes:
        """The signed transaction, for whoever sends it and waits for it on her own."""
        return bytes(self.__account.sign_transaction(prepared.fields()).raw_transaction)

    def __reduce__(self) -> NoReturn:
        raise SignerError("a signer cannot be copied or stored", "open it again where it is needed")


class LocalSigner(KeySigner):
    """A test wallet of a mnemonic, at m/44'/60'/0'/0/index."""

    def __init__(self, index: int, mnemonic: str = TEST_MNEMONIC) -> None:
        seed = seed_from_mnemonic(mnemonic, "")
        super().__init__(Account.from_key(key_from_seed(seed, f"m/44'/60'/0'/0/{index}")))


class KeystoreSigner(KeySigner):
    """An encrypted keyfile (web3 secret storage), as wallets and nodes write it."""

    def __init__(self, path: Path, password: Callable[[], str]) -> None:
        super().__init__(_unlock(path, password))


class NodeSigner(Signer):
    """An account whose key a dev node holds. Refused on any chain that is not one."""

    def __init__(self, client: Client, address: str) -> None:
        require_dev_chain(client, "accounts held by a node")
        self._client = client
        self.address = Address(checksum_address(address_bytes(address)))
        if self.address not in node_accounts(client):
            raise SignerError(
                f"the node does not hold the key of {self.address}",
                "use one of the node's accounts, or a keyfile",
            )

    def sign_typed(self, typed: TypedData) -> bytes:
        try:
            # as JSON text: dev nodes differ in whether they take the object as well
            found = self._client.rpc.tell("eth_signTypedData_v4", [self.address, json.dumps(typed)])
        except RpcRefused as error:
            raise SignerError(
                f"the node cannot sign typed data: {error.text[:100]}",
                "sign with a keyfile or, on a dev chain, with a wallet of the test mnemonic",
            ) from None
        signature = in_normal_form(answers.octets(found, "a signature", 65))
        check_signer(typed_data.digest(typed), signature, self.address)
        return signature

    def send(self, client: Client, transaction: Transaction) -> Receipt:
        require_dev_chain(client, "accounts held by a node")
        return client.send_by_node(client.prepare(transaction, self.address))


def node_accounts(client: Client) -> list[Address]:
    """The accounts that the node holds keys of."""
    found = answers.entries(client.rpc.ask("eth_accounts"), "the node's accounts")
    return [answers.address(entry, "an account") for entry in found]


def dev_signers(client: Client, count: int) -> list[Signer]:
    """The first `count` wallets of the test mnemonic, on a dev chain only."""
    require_dev_chain(client, "the test mnemonic")
    return [LocalSigner(index) for index in range(count)]


def require_dev_chain(
    client: Client, what: str, instead: str = "use a keyfile (--keystore)"
) -> None:
    """Refuse `what` with `SignerError` on a chain where it would not be play money."""
    client.check_chain()
    if client.chain_id not in DEV_CHAINS:
        raise SignerError(
            f"{what} may be used on a dev chain only, and this is chain {client.chain_id}", instead
        )


def password_from(path: Path) -> Callable[[], str]:
    """A password kept in a file that only its owner may read; the last line end is dropped."""

    def read() -> str:
        _require_private(path)
        try:
            return path.read_text("utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable_password(path, error) from None

    return read


def require_key_files(keystore: Path, password_file: Path) -> None:
    """`SignerError` unless both can be read; the key stays locked, and the password unread."""
    _keyfile_text(keystore)
    _require_private(password_file)


def _require_private(path: Path) -> None:
    try:
        with path.open("rb"):
            mode = path.stat().st_mode
    except OSError as error:
        raise _unreadable_password(path, error) from None
    if mode & 0o077:
        raise SignerError(
            f"other users may read the password file {path}", f"run: chmod 600 {path}"
        )


def _unreadable_password(path: Path, error: Exception) -> SignerError:
    return SignerError(
        f"the password file {path} cannot be read ({type(error).__name__})",
        "give the path of a text file that you may read",
    )


def _keyfile_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SignerError(
            f"the keyfile {path} cannot be read ({type(error).__name__})",
            "give the path of a keyfile (JSON, web3 secret storage)",
        ) from None


def _unlock(path: Path, password: Callable[[], str]) -> LocalAccount:
    account = _decrypted(_keyfile_text(path), password)
    if account is None:
        raise SignerError(
            f"the keyfile {path} does not open: wrong password, or not a keyfile",
            "try the password again; nothing was signed",
        )
    return account


def _decrypted(text: str, password: Callable[[], str]) -> LocalAccount | None:
    """The account, or None. No error of the libraries below may carry the key further up."""
    secret = password()
    try:
        account: LocalAccount = Account.from_key(Account.decrypt(text, secret))
    except ImportError:
        raise ToolMissing("the cryptography for keyfiles is missing", "run: make setup") from None
    except Exception:  # noqa: BLE001  damaged files make the decoder raise anything
        return None
    return account


def in_normal_form(signature: bytes) -> bytes:
    """Whatever spelling a node or a device uses, as 65 bytes with v 27 or 28 and the lower s.

    Taken: 64 bytes (EIP-2098), v of 0 or 1, the higher s. `SignatureError` for what is none of it.
    """
    if len(signature) == _COMPACT:
        return from_compact(signature[:32], signature[32:])
    if len(signature) != _COMPACT + 1:
        return check_signature(signature)
    s, v = int.from_bytes(signature[32:64], "big"), signature[64]
    v += 27 if v in (0, 1) else 0
    if s > HALF_ORDER and v in (27, 28):
        s, v = ORDER - s, 55 - v
    return check_signature(signature[:32] + s.to_bytes(32, "big") + bytes([v]))
