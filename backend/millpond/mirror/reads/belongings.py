# SPDX-License-Identifier: AGPL-3.0-only
"""What a pool owns besides money, what it lost, and who holds its grain."""

from dataclasses import dataclass

from millpond.core.figures import Asset, Money
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot


@dataclass(frozen=True)
class Collectible:
    """Tokens that are no money, as they came or went."""

    what: str
    token: str
    token_id: int
    amount: int
    """By so much what is held changes; what left has a minus."""
    held: int
    """Of this token and number after it, as far as the tokens said so."""
    party: str
    """Who sent them, or got them."""
    moved_at: int
    block_number: int
    log_index: int
    transaction_hash: str


@dataclass(frozen=True)
class Loss:
    """The members spread a loss over all that the books say of an asset."""

    asset: Asset
    factor: int
    """Since then an amount of the books is paid as floor(amount * factor / 10^18)."""
    accepted_at: int
    block_number: int
    log_index: int
    transaction_hash: str


@dataclass(frozen=True)
class Holder:
    """An account that has, or had, grain."""

    account: str
    balance: Money
    is_member: bool
    since: int
    """When it first got some."""
    block_number: int
    log_index: int


def collectibles(now: Snapshot, pool: Pool, part: Range) -> Listed[Collectible]:
    """As they came and went, in the order of the chain."""
    query = "SELECT * FROM collectibles WHERE pool = ?"
    return now.page(query, (pool.address,), part, lambda row: _collectible(now, row))


def losses(now: Snapshot, pool: Pool, part: Range) -> Listed[Loss]:
    """Each time that one was accepted."""
    query = "SELECT * FROM losses WHERE pool = ?"
    return now.page(query, (pool.address,), part, lambda row: _loss(now, row))


def holders(now: Snapshot, pool: Pool, part: Range) -> Listed[Holder]:
    """Everybody who ever had grain, by when she first got some."""
    query = """
        SELECT h.*, b.timestamp AS since FROM grain_holders h
        JOIN blocks b ON b.number = h.block_number WHERE h.grain = ?
    """
    return now.page(query, (pool.parts.grain,), part, lambda row: _holder(now, pool, row))


def _collectible(now: Snapshot, row: Row) -> Collectible:
    found = now.row(
        "SELECT units_sum(amount) AS held FROM collectibles WHERE pool = ? AND token = ?"
        " AND token_id = ? AND (block_number, log_index) <= (?, ?)",
        *(row[key] for key in ("pool", "token", "token_id", "block_number", "log_index")),
    )
    return Collectible(
        what=row["what"],
        token=row["token"],
        token_id=int(row["token_id"]),
        amount=int(row["amount"]),
        held=int(found["held"]) if found else 0,
        party=row["party"],
        moved_at=row["moved_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )


def _loss(now: Snapshot, row: Row) -> Loss:
    return Loss(
        asset=now.asset(row["asset"]),
        factor=int(row["factor"]),
        accepted_at=row["accepted_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )


def _holder(now: Snapshot, pool: Pool, row: Row) -> Holder:
    account, grain = row["account"], row["grain"]
    seat = now.row(
        "SELECT seat FROM members WHERE governor = ? AND account = ? AND is_member = 1",
        pool.parts.governor,
        account,
    )
    return Holder(
        account=account,
        balance=now.money(row["balance"], grain),
        is_member=seat is not None,
        since=row["since"],
        block_number=row["block_number"],
        log_index=row["log_index"],
    )
