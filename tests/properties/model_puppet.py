# SPDX-License-Identifier: AGPL-3.0-only
"""A contract that does what anybody tells it: the walk's stranger, part and caller."""

from tests.properties.model import Model, Msg

UNLUCKY = 13


class PuppetModel(Model):
    """It keeps nothing but its money."""

    def decide(self, msg: Msg, number: int) -> None:
        msg.need(number != UNLUCKY, "puppet: not thirteen")
        msg.emit("Decided", by=msg.sender, number=number)

    def act(self, msg: Msg, target: str, data: bytes) -> None:
        """Only what the walk has told the world of: the calls of `world.columns`."""
        [meant] = msg.world.actions_of([target], [0], [data])
        msg.call(meant.target, meant.function, *meant.args)

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        """Takes anything."""
