# SPDX-License-Identifier: AGPL-3.0-only
"""What members look at before a distribution is final: who would get what, what changed and why.

`review` is the head: how long, who objects, who signed and what she gets, who is left out or struck
out. `people` are the rows: this epoch beside the last final one, and the difference taken apart.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from millpond.core.distribution import Distribution as Pinned
from millpond.core.distribution.explain import Because, Due, because
from millpond.core.figures import Money
from millpond.core.subjects import Subject, address_of, from_hex, is_address, to_hex
from millpond.core.weeks import iso_date
from millpond.mirror.documents import Opened, Shelf
from millpond.mirror.reads import distributions, proposals
from millpond.mirror.reads.distributions import FINAL, Distribution
from millpond.mirror.reads.leaves import Leaf, cut, opened, owners_of, shares
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.proposals import Ballot, Proposal, Tally
from millpond.mirror.reads.refusals import NoSuchDocument, NoSuchEpoch, WrongDocument
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot
from millpond.mirror.reads.zero_outs import ZeroOut, zero_outs

MOST_OBJECTIONS = 100


@dataclass(frozen=True)
class Contribution:
    """One of those that most of somebody's cred of these weeks came from."""

    cred: int
    day: str | None
    source: str
    kind: str
    part: str
    """What tied her to it, such as AUTHOR."""
    description: str


Why = Callable[[Pinned, str], tuple[Contribution, ...] | None]
"""By a document and a subject: the largest contributions; None where the instance that the document
names is not at hand."""


@dataclass(frozen=True)
class Signer:
    """A maintainer: whether she signed, her leaves, and what her cap leaves of what they are due.

    The amounts are None where the document is not at hand.
    """

    account: str
    signed: bool
    subjects: tuple[str, ...]
    due: Money | None
    amount: Money | None


@dataclass(frozen=True)
class Excluded:
    """Somebody whom the document leaves out, and why."""

    subject: str
    identity: str | None
    cred: int
    reason: str


@dataclass(frozen=True)
class Document:
    """The document behind an attempt. `missing` says why it is not at hand; else it is None."""

    epoch: int
    attempt: int
    data_hash: str
    period: str | None
    weeks: tuple[str, ...]
    """The first day of each week."""
    missing: str | None


@dataclass(frozen=True)
class Review:
    """The head of a review. Times in seconds since 1970."""

    epoch: int
    attempt: int
    state: str
    proposal_id: str
    posted_at: int
    closes_at: int
    """The last second in which a ballot counts."""
    seconds_left: int
    electorate: int
    tally: Tally
    objections_needed: int
    """So many objections stop it."""
    stopped: bool
    """Whether it is stopped if nobody casts another ballot."""
    objections: tuple[Ballot, ...]
    """In the order of the chain, the first hundred; all are among the ballots of the proposal."""
    pot: Money
    minimum: Money
    grain: Money
    signer_cap_bps: int
    signers: tuple[Signer, ...]
    exclusions: tuple[Excluded, ...] | None
    """None where the document is not at hand."""
    zero_outs: tuple[ZeroOut, ...]
    document: Document
    before: Document | None
    """Of the last final epoch; None before the first."""


@dataclass(frozen=True)
class Share:
    """What somebody gets of an epoch, and the cred of each of its weeks."""

    cred: int
    weekly: tuple[int, ...]
    amount: Money
    capped: Money
    grain: Money


@dataclass(frozen=True)
class PersonUnderReview:
    """One person of this epoch or of the last final one."""

    number: int
    subject: str
    account: str | None
    identity: str | None
    state: str
    """As of a leaf; or excluded, or none: she has no leaf in this epoch."""
    reason: str | None
    """Why she has none, where the document or the maintainers say so."""
    now: Share | None
    before: Share | None
    difference: Money | None
    """None where the two cannot be compared: no earlier document, or another asset."""
    because: Because | None
    contributions: tuple[Contribution, ...] | None
    """The largest, of this epoch's weeks; None where the instance is not at hand."""


