# SPDX-License-Identifier: AGPL-3.0-only
"""The chain behind the in-process node: the one ape runs tests on, with a clock that moves.

Execution, state and blocks are py-evm's. It mines one block for each transaction, as anvil does.
It is taken from eth-tester and not through ape: importing ape makes eth-abi, in the whole process,
fill up short answers with zeros instead of refusing them.

Importing py-evm lets Python recurse 100,000 deep; in such a process 100,000 brackets handed to
the json module end the program instead of being refused. `Chain` puts the limit where the EVM's
own 1,024 nested calls need it.
What eth-tester lacks is added here: calls at no price with the raw revert data, look-ups that do
not walk through all blocks, and a next block's time set beforehand.
"""

import sys
import time
from typing import Any

from eth.abc import (
    BlockAPI,
    BlockHeaderAPI,
    ComputationAPI,
    ReceiptAPI,
    SignedTransactionAPI,
)
from eth.exceptions import HeaderNotFound, TransactionNotFound
from eth.vm.spoof import SpoofTransaction
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_tester import PyEVMBackend  # type: ignore[import-untyped]
from eth_utils.exceptions import ValidationError

from millpond.chain.signers import TEST_MNEMONIC
from scripts._devchain_answers import INVALID_PARAMS, Refused, number, octets

CHAIN_ID = 1337
SERVER_SAYS_NO = -32003
ETHER = 10**18
_RECURSION = 10 * 1_024
_PATH = "m/44'/60'/0'/0"
_LATEST = ("latest", "safe", "finalized")


