# SPDX-License-Identifier: AGPL-3.0-only
"""Payments that a pool walk comes to seldom: by votes while a token is odd, and to payees of every
kind, by votes, by a spender, and when they take back what they gave or what they are owed.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.contracts.coop import SUCCEEDED
from tests.contracts.evm import ETH, address_of
from tests.properties.model import DEFAULT
from tests.properties.reach_odd import DOINGS, WAYS
from tests.properties.rules_governor import Governance
from tests.properties.rules_odd_tokens import HOUR, PURPOSE, OddToken
from tests.properties.rules_pool_gifts import FEW
from tests.properties.rules_pool_promises import word
from tests.properties.rules_pool_stage import Place, stage_of
from tests.properties.world import Action, Component, Rule, World

EXECUTIONS = 3
GIFT, SPENT = 10**9, 1_000
REFUSES = 1
FUNCTIONS = ("withdraw", "release", "release_many", "spend")
PAYING = [(function, kind) for function in FUNCTIONS for kind in DOINGS]
BY_VOTE = [(directly, kind) for directly in (False, True) for kind in DOINGS]


class OddPayments:
    """Votes, reclaims, withdrawals."""

    name = "odd payments"

    def __init__(self, world: World) -> None:
        self.world, self.stage = world, stage_of(world)
        (self.own,) = [each for each in world.components if isinstance(each, Governance)]
        self.token = OddToken(self.stage)
        self.earmark = 0

    def rules(self) -> Sequence[Rule]:
        """With their weights."""
        return [
            Rule("odd payments: by vote", 2, self.by_vote),
            Rule("odd payments: payees by vote", 2, self.payees_by_vote),
            Rule("odd payments: reclaim", 1, self.reclaim),
            Rule("odd payments: payees", 14, self.payees),
        ]

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
        if motion is None or not self.own.see_ready(random, motion):
            return
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

    def payees_by_vote(self, world: World, random: Random) -> None:
        """One of a kind is paid by the pool, or by the Governor, which was paid for it."""
        place = self.stage.home
        self.fill(place, 0)
        directly, kind = world.next_of("odd payees by vote", BY_VOTE, 1)
        payee = self.stage.of_kind(kind)[0]
        to = world.governor if directly else payee
        actions = [Action(place.pool, "spend", (0, ETH, address_of(to), 1))]
        if directly:
            actions.append(Action(payee, DEFAULT, (), 1))
        world.enact(*actions, random=random)

    def fill(self, place: Place, earmark: int) -> None:
        """So that some ETH is free there."""
        if place.model.free(earmark, ETH) < 2:
            gift = (earmark, ETH, SPENT, "", False)
            self.world.send(self.world.people.outsider, place.pool, "give", *gift, value=SPENT)

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

    def payees(self, world: World, random: Random) -> None:
        """One of a kind is paid: by the steward, by a spender, or by the withdrawal of another, who
        refused a payment."""
        del random
        place, steward, spender = self.stage.side, self.stage.steward, self.stage.spenders[0]
        function, kind = world.next_of("odd payees", PAYING, 10)
        to, creditor = address_of(self.stage.of_kind(kind)[0]), self.stage.crowd[REFUSES]
        self.fill(place, 0)
        if function == "withdraw":
            world.send(steward, place.pool, "spend", 0, ETH, creditor.address, 1)
            world.send(creditor, place.pool, "withdraw", ETH, to, gas=FEW)
            return
        if function == "spend":
            world.send(steward, place.pool, "spend", 0, ETH, to, 1)
            return
        earmark = self.reserved(place)
        one: tuple[Any, ...] = (to, 1) if function == "release" else ([word(to, 1)],)
        world.send(spender, place.pool, function, earmark, ETH, *one)

    def reserved(self, place: Place) -> int:
        """An earmark of which some ETH is promised."""
        world, spender = self.world, self.stage.spenders[0]
        if not self.earmark:
            self.earmark = place.model.sum("opened") + 1
            terms = (self.earmark, *PURPOSE, spender.address, False, 0, b"")
            world.send(self.stage.steward, place.pool, "open_earmark", *terms)
        if not place.model.promised(self.earmark, ETH):
            self.fill(place, self.earmark)
            some = place.model.free(self.earmark, ETH)
            world.send(spender, place.pool, "reserve", self.earmark, ETH, some)
        return self.earmark

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
