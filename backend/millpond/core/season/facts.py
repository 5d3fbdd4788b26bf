# SPDX-License-Identifier: AGPL-3.0-only
"""What a season is made of, as the chain and the documents tell it. Times in seconds since 1970."""

from dataclasses import dataclass
from enum import StrEnum

from millpond.core.books.epochs import EpochStatement


class End(StrEnum):
    """What became of a leaf."""

    CLAIMED = "claimed"
    """Paid by a call for her alone."""
    PAYDAY = "payday"
    """Paid together with others."""
    OWED = "owed"
    """Paid, but the payment failed: the pool owes it."""
    OFF_CHAIN = "off chain"
    STRUCK = "struck out"
    LATE = "late"
    """Not claimed before the claims were closed."""
    BELOW = "below minimum"
    """Nobody else may start so small a payout; she may, or wait until it adds up."""
    NO_ACCOUNT = "no account"
    """No account is linked to the identity yet."""
    OPEN = "open"
    """Anyone may have it sent."""


PAID = frozenset({End.CLAIMED, End.PAYDAY, End.OWED})
"""Of these leaves the money has left the pot, on the chain."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One person's share of a pot. `due` is her share by cred, `amount` what the cap leaves of it
    (what was paid, where it was)."""

    subject: str
    who: str
    cred: int
    due: int
    amount: int
    maintainer: str | None
    """The account of the maintainer whose leaf this is."""
    end: End


@dataclass(frozen=True, slots=True)
class Paid:
    """One leaf that was paid or settled."""

    subject: str
    at: int
    amount: int
    end: End


@dataclass(frozen=True, slots=True)
class Word:
    """A signed step of a review: when, by how many, and why. `reason` is None where only its hash
    is known."""

    at: int
    signers: int
    reason_hash: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class ZeroOut:
    """A leaf that maintainers struck out of a review, and whether members put it back."""

    subject: str
    who: str
    cred: int
    struck: Word
    restored: Word | None


@dataclass(frozen=True, slots=True)
class Review:
    """One attempt at an epoch before the members. Seats are numbers of members."""

    attempt: int
    outcome: str
    """under review, final, void or withdrawn."""
    posted_at: int
    closes_at: int
    """The last second in which a ballot counts; the review may have been made longer or shorter."""
    ended_at: int | None
    electorate: int
    objected: frozenset[int]
    consented: frozenset[int]
    abstained: frozenset[int]
    zero_outs: tuple[ZeroOut, ...]

    @property
    def cast(self) -> frozenset[int]:
        """Everybody who said anything."""
        return self.objected | self.consented | self.abstained


@dataclass(frozen=True, slots=True)
class Flow:
    """Something that left a pot: paid, settled, over the cap, or left over when it was closed."""

    at: int
    amount: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch: all its reviews, and of the attempt that counts the money and the leaves."""

    number: int
    label: str | None
    """The period; None where the document is not at hand."""
    reviews: tuple[Review, ...]
    money: EpochStatement
    paid: tuple[Paid, ...]
    flows: tuple[Flow, ...]
    leaves: tuple[Leaf, ...] | None
    missing: str
    """Why the leaves are not known."""
    maintainers: tuple[str, ...]
    signer_cap_bps: int
    weights: str | None

    @property
    def final(self) -> bool:
        """Whether its pot is divided."""
        return self.money.outcome == "final"


@dataclass(frozen=True, slots=True)
class Carry:
    """What was carried from then on, in the asset of an epoch's pot."""

    at: int
    asset: str
    amount: int


@dataclass(frozen=True, slots=True)
class Season:
    """Some epochs of one pool, as of a block."""

    pool: str
    block: int
    as_of: int
    """The time of the block."""
    epochs: tuple[Epoch, ...]
    earlier: tuple[Epoch, ...]
    """Final ones before them, for telling who is new."""
    carries: tuple[Carry, ...]
    members: int
    """How many there are now."""
