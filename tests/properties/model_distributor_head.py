# SPDX-License-Identifier: AGPL-3.0-only
"""Where a CredDistributor stands, in words: policies, maintainers, final epochs, the open one.

All of it is a list of what was decided and when; the pot, the carry, what is left of the season
and what is paid of an epoch follow from the sums.
"""

from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from tests.properties.chain import Handle
from tests.properties.model import Msg, signing_domain
from tests.properties.model_distributor_terms import (
    BPS,
    NO_HASH,
    KnownTree,
    Packed,
    Policy,
    Terms,
)
from tests.properties.model_grain import ZERO
from tests.properties.model_pool import account_of
from tests.properties.model_pool_journal import Bookkeeper, Journal

# What the review has done to a leaf.
STRUCK, RESTORED = "struck out", "restored"


class MaintainerSet(NamedTuple):
    """Who may sign, how many must, whose subjects are whose (numbers from 1)."""

    needed: int
    accounts: tuple[str, ...]
    numbers: dict[bytes, int]


class Posted(NamedTuple):
    """The open distribution."""

    terms: Terms
    policy: Policy
    version: int
    proposal_id: int
    carry_used: int
    received: int


class Final(NamedTuple):
    """A final epoch."""

    terms: Terms
    packed: Packed
    hash: bytes


class Parts(NamedTuple):
    """The neighbours, in the order of the clone's code."""

    hub: str
    pool: str
    governor: str
    grain: str
    identity: str


NO_SET = MaintainerSet(0, (), {})
NO_POLICY = Policy(ZERO, 0, 0, 0, 0, 0, 0, 0, 0, 0, False)


