# SPDX-License-Identifier: AGPL-3.0-only
"""What the review of a CredDistributor does to single leaves, in words; and settling elsewhere.

Maintainers may strike cred out, up to a share of all of it, while the members have two days left to
answer; the first time they get three from then on. Members may put it back, for good.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.contracts.coop import ACTIVE
from tests.properties.model import Msg
from tests.properties.model_distributor_claims import DistributorClaims
from tests.properties.model_distributor_head import RESTORED, STRUCK, Posted
from tests.properties.model_distributor_terms import BPS, Packed
from tests.properties.model_pool_journal import all_or_nothing

DAY = 86_400
LAST_WORD, LEFT_FOR_MEMBERS = 2 * DAY, 3 * DAY


class DistributorReview(DistributorClaims):
    """What the Clerk brings about single leaves."""

    @all_or_nothing
    def zero_out(
        self,
        msg: Msg,
        epoch: int,
        terms: Packed,
        subject: bytes,
        place: int,
        cred: int,
        reason: bytes,
        signers: Sequence[str],
    ) -> None:
        """Out of numerator and denominator."""
        posted, told = self._reviewed(msg, epoch, terms, subject, reason, signers)
        attempt = self.attempt()
        msg.need(cred, "distributor: no cred to strike")
        before = self.mark_of(epoch, attempt, subject, place)
        msg.need(not before, "distributor: struck out before")
        share = Fraction(self.excluded(epoch, attempt) + cred, posted.terms.total_cred)
        most = Fraction(posted.policy.zero_out_bps, BPS)
        msg.need(share <= most, "distributor: over voted share")
        governor, motion = self.parts.governor, posted.proposal_id
        closes_at = msg.call(governor, "proposalDeadline", motion)
        msg.need(closes_at - msg.now >= LAST_WORD, "distributor: too late for that")
        self.note(STRUCK, "mark", epoch, attempt, subject, place)
        self.note(cred, "cred", epoch, attempt, subject, place)
        self.add(cred, "excluded", epoch, attempt)
        msg.emit("ZeroedOut", **told, cred=cred)
        if not self.noted(False, "extended", motion):
            self.note(True, "extended", motion)
            until = max(closes_at, msg.now + LEFT_FOR_MEMBERS)
            msg.call(governor, "extend_consent", motion, until)

    @all_or_nothing
    def restore(
        self,
        msg: Msg,
        epoch: int,
        terms: Packed,
        subject: bytes,
        place: int,
        reason: bytes,
        signers: Sequence[str],
    ) -> None:
        """As if nothing had been; but it stays."""
        _, told = self._reviewed(msg, epoch, terms, subject, reason, signers)
        attempt = self.attempt()
        struck = self.mark_of(epoch, attempt, subject, place) == STRUCK
        msg.need(struck, "distributor: not struck out")
        cred = self.noted(0, "cred", epoch, attempt, subject, place)
        self.note(RESTORED, "mark", epoch, attempt, subject, place)
        self.add(-cred, "excluded", epoch, attempt)
        msg.emit("Restored", **told, cred=cred)

    @all_or_nothing
    def settle_off_chain(
        self,
        msg: Msg,
        previous: bytes,
        terms: Packed,
        subject: bytes,
        place: int,
        cred: int,
        payee: str,
        reference: bytes,
    ) -> None:
        """Her money goes to the next pot, her grain to her."""
        self.need_clerk(msg)
        (epoch,) = self.all_final(msg, previous, [terms])
        number, amount, grain = self.book(msg, epoch, subject, place, cred)
        msg.need(amount, "distributor: nothing to settle")
        what = {"reference": reference, "amount": amount, "grain": grain}
        msg.emit("SettledOffChain", subject=subject, epoch=number, payee=payee, **what)
        self.put_aside(msg, epoch, amount)
        self.add(amount, "settled", number)
        if grain:
            self.mint(msg, subject, payee, payee, grain)

    # --- why not --------------------------------------------------------------------------

    def need_clerk(self, msg: Msg) -> None:
        """Whoever brings signatures brings them to the Clerk."""
        msg.need(msg.sender == msg.world.clerk.address, "distributor: only the clerk")

    def need_posted(self, msg: Msg, epoch: int) -> Posted:
        """The open distribution, which is of this epoch."""
        posted = self.posted()
        is_open = posted is not None and epoch == posted.terms.epoch
        msg.need(is_open, "distributor: not open")
        assert posted is not None
        return posted

    def need_open(self, msg: Msg, epoch: int, terms: Packed) -> Posted:
        """The same, by its terms."""
        posted = self.need_posted(msg, epoch)
        same = Packed(*terms)[:4] == posted.terms.packed()[:4]
        msg.need(same, "distributor: other terms open")
        return posted

    def _reviewed(
        self,
        msg: Msg,
        epoch: int,
        terms: Packed,
        subject: bytes,
        reason: bytes,
        signers: Sequence[str],
    ) -> tuple[Posted, dict[str, Any]]:
        """The open distribution while its vote is, and what is told of any of its leaves."""
        self.need_clerk(msg)
        posted = self.need_open(msg, epoch, terms)
        state = msg.call(self.parts.governor, "state", posted.proposal_id)
        msg.need(state <= ACTIVE, "distributor: review is over")
        told = {"epoch": epoch, "attempt": self.attempt(), "subject": subject}
        return posted, told | {"reason_hash": reason, "signers": signers}
