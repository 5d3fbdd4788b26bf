# SPDX-License-Identifier: AGPL-3.0-only
"""An attacker's contract among the actors: a relay, a member at times, and in every hook there is.

What it calls out of a hook is what somebody has called before, with the same arguments: every entry
of every contract of ours comes about, also those that only a vote or another part may use.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.contracts.coop import DAY
from tests.contracts.evm import ETH
from tests.properties.codec import nothing
from tests.properties.model_grain import WITHOUT_END, ZERO
from tests.properties.model_odd_token import OddTokenModel
from tests.properties.model_pool_curios import HONEST
from tests.properties.model_turncoat import TurncoatModel
from tests.properties.reach_odd import entries
from tests.properties.rules_admission import Door
from tests.properties.rules_pool import Pools
from tests.properties.rules_pool_stage import stage_of
from tests.properties.world import Action, Component, Rule, World

ENTRIES = [tuple(entry.split(".")) for entry in sorted(entries())]
MOST_BYTES = 4_096
PURSE, GIFT = 2**200, 1_000
PURPOSE = ("ipfs://turncoat", b"\x20" * 32)
PROOF = b"a gate that turns"
SLOTS, GUESTS = 8, 12
# With an empty list they do nothing, which they may do even in a static call.
LISTS = ("vote_by_signatures", "vote_by_wallets", "onERC1155BatchReceived")
ONE_BY_ONE = ("a token's transfer", "ETH", "ERC-721", "ERC-1155", "an opening", "ERC-1271")
A_WALK = 8
ASK_BACK = ("install", "set_dao_uri")


class Turncoats:
    """One contract, and a token that calls it."""

    name = "turncoat"

    def __init__(self, world: World) -> None:
        self.world, self.stage = world, stage_of(world)
        (self.door,) = [each for each in world.components if isinstance(each, Door)]
        (pools,) = [each for each in world.components if isinstance(each, Pools)]
        self.curios, self.own = pools.curios, self.door.own
        self.me = world.deploy("Turncoat")
        self.model = TurncoatModel(self.me, world.journal)
        world.model(self.model)
        world.signatures.turncoats[self.me.address] = lambda: self.model.signs(world)
        self.token = OddTokenModel(world.deploy("OddToken"), world.journal)
        world.model(self.token)
        homes = (world.governor, world.admission, world.hub, world.pool, world.grain)
        others = (world.distributor, world.clerk, world.identity)
        self.homes = {e.name: e for e in (*homes, *others)}
        self._prepare()

    def _prepare(self) -> None:
        world, relayer = self.world, self.world.people.relayer
        patron, pool = self.stage.patrons[0], self.stage.side.pool.address
        strike = world.said(Action(self.me, "strike", (0,)))
        world.send(relayer, self.token.me, "call_back", *strike)
        world.send(relayer, self.token.me, "mint", patron.address, PURSE)
        world.send(patron, self.token.me, "approve", pool, WITHOUT_END)
        world.send(relayer, self.stage.steward, "add_hub_part", self.me.address)

    def rules(self) -> Sequence[Rule]:
        """With their weights."""
        return [
            Rule("turncoat: strike", 72, self.strike),
            Rule("turncoat: strike by vote", 3, self.strike_by_vote),
            Rule("turncoat: as a gate", 1, self.as_a_gate),
            Rule("turncoat: join", 1, self.join),
            Rule("turncoat: pass on", 12, self.pass_on),
        ]

    # --- what it calls --------------------------------------------------------------------

    def entry(self, hook: str, a_walk: int = A_WALK) -> Action | None:
        """What somebody has called before; nothing where that does not fit."""
        contract, function = self.world.next_of(f"entries of {hook}", ENTRIES, a_walk)
        return self.known(contract, function)

    def known(self, contract: str, function: str) -> Action | None:
        """The last call of it, if it is not too long; else one with nothing in it."""
        home = self.homes[contract]
        kinds = home.functions[function].inputs
        empty = Action(home, function, tuple(nothing(kind) for kind in kinds))
        target, name, args = self.world.recent.get((contract, function), empty[:3])
        # Of a co-op that came to nothing, or that the Hub's model has laid down, there is no model:
        # neither as the target nor as the pool that a call of the Identity is about.
        if target.address not in self.world.models:
            target = home
        lost = contract == "Identity" and args and self._is_lost(args[0])
        action = Action(target, name, tuple(args))
        if lost or len(action.calldata) > MOST_BYTES:
            action = empty
        return None if function in LISTS and not action.args[2] else action

    def _is_lost(self, pool: Any) -> bool:
        """Whether something of ours stood there, and is not in this world any more."""
        models, said = self.world.models, isinstance(pool, str)
        return said and pool in self.world.handles and pool not in models

    def arm(self, action: Action, slot: int = 0) -> None:
        """From now on it will call this."""
        self.world.send(self.world.people.relayer, self.me, "arm", slot, *self.world.said(action))

    def fire(self, sender: Any, *call: Any) -> Any:
        """What calls it back; and by whom."""
        self.world.armed = True
        try:
            return self.world.send(sender, *call)
        finally:
            self.world.armed = False

    # --- hooks ----------------------------------------------------------------------------

    def strike(self, world: World, random: Random) -> None:
        """Through one hook."""
        del random
        hook = world.next_of("hooks", ONE_BY_ONE, A_WALK * len(ONE_BY_ONE))
        action = self.entry(hook)
        if action is None:
            return
        triggers: dict[str, Callable[[Action], None]] = {
            "a token's transfer": self.by_a_token,
            "ETH": self.by_eth,
            "ERC-721": self.by_a_collectible,
            "ERC-1155": self.by_many,
            "an opening": self.by_an_opening,
            "ERC-1271": self.by_a_signature,
        }
        triggers[hook](action)

    def by_a_token(self, action: Action) -> None:
        """Which is given to a pool."""
        self.arm(action)
        gift = (0, self.token.address, GIFT, "", False)
        self.fire(self.stage.patrons[0], self.stage.side.pool, "give", *gift)

    def by_eth(self, action: Action) -> None:
        """Which it is owed, because it refused it before."""
        world, place, me = self.world, self.stage.side, self.me
        if place.model.free(0, ETH) < 1:
            gift = (0, ETH, GIFT, "", False)
            world.send(world.people.outsider, place.pool, "give", *gift, value=GIFT)
        world.send(world.people.relayer, me, "refuse", True)
        world.send(self.stage.steward, place.pool, "spend", 0, ETH, me.address, 1)
        world.send(world.people.relayer, me, "refuse", False)
        self.arm(action)
        self.fire(me, place.pool, "withdraw", ETH, me.address)

    def _willing(self, model: Any) -> None:
        if model.noted(HONEST, "way") != HONEST:
            self.world.send(self.world.people.relayer, model.me, "behave", HONEST)

    def by_a_collectible(self, action: Action) -> None:
        """Which the members send it."""
        art, pool = self.curios.art, self.stage.side.pool
        self._willing(art)
        number = self.curios.print(self.world, pool.address)
        self.arm(action)
        self.fire(self.stage.steward, pool, "send_nft", art.address, self.me.address, number)

    def by_many(self, action: Action) -> None:
        """The same with a kind of which there are many."""
        stamps, pool = self.curios.stamps, self.stage.side.pool
        self._willing(stamps)
        self.world.send(self.world.people.relayer, stamps.me, "mint", pool.address, 0, 1)
        self.arm(action)
        what = (stamps.address, self.me.address, 0, 1)
        self.fire(self.stage.steward, pool, "send_multi_token", *what)

    def by_an_opening(self, action: Action) -> None:
        """Of an earmark whose spender it is."""
        place = self.stage.side
        self.arm(action)
        number = place.model.sum("opened") + 1
        terms = (number, *PURPOSE, self.me.address, False, 0, b"")
        self.fire(self.stage.steward, place.pool, "open_earmark", *terms)

    def by_a_signature(self, action: Action) -> None:
        """Which it is asked for; it has no offer, so nothing comes of it."""
        world = self.world
        self.arm(action)
        papers = (self.me.address, world.now, b"anything")
        self.fire(world.people.relayer, world.admission, "accept_for", *papers)

    # --- with votes -----------------------------------------------------------------------

    def strike_by_vote(self, _: World, random: Random) -> None:
        """A proposal has it strike, as often as fits in."""
        found = [self.entry("a vote", SLOTS * 2) for _ in range(SLOTS)]
        actions = [action for action in found if action is not None]
        dear = [action for action in actions if self._burns(action)]
        self._strike_together(random, [each for each in actions if each not in dear[1:]])
        for action in dear[1:]:
            self._strike_together(random, [action])

    def _burns(self, action: Action) -> bool:
        """The Hub asks its caller back, who strikes again and again until nearly all gas is gone:
        one vote has not enough for two of these."""
        return action.target.name == "Hub" and action.function in ASK_BACK

    def _strike_together(self, random: Random, actions: Sequence[Action]) -> None:
        world = self.world
        for slot, action in enumerate(actions):
            self.arm(action, slot)
        if not actions:
            return
        strikes = [Action(self.me, "strike", (slot,)) for slot in range(len(actions))]
        motion = self.own.propose(random, strikes)
        if motion is not None and self.own.see_ready(random, motion):
            content = self.own.content(motion)
            self.fire(world.people.relayer, world.governor, "execute", *content)

    def as_a_gate(self, world: World, random: Random) -> None:
        """The members have chosen it; its proof serves once."""
        gates = self.door.gates
        if self.door.model.buy_ins.price.amount or not gates.open(random, self.me.address):
            return
        for _ in range(GUESTS):
            action = self.entry("a gate", GUESTS)
            if action is None:
                continue
            self.arm(action)
            callers = [e for e in self.door.strangers() if self.door.own.ballots.can_call(e)]
            candidate = (callers or [self.door.own.actions.newcomer()])[0]
            papers = (candidate.address, PROOF, 0, b"")
            self.fire(candidate, world.admission, "join_by_gate", *papers)
        gates.close(random)

    # --- as an actor ----------------------------------------------------------------------

    def join(self, world: World, random: Random) -> None:
        """It becomes a member, in some worlds; whatever it strikes with is a member's then."""
        joined = self.door.model.joinings(self.me.address)
        if joined or self.door.model.buy_ins.price.amount or random.random() < 0.5:
            return
        if not self.door.model.places(world.now):
            world.warp(DAY)
        world.send(world.people.relayer, self.me, "arm", 0, ZERO, b"")
        sponsors = self.door.settled()[: self.door.model.open_ways.sponsors]
        signed = [self.door.invitation(each, self.me, world.now) for each in sponsors]
        who = [each.address for each in sponsors]
        papers = (self.me.address, world.now, who, signed, b"anything")
        self.fire(world.people.relayer, world.admission, "join", *papers)

    def pass_on(self, world: World, random: Random) -> None:
        """A relay: a member calls it, and it passes on what somebody has called before. Whoever it
        is for, the caller is the relay."""
        contract, function = random.choice(ENTRIES)
        action = self.known(contract, function)
        if action is None:
            return
        member = random.choice(world.people.founders)
        world.armed = True
        try:
            target, name, args = action.target, action.function, action.args
            world.send(self.me, target, name, *args, origin=member)
        finally:
            world.armed = False

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """It has no more of the grain and the dollar than somebody sent it: the models say that."""

    def compare(self) -> None:
        """What it is to the co-op."""
        for view in ("isMember", "part_words"):
            self.world.ask(self.world.governor, view, self.me.address)
        self.world.ask(self.stage.side.pool, "held", self.token.address)


def install(world: World) -> Component:
    """After all that it may turn on."""
    return Turncoats(world)
