# SPDX-License-Identifier: AGPL-3.0-only
"""Claiming in a walk: one subject's leaves in several epochs, by herself or by others."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.contracts.evm import GAS_LIMIT
from tests.properties.model_distributor_terms import NO_HASH
from tests.properties.model_grain import ZERO
from tests.properties.rules_distributor_runs import Proof, Run, Runs
from tests.properties.rules_pool_gifts import STINGY
from tests.properties.rules_pool_stage import often
from tests.properties.world import Rule, World


class Claims(Runs):
    """Whoever claims."""

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("distributor: claim", 34, self.claim),
            Rule("distributor: claim wrongly", 5, self.claim_wrongly),
            Rule("distributor: claim again", 1, self.claim_again),
        ]

    def claims_of(self, run: Run, subject: bytes) -> tuple[list[Any], Proof]:
        """All her leaves that can be paid; no cred where there is none."""
        claims, proof = [], []
        for final in run.epochs:
            due = self.has_leaf(final, subject) and self.is_open(final)
            if not due or self.is_done(final, subject):
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

    def claim(self, _: World, random: Random) -> None:
        """Of somebody who has something to claim."""
        run = self.run(random)
        subject = self.somebody(random, run) if run else None
        if run is None or subject is None:
            return
        payee = self.payee(subject)
        claims, proof = self.claims_of(run, subject)
        sender = self.sender(random, payee)
        amount = self.worth(run, subject, claims)
        minimums = [f.terms.minimum for f, (_, _, c) in zip(run.epochs, claims, strict=True) if c]
        small = amount < max(minimums) and amount < minimums[-1]
        if sender is self.world.people.relayer and small and often(random, 0.8):
            return
        if payee == ZERO and often(random, 0.7):
            return
        to = payee
        if sender is not self.world.people.relayer and not often(random, 0.7):
            to = self.stage.someone(random)
        self.send(sender, (subject, run.previous, claims, proof, to))

    def claim_between(self, random: Random, run: Run) -> None:
        """By others: enough for the last epoch's minimum, and not for an earlier one's."""
        everybody = sorted({subject for f in run.epochs for subject, _ in self.tree(f).leaves})
        for subject in random.sample(everybody, len(everybody)):
            claims, proof = self.claims_of(run, subject)
            least = [f.terms.minimum for f, (_, _, c) in zip(run.epochs, claims, strict=True) if c]
            if len(least) < 2 or least[-1] == max(least):
                continue
            payee = self.payee(subject)
            if least[-1] <= self.worth(run, subject, claims) < max(least) and payee != ZERO:
                args = (subject, run.previous, claims, proof, payee)
                self.send(self.world.people.relayer, args)
                return

    def worth(self, run: Run, subject: bytes, claims: list[Any]) -> int:
        """What these leaves would get now."""
        leaves = zip(run.epochs, claims, strict=True)
        return sum(self.model.worth(f.terms, subject, cred)[0] for f, (_, _, cred) in leaves)

    def claim_again(self, _: World, random: Random) -> None:
        """What is paid already."""
        run = self.one(random)
        if run is None:
            return
        final = run.epochs[0]
        known, number = self.tree(final), final.terms.epoch
        paid = [subject for subject, _ in known.leaves if self.model.claimed(subject, number)]
        if paid:
            subject = random.choice(paid)
            place, payee = known.place(subject), self.payee(subject)
            claims = [(final.packed, place, known.cred(subject))]
            args = (subject, run.previous, claims, known.tree.proof(place), payee)
            self.send(self.sender(random, payee), args)

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
        """Claims of a leaf in an epoch that is closed, or that was claimed or struck out."""
        found = []
        for number in range(1, self.model.finalised() + 1):
            run = self.of_epochs(range(number, number + 1))
            final = run.epochs[0]
            over = self.is_done(final, subject) or not self.is_open(final)
            if over and self.has_leaf(final, subject):
                known = self.tree(final)
                place = known.place(subject)
                claim = (final.packed, place, known.cred(subject))
                found.append((subject, run.previous, [claim], known.tree.proof(place)))
        return random.sample(found, min(len(found), 4))
