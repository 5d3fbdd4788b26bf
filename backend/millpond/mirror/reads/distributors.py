# SPDX-License-Identifier: AGPL-3.0-only
"""The contracts that pay a pool's people: the first, and those that the members installed later."""

from dataclasses import dataclass, replace

from millpond.mirror.reads import pools
from millpond.mirror.reads.pools import Policy, Pool, Signers
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot


@dataclass(frozen=True)
class Distributor:
    """One of them, with what governs it now."""

    address: str
    is_first: bool
    maintainers: Signers
    policy: Policy | None
    """None before the earmark that it pays is opened."""
    epochs_left: int
    last_epoch: int
    """The newest final one; 0 before the first."""
    made_at: int
    block_number: int
    log_index: int


def listed(now: Snapshot, pool: Pool, part: Range) -> Listed[Distributor]:
    """In the order of their making."""
    query = "SELECT * FROM distributors WHERE pool = ?"
    return now.page(query, (pool.address,), part, lambda row: _made(now, pool, row))


def each(now: Snapshot, pool: Pool) -> list[Pool]:
    """A pool once for each distributor of it, with that one's epochs."""
    query = "SELECT * FROM distributors WHERE pool = ? ORDER BY block_number, log_index"
    rows = now.rows(query, pool.address)
    return [_of(pool, row) for row in rows]


def _of(pool: Pool, row: Row) -> Pool:
    return replace(pool, parts=replace(pool.parts, distributor=row["distributor"]))


def _made(now: Snapshot, pool: Pool, row: Row) -> Distributor:
    terms = pools.constitution(now, _of(pool, row))
    last = now.row(
        "SELECT coalesce(max(epoch), 0) AS epoch, max(block_number) AS newest_block"
        " FROM cred_distributor_distribution_finalised WHERE address = ?",
        row["distributor"],
    )
    return Distributor(
        address=row["distributor"],
        is_first=bool(row["is_first"]),
        maintainers=terms.maintainers,
        policy=terms.policy,
        epochs_left=terms.epochs_left,
        last_epoch=last["epoch"] if last else 0,
        made_at=row["made_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
    )
