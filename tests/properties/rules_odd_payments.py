# SPDX-License-Identifier: AGPL-3.0-only
"""Payments that a pool walk comes to seldom: claims and votes while a token is odd, and payees of
every kind who take back what they gave or what they are owed, or whom one vote pays together.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.contracts.coop import SUCCEEDED
from tests.contracts.evm import ETH
from tests.properties.reach_odd import WAYS
from tests.properties.rules_distributor import Distributors
from tests.properties.rules_distributor_runs import Run
from tests.properties.rules_governor import Governance
from tests.properties.rules_odd_tokens import HOUR, PURPOSE, OddToken
from tests.properties.rules_pool_gifts import FEW
from tests.properties.rules_pool_stage import stage_of
from tests.properties.world import Action, Component, Rule, World

CLAIMING = [(name, way) for name in ("claim", "claim_many", "payday") for way in WAYS]
CLAIMS_AT_ONCE, EXECUTIONS = 8, 3
GIFT, SPENT = 10**9, 1_000
MOST_PAID = 8
REFUSES = 1


class OddPayments:
    """Claims, votes, reclaims, withdrawals."""

    name = "odd payments"

    def __init__(self, world: World) -> None:
        self.world, self.stage = world, stage_of(world)
        (self.own,) = [each for each in world.components if isinstance(each, Governance)]
        (self.distributors,) = [e for e in world.components if isinstance(e, Distributors)]
        self.claimed = OddToken(self.stage, self.stage.odd)
        self.token = OddToken(self.stage)

    def rules(self) -> Sequence[Rule]:
        """With their weights."""
        return [
            Rule("odd payments: claims", 12, self.claims),
            Rule("odd payments: by vote", 2, self.by_vote),
            Rule("odd payments: many payees by vote", 1, self.many_by_vote),
            Rule("odd payments: reclaim", 1, self.reclaim),
            Rule("odd payments: withdraw", 12, self.withdraw),
        ]

    # --- claims ---------------------------------------------------------------------------

    def claims(self, world: World, random: Random) -> None:
        """Of an epoch whose money is the odd token's, if there is one."""
        claims = self.distributors.claims
        last = claims.model.finalised()
        runs = [claims.of_epochs(range(n, n + 1)) for n in range(max(1, last - 3), last + 1)]
        runs = [run for run in runs if run.epochs[0].terms.asset == self.claimed.address]
        runs = [run for run in runs if claims.is_open(run.epochs[0])]
        if not runs:
            return
        run, pool = random.choice(runs), world.pool
        for _ in range(CLAIMS_AT_ONCE):
            new = self.new_leaves(run)
            if not new:
                return
            name, way = world.next_of("odd claims", CLAIMING, CLAIMS_AT_ONCE)
            subject = random.choice(new)
            args, payee = self.claim(run, name, subject)
            self.claimed.begin(way, pool, payee, payee)
            sender = world.people.relayer
            world.send(sender, claims.model.me, name, *args, gas=self.claimed.gas)
            self.claimed.heal(*(place.pool for place in self.stage.places))

    def new_leaves(self, run: Run) -> list[bytes]:
        """Of subjects who wait for nothing but the claim."""
        claims, final = self.distributors.claims, run.epochs[0]
        number = final.terms.epoch
        return [
            subject
            for subject, cred in claims.tree(final).leaves
            if not claims.model.claimed(subject, number)
            and int(claims.payee(subject), 16)
            and claims.model.worth(final.terms, subject, cred)[0] >= final.terms.minimum
        ]

    def claim(self, run: Run, name: str, subject: bytes) -> tuple[tuple[Any, ...], str]:
        """One leaf, by the one function or the other; and who is paid."""
        claims, final = self.distributors.claims, run.epochs[0]
        tree, payee = claims.tree(final), claims.payee(subject)
        place = tree.place(subject)
        proof = tree.tree.proof(place)
        if name == "claim":
            leaf = (final.packed, place, tree.cred(subject))
            return (subject, run.previous, [leaf], proof, payee), payee
        if name == "claim_many":
            one = (subject, 0, place, tree.cred(subject))
            return (run.previous, [final.packed], [one], proof), payee
        return (run.previous, final.packed, list(tree.leaves), place, place + 1), payee

    # --- votes ----------------------------------------------------------------------------

    def by_vote(self, world: World, random: Random) -> None:
        """The Governor is paid and puts back what is left, while the token is odd; until it goes
        or has been tried some times."""
        if self.stage.home.model.free(0, self.token.address) < SPENT:
            patron = world.people.outsider
            self.token.say("mint", patron.address, GIFT)
            world.send(patron, self.token.model.me, "approve", world.pool.address, GIFT)
            world.send(patron, world.pool, "give", 0, self.token.address, GIFT, "", False)
        spend = (0, self.token.address, world.governor.address, SPENT)
        motion = self.own.propose(random, [Action(world.pool, "spend", spend)])
        if motion is None:
            return
        self.own.intents[motion.id] = "pass"
        self.own.hurry_until(random, motion, SUCCEEDED)
        args = self.own.content(motion)
        for _ in range(EXECUTIONS):
            if self.world.now >= motion.expires_at or motion.state(world.now) != SUCCEEDED:
                return
            way = world.next_of("odd executions", WAYS, EXECUTIONS)
            governor = world.governor.address
            self.token.begin(way, world.pool, governor, governor)
            relayer = world.people.relayer
            sent = world.send(relayer, world.governor, "execute", *args, gas=self.token.gas)
            self.token.heal(world.pool)
            if sent.ok:
                return

    def many_by_vote(self, world: World, random: Random) -> None:
        """One wei each, to as many kinds as fit in one proposal."""
        place = self.stage.home
        if place.model.free(0, ETH) < MOST_PAID:
            gift = (0, ETH, MOST_PAID, "", False)
            world.send(world.people.outsider, place.pool, "give", *gift, value=MOST_PAID)
        payees = [each.address for each in (*self.stage.crowd, self.stage.spenders[0])]
        payees += [self.stage.empty, world.people.founders[0].address]
        chosen = random.sample(payees, MOST_PAID)
        spends = [Action(place.pool, "spend", (0, ETH, each, 1)) for each in chosen]
        world.enact(*spends, random=random)

    # --- payees ---------------------------------------------------------------------------

    def reclaim(self, world: World, random: Random) -> None:
        """All kinds give to a bound earmark of which nothing is used."""
        del random
        place, spender = self.stage.side, self.stage.spenders[0]
        number = place.model.sum("opened") + 1
        terms = (number, *PURPOSE, spender.address, True, world.now + HOUR, b"")
        world.send(self.stage.steward, place.pool, "open_earmark", *terms)
        patrons = [*self.stage.crowd, spender, world.people.patrons[0]]
        for at, patron in enumerate(patrons):
            gift = (number, ETH, 1 + at, "", False)
            world.send(patron, place.pool, "give", *gift, value=1 + at)
        world.warp(HOUR)
        for patron in patrons:
            world.send(patron, place.pool, "reclaim", number, ETH, gas=FEW)

    def withdraw(self, world: World, random: Random) -> None:
        """Who refused a payment has it sent to another, of every kind."""
        del random
        place, creditor = self.stage.side, self.stage.crowd[REFUSES]
        if place.model.free(0, ETH) < 1:
            gift = (0, ETH, SPENT, "", False)
            world.send(world.people.outsider, place.pool, "give", *gift, value=SPENT)
        world.send(self.stage.steward, place.pool, "spend", 0, ETH, creditor.address, 1)
        payees = [each.address for each in (*self.stage.crowd, self.stage.spenders[0])]
        payees += [self.stage.empty, world.people.founders[0].address]
        to = world.next_of("odd withdrawals", payees, 4)
        world.send(creditor, place.pool, "withdraw", ETH, to, gas=FEW)

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """The pool's books of the token are covered."""
        pool = self.stage.home.model
        needed = pool.needed(self.token.address)
        assert needed <= self.token.model.has(pool.address), "some of it is missing"

    def compare(self) -> None:
        """What the pool says of it."""
        for view in ("held", "surplus", "factor_of"):
            self.world.ask(self.world.pool, view, self.token.address)


def install(world: World) -> Component:
    """After all others that pay."""
    return OddPayments(world)
