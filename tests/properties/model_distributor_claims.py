# SPDX-License-Identifier: AGPL-3.0-only
"""Whom a CredDistributor pays and how much, in words.

A leaf gets floor(pot * cred / cred that counts), a maintainer no more than her cap over all her
leaves; what the cap took goes to carry. The leaves of one subject in one asset that come side by
side are one payout, and one that somebody else starts must reach the largest of their minimums.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from tests.properties.model import Msg, Refused
from tests.properties.model_distributor_head import DistributorHead
from tests.properties.model_distributor_terms import BPS, NO_HASH, Packed, Terms, siblings_above
from tests.properties.model_grain import ZERO
from tests.properties.model_pool_journal import all_or_nothing

# Why a payday passes over a leaf.
CLAIMED_BEFORE, WAITING, BELOW_MINIMUM, PART_OF_THE_POOL, STRUCK_OUT, TOO_LARGE = range(1, 7)
SKIPPED = (
    *("", "claimed before", "waiting", "below the minimum", "a part of the pool", "struck out"),
    "too large",
)
AT_ONCE = 128
"""Leaves that are paid and told at once, each payout of less than"""
LARGE = 2**96

Proof = Sequence[tuple[bytes, int]]
Shared = tuple[int, int, int]


class Leaf(NamedTuple):
    """A proven leaf of a payday, its place, and the epoch it is of."""

    subject: bytes
    at: int
    place: int
    cred: int
    terms: Terms


class Batch:
    """What a payday has booked and not sent yet, each as amount * 2^160 + whose or of which epoch;
    and what the caps of the whole call have taken."""

    def __init__(self) -> None:
        self.told: list[tuple[bytes, int, int]] = []
        self.money: list[int] = []
        self.grain: list[int] = []
        self.carried = 0

    def sent(self) -> None:
        """The next ones are sent and told anew."""
        self.told, self.money, self.grain = [], [], []


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
        epochs = self.all_final(msg, previous, [packed for packed, _, _ in claims])
        used = 0
        paid: list[Shared] = []
        last: Terms | None = None
        minimum = 0
        for (_, index, cred), terms in zip(claims, epochs, strict=True):
            if cred == 0:
                continue
            leaf, rest = (subject, cred), proof[used:]
            used += self._follow(msg, terms, index, leaf, rest, "distributor: proof too short")
            if last is not None and last.asset != terms.asset:
                self._send(msg, last, to, self._credit(msg, subject, payee, to, minimum, paid))
                minimum, paid = 0, []
            last = terms
            minimum = max(minimum, terms.minimum)
            paid.append(self.book(msg, terms, subject, index, cred))
        if last is None:
            raise Refused("distributor: empty claim")
        msg.need(used == len(proof), "distributor: proof too long")
        self._send(msg, last, to, self._credit(msg, subject, payee, to, minimum, paid))

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
        epochs = self.all_final(msg, previous, terms)
        used = 0
        proven = []
        for subject, at, index, cred in leaves:
            msg.need(at < len(epochs), "distributor: no such terms")
            leaf, rest = (subject, cred), proof[used:]
            why = "distributor: proofs too short"
            used += self._follow(msg, epochs[at], index, leaf, rest, why)
            proven.append(Leaf(subject, at, index, cred, epochs[at]))
        msg.need(leaves, "distributor: empty claim")
        msg.need(used == len(proof), "distributor: proof too long")
        of, batch = proven[0].terms, Batch()
        for _, run in groupby(proven, lambda leaf: leaf.subject):
            self._pay(msg, of, list(run), batch)
        self._end(msg, of, batch)

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
        (epoch,) = self.all_final(msg, previous, [terms])
        msg.need(msg.now < epoch.closes_at, "distributor: claims are closed")
        root, total = msg.call(msg.world.clerk, "root_of_list", self.address, epoch.epoch, leaves)
        full = (root, total, len(leaves)) == (epoch.root, epoch.total_cred, epoch.leaf_count)
        msg.need(full, "distributor: not the full list")
        msg.need(first < end <= len(leaves), "distributor: bad part of list")
        batch = Batch()
        for place in range(first, end):
            subject, cred = leaves[place]
            self._pay(msg, epoch, [Leaf(subject, 0, place, cred, epoch)], batch)
            if len(batch.told) == AT_ONCE:
                self._send_out(msg, epoch, batch)
        self._end(msg, epoch, batch)

    @all_or_nothing
    def close_epoch(self, msg: Msg, previous: bytes, terms: Packed) -> None:
        """What nobody claimed and what rounding left goes to the next pot."""
        (epoch,) = self.all_final(msg, previous, [terms])
        msg.need(msg.now >= epoch.closes_at, "distributor: claims still open")
        left_over = epoch.pot - self.paid(epoch.epoch)
        msg.need(left_over, "distributor: nothing left")
        self.add(left_over, "paid", epoch.epoch)
        msg.emit("EpochClosed", epoch=epoch.epoch, left_over=left_over)
        self.put_aside(msg, epoch, left_over)

    # --- what is proven -------------------------------------------------------------------

    def all_final(self, msg: Msg, previous: bytes, given: Sequence[Packed]) -> list[Terms]:
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

    def _pay(self, msg: Msg, of: Terms, run: list[Leaf], batch: Batch) -> None:
        """One subject's leaves, or why not; money and grain are sent later."""
        before = -1
        for leaf in run:
            same = (leaf.terms.asset, leaf.terms.earmark) == (of.asset, of.earmark)
            msg.need(same, "distributor: several assets")
            msg.need(before < leaf.at, "distributor: epochs unsorted")
            before = leaf.at
        subject = run[0].subject
        new = [leaf for leaf in run if not self._unpayable(msg, leaf)]
        amount = sum(self.worth(leaf.terms, subject, leaf.cred)[0] for leaf in new)
        minimum = max((leaf.terms.minimum for leaf in new), default=0)
        payee, reason = self._verdict(msg, subject, amount, minimum)
        parts = (leaf.terms.part(leaf.terms.grain_per_epoch, leaf.cred) for leaf in new)
        reason = TOO_LARGE if sum(parts) >= LARGE else reason
        grain, to = 0, int(payee, 16)
        for leaf in run:
            why = self._unpayable(msg, leaf) or reason
            if why:
                msg.emit("LeafSkipped", subject=subject, epoch=leaf.terms.epoch, reason=why)
                msg.world.saw(self.me, msg.function, f"skipped: {SKIPPED[why]}")
                continue
            msg.need(msg.now < leaf.terms.closes_at, "distributor: claims are closed")
            money, excess = self._mark(msg, leaf.terms, subject, leaf.cred)
            part = leaf.terms.part(leaf.terms.grain_per_epoch, leaf.cred)
            told = money * 2**160 + to, part * 2**160 + leaf.terms.epoch
            batch.told.append((subject, *told))
            batch.carried += excess
            grain += part
        if grain:
            batch.grain.append(grain * 2**160 + to)
        if amount and not reason:
            batch.money.append(amount * 2**160 + to)

    def _unpayable(self, msg: Msg, leaf: Leaf) -> int:
        """Why it is never paid, or never again. Where leaves of several epochs are one payout, one
        without cred stands for nothing; alone it is below any minimum."""
        if not leaf.cred and msg.function == "claim_many":
            return BELOW_MINIMUM
        if self.claimed(leaf.subject, leaf.terms.epoch):
            return CLAIMED_BEFORE
        return STRUCK_OUT if self.is_struck(leaf.terms, leaf.subject, leaf.place) else 0

    def _verdict(self, msg: Msg, subject: bytes, amount: int, minimum: int) -> tuple[str, int]:
        if amount < minimum:
            return ZERO, BELOW_MINIMUM
        if amount >= LARGE:
            return ZERO, TOO_LARGE
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

    def book(self, msg: Msg, terms: Terms, subject: bytes, place: int, cred: int) -> Shared:
        """One leaf is paid from now on: its epoch, its money, its grain."""
        epoch = terms.epoch
        msg.need(msg.now < terms.closes_at, "distributor: claims are closed")
        msg.need(not self.is_struck(terms, subject, place), "distributor: struck out")
        msg.need(not self.claimed(subject, epoch), "distributor: already claimed")
        amount, excess = self._mark(msg, terms, subject, cred)
        if excess:
            self.put_aside(msg, terms, excess)
        return epoch, amount, terms.part(terms.grain_per_epoch, cred)

    def _mark(self, msg: Msg, terms: Terms, subject: bytes, cred: int) -> tuple[int, int]:
        """It is paid: what she gets, and what her cap leaves for the next pot."""
        epoch = terms.epoch
        amount, excess, owner = self.worth(terms, subject, cred)
        self.add(1, "claimed", subject, epoch)
        self.add(amount + excess, "paid", epoch)
        self.add(amount, "taken", epoch, owner)
        if excess:
            msg.emit("ShareCapped", subject=subject, epoch=epoch, excess=excess)
            msg.world.saw(self.me, msg.function, "capped")
        return amount, excess

    def put_aside(self, msg: Msg, terms: Terms, amount: int) -> None:
        """For the next pot."""
        self.add(amount, "to carry", terms.asset)
        msg.emit("CarryChanged", asset=terms.asset, carry=self.carry(terms.asset))
        msg.call(self.parts.pool, "unreserve", terms.earmark, terms.asset, amount)

    def _credit(
        self,
        msg: Msg,
        subject: bytes,
        payee: str,
        to: str,
        minimum: int,
        shares: list[Shared],
    ) -> int:
        """One payout: its grain now; the money that is still to be sent."""
        amount = sum(share[1] for share in shares)
        grain = sum(share[2] for share in shares)
        large_enough = msg.sender == payee or amount >= minimum
        msg.need(large_enough, "distributor: below minimum")
        packed = [share[1] << 128 | share[2] << 32 | share[0] for share in shares]
        msg.emit("Claimed", subject=subject, payee=payee, to=to, shares=packed)
        if grain:
            self.mint(msg, subject, payee, to, grain)
        return amount

    def _send(self, msg: Msg, of: Terms, to: str, amount: int) -> None:
        """One payment."""
        if amount:
            msg.call(self.parts.pool, "release", of.earmark, of.asset, to, amount)

    def _end(self, msg: Msg, of: Terms, batch: Batch) -> None:
        """What the caps took is put aside at once, then the rest is sent."""
        if batch.carried:
            self.put_aside(msg, of, batch.carried)
        self._send_out(msg, of, batch)

    def _send_out(self, msg: Msg, of: Terms, batch: Batch) -> None:
        """It is told, then all grain is made, then all money goes. Nobody does without grain."""
        if batch.told:
            msg.emit("PaidOut", leaves=batch.told)
        if batch.grain:
            msg.call(self.parts.grain, "mint_many", batch.grain)
            self.add(sum(grant >> 160 for grant in batch.grain), "grain")
        if batch.money:
            msg.call(self.parts.pool, "release_many", of.earmark, of.asset, batch.money)
        batch.sent()

    def mint(self, msg: Msg, subject: bytes, payee: str, to: str, grain: int) -> None:
        """Where none can be created, only the payee herself may do without."""
        msg.need(to != self.parts.grain, "distributor: grain is not for it")
        if msg.attempt(self.parts.grain, "mint", to, grain):
            self.add(grain, "grain")
            return
        msg.need(msg.sender == payee, "distributor: grain is halted")
        msg.emit("GrainWithheld", subject=subject, amount=grain)
        msg.world.saw(self.me, msg.function, "grain withheld")
