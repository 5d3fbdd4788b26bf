# SPDX-License-Identifier: AGPL-3.0-only
"""A Pool's share in a walk: all that may be done with it, and what must hold of its books."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.contracts import odd_tokens as tokens
from tests.contracts.evm import ETH
from tests.properties import model_pool_mocks as payees
from tests.properties.model_odd_token import HONEST
from tests.properties.rules_pool_curios import Curios
from tests.properties.rules_pool_decisions import Decisions
from tests.properties.rules_pool_gifts import Gifts
from tests.properties.rules_pool_promises import Promises
from tests.properties.rules_pool_stage import Place, Stage, often, stage_of
from tests.properties.rules_pool_votes import Votes
from tests.properties.world import Action, Component, Rule, World

TOKEN_WAYS = [
    tokens.NO_ANSWER,
    tokens.SAYS_NO,
    tokens.LIES,
    tokens.JUNK,
    tokens.REVERTS,
    tokens.FEE,
    tokens.FEE_ON_TOP,
    tokens.KEEPS_ALL,
    tokens.LONG_ANSWER,
    tokens.EATS_GAS,
    tokens.HUGE_BALANCE,
]
PAYEE_WAYS = [payees.REFUSES, payees.EATS_GAS, payees.LONG_ANSWER, payees.SLOW]
SHOWN = 4
DAY = 86_400


class Pools:
    """Both pools."""

    name = "pool"

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.gifts, self.curios = Gifts(stage), Curios(stage)

    def rules(self) -> Sequence[Rule]:
        """Money in, money out, promises, votes, and assets that change their ways."""
        stage = self.stage
        return [
            *self.gifts.rules(),
            *Promises(stage).rules(),
            *Votes(stage).rules(),
            *Decisions(stage).rules(),
            *self.curios.rules(),
            Rule("pool: odd token", 5, self.odd_token),
            Rule("pool: short token", 2, self.short_token),
            Rule("pool: re-entering token", 1, self.reentering_token),
            Rule("pool: odd payee", 2, self.odd_payee),
            Rule("pool: time", 3, self.time),
        ]

    # --- the world around -----------------------------------------------------------------

    def odd_token(self, world: World, random: Random) -> None:
        """Good again, or bad in another way; freezes or robs somebody."""
        odd, relayer = self.stage.odd, world.people.relayer
        draw = random.random()
        if draw < 0.5:
            self.make_up(world)
        if draw < 0.1:
            pool = random.choice(self.stage.places).pool.address
            world.send(relayer, odd.me, "burn", pool, odd.has(pool) // 50)
        elif draw < 0.2:
            who = random.choice(self.stage.payees(self.stage.side))
            world.send(relayer, odd.me, "freeze", who, often(random, 0.4))
        else:
            way = HONEST if draw < 0.6 else random.choice(TOKEN_WAYS)
            world.send(relayer, odd.me, "behave", way)

    def short_token(self, world: World, random: Random) -> None:
        """Some of it is taken away; nothing of it is paid out until that is made up for."""
        odd, place = self.stage.odd, random.choice(self.stage.places)
        me, ways = place.model.address, self.ways_out(place)
        if not ways:
            return
        world.send(world.people.relayer, odd.me, "behave", HONEST)
        spare = odd.has(me) - place.model.needed(odd.address)
        if spare >= 0:
            world.send(world.people.relayer, odd.me, "burn", me, spare + 1)
        sender, name, args = random.choice(ways)
        world.send(sender, place.pool, name, *args)
        self.make_up(world)

    def ways_out(self, place: Place) -> list[tuple[Any, str, tuple[Any, ...]]]:
        """Payments of the odd token that could be made."""
        model, odd, world = place.model, self.stage.odd.address, self.stage.world
        to = world.people.outsider.address
        ways: list[tuple[Any, str, tuple[Any, ...]]] = []
        if place.steward is not None and model.free(0, odd):
            ways.append((place.steward, "spend", (0, odd, to, 1)))
        for earmark, spender in place.served[-10:]:
            if model.promised(earmark, odd):
                ways.append((spender, "release", (earmark, odd, to, 1)))
                ways.append((spender, "release_many", (earmark, odd, [1 << 160 | int(to, 16)])))
        for earmark, asset, who in place.gave[-20:]:
            ended = asset == odd and not place.is_open(world.now, earmark)
            if ended and model.due(earmark, odd, who):
                ways.append((who, "reclaim", (earmark, odd)))
        for asset, who in sorted(model.creditors):
            left = model.sum("failed", asset, who) - model.sum("withdrawn", asset, who)
            if asset == odd and left and who not in world.handles:
                ways.append((who, "withdraw", (odd, to)))
        return ways

    def make_up(self, world: World) -> None:
        """Somebody sends what is missing, so that the token is paid out again."""
        odd = self.stage.odd
        for place in self.stage.places:
            missing = place.model.needed(odd.address) - odd.has(place.model.address)
            if missing > 0:
                me = place.model.address
                world.send(world.people.relayer, odd.me, "mint", me, missing)

    def reentering_token(self, world: World, random: Random) -> None:
        """It calls the pool back while a gift is on its way."""
        odd, relayer = self.stage.odd, world.people.relayer
        place, patron = random.choice(self.stage.places), random.choice(self.stage.patrons)
        world.send(relayer, odd.me, "call_back", *self.inner_call(random, place))
        self.gifts.bring(world, random, place, patron, 0, odd.address, random.randint(1, 10**6))
        world.send(relayer, odd.me, "behave", HONEST)

    def inner_call(self, random: Random, place: Place) -> tuple[str, bytes]:
        """A call of a function that moves something: whom, and what."""
        pool, somebody = place.pool, self.stage.someone(random)
        calls: tuple[tuple[str, tuple[Any, ...]], ...] = (
            ("give", (0, ETH, 0, "", False)),
            ("sync", (ETH,)),
            ("withdraw", (ETH, somebody)),
            ("reclaim", (1, ETH)),
            ("release", (1, ETH, somebody, 1)),
        )
        return self.stage.world.said(Action(pool, *random.choice(calls)))

    def odd_payee(self, world: World, random: Random) -> None:
        """Good again, or bad in another way."""
        place, relayer = random.choice(self.stage.places), world.people.relayer
        draw = random.random()
        if draw < 0.25:
            held = world.said(Action(place.pool, "held", (ETH,)))
            call = held if often(random, 0.4) else self.inner_call(random, place)
            world.send(relayer, place.payee, "call_back", *call)
            return
        way = HONEST if draw < 0.6 else random.choice(PAYEE_WAYS)
        world.send(relayer, place.payee, "behave", way)

    def time(self, world: World, random: Random) -> None:
        """Seconds, hours, days; up to the end of an earmark, or the second before."""
        place = random.choice(self.stage.places)
        ends = [place.model.terms(earmark).deadline for earmark in place.earmarks()]
        soon = [end for end in ends if world.now < end <= world.now + 30 * DAY]
        if soon and often(random, 0.5):
            world.warp_to(random.choice(soon) - random.choice((1, 0, 0)))
            self.gifts.give(world, random)
            return
        world.warp(random.choice((0, 1, 60, 3600, DAY, 5 * DAY)))

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """The books are covered by what is there; only a token that robs the pool is short, by
        what it took since the members last accepted a loss."""
        for place in self.stage.places:
            for asset in self.stage.assets:
                assert place.model.needed(asset) <= self._there(place, asset), f"{asset} is missing"

    def _there(self, place: Place, asset: str) -> int:
        """What is really there, and what was robbed."""
        me, stage = place.model.address, self.stage
        if asset == ETH:
            return stage.world.wei[me]
        if asset == stage.side_grain.address:
            return stage.side_grain.sum("came", me) - stage.side_grain.sum("went", me)
        token = stage.token(asset)
        robbed: int = token.robbed(me) if asset == stage.odd.address else 0
        there: int = token.has(me)
        return there + robbed

    def compare(self) -> None:
        """Every view, of the general fund and the newest earmarks; and the sums of the books."""
        self.stage.world.journal.audit()
        for place in self.stage.places:
            self._balanced(place)
            self._told(place)
            self._views(place)
        self._tokens()
        self.curios.compare()

    def _balanced(self, place: Place) -> None:
        """All earmarks and all debts together are what is held; no earmark promises too much;
        what a bound earmark received is all its gifts, what was reclaimed is what patrons took."""
        model, earmarks = place.model, range(place.model.sum("opened") + 1)
        failed, withdrawn = self._by_asset(place, "failed"), self._by_asset(place, "withdrawn")
        gifts, taken = self._by_spot(place, "gift"), self._by_spot(place, "taken")
        for asset in self.stage.assets:
            balances = [model.balance(earmark, asset) for earmark in earmarks]
            promised = [model.promised(earmark, asset) for earmark in earmarks]
            assert all(0 <= p <= b for p, b in zip(promised, balances, strict=True))
            owed = failed[asset] - withdrawn[asset]
            assert sum(balances) + owed == model.booked(asset)
            for earmark in earmarks[1:]:
                if model.terms(earmark).restricted:
                    assert gifts[earmark, asset] == model.income(earmark, asset)
                    assert taken[earmark, asset] == model.sum("reclaimed", earmark, asset)

    def _told(self, place: Place) -> None:
        """The logs alone say the same of every earmark, asset and creditor."""
        model, told, me = place.model, self.stage.told, place.model.address
        for asset in self.stage.assets:
            assert told.held[me, asset] == model.booked(asset)
            for earmark in range(model.sum("opened") + 1):
                spot = me, earmark, asset
                assert told.balance[spot] == model.balance(earmark, asset)
                assert told.received[spot] == model.income(earmark, asset)
                assert told.reserved[spot] == model.promised(earmark, asset)
        failed = self.stage.world.journal.under(me, "failed")
        for asset, who in failed:
            owed = model.sum("failed", asset, who) - model.sum("withdrawn", asset, who)
            assert told.owed[me, asset, who] == owed

    def _by_asset(self, place: Place, what: str) -> Counter[str]:
        """What all accounts have of these facts."""
        found: Counter[str] = Counter()
        for (asset, _), amount in self.stage.world.journal.under(place.model.address, what).items():
            found[asset] += amount
        return found

    def _by_spot(self, place: Place, what: str) -> Counter[tuple[int, str]]:
        """What all patrons have of these facts."""
        found: Counter[tuple[int, str]] = Counter()
        known = self.stage.world.journal.under(place.model.address, what)
        for (earmark, asset, _), amount in known.items():
            found[earmark, asset] += amount
        return found

    def _views(self, place: Place) -> None:
        world, pool, model = self.stage.world, place.pool, place.model
        last = model.sum("opened")
        shown = [0, *range(max(1, last - SHOWN), last + 1)]
        for name in ("governor", "grain", "hub", "earmark_count"):
            world.ask(pool, name)
        for earmark in (*shown, last + 1):
            world.ask(pool, "earmark", earmark)
            world.ask(pool, "reclaimable", earmark, ETH, pool.address)
        for asset in self.stage.assets:
            world.ask(pool, "held", asset)
            world.ask(pool, "surplus", asset)
            world.ask(pool, "factor_of", asset)
            for earmark in shown:
                for name in ("balance_of", "received", "reserved", "unreserved"):
                    world.ask(pool, name, earmark, asset)
                world.ask(pool, "patron_grain_of", earmark, asset)
        world.ask(pool, "surplus", world.people.outsider.address)
        for asset, who in model.creditors:
            world.ask(pool, "owed", asset, who)
        for gift in place.gave[-SHOWN:]:
            world.ask(pool, "gift_of", *gift)
            world.ask(pool, "reclaimable", *gift)

    def _tokens(self) -> None:
        """What really is where."""
        world, stage = self.stage.world, self.stage
        for token in (stage.dollar, stage.odd, stage.vast):
            for place in stage.places:
                for account in (place.pool.address, *stage.payees(place)):
                    world.ask(token.me, "balanceOf", account)


def install(world: World) -> Component:
    """Both pools and their assets."""
    return Pools(stage_of(world))
