# SPDX-License-Identifier: AGPL-3.0-only
"""What a walk does with buy-ins: seasons in which one is due, paid well and badly, and given back.

Outside of a season nobody pays, so that the other ways in are what they are without it; seats that
were paid for stay paid for.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode

from tests.contracts.coop import DAY
from tests.contracts.evm import ETH, GAS_LIMIT
from tests.properties.model_buy_ins import LIMIT
from tests.properties.model_fickle import (
    ALLOWS_NOTHING,
    HONEST,
    KEEPS,
    REFUSES,
    TAXES,
    UNREADABLE,
    FickleModel,
)
from tests.properties.rules_pool_gifts import STINGY
from tests.properties.rules_pool_stage import Stage, stage_of
from tests.properties.world import QUICK_WAYS, Action, Rule, World

if TYPE_CHECKING:
    from tests.properties.rules_admission import Door

PURPOSE = ("ipfs://buy-ins", b"\x17" * 32)
PRICES = (1, 10**6, 10**9 + 7)
SEVERAL = 4
# Enough to leave, too little to be refunded as well.
LITTLE = 600_000
WAYS = ("accept", "accept_for", "join", "join_by_gate")


class BuyInSeasons:
    """Due for a while, in ETH, in a sound token, or in one that changes its ways."""

    def __init__(self, door: "Door") -> None:
        self.door, self.world, self.model = door, door.world, door.model
        self.stage: Stage = stage_of(self.world)
        self.fickle = FickleModel(self.world.deploy("FickleToken"), self.world.journal)
        self.world.model(self.fickle)
        admission, pool = self.world.admission.address, self.world.pool.address
        # what the fickle token does, and to whom
        self.tricks = (
            (REFUSES, admission),
            (TAXES, admission),
            (TAXES, pool),
            (KEEPS, pool),
            (REFUSES, pool),
            (ALLOWS_NOTHING, pool),
        )

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("buy-in: season", 2, self.season),
            Rule("buy-in: trouble", 3, self.trouble),
            Rule("buy-in: come back", 2, self.come_back),
            Rule("buy-in: refund", 3, self.refund),
            Rule("buy-in: leave", 2, self.leave),
            Rule("buy-in: odd opening", 1, self.odd_opening),
            Rule("buy-in: none is due", 1, self.none_is_due),
            Rule("buy-in: not by her", 1, self.trespass),
        ]

    # --- by vote --------------------------------------------------------------------------

    def enact(self, random: Random, *actions: Action) -> bool:
        """Done by the members?"""
        return bool(self.door.own.enact(*actions, random=random).ok)

    def opening(self, params: bytes, restricted: bool = False, deadline: int = 0) -> Action:
        """The call that opens an earmark for the Admission."""
        number = self.stage.home.model.sum("opened") + 1
        me = self.world.admission.address
        terms = (number, *PURPOSE, me, restricted, deadline, params)
        return Action(self.world.pool, "open_earmark", terms)

    def setting(self, amount: int) -> Action:
        """The call that sets what is due."""
        return Action(self.world.admission, "set_buy_in", (amount,))

    def begin(self, random: Random, asset: str, amount: int) -> bool:
        """From now on this is due, and the gate is open; the earmark in force serves if it can."""
        ways = replace(QUICK_WAYS, gate=self.door.gates.gate.me.address, joins_bps=10_000)
        price = self.model.buy_ins.price
        same = price.earmark and price.asset == asset
        due = self.setting(amount) if same else self.opening(terms(asset, amount))
        return self.enact(random, due, self.door.setting(ways))

    def end(self, random: Random) -> None:
        """Nothing is due any more."""
        self.enact(random, self.setting(0), self.door.setting(QUICK_WAYS))

    def offer(self, random: Random, several: list[Any]) -> None:
        """By vote, for some weeks."""
        addresses = [each.address for each in several]
        args = (addresses, self.world.now + 90 * DAY)
        self.enact(random, Action(self.world.admission, "offer", args))

    # --- paying ---------------------------------------------------------------------------

    def provide(self, payer: Any, amount: int) -> int:
        """Whoever pays has the means and allows them; what goes along as ETH."""
        asset = self.model.buy_ins.price.asset
        if asset == ETH:
            return amount
        world, token = self.world, self.world.models[asset].me
        world.send(world.people.relayer, token, "mint", payer.address, amount)
        world.send(payer, token, "approve", world.admission.address, amount)
        return 0

    def enter(self, way: str, candidate: Any, extra: int = 0, gas: int = GAS_LIMIT) -> bool:
        """By one of the ways in, the buy-in paid, or `extra` wei more than that."""
        payer, args = self.papers(way, candidate)
        value = self.provide(payer, self.model.buy_ins.price.amount) + extra
        admission = self.world.admission
        return bool(self.world.send(payer, admission, way, *args, value=value, gas=gas).ok)

    def papers(self, way: str, candidate: Any) -> tuple[Any, tuple[Any, ...]]:
        """Who brings what, so that she comes in now by that way."""
        world = self.world
        payer = candidate if way == "accept" else world.people.relayer
        if not self.model.places(world.now):
            world.warp(DAY)
        args: tuple[Any, ...] = ()
        if way != "accept":
            word = self.door.acceptance(candidate, world.now)
            args = (candidate.address, world.now, word)
        if way == "join":
            sponsors = self.door.settled()[: self.model.open_ways.sponsors]
            signed = [self.door.invitation(each, candidate, world.now) for each in sponsors]
            who = [each.address for each in sponsors]
            args = (candidate.address, world.now, who, signed, word)
        if way == "join_by_gate":
            args = (candidate.address, self.door.gates.proof(candidate), world.now, word)
        return payer, args

    def newcomer(self, way: str, random: Random) -> Any:
        """Somebody who can come in by that way; offered it before if need be."""
        strangers = self.door.strangers()
        callers = [e for e in strangers if self.door.own.ballots.can_call(e)]
        candidate = (callers or [self.door.own.actions.newcomer()])[0]
        if way in ("accept", "accept_for") and self.model.holds_until(candidate.address) < (
            self.world.now
        ):
            self.offer(random, [candidate])
        return candidate

    # --- seasons --------------------------------------------------------------------------

    def season(self, world: World, random: Random) -> None:
        """Several come in, by every way."""
        asset = world.deal(random, "buy-in assets", self.assets)
        if not self.begin(random, asset, random.choice(PRICES)):
            return
        for way in random.sample(WAYS, SEVERAL):
            candidate = self.newcomer(way, random)
            self.enter(way, candidate)
            if random.random() < 0.3:
                self.enact(random, self.setting(random.choice(PRICES)))
        self.end(random)

    @property
    def assets(self) -> tuple[str, ...]:
        """What may be due."""
        return ETH, self.stage.dollar.address, self.fickle.address

    def trouble(self, world: World, random: Random) -> None:
        """One wrong thing, by every way in."""
        wrong: tuple[Callable[[str, Random], None], ...] = (
            *(self._wrong_value, self._wei_with_a_token, self._without_means, self._short),
            *(self._brim, *[self._trick] * len(self.tricks)),
        )
        at = world.deal(random, "troubles", range(len(wrong)))
        asset = ETH if wrong[at] == self._wrong_value else self.fickle.address
        if not self.begin(random, asset, PRICES[2]):
            return
        if wrong[at] == self._trick:
            way, towards = self.tricks[at - len(wrong) + len(self.tricks)]
            world.send(world.people.relayer, self.fickle.me, "behave", way, towards)
        for way_in in WAYS:
            wrong[at](way_in, random)
        world.send(world.people.relayer, self.fickle.me, "behave", HONEST, ETH)
        self.end(random)

    def _trick(self, way: str, random: Random) -> None:
        candidate = self.newcomer(way, random)
        if self.fickle.way == ALLOWS_NOTHING and way == "accept":
            self._allow_before(candidate)
        self.enter(way, candidate)

    def _allow_before(self, payer: Any) -> None:
        """A token that allows nothing any more; the relayer's word is older."""
        world, token = self.world, self.fickle.me
        amount = self.model.buy_ins.price.amount
        world.send(world.people.relayer, token, "behave", HONEST, ETH)
        world.send(payer, token, "approve", world.admission.address, amount)
        world.send(world.people.relayer, token, "behave", ALLOWS_NOTHING, world.pool.address)

    def _wrong_value(self, way: str, random: Random) -> None:
        self.enter(way, self.newcomer(way, random), extra=1)

    def _wei_with_a_token(self, way: str, random: Random) -> None:
        self.enter(way, self.newcomer(way, random), extra=1)

    def _without_means(self, way: str, random: Random) -> None:
        """What she allowed before she has spent; the token says so."""
        world, candidate = self.world, self.newcomer(way, random)
        world.send(world.people.relayer, self.fickle.me, "behave", UNREADABLE, ETH)
        self.enter(way, candidate)
        world.send(world.people.relayer, self.fickle.me, "behave", HONEST, ETH)

    def _short(self, way: str, random: Random) -> None:
        """The pool has less of it than its books say."""
        world, pool, relayer = self.world, self.world.pool.address, self.world.people.relayer
        self.enter(way, self.newcomer(way, random))
        if self.fickle.has(pool):
            candidate = self.newcomer(way, random)
            world.send(relayer, self.fickle.me, "burn", pool, 1)
            self.enter(way, candidate)
            world.send(relayer, self.fickle.me, "mint", pool, 1)

    def _brim(self, way: str, random: Random) -> None:
        """More than the books can hold."""
        if self.model.buy_ins.price.amount != LIMIT - 1:
            self.enact(random, self.setting(LIMIT - 1))
        self.enter(way, self.newcomer(way, random))

    # --- back again -----------------------------------------------------------------------

    def come_back(self, world: World, random: Random) -> None:
        """Expelled, never refunded, and offered it anew: the old one first, and only then."""
        asset = world.deal(random, "assets to come back with", (self.fickle.address, ETH))
        if not self.begin(random, asset, PRICES[1]):
            return
        member = self.newcomer("accept", random)
        if not self.enter("accept", member):
            self.end(random)
            return
        self.enact(random, Action(world.governor, "remove", (member.address,)))
        self.offer(random, [member])
        way = world.deal(random, "ways to come back", WAYS[:2])
        self.enter(way, member, gas=LITTLE)
        if asset != ETH:
            pool, relayer = world.pool.address, world.people.relayer
            world.send(relayer, self.fickle.me, "burn", pool, 1)
            self.enter(way, member)
            world.send(relayer, self.fickle.me, "mint", pool, 1)
        self.enter(way, member)
        self.end(random)

    def paid(self, inside: bool) -> list[Any]:
        """Members, or others, whose seats are due something."""
        seats, known = self.model.buy_ins.paid, self.door.members.membership()
        return [
            each
            for each in self.door.own.people
            if self.model.seat_of(each.address) in seats and known.is_member(each.address) == inside
        ]

    def leave(self, world: World, random: Random) -> None:
        """Who paid: with too little gas, then with enough; of a pool that is short now and then."""
        callers = [e for e in self.paid(inside=True) if self.door.own.ballots.can_call(e)]
        if not callers or len(self.door.inside()) < SEVERAL:
            return
        member, short = random.choice(callers), random.random() < 0.3
        pool, relayer = world.pool.address, world.people.relayer
        world.send(member, world.admission, "leave", gas=LITTLE)
        short = short and self.fickle.has(pool) > 0
        if short:
            world.send(relayer, self.fickle.me, "burn", pool, 1)
        world.send(member, world.admission, "leave")
        if short:
            world.send(relayer, world.admission, "refund_buy_in", member.address)
            world.send(relayer, self.fickle.me, "mint", pool, 1)

    def refund(self, world: World, random: Random) -> None:
        """Of whom a vote removed; of a member; of who paid nothing."""
        relayer, admission = world.people.relayer, world.admission
        inside, outside = self.paid(inside=True), self.paid(inside=False)
        if inside and not outside and len(self.door.inside()) > SEVERAL:
            member = random.choice(inside)
            self.enact(random, Action(world.governor, "remove", (member.address,)))
            outside = self.paid(inside=False)
        if outside:
            account = random.choice(outside).address
            world.send(relayer, admission, "refund_buy_in", account, gas=STINGY)
            world.send(relayer, admission, "refund_buy_in", account)
        others = [*self.door.inside()[:2], world.people.outsider]
        world.send(relayer, admission, "refund_buy_in", random.choice(others).address)

    # --- wrong ----------------------------------------------------------------------------

    def odd_opening(self, world: World, random: Random) -> None:
        """An earmark that will not do; an amount before there is one, or too large."""
        right, me = terms(ETH, 1), self.world.people.outsider.address
        wrong = (
            self.opening(right, restricted=True),
            self.opening(right, deadline=world.now + 900 * DAY),
            self.opening(right[1:]),
            self.opening(b"\xff" * len(right)),
            self.opening(terms(me, 1)),
            self.opening(terms(ETH, LIMIT)),
            self.setting(LIMIT),
            Action(world.admission, "on_open", (1, right)),
        )
        self.enact(random, world.deal(random, "odd openings", wrong))

    def none_is_due(self, world: World, random: Random) -> None:
        """ETH comes along all the same."""
        way = world.deal(random, "ways without a buy-in", WAYS)
        if self.model.buy_ins.price.amount:
            return
        gate = replace(QUICK_WAYS, gate=self.door.gates.gate.me.address)
        if way == "join_by_gate" and not self.enact(random, self.door.setting(gate)):
            return
        self.enter(way, self.newcomer(way, random), extra=1)
        if way == "join_by_gate":
            self.enact(random, self.door.setting(QUICK_WAYS))

    def trespass(self, world: World, random: Random) -> None:
        """What only the pool or a vote may do."""
        calls: tuple[tuple[str, tuple[Any, ...]], ...] = (
            ("on_open", (1, terms(ETH, 1))),
            ("set_buy_in", (1,)),
        )
        name, args = world.deal(random, "doors for money", calls)
        world.send(world.people.outsider, world.admission, name, *args)
        if not self.model.buy_ins.price.earmark:
            self.enact(random, self.setting(1))

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """What is reserved is what seats are due; nothing stays in the Admission."""
        due: Counter[tuple[int, str]] = Counter()
        for price in self.model.buy_ins.paid.values():
            due[price.earmark, price.asset] += price.amount
        home = self.stage.home.model
        for (earmark, asset), amount in due.items():
            assert home.promised(earmark, asset) == amount
        me = self.world.admission.address
        assert not self.world.wei.get(me, 0)
        assert not self.fickle.has(me)
        assert not self.stage.dollar.has(me)

    def compare(self) -> None:
        """Every view."""
        ask, admission, pool = self.world.ask, self.world.admission, self.world.pool
        ask(admission, "buy_in")
        for person in self.door.own.people:
            ask(admission, "buy_in_of", person.address)
        for earmark in self.stage.home.earmarks():
            for view in ("balance_of", "reserved", "received"):
                ask(pool, view, earmark, self.fickle.address)


def terms(asset: str, amount: int) -> bytes:
    """What the Admission reads when an earmark is opened for it."""
    return encode(["address", "uint256"], [asset, amount])
