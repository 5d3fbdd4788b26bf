# SPDX-License-Identifier: AGPL-3.0-only
"""What stands between a command and the chain, and is not honest: each fault is one function.

A fault is told the question and how to ask the real node, and answers itself, or None to pass the
question on. `town_behind` gives a co-op whose commands ask through it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from millpond.chain.client import connect
from millpond.core.canonical import keccak256
from scripts._devchain_chain import CHAIN_ID
from scripts._stage import Stage
from tests.chain.nodes import Reply, error, odd_node, result, through

SEND, RECEIPT, COUNT = (
    "eth_sendRawTransaction",
    "eth_getTransactionReceipt",
    "eth_getTransactionCount",
)
Question = dict[str, Any]
Ask = Callable[[Question], Reply]
Fault = Callable[[Question, Ask], Reply | None]


@contextmanager
def behind(stage: Stage, *faults: Fault) -> Iterator[Stage]:
    """The same stage, asked through a proxy with these faults; the first that answers, does."""

    def ask(question: Question) -> Reply:
        return through(stage.url, lambda _: None)(question)

    def changed(question: Question) -> Reply | None:
        for fault in faults:
            if (own := fault(question, ask)) is not None:
                return own
        return None

    with odd_node(through(stage.url, changed)) as node:
        yield replace(stage, url=node.url, client=connect(node.url, CHAIN_ID))


def swallow(question: Question, _: Ask) -> Reply | None:
    """What is sent is taken with thanks, and goes nowhere."""
    if question["method"] != SEND:
        return None
    return result("0x" + keccak256(bytes.fromhex(question["params"][0][2:])).hex())


def deny(question: Question, ask: Ask) -> Reply | None:
    """What is sent arrives, and its sender is told that the node broke down."""
    if question["method"] != SEND:
        return None
    ask(question)
    return 502, b""


def silent(question: Question, _: Ask) -> Reply | None:
    """No receipt is ever given."""
    return result(None) if question["method"] == RECEIPT else None


def forged(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Fault:
    """Receipts, changed."""

    def fault(question: Question, ask: Ask) -> Reply | None:
        if question["method"] != RECEIPT:
            return None
        answer = json.loads(ask(question)[1])
        return result(answer["result"] and change(answer["result"]))

    return fault


def elsewhere_after(method: str) -> Fault:
    """From the moment it was asked this, it serves another chain."""
    moved: list[str] = []

    def fault(question: Question, _: Ask) -> Reply | None:
        if question["method"] == method:
            moved.append(method)
        return result(hex(CHAIN_ID + 1)) if moved and question["method"] == "eth_chainId" else None

    return fault


@dataclass
class WaitingRoom:
    """A node whose blocks are full: what is sent waits, and a replacement has to pay a tenth more
    of both prices, as geth asks it. `full` says whether it is."""

    full: bool = True
    waiting: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    """Nonce -> the transaction and its two prices; all of one sender."""
    replaced: int = 0

    def fault(self, question: Question, _: Ask) -> Reply | None:
        """As a `Fault`."""
        method, params = question["method"], question["params"]
        if method == COUNT and params[1] == "pending" and self.waiting:
            return result(hex(max(self.waiting) + 1))
        if method == "eth_getTransactionByHash" and self._has(params[0]):
            return result({"blockNumber": None})
        if method != SEND or not self.full:
            return None
        return self._take(params[0])

    def _take(self, raw: str) -> Reply:
        nonce, tip, fee = _read(raw)
        if nonce in self.waiting:
            _, old_tip, old_fee = self.waiting[nonce]
            if tip * 10 < old_tip * 11 or fee * 10 < old_fee * 11:
                return error(-32000, "replacement transaction underpriced")
            self.replaced += 1
        self.waiting[nonce] = raw, tip, fee
        return result("0x" + keccak256(bytes.fromhex(raw[2:])).hex())

    def _has(self, sent: str) -> bool:
        hashes = [
            "0x" + keccak256(bytes.fromhex(raw[2:])).hex() for raw, _, _ in self.waiting.values()
        ]
        return sent in hashes

    def empty(self, stage: Stage) -> None:
        """The blocks have room again: all that waits is mined."""
        for raw, _, _ in self.waiting.values():
            stage.client.rpc.tell(SEND, [raw])
        self.waiting, self.full = {}, False


def _read(raw: str) -> tuple[int, int, int]:
    """Nonce, priority fee and fee of a signed transaction (EIP-1559)."""
    fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return fields["nonce"], fields["maxPriorityFeePerGas"], fields["maxFeePerGas"]
