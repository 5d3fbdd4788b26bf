# SPDX-License-Identifier: AGPL-3.0-only
"""What members decide about money beside spending it: accepting a loss, thanking patrons."""

from random import Random
from typing import Any

from tests.contracts.evm import ETH
from tests.properties.model_grain import ZERO
from tests.properties.model_odd_token import HONEST
from tests.properties.model_pool_books import WHOLE
from tests.properties.model_pool_patronage import LONGEST
from tests.properties.rules_pool_gifts import SIZES, Gifts
from tests.properties.rules_pool_stage import Place, Stage, often, part_of
from tests.properties.world import Action, Rule, World

DAY = 86_400
BITS = 2**128
# Below this a loss is made up for: amounts would soon fill the books.
SMALLEST_FACTOR = WHOLE // 10**6


class Decisions:
    """By the steward in the side pool, by real votes at home."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.gifts = stage, Gifts(stage)

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("pool: accept a loss", 3, self.accept_loss),
            Rule("pool: thank patrons", 3, self.thank),
            Rule("pool: thank patrons by vote", 1, self.thank_by_vote),
            Rule("pool: give and be thanked", 4, self.give_and_be_thanked),
        ]

    # --- losses ---------------------------------------------------------------------------

    def accept_loss(self, world: World, random: Random) -> None:
        """Of the odd token, which loses some; of another, or all of it, now and then."""
        place = self.stage.place(random, 0.1)
        odd, model = self.stage.odd, place.model
        if not often(random, 0.8):
            nothing: tuple[str, ...] = (ETH, self.stage.dollar.address)
            if place.steward is not None:
                nothing = (*nothing, world.people.outsider.address)
            self.accept(world, random, place, world.deal(random, "no losses", nothing))
            return
        booked, factor = model.booked(odd.address), model.factor(odd.address)
        if not booked or factor < SMALLEST_FACTOR:
            return
        world.send(world.people.relayer, odd.me, "behave", HONEST)
        there = odd.has(model.address)
        spare = there - model.needed(odd.address)
        gone = spare + part_of(random, max(1, (there - spare) // 3))
        if not often(random, 0.93):
            gone = there
        if gone > 0:
            world.send(world.people.relayer, odd.me, "burn", model.address, min(gone, there))
        self.accept(world, random, place, odd.address)

    def accept(self, world: World, random: Random, place: Place, asset: str) -> None:
        """And from then on nothing is robbed: it is lost."""
        odd, me = self.stage.odd, place.pool.address
        loss = (asset, self.least(world, random, place, asset))
        if not often(random, 0.95):
            world.send(world.people.outsider, place.pool, "accept_loss", *loss)
            return
        ok = self.decide(world, random, place, "accept_loss", loss)
        if ok and asset == odd.address:
            odd.add(-odd.robbed(me), "robbed", me)

    def least(self, world: World, random: Random, place: Place, asset: str) -> int:
        """What the members see now, or less, mostly; more than that, or no limit, now and then."""
        if asset != self.stage.odd.address or often(random, 0.5):
            return 1
        now = self.stage.odd.has(place.model.address) * WHOLE // place.model.booked(asset)
        return world.deal(random, "least factors", (now, now, now // 2, now + 1, 0))

    def decide(
        self, world: World, random: Random, place: Place, name: str, args: tuple[Any, ...]
    ) -> bool:
        """Whether it was decided."""
        if place.steward is None:
            return world.enact(Action(place.pool, name, args), random=random).ok
        return world.send(place.steward, place.pool, name, *args).ok

    # --- thanks ---------------------------------------------------------------------------

    def free_earmarks(self, place: Place) -> list[int]:
        """Those whose gifts stay."""
        terms = place.model.terms
        return [
            each
            for each in place.earmarks()
            if not terms(each).restricted and terms(each).spender == ZERO
        ]

    def terms(self, random: Random, place: Place) -> tuple[Any, ...]:
        """Earmark, asset, rate, cap, period; wrong in one way now and then."""
        asset = random.choice([each for each in self.stage.assets if each != self.grain(place)])
        size = dict(zip(self.stage.assets, SIZES.values(), strict=True))[asset]
        # about a grain for a gift of the usual size, and a few of those in a period
        rate = min(BITS - 1, max(1, WHOLE * WHOLE // size))
        cap, period = random.choice((1, WHOLE, 3 * WHOLE)), random.choice((1, DAY, LONGEST))
        right = (random.choice(self.free_earmarks(place)), asset, rate, cap, period)
        if often(random, 0.75):
            return right if often(random) else (*right[:2], 0, 0, 0)
        bound = [e for e in place.earmarks() if e not in self.free_earmarks(place)]
        beyond = place.model.sum("opened") + 1
        return self.stage.world.deal(
            random,
            "bad thanks",
            (
                (random.choice(bound or [beyond]), asset, rate, cap, period),
                (beyond, asset, rate, cap, period),
                (0, self.grain(place), rate, cap, period),
                (0, asset, rate, 0, period),
                (0, asset, 0, cap, 0),
                (0, asset, rate, cap, 0),
                (0, asset, rate, cap, LONGEST + 1),
                (0, asset, BITS, cap, period),
                (0, asset, rate, BITS, period),
            ),
        )

    def grain(self, place: Place) -> str:
        """Of this pool."""
        found: str = place.model.noted(ZERO, "grain")
        return found

    def thank(self, world: World, random: Random) -> None:
        """In the side pool, which may mint, mostly."""
        place, steward = self.stage.side, self.stage.steward
        grain, pool = self.stage.side_grain, self.stage.side.pool
        if grain.mints(pool.address) != often(random):
            may = not grain.mints(pool.address)
            world.send(steward, grain.me, "set_minter", pool.address, may)
        sender: Any = steward if often(random, 0.93) else world.people.outsider
        world.send(sender, pool, "set_patron_grain", *self.terms(random, place))

    def thank_by_vote(self, world: World, random: Random) -> None:
        """At home."""
        place, grain = self.stage.home, self.stage.grain
        actions = [Action(place.pool, "set_patron_grain", self.terms(random, place))]
        if not grain.mints(place.pool.address):
            actions.append(Action(world.grain, "set_minter", (place.pool.address, True)))
        world.enact(*actions, random=random)

    def give_and_be_thanked(self, world: World, random: Random) -> None:
        """A gift to where gifts are thanked; by a part of the pool now and then."""
        place = self.stage.place(random, 0.3)
        thanked = [
            (earmark, asset)
            for earmark in self.free_earmarks(place)
            for asset in self.stage.assets
            if place.is_open(world.now, earmark)
            and place.model.noted(None, "thanks", earmark, asset) is not None
        ]
        if not thanked:
            return
        earmark, asset = random.choice(thanked)
        amount = self.gifts.size(random, asset)
        giver: Any = random.choice((*self.stage.spenders, place.steward or self.stage.spenders[0]))
        if asset == ETH and not often(random, 0.7):
            gift = (earmark, ETH, amount, "", False)
            world.send(giver, place.pool, "give", *gift, value=amount)
            return
        patron = random.choice(self.stage.patrons)
        self.gifts.bring(world, random, place, patron, earmark, asset, amount)
