# SPDX-License-Identifier: AGPL-3.0-only
"""What a node may answer, read strictly: a value of the right form, or `BadAnswer`.

A node is not trusted: whatever it sends becomes either one of these frozen values or one named
error, never a stray TypeError somewhere later.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, NewType

from millpond.core.errors import ChainError
from millpond.core.subjects import checksum_address

Address = NewType("Address", str)
"""An account or contract in its EIP-55 spelling."""

NO_ADDRESS = Address("0x" + "00" * 20)
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_OCTETS = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_MOST_TOPICS = 4
_ASK_ANOTHER = "ask another node; this one, or something between you and it, sends damaged answers"


class BadAnswer(ChainError):
    """The node answered something that is no answer to the question."""


class NotKept(ChainError):
    """The node no longer has, or never had, what was asked for."""


@dataclass(frozen=True)
class Block:
    number: int
    hash: bytes
    parent_hash: bytes
    timestamp: int
    base_fee: int
    gas_limit: int


class Log(NamedTuple):
    """One event as the chain keeps it. A tuple, since a mirror makes millions of them."""

    address: Address
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    block_hash: bytes
    index: int  # type: ignore[assignment]  # a tuple can look for a value; nobody does in a log
    transaction_hash: bytes


@dataclass(frozen=True)
class Receipt:
    """A mined transaction that succeeded; a failed one is an error, never a receipt."""

    transaction_hash: bytes
    block_number: int
    block_hash: bytes
    gas_used: int
    contract_address: Address | None
    logs: tuple[Log, ...]


@dataclass(frozen=True)
class MinedTransaction:
    """Who sent what where, in a transaction that is in a block."""

    sender: Address
    to: Address | None
    data: bytes
    value: int
    block_number: int


def bad(what: str, value: object) -> BadAnswer:
    """The error for an answer in the wrong form, with the beginning of what came."""
    return BadAnswer(f"the node answered {str(value)[:80]!r} for {what}", _ASK_ANOTHER)


def quantity(value: object, what: str) -> int:
    """A number written as 0x-hex, under 2^256."""
    if not isinstance(value, str) or _QUANTITY.fullmatch(value) is None:
        raise bad(what, value)
    return int(value, 16)


def octets(value: object, what: str, length: int | None = None) -> bytes:
    """Bytes written as 0x-hex, of exactly `length` where one is given."""
    if not isinstance(value, str) or _OCTETS.fullmatch(value) is None:
        raise bad(what, value)
    data = bytes.fromhex(value[2:])
    if length is not None and len(data) != length:
        raise bad(f"{what} ({length} bytes)", value)
    return data


def address(value: object, what: str) -> Address:
    """An address in any letter case; a node's spelling is no checksum to rely on."""
    return Address(checksum_address(octets(value, what, 20)))


def optional_address(value: object, what: str) -> Address | None:
    """An address, or None where the node says null."""
    return None if value is None else address(value, what)


def fields(value: object, what: str) -> Mapping[str, object]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise bad(what, value)
    return value


def entries(value: object, what: str) -> list[object]:
    """A JSON array."""
    if not isinstance(value, list):
        raise bad(what, value)
    return value


def block(value: object) -> Block:
    """An eth_getBlockByNumber answer; the base fee is 0 on a chain without one."""
    found = fields(value, "a block")
    return Block(
        number=quantity(found.get("number"), "a block's number"),
        hash=octets(found.get("hash"), "a block's hash", 32),
        parent_hash=octets(found.get("parentHash"), "a block's parent", 32),
        timestamp=quantity(found.get("timestamp"), "a block's time"),
        base_fee=quantity(found.get("baseFeePerGas", "0x0"), "a block's base fee"),
        gas_limit=quantity(found.get("gasLimit"), "a block's gas limit"),
    )


def log(value: object) -> Log:
    """One entry of eth_getLogs or of a receipt; a removed one is no log."""
    found = fields(value, "a log")
    if found.get("removed") not in (None, False):
        raise bad("a log that is still on the chain", "removed")
    topics = entries(found.get("topics"), "a log's topics")
    if len(topics) > _MOST_TOPICS:
        raise bad("a log's topics", topics)
    return Log(
        address=address(found.get("address"), "a log's address"),
        topics=tuple(octets(topic, "a log's topic", 32) for topic in topics),
        data=octets(found.get("data"), "a log's data"),
        block_number=quantity(found.get("blockNumber"), "a log's block number"),
        block_hash=octets(found.get("blockHash"), "a log's block hash", 32),
        index=quantity(found.get("logIndex"), "a log's index"),
        transaction_hash=octets(found.get("transactionHash"), "a log's transaction", 32),
    )


def receipt(value: object, transaction_hash: bytes) -> tuple[Receipt, bool]:
    """A receipt and whether the transaction succeeded; it must be of the transaction asked for."""
    found = fields(value, "a receipt")
    if octets(found.get("transactionHash"), "a receipt's transaction", 32) != transaction_hash:
        raise bad("the receipt of another transaction", found.get("transactionHash"))
    status = quantity(found.get("status"), "a receipt's status")
    if status > 1:
        raise bad("a receipt's status", status)
    mined = Receipt(
        transaction_hash=transaction_hash,
        block_number=quantity(found.get("blockNumber"), "a receipt's block number"),
        block_hash=octets(found.get("blockHash"), "a receipt's block hash", 32),
        gas_used=quantity(found.get("gasUsed"), "a receipt's gas"),
        contract_address=optional_address(found.get("contractAddress"), "a created contract"),
        logs=tuple(log(entry) for entry in entries(found.get("logs"), "a receipt's logs")),
    )
    return mined, status == 1


def transaction(value: object, transaction_hash: bytes) -> MinedTransaction:
    """An eth_getTransactionByHash answer of a mined transaction."""
    found = fields(value, "a transaction")
    if octets(found.get("hash"), "a transaction's hash", 32) != transaction_hash:
        raise bad("the transaction asked for", found.get("hash"))
    return MinedTransaction(
        sender=address(found.get("from"), "a transaction's sender"),
        to=optional_address(found.get("to"), "a transaction's target"),
        data=octets(found.get("input", found.get("data")), "a transaction's data"),
        value=quantity(found.get("value"), "a transaction's value"),
        block_number=quantity(found.get("blockNumber"), "a transaction's block number"),
    )
