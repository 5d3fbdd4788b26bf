# SPDX-License-Identifier: AGPL-3.0-only
"""The story in blocks, as a node would tell of them: whole headers that hash to their hashes, true
blooms and receipts roots, transactions, receipts and logs, all as JSON that lies ready.

    plan = Plan(events=200_000, blocks=2_000)
    write(plan, folder)         once; some seconds for each 100,000 events
    `node.py` serves them: files mapped into memory, and their indexes

In every block there is a foreign transaction, too, with logs that are none of ours. Two things are
made up and bound to nothing: the root of the state and the root of the transactions.
"""

import json
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bench.mirror.said import Entry
from bench.mirror.story import Posting, Teller, Transaction, address, contracts, word
from millpond.chain.headers import bloom_mask
from millpond.chain.rlp import Item, encode, whole
from millpond.chain.trie import EMPTY_ROOT, list_root
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex

CHAIN_ID = 1337
GENESIS_TIME = 1_700_000_000
TAIL = 70
"""Blocks behind the story, deeper than ponder's idea of finality for any chain: it may take all of
it as history."""
_SPACING = 600
_GAS = 60_000
_FORM = 2
"""Counted up when the files change their form."""
_FOREIGN, _TRANSFER = address("foreign token"), keccak256(b"Transfer(address,address,uint256)")
BLOBS = ("blocks", "transactions", "receipts", "logs")
INDEXES = (
    *("block_at", "block_transaction", "block_log", "block_foreign"),
    *("transaction_at", "receipt_at", "transaction_log", "log_at", "log_kind"),
)


@dataclass(frozen=True)
class Plan:
    """A chain to be made. In a sparse one every other block has nothing of ours."""

    events: int
    blocks: int
    sparse: bool = False

    @property
    def name(self) -> str:
        """Of its folder."""
        return f"{self.events}-in-{self.blocks}"


def write(plan: Plan, folder: Path, posting: Posting | None = None) -> None:
    """Make the chain, unless the folder has it already."""
    made = folder / "chain.json"
    said = {"form": _FORM, "plan": asdict(plan), "posting": repr(posting)}
    if made.exists() and json.loads(made.read_text("utf-8"))["made_of"] == said:
        return
    folder.mkdir(parents=True, exist_ok=True)
    made.unlink(missing_ok=True)
    writer = _Writer(folder)
    for transactions, foreign, timestamp in _blocks(plan, posting):
        writer.block(transactions, foreign, timestamp)
    about = writer.close()
    made.write_text(json.dumps({"made_of": said, **about}) + "\n", "utf-8")


def _blocks(plan: Plan, posting: Posting | None) -> Iterator[tuple[list[Transaction], int, int]]:
    """What is in each block: ours, how many foreign logs, and its time."""
    teller = Teller(posting)
    coming = teller.transactions()
    busy = plan.blocks // 2 if plan.sparse else plan.blocks
    told = 0
    yield [], 0, GENESIS_TIME
    for number in range(1, plan.blocks + TAIL + 1):
        teller.now = GENESIS_TIME + number * _SPACING
        ours: list[Transaction] = []
        if number <= plan.blocks and not (plan.sparse and number % 2):
            turn = number // 2 if plan.sparse else number
            while told * busy < plan.events * turn:
                ours.append(next(coming))
                told += len(ours[-1])
        yield ours, 2, teller.now


