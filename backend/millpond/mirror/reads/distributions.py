# SPDX-License-Identifier: AGPL-3.0-only
"""Distributions from post to the last claim, and how each pot came about: R * p and what was over.

R is what the income earmark received since the last final distribution was posted (the first time:
since the policy began). Computed here from events alone; the rule is in contracts/modules/pots.vy.
"""

from dataclasses import dataclass

from millpond.core.figures import Money
from millpond.core.units import share_bps
from millpond.mirror.reads.pools import Pool, spelled
from millpond.mirror.reads.refusals import NoSuchEpoch
from millpond.mirror.reads.snapshot import Key, Listed, Range, Row, Snapshot

STATES = ("review", "final", "withdrawn", "void")
FINAL = "final"

_DISTRIBUTIONS = """
    SELECT d.*, (
        SELECT max(block_number) FROM cred_distributor_distribution_finalised f
        WHERE f.address = d.distributor AND f.epoch = d.epoch AND f.attempt = d.attempt
    ) AS newest_block
    FROM distributions d WHERE d.pool = ?
"""
_OF_ONE = f"{_DISTRIBUTIONS} AND d.distributor = ?"


@dataclass(frozen=True)
class Division:
    """How a pot came about: min(floor(income * payout_bps / 10,000) + carry, unreserved)."""

    income_earmark: int
    income: Money
    """R: what was received since the distribution before."""
    payout_bps: int
    """p, in basis points."""
    share: Money
    """floor(R * p)."""
    carry: Money
    """What earlier pots had left over, taken first."""


@dataclass(frozen=True)
class Distribution:
    """One attempt at one epoch. Cred in millionths, times in seconds since 1970."""

    distributor: str
    epoch: int
    attempt: int
    state: str
    proposal_id: str
    """The consent proposal that its post raised."""
    data_hash: str
    """keccak256 of the document."""
    uri: str
    root: str
    total_cred: int
    leaf_count: int
    earmark_id: int
    pot: Money
    minimum: Money
    grain: Money
    signer_cap_bps: int
    maintainers_version: int
    signers: tuple[str, ...]
    division: Division
    excluded: int
    """Cred that the review struck out."""
    closes_at: int | None
    """Claims are taken before it; None while it is not final."""
    epoch_hash: str | None
    paid: Money
    paid_leaves: int
    left_over: Money | None
    """What went back when claims were closed; None before that."""
    posted_at: int
    final_at: int | None
    block_number: int
    log_index: int
    transaction_hash: str


@dataclass(frozen=True)
class Payment:
    """One leaf that was paid."""

    epoch: int
    subject: str
    payee: str
    to: str
    amount: Money
    grain: Money
    claimed_at: int
    block_number: int
    log_index: int
    position: int
    transaction_hash: str


def listed(
    now: Snapshot, pool: Pool, part: Range, distributor: str | None = None
) -> Listed[Distribution]:
    """All attempts in the order of their posts; only those of one distributor, if told."""
    query, values = _DISTRIBUTIONS, [pool.address]
    if distributor is not None:
        query, values = _OF_ONE, [pool.address, spelled(distributor)]
    return now.page(query, values, part, lambda row: _made(now, pool, row))


def find(now: Snapshot, pool: Pool, epoch: int) -> Distribution:
    """The attempt at an epoch that counts: the final one, else the last; `NoSuchEpoch`."""
    row = now.row(
        f"{_OF_ONE} AND d.epoch = ? ORDER BY CASE WHEN d.state = 'final' THEN 0 ELSE 1 END,"
        " d.attempt DESC LIMIT 1",
        pool.address,
        pool.parts.distributor,
        epoch,
    )
    if row is None:
        raise NoSuchEpoch(
            f"{pool.name} has posted nothing for epoch {epoch}",
            f"see what was posted: /v1/pools/{pool.name}/distributions",
        )
    return _made(now, pool, row)


def epochs_by_proposal(now: Snapshot, pool: Pool) -> dict[str, int]:
    """Consent proposal -> the epoch that it is about."""
    query = "SELECT proposal_id, epoch, block_number FROM distributions WHERE pool = ?"
    return {row["proposal_id"]: row["epoch"] for row in now.rows(query, pool.address)}


def payments(now: Snapshot, pool: Pool, epoch: int, part: Range) -> Listed[Payment]:
    """Every leaf of an epoch that was paid, in the order of the chain."""
    query = "SELECT * FROM claims WHERE distributor = ? AND epoch = ?"
    asset = find(now, pool, epoch).pot.asset.address
    keys = ("block_number", "log_index", "position")
    values = pool.parts.distributor, epoch
    return now.page(query, values, part, lambda row: _payment(now, pool, asset, row), keys)


def all_payments(now: Snapshot, pool: Pool, distribution: Distribution) -> dict[str, Payment]:
    """Subject -> what was paid for its leaf."""
    query = "SELECT * FROM claims WHERE distributor = ? AND epoch = ?"
    asset = distribution.pot.asset.address
    rows = now.rows(query, distribution.distributor, distribution.epoch)
    return {row["subject"]: _payment(now, pool, asset, row) for row in rows}


