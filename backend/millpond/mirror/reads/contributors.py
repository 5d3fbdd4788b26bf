# SPDX-License-Identifier: AGPL-3.0-only
"""Everybody whom a pool's epochs name: cred, share and payments, epoch by epoch.

Cred stands in the documents; a leaf of each is proven against the root that the chain has, by a few
reads of the file beside the document, so a page costs the same for ten people and for a million.
What was paid is in the events alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from millpond.core.errors import ProofError, ProofFileError
from millpond.core.figures import Money
from millpond.core.proof_file import Header
from millpond.core.subjects import (
    Subject,
    address_bytes,
    address_of,
    from_hex,
    is_address,
    to_hex,
)
from millpond.core.units import MAX_UINT256, floor_share
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.distributions import FINAL
from millpond.mirror.reads.identities import Payees
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.refusals import NoSuchDocument, WrongDocument
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot
from millpond.mirror.reads.zero_outs import settled, zero_outs

PARTS = 1_000_000
"""Of how many a share is told."""

# The attempt at each epoch that counts: the final one, else the last.
_COUNTED = """
    SELECT d.* FROM distributions d WHERE d.pool = ? AND (d.state = 'final' OR NOT EXISTS (
        SELECT 1 FROM distributions o WHERE o.distributor = d.distributor AND o.epoch = d.epoch
        AND (o.state = 'final' OR o.attempt > d.attempt)
    ))
"""
_FINAL = "SELECT d.* FROM distributions d WHERE d.pool = ? AND d.state = 'final'"


@dataclass(frozen=True)
class Contributor:
    """One subject over all final epochs of a pool."""

    subject: str
    account: str | None
    """Where the subject is an address: that address."""
    payee: str | None
    """Where she is paid now; None: she waits for an account."""
    epochs: int
    """Final epochs in which she has cred, as far as their documents are at hand."""
    cred: int
    paid: tuple[Money, ...]
    grain: Money
    payments: int
    unread: int
    """Final epochs whose documents are not at hand: their cred is not in here."""


@dataclass(frozen=True)
class EpochShare:
    """What one subject has of one epoch."""

    distributor: str
    epoch: int
    attempt: int
    state: str
    """Of the epoch."""
    missing: str | None
    """Why its document cannot be read; then cred and what follows from it are None."""
    cred: int | None
    """0: she has no leaf."""
    total_cred: int
    share_ppm: int | None
    """Of the cred that shares the pot, in millionths, rounded down."""
    struck: bool
    due: Money | None
    """Her share of the pot, before a maintainer's cap."""
    paid: Money
    grain: Money
    settled: bool
    """Paid outside of the chain."""
    paid_at: int | None
    payee: str | None
    block_number: int
    log_index: int
    transaction_hash: str | None
    """Of the payment."""


def history(
    now: Snapshot, pool: Pool, shelf: Shelf, subject: str, part: Range
) -> Listed[EpochShare]:
    """A subject's epochs of all distributors, in the order of their posts."""
    return now.page(
        _COUNTED, (pool.address,), part, lambda row: _share(now, pool, shelf, subject, row)
    )


def listed(now: Snapshot, pool: Pool, shelf: Shelf, part: Range) -> Listed[Contributor]:
    """Those who have a leaf in a final epoch or were ever paid, by subject as a number."""
    if part.after is not None and (len(part.after) != 1 or part.after[0] > MAX_UINT256):
        return Listed([], None)
    after = part.after[0].to_bytes(32, "big") if part.after else None
    most, backwards = part.limit + 1, part.newest_first
    finals = now.rows(_FINAL, pool.address)
    cred: dict[bytes, list[int]] = defaultdict(list)
    unread = 0
    for row in finals:
        try:
            leaves = shelf.leaves(
                from_hex(row["data_hash"], 32), _header(now, row), after, most, backwards
            )
        except (NoSuchDocument, WrongDocument):
            unread += 1
            continue
        for leaf in leaves:
            cred[leaf.subject].append(leaf.cred)
    for known in _paid_subjects(now, pool, after, most, backwards):
        cred.setdefault(known, [])
    found = sorted(cred, reverse=backwards)
    chosen = found[: part.limit]
    payees = Payees.of(now, pool, map(Subject, chosen))
    more = (int.from_bytes(chosen[-1], "big"),) if len(found) > part.limit else None
    rows = [_contributor(now, pool, who, cred[who], payees, unread) for who in chosen]
    return Listed(rows, more)


