# SPDX-License-Identifier: AGPL-3.0-only
"""Casting ballots in every way there is: by call, by signature, in batches, by contract wallets."""

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from millpond.core import typed_data
from tests.contracts.coop import ABSTAIN, AGAINST, DAY, FOR, QUEUED
from tests.contracts.evm import Actor
from tests.properties.chain import Handle
from tests.properties.model_governor import GovernorModel
from tests.properties.model_governor_casting import NO_REASON, choice_of
from tests.properties.model_governor_motions import CASTS, Motion
from tests.properties.signing import Meaning
from tests.properties.world import World

SUPPORTS = (FOR, FOR, FOR, FOR, AGAINST, ABSTAIN)
# A signed ballot costs the walk five times what a plain one does, so most are plain.
OZ_SHARE, SIGNED_SHARE, WALLETS_SHARE = 0.05, 0.1, 0.14
REASONS = ("", "because", "no money for this", "x" * 300)


class Ballot(NamedTuple):
    """What somebody means to cast."""

    voter: Any
    support: int
    follows: int


class Ballots:
    """Brings ballots to one Governor."""

    def __init__(self, world: World, model: GovernorModel, owners: dict[str, list[Actor]]) -> None:
        self.world, self.model, self.owners = world, model, owners

    # --- who votes what -------------------------------------------------------------------

    def casts(self, motion: Motion, voter: Any) -> int:
        """How often she has cast on it."""
        seat = self.model.membership().seat_of.get(voter.address, 0)
        return len(motion.casts.get(seat, ()))

    def electors(self, motion: Motion, people: Sequence[Any]) -> list[Any]:
        """Members who may vote on it."""
        known, created_at = self.model.membership(), motion.created_at
        found = []
        for each in people:
            stay = known.stay(each.address)
            if stay is not None and stay.until is None and stay.held < created_at:
                found.append(each)
        return found

    def draw(self, random: Random, motion: Motion, voter: Any, support: int | None) -> Ballot:
        """A ballot that should count: her turn, and Against where only that is taken."""
        casts = self.casts(motion, voter)
        chosen = random.choice(SUPPORTS) if support is None else support
        if motion.state(self.world.now) == QUEUED or casts == CASTS - 1:
            chosen = AGAINST
        return Ballot(voter, chosen, casts)

    # --- one at a time --------------------------------------------------------------------

    def by_call(self, random: Random, motion: Motion, ballot: Ballot) -> None:
        """castVote, with words now and then."""
        world, governor = self.world, self.model.me
        voter = ballot.voter if self.can_call(ballot.voter) else world.people.outsider
        if random.random() < 0.25:
            reason = random.choice(REASONS)
            args: tuple[Any, ...] = (motion.id, ballot.support, reason)
            world.send(voter, governor, "castVoteWithReason", *args)
            return
        world.send(voter, governor, "castVote", motion.id, ballot.support)

    def can_call(self, voter: Any) -> bool:
        """A wallet of two owners can only sign."""
        return not isinstance(voter, Handle) or "act" in voter.functions

    def by_oz_signature(self, random: Random, motion: Motion, ballot: Ballot) -> None:
        """OpenZeppelin's ballot, brought by the relayer."""
        struct = typed_data.OPENZEPPELIN_BALLOT.type_string
        voter = ballot.voter.address
        values = (motion.id, ballot.support, voter, 0)
        signature = self.hand(ballot.voter, Meaning(struct, self.model.me.address, values))
        if random.random() < 0.1:
            signature = self.spoilt(random, signature)
        args = (motion.id, ballot.support, voter, signature)
        self.world.send(self.world.people.relayer, self.model.me, "castVoteBySig", *args)

    def hand(self, voter: Any, meant: Meaning) -> bytes:
        """What she signs; a wallet's owners sign for it."""
        signers = self.owners.get(voter.address, [voter])
        return b"".join(self.world.signatures.sign(signer, meant) for signer in signers)

    def spoilt(self, random: Random, signature: bytes) -> bytes:
        """Some bytes that nobody signed, or the same signature in another form."""
        book = self.world.signatures
        if len(signature) != 65:
            return signature[:-1]
        forms = (
            book.malleable(signature),
            book.compact(signature),
            signature[:64] + bytes([signature[64] - 27]),
            signature + b"\0",
            b"",
        )
        return random.choice(forms)

    # --- many at once ---------------------------------------------------------------------

    def by_signatures(self, random: Random, motion: Motion, ballots: Sequence[Ballot]) -> None:
        """A batch of signed ballots, some with reasons, one of them spoilt now and then."""
        world = self.world
        deadline = world.now + random.choice((0, 1, DAY))
        reasons = self._reasons(random, len(ballots), random.random() < 0.3)
        words: list[int] = []
        for at, ballot in enumerate(ballots):
            choice = choice_of(ballot.voter.address, ballot.support, ballot.follows)
            reason = reasons[at] if reasons else NO_REASON
            meant = self.model.ballot(motion.id, choice, reason, deadline)
            signer = self.owners.get(ballot.voter.address, [ballot.voter])[0]
            signature = world.signatures.compact(world.signatures.sign(signer, meant))
            r, vs = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
            words += [choice, r, vs]
        args = (motion.id, deadline, words, reasons)
        world.send(world.people.relayer, self.model.me, "vote_by_signatures", *args)

    def by_wallets(self, random: Random, motion: Motion, ballots: Sequence[Ballot]) -> None:
        """Wallets' signatures, or anybody's in bytes."""
        world = self.world
        deadline = world.now + random.choice((0, 1, DAY))
        reasons = self._reasons(random, len(ballots), True)
        choices, signatures = [], []
        for reason, ballot in zip(reasons, ballots, strict=True):
            choice = choice_of(ballot.voter.address, ballot.support, ballot.follows)
            meant = self.model.ballot(motion.id, choice, reason, deadline)
            signature = self.hand(ballot.voter, meant)
            if random.random() < 0.1:
                signature = self.spoilt(random, signature)
            choices.append(choice)
            signatures.append(signature)
        args = (motion.id, deadline, choices, reasons, signatures)
        world.send(world.people.relayer, self.model.me, "vote_by_wallets", *args)

    def _reasons(self, random: Random, count: int, given: bool) -> list[bytes]:
        if not given:
            return []
        return [random.choice((NO_REASON, b"\x11" * 32, b"\x22" * 32)) for _ in range(count)]

    def anyhow(self, random: Random, motion: Motion, ballot: Ballot) -> None:
        """A ballot that may not count, in each of the ways in turn."""
        ways = ("castVote", "castVoteWithReason", "castVoteBySig", "words", "bytes")
        way = self.world.deal(random, f"ways {ballot.support}", ways)
        if way == "words":
            self.by_signatures(random, motion, [ballot])
        elif way == "bytes":
            self.by_wallets(random, motion, [ballot])
        elif way == "castVoteBySig":
            self.by_oz_signature(random, motion, ballot)
        else:
            reason = ("anyhow",) if way == "castVoteWithReason" else ()
            voter = ballot.voter if self.can_call(ballot.voter) else self.world.people.outsider
            args = (motion.id, ballot.support, *reason)
            self.world.send(voter, self.model.me, way, *args)

    # --- a round --------------------------------------------------------------------------

    def round(
        self, random: Random, motion: Motion, voters: Sequence[Any], support: int | None
    ) -> None:
        """These voters cast, in one of the ways."""
        drawn = [self.draw(random, motion, voter, support) for voter in voters]
        ballots = [ballot for ballot in drawn if self.can_call(ballot.voter)]
        if len(ballots) < len(drawn):
            silent = [ballot for ballot in drawn if not self.can_call(ballot.voter)]
            self.by_wallets(random, motion, silent)
        way = random.random()
        if way < OZ_SHARE and all(ballot.follows == 0 for ballot in ballots):
            for ballot in ballots:
                self.by_oz_signature(random, motion, ballot)
        elif way < SIGNED_SHARE:
            self.by_signatures(random, motion, ballots)
        elif way < WALLETS_SHARE:
            self.by_wallets(random, motion, ballots[:8])
        else:
            for ballot in ballots:
                self.by_call(random, motion, ballot)
