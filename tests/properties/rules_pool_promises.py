# SPDX-License-Identifier: AGPL-3.0-only
"""What the spenders of earmarks do: promise, take back, keep."""

from random import Random
from typing import Any, NamedTuple

from tests.contracts.evm import ETH, GAS_LIMIT
from tests.properties.chain import Handle
from tests.properties.model_grain import ZERO
from tests.properties.rules_pool_gifts import STINGY
from tests.properties.rules_pool_stage import Place, Stage, often, part_of
from tests.properties.world import Rule, World

TRIES = 8
# What fits beside an address in one word.
MOST_IN_A_BATCH = 2**96 - 1


class Spot(NamedTuple):
    """An earmark of a spender, and an asset."""

    place: Place
    earmark: int
    spender: Handle
    asset: str


class Promises:
    """Calls of the spenders."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("pool: reserve", 14, self.reserve),
            Rule("pool: unreserve", 5, self.unreserve),
            Rule("pool: release", 12, self.release),
            Rule("pool: release many", 5, self.release_many),
            Rule("pool: promise wrongly", 3, self.wrongly),
        ]

    # --- where ----------------------------------------------------------------------------

    def spot(self, random: Random, what: str) -> tuple[Spot, int] | None:
        """One with some of `what` ("free" or "promised"), and how much."""
        for _ in range(TRIES):
            place = self.stage.place(random, 0.2)
            if not place.served:
                continue
            earmark, spender = random.choice(place.served[-10:])
            if what == "free" and not place.is_open(self.stage.world.now, earmark):
                continue
            asset = random.choice(self.stage.assets)
            found: int = getattr(place.model, what)(earmark, asset)
            if found:
                return Spot(place, earmark, spender, asset), found
        return None

    # --- what -----------------------------------------------------------------------------

    def reserve(self, world: World, random: Random) -> None:
        """Up to what is free, rarely one more."""
        found = self.spot(random, "free")
        if found is None:
            return
        (place, earmark, spender, asset), free = found
        amount = part_of(random, free) if often(random, 0.96) else free + 1
        world.send(spender, place.pool, "reserve", earmark, asset, amount)

    def unreserve(self, world: World, random: Random) -> None:
        """Up to what is promised, rarely one more."""
        found = self.spot(random, "promised")
        if found is None:
            return
        (place, earmark, spender, asset), promised = found
        amount = part_of(random, promised) if often(random, 0.94) else promised + 1
        world.send(spender, place.pool, "unreserve", earmark, asset, amount)

    def release(self, world: World, random: Random) -> None:
        """To anybody, up to what is promised."""
        found = self.spot(random, "promised")
        if found is None:
            return
        (place, earmark, spender, asset), promised = found
        to = random.choice(self.stage.payees(place))
        amount = part_of(random, promised)
        gas = GAS_LIMIT
        if not often(random, 0.93):
            wrong = (
                (to, promised + 1, GAS_LIMIT),
                (to, 0, GAS_LIMIT),
                (ZERO, amount, GAS_LIMIT),
                (place.pool.address, amount, GAS_LIMIT),
                (to, amount, STINGY),
            )
            to, amount, gas = world.deal(random, "bad releases", wrong)
        world.send(spender, place.pool, "release", earmark, asset, to, amount, gas=gas)

    def release_many(self, world: World, random: Random) -> None:
        """To some at once; one of them wrong now and then, and then to nobody."""
        found = self.spot(random, "promised")
        if found is None:
            return
        (place, earmark, spender, asset), promised = found
        payees = self.stage.payees(place)
        batch, left = [], min(promised, MOST_IN_A_BATCH)
        for _ in range(random.randint(0, 6)):
            amount = part_of(random, left // 2)
            if amount:
                batch.append(word(random.choice(payees), amount))
                left -= amount
        gas = GAS_LIMIT
        if not often(random, 0.85):
            pool = place.pool.address
            wrong = (word(payees[0], 0), word(ZERO, 1), word(pool, 1))
            beyond = (word(payees[0], promised + 1),) if promised < MOST_IN_A_BATCH else ()
            batch.append(world.deal(random, "bad batches", (*wrong, *beyond)))
        elif batch and not often(random, 0.9):
            gas = STINGY
        world.send(spender, place.pool, "release_many", earmark, asset, batch, gas=gas)

    def wrongly(self, world: World, random: Random) -> None:
        """By somebody else, for an earmark that is unknown or has ended, nothing at all."""
        place = self.stage.place(random)
        beyond = place.model.sum("opened") + 1
        ended = [e for e in place.earmarks() if not place.is_open(world.now, e)]
        earmark = random.choice((random.choice(place.earmarks()), beyond, *ended[-1:]))
        sender: Any = random.choice((world.people.outsider, *self.stage.spenders))
        amount = random.choice((0, 1, 1))
        payee = world.people.outsider.address
        calls: tuple[tuple[str, tuple[Any, ...]], ...] = (
            ("reserve", (earmark, ETH, amount)),
            ("unreserve", (earmark, ETH, amount)),
            ("release", (earmark, ETH, payee, amount)),
            ("release_many", (earmark, ETH, [word(payee, 1)])),
        )
        name, args = world.deal(random, "bad promises", calls)
        world.send(sender, place.pool, name, *args)


def word(payee: str, amount: int) -> int:
    """A payment of a batch."""
    return amount << 160 | int(payee, 16)
