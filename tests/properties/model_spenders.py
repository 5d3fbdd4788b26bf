# SPDX-License-Identifier: AGPL-3.0-only
"""What a pool installs to spend one earmark, by kind. Each kind has a model in `MODELS`.

One that has none yet answers for its neighbours alone: it is made, it is a part of the pool, and no
walk opens an earmark for it.
"""

from collections.abc import Callable

from tests.properties.chain import Handle
from tests.properties.model import Model, Msg
from tests.properties.model_distributor_head import Parts as Neighbours
from tests.properties.model_pool_journal import Journal


class SpenderModel(Model):
    """Beside whom it stands."""

    ours = True

    def __init__(self, me: Handle, _journal: Journal, near: Neighbours) -> None:
        super().__init__(me)
        self.near = near

    def hub(self, _: Msg) -> str:
        """Who made it."""
        return self.near.hub

    def pool(self, _: Msg) -> str:
        """Who holds the money."""
        return self.near.pool

    def governor(self, _: Msg) -> str:
        """Who decides."""
        return self.near.governor


MODELS: dict[str, Callable[[Handle, Journal, Neighbours], Model]] = {}
"""Source -> its model, for the kinds that have one."""


def model_of(source: str, me: Handle, journal: Journal, near: Neighbours) -> Model:
    """The model of a spender that was just made."""
    return MODELS.get(source, SpenderModel)(me, journal, near)
