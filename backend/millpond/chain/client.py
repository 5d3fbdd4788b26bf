# SPDX-License-Identifier: AGPL-3.0-only
"""A node, checked: typed reads, and transactions that are tried before they are sent.

`connect` refuses a node of another chain. A transaction is estimated first, so that a contract's
refusal costs nothing and comes with its reason; then sent once, waited for by its hash, and its
status checked. Off-chain look-ups (CCIP-Read) that a contract asks for are never followed.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from millpond.chain import answers, reverts
from millpond.chain.answers import (
    Address,
    BadAnswer,
    Block,
    Log,
    MinedTransaction,
    NotKept,
    Receipt,
)
from millpond.chain.rpc import Budget, Rpc, RpcRefused
from millpond.chain.sending import (
    Became,
    End,
    FeeTooHigh,
    Forgetful,
    NotEnoughEther,
    NotMined,
    Outbox,
    Prepared,
    Prices,
    Transaction,
    TransactionPending,
    created_by,
)
from millpond.core.canonical import keccak256
from millpond.core.errors import ChainError, MillpondError, NodeDown, WrongChain
from millpond.core.subjects import to_hex

__all__ = [
    "DEV_CHAINS",
    "GAS_CAP",
    "Client",
    "FeeTooHigh",
    "Limits",
    "NotEnoughEther",
    "NotMined",
    "Prepared",
    "Transaction",
    "TransactionPending",
    "chain_id_of",
    "connect",
]

DEV_CHAINS = frozenset({1337, 31337})
"""Chains of one's own, whose accounts everybody knows."""
GAS_CAP = 16_777_216
"""The most gas one transaction may ask for (EIP-7825)."""
GWEI = 10**9
_GAS_MARGIN = 20_000
_RECEIPT = "eth_getTransactionReceipt"


@dataclass(frozen=True)
class Limits:
    """How a client behaves: seconds to wait for a receipt, the highest gas price in wei, and the
    most blocks in one question for logs."""

    receipt_seconds: float = 180.0
    max_fee_per_gas: int = 200 * GWEI
    log_blocks: int = 10_000


def connect(
    url: str, chain_id: int, budget: Budget | None = None, limits: Limits | None = None
) -> "Client":
    """A client of the node at `url`, once it has said that it serves chain `chain_id`.

    Refused: `NodeDown`, `BadAnswer`, `WrongChain`.
    """
    client = Client(Rpc(url, budget), chain_id, limits or Limits())
    client.check_chain()
    return client


def chain_id_of(url: str, budget: Budget | None = None) -> int:
    """Which chain a node says it serves; to look up a record, never instead of a check."""
    return answers.quantity(Rpc(url, budget).ask("eth_chainId"), "the chain id")


