# SPDX-License-Identifier: AGPL-3.0-only
"""What only a vote may do with a pool: by the steward of the side pool, at home by real votes."""

from random import Random
from typing import Any

from tests.contracts.evm import ETH, GAS_LIMIT
from tests.contracts.odd_tokens import HUGE_BALANCE
from tests.properties.model import DEFAULT
from tests.properties.model_grain import ZERO
from tests.properties.model_pool import TEN_YEARS
from tests.properties.model_pool_books import LIMIT, MOST_RECEIVED
from tests.properties.rules_pool_gifts import SIZES, STINGY, Gifts
from tests.properties.rules_pool_stage import Place, Stage, often, part_of
from tests.properties.world import Action, Rule, World

DAY = 86_400
TRIES = 8
PURPOSE = ("ipfs://purpose", b"\x17" * 32)
BARE_POOLS = 3

Call = tuple[str, tuple[Any, ...]]


class Votes:
    """Spending, moving, opening, putting back."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.gifts = stage, Gifts(stage)
        self.bare = stage.bare_pool()
        self.bare_left = BARE_POOLS

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("pool: spend", 12, self.spend),
            Rule("pool: move", 7, self.move),
            Rule("pool: open earmark", 5, self.open_earmark),
            Rule("pool: put back", 4, self.put_back),
            Rule("pool: fill to the brim", 1, self.fill_to_the_brim),
            Rule("pool: by vote", 2, self.by_vote),
            Rule("pool: as a stranger", 1, self.as_a_stranger),
            Rule("pool: setup", 1, self.setup),
        ]

    # --- draws ----------------------------------------------------------------------------

    def funded(self, random: Random, place: Place) -> tuple[int, str, int]:
        """An earmark that members may spend, an asset it has, and how much is free."""
        for _ in range(TRIES):
            earmark, asset = random.choice(place.earmarks()), random.choice(self.stage.assets)
            free = place.model.free(earmark, asset)
            if free and not place.model.terms(earmark).restricted:
                return earmark, asset, free
        return 0, ETH, place.model.free(0, ETH)

    def spending(self, random: Random, place: Place) -> Call:
        """A payment, wrong in one way now and then."""
        earmark, asset, free = self.funded(random, place)
        to, amount = random.choice(self.stage.payees(place)), part_of(random, free)
        if place.steward is not None and not often(random, 0.93):
            to = place.steward.address
        if often(random, 0.93):
            return "spend", (earmark, asset, to, amount)
        beyond = place.model.sum("opened") + 1
        bound = [e for e in place.earmarks() if place.model.terms(e).restricted]
        wrong = (
            (earmark, asset, to, free + 1),
            (earmark, asset, to, 0),
            (earmark, asset, ZERO, 1),
            (earmark, asset, place.pool.address, 1),
            (beyond, asset, to, 1),
            (random.choice(bound or [beyond]), asset, to, 1),
        )
        return "spend", self.stage.world.deal(random, "bad spending", wrong)

    def moving(self, random: Random, place: Place) -> Call:
        """A move to an earmark that takes money, wrong in one way now and then."""
        source, asset, free = self.funded(random, place)
        model, earmarks = place.model, place.earmarks()
        now = self.stage.world.now
        taking = [e for e in earmarks if place.is_open(now, e) and e != source]
        bound = [e for e in taking if model.terms(e).restricted]
        target = random.choice(bound if bound and often(random, 0.6) else taking or [0])
        amount = part_of(random, free)
        if often(random, 0.92):
            return "move", (source, target, asset, amount)
        beyond = model.sum("opened") + 1
        ended = [e for e in earmarks if not place.is_open(now, e)]
        all_bound = [e for e in earmarks if model.terms(e).restricted]
        wrong = (
            (source, target, asset, free + 1),
            (source, target, asset, 0),
            (source, source, asset, 1),
            (beyond, target, asset, 1),
            (source, beyond, asset, 1),
            (random.choice(all_bound or [beyond]), 0, asset, 1),
            (source, random.choice(ended or [beyond]), asset, 1),
        )
        return "move", self.stage.world.deal(random, "bad moves", wrong)

    def opening(self, random: Random, place: Place) -> Call:
        """Bound or free, with a spender or without, for a while or for ever."""
        world, spenders = self.stage.world, self.stage.spenders
        now = world.now
        spender = random.choice(spenders).address
        restricted = place.steward is not None and often(random, 0.6)
        if not restricted and often(random, 0.4):
            spender = ZERO
        lasts = random.choice((0, 3600, DAY, 20 * DAY, 300 * DAY, TEN_YEARS))
        deadline = now + lasts if lasts else 0
        number = place.model.sum("opened") + 1
        params = random.randbytes(random.choice((0, 32)))
        if often(random, 0.85):
            return "open_earmark", (number, *PURPOSE, spender, restricted, deadline, params)
        wrong = (
            (number, *PURPOSE, spender, restricted, now, params),
            (number, *PURPOSE, spender, restricted, now + TEN_YEARS + 1, params),
            (number + 1, *PURPOSE, spender, restricted, deadline, params),
            (number, *PURPOSE, world.dollar.address, True, deadline, params),
            (number, *PURPOSE, ZERO, True, deadline, params),
            (number, *PURPOSE, world.people.outsider.address, False, 0, params),
            # another pool's, unless this is at home
            (number, *PURPOSE, world.distributor.address, False, 0, params),
            (number, *PURPOSE, world.admission.address, False, 0, params),
        )
        return "open_earmark", world.deal(random, "bad openings", wrong)

    # --- by the steward -------------------------------------------------------------------

    def spend(self, world: World, random: Random) -> None:
        """Out of the side pool."""
        place, steward = self.stage.side, self.stage.steward
        name, args = self.spending(random, place)
        gas = GAS_LIMIT if often(random, 0.97) else STINGY
        if args[2] == steward.address and often(random, 0.5):
            world.send(world.people.relayer, steward, "refuse_money", True)
        world.send(steward, place.pool, name, *args, gas=gas)
        world.send(world.people.relayer, steward, "refuse_money", False)

    def move(self, world: World, random: Random) -> None:
        """Within the side pool."""
        name, args = self.moving(random, self.stage.side)
        world.send(self.stage.steward, self.stage.side.pool, name, *args)

    def open_earmark(self, world: World, random: Random) -> None:
        """In the side pool; the spender refuses now and then."""
        place = self.stage.side
        name, args = self.opening(random, place)
        spender = next((s for s in self.stage.spenders if s.address == args[3]), None)
        unwilling = spender if not often(random, 0.93) else None
        if unwilling is not None:
            world.send(world.people.relayer, unwilling, "refuse_terms", True)
        sent = world.send(self.stage.steward, place.pool, name, *args)
        if unwilling is not None:
            world.send(world.people.relayer, unwilling, "refuse_terms", False)
        if sent.ok and spender is not None:
            place.served.append((args[0], spender))

    def put_back(self, world: World, random: Random) -> None:
        """Into the side pool's general fund."""
        place, steward = self.stage.side, self.stage.steward
        asset = random.choice(self.stage.assets)
        amount = part_of(random, dict(zip(self.stage.assets, SIZES.values(), strict=True))[asset])
        value = amount if asset == ETH else 0
        if not often(random, 0.97):
            asset, amount = world.people.outsider.address, 1
        elif asset == ETH and not often(random, 0.75):
            amount, value = random.choice(((amount, 0), (0, 0)))
        elif asset != ETH:
            self._transfer(world, random, asset, amount)
            value = 0 if often(random, 0.95) else 1
            amount = amount if often(random, 0.8) else 2 * amount
        sent = world.send(steward, place.pool, "put_back", asset, amount, value=value)
        odd = self.stage.odd
        if sent.ok and asset == odd.address and odd.way == HUGE_BALANCE:
            # it was believed that this came: as good as robbed
            odd.add(amount, "robbed", place.pool.address)

    def fill_to_the_brim(self, world: World, random: Random) -> None:
        """A bound earmark receives and pays out until what it received hardly fits in its book;
        then a move into it does not fit."""
        stage, place, model = self.stage, self.stage.side, self.stage.side.model
        vast = stage.vast.address
        free = model.free(0, vast)
        ready = [
            (earmark, spender)
            for earmark, spender in place.served[-10:]
            if model.terms(earmark).restricted and place.is_open(world.now, earmark)
        ]
        if free < 2 or not ready:
            return
        earmark, spender = random.choice(ready)
        patron = random.choice(stage.patrons)
        while True:
            room = MOST_RECEIVED - free // 2 - model.income(earmark, vast)
            amount = min(room, LIMIT - 1 - model.booked(vast), 2**126)
            if amount <= 0:
                break
            self.gifts.bring(world, random, place, patron, earmark, vast, amount)
            world.send(spender, place.pool, "reserve", earmark, vast, amount)
            world.send(spender, place.pool, "release", earmark, vast, patron.address, amount)
        world.send(stage.steward, place.pool, "move", 0, earmark, vast, free)

    def _transfer(self, world: World, random: Random, asset: str, amount: int) -> None:
        """What a proposal does before, mostly."""
        token, pool = self.stage.token(asset), self.stage.side.pool.address
        if not often(random):
            return
        if token in (self.stage.dollar, self.stage.side_grain):
            world.send(random.choice(self.stage.patrons), token.me, "transfer", pool, amount)
        else:
            world.send(world.people.relayer, token.me, "mint", pool, amount)

    # --- by the members -------------------------------------------------------------------

    def by_vote(self, world: World, random: Random) -> None:
        """At home."""
        place = self.stage.home
        draws = (self.spending, self.spending, self.moving, self.opening)
        name, args = random.choice(draws)(random, place)
        actions = [Action(place.pool, name, args)]
        if name == "spend" and often(random, 0.4):
            actions = self._through_the_governor(random, place, args)
        if not often(random, 0.95):
            name = "update"
            actions = [Action(place.pool, name, (0, "ipfs://by-vote", b"\x01" * 32))]
        spender = next((s for s in self.stage.spenders if s.address == args[3]), None)
        if name == "open_earmark" and spender is not None and often(random):
            self._make_a_part(world, random, spender)
        sent = world.enact(*actions, random=random)
        if name == "open_earmark" and sent.ok and spender is not None:
            place.served.append((args[0], spender))

    def _make_a_part(self, world: World, random: Random, spender: Any) -> None:
        """Only a part of the co-op spends an earmark."""
        if not world.ask(world.governor, "part_words", spender.address).answer:
            install = Action(world.governor, "install", (spender.address, bytes(4)))
            world.enact(install, random=random)

    def _through_the_governor(
        self, random: Random, place: Place, args: tuple[Any, ...]
    ) -> list[Action]:
        """A spend to the Governor itself: ETH goes on in part, and what is left is put back."""
        world = self.stage.world
        earmark, asset, _, amount = args
        first = Action(place.pool, "spend", (earmark, asset, world.governor.address, amount))
        if asset != ETH or not amount:
            return [first]
        friend = random.choice(world.people.patrons)
        return [first, Action(friend, DEFAULT, (), part_of(random, amount))]

    # --- by nobody who may ----------------------------------------------------------------

    def as_a_stranger(self, world: World, random: Random) -> None:
        """What only the Governor may."""
        place = self.stage.place(random, 0.5)
        draws = (self.spending, self.moving, self.opening)
        name, args = random.choice(draws)(random, place)
        if often(random, 0.2):
            name, args = "put_back", (ETH, 0)
        stranger = random.choice((world.people.outsider, *world.people.founders))
        world.send(stranger, place.pool, name, *args)

    def setup(self, world: World, random: Random) -> None:
        """Of a pool that is set up, or of one that is not."""
        parts = (world.people.outsider.address, world.people.relayer.address)
        if not often(random, 0.6):
            parts = random.choice(((ZERO, parts[0]), (parts[0], ZERO)))
        bare = self.bare_left > 0 and often(random, 0.8)
        pool = self.bare.me if bare else self.stage.side.pool
        sender = self.stage.hub if often(random, 0.8) else world.people.outsider
        sent = world.send(sender, pool, "setup", *parts)
        if sent.ok:
            self.bare_left -= 1
            if self.bare_left:
                self.bare = self.stage.bare_pool()
