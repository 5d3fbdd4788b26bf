# SPDX-License-Identifier: AGPL-3.0-only
"""A pool's books, line by line, each with what its earmark then had in that asset.

What stands in an account behind a line is written with the line (mirror/books.py).
"""

from dataclasses import dataclass

from millpond.core.figures import Money
from millpond.mirror.reads.pools import Pool, spelled
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot

KEYS = ("block_number", "log_index", "line")

# A gift whose patron asked not to be named, and a refund that would tell who she is.
_LINES = """
    SELECT l.*, e.transaction_hash, b.timestamp AS at,
        CASE
            WHEN l.what = 'gift' THEN g.anonymous
            WHEN l.what = 'reclaimed' AND EXISTS (
                SELECT 1 FROM unnamed_patrons u
                WHERE u.pool = l.pool AND u.earmark_id = l.earmark_id AND u.patron = l.party
            ) THEN 1
            ELSE 0
        END AS unnamed
    FROM ledger l
    JOIN events e USING (block_number, log_index)
    JOIN blocks b ON b.number = l.block_number
    LEFT JOIN pool_given g ON g.block_number = l.block_number AND g.log_index = l.log_index
    WHERE l.pool = ?
"""


@dataclass(frozen=True)
class Line:
    """One line of the books."""

    earmark_id: int
    what: str
    party: str | None
    """Who gave or got it; None where nobody did, or for whoever asked not to be named."""
    amount: Money
    """By so much the balance changes."""
    reserved: Money
    """By so much what is promised changes."""
    balance: Money
    """Of this earmark in this asset, after this line."""
    reserved_in_all: Money
    at: int
    block_number: int
    log_index: int
    line: int
    """Which line of its event."""
    transaction_hash: str | None


def listed(
    now: Snapshot, pool: Pool, part: Range, earmark: int | None = None, asset: str | None = None
) -> Listed[Line]:
    """The lines in the order of the chain; only those of an earmark, or of an asset, if told."""
    query, values = _LINES, [pool.address]
    if earmark is not None:
        query += f" AND l.earmark_id = {int(earmark)}"
    if asset is not None:
        query, values = f"{query} AND l.asset = ?", [*values, spelled(asset)]
    return now.page(query, values, part, lambda row: _line(now, row), KEYS)


def _line(now: Snapshot, row: Row) -> Line:
    asset, unnamed = row["asset"], bool(row["unnamed"])
    return Line(
        earmark_id=row["earmark_id"],
        what=row["what"],
        party=None if unnamed else row["party"],
        amount=now.money(row["balance"], asset),
        reserved=now.money(row["reserved"], asset),
        balance=now.money(row["balance_after"], asset),
        reserved_in_all=now.money(row["reserved_after"], asset),
        at=row["at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        line=row["line"],
        transaction_hash=None if unnamed else row["transaction_hash"],
    )
