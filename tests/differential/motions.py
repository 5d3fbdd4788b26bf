# SPDX-License-Identifier: AGPL-3.0-only
"""What is done with both Governors: proposing, ballots in every form, withdrawing, time, execution.

    pair = Governors(seed=7)
    pair.run(operations=5_000)

Each operation must come out alike: success, answer and events, whatever the words of a refusal.
Where the two differ on purpose, a reason below says which side goes on; it must go on, the other
must refuse with the words listed, and what was done is undone, so that all that follows stays
comparable. After each operation the states and tallies of the last proposals are compared.
"""

from collections.abc import Callable
from typing import Any

from millpond.core import typed_data
from tests.contracts.coop import HOUR
from tests.differential import partings
from tests.differential.chambers import (
    ACTIVE,
    CANCELED,
    EXECUTED,
    EXPIRY,
    FIGURES,
    LIVE,
    PENDING,
    PERIOD,
    QUEUED,
    REASONS,
    SUCCEEDED,
    TIMELOCK,
    Motion,
)
from tests.differential.drawing import Drawing
from tests.differential.partings import PARTINGS, Parting
from tests.differential.sides import Answer, Side
from tests.properties.signing import Meaning, message

OZ_BALLOT = "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)"
VIEWS_EVERY = 50


LISTED = (*FIGURES, *(parting.why for parting in PARTINGS))

Deed = Callable[[Side], Answer]


