# SPDX-License-Identifier: AGPL-3.0-only
"""Blocks made up for tests: headers of every fork and receipts of every type.

Each is made twice: as a node tells it, and by another implementation, which gives the hashes.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from eth.db.trie import make_trie_root_and_nodes
from eth.rlp.headers import BlockHeader as OldHeader
from eth.rlp.logs import Log as TheirLog
from eth.rlp.receipts import Receipt as OldReceipt
from eth.vm.forks.cancun.blocks import CancunBlockHeader
from eth.vm.forks.london.blocks import LondonBlockHeader
from eth.vm.forks.prague.blocks import PragueBlockHeader
from eth.vm.forks.prague.receipts import PragueTypedReceipt
from eth.vm.forks.shanghai.blocks import ShanghaiBlockHeader

from millpond.chain import headers
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex

Json = dict[str, Any]
FORKS = (OldHeader, LondonBlockHeader, ShanghaiBlockHeader, CancunBlockHeader, PragueBlockHeader)
NAMES = {
    "parent_hash": "parentHash",
    "uncles_hash": "sha3Uncles",
    "coinbase": "miner",
    "state_root": "stateRoot",
    "transaction_root": "transactionsRoot",
    "receipt_root": "receiptsRoot",
    "bloom": "logsBloom",
    "difficulty": "difficulty",
    "block_number": "number",
    "gas_limit": "gasLimit",
    "gas_used": "gasUsed",
    "timestamp": "timestamp",
    "extra_data": "extraData",
    "mix_hash": "mixHash",
    "nonce": "nonce",
    "base_fee_per_gas": "baseFeePerGas",
    "withdrawals_root": "withdrawalsRoot",
    "blob_gas_used": "blobGasUsed",
    "excess_blob_gas": "excessBlobGas",
    "parent_beacon_block_root": "parentBeaconBlockRoot",
    "requests_hash": "requestsHash",
}
KINDS = (0, 1, 2, 3, 4)


def told_header(fork: Any, **given: Any) -> Json:
    """A header of a fork with something in each field, as a node tells it."""
    chance = random.Random(fork.__name__)  # noqa: S311  not for keys
    fields = {name: _filled(name, chance) for name, _ in fork._meta.fields} | given  # noqa: SLF001
    made = fork(**fields)
    told = {NAMES[name]: _told(name, value) for name, value in fields.items()}
    return told | {"hash": to_hex(made.hash), "uncles": [], "size": "0x1", "transactions": []}


def _filled(name: str, chance: random.Random) -> object:
    if name == "bloom":
        return chance.getrandbits(2048)
    if name in ("coinbase", "nonce", "extra_data"):
        return chance.randbytes({"coinbase": 20, "nonce": 8, "extra_data": 11}[name])
    if name.endswith(("_hash", "_root")):
        return chance.randbytes(32)
    return chance.choice([0, 1, chance.getrandbits(40)])


def _told(name: str, value: Any) -> str:
    if name == "bloom":
        return to_hex(value.to_bytes(256))
    return hex(value) if isinstance(value, int) else to_hex(value)


def told_block(chance: random.Random, kinds: tuple[int, ...]) -> tuple[list[Json], list[Any]]:
    """Receipts of these types as a node tells them, and as another implementation has them."""
    told: list[Json] = []
    made, gas, index = [], 0, 0
    for place, kind in enumerate(kinds):
        gas += chance.randrange(21_000, 10**6)
        outcome = chance.choice([b"", b"\1"]) if kind else chance.randbytes(32)
        logs = [_log(chance) for _ in range(chance.choice([0, 0, 1, 3]))]
        bloom = int.from_bytes(_their_bloom(logs))
        theirs = OldReceipt(outcome, gas, [TheirLog(*each) for each in logs], bloom)
        made.append(PragueTypedReceipt(kind, theirs) if kind else theirs)
        receipt: Json = {
            "type": hex(kind),
            "cumulativeGasUsed": hex(gas),
            "transactionHash": to_hex(keccak256(b"transaction %d" % place)),
            "transactionIndex": hex(place),
            **({"status": hex(len(outcome))} if kind else {"root": to_hex(outcome)}),
        }
        receipt["logs"] = [
            {
                "address": to_hex(address),
                "topics": [to_hex(topic.to_bytes(32)) for topic in topics],
                "data": to_hex(data),
                "logIndex": hex(index + number),
                "transactionHash": receipt["transactionHash"],
            }
            for number, (address, topics, data) in enumerate(logs)
        ]
        index += len(logs)
        told.append(receipt)
    return told, made


def _log(chance: random.Random) -> Any:
    topics = [chance.getrandbits(256) for _ in range(chance.randrange(5))]
    return chance.randbytes(20), topics, chance.randbytes(chance.choice([0, 32, 100]))


def _their_bloom(logs: list[Any]) -> bytes:
    made = OldReceipt(b"\1", 1, [TheirLog(*each) for each in logs])
    return bytes(int(made.bloom_filter).to_bytes(256)) if logs else bytes(256)


def sealed(told: list[Json], made: list[Any]) -> headers.FullHeader:
    """The header over these receipts; the receipts then say which block they are of."""
    root, _ = make_trie_root_and_nodes(tuple(made))
    bloom = 0
    for receipt in made:
        bloom |= receipt.bloom
    header = headers.read(told_header(PragueBlockHeader, receipt_root=root, bloom=bloom))
    place = {"blockNumber": hex(header.number), "blockHash": to_hex(header.hash)}
    for receipt in told:
        receipt["logs"] = [each | place for each in receipt["logs"]]
    return header


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value that is no list or object."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inside:
        if isinstance(each, dict | list):
            yield from paths(each, (*path, key))
        else:
            yield (*path, key)


def at(value: Any, path: Sequence[Any]) -> Any:
    """What stands at the end of a way."""
    for step in path:
        value = value[step]
    return value
