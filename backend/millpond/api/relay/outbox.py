# SPDX-License-Identifier: AGPL-3.0-only
"""Transactions on the disk: each is written, signed, before it is sent for the first time.

A batch has one nonce for its whole life. All of its attempts have that nonce, so at most one of
them is ever mined; whoever was killed between writing and sending, or never heard the answer, sends
the same bytes again. Only what the chain says ends a batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from millpond.api.relay.items import Kept
from millpond.chain.answers import Address, Receipt
from millpond.chain.sending import Prices, Transaction
from millpond.core.canonical import keccak256
from millpond.core.subjects import from_hex, to_hex
from millpond.mirror.stores.database import Database

FILLER = "filler"
"""The kind of a batch that does nothing but use up a nonce."""


class BatchState(StrEnum):
    """Where a transaction is."""

    OPEN = "open"
    MINED = "mined"
    FINAL = "final"
    OUTRUN = "outrun"
    """Another transaction of this account took its nonce: it can never be mined."""


@dataclass(frozen=True)
class Attempt:
    """One signed transaction of a batch."""

    hash: bytes
    number: int
    raw: bytes
    gas: int
    prices: Prices
    empty: bool
    """It gives the nonce up: nothing is called any more."""
    made_at: int
    refusal: str | None


@dataclass(frozen=True)
class Batch:
    """One transaction, whatever it is sent at."""

    id: int
    sender: Address
    nonce: int
    kind: str
    transaction: Transaction
    gas: int
    state: BatchState
    made_at: int
    noticed_at: int | None
    """Since when its nonce seems to be another's."""
    transaction_hash: str | None
    block_number: int | None
    block_hash: str | None


@dataclass(frozen=True)
class Signed:
    """What is about to leave."""

    raw: bytes
    gas: int
    prices: Prices
    empty: bool = False