def _payment(now: Snapshot, pool: Pool, asset: str, row: Row) -> Payment:
    return Payment(
        epoch=row["epoch"],
        subject=row["subject"],
        payee=row["payee"],
        to=row["to_account"],
        amount=now.money(row["amount"], asset),
        grain=now.money(row["grain"], pool.parts.grain),
        claimed_at=row["claimed_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        position=row["position"],
        transaction_hash=row["transaction_hash"],
    )


def _made(now: Snapshot, pool: Pool, row: Row) -> Distribution:
    asset, final = row["asset"], row["state"] == FINAL
    paid, leaves = _paid(now, row)
    return Distribution(
        distributor=row["distributor"],
        epoch=row["epoch"],
        attempt=row["attempt"],
        state=row["state"],
        proposal_id=row["proposal_id"],
        data_hash=row["data_hash"],
        uri=row["uri"],
        root=row["root"],
        total_cred=int(row["total_cred"]),
        leaf_count=row["leaf_count"],
        earmark_id=row["earmark_id"],
        pot=now.money(row["pot"], asset),
        minimum=now.money(row["minimum"], asset),
        grain=now.money(row["grain_per_epoch"], pool.parts.grain),
        signer_cap_bps=row["signer_cap_bps"],
        maintainers_version=row["maintainers_version"],
        signers=_signers(now, row),
        division=_division(now, row),
        excluded=int(row["excluded"]),
        closes_at=row["closes_at"] if final else None,
        epoch_hash=row["epoch_hash"],
        paid=now.money(paid if final else 0, asset),
        paid_leaves=leaves if final else 0,
        left_over=_left_over(now, row) if final else None,
        posted_at=row["posted_at"],
        final_at=row["final_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )


def _paid(now: Snapshot, row: Row) -> tuple[int, int]:
    """How much of an epoch was paid, in how many leaves."""
    query = (
        "SELECT units_sum(amount) AS amount, count(*) AS leaves, max(block_number) AS newest_block"
        " FROM payments WHERE distributor = ? AND epoch = ?"
    )
    found = now.row(query, row["distributor"], row["epoch"])
    return (int(found["amount"] or 0), found["leaves"]) if found else (0, 0)


def _signers(now: Snapshot, row: Row) -> tuple[str, ...]:
    query = (
        "SELECT value FROM cred_distributor_distribution_posted_signers"
        " WHERE block_number = ? AND log_index = ? ORDER BY position"
    )
    return tuple(each["value"] for each in now.rows(query, row["block_number"], row["log_index"]))


def _left_over(now: Snapshot, row: Row) -> Money | None:
    query = "SELECT * FROM cred_distributor_epoch_closed WHERE address = ? AND epoch = ?"
    closed = now.row(query, row["distributor"], row["epoch"])
    return now.money(closed["left_over"], row["asset"]) if closed else None


# --- how the pot came about -----------------------------------------------------------------------


def _division(now: Snapshot, row: Row) -> Division:
    policy = now.row(
        "SELECT * FROM policies WHERE distributor = ?"
        " AND (block_number, log_index) < (?, ?) ORDER BY version DESC LIMIT 1",
        row["distributor"],
        *_place(row),
    )
    assert policy is not None  # noqa: S101  nothing can be posted before a policy is set
    earmark = policy["income_earmark"]
    received = _received(now, row, earmark, _place(row))
    income = received - _received(now, row, earmark, _baseline(now, row, earmark))
    pot, carry = int(row["pot"]), _carry(now, row)
    return Division(
        income_earmark=earmark,
        income=now.money(income, row["asset"]),
        payout_bps=policy["payout_bps"],
        share=now.money(share_bps(income, policy["payout_bps"]), row["asset"]),
        carry=now.money(min(carry, pot), row["asset"]),
    )


def _place(row: Row) -> Key:
    return row["block_number"], row["log_index"]


def _baseline(now: Snapshot, row: Row, earmark: int) -> Key:
    """Where the income began to count: the post of the last distribution that was final by then
    and divided the income of the same earmark and asset, else the first policy to name them."""
    last = now.row(
        """
        SELECT d.block_number, d.log_index FROM cred_distributor_distribution_finalised f
        JOIN distributions d ON d.distributor = f.address AND d.epoch = f.epoch
            AND d.attempt = f.attempt
        WHERE f.address = ? AND (f.block_number, f.log_index) < (?, ?) AND d.asset = ?
        AND (
            SELECT p.income_earmark FROM policies p WHERE p.distributor = d.distributor
            AND (p.block_number, p.log_index) < (d.block_number, d.log_index)
            ORDER BY p.version DESC LIMIT 1
        ) = ?
        ORDER BY d.epoch DESC LIMIT 1
        """,
        row["distributor"],
        *_place(row),
        row["asset"],
        earmark,
    ) or now.row(
        "SELECT block_number, log_index FROM policies"
        " WHERE distributor = ? AND income_earmark = ? AND asset = ? ORDER BY version LIMIT 1",
        row["distributor"],
        earmark,
        row["asset"],
    )
    assert last is not None  # noqa: S101  the policy in force is itself such a row
    return _place(last)


def _received(now: Snapshot, row: Row, earmark: int, before: Key) -> int:
    """What an earmark had received by then, in the asset of the distribution."""
    found = now.row(
        "SELECT received_after FROM ledger WHERE pool = ? AND earmark_id = ? AND asset = ?"
        " AND (block_number, log_index) < (?, ?)"
        " ORDER BY block_number DESC, log_index DESC, line DESC LIMIT 1",
        row["pool"],
        earmark,
        row["asset"],
        *before,
    )
    return int(found["received_after"]) if found else 0


def _carry(now: Snapshot, row: Row) -> int:
    """What earlier pots had left over by then."""
    found = now.row(
        "SELECT carry FROM cred_distributor_carry_changed WHERE address = ? AND asset = ?"
        " AND (block_number, log_index) < (?, ?)"
        " ORDER BY block_number DESC, log_index DESC LIMIT 1",
        row["distributor"],
        row["asset"],
        *_place(row),
    )
    return int(found["carry"]) if found else 0
