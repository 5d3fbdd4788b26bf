# SPDX-License-Identifier: AGPL-3.0-only
"""The words of JSON-RPC: what parameters mean, and py-evm's objects in a node's spelling.

Numbers are 0x-hex without leading zeros, bytes 0x-hex in full, addresses in lower case.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import rlp  # type: ignore[import-untyped]
from eth.abc import BlockAPI, LogAPI, ReceiptAPI, SignedTransactionAPI
from eth_tester.backends.pyevm import serializers  # type: ignore[import-untyped]

INVALID_PARAMS = -32602
BLOOM_BYTES = 256
Answer = dict[str, Any]
"""A JSON object; what stands under each key is JSON as well."""


class Refused(Exception):
    """The node's no: a JSON-RPC error with its code, text and, for a revert, the data."""

    def __init__(self, code: int, text: str, revert_data: str | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.revert_data = revert_data


# --- questions --------------------------------------------------------------------------------


def number(value: object) -> int:
    """A quantity, as 0x-hex or as a plain JSON number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(str(value), 16 if str(value).startswith("0x") else 10)
    except ValueError:
        raise Refused(INVALID_PARAMS, f"not a number: {str(value)[:80]}") from None


def octets(value: object, length: int | None = None) -> bytes:
    """Bytes written as 0x-hex, of exactly `length` where one is given."""
    try:
        found = bytes.fromhex(str(value).removeprefix("0x"))
    except ValueError:
        raise Refused(INVALID_PARAMS, f"not hex bytes: {str(value)[:80]}") from None
    if length is not None and len(found) != length:
        raise Refused(INVALID_PARAMS, f"expected {length} bytes: {str(value)[:80]}")
    return found


def one_or_more(value: object, length: int) -> list[bytes] | None:
    """A filter's address or topic: one, a list of which any may match, or None for all."""
    if value is None:
        return None
    entries = value if isinstance(value, list) else [value]
    return [octets(entry, length) for entry in entries] or None


# --- answers ----------------------------------------------------------------------------------


def spelled(value: bytes) -> str:
    """Bytes as 0x-hex."""
    return "0x" + bytes(value).hex()


def hexed(value: object) -> Any:
    """The raw fields that eth-tester gives, in a node's spelling."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return hex(value)
    if isinstance(value, bytes):
        return spelled(value)
    if isinstance(value, Mapping):
        return {_camel(key): hexed(entry) for key, entry in value.items()}
    if isinstance(value, Sequence):
        return [hexed(entry) for entry in value]
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _camel(words: str) -> str:
    first, *rest = words.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _bloom(bits: int) -> bytes:
    return bits.to_bytes(BLOOM_BYTES, "big")


def block(found: BlockAPI, with_transactions: bool, is_pending: bool) -> Answer:
    """A block; its transactions in full or by their hashes."""
    fields = serializers.serialize_block(found, False, is_pending)
    fields["miner"] = fields.pop("coinbase")
    fields["logs_bloom"] = _bloom(found.header.bloom)
    fields["extra_data"] = found.header.extra_data
    fields["size"] = len(rlp.encode(found))
    answer: Answer = hexed(fields)
    if with_transactions:
        answer["transactions"] = [
            transaction(found, index, is_pending) for index in range(len(found.transactions))
        ]
    if is_pending:
        answer["hash"] = None
    return answer


def transaction(found: BlockAPI, index: int, is_pending: bool = False) -> Answer:
    """One transaction of a block."""
    entry: SignedTransactionAPI = found.transactions[index]
    fields = serializers.serialize_transaction(found, entry, index, is_pending)
    fields["input"] = fields.pop("data")
    fields["to"] = fields["to"] or None
    if "access_list" in fields:
        fields["access_list"] = [
            {"address": address, "storage_keys": [key.to_bytes(32, "big") for key in keys]}
            for address, keys in fields["access_list"]
        ]
    answer: Answer = hexed(fields)
    return answer


def receipt(found: BlockAPI, receipts: Sequence[ReceiptAPI], index: int, vm: object) -> Answer:
    """The receipt of one transaction of a mined block."""
    entry = found.transactions[index]
    fields = serializers.serialize_transaction_receipt(found, receipts, entry, index, False, vm)
    fields["to"] = fields["to"] or None
    fields["logs_bloom"] = _bloom(receipts[index].bloom)
    del fields["state_root"], fields["logs"]
    answer: Answer = hexed(fields)
    answer["logs"] = logs_of(found, receipts, index)
    return answer


def logs_in(found: BlockAPI, receipts: Sequence[ReceiptAPI]) -> list[Answer]:
    """All logs of a block."""
    return [log for index in range(len(receipts)) for log in logs_of(found, receipts, index)]


def logs_of(found: BlockAPI, receipts: Sequence[ReceiptAPI], index: int) -> list[Answer]:
    """The logs of one transaction, numbered through their whole block."""
    first = sum(len(earlier.logs) for earlier in receipts[:index])
    return [
        _log(found, index, first + place, entry) for place, entry in enumerate(receipts[index].logs)
    ]


def _log(found: BlockAPI, index: int, log_index: int, entry: LogAPI) -> Answer:
    answer: Answer = hexed(
        {
            "address": entry.address,
            "topics": [topic.to_bytes(32, "big") for topic in entry.topics],
            "data": entry.data,
            "block_hash": found.hash,
            "block_number": found.number,
            "block_timestamp": found.header.timestamp,
            "transaction_hash": found.transactions[index].hash,
            "transaction_index": index,
            "log_index": log_index,
            "removed": False,
        }
    )
    return answer
