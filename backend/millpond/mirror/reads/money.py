# SPDX-License-Identifier: AGPL-3.0-only
"""Money by purpose: earmarks and what they hold, gifts, patrons.

A patron who asked not to be named is not named here either: neither her address nor the transaction
that would lead to it leaves this module. (Both are on the chain all the same.)
"""

from collections import defaultdict
from dataclasses import dataclass

from millpond.core.figures import Money
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot


@dataclass(frozen=True)
class Account:
    """One earmark's money in one asset."""

    balance: Money
    received: Money
    """Gifts since the beginning; for the general fund also what came without one."""
    reserved: Money
    """Promised by the earmark's spender and not yet paid."""
    unreserved: Money


@dataclass(frozen=True)
class Earmark:
    """A named pot with a purpose; number 0 is the general fund."""

    id: int
    uri: str | None
    """Where its purpose is written down; None for the general fund."""
    purpose_hash: str | None
    spender: str | None
    """The contract that alone may promise and pay; None: the members spend it by vote."""
    spender_kind: str | None
    restricted: bool
    """Serves its purpose or returns to its patrons."""
    deadline: int | None
    """From this second on it takes no more gifts."""
    ended: bool
    accounts: tuple[Account, ...]
    opened_at: int
    block_number: int
    log_index: int


@dataclass(frozen=True)
class Gift:
    """One gift. `patron` and `transaction_hash` are None for whoever asked not to be named."""

    earmark_id: int
    amount: Money
    patron: str | None
    anonymous: bool
    note: str
    given_at: int
    block_number: int
    log_index: int
    transaction_hash: str | None


@dataclass(frozen=True)
class Patron:
    """What one patron gave in all, in one asset; without a name, all who asked for that."""

    account: str | None
    total: Money
    gifts: int
    first_at: int


def earmarks(now: Snapshot, pool: Pool, part: Range) -> Listed[Earmark]:
    """All earmarks by number."""
    query = "SELECT * FROM earmarks WHERE pool = ?"
    return now.page(query, (pool.address,), part, lambda row: _earmark(now, row))


def gifts(now: Snapshot, pool: Pool, part: Range, earmark: int | None = None) -> Listed[Gift]:
    """All gifts in the order of the chain; only those to one earmark, if told."""
    query, values = "SELECT * FROM gifts WHERE pool = ?", [pool.address]
    if earmark is not None:
        query += f" AND earmark_id = {int(earmark)}"
    return now.page(query, values, part, lambda row: _gift(now, row))


def patrons(now: Snapshot, pool: Pool) -> list[Patron]:
    """Who gave, the largest sum in each asset first; all unnamed patrons are one."""
    query = "SELECT * FROM gifts WHERE pool = ? ORDER BY block_number, log_index"
    together: dict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for row in now.rows(query, pool.address):
        together[None if row["anonymous"] else row["patron"], row["asset"]].append(row)
    found = [
        Patron(
            account,
            now.money(sum(int(row["amount"]) for row in rows), asset),
            len(rows),
            rows[0]["given_at"],
        )
        for (account, asset), rows in together.items()
    ]
    return sorted(found, key=lambda each: (each.total.asset.address, -each.total.amount))


def _earmark(now: Snapshot, row: Row) -> Earmark:
    kind = now.kind_of(row["spender"])[0] if row["spender"] else None
    deadline = row["deadline"] or None
    return Earmark(
        id=row["earmark_id"],
        uri=row["uri"],
        purpose_hash=row["purpose_hash"],
        spender=row["spender"],
        spender_kind=kind,
        restricted=bool(row["restricted"]),
        deadline=deadline,
        ended=deadline is not None and deadline <= now.as_of.block_timestamp,
        accounts=_accounts(now, row["pool"], row["earmark_id"]),
        opened_at=row["opened_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
    )


def _accounts(now: Snapshot, pool: str, earmark: int) -> tuple[Account, ...]:
    query = "SELECT * FROM accounts WHERE pool = ? AND earmark_id = ? ORDER BY asset"
    return tuple(_account(now, row) for row in now.rows(query, pool, earmark))


def _account(now: Snapshot, row: Row) -> Account:
    balance, reserved = int(row["balance"]), int(row["reserved"])
    asset = row["asset"]
    return Account(
        balance=now.money(balance, asset),
        received=now.money(row["received"], asset),
        reserved=now.money(reserved, asset),
        unreserved=now.money(balance - reserved, asset),
    )


def _gift(now: Snapshot, row: Row) -> Gift:
    unnamed = bool(row["anonymous"])
    return Gift(
        earmark_id=row["earmark_id"],
        amount=now.money(row["amount"], row["asset"]),
        patron=None if unnamed else row["patron"],
        anonymous=unnamed,
        note=row["note"],
        given_at=row["given_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=None if unnamed else row["transaction_hash"],
    )
