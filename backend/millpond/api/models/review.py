# SPDX-License-Identifier: AGPL-3.0-only
"""A distribution under review: how it stands, who signed, who would get what, what changed."""

from typing import Literal

from millpond.api.models.base import (
    Address,
    Digits,
    Hash,
    Model,
    Money,
    Page,
    Placed,
    Reply,
    Seconds,
)
from millpond.api.models.distributions import LeafState
from millpond.api.models.proposals import Ballot, Tally


class Signer(Model):
    """A maintainer of the set that could sign this attempt."""

    account: Address
    signed: bool
    subjects: tuple[Hash, ...]
    """Her own: the cap binds what they get together."""
    due: Money | None
    """What her leaves are due by cred; null where the document is not at hand."""
    amount: Money | None
    """What the cap leaves of it."""


class Excluded(Model):
    """Somebody whom the document leaves out."""

    subject: Hash
    identity: str | None
    cred: Digits
    reason: str


class Word(Placed):
    """A signed step of the review."""

    at: Seconds
    signers: int
    """How many signed it."""
    reason_hash: Hash
    """keccak256 of the reason's UTF-8 text."""
    reason: str | None
    """null where the text is not on the shelf."""


class ZeroOut(Model):
    """A leaf that maintainers struck out."""

    subject: Hash
    cred: Digits
    struck: Word
    restored: Word | None
    """Members put her back; then she cannot be struck out again."""


class Document(Model):
    """The document behind an attempt."""

    epoch: int
    attempt: int
    data_hash: Hash
    """See /v1/documents/{hash}."""
    period: str | None
    weeks: tuple[str, ...]
    """The first day of each week."""
    missing: str | None
    """Why it is not at hand; null where it is."""


class Review(Model):
    """The head of a review."""

    epoch: int
    attempt: int
    state: Literal["review", "final", "withdrawn", "void"]
    proposal_id: Digits
    """The consent proposal; its ballots are all that was said."""
    posted_at: Seconds
    closes_at: Seconds
    """The last second in which a ballot counts. Striking somebody out makes a review longer."""
    seconds_left: int
    """As of this block; 0 when it is over."""
    electorate: int
    """How many may vote."""
    tally: Tally
    objections_needed: int
    """So many objections stop it."""
    stopped: bool
    """Whether it is stopped if nobody casts another ballot."""
    objections: tuple[Ballot, ...]
    """The first hundred in the order of the chain; the tally counts them all."""
    pot: Money
    minimum: Money
    grain: Money
    signer_cap_bps: int
    signers: tuple[Signer, ...]
    exclusions: tuple[Excluded, ...] | None
    """null where the document is not at hand."""
    zero_outs: tuple[ZeroOut, ...]
    document: Document
    before: Document | None
    """Of the last final epoch; null before the first."""


class Share(Model):
    """What somebody gets of an epoch."""

    cred: Digits
    weekly: tuple[Digits, ...]
    """Of each week of the document, in micro-cred."""
    amount: Money
    capped: Money
    """What a maintainer's cap takes off."""
    grain: Money


class Because(Model):
    """Where a difference comes from, in the asset's smallest unit; the four add up to it. The pot
    is changed first, then her own cred, then that of all others, and the cap comes last."""

    pot: Digits
    own_cred: Digits
    others_cred: Digits
    cap: Digits


class Contribution(Model):
    """One of those that most of somebody's cred of these weeks came from."""

    cred: Digits
    """In micro-cred, about: cred is a double until it enters a document."""
    day: str | None
    source: str
    kind: str
    """What it is, as its source calls it: COMMIT, PULL, ..."""
    part: str
    """What tied her to it, as its source calls it: AUTHOR, REVIEWER, ..."""
    description: str


class PersonUnderReview(Model):
    """One person of this epoch or of the last final one."""

    number: int
    subject: Hash
    account: Address | None
    identity: str | None
    state: Literal[LeafState, "excluded", "none"]
    """As of a leaf; or left out by the document; or without a leaf in this epoch."""
    reason: str | None
    """Why she gets nothing, where somebody had to say so."""
    now: Share | None
    before: Share | None
    """Of the last final epoch."""
    difference: Money | None
    """null where the two cannot be compared: no earlier document, or another asset."""
    because: Because | None
    contributions: tuple[Contribution, ...] | None
    """The largest, of this epoch's weeks; null where the server does not have the instance that the
    document names: then `weekly` is what is known."""


class ReviewReply(Reply[Review]):
    """How a review stands."""


class PersonPage(Page[PersonUnderReview]):
    """Some people."""