class _Writer:
    """Appends blocks to the files and remembers where each thing begins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, BinaryIO] = {n: (folder / f"{n}.json").open("wb") for n in BLOBS}
        self._index = {name: array("Q") for name in INDEXES}
        self._kinds: dict[tuple[bytes, bytes], int] = {}
        self._hashes: list[str] = []
        self._ours = contracts()
        self._events = 0
        self._parent = bytes(32)

    def block(self, ours: list[Transaction], foreign: int, timestamp: int) -> None:
        """The next block."""
        number = len(self._hashes)
        own = [_foreign(number, at) for at in range(foreign)]
        transactions = [*ours, *([own] if own else [])]
        header = self._header(number, transactions, timestamp)
        encoded = encode([_encoded(value) for value in header.values()])
        digest = keccak256(encoded)
        self._mark("block_at", "blocks")
        self._index["block_transaction"].append(len(self._index["transaction_at"]))
        self._index["block_log"].append(len(self._index["log_at"]))
        self._index["block_foreign"].append(len(self._index["log_at"]) + sum(map(len, ours)))
        told = {name: _told(value) for name, value in header.items()}
        told |= {"hash": to_hex(digest), "size": hex(len(encoded)), "totalDifficulty": "0x0"}
        whole: dict[str, object] = told | {"uncles": [], "withdrawals": []}
        self._files["blocks"].write(json.dumps(whole)[:-1].encode())
        place = f'"blockHash":"{to_hex(digest)}","blockNumber":"{hex(number)}"'
        index = 0
        for at, transaction in enumerate(transactions):
            self._transaction(number, at, transaction, place, index)
            index += len(transaction)
        self._events += sum(map(len, ours))
        self._hashes.append(to_hex(digest))
        self._parent = digest

    def _header(self, number: int, all_of: list[Transaction], timestamp: int) -> dict[str, Any]:
        """In the order in which the fields are hashed."""
        bloom, receipts = 0, []
        for at, transaction in enumerate(all_of):
            own = _bloom(transaction)
            bloom |= own
            receipts.append(_receipt(at, own, transaction))
        return {
            "parentHash": self._parent,
            "sha3Uncles": keccak256(b"\xc0"),
            "miner": address("proposer", number % 50),
            "stateRoot": word("state", number),
            "transactionsRoot": word("transactions", number) if all_of else EMPTY_ROOT,
            "receiptsRoot": list_root(receipts),
            "logsBloom": bloom.to_bytes(256),
            "difficulty": 0,
            "number": number,
            "gasLimit": 60_000_000,
            "gasUsed": _GAS * len(all_of),
            "timestamp": timestamp,
            "extraData": b"",
            "mixHash": word("random", number),
            "nonce": bytes(8),
            "baseFeePerGas": 10**9,
            "withdrawalsRoot": EMPTY_ROOT,
            "blobGasUsed": 0,
            "excessBlobGas": 0,
            "parentBeaconBlockRoot": word("beacon", number),
            "requestsHash": word("requests"),
        }

    def _transaction(
        self, number: int, at: int, entries: Transaction, place: str, index: int
    ) -> None:
        self._mark("transaction_at", "transactions")
        self._mark("receipt_at", "receipts")
        self._index["transaction_log"].append(len(self._index["log_at"]))
        digest, sender = to_hex(word("transaction", number, at)), to_hex(address("sender", at))
        to = to_hex(entries[0].address)
        about = f'"from":"{sender}","to":"{to}","transactionIndex":"{hex(at)}","type":"0x2"'
        self._files["transactions"].write(_transaction_json(about, place, digest, number).encode())
        bloom = _bloom(entries).to_bytes(256)
        self._files["receipts"].write(
            f'{{{about},{place},"transactionHash":"{digest}","status":"0x1","gasUsed":"{hex(_GAS)}",'
            f'"cumulativeGasUsed":"{hex(_GAS * (at + 1))}","effectiveGasPrice":"0x3b9aca07",'
            f'"contractAddress":null,"logsBloom":"{to_hex(bloom)}","logs":['.encode()
        )
        where = f'{place},"transactionHash":"{digest}","transactionIndex":"{hex(at)}"'
        for entry in entries:
            self._log(entry, where, index)
            index += 1

    def _log(self, entry: Entry, where: str, index: int) -> None:
        self._mark("log_at", "logs")
        kind = (entry.address, entry.topics[0])
        self._index["log_kind"].append(self._kinds.setdefault(kind, len(self._kinds)))
        topics = '","'.join(map(to_hex, entry.topics))
        self._files["logs"].write(
            f'{{"address":"{to_hex(entry.address)}","topics":["{topics}"],"data":"{to_hex(entry.data)}",'
            f'{where},"logIndex":"{hex(index)}","removed":false}},'.encode()
        )

    def _mark(self, index: str, blob: str) -> None:
        self._index[index].append(self._files[blob].tell())

    def close(self) -> dict[str, Any]:
        """Write the indexes, each with its end, and tell of the whole."""
        ends = {
            "block_at": self._files["blocks"].tell(),
            "transaction_at": self._files["transactions"].tell(),
            "receipt_at": self._files["receipts"].tell(),
            "log_at": self._files["logs"].tell(),
            "block_transaction": len(self._index["transaction_at"]),
            "block_log": len(self._index["log_at"]),
            "transaction_log": len(self._index["log_at"]),
        }
        for file in self._files.values():
            file.close()
        for name, values in self._index.items():
            if name in ends:
                values.append(ends[name])
            (self._folder / f"{name}.index").write_bytes(values.tobytes())
        kinds = [[to_hex(where), to_hex(topic)] for where, topic in self._kinds]
        return {"events": self._events, "hashes": self._hashes, "kinds": kinds}


def _foreign(number: int, at: int) -> Entry:
    """A log that is none of ours."""
    people = [bytes(12) + address("stranger", (number + at + n) % 1_000) for n in range(2)]
    return Entry(_FOREIGN, (_TRANSFER, *people), (10**18 + number).to_bytes(32))


def _bloom(entries: Transaction) -> int:
    bloom = 0
    for entry in entries:
        bloom |= bloom_mask(entry.address)
        for topic in entry.topics:
            bloom |= bloom_mask(topic)
    return bloom


def _receipt(at: int, bloom: int, entries: Transaction) -> bytes:
    """As consensus hashes it."""
    logs: list[Item] = [[entry.address, list(entry.topics), entry.data] for entry in entries]
    return b"\x02" + encode([b"\x01", whole(_GAS * (at + 1)), bloom.to_bytes(256), logs])


def _encoded(value: bytes | int) -> bytes:
    return whole(value) if isinstance(value, int) else value


def _told(value: bytes | int) -> str:
    return hex(value) if isinstance(value, int) else to_hex(value)


def _transaction_json(about: str, place: str, digest: str, number: int) -> str:
    """A whole one: an indexer that keeps transactions reads all of it."""
    signed = (
        f'"r":"{to_hex(word(digest, 1))}","s":"{to_hex(word(digest, 2))}","v":"0x1","yParity":"0x1"'
    )
    return (
        f'{{{about},{place},"hash":"{digest}","chainId":"{hex(CHAIN_ID)}","nonce":"{hex(number)}",'
        f'"gas":"{hex(2 * _GAS)}","gasPrice":"0x3b9aca07","maxFeePerGas":"0x77359400",'
        f'"maxPriorityFeePerGas":"0x7","value":"0x0","input":"0x{digest[2:] * 4}",'
        f'"accessList":[],{signed}}},'
    )
