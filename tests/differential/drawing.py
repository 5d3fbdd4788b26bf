# SPDX-License-Identifier: AGPL-3.0-only
"""What a walk through both Governors draws by chance, so that most of it goes through."""

from dataclasses import replace

from tests.contracts.evm import Actor
from tests.differential.chambers import LIVE, PERIOD, Chambers, Motion


class Drawing(Chambers):
    """Both, and what to try on them."""

    def _somebody(self) -> Actor:
        return self.random.choice(self.people)

    def _proposer(self) -> Actor:
        """A member who has less than two proposals open, mostly."""
        free = [
            each for each in self.people
            if self.is_member(each.address) and self._open_of(each.address) < 2
        ]  # fmt: skip
        return self.random.choice(free) if free and self.random.random() < 0.7 else self._somebody()

    def _support(self) -> int:
        return self.random.choice((1, 1, 1, 1, 0, 0, 2, 2, 3 if self.random.random() < 0.2 else 1))

    def _some_motion(self, *states: int) -> Motion:
        """In one of these states, mostly; now and then any, or one that was never proposed."""
        rng = self.random
        if not self.motions or rng.random() < 0.02:
            targets, values, calls = self._content()
            unknown = Motion(0, self.people[0].address, 0, targets, values, calls, "never proposed")
            number = int.from_bytes(self.ours.ask("hashProposal", *unknown.content))
            return replace(unknown, id=number)
        if rng.random() < 0.9:
            found = [each for each, state in self.states.items() if state in states]
            if found:
                return rng.choice(found)
        return rng.choice(self.motions[-LIVE:] if rng.random() < 0.9 else self.motions)

    def _voter(self, motion: Motion) -> Actor:
        """Who has a ballot left, mostly."""
        if self.random.random() < 0.75:
            left = [each for each in self.people if self._has_ballot_left(motion, each.address)]
            left = left or [each for each in self.people if self.is_member(each.address)]
            return self.random.choice(left)
        return self._somebody()

    def _has_ballot_left(self, motion: Motion, voter: str) -> bool:
        voted = self.theirs.number("hasVoted", motion.id, voter) == 1
        return not voted and self._has_vote(motion, voter)

    def _content(self) -> tuple[tuple[str, ...], tuple[int, ...], tuple[bytes, ...]]:
        rng, dollar, stranger = self.random, self.coop.dollar, self.stranger
        calls = [
            (dollar.address, dollar.calldata("approve", stranger, rng.randrange(2**64)))
            for _ in range(rng.randrange(1, 4))
        ]
        if rng.random() < 0.1:
            calls.append((dollar.address, dollar.calldata("transfer", stranger, 1)))  # has none
        if rng.random() < 0.1:
            calls.append((stranger, rng.choice((b"", b"", b"\1\2\3\4"))))
        return tuple(t for t, _ in calls), (0,) * len(calls), tuple(c for _, c in calls)

    def _open_of(self, proposer: str) -> int:
        """How many of her proposals have a vote that is not over; withdrawn ones too."""
        since = self.chain.now - self.delay - PERIOD
        mine = (each for each in self.motions if each.proposer == proposer)
        return sum(each.created_at >= since for each in mine)

    def _has_vote(self, motion: Motion, voter: str) -> bool:
        """Here: a member now, and since before it was proposed."""
        return self.is_member(voter) and self.joined[voter] < motion.created_at
