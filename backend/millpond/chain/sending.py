# SPDX-License-Identifier: AGPL-3.0-only
"""A transaction on its way: what is to be done, what a signature covers, and what became of it.

A sending that nobody saw the end of must not be made twice. So an `Outbox` is told of each before
it leaves; asked later, the chain says what became of it (`became`). Sent again, it takes the same
nonce, so that at most one of the two is ever mined, and pays what nodes ask for a replacement.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from millpond.chain.answers import Address, Receipt
from millpond.core.canonical import keccak256
from millpond.core.errors import ChainError
from millpond.core.subjects import address_bytes, checksum_address

if TYPE_CHECKING:  # whoever only reads needs none of it
    from eth_account.types import TransactionDictType

_NONCES_OF_ONE_BYTE = 0x80
_REPLACED_AT = 9, 8
"""Nodes take a replacement that pays a tenth more, of both prices; an eighth is safely above."""


class FeeTooHigh(ChainError):
    """The chain asks a higher price for gas than this run is allowed to pay."""


class NotEnoughEther(ChainError):
    """The sender cannot pay for the value and the gas of a transaction."""


class TransactionPending(ChainError):
    """An earlier transaction of the same sender is still waiting."""


class NotMined(ChainError):
    """A transaction was sent and its end is not known. `transaction_hash` is how to look it up."""

    def __init__(self, message: str, next_step: str, transaction_hash: bytes) -> None:
        super().__init__(message, next_step)
        self.transaction_hash = transaction_hash


@dataclass(frozen=True)
class Transaction:
    """What is to be done; `to` is None for a new contract. `label` is the call in words."""

    to: Address | None
    data: bytes = b""
    value: int = 0
    label: str = "the transaction"

    @property
    def deed(self) -> bytes:
        """A hash of all that it does, whoever sends it at whatever price."""
        to = b"" if self.to is None else address_bytes(self.to)
        return keccak256(len(to).to_bytes(1) + to + self.value.to_bytes(32) + self.data)


@dataclass(frozen=True)
class Prices:
    """For a unit of gas, in wei: the most in all, and the part of it for the block's builder."""

    fee: int
    tip: int

    def replacing(self, before: Prices) -> Prices:
        """These, raised where they must be to take the place of a transaction that waits."""
        more, than = _REPLACED_AT
        tip = max(self.tip, before.tip * more // than + 1)
        return Prices(max(self.fee, before.fee * more // than + 1, tip), tip)


@dataclass(frozen=True)
class Prepared:
    """A transaction that passed its trial, with all that a signature covers."""

    transaction: Transaction
    sender: Address
    chain_id: int
    nonce: int
    gas: int
    max_fee_per_gas: int
    max_priority_fee_per_gas: int

    def fields(self) -> TransactionDictType:
        """As a local signer wants it."""
        found: TransactionDictType = {
            "type": 2,
            "chainId": self.chain_id,
            "nonce": self.nonce,
            "gas": self.gas,
            "maxFeePerGas": self.max_fee_per_gas,
            "maxPriorityFeePerGas": self.max_priority_fee_per_gas,
            "value": self.transaction.value,
            "data": self.transaction.data,
        }
        return (
            found
            if self.transaction.to is None
            else {**found, "to": address_bytes(self.transaction.to)}
        )

    @property
    def creates(self) -> Address:
        """Where the contract comes to lie that it makes."""
        return created_by(self.sender, self.nonce)


def created_by(sender: Address, nonce: int) -> Address:
    """The contract that a transaction makes lies where its sender and nonce say."""
    plain = nonce.to_bytes((nonce.bit_length() + 7) // 8)
    short = 0 < nonce < _NONCES_OF_ONE_BYTE
    content = b"\x94" + address_bytes(sender) + (plain if short else _headed(0x80, plain))
    return Address(checksum_address(keccak256(_headed(0xC0, content))[12:]))


def _headed(kind: int, content: bytes) -> bytes:
    """A short text or list as RLP writes it."""
    return bytes([kind + len(content)]) + content


class Outbox(Protocol):
    """Whoever keeps what leaves."""

    def leaving(self, prepared: Prepared, transaction_hash: bytes) -> None:
        """Told before a transaction is sent. If this raises, nothing is sent."""

    def waiting(self, transaction: Transaction, sender: Address, nonce: int) -> Prices | None:
        """The prices of the same deed, if it left with this nonce and no end of it is known."""


class Forgetful:
    """An outbox that keeps nothing, for whoever does not come back."""

    def leaving(self, prepared: Prepared, transaction_hash: bytes) -> None:
        """Nothing is kept."""

    def waiting(self, transaction: Transaction, sender: Address, nonce: int) -> Prices | None:
        """Nothing is known."""
        del transaction, sender, nonce
        return None


class End(Enum):
    """What became of a transaction that was sent."""

    DONE = "done"
    FAILED = "failed"
    """It is on the chain, and changed nothing."""
    REPLACED = "replaced"
    """Another one of its sender took its nonce: it can never be mined."""
    OPEN = "unknown"
    """It waits, or never arrived; the nonce is free, so that sending it again is safe."""


@dataclass(frozen=True)
class Became:
    """An end, with the receipt of what was done."""

    end: End
    receipt: Receipt | None = None
