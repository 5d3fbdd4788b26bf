# SPDX-License-Identifier: AGPL-3.0-only
"""The models asked by themselves, for tests that know the answer: no contract answers here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.contracts.evm import address_of
from tests.properties.model import Refused
from tests.properties.model_pool import PoolModel
from tests.properties.rules_pool_stage import stage_of
from tests.properties.world import World

DAY = 86_400
PURPOSE = ("ipfs://purpose", b"\x17" * 32)


class Alone:
    """The side pool of a world, its steward, a spender and three patrons."""

    def __init__(self) -> None:
        self.world = World()
        self.stage = stage_of(self.world)
        self.pool: PoolModel = self.stage.side.model
        self.spender = self.stage.spenders[0]
        self.ann, self.bea, self.cat = self.world.people.patrons
        self.dollar = self.stage.dollar.address

    def say(self, sender: Any, target: Any, function: str, *args: Any, value: int = 0) -> Any:
        """What the rules say to a call; they have done it afterwards."""
        given = [address_of(each) if hasattr(each, "address") else each for each in args]
        return self.world.inside(address_of(sender), target, function, given, value)

    @contextmanager
    def refuses(self, reason: str) -> Iterator[None]:
        """The rules say no, for this reason, and no fact is left of the call."""
        before = self.world.journal.mark()
        with pytest.raises(Refused) as caught:
            yield
        assert caught.value.reason == reason
        assert self.world.journal.mark() == before, "a refused call left something"

    # --- the side pool --------------------------------------------------------------------

    def open(self, spender: Any = None, *, restricted: bool = True, deadline: int = 0) -> int:
        """The next earmark."""
        number = self.pool.sum("opened") + 1
        terms = (number, *PURPOSE, spender or self.spender, restricted, deadline, b"")
        found: int = self.say(self.stage.steward, self.pool.me, "open_earmark", *terms)
        return found

    def give(self, patron: Any, earmark: int, amount: int, asset: str | None = None) -> None:
        """Dollars, unless told."""
        what = asset or self.dollar
        self.say(patron, self.pool.me, "give", earmark, what, amount, "", False)

    def as_spender(self, function: str, *args: Any) -> None:
        """The spender speaks."""
        self.say(self.spender, self.pool.me, function, *args)

    def as_steward(self, function: str, *args: Any, value: int = 0) -> None:
        """The Governor speaks."""
        self.say(self.stage.steward, self.pool.me, function, *args, value=value)