class Governors(Drawing):
    """Both, and what is done with them."""

    def run(self, operations: int) -> "Governors":
        """So many; at the end every view is compared."""
        while self.seen.operations < operations:
            self.step()
        self.compare_views()
        return self

    def step(self) -> None:
        """One operation, drawn by chance, and what must be equal after it."""
        ways, weights = zip(*self._ways(), strict=True)
        (way,) = self.random.choices(ways, weights)
        if (
            way in self._casting
            and ACTIVE not in self.states.values()
            and self.random.random() < 0.8
        ):
            way = self.propose if len(self.states) < 2 else self.wait
        before = self.seen.operations
        way()
        if self.seen.operations == before:
            return
        self.compare_live()
        if self.seen.operations % VIEWS_EVERY == 0:
            self.compare_views()

    def _ways(self) -> tuple[tuple[Callable[[], None], int], ...]:
        return (
            (self.propose, 10),
            (self.ballot, 50),
            (self.signed_ballot, 8),
            (self.carried_ballot, 8),
            (self.wait, 9),
            (self.cancel, 2),
            (self.execute, 8),
            (self.come_or_go, 4),
        )

    @property
    def _casting(self) -> tuple[Callable[[], None], ...]:
        return self.ballot, self.signed_ballot, self.carried_ballot

    # --- proposing ------------------------------------------------------------------------

    def propose(self) -> None:
        """Good ones mostly; or one that is wrong in some way."""
        rng = self.random
        proposer = self._proposer()
        targets, values, calls = self._content()
        text = f"motion {rng.getrandbits(40)}"
        how = rng.choice(("good",) * 12 + ODD_PROPOSALS)
        if how == "nothing":
            targets, values, calls = (), (), ()
        elif how == "lists differ":
            values = (*values, 0)
        elif how == "too many":
            targets, values, calls = targets[:1] * 9, values[:1] * 9, calls[:1] * 9
        elif how == "too long":
            calls = (bytes(2_049), *calls[1:])
        elif how == "again" and self.motions:
            old = rng.choice(self.motions)
            targets, values, calls, text = old.targets, old.values, old.calls, old.text
        elif how in ("own suffix", "other suffix", "no address", "no suffix"):
            text += self._suffix(how, proposer.address)
        args = (targets, values, calls, text)
        self.log.add(f"propose {how} {args} by {proposer.name}")
        parting = self._parted_proposal(how, proposer.address)
        found = self._both(
            "propose", parting, lambda side: side.call(proposer.address, "propose", *args)
        )
        if found.ok:
            made = (int.from_bytes(found.data), proposer.address, self.chain.now)
            motion = Motion(*made, targets, values, calls, text)
            self.motions.append(motion)
            self.states[motion] = PENDING

    def _suffix(self, how: str, proposer: str) -> str:
        others = [each.address for each in self.people if each.address != proposer]
        digits = (proposer if how == "own suffix" else self.random.choice(others))[2:]
        digits = self.random.choice((digits, digits.lower(), digits.upper()))
        if how == "no address":
            at = self.random.randrange(40)
            digits = digits[:at] + "g" + digits[at + 1 :]
        mark = "#proposer=0X" if how == "no suffix" else "#proposer=0x"
        return mark + digits

    def _parted_proposal(self, how: str, proposer: str) -> Parting | None:
        if how in ("too many", "too long"):
            return partings.TOO_MUCH
        if how == "no address":
            return partings.NOT_HEX
        joined_now = self.joined.get(proposer) == self.chain.now
        before = self.weight_at(proposer, self.chain.now - 1) == 1
        if before and (joined_now or not self.is_member(proposer)):
            return partings.LEFT_NOW
        if self._open_of(proposer) >= 2:
            return partings.TWO_OPEN
        return None

    # --- ballots --------------------------------------------------------------------------

    def ballot(self) -> None:
        """By call, with or without a reason."""
        motion = self._some_motion(ACTIVE)
        voter, support = self._voter(motion), self._support()
        args: tuple[Any, ...] = (motion.id, support)
        function = "castVote"
        if self.random.random() < 0.3:
            function, args = "castVoteWithReason", (*args, "because " * self.random.randrange(9))
        self.log.add(f"{function}{args} by {voter.name}")
        parting = self._parted_ballot(motion, voter.address, support)
        self._both(function, parting, lambda side: side.call(voter.address, function, *args))

    def _parted_ballot(self, motion: Motion, voter: str, support: int) -> Parting | None:
        """Why a ballot of hers may count on one side only."""
        state = self.theirs.number("state", motion.id) if motion in self.motions else CANCELED
        voted = self.theirs.number("hasVoted", motion.id, voter) == 1
        counts = self._has_vote(motion, voter)
        if state == SUCCEEDED and counts and support == 0 and self.state(motion) == QUEUED:
            return partings.STOPPED
        if state != ACTIVE or support > 2 or (voted and not counts):
            return None
        if counts:
            return partings.CHANGED if voted else None
        if self.is_member(voter):
            return partings.LATE
        weight = self.weight_at(voter, motion.created_at + self.delay)
        return partings.GONE if weight else partings.NO_WEIGHT

    def signed_ballot(self) -> None:
        """OpenZeppelin's signed ballot, brought by somebody else to each."""
        rng = self.random
        motion, carrier = self._some_motion(ACTIVE), self._somebody()
        voter, support = self._voter(motion), self._support()
        how = rng.choice(("good",) * 4 + ODD_SIGNATURES)
        signer = carrier if how == "wrong signer" else voter
        self.log.add(f"castVoteBySig({motion.id}, {support}) of {voter.name}: {how}, {signer.name}")

        def bring(side: Side) -> Answer:
            nonce = side.number("nonces", voter.address) + (how == "wrong nonce")
            said = (
                motion.id,
                support if how != "wrong support" else support ^ 1,
                voter.address,
                nonce,
            )
            signature = self.signatures.sign(signer, Meaning(OZ_BALLOT, side.address, said))
            call = (motion.id, support, voter.address, self._form(how, signature))
            return side.call(carrier.address, "castVoteBySig", *call)

        parting = self._parted_ballot(motion, voter.address, support)
        good = how in ("good", "short") or (how == "wrong signer" and signer == voter)
        if not good or parting is partings.CHANGED:  # as a first ballot only
            parting = None
        elif how == "short":
            counts = parting in (None, partings.STOPPED) and self._takes(
                motion, voter.address, support
            )
            parting = partings.SHORT if counts else None
        self._both("castVoteBySig", parting, bring)

    def _takes(self, motion: Motion, voter: str, support: int) -> bool:
        """Would it count here, if she signed it?"""
        if motion not in self.motions or support > 2:
            return False
        voted = self.theirs.number("hasVoted", motion.id, voter) == 1
        state = self.state(motion)
        open_to_her = state == ACTIVE or (state == QUEUED and support == 0)
        return open_to_her and self._has_vote(motion, voter) and not voted

    def _form(self, how: str, signature: bytes) -> bytes:
        if how == "high s":
            return self.signatures.malleable(signature)
        if how == "short":
            return self.signatures.compact(signature)
        return signature[:-1] + bytes([signature[64] - 27]) if how == "v from 0" else signature

    def carried_ballot(self) -> None:
        """Our own signed ballot here; there the voter casts it herself."""
        motion = self._some_motion(ACTIVE)
        voter, support = self._voter(motion), self._support()
        parting = self._parted_ballot(motion, voter.address, support)
        if parting is not None or support > 2 or not self._is_active(motion):
            return
        if self.theirs.number("hasVoted", motion.id, voter.address) == 1:
            return
        until = self.chain.now
        fields = {
            "proposalId": motion.id, "voter": voter.address, "support": support,
            "castsBefore": 0, "reasonHash": bytes(32), "deadline": until,
        }  # fmt: skip
        said = message(typed_data.BALLOT, self.coop.governor, fields)
        r, vs = self.signatures.words(self.signatures.sign(voter, said))
        words = (int(voter.address, 16) | support << 160, r, vs)
        self.log.add(f"vote_by_signatures({motion.id}, {support}) of {voter.name}")
        ours = self.ours.call(
            self.people[0].address, "vote_by_signatures", motion.id, until, words, ()
        )
        theirs = self.theirs.call(voter.address, "castVote", motion.id, support)
        self._same("vote_by_signatures", ours, theirs)

    def _is_active(self, motion: Motion) -> bool:
        return motion in self.motions and self.theirs.number("state", motion.id) == ACTIVE

    # --- time, withdrawing, execution -----------------------------------------------------

    def wait(self) -> None:
        """A moment, a while, or to the edge of something that is to happen."""
        rng, now = self.random, self.chain.now
        moments = (1, 1, self.delay + 1, rng.randrange(1, 4 * HOUR))
        seconds = rng.choice(moments)
        if self.motions and rng.random() < 0.3:
            opens_at = rng.choice(self.motions[-LIVE:]).created_at + self.delay
            ready_at = opens_at + PERIOD + TIMELOCK
            edges = (opens_at, opens_at + PERIOD, ready_at, ready_at + EXPIRY)
            ahead = [at + d - now for at in edges for d in (-1, 0, 1) if at + d > now]
            seconds = min(ahead, default=1) if rng.random() < 0.5 else rng.choice(ahead or [1])
        self.log.add(f"{seconds} seconds pass")
        self.chain.warp(seconds)
        self.seen.count("wait", True)

    def cancel(self) -> None:
        """By the proposer, or somebody else."""
        motion = self._some_motion(PENDING, ACTIVE)
        by_her = self.random.random() < 0.7
        who = motion.proposer if by_her else self._somebody().address
        self.log.add(f"cancel {motion.id} by {who}")
        state = self.theirs.number("state", motion.id) if motion in self.motions else PENDING
        parting = partings.LATE_CANCEL if state == ACTIVE and who == motion.proposer else None
        self._both("cancel", parting, lambda side: side.call(who, "cancel", *motion.content))

    def execute(self) -> None:
        """By anybody, ready or not; the calls of a proposal may fail."""
        motion, who = self._some_motion(SUCCEEDED), self._somebody().address
        self.log.add(f"execute {motion.id} by {who}")
        parting = self._parted_execution(motion) if motion in self.motions else None
        self._both("execute", parting, lambda side: side.call(who, "execute", *motion.content))

    def _parted_execution(self, motion: Motion) -> Parting | None:
        here, there = self.state(motion), self.theirs.number("state", motion.id)
        if SUCCEEDED not in (here, there) or EXECUTED in (here, there):
            return None
        if here != there:
            return partings.PASSED_HERE if here == SUCCEEDED else partings.TIMING
        pairs = zip(motion.targets, motion.calls, strict=True)
        return (
            partings.NO_CODE
            if any(call and target == self.stranger for target, call in pairs)
            else None
        )

    def come_or_go(self) -> None:
        """Somebody joins or leaves; never the last three. Who has left would need an offer to come
        back, so in the end a newcomer takes her place among those who try things here."""
        at = self.random.randrange(len(self.people))
        who, sponsor = self.people[at], self._somebody()
        if self.is_member(who.address):
            if self.members.number("totalSupply") > 3:
                self.remove(who)
        elif who.address in self.joined:
            self.people[at] = self.newcomer()
        elif self.is_member(sponsor.address) and self.joined[sponsor.address] < self.chain.now:
            self.admit(who, sponsor)

    # --- alike, or as listed --------------------------------------------------------------

    def _both(self, operation: str, parting: Parting | None, deed: Deed) -> Answer:
        """Both do it alike; or as the reason says, and then what was done is undone. The reason
        holds only if the one that should go on does: both may refuse for another fault."""
        if parting is None:
            ours, theirs = deed(self.ours), deed(self.theirs)
            self._same(operation, ours, theirs)
            return ours
        point = self.chain.snapshot()
        ours, theirs = deed(self.ours), deed(self.theirs)
        self.chain.restore(point)
        goes_on, refuses = (ours, theirs) if parting.ours else (theirs, ours)
        if not goes_on.ok:
            self._same(operation, ours, theirs)
            return ours
        if refuses.ok or refuses.reason not in parting.words:
            raise self.log.fail(f"{operation}: not as listed: {parting.why}", ours, theirs)
        self.seen.count(operation, False)
        self.seen.divergences[parting.why] += 1
        return refuses

    def _same(self, operation: str, ours: Answer, theirs: Answer) -> None:
        if ours.seen != theirs.seen:
            raise self.log.fail(f"{operation} did not come out alike", ours, theirs)
        if not ours.ok:
            pair = (ours.reason, theirs.reason)
            if theirs.reason != ours.reason and theirs.reason not in REASONS.get(ours.reason, ()):
                raise self.log.fail(f"{operation}: reasons that do not belong together", pair)
            self.seen.reasons[pair] += 1
        self.seen.count(operation, ours.ok)


ODD_PROPOSALS = (
    *("nothing", "lists differ", "too many", "too long", "again"),
    *("own suffix", "own suffix", "other suffix", "no address", "no suffix"),
)
ODD_SIGNATURES = ("wrong signer", "wrong nonce", "wrong support", "high s", "short", "v from 0")
