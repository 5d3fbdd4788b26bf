# SPDX-License-Identifier: AGPL-3.0-only
"""Claims and paydays in a token that does every odd thing, and of payees of every kind.

A walk comes to an epoch in such a money seldom. So the members decide on it, an epoch with
everybody in it is posted and carried, and its leaves are paid by each of the three functions.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.contracts.evm import ETH
from tests.properties.model_distributor_terms import subject_of
from tests.properties.reach_odd import DOINGS, TOKENS
from tests.properties.rules_distributor import Distributors
from tests.properties.rules_distributor_runs import Run
from tests.properties.rules_odd_tokens import OddToken
from tests.properties.rules_pool_gifts import SIZES
from tests.properties.rules_pool_stage import stage_of
from tests.properties.world import Action, Component, Rule, World

FUNCTIONS = ("claim", "claim_many", "payday")
BY_TOKEN = [(name, way) for name in FUNCTIONS for way in TOKENS[f"CredDistributor.{name}"]]
BY_PAYEE = [(name, kind) for name in FUNCTIONS for kind in DOINGS]
CLAIMS, EPOCHS = 24, 12
SHARE = 10**6


class OddClaims:
    """Epochs of odd money."""

    name = "odd claims"

    def __init__(self, world: World) -> None:
        self.world, self.stage = world, stage_of(world)
        (self.own,) = [e for e in world.components if isinstance(e, Distributors)]
        self.model, self.runs = self.own.model, self.own.claims
        self.odd = OddToken(self.stage, self.stage.odd)

    def rules(self) -> Sequence[Rule]:
        """Each takes two votes."""
        return [Rule("odd claims: an epoch", 8, self.epoch)]

    def epoch(self, world: World, random: Random) -> None:
        """Decided, paid in, posted, carried, claimed."""
        wanted = world.next_of("odd money", (self.odd.address, ETH), 1)
        if not self.settle(random) or not self.decide(random, wanted) or not self.post(random):
            return
        number = self.model.finalised()
        run = self.runs.of_epochs(range(number, number + 1))
        paid = run.epochs[0].terms.asset
        for _ in range(CLAIMS):
            if not (self.by_token if paid == self.odd.address else self.by_payee)(random, run):
                return

    # --- until there is one ---------------------------------------------------------------

    def settle(self, random: Random) -> bool:
        """No other is under way."""
        posted = self.model.posted() if self.model.policy_version() else None
        motion = self.own.posts.motion(posted) if posted else None
        if motion is not None:
            self.world.see_through(motion.id, random)
        return bool(self.model.policy_version()) and self.model.posted() is None

    def decide(self, random: Random, wanted: str) -> bool:
        """This money, for everybody. Of a bound earmark the money stays."""
        now = self.model.policy(self.model.policy_version())
        number, home = self.model.pot_earmark(), self.stage.home
        bound = home.model.terms(number).restricted
        if not home.is_open(self.world.now, number):
            return False
        policy = now._replace(minimum=1)
        if not bound:
            policy = policy._replace(asset=wanted, income_earmark=number)
        if policy.asset not in (self.odd.address, ETH):
            return False
        actions = []
        if policy != now:
            actions.append(Action(self.model.me, "set_policy", (tuple(policy),)))
        if not self.model.epochs_left():
            actions.append(Action(self.model.me, "set_season", (EPOCHS,)))
        return not actions or self.world.enact(*actions, random=random).ok

    def post(self, random: Random) -> bool:
        """With everybody in it, about the same for each."""
        world, posts = self.world, self.own.posts
        asset = self.model.policy(self.model.policy_version()).asset
        self.sound()
        if not posts.next_pot():
            size = dict(zip(self.stage.assets, SIZES.values(), strict=True))[asset]
            where = (random, self.stage.home, random.choice(self.stage.patrons))
            posts.gifts.bring(world, *where, self.model.pot_earmark(), asset, size)
        if not posts.next_pot():
            return False
        posts.wait_for_the_epoch(random)
        said, signers = posts.draft(random), posts.signers(random)
        cred = {each: random.randint(SHARE // 2, SHARE) for each in posts.subjects()}
        tree = posts.plant(said["epoch"], cred).tree
        said |= {"root": tree.root, "totalCred": tree.total, "leafCount": tree.count}
        number = self.model.finalised()
        posts.bring(said, signers, posts.signed(said, signers))
        posted = self.model.posted()
        motion = posts.motion(posted) if posted else None
        if motion is not None:
            world.see_through(motion.id, random)
        return self.model.finalised() > number

    def sound(self) -> None:
        """The token is as it was, and nothing is missing of it."""
        if self.odd.model.way:
            self.odd.say("behave", 0)
        self.odd.heal(*(place.pool for place in self.stage.places))

    # --- one leaf -------------------------------------------------------------------------

    def waiting(self, run: Run) -> list[bytes]:
        """Subjects who wait for nothing but the claim."""
        final = run.epochs[0]
        parts = (self.world.pool.address, self.world.grain.address)
        return [
            subject
            for subject, _ in self.runs.tree(final).leaves
            if not self.runs.is_done(final, subject)
            and int(self.runs.payee(subject), 16)
            and self.runs.payee(subject) not in parts
        ]

    def by_token(self, random: Random, run: Run) -> bool:
        """While the token is so. False: nobody is left."""
        waiting = self.waiting(run)
        if not waiting:
            return False
        name, way = self.world.next_of("odd claims", BY_TOKEN, CLAIMS // 2)
        subject = random.choice(waiting)
        payee = self.runs.payee(subject)
        self.odd.begin(way, self.world.pool, payee, payee)
        self.claim(run, name, subject)
        self.sound()
        return True

    def by_payee(self, _: Random, run: Run) -> bool:
        """Of a payee of this kind, if her leaf is not claimed."""
        waiting = self.waiting(run)
        name, kind = self.world.next_of("odd payees of claims", BY_PAYEE, CLAIMS // 2)
        found = [each for each in self.stage.of_kind(kind) if subject_of(each) in waiting]
        if found:
            self.claim(run, name, subject_of(found[0]))
        return bool(waiting)

    def claim(self, run: Run, name: str, subject: bytes) -> None:
        """Brought by the relayer."""
        final = run.epochs[0]
        tree = self.runs.tree(final)
        place, cred = tree.place(subject), tree.cred(subject)
        proof = tree.tree.proof(place)
        args: dict[str, tuple[Any, ...]] = {
            "claim": (
                *(subject, run.previous, [(final.packed, place, cred)], proof),
                self.runs.payee(subject),
            ),
            "claim_many": (run.previous, [final.packed], [(subject, 0, place, cred)], proof),
            "payday": (run.previous, final.packed, list(tree.leaves), place, place + 1),
        }
        relayer, gas = self.world.people.relayer, self.odd.gas
        self.world.send(relayer, self.model.me, name, *args[name], gas=gas)

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """What holds of every distributor holds of these epochs."""

    def compare(self) -> None:
        """The distributor's and the pool's views are compared there."""


def install(world: World) -> Component:
    """After the distributor."""
    return OddClaims(world)
