# SPDX-License-Identifier: AGPL-3.0-only
"""What the mirror asks of one node. Every answer is read strictly; none is taken on trust alone.

The hash of each block is recomputed from its header, which then vouches for its bloom and for the
root of its receipts. Near the head logs are asked for by the hash of their block: a node that does
not have that very block says so, where a question by number would get an empty list.
"""

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from millpond.chain import answers, headers
from millpond.chain.abi import load
from millpond.chain.answers import Address, BadAnswer, Log, NotKept
from millpond.chain.client import Client, Transaction
from millpond.chain.contracts import Contract
from millpond.chain.headers import FullHeader
from millpond.chain.rpc import RpcRefused, TooLong
from millpond.core.canonical import keccak256
from millpond.core.errors import NodeDown, Reverted
from millpond.core.subjects import to_hex
from millpond.mirror import proving, reading
from millpond.mirror.batches import Batches, Question, Reply
from millpond.mirror.ranges import Aim, Appetite
from millpond.mirror.stops import GoneFromChain, OtherChain
from millpond.mirror.store import Asset
from millpond.mirror.words import readable

ETH = answers.NO_ADDRESS
EVENTS_AT_A_TIME = 16_000
_RECEIPTS_AT_A_TIME = 1 << 22
"""Bytes."""
_MOST_ADDRESSES = 1_000
_LONGEST_SYMBOL = 32
_MOST_DECIMALS = 255
_DECIMALS = keccak256(b"decimals()")[:4]
_SYMBOL = keccak256(b"symbol()")[:4]
_WORD = 32
_AGAIN = "look again"
_BLOCK = "eth_getBlockByNumber"
_NO_SUCH_BLOCK = re.compile("block|header|hash", re.IGNORECASE)
"""In what a node answers that does not have the block whose logs it is asked for."""
_LOGS = "eth_getLogs"
_RECEIPTS = "eth_getBlockReceipts"


@dataclass(frozen=True)
class Head:
    """The newest block, and what the node says will not change any more."""

    latest: FullHeader
    safe: FullHeader | None
    finalized: FullHeader | None


@dataclass(frozen=True)
class Look:
    """What one node says at one moment: its head, the block of the cursor, and those after it."""

    head: Head
    at_cursor: FullHeader | None
    after: list[FullHeader]