def review(now: Snapshot, pool: Pool, distribution: Distribution, shelf: Shelf) -> Review:
    """The head; it can be told without the document."""
    proposal = proposals.find(now, pool, distribution.proposal_id)
    place = pool.parts.distributor, distribution.epoch, distribution.attempt
    document, note = _document(now, pool, distribution, shelf)
    last = _last(now, pool, distribution.epoch)
    return Review(
        epoch=distribution.epoch,
        attempt=distribution.attempt,
        state=distribution.state,
        proposal_id=distribution.proposal_id,
        posted_at=distribution.posted_at,
        closes_at=proposal.closes_at,
        seconds_left=_left(now, distribution, proposal),
        electorate=proposal.electorate,
        tally=proposal.tally,
        objections_needed=proposal.quorum,
        stopped=not proposal.passing,
        objections=_objections(now, pool, distribution.proposal_id),
        pot=distribution.pot,
        minimum=distribution.minimum,
        grain=distribution.grain,
        signer_cap_bps=distribution.signer_cap_bps,
        signers=_signers(now, pool, distribution, document),
        exclusions=None if document is None else _exclusions(document),
        zero_outs=zero_outs(now, *place, shelf.folder),
        document=note,
        before=None if last is None else _document(now, pool, last, shelf)[1],
    )


def people(
    now: Snapshot,
    pool: Pool,
    distribution: Distribution,
    shelf: Shelf,
    part: Range,
    why: Why | None = None,
) -> Listed[PersonUnderReview]:
    """Everybody with cred in this epoch or a leaf of the last final one, by subject.

    `NoSuchDocument` or `WrongDocument` if this epoch's document is not at hand.
    """
    document = opened(now, pool, distribution, shelf)
    last = _last(now, pool, distribution.epoch)
    earlier = _document(now, pool, last, shelf)[0] if last is not None else None
    side = _Side(now, pool, distribution, document)
    other = _Side(now, pool, last, earlier) if last is not None and earlier is not None else None
    subjects = sorted(side.subjects | (other.subjects if other else set()))
    reasons = _reasons(now, pool, distribution, document, shelf)
    numbered = list(enumerate(subjects))
    chosen = cut(numbered, lambda each: each[0], part)
    rows = [_row(number, who, side, other, reasons) for number, who in chosen.items]
    if why is not None:
        found = document.distribution
        rows = [replace(row, contributions=why(found, row.subject)) for row in rows]
    return Listed(rows, chosen.next)


# --- the head -------------------------------------------------------------------------------------


def _left(now: Snapshot, distribution: Distribution, proposal: Proposal) -> int:
    if distribution.state != "review":
        return 0
    return max(0, proposal.closes_at - now.as_of.block_timestamp)


def _objections(now: Snapshot, pool: Pool, proposal_id: str) -> tuple[Ballot, ...]:
    return proposals.objections(now, pool, proposal_id, MOST_OBJECTIONS)


def _document(
    now: Snapshot, pool: Pool, distribution: Distribution, shelf: Shelf
) -> tuple[Opened | None, Document]:
    place = distribution.epoch, distribution.attempt, distribution.data_hash
    try:
        found = opened(now, pool, distribution, shelf)
    except (NoSuchDocument, WrongDocument) as error:
        return None, Document(*place, None, (), error.message)
    weeks = tuple(iso_date(week.start_ms) for week in found.distribution.weeks)
    return found, Document(*place, found.distribution.label, weeks, None)


def _last(now: Snapshot, pool: Pool, epoch: int) -> Distribution | None:
    """The final epoch before this one."""
    try:
        found = distributions.find(now, pool, epoch - 1)
    except NoSuchEpoch:
        return None
    return found if found.state == FINAL else None


def _signers(
    now: Snapshot, pool: Pool, distribution: Distribution, document: Opened | None
) -> tuple[Signer, ...]:
    own: dict[str, list[str]] = defaultdict(list)
    for subject, account in owners_of(now, pool, distribution.maintainers_version).items():
        own[account].append(subject)
    leaves = shares(now, pool, distribution, document).leaves if document else ()
    by_subject = {leaf.subject: leaf for leaf in leaves}
    found = []
    for account, subjects in sorted(own.items(), key=lambda each: int(each[0], 16)):
        hers = [by_subject[subject] for subject in subjects if subject in by_subject]
        amount = sum(leaf.amount.amount for leaf in hers)
        due = amount + sum(leaf.capped.amount for leaf in hers)
        found.append(
            Signer(
                account,
                account in distribution.signers,
                tuple(sorted(subjects)),
                replace(distribution.pot, amount=due) if document else None,
                replace(distribution.pot, amount=amount) if document else None,
            )
        )
    return tuple(found)


