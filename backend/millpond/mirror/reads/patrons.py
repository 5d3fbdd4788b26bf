# SPDX-License-Identifier: AGPL-3.0-only
"""Who gave, and who was thanked with grain. Nobody is named who asked not to be."""

from dataclasses import dataclass

from millpond.core.figures import Money
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot

UNNAMED = ""
"""The name in `gift_totals` of all who asked not to be named."""


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
        SELECT name, first_place / 1048576 AS block_number, first_place % 1048576 AS log_index
        FROM (
            SELECT t.name, min(t.first_place) AS first_place
            FROM gift_totals t WHERE {where} GROUP BY t.name
        ) AS given
    """  # noqa: S608  made of constants of this file
    return now.page(query, values, part, lambda row: _patron(now, row, where, values))


def thanks(now: Snapshot, pool: Pool, part: Range) -> Listed[Thanks]:
    """Each gift that was thanked with grain."""
    query = "SELECT * FROM patron_thanks WHERE pool = ?"
    return now.page(query, (pool.address,), part, lambda row: _thanks(now, row))


def _of(pool: Pool, earmark: int | None) -> tuple[str, list[object]]:
    if earmark is None:
        return "t.pool = ?", [pool.address]
    return "t.pool = ? AND t.earmark_id = ?", [pool.address, earmark]


def _patron(now: Snapshot, row: Row, where: str, values: list[object]) -> PatronOf:
    query = f"""
        SELECT t.asset, units_sum(t.amount) AS total, sum(t.gifts) AS gifts,
            min(f.timestamp) AS first_at, max(l.timestamp) AS last_at,
            max(t.newest_block) AS newest_block
        FROM gift_totals t
        JOIN blocks f ON f.number = t.first_place / 1048576
        JOIN blocks l ON l.number = t.newest_block
        WHERE {where} AND t.name = ? GROUP BY t.asset ORDER BY t.asset
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