class Source:
    """One node."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.name = client.rpc.shown
        self._batches = Batches(client.rpc)
        self._genesis: bytes | None = None
        self.blocks = Appetite(Aim(EVENTS_AT_A_TIME), client.limits.log_blocks)
        """For how many blocks it is asked for logs."""
        self._receipts = Appetite(Aim(_RECEIPTS_AT_A_TIME), 1_000, 16)
        """Of how many blocks it is asked for receipts."""

    def reconnect(self) -> None:
        """Leave open connections behind."""
        self.client.rpc.reconnect()

    def identity_of(self, hub: str) -> Address:
        """The registry of identities of a Hub."""
        found = Contract(self.client, "Hub", hub)
        found.require_deployed()
        return Address(found.identity())

    def require_chain(self, genesis: bytes) -> None:
        """`OtherChain` unless the node's first block is this one; it is asked once."""
        if self._genesis is None:
            self._genesis = self.headers([0])[0].hash
        if self._genesis != genesis:
            raise OtherChain(
                f"{self.name} serves another chain: its first block is {to_hex(self._genesis)}",
                "name nodes of one chain only",
            )

    # --- blocks -----------------------------------------------------------------------------------

    def look(self, cursor: int, ahead: int) -> Look:
        """The head, the block `cursor` and up to `ahead` blocks after it, in one exchange."""
        tags = ["latest", "safe", "finalized"]
        numbers = range(cursor, cursor + ahead + 1)
        asked = [(_BLOCK, [at, False]) for at in (*tags, *map(hex, numbers))]
        replies = self._batches.ask(asked)
        latest = _header(replies[0])
        if latest is None:
            raise answers.bad("the newest block", None)
        marks = [_tagged(reply, latest) for reply in replies[1:3]]
        found = [_header(reply, number) for reply, number in zip(replies[3:], numbers, strict=True)]
        after = [header for header in found[1:] if header is not None]
        if [header.number for header in after] != list(numbers)[1 : len(after) + 1]:
            raise GoneFromChain("the node left out a block between others", _AGAIN)
        return Look(Head(latest, *marks), found[0], after)

    def headers(self, numbers: Sequence[int]) -> dict[int, FullHeader]:
        """Blocks by number; `GoneFromChain` when the chain has become shorter."""
        replies = self._batches.ask([(_BLOCK, [hex(number), False]) for number in numbers])
        found = {}
        for number, reply in zip(numbers, replies, strict=True):
            header = _header(reply, number)
            if header is None:
                raise GoneFromChain(f"the node has no block {number} any more", _AGAIN)
            found[number] = header
        return found

    # --- logs -------------------------------------------------------------------------------------

    def logs_of(self, blocks: Sequence[FullHeader], addresses: Sequence[str]) -> list[Log]:
        """What these contracts said in exactly these blocks."""
        asked: list[Question] = [
            (_LOGS, [{"address": part, "blockHash": to_hex(block.hash)}])
            for block in blocks
            for part in _parts(addresses)
        ]
        found: list[Log] = []
        for reply in self._batches.ask(asked):
            if isinstance(reply, RpcRefused) and _NO_SUCH_BLOCK.search(reply.text):
                raise GoneFromChain(f"the node has a block no more: {reply.text}", _AGAIN)
            found += reading.logs(_result(reply))
        hashes = {block.number: block.hash for block in blocks}
        known = set(addresses)
        for log in found:
            if log.address not in known or hashes.get(log.block_number) != log.block_hash:
                raise answers.bad("a log that was asked for", f"{log.address} {log.block_number}")
        return found

    def logs_between(self, first: int, last: int, addresses: Sequence[str]) -> list[Log]:
        """What these contracts said in these blocks, which are too deep to change.

        A node that refuses the question even for one block is asked for that block's receipts.
        """
        found: list[Log] = []
        low = first
        while low <= last:
            high = min(last, low + self.blocks.size - 1)
            try:
                found += self._some_logs(low, high, addresses)
            except (RpcRefused, TooLong) as error:
                self.blocks.refused(high - low + 1, error.message)
                if low < high:
                    continue
                found += self._by_receipts(low, addresses)
            except (NodeDown, BadAnswer):
                self.blocks.refused(high - low + 1)
                raise
            low = high + 1
        return found

    def _some_logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Log]:
        span = {"fromBlock": hex(first), "toBlock": hex(last)}
        began = time.monotonic()
        asked: list[Question] = [(_LOGS, [{"address": part, **span}]) for part in _parts(addresses)]
        found: list[Log] = []
        for reply in self._batches.ask(asked):
            found += reading.logs(_result(reply))
        self.blocks.took(last - first + 1, len(found), time.monotonic() - began)
        known = set(addresses)
        for log in found:
            if log.address not in known or not first <= log.block_number <= last:
                raise answers.bad("a log that was asked for", f"{log.address} {log.block_number}")
        return found

    def _by_receipts(self, number: int, addresses: Sequence[str]) -> list[Log]:
        header = self.headers([number])[number]
        return self.proven([header], addresses)[number]

    def proven(
        self, blocks: Sequence[FullHeader], addresses: Iterable[str] | None = None
    ) -> dict[int, list[Log]]:
        """What these contracts said in these blocks, or what all did, by receipts whose root their
        headers name."""
        ours = None if addresses is None else in_small_letters(addresses)
        found: dict[int, list[Log]] = {}
        while len(found) < len(blocks):
            found |= self.some_proven(blocks[len(found) :], ours)
        return found

    def some_proven(
        self, blocks: Sequence[FullHeader], ours: Mapping[str, Address] | None
    ) -> dict[int, list[Log]]:
        """As `proven`, of the first of these blocks: as many as it takes at a time."""
        part = blocks[: self._receipts.size]
        began = time.monotonic()
        replies = self._batches.ask([(_RECEIPTS, [hex(block.number)]) for block in part])
        found: dict[int, list[Log]] = {}
        amount = 0
        for block, reply in zip(part, replies, strict=True):
            receipts = self._receipts_of(block, reply)
            amount += memoryview(receipts).nbytes
            logs = proving.proven(receipts, block, ours)
            if logs is None:
                raise GoneFromChain(f"the node has no receipts of block {block.number}", _AGAIN)
            found[block.number] = logs
        self._receipts.took(len(part), amount, time.monotonic() - began)
        return found

    def _receipts_of(self, block: FullHeader, reply: Reply) -> "reading.Raw":
        """One by one from a node that does not give the receipts of a whole block at once."""
        if not isinstance(reply, RpcRefused):
            return reply
        shown = self._batches.ask([("eth_getBlockByHash", [to_hex(block.hash), False])])[0]
        found = reading.mapping(_result(shown), "a block")
        if found is None:
            raise GoneFromChain(f"the node has block {block.number} no more", _AGAIN)
        hashes = answers.entries(found.get("transactions"), "a block's transactions")
        replies = self._batches.ask([("eth_getTransactionReceipt", [each]) for each in hashes])
        return b"[" + b",".join(bytes(_result(each)) for each in replies) + b"]"

    # --- tokens -----------------------------------------------------------------------------------

    def asset(self, address: str, block_number: int) -> Asset:
        """What a token says of itself; ETH is known."""
        if address == ETH:
            return Asset(address, block_number, "ETH", 18)
        decimals = self._said(address, _DECIMALS)
        number = int.from_bytes(decimals) if len(decimals) == _WORD else None
        known = number if number is not None and number <= _MOST_DECIMALS else None
        return Asset(address, block_number, self._symbol(address), known)

    def _symbol(self, address: str) -> str | None:
        """Text, or the 32 bytes that some old tokens answer."""
        data = self._said(address, _SYMBOL)
        if len(data) == _WORD:
            text = data.rstrip(b"\0").decode("utf-8", "replace")
        else:
            try:
                text = load("TestDollar").function("symbol", 0).decode_output(data)
            except BadAnswer:
                return None
        printable = "".join(letter for letter in readable(text) if letter.isprintable())
        return printable[:_LONGEST_SYMBOL] or None

    def _said(self, address: str, selector: bytes) -> bytes:
        """A token's answer; nothing where it refuses. A token may be anything at all."""
        try:
            return self.client.call(Transaction(Address(address), selector, label="a token's name"))
        except (RpcRefused, Reverted):
            return b""


def in_small_letters(addresses: Iterable[str]) -> dict[str, Address]:
    """Addresses as nodes write them, with how we do."""
    return {address.lower(): Address(address) for address in addresses}


def _parts(addresses: Sequence[str]) -> list[list[str]]:
    """Nodes limit how many addresses one question may name."""
    return [
        list(addresses[at : at + _MOST_ADDRESSES])
        for at in range(0, len(addresses), _MOST_ADDRESSES)
    ]


def _result(reply: Reply) -> "reading.Raw":
    if isinstance(reply, RpcRefused):
        raise reply
    return reply


def _header(reply: Reply, number: int | None = None) -> FullHeader | None:
    found = reading.mapping(_result(reply), "a block")
    if found is None:
        return None
    header = headers.read(found)
    if number is not None and header.number != number:
        raise answers.bad(f"block {number}", header.number)
    return header


def _tagged(reply: Reply, latest: FullHeader) -> FullHeader | None:
    """A node that knows no finality vouches for nothing."""
    try:
        found = _header(reply)
    except (RpcRefused, NotKept):
        return None
    return found if found is not None and found.number <= latest.number else None