class Chain:
    """One chain with id 1337 and `accounts` funded accounts of the test mnemonic."""

    def __init__(self, accounts: int, ether_each: int) -> None:
        sys.setrecursionlimit(_RECURSION)
        self._backend = PyEVMBackend.from_mnemonic(
            TEST_MNEMONIC,
            num_accounts=accounts,
            hd_path=_PATH,
            genesis_state_overrides={"balance": ether_each * ETHER},
        )
        type(self._backend.chain).chain_id = CHAIN_ID  # a class made for this one chain
        self.wallets: dict[str, LocalAccount] = {
            wallet.address.lower(): wallet
            for wallet in (Account.from_key(key.to_bytes()) for key in self._backend.account_keys)
        }
        self._seconds_ahead = 0
        self._next_timestamp: int | None = None
        self._snapshots: list[tuple[bytes, int]] = []

    @property
    def evm(self) -> Any:
        """py-evm's chain; a revert may replace it. (Its own types disagree with its values.)"""
        return self._backend.chain

    # --- blocks -------------------------------------------------------------------------------

    def head(self) -> Any:
        """The header of the last mined block."""
        return self.evm.get_canonical_block_header_by_number(self.evm.header.block_number - 1)

    def pending_header(self) -> Any:
        """The header of the next block, with the time that it would get now."""
        at_least = self.head().timestamp + 1
        wanted = self._next_timestamp
        if wanted is None:
            wanted = int(time.time()) + self._seconds_ahead
        return self.evm.header.copy(timestamp=max(at_least, wanted))

    def header(self, tag: object) -> Any:
        """A header by number or by one of the words latest, safe, finalized, pending, earliest."""
        if tag in _LATEST:
            return self.head()
        if tag == "pending":
            return self.pending_header()
        wanted, height = 0 if tag == "earliest" else number(tag), self.head().block_number
        if not 0 <= wanted <= height:
            raise Refused(INVALID_PARAMS, f"block height is {height} but requested was {wanted}")
        return self.evm.get_canonical_block_header_by_number(wanted)

    def block(self, header: BlockHeaderAPI) -> Any:
        """The block of a header, its transactions with it."""
        return self.evm.get_block_by_header(header)

    def canonical(self, block_hash: object) -> BlockAPI | None:
        """The block with a hash, or None; never one that a revert has taken from the chain."""
        try:
            header = self.evm.get_block_header_by_hash(octets(block_hash, 32))
        except HeaderNotFound:
            return None
        if header.block_number > self.head().block_number:
            return None
        here = self.evm.get_canonical_block_header_by_number(header.block_number)
        found: BlockAPI | None = self.block(header) if here.hash == header.hash else None
        return found

    def place(self, transaction_hash: object) -> tuple[BlockAPI, int] | None:
        """The block and the index of a mined transaction."""
        wanted = octets(transaction_hash, 32)
        try:
            height, index = self.evm.get_canonical_transaction_index(wanted)
        except TransactionNotFound:
            return None
        if height > self.head().block_number:
            return None
        found = self.block(self.header(height))
        if index >= len(found.transactions) or found.transactions[index].hash != wanted:
            return None
        return found, index

    def receipts(self, found: BlockAPI) -> tuple[ReceiptAPI, ...]:
        """The receipts of a mined block."""
        return tuple(found.get_receipts(self.evm.chaindb))

    # --- state and calls ----------------------------------------------------------------------

    def state(self, tag: object) -> Any:
        """The state after a block."""
        return self.evm.get_vm(self.header(tag)).state

    def trial(self, call: dict[str, Any], header: BlockHeaderAPI, gas: int) -> ComputationAPI:
        """Run a call on the state of `header`, at no price, and forget what it did."""
        vm = self.evm.get_vm(header)
        free = header.copy(base_fee_per_gas=0)
        state = vm.build_state(vm.chaindb.db, free, vm.chain_context, vm.previous_hashes)
        sender = octets(call.get("from", "0x" + "00" * 20), 20)
        unsigned = self.evm.create_unsigned_transaction(
            nonce=state.get_nonce(sender),
            gas_price=0,
            gas=gas,
            to=octets(call["to"], 20) if call.get("to") else b"",
            value=number(call.get("value", 0)),
            data=octets(call.get("data") or call.get("input") or "0x"),
        )
        try:
            done: ComputationAPI = state.apply_transaction(SpoofTransaction(unsigned, from_=sender))
        except ValidationError as error:
            raise Refused(SERVER_SAYS_NO, str(error)) from None
        return done

    # --- transactions -------------------------------------------------------------------------

    def include(self, raw: bytes) -> bytes:
        """Execute a signed transaction and mine it into a block of its own."""
        before, header = self.evm.header, self.pending_header()
        try:
            signed = self.evm.get_vm(header).get_transaction_builder().decode(raw)
            self._check(signed, header)
            self.evm.header = header
            self.evm.apply_transaction(signed)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001  py-evm raises many kinds for a bad transaction
            self.evm.header = before
            raise Refused(SERVER_SAYS_NO, f"{type(error).__name__}: {error}") from None
        self._seal()
        return bytes(signed.hash)

    def _check(self, signed: SignedTransactionAPI, header: BlockHeaderAPI) -> None:
        """The refusals that people meet, in the words of other nodes."""
        if signed.chain_id not in (CHAIN_ID, None):
            raise Refused(SERVER_SAYS_NO, "invalid chain id for signer")
        state = self.evm.get_vm(header).state
        nonce = state.get_nonce(signed.sender)
        if signed.nonce != nonce:
            text = "nonce too low" if signed.nonce < nonce else "nonce too high"
            raise Refused(SERVER_SAYS_NO, f"{text}: next is {nonce}, given was {signed.nonce}")
        if state.get_balance(signed.sender) < signed.value + signed.gas * signed.max_fee_per_gas:
            raise Refused(SERVER_SAYS_NO, "Insufficient funds for gas * price + value")

    # --- the clock ----------------------------------------------------------------------------

    def _seal(self) -> None:
        """Mine the pending block; the clock goes on from its time, and is never behind it."""
        ahead = self.evm.header.timestamp - int(time.time())
        self._backend.mine_blocks(1)
        if self._next_timestamp is not None:
            self._seconds_ahead, self._next_timestamp = ahead, None
        self._seconds_ahead = max(self._seconds_ahead, ahead)

    def increase_time(self, seconds: int) -> int:
        """Let the clock run ahead; how far it is ahead of the wall clock now."""
        self._seconds_ahead += seconds
        return self._seconds_ahead

    def set_next_timestamp(self, timestamp: int) -> None:
        """The next block has this time, and the clock goes on from there.

        The last block's own time means the next second: here no two blocks have the same time.
        """
        last = self.head().timestamp
        if timestamp < last:
            raise Refused(INVALID_PARAMS, f"{timestamp} is before the last block, {last}")
        self._next_timestamp = timestamp

    def mine(self, blocks: int = 1, seconds_between: int = 1) -> None:
        """Mine blocks without transactions."""
        for done in range(blocks):
            if done:
                self._next_timestamp = self.head().timestamp + max(1, seconds_between)
            self.evm.header = self.pending_header()
            self._seal()

    def snapshot(self) -> int:
        """Remember this state; the number to go back to it by."""
        self._snapshots.append((self.head().hash, self._seconds_ahead))
        return len(self._snapshots) - 1

    def revert(self, snapshot: int) -> bool:
        """Back to a snapshot, which is used up by it, as are all later ones."""
        if not 0 <= snapshot < len(self._snapshots):
            return False
        block_hash, self._seconds_ahead = self._snapshots[snapshot]
        del self._snapshots[snapshot:]
        self._next_timestamp = None
        if self.head().hash != block_hash:
            self._backend.revert_to_snapshot(block_hash)
        return True