class DistributorHead(Bookkeeper):
    """What is known, and every view of it."""

    def __init__(self, me: Handle, journal: Journal, parts: Parts) -> None:
        super().__init__(me, journal)
        self.parts = parts
        self.trees: dict[bytes, KnownTree] = {}

    # --- what follows ---------------------------------------------------------------------

    def version_of_set(self) -> int:
        """How often maintainers were named."""
        return self.sum("sets")

    def maintainers(self, version: int) -> MaintainerSet:
        """Of a version."""
        found: MaintainerSet = self.noted(NO_SET, "set", version)
        return found

    def policy_version(self) -> int:
        """How many policies there were."""
        return self.sum("policies")

    def policy(self, version: int) -> Policy:
        """Of a version."""
        found: Policy = self.noted(NO_POLICY, "policy", version)
        return found

    def pot_earmark(self) -> int:
        """The one that was opened with it; 0 before."""
        found: int = self.noted(0, "earmark")
        return found

    def finalised(self) -> int:
        """The number of the last final epoch."""
        return self.sum("finalised")

    def final(self, epoch: int) -> Final | None:
        """A final epoch."""
        found: Final | None = self.noted(None, "final", epoch)
        return found

    def posted(self) -> Posted | None:
        """The open one."""
        found: Posted | None = self.noted(None, "posted")
        return found

    def attempt(self) -> int:
        """Of the next or open post: one more than those of this epoch that ended without effect."""
        if not self.policy_version():
            return 0
        return 1 + self.sum("ended", self.finalised() + 1)

    def epochs_left(self) -> int:
        """The season's length less what became final since."""
        length, since = self.noted((0, 0), "season")
        left: int = length - (self.finalised() - since)
        return max(0, left)

    def carry(self, asset: str) -> int:
        """What caps and closed epochs left, less what later pots used."""
        return self.sum("to carry", asset) - self.sum("carry used", asset)

    def pot(self, msg: Msg, policy: Policy) -> tuple[int, int, int]:
        """The pot, how much of it is carry, what was received in all."""
        pool, asset = self.parts.pool, policy.asset
        received: int = msg.call(pool, "received", policy.income_earmark, asset)
        unreserved: int = msg.call(pool, "unreserved", self.pot_earmark(), asset)
        before: int = self.noted(0, "baseline", policy.income_earmark, asset)
        income = received - before
        share = floor(Fraction(income * policy.payout_bps, BPS))
        pot = min(share + self.carry(asset), unreserved)
        return pot, min(self.carry(asset), pot), received

    def excluded(self, epoch: int, attempt: int) -> int:
        """What is struck out of a distribution now, in all."""
        return self.sum("excluded", epoch, attempt)

    def mark_of(self, epoch: int, attempt: int, subject: bytes, place: int) -> str:
        """Whether a leaf of a distribution is struck out, or was and is back; "" for neither."""
        found: str = self.noted("", "mark", epoch, attempt, subject, place)
        return found

    def is_struck(self, terms: Terms, subject: bytes, place: int) -> bool:
        """Out of the terms that became final."""
        return self.mark_of(terms.epoch, terms.attempt, subject, place) == STRUCK

    def paid(self, epoch: int) -> int:
        """What claims, caps and the closing took of the pot."""
        return self.sum("paid", epoch)

    def claimed(self, subject: bytes, epoch: int) -> bool:
        """Once at most."""
        return self.sum("claimed", subject, epoch) > 0

    def payee(self, msg: Msg, subject: bytes) -> str:
        """Herself, if it is an address, else the account linked to it now."""
        if not any(subject[:12]):
            return account_of(int.from_bytes(subject))
        found: str = msg.call(self.parts.identity, "account_of", self.parts.pool, subject)
        return found

    # --- views: where it stands -----------------------------------------------------------

    def head(self, _: Msg) -> tuple[int, ...]:
        """In the order of the contract's struct."""
        posted = self.posted()
        return (
            self.finalised(),
            self.attempt(),
            self.epochs_left(),
            self.policy_version(),
            posted.version if posted else 0,
            self.noted(0, "last post"),
            self.noted(0, "posted at"),
        )

    def open_distribution(self, _: Msg) -> tuple[Any, ...]:
        """Zeros if there is none."""
        posted = self.posted()
        if posted is None:
            return 0, NO_HASH, 0, 0, 0, 0
        terms = posted.terms
        excluded = self.excluded(terms.epoch, terms.attempt)
        figures = (terms.pot, posted.carry_used, posted.received, excluded)
        return posted.proposal_id, terms.packed().posted_hash, *figures

    def next_pot(self, msg: Msg) -> tuple[int, int, int]:
        """What a post would distribute now."""
        version = self.policy_version()
        return self.pot(msg, self.policy(version)) if version else (0, 0, 0)

    def carry_of(self, _: Msg, asset: str) -> int:
        """What earlier pots left."""
        return self.carry(asset)

    def policy_of(self, _: Msg, version: int) -> Policy:
        """Zeros for none."""
        return self.policy(version)

    def maintainer_set(self, _: Msg) -> tuple[int, int, int]:
        """Version, how many must sign, how many there are."""
        version = self.version_of_set()
        known = self.maintainers(version)
        return version, known.needed, len(known.accounts)

    def is_maintainer(self, _: Msg, account: str) -> bool:
        """May sign now."""
        return account in self.maintainers(self.version_of_set()).accounts

    def maintainer_of(self, _: Msg, version: int, subject: bytes) -> int:
        """Whose subject it was in that set."""
        return self.maintainers(version).numbers.get(subject, 0)

    def restorers(self, _: Msg) -> int:
        """How many members put somebody back; 0 while nothing is open."""
        posted = self.posted()
        return posted.policy.restorers if posted else 0

    # --- views: epochs and leaves ---------------------------------------------------------

    def epoch_hash_of(self, _: Msg, epoch: int) -> bytes:
        """Zero while it is not final."""
        final = self.final(epoch)
        return final.hash if final else NO_HASH

    def paid_of(self, _: Msg, epoch: int) -> int:
        """Of its pot."""
        return self.paid(epoch)

    def is_claimed(self, _: Msg, subject: bytes, epoch: int) -> bool:
        """A leaf."""
        return self.claimed(subject, epoch)

    def payee_of(self, msg: Msg, subject: bytes) -> str:
        """Zero: wait."""
        return self.payee(msg, subject)

    # --- views: neighbours ----------------------------------------------------------------

    def hub(self, _: Msg) -> str:
        """Who made it."""
        return self.parts.hub

    def pool(self, _: Msg) -> str:
        """Where the money is."""
        return self.parts.pool

    def governor(self, _: Msg) -> str:
        """Who decides."""
        return self.parts.governor

    def grain(self, _: Msg) -> str:
        """What it mints."""
        return self.parts.grain

    def identity(self, _: Msg) -> str:
        """Whom it asks."""
        return self.parts.identity

    def clerk(self, msg: Msg) -> str:
        """Who reads for it."""
        return msg.world.clerk.address

    def eip712_domain(self, msg: Msg) -> tuple[object, ...]:
        """EIP-5267."""
        return signing_domain(msg)
