# SPDX-License-Identifier: AGPL-3.0-only
"""A link that is disputed, to its end: time alone seldom leaves one alone for a week."""

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

from tests.properties.model_identity import WAIT
from tests.properties.world import Rule, World

if TYPE_CHECKING:
    from tests.properties.rules_identity import Identities

DAY = 86_400


class Disputes:
    """In the side pool, whose steward confirms."""

    def __init__(self, own: "Identities") -> None:
        self.own, self.stage = own, own.stage

    def rules(self) -> Sequence[Rule]:
        """With its weight."""
        return [Rule("identity: a dispute", 3, self.dispute)]

    def dispute(self, world: World, random: Random) -> None:
        """Another account is linked, the one before objects, and the steward confirms: a second too
        early, and again."""
        own, side = self.own, self.stage.side.pool.address
        linked = [
            (identity, account)
            for pool, identity, account in own.linked()
            if pool == side and account not in world.handles
        ]
        if not linked:
            return
        identity, before = random.choice(linked)
        world.warp(1)
        asked = own.ask_for(random, side, identity, DAY)
        arguments = own.signed(asked, own.signers(random, side))
        if not world.send(world.people.relayer, world.identity, "link", *arguments).ok:
            return
        what = (side, identity, asked.account)
        if not world.send(before, world.identity, "object_to_link", *what).ok:
            return
        world.warp(WAIT - 1)
        for _ in range(2):
            world.send(self.stage.steward, world.identity, "confirm_link", *what)
            world.warp(1)
