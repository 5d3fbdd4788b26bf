# SPDX-License-Identifier: AGPL-3.0-only
"""A Safe as the one who acts: its owners run the same command, each with her own account.

    ape run pool leave --safe 0x... --account ada --send        signs; 1 of 2
    ape run pool leave --safe 0x... --account bea --send        signs and sends; done

A signature lies in <folder>/<safe>/<digest>.json, which owners hand to each other like ballots;
whoever runs the command once there are enough carries it out.
"""

import json
from pathlib import Path
from typing import Any

from ape import config

from millpond.chain.answers import Address, Receipt
from millpond.chain.client import Client, Transaction
from millpond.chain.safes import Safe
from millpond.chain.signers import Signer
from millpond.core import canonical, typed_data
from millpond.core.errors import BadInput, SignerError
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex
from millpond.core.typed_data import TypedData


class WaitsForOwners(Exception):
    """One owner has signed; the command goes on when others have. Not an error."""

    def __init__(self, path: Path, signed: int, needed: int) -> None:
        super().__init__(
            f"Signed: {signed} of {needed} owners. Hand {path} to another owner, who runs the same "
            "command."
        )
        self.fields: dict[str, Any] = {"file": str(path), "signed": signed, "needed": needed}


class SafeSigner(Signer):
    """A Safe, with one owner at the keyboard."""

    is_wallet = True

    def __init__(self, safe: Safe, owner: Signer, folder: Path) -> None:
        self.address = safe.address
        self.owner = owner
        self._safe, self._folder = safe, folder / safe.address.lower()

    @classmethod
    def of(cls, client: Client, safe: str, owner: Signer | None, folder: Path) -> "SafeSigner":
        """By the Safe's address, or by the name that ape-safe knows it under."""
        if owner is None:
            raise TypeError("this command takes no account")
        return cls(Safe.at(client, _address(safe)), owner, folder)

    def sign_typed(self, typed: TypedData) -> bytes:
        """The Safe's signature (ERC-1271), once enough owners have given theirs."""
        return self._gathered(self._safe.message(typed_data.digest(typed)))

    def send(self, client: Client, transaction: Transaction) -> Receipt:
        """Let the Safe make this call; tried as the Safe first: so a refusal keeps its words."""
        client.call(transaction, self.address)
        deed = self._safe.deed(transaction, self._safe.nonce())
        packed = self._gathered(deed)
        return self.owner.send(client, self._safe.execution(transaction, packed))

    def _gathered(self, typed: TypedData) -> bytes:
        digest = typed_data.digest(typed)
        path = self._folder / f"{digest.hex()}.json"
        signatures = _read(path)
        packed = self._safe.packed(digest, signatures)
        if packed is not None:
            return packed
        if self.owner.address not in self._safe.owners():
            raise SignerError(
                f"{self.owner.address} is no owner of the Safe {self.address}, and too few of them "
                "have signed",
                "run the command with an owner's account",
            )
        if self.owner.address not in signatures:
            signatures[self.owner.address] = self.owner.sign_typed(typed)
            _write(path, signatures)
        packed = self._safe.packed(digest, signatures)
        if packed is None:
            raise WaitsForOwners(path, len(signatures), self._safe.threshold())
        return packed


def _address(text: str) -> str:
    if text.startswith("0x"):
        return checksum_address(address_bytes(text))
    known = config.DATA_FOLDER / "safe" / f"{text}.json"
    try:
        return str(json.loads(known.read_text("utf-8"))["address"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(
            f"ape-safe knows no Safe named {text!r}", "give its address: --safe 0x..."
        ) from None


def _read(path: Path) -> dict[Address, bytes]:
    if not path.exists():
        return {}
    try:
        found = canonical.decode(path.read_bytes())
        entries = found.items() if isinstance(found, dict) else [("no account", "")]
        return {
            Address(checksum_address(address_bytes(who))): from_hex(str(text), 65)
            for who, text in entries
        }
    except BadInput as error:
        raise BadInput(
            f"{path} holds no owners' signatures: {error.message}",
            "remove the file and let the owners sign again",
        ) from None


def _write(path: Path, signatures: dict[Address, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(canonical.encode({who: to_hex(what) for who, what in signatures.items()}))
