# SPDX-License-Identifier: AGPL-3.0-only
"""Whom a CredDistributor pays and how much, in words.

A leaf gets floor(pot * cred / cred that counts), a maintainer no more than her cap over all her
leaves; what the cap took goes to carry. The leaves of one subject in one asset that come side by
side are one payout, and one that somebody else starts must reach the largest of their minimums.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from tests.properties.model import Msg
from tests.properties.model_distributor_head import DistributorHead
from tests.properties.model_distributor_terms import BPS, NO_HASH, Packed, Terms, siblings_above
from tests.properties.model_grain import ZERO
from tests.properties.model_pool_journal import all_or_nothing

# Why a payday passes over a leaf.
CLAIMED_BEFORE, WAITING, BELOW_MINIMUM, PART_OF_THE_POOL = range(1, 5)
SKIPPED = ("", "claimed before", "waiting", "below the minimum", "a part of the pool")
MOST_CRED = 2**128

Proof = Sequence[tuple[bytes, int]]
Shared = tuple[int, int, int]


class Leaf(NamedTuple):
    """A proven leaf of a payday and the epoch it is of."""

    subject: bytes
    at: int
    cred: int
    terms: Terms


class DistributorClaims(DistributorHead):
    """Claims, paydays, and the closing of an epoch."""

    @all_or_nothing
    def claim(
        self,
        msg: Msg,
        subject: bytes,
        previous: bytes,
        claims: Sequence[tuple[Packed, int, int]],
        proof: Proof,
        to: str,
    ) -> None:
        """One subject's leaves in consecutive epochs."""
        payee = self.payee(msg, subject)
        msg.need(payee != ZERO, "distributor: no account yet")
        msg.need(to != ZERO, "distributor: name a payee")
        msg.need(payee in (to, msg.sender), "distributor: not the payee")
        epochs = self._all_final(msg, previous, [packed for packed, _, _ in claims])
        used = 0
        paid: list[Shared] = []
        first: Terms | None = None
        minimum = 0
        for (_, index, cred), terms in zip(claims, epochs, strict=True):
            if cred == 0:
                continue
            leaf, rest = (subject, cred), proof[used:]
            used += self._follow(msg, terms, index, leaf, rest, "distributor: proof too short")
            if first is None or first.asset != terms.asset:
                self._send(msg, subject, payee, to, first, minimum, paid)
                first, minimum, paid = terms, 0, []
            minimum = max(minimum, terms.minimum)
            paid.append(self._book(msg, terms, subject, cred))
        msg.need(paid, "distributor: empty claim")
        msg.need(used == len(proof), "distributor: proof too long")
        self._send(msg, subject, payee, to, first, minimum, paid)

    @all_or_nothing
    def claim_many(
        self,
        msg: Msg,
        previous: bytes,
        terms: Sequence[Packed],
        leaves: Sequence[tuple[bytes, int, int, int]],
        proof: Proof,
    ) -> None:
        """Everybody's leaves in consecutive epochs."""
        epochs = self._all_final(msg, previous, terms)
        used = 0
        proven = []
        for subject, at, index, cred in leaves:
            msg.need(at < len(epochs), "distributor: no such terms")
            leaf, rest = (subject, cred), proof[used:]
            why = "distributor: proofs too short"
            used += self._follow(msg, epochs[at], index, leaf, rest, why)
            proven.append(Leaf(subject, at, cred, epochs[at]))
        msg.need(leaves, "distributor: empty claim")
        msg.need(used == len(proof), "distributor: proof too long")
        for _, run in groupby(proven, lambda leaf: (leaf.subject, leaf.terms.asset)):
            self._pay(msg, list(run))

    @all_or_nothing
    def payday(
        self,
        msg: Msg,
        previous: bytes,
        terms: Packed,
        leaves: Sequence[tuple[bytes, int]],
        first: int,
        end: int,
    ) -> None:
        """Part of a whole list, which is its own proof."""
        (epoch,) = self._all_final(msg, previous, [terms])
        small = all(cred < MOST_CRED for _, cred in leaves)
        msg.need(small, "distributor: cred too large")
        known = self.trees.get(epoch.root)
        full = known is not None and list(known.leaves) == list(leaves)
        if known is not None:
            figures = (known.tree.total, known.tree.count, known.tree.epoch)
            full = full and figures == (epoch.total_cred, epoch.leaf_count, epoch.epoch)
        msg.need(full, "distributor: not the full list")
        msg.need(first < end <= len(leaves), "distributor: bad part of list")
        for subject, cred in leaves[first:end]:
            self._pay(msg, [Leaf(subject, 0, cred, epoch)])

    @all_or_nothing
    def close_epoch(self, msg: Msg, previous: bytes, terms: Packed) -> None:
        """What nobody claimed and what rounding left goes to the next pot."""
        (epoch,) = self._all_final(msg, previous, [terms])
        msg.need(msg.now >= epoch.closes_at, "distributor: claims still open")
        left_over = epoch.pot - self.paid(epoch.epoch)
        msg.need(left_over, "distributor: nothing left")
        self.add(left_over, "paid", epoch.epoch)
        msg.emit("EpochClosed", epoch=epoch.epoch, left_over=left_over)
        self._put_aside(msg, epoch, left_over)

    # --- what is proven -------------------------------------------------------------------

    def _all_final(self, msg: Msg, previous: bytes, given: Sequence[Packed]) -> list[Terms]:
        """These are the terms of so many final epochs in a row, and the hash before them."""
        last = Packed(*given[-1]).epoch if given else 0
        run = [self.final(epoch) for epoch in range(last - len(given) + 1, last + 1)]
        before = self.final(last - len(given))
        known = [final.packed for final in run if final is not None]
        same = known == [Packed(*packed) for packed in given]
        same = same and previous == (before.hash if before else NO_HASH)
        msg.need(same, "distributor: not a final epoch")
        return [final.terms for final in run if final is not None]

    def _follow(
        self, msg: Msg, terms: Terms, index: int, leaf: tuple[bytes, int], rest: Proof, why: str
    ) -> int:
        """How many siblings this leaf uses up, which must prove it."""
        size = siblings_above(index, terms.leaf_count)
        msg.need(size <= len(rest), why)
        known = self.trees.get(terms.root)
        proven = known is not None and known.proves(terms, index, leaf, rest[:size])
        msg.need(proven, "distributor: wrong proof")
        return size

    # --- who is paid ----------------------------------------------------------------------

    def _pay(self, msg: Msg, run: list[Leaf]) -> None:
        """One subject's leaves in one asset, or why not."""
        places = [leaf.at for leaf in run]
        ascending = all(a < b for a, b in pairwise(places))
        msg.need(ascending, "distributor: epochs unsorted")
        subject = run[0].subject
        new = [leaf for leaf in run if not self.claimed(subject, leaf.terms.epoch)]
        amount = sum(self.worth(leaf.terms, subject, leaf.cred)[0] for leaf in new)
        minimum = max((leaf.terms.minimum for leaf in new), default=0)
        payee, reason = self._verdict(msg, subject, amount, minimum)
        paid = []
        for leaf in run:
            if leaf in new and not reason:
                paid.append(self._book(msg, leaf.terms, subject, leaf.cred))
                continue
            why = reason if leaf in new else CLAIMED_BEFORE
            msg.emit("LeafSkipped", subject=subject, epoch=leaf.terms.epoch, reason=why)
            msg.world.saw(self.me, msg.function, f"skipped: {SKIPPED[why]}")
        self._send(msg, subject, payee, payee, run[-1].terms, minimum, paid)

    def _verdict(self, msg: Msg, subject: bytes, amount: int, minimum: int) -> tuple[str, int]:
        if amount < minimum:
            return ZERO, BELOW_MINIMUM
        payee = self.payee(msg, subject)
        if payee == ZERO:
            return payee, WAITING
        if payee in (self.parts.pool, self.parts.grain):
            return payee, PART_OF_THE_POOL
        return payee, 0

    def worth(self, terms: Terms, subject: bytes, cred: int) -> tuple[int, int, int]:
        """What a leaf gets, what the cap takes off it, whose cap it is (0: nobody's)."""
        amount = terms.part(terms.pot, cred)
        owner = self.maintainers(terms.maintainers_version).numbers.get(subject, 0)
        if terms.signer_cap_bps == BPS or not owner:
            return amount, 0, 0
        capped = min(amount, terms.cap - self.sum("taken", terms.epoch, owner))
        return capped, amount - capped, owner

    # --- how ------------------------------------------------------------------------------

    def _book(self, msg: Msg, terms: Terms, subject: bytes, cred: int) -> Shared:
        """One leaf is paid from now on: its epoch, its money, its grain."""
        epoch = terms.epoch
        msg.need(msg.now < terms.closes_at, "distributor: claims are closed")
        msg.need(not self.claimed(subject, epoch), "distributor: already claimed")
        amount, excess, owner = self.worth(terms, subject, cred)
        self.add(1, "claimed", subject, epoch)
        self.add(amount + excess, "paid", epoch)
        self.add(amount, "taken", epoch, owner)
        if excess:
            msg.emit("ShareCapped", subject=subject, epoch=epoch, excess=excess)
            msg.world.saw(self.me, msg.function, "capped")
            self._put_aside(msg, terms, excess)
        return epoch, amount, terms.part(terms.grain_per_epoch, cred)

    def _put_aside(self, msg: Msg, terms: Terms, amount: int) -> None:
        """For the next pot."""
        self.add(amount, "to carry", terms.asset)
        msg.emit("CarryChanged", asset=terms.asset, carry=self.carry(terms.asset))
        msg.call(self.parts.pool, "unreserve", terms.earmark, terms.asset, amount)

    def _send(
        self,
        msg: Msg,
        subject: bytes,
        payee: str,
        to: str,
        terms: Terms | None,
        minimum: int,
        shares: list[Shared],
    ) -> None:
        """Money and grain of one payout."""
        if not shares or terms is None:
            return
        amount = sum(share[1] for share in shares)
        grain = sum(share[2] for share in shares)
        large_enough = msg.sender == payee or amount >= minimum
        msg.need(large_enough, "distributor: below minimum")
        msg.emit("Claimed", subject=subject, payee=payee, to=to, shares=shares)
        if grain:
            self._mint(msg, subject, payee, to, grain)
        if amount:
            msg.call(self.parts.pool, "release", terms.earmark, terms.asset, to, amount)

    def _mint(self, msg: Msg, subject: bytes, payee: str, to: str, grain: int) -> None:
        """Where none can be created, only the payee herself may do without."""
        if msg.call(self.parts.grain, "can_mint", self.address, grain):
            msg.call(self.parts.grain, "mint", to, grain)
            self.add(grain, "grain")
            return
        msg.need(msg.sender == payee, "distributor: grain is halted")
        msg.emit("GrainWithheld", subject=subject, amount=grain)
        msg.world.saw(self.me, msg.function, "grain withheld")
