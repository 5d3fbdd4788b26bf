# SPDX-License-Identifier: AGPL-3.0-only
"""What happened to seats besides votes: requests for another key, and buy-ins."""

from dataclasses import dataclass

from millpond.core.figures import Money
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot

REBIND_STATES = ("waiting", "ready", "completed", "objected", "replaced", "lapsed")
"""The old key can still object; the new one may complete it; it did; the old one objected; another
was asked for since; the old key is no member any more."""


@dataclass(frozen=True)
class Rebind:
    """A request that a seat be moved to another key of the same person."""

    old: str
    new: str
    state: str
    sponsors: int
    """How many members signed it; 0: a vote asked for it."""
    asked_at: int
    ready_at: int
    """From when on the new key may complete it."""
    block_number: int
    log_index: int
    transaction_hash: str


@dataclass(frozen=True)
class BuyIn:
    """What was put in for a seat."""

    account: str
    seat: int
    payer: str
    earmark_id: int
    amount: Money
    paid_at: int
    refunded_at: int | None
    block_number: int
    log_index: int
    transaction_hash: str


def rebinds(now: Snapshot, pool: Pool, part: Range) -> Listed[Rebind]:
    """All requests in the order of the chain."""
    query = "SELECT * FROM rebinds WHERE pool = ?"
    return now.page(query, (pool.address,), part, _rebind)


def buy_ins(now: Snapshot, pool: Pool, part: Range) -> Listed[BuyIn]:
    """All buy-ins in the order of the chain."""
    query = """
        SELECT i.*, b.timestamp AS refunded_at FROM buy_ins i
        LEFT JOIN blocks b ON b.number = i.newest_block WHERE i.pool = ?
    """
    return now.page(query, (pool.address,), part, lambda row: _buy_in(now, row))


def _rebind(row: Row) -> Rebind:
    return Rebind(
        old=row["old"],
        new=row["new"],
        state=row["state"],
        sponsors=row["sponsors"],
        asked_at=row["asked_at"],
        ready_at=row["ready_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )


def _buy_in(now: Snapshot, row: Row) -> BuyIn:
    return BuyIn(
        account=row["account"],
        seat=row["seat"],
        payer=row["payer"],
        earmark_id=row["earmark_id"],
        amount=now.money(row["amount"], row["asset"]),
        paid_at=row["paid_at"],
        refunded_at=row["refunded_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )
