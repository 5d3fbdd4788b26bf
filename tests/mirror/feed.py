# SPDX-License-Identifier: AGPL-3.0-only
"""A mirror filled from the in-process EVM: real contracts, real events, no node.

    evm = Chronicle()
    coop = Coop(evm)                            # or any other bench of tests/contracts
    ... calls ...
    store = mirrored(evm, coop.hub, coop.identity, database(tmp_path))
    with store.connect(...) as db: ...

Blocks have made-up hashes, each the child of the one before; logs are numbered within a block, as
on a chain. `Feed` may be told of more blocks later, as a mirror that follows is.
"""

from dataclasses import dataclass
from typing import Any

from millpond.chain.answers import NO_ADDRESS, Address, Log
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex
from millpond.mirror.decoding import Mined
from millpond.mirror.store import Asset, Batch, Cursor, Header, Store, Subject
from millpond.mirror.stores import Place
from millpond.mirror.sync import KEEP, decode, parts_in
from tests.contracts.evm import CHAIN_ID, Contract, Evm, address_of


@dataclass
class Block:
    """One second of the in-process chain and what was said in it."""

    number: int
    timestamp: int
    logs: list[tuple[str, list[bytes], bytes, int]]
    """Address, topics, data and the number of the transaction."""


class Chronicle(Evm):
    """An EVM that keeps every log it has seen, by block."""

    def __init__(self, chain_id: int = CHAIN_ID) -> None:
        self.blocks: list[Block] = []
        self.transactions = 0
        super().__init__(chain_id)

    def warp(self, seconds: int) -> None:
        """As of Evm; a new block."""
        super().warp(seconds)
        self.blocks.append(Block(self._block, self.now, []))

    def _record(self) -> None:
        super()._record()
        self.transactions += 1
        result = self._vm.result
        assert result is not None
        for log in result.logs:
            topics, data = log.data
            entry = (str(log.address), [bytes(t) for t in topics], bytes(data), self.transactions)
            self.blocks[-1].logs.append(entry)


class Feed:
    """A store that is told of a chronicle's blocks."""

    def __init__(self, evm: Chronicle, hub: Contract, identity: Any, place: Place) -> None:
        self.evm = evm
        self.hub = hub.address
        self.store = Store(place)
        subject = Subject(evm.chain_id, hash_of(0), self.hub, address_of(identity), 1)
        self.store.begin(subject, Header(0, hash_of(0), hash_of(-1), evm.blocks[0].timestamp))

    def tell(self, warp: bool = True) -> Cursor:
        """Everything that has happened since the last time; a new block begins behind it, unless
        another feed of the same chronicle has just been told."""
        was = self.store.cursor()
        if warp:
            self.evm.warp(0)
        new = [block for block in self.evm.blocks[:-1] if block.number > was.block_number]
        logs = [log for block in new for log in _logs(block)]
        mined = decode(*self._ours(logs))
        headers = [
            Header(b.number, hash_of(b.number), hash_of(b.number - 1), b.timestamp) for b in new
        ]
        last = headers[-1]
        now = Cursor(last.number, last.hash, last.timestamp, last.number, max(0, last.number - 2))
        self.store.apply(Batch(headers, mined, self._assets(mined)), was, now, KEEP)
        return now

    def _ours(self, logs: list[Log]) -> tuple[list[Log], dict[str, str]]:
        known = self.store.contracts() | parts_in(logs, self.hub)
        return [log for log in logs if log.address in known], known

    def _assets(self, mined: Mined) -> list[Asset]:
        known = self.store.assets()
        named = sorted(mined.assets.items())
        return [self._asset(address, block) for address, block in named if address not in known]

    def _asset(self, address: str, block_number: int) -> Asset:
        if address == NO_ADDRESS:
            return Asset(address, block_number, "ETH", 18)
        token = self.evm.at("TestDollar", address)
        return Asset(address, block_number, token.symbol(), token.decimals())


def mirrored(evm: Chronicle, hub: Contract, identity: Any, place: Place) -> Store:
    """A store that knows all that has happened."""
    feed = Feed(evm, hub, identity, place)
    feed.tell()
    return feed.store


def hash_of(number: int) -> str:
    """The made-up hash of a block."""
    return to_hex(keccak256(f"block {number}".encode()))


def _logs(block: Block) -> list[Log]:
    return [
        Log(
            address=Address(address),
            topics=tuple(topics),
            data=data,
            block_number=block.number,
            block_hash=bytes.fromhex(hash_of(block.number)[2:]),
            index=index,
            transaction_hash=keccak256(f"transaction {transaction}".encode()),
        )
        for index, (address, topics, data, transaction) in enumerate(block.logs)
    ]
