# SPDX-License-Identifier: AGPL-3.0-only
"""What a proposal leaves with the Governor goes back to the Pool, if the token will have it.

A token for each time, so that nobody else's money is in its hands.
"""

from collections.abc import Sequence
from random import Random

from tests.contracts.odd_tokens import KEEPS_ALL
from tests.properties.model_governor_motions import Motion
from tests.properties.model_odd_token import HONEST, OddTokenModel
from tests.properties.rules_governor import Governance
from tests.properties.world import Action, Component, Rule, World

GIFT, SPENT = 1_000, 10
MORE_THAN_BOOKS_HOLD = 2**128


class Leftovers:
    """Money that passes through the Governor."""

    name = "governor's leftovers"

    def __init__(self, world: World, governance: Governance) -> None:
        self.world, self.own = world, governance

    def rules(self) -> Sequence[Rule]:
        """Seldom: each lets a vote pass."""
        return [Rule("governor: leftovers", 1, self.leave)]

    def leave(self, world: World, random: Random) -> None:
        """All comes back; a token keeps it; the Governor has more than the books can hold."""
        way = world.deal(random, "leftovers", ("all", "kept", "too much"))
        token = OddTokenModel(world.deploy("OddToken"), world.journal)
        world.model(token)
        self._give(token)
        had = {"all": 0, "kept": 1, "too much": MORE_THAN_BOOKS_HOLD}[way]
        relayer = world.people.relayer
        world.send(relayer, token.me, "mint", world.governor.address, had)
        spend = Action(world.pool, "spend", (0, token.address, world.governor.address, SPENT))
        motion = self.own.propose(random, [spend])
        if motion is None:
            return
        if way == "kept":
            world.send(relayer, token.me, "behave", KEEPS_ALL)
        if not self.own.see_through(motion.id, random).ok:
            world.send(relayer, token.me, "behave", HONEST)
            self._try_again(random, motion)

    def _give(self, token: OddTokenModel) -> None:
        world, patron = self.world, self.world.people.outsider
        world.send(patron, token.me, "mint", patron.address, GIFT)
        world.send(patron, token.me, "approve", world.pool.address, GIFT)
        world.send(patron, world.pool, "give", 0, token.address, GIFT, "", False)

    def _try_again(self, random: Random, motion: Motion) -> None:
        """A failing execution leaves the proposal ready."""
        if not motion.is_over(self.world.now):
            self.own.execute(random, motion)

    def check(self) -> None:
        """Nothing stays with the Governor but what came there beside the proposals."""

    def compare(self) -> None:
        """The Pool's views are the Pool's."""


def install(world: World) -> Component:
    """After the Governor's and the Pool's."""
    (governance,) = [each for each in world.components if isinstance(each, Governance)]
    return Leftovers(world, governance)
