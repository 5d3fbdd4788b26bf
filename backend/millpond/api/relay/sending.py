# SPDX-License-Identifier: AGPL-3.0-only
"""One account's transactions, from a nonce to a final block.

    settle()    what became of those that were sent
    push()      what the node lost is sent again; what waits too long pays more; gaps are filled
    send(...)   one more

Every step looks at the disk and at the chain alone: it does not matter when it was killed before.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from millpond.api.relay.guard import PayingKey
from millpond.api.relay.items import Kept
from millpond.api.relay.outbox import FILLER, Attempt, Batch, Outbox, Signed
from millpond.api.relay.purse import Purse
from millpond.api.relay.queue import Queue
from millpond.chain import answers
from millpond.chain.answers import NotKept, Receipt
from millpond.chain.client import Client
from millpond.chain.rpc import RpcRefused
from millpond.chain.sending import Transaction
from millpond.core.subjects import from_hex, to_hex

_LOG = logging.getLogger("millpond.relay")
_RECEIPT = "eth_getTransactionReceipt"
_PLAIN_GAS = 21_000
_HARMLESS = ("already known", "known transaction", "already imported", "nonce too low")
"""What nodes say of a transaction that they have, or had."""
_UNDERPRICED = ("underpriced", "less than block base fee")
"""What nodes say of a transaction that pays too little to be taken."""

Became = Callable[[Batch, Sequence[Kept], Receipt], dict[str, str]]
"""Why items did not count in a mined transaction."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds, and how many at a time."""

    stuck: float = 90.0
    """Then a transaction that is not mined pays more."""
    resend: float = 3.0
    """Then the node is asked whether it still has it."""
    outrun: float = 12.0
    """So long another transaction has to be in a nonce's place before ours is given up."""
    gap: float = 20.0
    """So long nobody has sent anything with a nonce below ours before it is filled."""
    in_flight: int = 4
    """Transactions at a time: whatever delays the first delays all."""
    final_depth: int = 64
    """Blocks above one that make it final where the node names none."""


