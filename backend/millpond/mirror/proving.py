# SPDX-License-Identifier: AGPL-3.0-only
"""The receipts of thousands of blocks, held against their headers, and the logs in them.

This is `chain.receipts` for a backfill: receipts stay the hex that the node sent, are put together
as hex, and become bytes once. A receipt of a kind that is not usual goes the long way there.

Logs are cut out of the bytes that were proven, not out of what the node sent: so no letter in the
reply, wherever it stands, can lend its bytes to another field. Block, running number and place
follow from the order, which the root binds. Of the transaction's hash the node's word is taken, if
it says the same twice.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count
from struct import Struct
from typing import Annotated, NamedTuple

import msgspec

from millpond.chain import answers
from millpond.chain.answers import Address, Log
from millpond.chain.headers import FullHeader
from millpond.chain.receipts import proven_logs
from millpond.chain.rlp import bad_proof, head
from millpond.chain.trie import list_root
from millpond.mirror import reading
from millpond.mirror.batches import read
from millpond.mirror.reading import Raw, WireAddress, WireTopics, WireWord, entries, word

_USUAL_TYPES = {"0x0": "", "0x1": "01", "0x2": "02", "0x3": "03", "0x4": "04"}
_OUTCOMES: dict[str | None, str] = {"0x0": "80", "0x1": "01"}
_STRING, _LIST = 0x80, 0xC0
_ADDRESS, _TOPIC = 21, 33
"""Bytes of each as they are encoded, with their heads."""
_ONE_BYTE, _TWO_LETTERS = 4, 2
"""Letters of one byte, with 0x and without."""
_topics = [Struct("x32s" * amount).unpack_from for amount in range(5)]
_new = tuple.__new__


class WireEntry(msgspec.Struct, gc=False):
    """What of a log in a receipt does not follow from its place."""

    address: WireAddress
    topics: WireTopics
    data: str
    transactionHash: WireWord  # noqa: N815  the node's spelling


class WireReceipt(msgspec.Struct, gc=False):
    """A receipt as a node sends it."""

    cumulativeGasUsed: str  # noqa: N815  the node's spelling
    logsBloom: Annotated[str, msgspec.Meta(min_length=514, max_length=514)]  # noqa: N815
    logs: list[WireEntry]
    transactionHash: WireWord  # noqa: N815
    blockHash: WireWord  # noqa: N815
    type: str = "0x0"
    status: str | None = None


class _Frame(NamedTuple):
    """What stands around address, topics and data of a log, in hex, and where they are in it."""

    head: str
    middle: str
    tail: str
    topics_at: int
    data_at: int
    size: int


_receipts: "msgspec.json.Decoder[list[WireReceipt] | None]" = msgspec.json.Decoder(
    list[WireReceipt] | None
)


def proven(
    data: Raw, header: FullHeader, ours: Mapping[str, Address] | None = None
) -> list[Log] | None:
    """The logs of a block in their order, once its receipts have the root of its header; None where
    the node has no receipts of this very block. With `ours` (addresses in small letters, and as we
    write them) only the logs of these contracts."""
    receipts = read(data, _receipts, "receipts")
    if receipts is None or any(word(each.blockHash) != header.hash for each in receipts[:1]):
        return None
    if any(r.type not in _USUAL_TYPES or r.status not in _OUTCOMES for r in receipts):
        logs = proven_logs(entries(data, "receipts"), header)
        return [log for log in logs if ours is None or log.address.lower() in ours]
    encoded = [_octets(each) for each in receipts]
    if list_root(encoded) != header.receipts_root:
        raise bad_proof(f"the receipts are not those of block {header.number}")
    return _cut_out(receipts, encoded, header, ours)


def _octets(receipt: WireReceipt) -> bytes:
    """One receipt as consensus has it."""
    logs = "".join([_log(entry) for entry in receipt.logs])
    gas = _number(receipt.cumulativeGasUsed)
    body = (
        f"{_OUTCOMES[receipt.status]}{gas}b90100{receipt.logsBloom[2:]}"
        f"{_head(len(logs) // 2, _LIST)}{logs}"
    )
    text = f"{_USUAL_TYPES[receipt.type]}{_head(len(body) // 2, _LIST)}{body}"
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if 2 * len(found) != len(text):  # fromhex passes over blanks
        raise bad_proof("a receipt is not written in hex")
    return found


def _log(entry: WireEntry) -> str:
    frame = _frame(len(entry.topics), _length(entry.data))
    # the "0x" of a topic takes as much room as the mark of 32 bytes
    topics = "".join(entry.topics).replace("0x", "a0")
    return f"{frame.head}{entry.address[2:]}{frame.middle}{topics}{frame.tail}{entry.data[2:]}"


def _length(data: str) -> int:
    """Letters; of a single byte that stands for itself, without a head, none."""
    length = len(data)
    return length if length != _ONE_BYTE or data[2] > "7" else 0


@lru_cache(maxsize=1 << 12)
def _frame(topics: int, letters: int) -> _Frame:
    size = letters // 2 - 1 if letters else 1
    if letters % 2 or size < 0:
        raise answers.bad("a log's data, in letters", letters)
    tail = _head(size, _STRING) if letters else ""
    middle = _head(topics * _TOPIC, _LIST)
    topics_at = _ADDRESS + len(middle) // 2
    data_at = topics_at + topics * _TOPIC + len(tail) // 2
    head = _head(data_at + size, _LIST)
    before = len(head) // 2
    places = (topics_at + before, data_at + before, data_at + before + size)
    return _Frame(f"{head}94", middle, tail, *places)


def _cut_out(
    receipts: Sequence[WireReceipt],
    encoded: Sequence[bytes],
    header: FullHeader,
    ours: Mapping[str, Address] | None,
) -> list[Log]:
    """The logs, out of the bytes that were proven: they are the last in each receipt."""
    number, block = header.number, header.hash
    found: list[Log] = []
    running = count()
    for receipt, octets in zip(receipts, encoded, strict=True):
        frames = [_frame(len(entry.topics), _length(entry.data)) for entry in receipt.logs]
        at = len(octets) - sum([frame.size for frame in frames])
        transaction = word(receipt.transactionHash)
        for entry, (_, _, _, topics_at, data_at, size), index in zip(
            receipt.logs, frames, running, strict=False
        ):
            where = _known(entry.address, ours)
            if where is not None:
                if entry.transactionHash != receipt.transactionHash:
                    raise bad_proof(f"a log of block {number} is said to be of two transactions")
                topics = _topics[len(entry.topics)](octets, at + topics_at)
                data = octets[at + data_at : at + size]
                fields = (where, topics, data, number, block, index, transaction)
                found.append(_new(Log, fields))
            at += size
    return found


def _known(address: str, ours: Mapping[str, Address] | None) -> Address | None:
    if ours is None:
        return reading.address(address)
    return ours.get(address) or ours.get(address.lower())


def _number(quantity: str) -> str:
    digits = answers.quantity(quantity, "a receipt's gas")
    whole = digits.to_bytes((digits.bit_length() + 7) // 8).hex()
    if len(whole) == _TWO_LETTERS and digits < _STRING:
        return whole
    return f"{_head(len(whole) // 2, _STRING)}{whole}"


@lru_cache(maxsize=1 << 14)
def _head(length: int, base: int) -> str:
    return head(length, base).hex()
