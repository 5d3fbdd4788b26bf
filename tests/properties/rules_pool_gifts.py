# SPDX-License-Identifier: AGPL-3.0-only
"""How money comes into a pool, and how patrons and creditors get some back."""

from random import Random
from typing import Any

from tests.contracts.evm import ETH, GAS_LIMIT, Actor
from tests.contracts.odd_tokens import EATS_GAS, SAYS_NO
from tests.properties.model_grain import PERMIT, WITHOUT_END, ZERO
from tests.properties.model_odd_token import HONEST
from tests.properties.model_pool import LAPSE_AFTER
from tests.properties.model_pool_assets import Dollar
from tests.properties.rules_pool_stage import Place, Stage, often, part_of
from tests.properties.signing import Meaning
from tests.properties.world import Rule, World

DAY = 86_400
# What a gas-eater may burn of a gift's gas: all that the caller gave.
FEW = 3_000_000
# Too little for a payment, and enough to come to where one is made.
STINGY = 290_000
# A gift of an ordinary size in each kind of asset.
SIZES = {"eth": 10**18, "dollar": 10**10, "grain": 10**21, "odd": 10**6, "vast": 2**126}
NOTES = ("", "for the mill", "für die Mühle")


class Gifts:
    """Gifts and what comes back of them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("pool: give", 24, self.give),
            Rule("pool: give wrongly", 3, self.give_wrongly),
            Rule("pool: give with permit", 10, self.give_with_permit),
            Rule("pool: sync", 5, self.sync),
            Rule("pool: withdraw", 11, self.withdraw),
            Rule("pool: reclaim", 11, self.reclaim),
            Rule("pool: reclaim for the general fund", 6, self.reclaim_for_general_fund),
            Rule("pool: lapse", 12, self.lapse),
            Rule("pool: update", 3, self.update),
        ]

    # --- gifts ----------------------------------------------------------------------------

    def size(self, random: Random, asset: str) -> int:
        """An amount that somebody might give."""
        kinds = dict(zip(self.stage.assets, SIZES.values(), strict=True))
        return part_of(random, kinds[asset])

    def open_earmark(self, random: Random, place: Place) -> int:
        """One that takes gifts."""
        now = self.stage.world.now
        taking = [earmark for earmark in place.earmarks() if place.is_open(now, earmark)]
        return random.choice(taking)

    def give(self, world: World, random: Random) -> None:
        """Of any asset, to any earmark that takes gifts."""
        place = self.stage.place(random, 0.35)
        patron = random.choice(self.stage.patrons)
        asset = random.choice(self.stage.assets)
        earmark = self.open_earmark(random, place)
        self.bring(world, random, place, patron, earmark, asset, self.size(random, asset))

    def bring(
        self,
        world: World,
        random: Random,
        place: Place,
        patron: Actor,
        earmark: int,
        asset: str,
        amount: int,
    ) -> None:
        """A gift of this amount, allowed before if need be."""
        self.allow(world, patron, place, asset, amount)
        args: tuple[Any, ...] = (earmark, asset, amount, random.choice(NOTES))
        name = "give/4"
        if often(random, 0.5):
            name, args = "give", (*args, often(random, 0.5))
        gas = FEW if self._eats_gas(asset) else GAS_LIMIT
        value = amount if asset == ETH else 0
        sent = world.send(patron, place.pool, name, *args, value=value, gas=gas)
        if sent.ok and place.model.terms(earmark).restricted:
            place.gave.append((earmark, asset, patron.address))

    def allow(self, world: World, patron: Actor, place: Place, asset: str, amount: int) -> None:
        """A permit may have used up what was allowed without end."""
        if asset == ETH:
            return
        token, pool = self.stage.token(asset), place.pool.address
        if token.noted(0, "allowed", patron.address, pool) < amount:
            world.send(patron, token.me, "approve", pool, WITHOUT_END)

    def _eats_gas(self, asset: str) -> bool:
        return asset == self.stage.odd.address and self.stage.odd.way == EATS_GAS

    def give_wrongly(self, world: World, random: Random) -> None:
        """In one way."""
        place = self.stage.place(random)
        earmark, patron = self.open_earmark(random, place), random.choice(self.stage.patrons)
        dollar, pool = self.stage.dollar.address, place.pool
        nobody, stranger = world.people.outsider.address, world.people.outsider
        ended = [e for e in place.earmarks() if not place.is_open(world.now, e)]
        wrong: tuple[tuple[Actor, int, str, int, int], ...] = (
            (patron, earmark, ETH, 5, 6),
            (patron, earmark, ETH, 0, 0),
            (patron, earmark, dollar, 5, 5),
            (patron, earmark, dollar, 0, 0),
            (patron, earmark, nobody, 5, 0),
            (stranger, earmark, dollar, 5, 0),
            (stranger, earmark, self.stage.side_grain.address, 5, 0),
            (stranger, earmark, self.stage.odd.address, 5, 0),
            (patron, place.model.sum("opened") + 1, ETH, 5, 5),
            (patron, random.choice(ended or [2**32]), ETH, 5, 5),
            (patron, random.choice(ended or [2**32]), dollar, 5, 0),
        )
        sender, where, asset, amount, value = world.deal(random, "bad gifts", wrong)
        world.send(sender, pool, "give", where, asset, amount, "", False, value=value)

    def give_with_permit(self, world: World, random: Random) -> None:
        """A token with a permit; mostly a good one."""
        place = self.stage.place(random, 0.35)
        patron = random.choice(self.stage.patrons)
        stage = self.stage
        token = random.choice((stage.dollar, stage.dollar, stage.side_grain, stage.odd, stage.vast))
        asset, earmark = token.address, self.open_earmark(random, place)
        amount = self.size(random, asset)
        signed = self.permit(world, random, patron, place, token, amount)
        args: tuple[Any, ...] = (earmark, asset, amount, "", False, *signed)
        if not often(random, 0.95):
            other = random.choice((ETH, world.people.outsider.address))
            args = (earmark, other, random.choice((0, 5)), "", False, *signed)
        ended = [e for e in place.earmarks() if not place.is_open(world.now, e)]
        if not often(random, 0.95):
            args = (random.choice([place.model.sum("opened") + 1, *ended[-1:]]), *args[1:])
        gas = FEW if self._eats_gas(args[1]) else GAS_LIMIT
        sent = world.send(patron, place.pool, "give_with_permit", *args, gas=gas)
        if sent.ok and place.model.terms(earmark).restricted:
            place.gave.append((earmark, asset, patron.address))

    def permit(
        self, world: World, random: Random, owner: Actor, place: Place, token: Any, amount: int
    ) -> tuple[int, int, bytes, bytes]:
        """deadline, v, r, s."""
        now, pool = world.now, place.pool.address
        deadline = now + random.choice((0, DAY)) if often(random, 0.93) else now - 1
        used = token.sum("permits", owner.address)
        values = (owner.address, pool, amount, used, deadline)
        name = "Test Dollar" if isinstance(token, Dollar) else "Side Grain"
        meant = Meaning(PERMIT, token.address, values)
        signature = world.signatures.sign(owner, meant, (name, "1"))
        if not often(random, 0.93):
            signature = world.signatures.malleable(signature)
        return deadline, signature[64], signature[:32], signature[32:64]

    def sync(self, world: World, random: Random) -> None:
        """Something comes without a gift; then it is booked."""
        place, stage = self.stage.place(random, 0.35), self.stage
        asset = random.choice(stage.assets)
        if often(random, 0.85):
            self._drop(world, random, place, asset)
        elif not often(random, 0.3):
            asset = random.choice((world.people.outsider.address, ETH))
        world.send(random.choice(world.people.everybody), place.pool, "sync", asset)

    def _drop(self, world: World, random: Random, place: Place, asset: str) -> None:
        """By a plain transfer, or out of nothing."""
        patron, pool = random.choice(self.stage.patrons), place.pool
        amount = self.size(random, asset)
        if asset != ETH:
            token = self.stage.token(asset)
            if token is self.stage.side_grain or token is self.stage.dollar:
                world.send(patron, token.me, "transfer", pool.address, amount)
            else:
                world.send(patron, token.me, "mint", pool.address, amount)
        elif often(random, 0.5):
            data = () if often(random, 0.8) else (b"\x12\x34\x56\x78",)
            world.send(patron, pool, "__default__", *data, value=amount)
        else:
            world.wei[pool.address] += amount
            world.chain.set_balance(pool, world.wei[pool.address])

    # --- what comes back ------------------------------------------------------------------

    def withdraw(self, world: World, random: Random) -> None:
        """Whoever is owed something takes it, mostly when it can be paid."""
        place, stage = self.stage.place(random, 0.35), self.stage
        owed = [
            (asset, who)
            for asset, who in sorted(place.model.creditors)
            if place.model.sum("failed", asset, who) > place.model.sum("withdrawn", asset, who)
        ]
        if not owed and often(random, 0.8):
            return
        if not owed or not often(random, 0.93):
            nobody = random.choice(world.people.everybody)
            world.send(nobody, place.pool, "withdraw", ETH, nobody.address)
            return
        asset, who = random.choice(owed)
        if asset == stage.odd.address:
            self._behave_mostly(world, random)
        contract = world.handles.get(who)
        if contract is not None and "act" not in contract.functions:
            return
        sender: Any = contract or who
        good = random.choice(world.people.everybody).address
        to = good if often(random) else random.choice((who, ZERO, place.pool.address))
        gas = GAS_LIMIT if often(random, 0.88) else STINGY
        world.send(sender, place.pool, "withdraw", asset, to, gas=gas)

    def _behave_mostly(self, world: World, random: Random) -> None:
        """So that what is owed can be paid; now and then it is not."""
        odd = self.stage.odd
        if not often(random, 0.85):
            world.send(world.people.relayer, odd.me, "behave", SAYS_NO)
        elif odd.way != HONEST and often(random, 0.5):
            world.send(world.people.relayer, odd.me, "behave", HONEST)

    def reclaim(self, world: World, random: Random) -> None:
        """Patrons of earmarks that have ended, mostly."""
        place = self.stage.place(random, 0.2)
        ready = [
            (earmark, asset, who)
            for earmark, asset, who in place.gave[-40:]
            if not place.is_open(world.now, earmark) and place.model.due(earmark, asset, who)
        ]
        if not ready and often(random, 0.8):
            return
        if not ready or not often(random, 0.93):
            sender = random.choice(world.people.everybody)
            earmark = random.choice(place.earmarks())
            asset = random.choice(self.stage.assets)
            beyond = place.model.sum("opened") + 1
            earmark = earmark if often(random, 0.9) else beyond
            world.send(sender, place.pool, "reclaim", earmark, asset)
            return
        earmark, asset, who = random.choice(ready)
        gas = GAS_LIMIT if often(random, 0.88) else STINGY
        world.send(who, place.pool, "reclaim", earmark, asset, gas=gas)

    def reclaim_for_general_fund(self, world: World, random: Random) -> None:
        """Of what the members had moved there."""
        place = self.stage.place(random, 0.2)
        pool = place.pool.address
        ready = [
            (earmark, asset)
            for earmark in place.earmarks()[1:]
            if not place.is_open(world.now, earmark)
            for asset in self.stage.assets
            if place.model.due(earmark, asset, pool)
        ]
        if not ready and often(random, 0.8):
            return
        wrong = (place.model.sum("opened") + 1, ETH), (random.choice(place.earmarks()), ETH)
        earmark, asset = random.choice(ready if ready and often(random) else wrong)
        sender = random.choice(world.people.everybody)
        world.send(sender, place.pool, "reclaim_for_general_fund", earmark, asset)

    def lapse(self, world: World, random: Random) -> None:
        """An earmark that nobody serves any more."""
        place, now = self.stage.place(random, 0.2), world.now
        model = place.model
        idle = [
            earmark
            for earmark in place.earmarks()[1:]
            if self._may_lapse(place, earmark)
            and now >= model.noted(0, "last reserve", earmark) + LAPSE_AFTER
        ]
        if not idle and often(random, 0.8):
            waiting = [e for e in place.earmarks()[1:] if self._may_lapse(place, e)]
            if not waiting or often(random, 0.85):
                return
            since: int = model.noted(0, "last reserve", waiting[0])
            world.warp_to(since + LAPSE_AFTER - random.choice((1, 0)))
            idle = waiting[:1]
        others = [*place.earmarks(), model.sum("opened") + 1]
        earmark = random.choice(idle if idle and often(random) else others)
        world.send(random.choice(world.people.everybody), place.pool, "lapse", earmark)

    def _may_lapse(self, place: Place, earmark: int) -> bool:
        terms = place.model.terms(earmark)
        return terms.restricted and not terms.deadline

    def update(self, world: World, random: Random) -> None:
        """A report, by somebody who may, mostly."""
        place = self.stage.place(random, 0.5)
        members: list[Any] = list(world.people.founders)
        authors = members if place.steward is None else [place.steward]
        earmark = random.choice(place.earmarks())
        if place.served and often(random, 0.4):
            earmark, spender = random.choice(place.served)
            authors = [spender]
        author = random.choice(authors) if often(random) else world.people.outsider
        earmark = earmark if often(random, 0.95) else place.model.sum("opened") + 1
        args = (earmark, "ipfs://report", random.randbytes(32))
        world.send(author, place.pool, "update", *args)
