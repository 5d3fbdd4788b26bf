# SPDX-License-Identifier: AGPL-3.0-only
"""The receipts of thousands of blocks, held against their headers.

This is `chain.receipts` for a backfill: receipts stay the hex that the node sent, are put together
as hex, and become bytes once. A receipt of a kind that is not usual goes the long way there. That
the fields have their lengths is checked: else one field could lend its bytes to the next.
"""

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from millpond.chain import answers
from millpond.chain.headers import FullHeader
from millpond.chain.receipts import proven_logs
from millpond.chain.rlp import bad_proof
from millpond.chain.trie import list_root
from millpond.mirror.batches import read
from millpond.mirror.reading import Raw, WireLog, entries, word

_ADDRESS, _WORD, _BLOOM = 42, 66, 514
_USUAL_TYPES = {"0x0": "", "0x1": "01", "0x2": "02", "0x3": "03", "0x4": "04"}
_OUTCOMES: dict[str | None, str] = {"0x0": "80", "0x1": "01"}
_SHORT, _STRING, _LIST = 55, 0x80, 0xC0
_TOPICS = ("c0", "e1a0", "f842a0", "f863a0", "f884a0")
"""What stands before the first of so many topics."""
_LENGTHS = [[_WORD] * count for count in range(5)]


class WireReceipt(msgspec.Struct, gc=False):
    """A receipt as a node sends it."""

    cumulativeGasUsed: str  # noqa: N815  the node's spelling
    logsBloom: str  # noqa: N815
    logs: list[WireLog]
    transactionHash: str  # noqa: N815
    transactionIndex: str  # noqa: N815
    blockHash: str  # noqa: N815
    type: str = "0x0"
    status: str | None = None


_receipts: "msgspec.json.Decoder[list[WireReceipt] | None]" = msgspec.json.Decoder(
    list[WireReceipt] | None
)


def proven(data: Raw, header: FullHeader) -> list[WireLog] | None:
    """All logs of a block in their order, once its receipts have the root of its header; None where
    the node has no receipts of this very block."""
    receipts = read(data, _receipts, "receipts")
    if receipts is None or any(word(each.blockHash) != header.hash for each in receipts[:1]):
        return None
    if not _in_place(receipts, header):
        proven_logs(entries(data, "receipts"), header)
    elif _root(receipts) != header.receipts_root:
        raise bad_proof(f"the receipts are not those of block {header.number}")
    return [log for receipt in receipts for log in receipt.logs]


def _root(receipts: Sequence[WireReceipt]) -> bytes:
    texts = [_receipt(each) for each in receipts]
    try:
        if all(map(str.isalnum, texts)):  # fromhex would pass over blanks
            return list_root(list(map(bytes.fromhex, texts)))
    except ValueError:
        pass
    raise bad_proof("a receipt is not written in hex")


def _in_place(receipts: Sequence[WireReceipt], header: FullHeader) -> bool:
    """Whether the receipts are of usual kinds, and what no root binds agrees with their order:
    transaction, block and running number, letter by letter."""
    block, number = "0x" + header.hash.hex(), hex(header.number)
    index = 0
    for position, receipt in enumerate(receipts):
        usual = receipt.type in _USUAL_TYPES and receipt.status in _OUTCOMES
        if not usual or receipt.transactionIndex != hex(position):
            return False
        transaction = receipt.transactionHash
        for log in receipt.logs:
            place = (log.blockHash, log.blockNumber, log.transactionHash, log.logIndex)
            if place != (block, number, transaction, hex(index)) or log.removed:
                return False
            index += 1
    return True


def _receipt(receipt: WireReceipt) -> str:
    """One receipt as consensus has it, in hex."""
    if len(receipt.logsBloom) != _BLOOM:
        raise answers.bad("a receipt's bloom", receipt.logsBloom)
    logs = "".join([_log(log) for log in receipt.logs])
    gas = receipt.cumulativeGasUsed
    body = (
        f"{_OUTCOMES[receipt.status]}{_number(gas)}b90100{receipt.logsBloom[2:]}"
        f"{_head(len(logs) // 2, _LIST)}{logs}"
    )
    return f"{_USUAL_TYPES[receipt.type]}{_head(len(body) // 2, _LIST)}{body}"


def _log(log: WireLog) -> str:
    topics = log.topics
    if len(log.address) != _ADDRESS or list(map(len, topics)) not in _LENGTHS:
        raise answers.bad("a log's address and topics", (log.address, topics))
    words = "a0".join([topic[2:] for topic in topics])
    body = f"94{log.address[2:]}{_TOPICS[len(topics)]}{words}{_octets(log.data)}"
    return f"{_head(len(body) // 2, _LIST)}{body}"


def _octets(data: str) -> str:
    length = len(data) // 2 - 1
    if length == 1 and data[2] < "8":
        return data[2:]
    return f"{_head(length, _STRING)}{data[2:]}"


def _number(quantity: str) -> str:
    digits = answers.quantity(quantity, "a receipt's gas")
    whole = digits.to_bytes((digits.bit_length() + 7) // 8).hex()
    return _octets("0x" + whole)


@lru_cache(maxsize=1 << 14)
def _head(length: int, base: int) -> str:
    if length <= _SHORT:
        return f"{base + length:02x}"
    size = length.to_bytes((length.bit_length() + 7) // 8).hex()
    return f"{base + _SHORT + len(size) // 2:02x}{size}"
