# SPDX-License-Identifier: AGPL-3.0-only
"""Paydays in a walk: everybody at once, with proofs or by the whole list; and closed epochs."""

from random import Random
from typing import Any

from tests.contracts.evm import GAS_LIMIT
from tests.properties.model_distributor_claims import AT_ONCE
from tests.properties.model_distributor_terms import MOST_CRED, NO_HASH
from tests.properties.rules_distributor_runs import Proof, Run, Runs
from tests.properties.rules_pool_gifts import STINGY
from tests.properties.rules_pool_stage import often
from tests.properties.world import Rule, World

MOST_LEAVES, FEW_LEAVES = 60, 30


class Paydays(Runs):
    """Whoever pays everybody."""

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("distributor: claim many", 8, self.claim_many),
            Rule("distributor: claim many wrongly", 5, self.claim_many_wrongly),
            Rule("distributor: payday", 4, self.payday),
            Rule("distributor: payday wrongly", 3, self.payday_wrongly),
            Rule("distributor: close", 9, self.close),
        ]

    def leaves_of(self, random: Random, run: Run) -> tuple[list[Any], Proof]:
        """Leaves of some subjects, each one's side by side, some claimed already."""
        subjects = {subject for final in run.epochs for subject, _ in self.tree(final).leaves}
        chosen = random.sample(sorted(subjects), random.randint(1, min(len(subjects), 12)))
        leaves: list[Any] = []
        proof: Proof = []
        for subject in chosen:
            for at, final in enumerate(run.epochs):
                if not self.has_leaf(final, subject):
                    continue
                if not self.is_open(final) and not self.model.claimed(subject, final.terms.epoch):
                    continue
                if len(leaves) < MOST_LEAVES:
                    known = self.tree(final)
                    place = random.choice(known.places(subject))
                    leaves.append((subject, at, place, known.leaves[place][1]))
                    proof += known.tree.proof(place)
        return leaves, proof

    def claim_many(self, world: World, random: Random) -> None:
        """By anyone."""
        run = self.run(random)
        if run is None:
            return
        leaves, proof = self.leaves_of(random, run)
        if not leaves:
            return
        terms = [final.packed for final in run.epochs]
        args = (run.previous, terms, leaves, proof)
        world.send(world.people.relayer, self.model.me, "claim_many", *args)

    def claim_many_wrongly(self, world: World, random: Random) -> None:
        """In one way."""
        run = self.run(random)
        if run is None:
            return
        leaves, proof = self.leaves_of(random, run)
        if not leaves:
            return
        terms = [final.packed for final in run.epochs]
        subject, at, place, cred = leaves[0]
        first = self.tree(run.epochs[at]).tree.proof(place)
        beyond = (subject, len(terms), place, cred)
        previous = run.previous
        wrong: list[tuple[Any, ...]] = [
            (previous, terms, [leaves[0], leaves[0]], [*first, *first]),
            (previous, terms, [*leaves, beyond], proof),
            (previous, terms, leaves, proof[:-1]),
            (previous, terms, leaves, [*proof, (b"\x55" * 32, 3)]),
            (previous, terms, [(subject, at, place, cred + 1), *leaves[1:]], proof),
            (previous, terms, [], []),
            (NO_HASH, [], [], []),
            (b"\x01" * 32, terms, leaves, proof),
            (previous, [terms[0]._replace(root=b"\x02" * 32), *terms[1:]], leaves, proof),
        ]
        closed = self._closed(random)
        if closed and often(random, 0.4):
            wrong = closed
        gas = GAS_LIMIT
        args = world.deal(random, "bad paydays with proofs", wrong)
        if not often(random, 0.75):
            gas, args = STINGY, (previous, terms, leaves[:1], first)
        world.send(world.people.relayer, self.model.me, "claim_many", *args, gas=gas)

    def _closed(self, random: Random) -> list[tuple[Any, ...]]:
        """A payday of an epoch that is closed to claims."""
        found: list[tuple[Any, ...]] = []
        for number in range(1, self.model.finalised() + 1):
            run = self.of_epochs(range(number, number + 1))
            final = run.epochs[0]
            if self.is_open(final):
                continue
            known = self.tree(final)
            subject, cred = random.choice(known.leaves)
            place = known.place(subject)
            leaf = (subject, 0, place, cred)
            found.append((run.previous, [final.packed], [leaf], known.tree.proof(place)))
        return found[-3:]

    def payday(self, world: World, random: Random) -> None:
        """By the whole list, all of it or a part."""
        run = self.one(random)
        if run is None or not self.is_open(run.epochs[0]):
            return
        leaves = list(self.tree(run.epochs[0]).leaves)
        first = random.choice((0, 0, random.randrange(len(leaves))))
        end = random.choice((len(leaves), random.randint(first + 1, len(leaves))))
        if len(leaves) > AT_ONCE:
            first, end = 0, len(leaves)
        args = (run.previous, run.epochs[0].packed, leaves, first, end)
        world.send(world.people.relayer, self.model.me, "payday", *args)

    def payday_wrongly(self, world: World, random: Random) -> None:
        """In one way."""
        run = self.one(random)
        if run is None:
            return
        packed, leaves = run.epochs[0].packed, list(self.tree(run.epochs[0]).leaves)
        (subject, cred), count = leaves[0], len(leaves)
        previous = run.previous
        wrong: tuple[tuple[Any, ...], ...] = (
            (b"\x01" * 32, packed, leaves, 0, count),
            (previous, packed, leaves[1:], 0, 1),
            (previous, packed, [(subject, cred + 1), *leaves[1:]], 0, count),
            (previous, packed, [(subject, MOST_CRED), *leaves[1:]], 0, count),
            (previous, packed, leaves, 0, count + 1),
            (previous, packed, leaves, count, count),
            (previous, packed, leaves, 0, count),
        )
        new = [n for n, (each, _) in enumerate(leaves) if not self.is_done(run.epochs[0], each)]
        # a longer list takes so much gas itself that none of its payments is come to
        if new and count <= FEW_LEAVES and not often(random, 0.6):
            first = random.choice(new)
            args = (previous, packed, leaves, first, first + 1)
            world.send(world.people.relayer, self.model.me, "payday", *args, gas=STINGY)
            return
        args = world.deal(random, "bad paydays", wrong)
        world.send(world.people.relayer, self.model.me, "payday", *args)

    def everybody_from(self, random: Random, run: Run) -> None:
        """A payday of one epoch, by the whole list or with one proof."""
        final, relayer = run.epochs[0], self.world.people.relayer
        known, number = self.tree(final), final.terms.epoch
        if often(random, 0.5):
            leaves = list(known.leaves)
            args: tuple[Any, ...] = (run.previous, final.packed, leaves, 0, len(leaves))
            self.world.send(relayer, self.model.me, "payday", *args)
            return
        new = [leaf for leaf in known.leaves if not self.model.claimed(leaf[0], number)]
        subject, cred = random.choice(new or known.leaves)
        place = known.place(subject)
        args = (run.previous, [final.packed], [(subject, 0, place, cred)], known.tree.proof(place))
        self.world.send(relayer, self.model.me, "claim_many", *args)

    # --- the end of an epoch --------------------------------------------------------------

    def close(self, world: World, random: Random) -> None:
        """What is over and not closed yet, if there is one; rarely something else."""
        numbers = range(1, self.model.finalised() + 1)
        over = [
            run
            for run in (self.of_epochs(range(number, number + 1)) for number in numbers)
            if not self.is_open(run.epochs[0])
            and self.model.paid(run.epochs[0].terms.epoch) < run.epochs[0].terms.pot
        ]
        run = random.choice(over) if over else self.one(random)
        if run is None or (not over and often(random, 0.9)):
            return
        previous = run.previous if often(random, 0.95) else b"\x01" * 32
        if not often(random, 0.9):
            again = self.one(random)
            run = again or run
            previous = run.previous
        sender = random.choice(world.people.everybody)
        world.send(sender, self.model.me, "close_epoch", previous, run.epochs[0].packed)
