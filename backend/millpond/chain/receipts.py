# SPDX-License-Identifier: AGPL-3.0-only
"""All receipts of a block, held against its header: no log is missing, added or changed.

What is encoded is what consensus hashes: type, status, gas so far, bloom and logs. The place of a
log in its block follows from the order; what else a node says of it must agree with that.
"""

from collections.abc import Mapping

from millpond.chain import answers
from millpond.chain.answers import Log
from millpond.chain.headers import FullHeader, bloom_of
from millpond.chain.rlp import Item, bad_proof, encode, whole
from millpond.chain.trie import list_root

_BLOOM = 256
_MOST_TYPES = 0x7F
_DEPOSIT = 0x7E
"""What rollups of the OP kind call a transaction that came from their parent chain."""


def proven_logs(answer: object, header: FullHeader) -> list[Log]:
    """The logs of an eth_getBlockReceipts answer, once its root is the header's."""
    receipts = [answers.fields(entry, "a receipt") for entry in answers.entries(answer, "receipts")]
    logs: list[Log] = []
    encoded = []
    for position, receipt in enumerate(receipts):
        found = _logs(receipt)
        encoded.append(_encoded(receipt, found))
        _check_places(receipt, position, found, len(logs), header)
        logs += found
    if list_root(encoded) != header.receipts_root:
        raise bad_proof(f"the receipts are not those of block {header.number}")
    if bloom_of(logs) != header.bloom:
        raise bad_proof(f"the logs do not make the bloom of block {header.number}")
    return logs


def receipts_root(answer: object) -> bytes:
    """The root that a header must name for an eth_getBlockReceipts answer."""
    entries = answers.entries(answer, "receipts")
    receipts = [answers.fields(entry, "a receipt") for entry in entries]
    return list_root([_encoded(receipt, _logs(receipt)) for receipt in receipts])


def _logs(receipt: Mapping[str, object]) -> list[Log]:
    return [answers.log(entry) for entry in answers.entries(receipt.get("logs"), "logs")]


def _encoded(receipt: Mapping[str, object], logs: list[Log]) -> bytes:
    """One receipt as consensus has it; before Byzantium a state's root stood for the status."""
    kind = answers.quantity(receipt.get("type", "0x0"), "a receipt's type")
    gas = answers.quantity(receipt.get("cumulativeGasUsed"), "a receipt's gas")
    if receipt.get("status") is None:
        outcome = answers.octets(receipt.get("root"), "a receipt's state", 32)
    else:
        outcome = whole(answers.quantity(receipt["status"], "a receipt's status"))
    bloom = bloom_of(logs).to_bytes(_BLOOM)
    fields: list[Item] = [outcome, whole(gas), bloom, [_log(log) for log in logs]]
    if kind == _DEPOSIT and receipt.get("depositReceiptVersion") is not None:
        later = ("depositNonce", "depositReceiptVersion")
        fields += [
            whole(answers.quantity(receipt.get(name), f"a receipt's {name}")) for name in later
        ]
    if kind > _MOST_TYPES:
        raise answers.bad("a receipt's type", kind)
    return (bytes([kind]) if kind else b"") + encode(fields)


def _log(log: Log) -> Item:
    return [bytes.fromhex(log.address[2:]), list(log.topics), log.data]


def _check_places(
    receipt: Mapping[str, object], position: int, logs: list[Log], first: int, header: FullHeader
) -> None:
    """What no root binds: transaction, block and running number must agree with the order."""
    transaction = answers.octets(receipt.get("transactionHash"), "a receipt's transaction", 32)
    place = answers.quantity(receipt.get("transactionIndex"), "a receipt's place")
    right = (header.number, header.hash, transaction)
    for index, log in enumerate(logs, first):
        if (log.block_number, log.block_hash, log.transaction_hash) != right or log.index != index:
            raise bad_proof(f"a log of block {header.number} stands at another place")
    if place != position:
        raise bad_proof(f"a receipt of block {header.number} stands at another place")
