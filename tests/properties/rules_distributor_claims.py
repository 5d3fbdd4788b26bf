# SPDX-License-Identifier: AGPL-3.0-only
"""Being paid in a walk: claims over several epochs, paydays, and epochs that are closed."""

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from tests.contracts.evm import GAS_LIMIT
from tests.properties.chain import Handle
from tests.properties.model import Msg
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_head import Final
from tests.properties.model_distributor_terms import NO_HASH, KnownTree
from tests.properties.model_grain import ZERO
from tests.properties.model_pool_assets import HONEST
from tests.properties.rules_pool_gifts import STINGY
from tests.properties.rules_pool_stage import Stage, often
from tests.properties.world import Rule, World

LONGEST_RUN = 16
USUAL_RUN = 4
MOST_LEAVES = 60
TRIES = 6
MOST_CRED = 2**128

Proof = list[tuple[bytes, int]]


class Run(NamedTuple):
    """Consecutive final epochs, and the hash of the one before."""

    previous: bytes
    epochs: list[Final]


class Claims:
    """Whoever claims, and whoever pays everybody."""

    def __init__(self, stage: Stage, model: DistributorModel) -> None:
        self.stage, self.world, self.model = stage, stage.world, model

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("distributor: claim", 26, self.claim),
            Rule("distributor: claim wrongly", 5, self.claim_wrongly),
            Rule("distributor: claim many", 6, self.claim_many),
            Rule("distributor: claim many wrongly", 2, self.claim_many_wrongly),
            Rule("distributor: payday", 4, self.payday),
            Rule("distributor: payday wrongly", 2, self.payday_wrongly),
            Rule("distributor: close", 3, self.close),
            Rule("distributor: short asset", 3, self.short_asset),
        ]

    # --- draws ----------------------------------------------------------------------------

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

    def payee(self, subject: bytes) -> str:
        """Whom a subject is paid to now."""
        return self.model.payee(Msg(self.world, self.model.me, "", self.model.address, 0), subject)

    def somebody(self, random: Random, run: Run) -> bytes | None:
        """With a leaf that can be paid, if one is soon found."""
        for _ in range(TRIES):
            final = random.choice(run.epochs)
            subject, _ = random.choice(self.tree(final).leaves)
            if self.is_open(final) and not self.model.claimed(subject, final.terms.epoch):
                return subject
        return None

    # --- claims ---------------------------------------------------------------------------

    def claims_of(self, run: Run, subject: bytes) -> tuple[list[Any], Proof]:
        """All her leaves that can be paid; no cred where there is none."""
        claims, proof = [], []
        for final in run.epochs:
            due = self.has_leaf(final, subject) and self.is_open(final)
            if not due or self.model.claimed(subject, final.terms.epoch):
                claims.append((final.packed, 0, 0))
                continue
            known = self.tree(final)
            place = known.place(subject)
            claims.append((final.packed, place, known.cred(subject)))
            proof += known.tree.proof(place)
        return claims, proof

    def sender(self, random: Random, payee: str) -> Any:
        """The payee herself, mostly, or somebody for her."""
        contract = self.world.handles.get(payee)
        if contract is not None and "act" not in contract.functions:
            return self.world.people.relayer
        if payee == ZERO or not often(random, 0.75):
            return self.world.people.relayer
        return contract or payee

    def send(self, sender: Any, args: Sequence[Any], gas: int = GAS_LIMIT) -> None:
        """The claim."""
        self.world.send(sender, self.model.me, "claim", *args, gas=gas)

    def claim_from(self, random: Random, run: Run) -> None:
        """Some leaf of one epoch, whether it can be paid or not, by its payee if she can call."""
        final = run.epochs[0]
        known = self.tree(final)
        new = [s for s, _ in known.leaves if not self.model.claimed(s, final.terms.epoch)]
        if not new:
            return
        subject = random.choice(new)
        place, payee = known.place(subject), self.payee(subject)
        claims = [(final.packed, place, known.cred(subject))]
        args = (subject, run.previous, claims, known.tree.proof(place), payee)
        self.send(self.sender(random, payee), args)

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

    def short_asset(self, world: World, random: Random) -> None:
        """While some of the odd token is missing, nobody is paid in it."""
        odd, home = self.stage.odd, self.stage.home.model
        run = self.one(random)
        if run is None or run.epochs[0].terms.asset != odd.address:
            return
        if not self.is_open(run.epochs[0]):
            return
        world.send(world.people.relayer, odd.me, "behave", HONEST)
        spare = odd.has(home.address) - home.booked(odd.address)
        if spare >= 0:
            world.send(world.people.relayer, odd.me, "burn", home.address, spare + 1)
        random.choice((self.claim_from, self.everybody_from, self.everybody_from))(random, run)
        missing = home.booked(odd.address) - odd.has(home.address)
        world.send(world.people.relayer, odd.me, "mint", home.address, missing)

    def claim(self, _: World, random: Random) -> None:
        """Of somebody who has something to claim."""
        run = self.run(random)
        subject = self.somebody(random, run) if run else None
        if run is None or subject is None:
            return
        payee = self.payee(subject)
        claims, proof = self.claims_of(run, subject)
        sender = self.sender(random, payee)
        amount = sum(
            self.model.worth(final.terms, subject, cred)[0]
            for final, (_, _, cred) in zip(run.epochs, claims, strict=True)
        )
        least = max(final.terms.minimum for final in run.epochs)
        if sender is self.world.people.relayer and amount < least and often(random, 0.8):
            return
        if payee == ZERO and often(random, 0.7):
            return
        to = payee
        if sender is not self.world.people.relayer and not often(random, 0.7):
            to = self.stage.someone(random)
        self.send(sender, (subject, run.previous, claims, proof, to))

    def claim_wrongly(self, world: World, random: Random) -> None:
        """In one way."""
        run = self.run(random)
        subject = self.somebody(random, run) if run else None
        if run is None or subject is None:
            return
        payee = self.payee(subject)
        sender = self.sender(random, payee)
        claims, proof = self.claims_of(run, subject)
        outsider = world.people.outsider.address
        at = next(i for i, (_, _, cred) in enumerate(claims) if cred)
        packed, place, cred = claims[at]
        more = [*claims[:at], (packed, place, cred + 1), *claims[at + 1 :]]
        beside = [*claims[:at], (packed, place + 1, cred), *claims[at + 1 :]]
        nothing = [(packed, 0, 0) for packed, _, _ in claims]
        spare = (b"\x44" * 32, 1)
        paid = self._closed_or_paid(random, subject)
        wrong: list[tuple[Any, tuple[Any, ...], int]] = [
            (sender, (subject, run.previous, more, proof, payee), GAS_LIMIT),
            (sender, (subject, run.previous, beside, proof, payee), GAS_LIMIT),
            (sender, (subject, run.previous, claims, proof[:-1], payee), GAS_LIMIT),
            (sender, (subject, run.previous, claims, [*proof, spare], payee), GAS_LIMIT),
            (sender, (subject, run.previous, nothing, [], payee), GAS_LIMIT),
            (sender, (subject, NO_HASH, [], [], payee), GAS_LIMIT),
            (sender, (subject, b"\x01" * 32, claims, proof, payee), GAS_LIMIT),
            (sender, (subject, run.previous, claims[::-1], proof, payee), GAS_LIMIT),
            (world.people.outsider, (subject, run.previous, claims, proof, outsider), GAS_LIMIT),
            (sender, (subject, run.previous, claims, proof, ZERO), GAS_LIMIT),
            (sender, (subject, run.previous, claims, proof, payee), STINGY),
            (sender, (subject, run.previous, claims, proof, world.pool.address), GAS_LIMIT),
            (sender, (subject, run.previous, claims, proof, world.grain.address), GAS_LIMIT),
            (world.people.relayer, (bytes(32), run.previous, claims, proof, payee), GAS_LIMIT),
            (world.people.relayer, (subject, run.previous, claims, proof, payee), GAS_LIMIT),
        ]
        wrong += [(sender, (*args, payee), GAS_LIMIT) for args in paid]
        chosen = world.deal(random, "bad claims", wrong)
        if self._runs_out(chosen[2], claims):
            return
        self.send(*chosen)

    def _runs_out(self, gas: int, claims: Sequence[Any]) -> bool:
        """With little gas only a short claim comes as far as its payment."""
        return gas == STINGY and sum(cred > 0 for _, _, cred in claims) > 1

    def _closed_or_paid(self, random: Random, subject: bytes) -> list[tuple[Any, ...]]:
        """Claims of a leaf in an epoch that is closed, or that was claimed."""
        found = []
        for number in range(1, self.model.finalised() + 1):
            run = self.of_epochs(range(number, number + 1))
            final = run.epochs[0]
            over = self.model.claimed(subject, number) or not self.is_open(final)
            if over and self.has_leaf(final, subject):
                known = self.tree(final)
                place = known.place(subject)
                claim = (final.packed, place, known.cred(subject))
                found.append((subject, run.previous, [claim], known.tree.proof(place)))
        return random.sample(found, min(len(found), 4))

    # --- paydays --------------------------------------------------------------------------

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
                    place = known.place(subject)
                    leaves.append((subject, at, place, known.cred(subject)))
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
            *self._closed(random),
        ]
        gas = GAS_LIMIT
        args = world.deal(random, "bad paydays with proofs", wrong)
        if not often(random, 0.85):
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

    def one(self, random: Random) -> Run | None:
        """One epoch."""
        last = self.model.finalised()
        if not last:
            return None
        number = last if often(random, 0.5) else random.randint(1, last)
        return self.of_epochs(range(number, number + 1))

    def payday(self, world: World, random: Random) -> None:
        """By the whole list, all of it or a part."""
        run = self.one(random)
        if run is None or not self.is_open(run.epochs[0]):
            return
        leaves = list(self.tree(run.epochs[0]).leaves)
        first = random.choice((0, 0, random.randrange(len(leaves))))
        end = random.choice((len(leaves), random.randint(first + 1, len(leaves))))
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
        gas = GAS_LIMIT if often(random, 0.85) else STINGY
        args = (*wrong[-1][:4], 1)
        if gas == GAS_LIMIT:
            args = world.deal(random, "bad paydays", wrong)
        world.send(world.people.relayer, self.model.me, "payday", *args, gas=gas)

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
        sender: Handle | Any = random.choice(world.people.everybody)
        world.send(sender, self.model.me, "close_epoch", previous, run.epochs[0].packed)