class Sender:
    """The relay's account at work; `now` is a clock in seconds."""

    def __init__(
        self,
        client: Client,
        key: PayingKey,
        queue: Queue,
        became: Became,
        patience: Patience,
        now: Callable[[], float],
    ) -> None:
        self.client = client
        self.key = key
        self.queue = queue
        self.outbox = Outbox(queue.db, key.address)
        self._became = became
        self._patience = patience
        self._clock = now
        self._gaps: dict[int, float] = {}

    @property
    def _now(self) -> int:
        return int(self._clock())

    # --- what became of them ----------------------------------------------------------------------

    def settle(self) -> None:
        """Note what is mined, final, taken back, or can never be mined any more."""
        # in this order: whatever is mined in between is found
        mined_nonces = self.client.nonce(self.key.address)
        for batch in self.outbox.open():
            found = self._mined(batch)
            if found is not None:
                self._end(batch, *found)
            elif batch.nonce < mined_nonces:
                self._outrun(batch)
            elif batch.noticed_at is not None:
                self.outbox.notice(batch, None)
        head = self.client.block().number
        final = max(self._finalized(), head - self._patience.final_depth)
        for batch in self.outbox.mined():
            self._confirm(batch, final)

    def _mined(self, batch: Batch) -> tuple[Attempt, Receipt, bool, int] | None:
        """The attempt that is in a block, with its receipt, success and price of gas."""
        for attempt in reversed(self.outbox.attempts(batch)):
            found = self.client.rpc.ask(_RECEIPT, [to_hex(attempt.hash)])
            if found is not None:
                receipt, success = answers.receipt(found, attempt.hash)
                price = answers.fields(found, "a receipt").get("effectiveGasPrice")
                return attempt, receipt, success, answers.quantity(price, "a receipt's price")
        return None

    def _end(
        self, batch: Batch, attempt: Attempt, receipt: Receipt, success: bool, price: int
    ) -> None:
        items, now = self.queue.of_batch(batch.id), self._now
        carried = success and not attempt.empty and bool(items)
        why = self._became(batch, items, receipt) if carried else {}
        general = None if attempt.empty else f"its transaction {to_hex(attempt.hash)} failed"
        with self.queue.db.transaction():
            self.outbox.end_mined(batch, receipt, price, now)
            counted = [kept for kept in items if carried and kept.item.id not in why]
            self.outbox.end_done(counted, receipt, now)
            for kept in items:
                if kept not in counted:
                    reason = why.get(kept.item.id, general)
                    self.queue.send_back([kept], now, reason, failed=not attempt.empty)
        _LOG.info(
            "%s with nonce %d is mined in block %d: %d of %d items counted, %d wei",
            *(batch.transaction.label, batch.nonce, receipt.block_number),
            *(len(counted), len(items), receipt.gas_used * price),
        )

    def _outrun(self, batch: Batch) -> None:
        """Its nonce is used up, and by none of its attempts. Nodes behind one address may differ,
        so that is believed only after a while."""
        if batch.noticed_at is None:
            self.outbox.notice(batch, self._now)
        elif self._now - batch.noticed_at >= self._patience.outrun:
            _LOG.warning("nonce %d was used by another transaction of this key", batch.nonce)
            with self.queue.db.transaction():
                self.outbox.end_outrun(batch)
                items = self.queue.of_batch(batch.id)
                self.queue.send_back(items, self._now, "its nonce was used up", failed=False)

    def _confirm(self, batch: Batch, final: int) -> None:
        hash_ = from_hex(str(batch.transaction_hash), 32)
        found = self.client.rpc.ask(_RECEIPT, [to_hex(hash_)])
        receipt = answers.receipt(found, hash_)[0] if found is not None else None
        if receipt is None or to_hex(receipt.block_hash) != batch.block_hash:
            _LOG.warning("the block of nonce %d was taken back", batch.nonce)
            self.outbox.reopen(batch, self._now)
        elif receipt.block_number <= final:
            with self.queue.db.transaction():
                self.outbox.end_final(batch, self._now)

    def _finalized(self) -> int:
        with suppress(NotKept, RpcRefused):
            return self.client.block("finalized").number
        return 0

    # --- one more ---------------------------------------------------------------------------------

    @property
    def has_room(self) -> bool:
        """Whether one more may be under way."""
        return len(self.outbox.open()) < self._patience.in_flight

    def send(
        self, kind: str, transaction: Transaction, gas: int, items: Sequence[Kept], purse: Purse
    ) -> None:
        """Write it down, signed, then send it. `FeeTooHigh`, `NoMoney`, `BudgetSpent`."""
        prices = self.client.prices()
        purse.require(gas * prices.fee)
        nonce = self._next_nonce()
        raw = self.key.sign(self.client.chain_id, transaction, nonce, gas, prices)
        batch = self.outbox.open_batch(
            kind, transaction, nonce, Signed(raw, gas, prices), items, self._now
        )
        _LOG.info("%s with nonce %d brings %d items", transaction.label, nonce, len(items))
        self._submit(self.outbox.attempts(batch)[-1])

    def _next_nonce(self) -> int:
        """Behind all that this key has sent, whoever sent it."""
        own = [batch.nonce + 1 for batch in (*self.outbox.open(), *self.outbox.mined())]
        sender = self.key.address
        return max([self.client.nonce(sender), self.client.nonce(sender, "pending"), *own])

    def _submit(self, attempt: Attempt) -> None:
        try:
            self.client.rpc.tell("eth_sendRawTransaction", [to_hex(attempt.raw)])
        except RpcRefused as error:
            if any(words in error.text.lower() for words in _HARMLESS):
                return
            _LOG.warning("the node did not take %s: %s", to_hex(attempt.hash), error.text[:200])
            self.outbox.note_refusal(attempt, error.text)
        else:
            if attempt.refusal is not None:
                self.outbox.note_refusal(attempt, None)

    # --- what waits -------------------------------------------------------------------------------

    def push(self, purse: Purse, is_of_use: Callable[[Batch, Sequence[Kept]], bool]) -> None:
        """Keep what is under way moving. `is_of_use` says whether a batch is still worth its gas.

        Refused: `FeeTooHigh`, `NoMoney`, `BudgetSpent`, when more would have to be paid.
        """
        mined_nonces = self.client.nonce(self.key.address)
        self._fill_gaps(mined_nonces, purse)
        for batch in self.outbox.open():
            last = self.outbox.attempts(batch)[-1]
            age = self._now - last.made_at
            underpriced = any(words in (last.refusal or "") for words in _UNDERPRICED)
            stuck = batch.nonce == mined_nonces and age >= self._patience.stuck
            if batch.nonce >= mined_nonces and (stuck or underpriced):
                self._replace(batch, last, purse, is_of_use)
            elif age >= self._patience.resend and not self._has(last):
                self._submit(last)

    def _has(self, attempt: Attempt) -> bool:
        found = self.client.rpc.ask("eth_getTransactionByHash", [to_hex(attempt.hash)])
        return found is not None

    def _replace(
        self,
        batch: Batch,
        last: Attempt,
        purse: Purse,
        is_of_use: Callable[[Batch, Sequence[Kept]], bool],
    ) -> None:
        """The same nonce at a higher price; without the call, where it is of no use any more."""
        items = self.queue.of_batch(batch.id)
        empty = last.empty or (batch.kind != FILLER and not is_of_use(batch, items))
        transaction = self._nothing() if empty else batch.transaction
        gas = _PLAIN_GAS if empty else last.gas
        prices = self.client.affordable(self.client.prices().replacing(last.prices))
        purse.require(max(0, gas * prices.fee - last.gas * last.prices.fee))
        raw = self.key.sign(self.client.chain_id, transaction, batch.nonce, gas, prices)
        attempt = self.outbox.add_attempt(batch, Signed(raw, gas, prices, empty), self._now)
        _LOG.info("nonce %d is sent again at %d wei", batch.nonce, prices.fee)
        self._submit(attempt)

    def _nothing(self) -> Transaction:
        return Transaction(self.key.address, b"", 0, "nothing")

    def _fill_gaps(self, mined_nonces: int, purse: Purse) -> None:
        """A nonce below ours that nobody holds keeps all behind it waiting for ever."""
        held = {batch.nonce for batch in self.outbox.open()}
        empty = [n for n in range(mined_nonces, max(held, default=0)) if n not in held]
        if empty:
            pending = self.client.nonce(self.key.address, "pending")
            empty = [nonce for nonce in empty if nonce >= pending]
        self._gaps = {nonce: self._gaps.get(nonce, self._clock()) for nonce in empty}
        for nonce, since in self._gaps.items():
            if self._clock() - since < self._patience.gap:
                continue
            prices, nothing = self.client.prices(), self._nothing()
            purse.require(_PLAIN_GAS * prices.fee)
            raw = self.key.sign(self.client.chain_id, nothing, nonce, _PLAIN_GAS, prices)
            signed = Signed(raw, _PLAIN_GAS, prices, empty=True)
            batch = self.outbox.open_batch(FILLER, nothing, nonce, signed, [], self._now)
            _LOG.warning("nonce %d is held by nobody: filled", nonce)
            self._submit(self.outbox.attempts(batch)[-1])