def _exclusions(document: Opened) -> tuple[Excluded, ...]:
    found = []
    for each in document.distribution.exclusions:
        person = document.distribution.person(each.subject)
        identity, cred = (person.identity, person.cred) if person else (None, 0)
        found.append(Excluded(to_hex(each.subject), identity, cred, each.reason))
    return tuple(found)


# --- the rows -------------------------------------------------------------------------------------


class _Side:
    """One epoch's leaves and people by subject."""

    def __init__(
        self, now: Snapshot, pool: Pool, distribution: Distribution, document: Opened
    ) -> None:
        self.distribution = distribution
        self.leaves = {
            leaf.subject: leaf for leaf in shares(now, pool, distribution, document).leaves
        }
        self.people = {to_hex(each.subject): each for each in document.distribution.people}
        self.shared = distribution.total_cred - distribution.excluded
        if distribution.state == "review":
            struck = (leaf.cred for leaf in self.leaves.values() if leaf.state == "struck")
            self.shared = distribution.total_cred - sum(struck)

    @property
    def subjects(self) -> set[str]:
        return self.leaves.keys() | self.people.keys()

    def leaf(self, subject: str) -> Leaf | None:
        """Her leaf, unless it was struck out."""
        found = self.leaves.get(subject)
        return None if found is None or found.state == "struck" else found

    def share(self, subject: str) -> Share | None:
        """Her cred and what she gets."""
        person, leaf = self.people.get(subject), self.leaf(subject)
        if person is None and leaf is None:
            return None
        pot, grain = self.distribution.pot, self.distribution.grain
        return Share(
            cred=person.cred if person else 0,
            weekly=tuple(person.weekly) if person else (),
            amount=leaf.amount if leaf else replace(pot, amount=0),
            capped=leaf.capped if leaf else replace(pot, amount=0),
            grain=leaf.grain if leaf else replace(grain, amount=0),
        )

    def due(self, subject: str) -> Due:
        """What her amount is made of; nothing without a leaf."""
        leaf = self.leaf(subject)
        cred, amount = (leaf.cred, leaf.amount.amount) if leaf else (0, 0)
        return Due(self.distribution.pot.amount, cred, self.shared, amount)


def _row(
    number: int, subject: str, side: _Side, other: _Side | None, reasons: dict[str, tuple[str, str]]
) -> PersonUnderReview:
    who = Subject(from_hex(subject, 32))
    person = side.people.get(subject) or (other.people.get(subject) if other else None)
    leaf = side.leaves.get(subject)
    state, reason = reasons.get(subject, (leaf.state if leaf else "none", None))
    pot = side.distribution.pot
    parts = None
    if other is not None and other.distribution.pot.asset.address == pot.asset.address:
        parts = because(other.due(subject), side.due(subject))
    return PersonUnderReview(
        number=number,
        subject=subject,
        account=address_of(who) if is_address(who) else None,
        identity=person.identity if person else None,
        state=state,
        reason=reason,
        now=side.share(subject),
        before=other.share(subject) if other else None,
        difference=replace(pot, amount=parts.difference) if parts else None,
        because=parts,
        contributions=None,
    )


def _reasons(
    now: Snapshot, pool: Pool, distribution: Distribution, document: Opened, shelf: Shelf
) -> dict[str, tuple[str, str]]:
    """Subject -> its state and the reason for it, of those who get nothing for a reason."""
    found = {to_hex(e.subject): ("excluded", e.reason) for e in document.distribution.exclusions}
    found |= {to_hex(each.subject): ("none", each.reason) for each in document.distribution.no_leaf}
    place = pool.parts.distributor, distribution.epoch, distribution.attempt
    for each in zero_outs(now, *place, shelf.folder):
        if each.restored is None:
            text = each.struck.reason or f"the text with the hash {each.struck.reason_hash}"
            found[each.subject] = ("struck", text)
    return found
