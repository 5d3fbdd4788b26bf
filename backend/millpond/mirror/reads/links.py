# SPDX-License-Identifier: AGPL-3.0-only
"""Links between identities and accounts: each with its state, and whose word decides for a pool."""

from dataclasses import dataclass

from millpond.core.subjects import Subject, from_hex
from millpond.mirror.reads.identities import Payees, trusted
from millpond.mirror.reads.pools import Pool, spelled
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot

LINK_STATES = ("active", "pending", "objected", "ended")
"""It counts; it waits for its time; it was objected to and not confirmed; it is over, or never
counted."""


@dataclass(frozen=True)
class Link:
    """A link that attesters signed."""

    pool: str
    """Whose attesters."""
    identity: str
    account: str
    state: str
    issued_at: int
    effective_at: int
    """From when on it counts, unless somebody objects."""
    proof_hash: str
    proof_uri: str
    objected: bool
    confirmed: bool
    """By the members, after an objection."""
    ended_at: int | None
    """When the account or the members ended it; another link may have ended it too."""
    proposed_at: int
    block_number: int
    log_index: int
    transaction_hash: str


@dataclass(frozen=True)
class Resolved:
    """Where a pool pays a subject now, and by whose word."""

    subject: str
    payee: str | None
    """None: it waits for an account."""
    trusted: tuple[str, ...]
    """Pools whose attesters this one trusts, in order; the first that says something decides."""
    links: tuple[Link, ...]
    """Of these pools, those that count or wait."""


def listed(
    now: Snapshot,
    pool: Pool,
    part: Range,
    identity: str | None = None,
    account: str | None = None,
) -> Listed[Link]:
    """Every link by a pool's own attesters; only those of an identity or an account, if told."""
    query, values = "SELECT * FROM link_states WHERE pool = ?", [pool.address]
    if identity is not None:
        query, values = f"{query} AND identity = ?", [*values, identity.lower()]
    if account is not None:
        query, values = f"{query} AND account = ?", [*values, spelled(account)]
    return now.page(query, values, part, _link)


def resolved(now: Snapshot, pool: Pool, subject: str) -> Resolved:
    """A subject's account, as the next payout would have it."""
    pools = tuple(trusted(now, pool.address))
    query = "SELECT * FROM link_states WHERE pool = ? AND identity = ? AND state <> 'ended'"
    found = [row for each in pools for row in now.rows(query, each, subject)]
    who = Subject(from_hex(subject, 32))
    payee = Payees.of(now, pool, [who]).payee(who)
    return Resolved(subject, payee, pools, tuple(map(_link, found)))


def _link(row: Row) -> Link:
    return Link(
        pool=row["pool"],
        identity=row["identity"],
        account=row["account"],
        state=row["state"],
        issued_at=row["issued_at"],
        effective_at=row["effective_at"],
        proof_hash=row["proof_hash"],
        proof_uri=row["proof_uri"],
        objected=bool(row["objected"]),
        confirmed=bool(row["confirmed"]),
        ended_at=row["dropped_at"],
        proposed_at=row["proposed_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )
