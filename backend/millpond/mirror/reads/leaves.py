# SPDX-License-Identifier: AGPL-3.0-only
"""What each person gets of an epoch, and what became of it.

The leaves stand in the document, which must recompute and must be the one that the chain has; the
amounts follow by the rules of `core`, held against the payments that were made.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from millpond.core.distribution import Payout, Payouts, Posted, check_posted, payouts
from millpond.core.errors import VerifyError
from millpond.core.figures import Money
from millpond.core.subjects import address_of, from_hex, is_address, of_address, to_hex
from millpond.core.units import BPS_ALL, Amount, share_bps
from millpond.mirror.documents import Opened, Shelf
from millpond.mirror.reads.distributions import FINAL, Distribution, Payment, all_payments
from millpond.mirror.reads.identities import Payees
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.refusals import NoSuchLeaf, WrongDocument
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot
from millpond.mirror.reads.zero_outs import Settled, settled
from millpond.mirror.reads.zero_outs import struck as struck_out

_T = TypeVar("_T")

STATES = (
    *("paid", "settled", "claimable", "halted", "waiting", "carried", "closed", "review", "void"),
    "struck",
)
"""Paid; paid outside of the chain; anyone may have it sent now; no grain can be created now, so
only its payee may claim it, without grain; no account yet; below the minimum, so only its payee may
claim it; too late; the review goes on; the attempt was given up; struck out in the review."""
SKIPPED = {
    1: "it was claimed before",
    2: "no account is linked yet",
    3: "it is below the minimum payout",
    4: "its account is a part of the pool",
    5: "it was struck out in the review",
    6: "it is too large for a payday",
}
"""Why a payday passed over a leaf (contracts/modules/paydays.vy)."""


@dataclass(frozen=True)
class Skip:
    """A payday's word on a leaf that it passed over."""

    reason: int
    text: str
    block_number: int


@dataclass(frozen=True)
class Leaf:
    """One person's share of an epoch."""

    index: int
    subject: str
    account: str | None
    """Where the subject is an address: that address."""
    identity: str | None
    """The text whose hash the subject is, such as github:583231."""
    cred: int
    amount: Money
    capped: Money
    """What a maintainer's cap takes off."""
    grain: Money
    state: str
    payee: str | None
    """Where it is paid, or would be paid now."""
    skipped: Skip | None
    payment: Payment | None


@dataclass(frozen=True)
class Shares:
    """A whole epoch: every leaf, and sums of the same rows."""

    leaves: tuple[Leaf, ...]
    dust: Money
    grain_dust: Money


def opened(now: Snapshot, pool: Pool, distribution: Distribution, shelf: Shelf) -> Opened:
    """The document of a distribution: recomputed, and the one that the chain has."""
    digest = from_hex(distribution.data_hash, 32)
    found = shelf.open(digest)
    posted = Posted(
        chain_id=now.as_of.chain_id,
        distributor=pool.parts.distributor,
        epoch=distribution.epoch,
        root=from_hex(distribution.root, 32),
        total_cred=distribution.total_cred,
        leaf_count=distribution.leaf_count,
        data_hash=digest,
    )
    try:
        check_posted(found.distribution, digest, posted)
    except VerifyError as error:
        raise WrongDocument(error.message, error.next_step) from error
    if found.distribution.pool != pool.address:
        raise WrongDocument(
            f"the document is of the pool {found.distribution.pool}, not of {pool.address}",
            "object to the distribution",
        )
    return found


def shares(
    now: Snapshot,
    pool: Pool,
    distribution: Distribution,
    document: Opened,
    next_claim: str | None = None,
) -> Shares:
    """Every leaf of an epoch by its index.

    The leaves of one maintainer share her cap in the order in which they are claimed. Those that
    are still open are taken as a payday would take them, by index; but first comes `next_claim`,
    a subject that is about to be claimed.
    """
    place = pool.parts.distributor, distribution.epoch
    struck = struck_out(now, *place, distribution.attempt)
    excluded = {from_hex(subject, 32) for subject in struck}
    terms = (distribution.pot.amount, distribution.grain.amount, distribution.minimum.amount)
    result = payouts(document.distribution, *terms, excluded)
    final = distribution.state == FINAL
    paid = all_payments(now, pool, distribution) if final else {}
    elsewhere = settled(now, *place) if final else {}
    rows = _with_caps(now, pool, distribution, result, paid, next_claim)
    skips = _skips(now, pool, distribution.epoch) if final else {}
    payees, halted = Payees.of(now, pool, [r.subject for r in rows]), not _may_mint(now, pool)
    leaves = [
        _leaf(now, distribution, row, paid.get(subject), skips.get(subject), payees, halted)
        for row, subject in ((row, to_hex(row.subject)) for row in rows)
    ]
    leaves = [_elsewhere(leaf, elsewhere.get(leaf.subject)) for leaf in leaves]
    leaves += _struck(distribution, document, struck)
    return Shares(
        tuple(sorted(leaves, key=lambda leaf: leaf.index)),
        dust=replace(distribution.pot, amount=result.dust),
        grain_dust=replace(distribution.grain, amount=result.grain_dust),
    )


def leaf_of(found: Shares, subject: str) -> Leaf:
    """One subject's leaf; `NoSuchLeaf`."""
    for leaf in found.leaves:
        if leaf.subject == subject:
            return leaf
    raise NoSuchLeaf(
        f"{subject} has no share in this epoch",
        "look for it under `exclusions` and `no_leaf` of the document",
    )


def part_of(found: Shares, part: Range) -> Listed[Leaf]:
    """Some leaves by their index."""
    return cut(found.leaves, lambda leaf: leaf.index, part)


