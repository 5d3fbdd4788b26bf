# SPDX-License-Identifier: AGPL-3.0-only
"""What the mirror asks of a node. Every answer is read strictly; none is taken on trust alone.

Near the head logs are asked for by the hash of their block: a node that does not have that very
block says so, where a question by number would get an empty list.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from millpond.chain import answers
from millpond.chain.abi import load
from millpond.chain.answers import Address, BadAnswer, Block, Log, NotKept
from millpond.chain.client import Client, Transaction
from millpond.chain.contracts import Contract
from millpond.chain.rpc import RpcRefused
from millpond.core.canonical import keccak256
from millpond.core.errors import ChainError, Reverted
from millpond.core.subjects import to_hex
from millpond.mirror.store import Asset, Header
from millpond.mirror.words import readable

ETH = answers.NO_ADDRESS
_LONGEST_SYMBOL = 32
_MOST_DECIMALS = 255
_DECIMALS = keccak256(b"decimals()")[:4]
_SYMBOL = keccak256(b"symbol()")[:4]
_WORD = 32


class GoneFromChain(ChainError):
    """A block that was on the chain a moment ago is not any more: look again."""


@dataclass(frozen=True)
class Head:
    """The newest block, and what the node says will not change any more."""

    latest: Header
    safe: int
    finalized: int


class Source:
    """One node, for one step after the other."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def identity_of(self, hub: str) -> Address:
        """The registry of identities of a Hub."""
        found = Contract(self.client, "Hub", hub)
        found.require_deployed()
        return Address(found.identity())

    def head(self) -> Head:
        """Where the chain is; a node that knows no finality vouches for block 0 only."""
        latest = _header(self.client.block())
        return Head(latest, self._tagged("safe", latest), self._tagged("finalized", latest))

    def _tagged(self, tag: str, latest: Header) -> int:
        try:
            return min(self.client.block(tag).number, latest.number)
        except (RpcRefused, NotKept):
            return 0

    def header(self, number: int) -> Header:
        """A block by number; `GoneFromChain` when the chain has become shorter."""
        found = self.client.rpc.ask("eth_getBlockByNumber", [hex(number), False])
        if found is None:
            raise GoneFromChain(f"the node has no block {number} any more", "look again")
        block = answers.block(found)
        if block.number != number:
            raise answers.bad(f"block {number}", block.number)
        return _header(block)

    def logs_of(self, header: Header, addresses: Sequence[str]) -> list[Log]:
        """What these contracts said in exactly this block."""
        question: dict[str, object] = {"address": list(addresses), "blockHash": header.hash}
        try:
            return self._logs(question, {header.number: header})
        except RpcRefused as error:
            raise GoneFromChain(
                f"the node has block {header.number} ({header.hash}) no more", error.next_step
            ) from error

    def logs_between(
        self, first: int, last: int, addresses: Sequence[str], topics: Sequence[bytes] = ()
    ) -> list[Log]:
        """What these contracts said in these blocks, which are too deep to change."""
        question: dict[str, object] = {"address": list(addresses)}
        if topics:
            question["topics"] = [[to_hex(topic) for topic in topics]]
        found: list[Log] = []
        low, size = first, self.client.limits.log_blocks
        while low <= last:
            high = min(last, low + size - 1)
            span = {"fromBlock": hex(low), "toBlock": hex(high)}
            try:
                found += self._logs(question | span, {}, low, high)
            except RpcRefused:
                # a node that limits its answers is asked for fewer blocks at a time
                if low == high:
                    raise
                size = max(1, (high - low + 1) // 4)
                continue
            low = high + 1
        return found

    def _logs(
        self,
        question: dict[str, object],
        headers: dict[int, Header],
        first: int = 0,
        last: int | None = None,
    ) -> list[Log]:
        """The answer, held against what was asked: no foreign, doubled or misplaced log."""
        found = answers.entries(self.client.rpc.ask("eth_getLogs", [question]), "logs")
        logs = sorted(map(answers.log, found), key=lambda log: (log.block_number, log.index))
        places = [(log.block_number, log.index) for log in logs]
        asked = set(question["address"]) if isinstance(question["address"], list) else set()
        if len(set(places)) != len(places):
            raise answers.bad("one log at each place", places)
        for log in logs:
            header = headers.get(log.block_number)
            inside = header is not None if headers else first <= log.block_number <= (last or 0)
            if log.address not in asked or not inside:
                raise answers.bad("a log that was asked for", f"{log.address} {log.block_number}")
            if header is not None and to_hex(log.block_hash) != header.hash:
                raise answers.bad("a log of that block", to_hex(log.block_hash))
        return logs

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


def _header(block: Block) -> Header:
    return Header(block.number, to_hex(block.hash), to_hex(block.parent_hash), block.timestamp)