class Outbox:
    """The batches of one account, over one connection."""

    def __init__(self, db: Database, sender: Address) -> None:
        self.db = db
        self.sender = sender

    # --- before anything is sent ------------------------------------------------------------------

    def open_batch(
        self,
        kind: str,
        transaction: Transaction,
        nonce: int,
        signed: Signed,
        items: Sequence[Kept],
        now: int,
    ) -> Batch:
        """A new batch, its first attempt, and its items with it: all or nothing."""
        id_ = self._number("SELECT coalesce(max(id), 0) + 1 AS n FROM relay_batches")
        with self.db.transaction():
            self.db.insert(
                "relay_batches",
                [
                    (
                        *(id_, self.sender, nonce, kind, transaction.to),
                        *(to_hex(transaction.data), signed.gas, transaction.label),
                        *(str(BatchState.OPEN), now, None, None, None, None, None, None),
                    )
                ],
            )
            hash_ = self._attempt(id_, signed, now)
            for kept in items:
                self.db.execute(
                    "UPDATE relay_items SET state = 'sent', batch = ?, changed_at = ?,"
                    " reason = NULL, transaction_hash = ? WHERE id = ?",
                    (id_, now, to_hex(hash_), kept.item.id),
                )
        return self._one("SELECT * FROM relay_batches WHERE id = ?", id_)

    def add_attempt(self, batch: Batch, signed: Signed, now: int) -> Attempt:
        """The same nonce again, at another price."""
        with self.db.transaction():
            hash_ = self._attempt(batch.id, signed, now)
            self.db.execute(
                "UPDATE relay_items SET transaction_hash = ? WHERE batch = ?",
                (to_hex(hash_), batch.id),
            )
        return self.attempts(batch)[-1]

    def _attempt(self, batch: int, signed: Signed, now: int) -> bytes:
        hash_ = keccak256(signed.raw)
        query = "SELECT count(*) + 1 AS n FROM relay_attempts WHERE batch = ?"
        number = self._number(query, batch)
        fee, tip = str(signed.prices.fee), str(signed.prices.tip)
        row = (to_hex(hash_), batch, number, to_hex(signed.raw), signed.gas, fee, tip)
        self.db.insert("relay_attempts", [(*row, int(signed.empty), now, None)])
        return hash_

    def note_refusal(self, attempt: Attempt, text: str | None) -> None:
        """What the node said when it did not take it."""
        query = "UPDATE relay_attempts SET refusal = ? WHERE hash = ?"
        self.db.execute(query, (text and text[:300], to_hex(attempt.hash)))

    # --- what is under way ------------------------------------------------------------------------

    def open(self) -> list[Batch]:
        """What waits to be mined, by nonce."""
        query = "SELECT * FROM relay_batches WHERE sender = ? AND state = 'open' ORDER BY nonce"
        return self._all(query, self.sender)

    def mined(self) -> list[Batch]:
        """What is mined in a block that may still go."""
        query = "SELECT * FROM relay_batches WHERE sender = ? AND state = 'mined' ORDER BY nonce"
        return self._all(query, self.sender)

    def attempts(self, batch: Batch) -> list[Attempt]:
        """All of a batch, the first one first."""
        query = "SELECT * FROM relay_attempts WHERE batch = ? ORDER BY number"
        return [_attempt(row) for row in self.db.execute(query, (batch.id,)).fetchall()]

    def notice(self, batch: Batch, now: int | None) -> None:
        """Since when its nonce seems to be another's; None: it is not."""
        query = "UPDATE relay_batches SET noticed_at = ? WHERE id = ?"
        self.db.execute(query, (now, batch.id))

    # --- ends: inside a transaction of the caller's -----------------------------------------------

    def end_mined(self, batch: Batch, receipt: Receipt, price: int, now: int) -> None:
        """It is in a block."""
        self.db.execute(
            "UPDATE relay_batches SET state = 'mined', noticed_at = NULL, transaction_hash = ?,"
            " block_number = ?, block_hash = ?, spent = ?, spent_at = ? WHERE id = ?",
            (
                *(to_hex(receipt.transaction_hash), receipt.block_number),
                *(to_hex(receipt.block_hash), str(receipt.gas_used * price), now, batch.id),
            ),
        )

    def end_done(self, items: Sequence[Kept], receipt: Receipt, now: int) -> None:
        """These are on the chain."""
        for kept in items:
            self.db.execute(
                "UPDATE relay_items SET state = 'done', reason = NULL, changed_at = ?,"
                " transaction_hash = ?, block_number = ? WHERE id = ?",
                (now, to_hex(receipt.transaction_hash), receipt.block_number, kept.item.id),
            )

    def end_outrun(self, batch: Batch) -> None:
        """It can never be mined."""
        query = "UPDATE relay_batches SET state = 'outrun' WHERE id = ?"
        self.db.execute(query, (batch.id,))

    def end_final(self, batch: Batch, now: int) -> None:
        """Its block stays."""
        query = "UPDATE relay_batches SET state = 'final' WHERE id = ?"
        self.db.execute(query, (batch.id,))
        query = (
            "UPDATE relay_items SET state = 'final', changed_at = ? WHERE batch = ?"
            " AND state = 'done'"
        )
        self.db.execute(query, (now, batch.id))

    def reopen(self, batch: Batch, now: int) -> None:
        """Its block was taken back: it waits again, and so do its items."""
        with self.db.transaction():
            self.db.execute(
                "UPDATE relay_batches SET state = 'open', transaction_hash = NULL,"
                " block_number = NULL, block_hash = NULL, spent = NULL, spent_at = NULL"
                " WHERE id = ?",
                (batch.id,),
            )
            self.db.execute(
                "UPDATE relay_items SET state = 'sent', block_number = NULL, changed_at = ?"
                " WHERE batch = ? AND state = 'done'",
                (now, batch.id),
            )

    # --- money ------------------------------------------------------------------------------------

    def spent_since(self, second: int) -> int:
        """What was paid for gas, in wei."""
        query = "SELECT spent FROM relay_batches WHERE sender = ? AND spent_at >= ?"
        return sum(int(row["spent"]) for row in self.db.execute(query, (self.sender, second)))

    def promised(self) -> int:
        """What may still be paid for what is under way."""
        found = 0
        for batch in self.open():
            found += max((a.gas * a.prices.fee for a in self.attempts(batch)), default=0)
        return found

    def _all(self, query: str, *values: object) -> list[Batch]:
        return [_batch(row) for row in self.db.execute(query, values).fetchall()]

    def _one(self, query: str, *values: object) -> Batch:
        (found,) = self._all(query, *values)
        return found

    def _number(self, query: str, *values: object) -> int:
        return int(self.db.execute(query, values).fetchone()["n"])


def _batch(row: Any) -> Batch:
    data = bytes.fromhex(row["data"][2:])
    return Batch(
        id=row["id"],
        sender=Address(row["sender"]),
        nonce=row["nonce"],
        kind=row["kind"],
        transaction=Transaction(Address(row["target"]), data, 0, row["label"]),
        gas=row["gas"],
        state=BatchState(row["state"]),
        made_at=row["made_at"],
        noticed_at=row["noticed_at"],
        transaction_hash=row["transaction_hash"],
        block_number=row["block_number"],
        block_hash=row["block_hash"],
    )


def _attempt(row: Any) -> Attempt:
    return Attempt(
        hash=from_hex(row["hash"], 32),
        number=row["number"],
        raw=bytes.fromhex(row["raw"][2:]),
        gas=row["gas"],
        prices=Prices(int(row["fee"]), int(row["tip"])),
        empty=bool(row["empty"]),
        made_at=row["made_at"],
        refusal=row["refusal"],
    )