def cut(items: Iterable[_T], number: Callable[[_T], int], part: Range) -> Listed[_T]:
    """Some of the things that have a number each, by it."""
    ordered = sorted(items, key=number, reverse=part.newest_first)
    if part.after is not None:
        [at] = part.after if len(part.after) == 1 else [-1]
        ordered = [
            each
            for each in ordered
            if (number(each) < at if part.newest_first else number(each) > at)
        ]
    kept = ordered[: part.limit]
    return Listed(kept, (number(kept[-1]),) if len(ordered) > part.limit else None)


# --- the rows -------------------------------------------------------------------------------------


def _leaf(
    now: Snapshot,
    distribution: Distribution,
    row: Payout,
    payment: Payment | None,
    skip: Skip | None,
    payees: Payees,
    halted: bool,
) -> Leaf:
    payee = payment.payee if payment else payees.payee(row.subject)
    return Leaf(
        index=row.index,
        subject=to_hex(row.subject),
        account=address_of(row.subject) if is_address(row.subject) else None,
        identity=row.identity,
        cred=row.cred,
        amount=replace(distribution.pot, amount=row.amount),
        capped=replace(distribution.pot, amount=row.capped),
        grain=payment.grain if payment else replace(distribution.grain, amount=row.grain),
        state="paid" if payment else _open_state(now, distribution, row, payee, halted),
        payee=payee,
        skipped=skip if payment is None else None,
        payment=payment,
    )


def _elsewhere(leaf: Leaf, paid: Settled | None) -> Leaf:
    """A leaf as it is, or as it was paid outside of the chain."""
    if paid is None:
        return leaf
    amount, grain = replace(leaf.amount, amount=paid.amount), replace(leaf.grain, amount=paid.grain)
    return replace(
        leaf, state="settled", payee=paid.payee, amount=amount, grain=grain, skipped=None
    )


def _struck(
    distribution: Distribution, document: Opened, struck: Collection[str]
) -> Iterator[Leaf]:
    """Those who share nothing of the pot."""
    if not struck:
        return
    names = {person.subject: person.identity for person in document.distribution.people}
    for index, (subject, cred) in enumerate(document.distribution.leaves):
        if to_hex(subject) in struck:
            yield Leaf(
                index=index,
                subject=to_hex(subject),
                account=address_of(subject) if is_address(subject) else None,
                identity=names.get(subject),
                cred=cred,
                amount=replace(distribution.pot, amount=0),
                capped=replace(distribution.pot, amount=0),
                grain=replace(distribution.grain, amount=0),
                state="struck",
                payee=None,
                skipped=None,
                payment=None,
            )


def _open_state(
    now: Snapshot, distribution: Distribution, row: Payout, payee: str | None, halted: bool
) -> str:
    """Of a leaf that was not paid."""
    if distribution.closes_at is None:
        return "review" if distribution.state == "review" else "void"
    if now.as_of.block_timestamp >= distribution.closes_at:
        return "closed"
    if row.amount < distribution.minimum.amount:
        return "carried"
    if payee is None:
        return "waiting"
    return "halted" if halted and row.grain else "claimable"


def _may_mint(now: Snapshot, pool: Pool) -> bool:
    """Whether the distributor may create grain; the members can take that right away."""
    row = now.row(
        "SELECT allowed, block_number FROM grain_minter_set WHERE address = ? AND minter = ?"
        " ORDER BY block_number DESC, log_index DESC LIMIT 1",
        pool.parts.grain,
        pool.parts.distributor,
    )
    return row is not None and bool(row["allowed"])


def _with_caps(
    now: Snapshot,
    pool: Pool,
    distribution: Distribution,
    result: Payouts,
    paid: Mapping[str, Payment],
    next_claim: str | None,
) -> list[Payout]:
    """The rows with what was really paid, and what room that leaves for those still open."""
    capped = distribution.signer_cap_bps < BPS_ALL
    owners = owners_of(now, pool, distribution.maintainers_version) if capped else {}
    limit = share_bps(distribution.pot.amount, distribution.signer_cap_bps)
    room = dict.fromkeys(owners.values(), int(limit))
    for subject in owners.keys() & paid.keys():
        room[owners[subject]] -= paid[subject].amount.amount
    rows = []
    for row in sorted(result.rows, key=lambda row: to_hex(row.subject) != next_claim):
        subject, due = to_hex(row.subject), row.amount + row.capped
        amount = due
        if subject in paid:
            amount = paid[subject].amount.amount
        elif subject in owners:
            amount = min(due, room[owners[subject]])
            room[owners[subject]] -= amount
        rows.append(replace(row, amount=Amount(amount), capped=Amount(due - amount)))
    return sorted(rows, key=lambda row: row.index)


def owners_of(now: Snapshot, pool: Pool, version: int) -> dict[str, str]:
    """Subject -> the maintainer whose it is, of one set of maintainers."""
    query = """
        SELECT m.account, s.value AS subject FROM maintainers m
        LEFT JOIN cred_distributor_maintainers_set_maintainers_subjects s
            USING (block_number, log_index, position)
        WHERE m.distributor = ? AND m.version = ?
    """
    found: dict[str, str] = {}
    for row in now.rows(query, pool.parts.distributor, version):
        found[to_hex(of_address(row["account"]))] = row["account"]
        if row["subject"] is not None:
            found[row["subject"]] = row["account"]
    return found


def _skips(now: Snapshot, pool: Pool, epoch: int) -> dict[str, Skip]:
    query = "SELECT * FROM skips WHERE distributor = ? AND epoch = ?"
    return {
        row["subject"]: Skip(
            row["reason"], SKIPPED.get(row["reason"], "for another reason"), row["block_number"]
        )
        for row in now.rows(query, pool.parts.distributor, epoch)
    }