class Client:
    """Reads and sends by one node; made by `connect`."""

    def __init__(self, rpc: Rpc, chain_id: int, limits: Limits) -> None:
        self.rpc = rpc
        self.chain_id = chain_id
        self.limits = limits
        self.outbox: Outbox = Forgetful()
        """Told of each transaction before it is sent by `send_raw`."""

    def __repr__(self) -> str:
        return f"Client(chain {self.chain_id} at {self.rpc.shown})"

    # --- reads ----------------------------------------------------------------------------------

    def check_chain(self) -> None:
        """Ask the node again which chain it serves; `WrongChain` unless it is ours."""
        found = answers.quantity(self.rpc.ask("eth_chainId"), "the chain id")
        if found != self.chain_id:
            raise WrongChain(
                f"the node at {self.rpc.shown} serves chain {found}, not chain {self.chain_id}",
                f"give the address of a node of chain {self.chain_id} with --rpc, or the "
                f"parameters of chain {found}",
            )

    def block(self, at: int | str = "latest") -> Block:
        """A block by number, or by "latest", "safe", "finalized"."""
        found = self.rpc.ask("eth_getBlockByNumber", [_tag(at), False])
        if found is None:
            raise NotKept(
                f"the node has no block {at}", "wait until it has caught up, or ask another node"
            )
        block = answers.block(found)
        if isinstance(at, int) and block.number != at:
            raise answers.bad(f"block {at}", block.number)
        return block

    def genesis_hash(self) -> bytes:
        """The hash of block 0: two chains of one id are told apart by it."""
        return self.block(0).hash

    def now(self) -> int:
        """The time of the latest block, in seconds since 1970: the clock contracts go by."""
        return self.block().timestamp

    def code(self, address: Address, at: int | str = "latest") -> bytes:
        """The runtime code at an address; empty for an account."""
        return answers.octets(self.rpc.ask("eth_getCode", [address, _tag(at)]), "code")

    def balance(self, address: Address, at: int | str = "latest") -> int:
        """ETH in wei."""
        return answers.quantity(self.rpc.ask("eth_getBalance", [address, _tag(at)]), "a balance")

    def storage(self, address: Address, slot: int, at: int | str = "latest") -> bytes:
        """One storage word."""
        found = self.rpc.ask("eth_getStorageAt", [address, hex(slot), _tag(at)])
        return answers.octets(found, "a storage word", 32)

    def transaction(self, transaction_hash: bytes) -> MinedTransaction:
        """A mined transaction by its hash."""
        found = self.rpc.ask("eth_getTransactionByHash", [to_hex(transaction_hash)])
        if found is None:
            raise NotKept(
                f"the node does not know transaction {to_hex(transaction_hash)}",
                "ask a node that keeps the whole chain",
            )
        return answers.transaction(found, transaction_hash)

    def call(
        self, transaction: Transaction, sender: Address | None = None, at: int | str = "latest"
    ) -> bytes:
        """What a call would return, without sending it; `Reverted` with the contract's reason."""
        call = _call_fields(transaction, sender)
        try:
            return answers.octets(self.rpc.ask("eth_call", [call, _tag(at)]), transaction.label)
        except RpcRefused as error:
            raise _refusal(error, transaction) from None

    def logs(
        self,
        address: Address,
        topics: Sequence[bytes | None],
        first: int,
        last: int | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> list[Log]:
        """All logs of a contract from block `first` to `last` (default: the latest), in order.

        Asked in pieces; a node that limits answers is asked for fewer blocks at a time.
        `on_progress(done, all)` is told the blocks after each piece.
        """
        end = self.block().number if last is None else last
        found: dict[tuple[int, int], Log] = {}
        for start, stop, piece in self._log_pieces(address, topics, first, end):
            for log in piece:
                if log.address != address or not start <= log.block_number <= stop:
                    raise answers.bad("the logs asked for", (log.address, log.block_number))
                if found.setdefault((log.block_number, log.index), log) != log:
                    raise answers.bad("one log at each place", (log.block_number, log.index))
            if on_progress is not None:
                on_progress(stop - first + 1, end - first + 1)
        return [found[place] for place in sorted(found)]

    def _log_pieces(
        self, address: Address, topics: Sequence[bytes | None], first: int, last: int
    ) -> Iterator[tuple[int, int, list[Log]]]:
        words = [None if topic is None else to_hex(topic) for topic in topics]
        start, size = first, self.limits.log_blocks
        while start <= last:
            stop = min(last, start + size - 1)
            span = {"fromBlock": hex(start), "toBlock": hex(stop)}
            question = {"address": address, "topics": words, **span}
            try:
                answer = self.rpc.ask("eth_getLogs", [question])
            except RpcRefused:
                if size == 1:
                    raise
                size = max(1, min(size, stop - start + 1) // 4)
                continue
            yield start, stop, [answers.log(log) for log in answers.entries(answer, "logs")]
            start = stop + 1

    # --- sending --------------------------------------------------------------------------------

    def prepare(self, transaction: Transaction, sender: Address) -> Prepared:
        """Try a transaction on the latest state and fix its gas, price and nonce. Sends nothing.

        Refused: `Reverted`, `FeeTooHigh`, `NotEnoughEther`, `TransactionPending`, `WrongChain`.
        """
        self.check_chain()
        gas = self.estimate(transaction, sender)
        nonce = self.nonce(sender, "latest")
        before = self.outbox.waiting(transaction, sender, nonce)
        prices = self.prices()
        if (waits := self.nonce(sender, "pending") - nonce) > 0:
            if before is None or waits > 1:
                raise TransactionPending(
                    f"an earlier transaction of {sender} is still waiting to be mined",
                    "wait for it, or replace it from the sender's wallet, then try again",
                )
            prices = self.affordable(prices.replacing(before))
        have, need = self.balance(sender), transaction.value + gas * prices.fee
        if have < need:
            raise NotEnoughEther(
                f"{sender} has {have} wei and {transaction.label} may need {need}",
                f"send at least {need - have} wei to {sender}, then try again",
            )
        return Prepared(transaction, sender, self.chain_id, nonce, gas, prices.fee, prices.tip)

    def send_raw(self, raw: bytes, prepared: Prepared) -> Receipt:
        """Send a signed transaction once and wait for its success.

        The hash is computed here and not taken from the node. `NotMined` when the end is unknown.
        """
        mine = keccak256(raw)
        self.outbox.leaving(prepared, mine)
        try:
            self.rpc.tell("eth_sendRawTransaction", [to_hex(raw)])
        except RpcRefused as error:
            if not self._knows(mine):  # it has it already, if an earlier run sent the very same
                raise _refusal(error, prepared.transaction) from None
        except (NodeDown, BadAnswer) as error:
            raise _unknown_end(mine, prepared.transaction.label, error.message) from None
        return self.wait(mine, prepared)

    def send_by_node(self, prepared: Prepared) -> Receipt:
        """Let the node sign for an account that it holds (dev nodes only), and wait."""
        call = _call_fields(prepared.transaction, prepared.sender)
        call |= {"gas": hex(prepared.gas), "nonce": hex(prepared.nonce)}
        call |= {
            "maxFeePerGas": hex(prepared.max_fee_per_gas),
            "maxPriorityFeePerGas": hex(prepared.max_priority_fee_per_gas),
        }
        try:
            sent = self.rpc.tell("eth_sendTransaction", [call])
        except RpcRefused as error:
            raise _refusal(error, prepared.transaction) from None
        return self.wait(answers.octets(sent, "a transaction's hash", 32), prepared)

    def wait(self, transaction_hash: bytes, prepared: Prepared) -> Receipt:
        """The receipt of a sent transaction; `Reverted` if it is on the chain as failed."""
        ends = time.monotonic() + self.limits.receipt_seconds
        pause = 0.05
        while True:
            found = self._receipt(transaction_hash, prepared.transaction.label)
            if found is not None:
                return self._succeeded(*found, prepared)
            if time.monotonic() > ends:
                why = f"not mined within {self.limits.receipt_seconds:g} seconds"
                raise _unknown_end(transaction_hash, prepared.transaction.label, why)
            time.sleep(pause)
            pause = min(1.0, pause * 1.5)

    def became(self, transaction_hash: bytes, sender: Address, nonce: int) -> Became:
        """What became of a transaction that was sent, perhaps by a run that ended since."""
        # in this order: one that is mined in between is found
        spent = self.nonce(sender, "latest") > nonce
        found = self.rpc.ask(_RECEIPT, [to_hex(transaction_hash)])
        if found is None:
            return Became(End.REPLACED if spent else End.OPEN)
        receipt, success = answers.receipt(found, transaction_hash)
        if receipt.contract_address is not None:
            self._require_created(receipt, created_by(sender, nonce))
        return Became(End.DONE, receipt) if success else Became(End.FAILED)

    def receipt(self, transaction_hash: bytes) -> Receipt | None:
        """Of a transaction that is on the chain with success; None if it is not."""
        found = self.rpc.ask(_RECEIPT, [to_hex(transaction_hash)])
        receipt, success = answers.receipt(found, transaction_hash) if found else (None, False)
        return receipt if success else None

    def _knows(self, transaction_hash: bytes) -> bool:
        return self.rpc.ask("eth_getTransactionByHash", [to_hex(transaction_hash)]) is not None

    def _receipt(self, transaction_hash: bytes, label: str) -> tuple[Receipt, bool] | None:
        try:
            found = self.rpc.ask(_RECEIPT, [to_hex(transaction_hash)])
        except ChainError as error:
            raise _unknown_end(transaction_hash, label, error.message) from None
        return None if found is None else answers.receipt(found, transaction_hash)

    def _succeeded(self, receipt: Receipt, success: bool, prepared: Prepared) -> Receipt:
        if not success:
            raise reverts.reverted(self._late_reason(receipt, prepared), _label(prepared), True)
        if prepared.transaction.to is not None:
            return replace(receipt, contract_address=None)
        self._require_created(receipt, prepared.creates)
        return receipt

    def _require_created(self, receipt: Receipt, place: Address) -> None:
        if receipt.contract_address != place:
            raise answers.bad(f"the contract made at {place}", receipt.contract_address)
        if not self.code(place):
            raise answers.bad("a created contract with code", place)

    def _late_reason(self, receipt: Receipt, prepared: Prepared) -> str:
        """Why a transaction failed that had passed its trial: something came before it."""
        try:
            self.call(prepared.transaction, prepared.sender, receipt.block_number)
        except MillpondError as error:
            return str(getattr(error, "reason", ""))
        return ""

    def estimate(self, transaction: Transaction, sender: Address) -> int:
        """The gas to give it, by a trial on the latest state; `Reverted` if it would fail."""
        try:
            found = self.rpc.ask("eth_estimateGas", [_call_fields(transaction, sender)])
        except RpcRefused as error:
            if reverts.is_revert(error) and not reverts.reason_of(error):
                self.call(transaction, sender)  # some nodes give the reason only here
            raise _refusal(error, transaction) from None
        need = answers.quantity(found, "an estimate of gas")
        if need > GAS_CAP:
            raise ChainError(
                f"{transaction.label} needs {need} gas, more than one transaction may use",
                "split it into smaller parts",
            )
        return min(GAS_CAP, need * 5 // 4 + _GAS_MARGIN)

    def prices(self) -> Prices:
        """What gas costs now; `FeeTooHigh` where that is more than may be paid."""
        try:
            tip = answers.quantity(self.rpc.ask("eth_maxPriorityFeePerGas"), "a priority fee")
        except RpcRefused:
            tip = GWEI
        return self.affordable(Prices(2 * self.block().base_fee + tip, tip))

    def affordable(self, prices: Prices) -> Prices:
        """These prices, unless they are over the limit: `FeeTooHigh`."""
        if prices.fee > self.limits.max_fee_per_gas:
            raise FeeTooHigh(
                f"gas may cost {prices.fee} wei now, more than the limit of "
                f"{self.limits.max_fee_per_gas} wei",
                "wait for a quieter time, or raise the limit (MILLPOND_MAX_FEE_GWEI)",
            )
        return prices

    def nonce(self, sender: Address, at: str = "latest") -> int:
        """How many transactions of an account are mined, or "pending" too."""
        return answers.quantity(self.rpc.ask("eth_getTransactionCount", [sender, at]), "a nonce")


def _tag(at: int | str) -> str:
    return hex(at) if isinstance(at, int) else at


def _label(prepared: Prepared) -> str:
    return prepared.transaction.label


def _call_fields(transaction: Transaction, sender: Address | None) -> dict[str, str]:
    found = {"data": to_hex(transaction.data), "value": hex(transaction.value)}
    if transaction.to is not None:
        found["to"] = transaction.to
    if sender is not None:
        found["from"] = sender
    return found


def _refusal(error: RpcRefused, transaction: Transaction) -> MillpondError:
    """A contract's refusal with its reason, or the node's own as it came."""
    if reverts.is_revert(error):
        return reverts.reverted(reverts.reason_of(error), transaction.label)
    return error


def _unknown_end(transaction_hash: bytes, label: str, why: str) -> NotMined:
    return NotMined(
        f"{label} was sent as {to_hex(transaction_hash)}, and its end is not known: {why}",
        "look this hash up before you try again: if it was mined, the step is done; "
        "nothing has been sent twice",
        transaction_hash,
    )
