# SPDX-License-Identifier: AGPL-3.0-only
"""Who may cast what, when, and which signed ballots count."""

from collections.abc import Sequence

from millpond.core import typed_data
from tests.contracts.coop import ABSTAIN, ACTIVE, AGAINST, QUEUED
from tests.properties.chain import to_address
from tests.properties.model import Msg, Refused
from tests.properties.model_governor_members import ZERO, MembersModel
from tests.properties.model_governor_motions import CASTS, Motion
from tests.properties.signing import Meaning, message

NO_REASON = bytes(32)
NOT_HER_HAND = "governor: not the voter's hand"
LOW_160 = (1 << 160) - 1


class CastingModel(MembersModel):
    """Ballots, one by one and in batches."""

    past: dict[int, Motion]  # what is over and cannot change any more

    def motion(self, proposal_id: int) -> Motion:
        """The proposal of that number."""
        found = self.known(proposal_id)
        if found is None:
            raise Refused("governor: no such proposal")
        return found

    def known(self, proposal_id: int) -> Motion | None:
        """The same, or nothing."""
        found: Motion | None = self.facts.motions.get(proposal_id)
        return found or self.past.get(proposal_id)

    def taking(self, msg: Msg, proposal_id: int, deadline: int) -> Motion:
        """The proposal, if it takes ballots now."""
        msg.need(msg.now <= deadline, "governor: ballots expired")
        motion = self.motion(proposal_id)
        taken = motion.state(msg.now) in (ACTIVE, QUEUED)
        msg.need(taken, "governor: no ballots taken now")
        return motion

    def objection(
        self, motion: Motion, state: int, voter: str, support: int, follows: int | None
    ) -> str:
        """Why a ballot would not count; nothing if it does.

        `state` is that in which the call began: a batch may stop a proposal on its way.
        """
        known = self.membership()
        late = state == QUEUED and support != AGAINST
        casts = len(motion.casts.get(known.seat_of.get(voter, 0), ()))
        objections = (
            (not known.is_member(voter), "governor: not a member"),
            (not known.was_member(voter, motion.created_at), "governor: joined too late"),
            (late, "governor: Against only by now"),
            (support > ABSTAIN, "governor: support is 0, 1 or 2"),
            (follows not in (None, casts), "governor: not the ballot's turn"),
            (casts == CASTS, "governor: cast five times"),
            (casts == CASTS - 1 and support != AGAINST, "governor: last cast is Against"),
        )
        return next((why for wrong, why in objections if wrong), "")

    def cast(self, msg: Msg, motion: Motion, voter: str, support: int, reason: str = "") -> None:
        """The ballot stands in place of her last one."""
        seat = self.membership().seat_of[voter]
        motion.casts.setdefault(seat, []).append(support)
        msg.emit(
            "VoteCast",
            voter=voter,
            proposalId=motion.id,
            support=support,
            weight=1,
            reason=reason,
        )

    def _cast_alone(
        self,
        msg: Msg,
        proposal_id: int,
        voter: str,
        support: int,
        follows: int | None = None,
        reason: str = "",
    ) -> int:
        motion = self.taking(msg, proposal_id, msg.now)
        why = self.objection(motion, motion.state(msg.now), voter, support, follows)
        msg.need(not why, why)
        self.cast(msg, motion, voter, support, reason)
        return 1

    # --- the contract's functions ---------------------------------------------------------

    def cast_vote(self, msg: Msg, proposal_id: int, support: int) -> int:
        return self._cast_alone(msg, proposal_id, msg.sender, support)

    def cast_vote_with_reason(self, msg: Msg, proposal_id: int, support: int, reason: str) -> int:
        return self._cast_alone(msg, proposal_id, msg.sender, support, None, reason)

    def cast_vote_by_sig(
        self, msg: Msg, proposal_id: int, support: int, voter: str, signature: bytes
    ) -> int:
        struct = typed_data.OPENZEPPELIN_BALLOT.type_string
        meant = Meaning(struct, self.me.address, (proposal_id, support, voter, 0))
        holds = msg.world.signatures.holds(voter, meant, signature)
        msg.need(holds, "governor: not signed by her")
        return self._cast_alone(msg, proposal_id, voter, support, 0)

    def vote_by_signatures(
        self,
        msg: Msg,
        proposal_id: int,
        deadline: int,
        signed: Sequence[int],
        reason_hashes: Sequence[bytes],
    ) -> int:
        motion = self.taking(msg, proposal_id, deadline)
        msg.need(len(signed) % 3 == 0, "governor: three words a ballot")
        count = len(signed) // 3
        msg.need(len(reason_hashes) in (0, count), "governor: one reason a ballot")
        counted, state = 0, motion.state(msg.now)
        for at in range(count):
            choice, r, vs = signed[3 * at : 3 * at + 3]
            reason_hash = reason_hashes[at] if reason_hashes else NO_REASON
            meant = self.ballot(proposal_id, choice, reason_hash, deadline)
            signature = r.to_bytes(32) + vs.to_bytes(32)
            hers = msg.world.signatures.signer_of(signature, meant) == voter_of(choice)
            why = self._why_not(motion, state, choice, hers)
            counted += self._cast_signed(msg, motion, choice, why, reason_hash)
        return counted

    def vote_by_wallets(
        self,
        msg: Msg,
        proposal_id: int,
        deadline: int,
        choices: Sequence[int],
        reason_hashes: Sequence[bytes],
        wallet_signatures: Sequence[bytes],
    ) -> int:
        motion = self.taking(msg, proposal_id, deadline)
        lengths = {len(choices), len(reason_hashes), len(wallet_signatures)}
        msg.need(len(lengths) == 1, "governor: one of each a wallet")
        counted, state = 0, motion.state(msg.now)
        for choice, reason, signature in zip(
            choices, reason_hashes, wallet_signatures, strict=True
        ):
            meant = self.ballot(proposal_id, choice, reason, deadline)
            hers = msg.world.signatures.holds(voter_of(choice), meant, signature)
            why = self._why_not(motion, state, choice, hers)
            counted += self._cast_signed(msg, motion, choice, why, reason)
        return counted

    def _why_not(self, motion: Motion, state: int, choice: int, hers: bool) -> str:
        voter, support, follows = voter_of(choice), choice >> 160 & 255, choice >> 168
        if not hers or voter == ZERO:
            return NOT_HER_HAND
        return self.objection(motion, state, voter, support, follows)

    def _cast_signed(
        self, msg: Msg, motion: Motion, choice: int, why: str, reason_hash: bytes
    ) -> int:
        voter, support = voter_of(choice), choice >> 160 & 255
        if why:
            msg.emit("BallotSkipped", voter=voter, proposalId=motion.id, why=why)
            msg.world.saw(self.me, msg.function, why)
            return 0
        self.cast(msg, motion, voter, support)
        if reason_hash != NO_REASON:
            msg.emit("BallotReason", voter=voter, proposalId=motion.id, reason_hash=reason_hash)
        return 1

    def ballot(self, proposal_id: int, choice: int, reason_hash: bytes, deadline: int) -> Meaning:
        """What the voter of a choice must have signed."""
        values = {
            "proposalId": proposal_id,
            "voter": voter_of(choice),
            "support": choice >> 160 & 255,
            "castsBefore": choice >> 168,
            "reasonHash": reason_hash,
            "deadline": deadline,
        }
        return message(typed_data.BALLOT, self.me, values)

    # --- views ----------------------------------------------------------------------------

    def has_voted(self, _: Msg, proposal_id: int, account: str) -> bool:
        motion = self.known(proposal_id)
        seat = self.membership().seat_of.get(account)
        return motion is not None and seat in motion.casts


def voter_of(choice: int) -> str:
    """The address in a ballot's word."""
    return to_address(choice & LOW_160)


def choice_of(voter: str, support: int, follows: int) -> int:
    """A ballot's word: voter | support << 160 | castsBefore << 168."""
    return int(voter, 16) | support << 160 | follows << 168
