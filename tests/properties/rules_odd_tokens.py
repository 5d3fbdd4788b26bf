# SPDX-License-Identifier: AGPL-3.0-only
"""Every way in which money moves through a pool, with a token that does every odd thing there is.

A tour deals (function, oddity): it brings the side pool into a state in which the function can be
called, makes the token odd, calls, and makes it sound again. What must come of it the models say.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.contracts.evm import GAS_LIMIT, Actor
from tests.contracts.odd_tokens import EATS_GAS, ENDLESS, ONE
from tests.properties.model_grain import WITHOUT_END
from tests.properties.model_odd_token import HONEST, LARGE, NEAR_THE_END, OddTokenModel
from tests.properties.reach_odd import (
    GIVER_LISTED,
    PAYEE_LISTED,
    POOL_LISTED,
    TOKENS,
    WAYS,
)
from tests.properties.rules_pool_gifts import FEW, NOTES
from tests.properties.rules_pool_promises import word
from tests.properties.rules_pool_stage import Stage, stage_of
from tests.properties.world import Component, Rule, World

HOUR = 3_600
A_WALK = 30
PURPOSE = ("ipfs://odd", b"\x19" * 32)
NO_PERMIT = (2**40, 27, b"\x01" * 32, b"\x02" * 32)
PURSE, SUPPLY, SOME = 2**200, 2**100, 10**9
INDEXES = {
    "rebased up": 3 * ONE // 2,
    "rebased up by a third": 4 * ONE // 3,
    "rebased down": 2 * ONE // 3,
}
ACCEPTED, BURNT, ERASED, NEAR = (
    "rebased down, and the loss accepted",
    "a unit was burnt",
    "lost its code",
    "near 2^256 about",
)
CALLS_BACK = "calls back"
PAIRS = [
    (function.removeprefix("Pool."), oddity)
    for function, oddities in TOKENS.items()
    if function.startswith("Pool.")
    for oddity in oddities
]


class OddToken:
    """One token, and how to make it odd and sound again."""

    def __init__(self, stage: Stage, model: OddTokenModel | None = None) -> None:
        self.stage, self.world = stage, stage.world
        self.model = model or OddTokenModel(self.world.deploy("OddToken"), self.world.journal)
        if model is None:
            self.world.model(self.model)
        self.address = self.model.address
        self._undo: list[Callable[[], Any]] = []

    def say(self, function: str, *args: Any) -> None:
        """Anyone may."""
        self.world.send(self.world.people.relayer, self.model.me, function, *args)

    def begin(self, oddity: str, pool: Any, giver: str, payee: str) -> None:
        """From now on it is odd in this way, towards these."""
        if oddity == CALLS_BACK:
            self.say("call_back", *self.stage.locked_call(pool))
            self._undo.append(lambda: self.say("behave", HONEST))
        elif oddity in WAYS[1:]:
            self.say("behave", 1 << WAYS.index(oddity) - 1)
            self._undo.append(lambda: self.say("behave", HONEST))
        elif oddity in INDEXES:
            self.say("rebase", INDEXES[oddity])
            self._undo.append(lambda: self.say("rebase", ONE))
        elif oddity in (GIVER_LISTED, PAYEE_LISTED, POOL_LISTED):
            who = {GIVER_LISTED: giver, PAYEE_LISTED: payee, POOL_LISTED: pool.address}[oddity]
            self.say("freeze", who, True)
            self._undo.append(lambda: self.say("freeze", who, False))
        elif oddity == BURNT:
            self._burn(pool)
        elif oddity == ERASED:
            self.world.erase(self.model)
            self._undo.append(lambda: self.world.bring_back(self.model))
        elif oddity == NEAR:
            holder = self.world.people.outsider.address
            self.say("mint", holder, NEAR_THE_END)
            self._undo.append(lambda: self.say("burn", holder, NEAR_THE_END))

    def _burn(self, pool: Any) -> None:
        """Just so much that it is short."""
        known = self.world.models[pool.address]
        spare = self.model.has(pool.address) - known.needed(self.address)  # type: ignore[attr-defined]
        if spare >= 0 and self.model.has(pool.address):
            self.say("burn", pool.address, spare + 1)

    def heal(self, *pools: Any) -> None:
        """Sound, and nothing is missing."""
        while self._undo:
            self._undo.pop()()
        for pool in pools:
            known: Any = self.world.models[pool.address]
            missing = known.needed(self.address) - self.model.has(pool.address)
            if missing > 0:
                self.say("mint", pool.address, missing)

    @property
    def gas(self) -> int:
        """Whoever burns all gas gets less of it."""
        return FEW if self.model.way in (EATS_GAS, ENDLESS) else GAS_LIMIT


class Stock:
    """A token in the side pool: some in the general fund, some promised, some to be reclaimed."""

    def __init__(self, stage: Stage, promised: int) -> None:
        self.stage, self.world, self.pool = stage, stage.world, stage.side.pool
        self.books, self.promised = stage.side.model, promised
        self.odd = OddToken(stage)
        self.asset = self.odd.address
        self.ready: list[tuple[int, Actor]] = []  # earmarks that end, and who gave to them
        for patron in stage.patrons[:3]:
            self.odd.say("mint", patron.address, PURSE)
            self.world.send(patron, self.odd.model.me, "approve", self.pool.address, WITHOUT_END)

    @property
    def sound(self) -> bool:
        """No loss of it was accepted."""
        return self.books.factor(self.asset) == ONE

    def give(self, earmark: int, amount: int, patron: Actor | None = None) -> None:
        """A gift of a sound token."""
        gift = (earmark, self.asset, amount, "", False)
        self.world.send(patron or self.stage.patrons[0], self.pool, "give", *gift)

    def fill(self, earmark: int, least: int) -> None:
        """So that so much is free there."""
        if self.books.free(earmark, self.asset) < least:
            self.give(earmark, SUPPLY)

    def reserve(self, least: int) -> None:
        """So that so much is promised."""
        if self.books.promised(self.promised, self.asset) < least:
            self.fill(self.promised, SUPPLY // 2)
            what = (self.promised, self.asset, SUPPLY // 2)
            self.world.send(self.stage.spenders[0], self.pool, "reserve", *what)

    def owe(self, account: str) -> None:
        """A payment that fails."""
        self.fill(0, 2 * SOME)
        self.odd.say("freeze", account, True)
        args = (0, self.asset, account, SOME)
        self.world.send(self.stage.steward, self.pool, "spend", *args)
        self.odd.say("freeze", account, False)

    def end_an_earmark(self) -> None:
        """Bound gifts of some patrons, of which nothing was used."""
        now, number = self.world.now, self.books.sum("opened") + 1
        spender = self.stage.spenders[0].address
        terms = (number, *PURPOSE, spender, True, now + HOUR, b"")
        if not self.world.send(self.stage.steward, self.pool, "open_earmark", *terms).ok:
            return
        for patron in self.stage.patrons[:3]:
            self.give(number, SOME, patron)
            self.ready.append((number, patron))
        self.world.warp(HOUR)


class OddTokens:
    """The tour."""

    name = "odd tokens"

    def __init__(self, world: World) -> None:
        self.stage, self.world = stage_of(world), world
        self.pool, self.books = self.stage.side.pool, self.stage.side.model
        self.stocks: list[Stock] = []
        self.lossy: Stock | None = None
        self.promised = 0

    def rules(self) -> list[Rule]:
        """One thing at a time."""
        return [Rule("odd tokens: tour", 40, self.tour)]

    def stock(self, random: Random, oddity: str) -> Stock:
        """Of a token that is as the oddity needs it."""
        if not self.promised:
            self._open()
        if not self.stocks:
            self.stocks.append(Stock(self.stage, self.promised))
        if oddity != ACCEPTED:
            return self.stocks[-1]
        if self.lossy is None:
            self._lose(self.stocks.pop())
            return self.stock(random, oddity)
        return self.lossy

    def _open(self) -> None:
        number = self.books.sum("opened") + 1
        spender = self.stage.spenders[0].address
        terms = (number, *PURPOSE, spender, False, 0, b"")
        self.world.send(self.stage.steward, self.pool, "open_earmark", *terms)
        self.promised = number

    def _lose(self, stock: Stock) -> None:
        """A third of it, and the loss is accepted."""
        stock.fill(0, SOME)
        gone = stock.odd.model.has(self.pool.address) // 3
        stock.odd.say("burn", self.pool.address, gone)
        self.world.send(self.stage.steward, self.pool, "accept_loss", stock.asset, 1)
        self.lossy = stock

    # --- one cell -------------------------------------------------------------------------

    def tour(self, world: World, random: Random) -> None:
        """A function, an oddity."""
        function, oddity = world.next_of("odd tokens", PAIRS, A_WALK)
        stock = self.stock(random, oddity)
        patron = random.choice(self.stage.patrons[:3])
        payee = random.choice(self.stage.patrons).address
        draws = {
            "give": self.give,
            "give_with_permit": self.give,
            "sync": self.come_by_itself,
            "put_back": self.come_by_itself,
            "accept_loss": self.lose,
            "spend": self.spend,
            "release": self.release,
            "release_many": self.release,
            "reclaim": self.reclaim,
            "withdraw": self.withdraw,
        }
        found = draws[function](random, stock, function, patron, payee)
        if found is None:
            return
        sender, args, giver, paid = found
        stock.odd.begin(oddity, self.pool, giver, paid)
        sent = world.send(sender, self.pool, function, *args, gas=stock.odd.gas)
        if function == "reclaim" and sent.ok:
            stock.ready.remove((args[0], sender))
        stock.odd.heal(self.pool)
        if not stock.sound and stock in self.stocks:
            self.stocks.remove(stock)
            self.lossy = stock

    def amount(self, random: Random) -> int:
        """Small, ordinary, or larger than some tokens take."""
        return random.choice((1, SOME, SOME + 77, LARGE))

    def give(
        self, random: Random, stock: Stock, function: str, patron: Actor, payee: str
    ) -> tuple[Any, ...]:
        """A gift, of all there is now and then."""
        amount = random.choice((self.amount(random), self.amount(random), WITHOUT_END))
        if amount == WITHOUT_END:
            token = stock.odd.model.me
            self.world.send(patron, token, "approve", self.pool.address, WITHOUT_END)
        args: tuple[Any, ...] = (0, stock.asset, amount, random.choice(NOTES), False)
        if function == "give_with_permit":
            args = (*args, *NO_PERMIT)
        return patron, args, patron.address, payee

    def come_by_itself(
        self, random: Random, stock: Stock, function: str, patron: Actor, payee: str
    ) -> tuple[Any, ...]:
        """A transfer without a gift, or none."""
        amount = self.amount(random)
        if random.random() < 0.8:
            stock.odd.say("mint", self.pool.address, amount)
        args = (stock.asset,) if function == "sync" else (stock.asset, amount)
        return self.stage.steward, args, patron.address, payee

    def lose(
        self, random: Random, stock: Stock, function: str, patron: Actor, payee: str
    ) -> tuple[Any, ...]:
        """Some of it is gone, mostly."""
        del function
        stock.fill(0, SOME)
        if random.random() < 0.5:
            gone = stock.odd.model.has(self.pool.address) // 10
            stock.odd.say("burn", self.pool.address, gone)
        return self.stage.steward, (stock.asset, 1), patron.address, payee

    def spend(
        self, random: Random, stock: Stock, function: str, patron: Actor, payee: str
    ) -> tuple[Any, ...]:
        """By the steward."""
        del function
        stock.fill(0, LARGE)
        args = (0, stock.asset, payee, self.amount(random))
        return self.stage.steward, args, patron.address, payee

    def release(
        self, random: Random, stock: Stock, function: str, patron: Actor, payee: str
    ) -> tuple[Any, ...]:
        """By the spender, to one or to three."""
        stock.reserve(2 * LARGE)
        amount = self.amount(random)
        args: tuple[Any, ...] = (stock.promised, stock.asset, payee, amount)
        if function == "release_many":
            several = [word(payee, min(amount, LARGE - 1)), word(patron.address, 1), word(payee, 2)]
            args = (*args[:2], several)
        return self.stage.spenders[0], args, patron.address, payee

    def reclaim(
        self, random: Random, stock: Stock, function: str, patron: Actor, payee: str
    ) -> tuple[Any, ...] | None:
        """By a patron of an earmark that has ended."""
        del function, patron, payee
        if not stock.ready:
            stock.end_an_earmark()
        if not stock.ready:
            return None
        earmark, who = random.choice(stock.ready)
        return who, (earmark, stock.asset), who.address, who.address

    def withdraw(
        self, random: Random, stock: Stock, function: str, patron: Actor, payee: str
    ) -> tuple[Any, ...]:
        """By whoever is owed, to somebody else."""
        del random, function
        if not self.books.owed(None, stock.asset, patron.address):  # type: ignore[arg-type]
            stock.owe(patron.address)
        return patron, (stock.asset, payee), patron.address, payee

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """What is there covers the books."""
        for stock in filter(None, (*self.stocks, self.lossy)):
            needed = self.books.needed(stock.asset)
            assert needed <= stock.odd.model.has(self.pool.address), f"{stock.asset} is missing"

    def compare(self) -> None:
        """The books of each."""
        ask = self.world.ask
        for stock in filter(None, (*self.stocks, self.lossy)):
            for view in ("held", "surplus", "factor_of"):
                ask(self.pool, view, stock.asset)
            for earmark in (0, stock.promised):
                for view in ("balance_of", "received", "reserved"):
                    ask(self.pool, view, earmark, stock.asset)
            for patron in self.stage.patrons:
                ask(self.pool, "owed", stock.asset, patron.address)
                ask(stock.odd.model.me, "balanceOf", patron.address)


def install(world: World) -> Component:
    """After the pools."""
    return OddTokens(world)
