# SPDX-License-Identifier: AGPL-3.0-only
"""Who gave, and who was thanked with grain. Nobody is named who asked not to be."""

from dataclasses import dataclass

from millpond.core.figures import Money
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot

UNNAMED = ""
"""The name in `named_gifts` of all who asked not to be named."""


@dataclass(frozen=True)
class Total:
    """All gifts of one patron in one asset."""

    amount: Money
    gifts: int


@dataclass(frozen=True)
class PatronOf:
    """One patron of a pool or of one of its earmarks; all unnamed ones are one."""

    account: str | None
    """None for all who asked not to be named, together."""
    gifts: int
    totals: tuple[Total, ...]
    first_at: int
    last_at: int
    block_number: int
    log_index: int
    """Place of the first gift."""


@dataclass(frozen=True)
class Thanks:
    """Grain for a gift."""

    patron: str | None
    """None for whoever asked not to be named in any gift to that earmark."""
    earmark_id: int
    grain: Money
    thanked_at: int
    block_number: int
    log_index: int
    transaction_hash: str | None


def listed(now: Snapshot, pool: Pool, part: Range, earmark: int | None = None) -> Listed[PatronOf]:
    """By their first gift; only patrons of one earmark, and what they gave to it, if told."""
    where, values = _of(pool, earmark)
    query = f"""
        SELECT name, block_number, log_index FROM (
            SELECT g.*, row_number() OVER (
                PARTITION BY g.name ORDER BY g.block_number, g.log_index
            ) AS from_first
            FROM named_gifts g WHERE {where}
        ) AS given WHERE from_first = 1
    """  # noqa: S608  made of constants of this file
    return now.page(query, values, part, lambda row: _patron(now, row, where, values))


def thanks(now: Snapshot, pool: Pool, part: Range) -> Listed[Thanks]:
    """Each gift that was thanked with grain."""
    query = "SELECT * FROM patron_thanks WHERE pool = ?"
    return now.page(query, (pool.address,), part, lambda row: _thanks(now, row))


def _of(pool: Pool, earmark: int | None) -> tuple[str, list[object]]:
    if earmark is None:
        return "g.pool = ?", [pool.address]
    return "g.pool = ? AND g.earmark_id = ?", [pool.address, earmark]


def _patron(now: Snapshot, row: Row, where: str, values: list[object]) -> PatronOf:
    query = f"""
        SELECT g.asset, units_sum(g.amount) AS total, count(*) AS gifts,
            min(b.timestamp) AS first_at, max(b.timestamp) AS last_at,
            max(g.block_number) AS newest_block
        FROM named_gifts g JOIN blocks b ON b.number = g.block_number
        WHERE {where} AND g.name = ? GROUP BY g.asset ORDER BY g.asset
    """  # noqa: S608  as above
    found = now.rows(query, *values, row["name"])
    return PatronOf(
        account=row["name"] or None,
        gifts=sum(each["gifts"] for each in found),
        totals=tuple(
            Total(now.money(each["total"], each["asset"]), each["gifts"]) for each in found
        ),
        first_at=min(each["first_at"] for each in found),
        last_at=max(each["last_at"] for each in found),
        block_number=row["block_number"],
        log_index=row["log_index"],
    )


def _thanks(now: Snapshot, row: Row) -> Thanks:
    patron = row["patron"]
    return Thanks(
        patron=patron,
        earmark_id=row["earmark_id"],
        grain=now.money(row["amount"], row["grain"]),
        thanked_at=row["thanked_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"] if patron else None,
    )
