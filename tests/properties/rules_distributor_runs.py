# SPDX-License-Identifier: AGPL-3.0-only
"""Final epochs, and who has something in them: what claims and paydays of a walk draw from."""

from random import Random
from typing import NamedTuple

from tests.properties.model import Msg
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_head import Final
from tests.properties.model_distributor_terms import NO_HASH, KnownTree
from tests.properties.rules_pool_stage import Stage, often

LONGEST_RUN = 16
USUAL_RUN = 4
TRIES = 6

Proof = list[tuple[bytes, int]]


class Run(NamedTuple):
    """Consecutive final epochs, and the hash of the one before."""

    previous: bytes
    epochs: list[Final]


class Runs:
    """Draws of one distributor's epochs."""

    def __init__(self, stage: Stage, model: DistributorModel) -> None:
        self.stage, self.world, self.model = stage, stage.world, model

    def run(self, random: Random, least: int = 1) -> Run | None:
        """Some of the newest epochs, a few or as many as fit."""
        last = self.model.finalised()
        if last < least:
            return None
        end = last if often(random, 0.6) else random.randint(least, last)
        longest = LONGEST_RUN if often(random, 0.15) else USUAL_RUN
        size = random.randint(least, min(longest, end))
        return self.of_epochs(range(end - size + 1, end + 1))

    def of_epochs(self, numbers: range) -> Run:
        """These."""
        found = [self.model.final(number) for number in numbers]
        before = self.model.final(numbers[0] - 1)
        return Run(before.hash if before else NO_HASH, [final for final in found if final])

    def tree(self, final: Final) -> KnownTree:
        """What its root stands for."""
        return self.model.trees[final.terms.root]

    def is_open(self, final: Final) -> bool:
        """Claims are taken."""
        return self.world.now < final.terms.closes_at

    def has_leaf(self, final: Final, subject: bytes) -> bool:
        """Is she in it?"""
        return any(subject == each for each, _ in self.tree(final).leaves)

    def is_done(self, final: Final, subject: bytes) -> bool:
        """Her first leaf with cred is never paid, or never again; or she has none."""
        if not self.has_leaf(final, subject):
            return True
        known = self.tree(final)
        place = known.place(subject)
        never = not known.cred(subject) or self.model.is_struck(final.terms, subject, place)
        return never or self.model.claimed(subject, final.terms.epoch)

    def payee(self, subject: bytes) -> str:
        """Whom a subject is paid to now."""
        return self.model.payee(Msg(self.world, self.model.me, "", self.model.address, 0), subject)

    def somebody(self, random: Random, run: Run) -> bytes | None:
        """With a leaf that can be paid, if one is soon found."""
        for _ in range(TRIES):
            final = random.choice(run.epochs)
            subject, _ = random.choice(self.tree(final).leaves)
            if self.is_open(final) and not self.is_done(final, subject):
                return subject
        return None

    def one(self, random: Random) -> Run | None:
        """One epoch."""
        last = self.model.finalised()
        if not last:
            return None
        number = last if often(random, 0.5) else random.randint(1, last)
        return self.of_epochs(range(number, number + 1))
