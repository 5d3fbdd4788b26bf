# SPDX-License-Identifier: AGPL-3.0-only
"""A node inside this process: the chain of devchain_chain.py, asked the way a real node is asked.

`Node().answer("eth_blockNumber", [])` returns what JSON-RPC would, or raises `Refused`.
"""

import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from eth.abc import BlockAPI, BlockHeaderAPI, ComputationAPI
from eth.exceptions import Revert
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_account.messages import encode_defunct, encode_typed_data
from eth_account.signers.local import LocalAccount

from scripts import _devchain_answers as words
from scripts._devchain_answers import INVALID_PARAMS, Answer, Refused, number, octets, spelled
from scripts._devchain_chain import CHAIN_ID, SERVER_SAYS_NO, Chain

METHOD_NOT_FOUND, REVERTED = -32601, 3
GWEI = 10**9
_ERROR_STRING = bytes.fromhex("08c379a0")
_LEAST_SEARCH = 500


class Node:
    """Answers for one chain with id 1337 and `accounts` funded accounts of the test mnemonic."""

    def __init__(self, accounts: int, ether_each: int) -> None:
        self._chain = Chain(accounts, ether_each)
        self._handlers = self._reads() | self._acts()

    def answer(self, method: str, params: Sequence[object]) -> Any:
        """The `result` of one JSON-RPC question."""
        handler = self._handlers.get(method)
        if handler is None:
            raise Refused(METHOD_NOT_FOUND, f"the in-process chain has no method {method}")
        try:
            inspect.signature(handler).bind(*params)
        except TypeError as error:
            raise Refused(INVALID_PARAMS, f"{method}: {error}") from None
        return handler(*params)

    def _reads(self) -> dict[str, Callable[..., Any]]:
        state = self._chain.state
        return {
            "web3_clientVersion": lambda: "millpond-devchain/py-evm",
            "net_version": lambda: str(CHAIN_ID),
            "eth_chainId": lambda: hex(CHAIN_ID),
            "eth_syncing": lambda: False,
            "eth_accounts": lambda: list(self._chain.wallets),
            "eth_blockNumber": lambda: hex(self._chain.head().block_number),
            "eth_gasPrice": lambda: hex(self._chain.pending_header().base_fee_per_gas + GWEI),
            "eth_maxPriorityFeePerGas": lambda: hex(GWEI),
            "eth_feeHistory": self._fee_history,
            "eth_getBlockByNumber": self._block_by_number,
            "eth_getBlockByHash": self._block_by_hash,
            "eth_getBlockReceipts": self._block_receipts,
            "eth_getTransactionByHash": self._transaction,
            "eth_getTransactionReceipt": self._receipt,
            "eth_getLogs": self._logs,
            "eth_getBalance": lambda who, at="latest": hex(state(at).get_balance(octets(who, 20))),
            "eth_getTransactionCount": lambda who, at="latest": hex(
                state(at).get_nonce(octets(who, 20))
            ),
            "eth_getCode": lambda who, at="latest": spelled(state(at).get_code(octets(who, 20))),
            "eth_getStorageAt": lambda who, slot, at="latest": (
                f"0x{state(at).get_storage(octets(who, 20), number(slot)):064x}"
            ),
            "eth_call": self._call,
            "eth_estimateGas": lambda call, at="pending": hex(self._estimate(call, at)),
        }

    def _acts(self) -> dict[str, Callable[..., Any]]:
        chain = self._chain
        return {
            "eth_sendTransaction": self._send,
            "eth_sendRawTransaction": lambda raw: spelled(chain.include(octets(raw))),
            "eth_sign": self._sign,
            "personal_sign": lambda data, who: self._sign(who, data),
            "eth_signTypedData_v4": self._sign_typed,
            "evm_increaseTime": lambda seconds: chain.increase_time(number(seconds)),
            "evm_setNextBlockTimestamp": lambda time: chain.set_next_timestamp(number(time)),
            "evm_mine": self._mine,
            "anvil_mine": lambda blocks=1, seconds=1: chain.mine(number(blocks), number(seconds)),
            "evm_snapshot": lambda: hex(chain.snapshot()),
            "evm_revert": lambda snapshot: chain.revert(number(snapshot)),
        }

    # --- blocks -------------------------------------------------------------------------------

    def _block_by_number(self, tag: object, with_transactions: bool = False) -> Answer | None:
        try:
            header = self._chain.header(tag)
        except Refused:
            return None
        return words.block(self._chain.block(header), with_transactions, tag == "pending")

    def _block_by_hash(self, block_hash: object, with_transactions: bool = False) -> Answer | None:
        found = self._chain.canonical(block_hash)
        return None if found is None else words.block(found, with_transactions, False)

    def _block_receipts(self, tag: object) -> list[Answer]:
        found = self._chain.block(self._chain.header(tag))
        receipts, vm = self._chain.receipts(found), self._chain.evm.get_vm(found.header)
        return [words.receipt(found, receipts, i, vm) for i in range(len(found.transactions))]

    def _transaction(self, transaction_hash: object) -> Answer | None:
        place = self._chain.place(transaction_hash)
        return None if place is None else words.transaction(*place)

    def _receipt(self, transaction_hash: object) -> Answer | None:
        place = self._chain.place(transaction_hash)
        if place is None:
            return None
        found, index = place
        receipts = self._chain.receipts(found)
        return words.receipt(found, receipts, index, self._chain.evm.get_vm(found.header))

    def _logs(self, query: dict[str, Any]) -> list[Answer]:
        addresses = words.one_or_more(query.get("address"), 20)
        topics = [words.one_or_more(entry, 32) for entry in query.get("topics") or []]
        return [
            log
            for block in self._span(query)
            for log in words.logs_in(block, self._chain.receipts(block))
            if _matches(log, addresses, topics)
        ]

    def _span(self, query: dict[str, Any]) -> Iterator[BlockAPI]:
        """The blocks a filter asks for, those without any log left out."""
        if "blockHash" in query:
            one = self._chain.canonical(query["blockHash"])
            if one is None:
                raise Refused(INVALID_PARAMS, "unknown block")
            yield one
            return
        first = self._chain.header(query.get("fromBlock", "latest")).block_number
        last = self._chain.header(query.get("toBlock", "latest")).block_number
        for height in range(first, min(last, self._chain.head().block_number) + 1):
            header = self._chain.header(height)
            if header.bloom:
                yield self._chain.block(header)

    def _fee_history(
        self, count: object, newest: object, percentiles: Sequence[float] = ()
    ) -> Answer:
        height = self._chain.head().block_number
        last = min(self._chain.header(newest).block_number, height)
        first = max(0, last - number(count) + 1)
        headers = [self._chain.header(at) for at in range(first, last + 1)]
        following = self._chain.header("pending" if last == height else last + 1)
        return {
            "oldestBlock": hex(first),
            "baseFeePerGas": [hex(entry.base_fee_per_gas) for entry in [*headers, following]],
            "gasUsedRatio": [entry.gas_used / entry.gas_limit for entry in headers],
            "reward": [[hex(GWEI) for _ in percentiles] for _ in headers],
        }

    # --- calls --------------------------------------------------------------------------------

    def _call(self, call: dict[str, Any], at: object = "latest") -> str:
        header = self._chain.header(at)
        gas = number(call.get("gas", header.gas_limit))
        done = self._chain.trial(call, header, min(gas, header.gas_limit))
        if done.is_error:
            raise _failure(done)
        return spelled(done.output)

    def _estimate(self, call: dict[str, Any], at: object) -> int:
        """Enough gas for a call: what it used and the 64th part that inner calls leave behind,
        tried; searched for only where that is not enough."""
        header = self._chain.header(at)
        most: int = min(number(call.get("gas", header.gas_limit)), header.gas_limit)
        done = self._chain.trial(call, header, most)
        if done.is_error:
            raise _failure(done)
        low = most - done.get_gas_remaining()
        high = min(most, low * 64 // 63 + 2_500)
        while not self._is_enough(call, header, high):
            low, high = high, min(most, 2 * high)
        while high - low > max(_LEAST_SEARCH, low // 100):
            middle = (low + high) // 2
            if self._is_enough(call, header, middle):
                high = middle
            else:
                low = middle
        return high

    def _is_enough(self, call: dict[str, Any], header: BlockHeaderAPI, gas: int) -> bool:
        try:
            return not self._chain.trial(call, header, gas).is_error
        except Refused:
            return False

    # --- transactions -------------------------------------------------------------------------

    def _wallet(self, who: object) -> LocalAccount:
        wallet: LocalAccount | None = self._chain.wallets.get(str(who).lower())
        if wallet is None:
            raise Refused(SERVER_SAYS_NO, f"no key of {who} is held here")
        return wallet

    def _send(self, call: dict[str, Any]) -> str:
        wallet, header = self._wallet(call.get("from")), self._chain.pending_header()
        fields: dict[str, Any] = {
            "chainId": number(call.get("chainId", CHAIN_ID)),
            "nonce": number(call["nonce"])
            if "nonce" in call
            else self._chain.state("latest").get_nonce(octets(wallet.address, 20)),
            "value": number(call.get("value", 0)),
            "data": octets(call.get("data") or call.get("input") or "0x"),
        }
        if call.get("to"):
            fields["to"] = octets(call["to"], 20)
        if "gasPrice" in call:
            fields["gasPrice"] = number(call["gasPrice"])
        else:
            fee = 2 * header.base_fee_per_gas + GWEI
            fields["maxFeePerGas"] = number(call.get("maxFeePerGas", fee))
            fields["maxPriorityFeePerGas"] = number(call.get("maxPriorityFeePerGas", GWEI))
        # As anvil does: what cannot be estimated is mined all the same, and fails on the chain.
        try:
            fields["gas"] = (
                number(call["gas"]) if "gas" in call else self._estimate(call, "pending")
            )
        except Refused:
            fields["gas"] = header.gas_limit
        return spelled(self._chain.include(wallet.sign_transaction(fields).raw_transaction))

    def _sign(self, who: object, data: object) -> str:
        signed = self._wallet(who).sign_message(encode_defunct(octets(data)))
        return spelled(signed.signature)

    def _sign_typed(self, who: object, typed: str | dict[str, Any]) -> str:
        message = json.loads(typed) if isinstance(typed, str) else typed
        signed = self._wallet(who).sign_message(encode_typed_data(full_message=message))
        return spelled(signed.signature)

    def _mine(self, timestamp: object = None) -> str:
        if timestamp is not None:
            self._chain.set_next_timestamp(number(timestamp))
        self._chain.mine()
        return "0x0"


def _failure(done: ComputationAPI) -> Refused:
    """Why a call failed: the contract's own reason where it gave one."""
    error = done.error
    if not isinstance(error, Revert):
        return Refused(SERVER_SAYS_NO, f"EVM error {type(error).__name__}: {error}")
    data = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""
    reason = ""
    if data[:4] == _ERROR_STRING:
        try:
            reason = ": " + decode(["string"], data[4:])[0]
        except DecodingError:
            reason = ""
    return Refused(REVERTED, f"execution reverted{reason}", spelled(data))


def _matches(log: Answer, addresses: list[bytes] | None, topics: list[list[bytes] | None]) -> bool:
    if addresses is not None and octets(log["address"]) not in addresses:
        return False
    found = [octets(topic) for topic in log["topics"]]
    if len(topics) > len(found):
        return False
    return all(any_of is None or found[i] in any_of for i, any_of in enumerate(topics))