def _header(now: Snapshot, row: Row) -> Header:
    return Header(
        chain_id=now.as_of.chain_id,
        distributor=address_bytes(row["distributor"]),
        epoch=row["epoch"],
        count=row["leaf_count"],
        total=int(row["total_cred"]),
        root=from_hex(row["root"], 32),
    )


def _paid_subjects(
    now: Snapshot, pool: Pool, after: bytes | None, most: int, backwards: bool
) -> Iterable[bytes]:
    query, values = "SELECT DISTINCT subject FROM payments WHERE pool = ?", [pool.address]
    if after is not None:
        query += f" AND subject {'<' if backwards else '>'} ?"
        values.append(to_hex(after))
    query += f" ORDER BY subject {'DESC' if backwards else 'ASC'} LIMIT {int(most)}"
    return [from_hex(row["subject"], 32) for row in now.rows(query, *values)]


def _contributor(
    now: Snapshot, pool: Pool, who: bytes, cred: list[int], payees: Payees, unread: int
) -> Contributor:
    query = """
        SELECT d.terms_asset AS asset, units_sum(c.amount) AS paid, units_sum(c.grain) AS grain,
            count(*) AS payments, max(c.block_number) AS newest_block
        FROM payments c
        JOIN cred_distributor_distribution_finalised f
            ON f.address = c.distributor AND f.epoch = c.epoch
        JOIN cred_distributor_distribution_posted d
            ON d.address = f.address AND d.epoch = f.epoch AND d.attempt = f.attempt
        WHERE c.pool = ? AND c.subject = ? GROUP BY d.terms_asset ORDER BY d.terms_asset
    """
    subject = Subject(who)
    rows = now.rows(query, pool.address, to_hex(who))
    return Contributor(
        subject=to_hex(who),
        account=address_of(subject) if is_address(subject) else None,
        payee=payees.payee(subject),
        epochs=len(cred),
        cred=sum(cred),
        paid=tuple(now.money(row["paid"], row["asset"]) for row in rows),
        grain=now.money(sum(int(row["grain"]) for row in rows), pool.parts.grain),
        payments=sum(row["payments"] for row in rows),
        unread=unread,
    )


def _share(now: Snapshot, pool: Pool, shelf: Shelf, subject: str, row: Row) -> EpochShare:
    cred, missing = _cred(now, shelf, subject, row)
    place = row["distributor"], row["epoch"]
    outs = [e for e in zero_outs(now, *place, row["attempt"], None) if e.restored is None]
    out = subject in {each.subject for each in outs}
    shared = int(row["total_cred"]) - sum(each.cred for each in outs)
    counted = None if cred is None else 0 if out else cred
    elsewhere = settled(now, *place).get(subject) if row["state"] == FINAL else None
    payment = now.row(
        "SELECT * FROM claims WHERE distributor = ? AND epoch = ? AND subject = ?", *place, subject
    )
    paid = int(payment["amount"]) if payment else elsewhere.amount if elsewhere else 0
    grain = int(payment["grain"]) if payment else elsewhere.grain if elsewhere else 0
    return EpochShare(
        distributor=row["distributor"],
        epoch=row["epoch"],
        attempt=row["attempt"],
        state=row["state"],
        missing=missing,
        cred=cred,
        total_cred=int(row["total_cred"]),
        share_ppm=None if counted is None else counted * PARTS // shared,
        struck=out,
        due=None
        if counted is None
        else now.money(floor_share(int(row["pot"]), counted, shared), row["asset"]),
        paid=now.money(paid, row["asset"]),
        grain=now.money(grain, pool.parts.grain),
        settled=elsewhere is not None,
        paid_at=payment["claimed_at"] if payment else None,
        payee=payment["payee"] if payment else elsewhere.payee if elsewhere else None,
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=payment["transaction_hash"] if payment else None,
    )


def _cred(now: Snapshot, shelf: Shelf, subject: str, row: Row) -> tuple[int | None, str | None]:
    """Her cred in an epoch; or why it is not known."""
    try:
        leaf, _ = shelf.proven(
            from_hex(row["data_hash"], 32), _header(now, row), from_hex(subject, 32)
        )
    except (NoSuchDocument, WrongDocument) as error:
        return None, error.message
    except ProofFileError:
        raise
    except ProofError:
        return 0, None
    return int(leaf.cred), None
