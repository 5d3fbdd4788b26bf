# SPDX-License-Identifier: AGPL-3.0-only
"""What a walk does with the Hub when a pool is there: install, badges, its URI; and with Pins."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from millpond.core.canonical import keccak256
from tests.contracts.coop import ascending
from tests.contracts.evm import ETH
from tests.properties.chain import Handle
from tests.properties.model_badges import PinsModel
from tests.properties.model_hub import BADGES_KIND, DISTRIBUTOR_KIND, SPENDER_KINDS, HubModel
from tests.properties.rules_hub import Making
from tests.properties.world import Action, Component, Rule, World

WORD = bytes(32)
URIS = ("", "ipfs://about-us", "https://mill.example/dao.json")
Wrong = tuple[str, tuple[Any, ...]]


class Later:
    """The Hub's share in the life of a pool, and what looks at it."""

    name = "hub, later"

    def __init__(self, world: World, making: Making) -> None:
        self.world, self.hub = world, making.model
        self.pins = PinsModel(world.deploy("Pins"))
        world.model(self.pins)
        self.badges: Handle | None = None

    def rules(self) -> Sequence[Rule]:
        """Seldom, as in life."""
        return [
            Rule("hub: install by vote", 1, self.install),
            Rule("hub: install a spender by vote", 1, self.install_spender),
            Rule("hub: install otherwise", 1, self.install_otherwise),
            Rule("hub: set a URI", 1, self.set_uri),
            Rule("hub: badges", 1, self.make_badges),
            Rule("badges: moved", 1, self.move_badges),
            Rule("pins: asked", 3, self.ask_pins),
            Rule("pins: in front", 1, self.pin_in_front),
        ]

    # --- the Hub --------------------------------------------------------------------------

    def setup_call(self, random: Random) -> bytes:
        """What a new distributor is to be told, mostly good."""
        people = ascending(random.sample(self.world.people.everybody[:12], random.randint(1, 3)))
        named: list[tuple[str, list[bytes]]] = [(each.address, []) for each in people]
        needed = random.choice((1, len(named), len(named), len(named) + 1))
        return self.world.distributor.calldata("setup", named, needed, random.randint(0, 5))

    def install(self, world: World, random: Random) -> None:
        """By vote; it is where `next_install` said. Rarely another kind or another call."""
        call, kind = self.setup_call(random), DISTRIBUTOR_KIND
        draw = random.random()
        if draw < 0.15:
            kind = random.choice((WORD, BADGES_KIND))
        elif draw < 0.3:
            call = random.choice((b"", call[:3], world.distributor.calldata("set_season", 3)))
        self.enact_install(random, kind, call)

    def install_spender(self, world: World, random: Random) -> None:
        """Of any kind, by vote. Rarely with a setup, which none of them takes."""
        kind = random.choice(list(SPENDER_KINDS))
        call = random.choice((b"\0", self.setup_call(random))) if random.random() < 0.1 else b""
        part = self.enact_install(random, kind, call)
        if part is not None:
            for view in ("hub", "pool", "governor"):
                world.ask(world.handles[part], view)

    def enact_install(self, random: Random, kind: bytes, call: bytes) -> str | None:
        """Where it is, which `next_install` has said before; None if it was refused."""
        world = self.world
        said = world.ask(world.hub, "next_install", world.pool.address, kind, call)
        done = world.enact(Action(world.hub, "install", (kind, call)), random=random)
        if not done.ok:
            return None
        assert world.ask(world.governor, "is_hub_part", said.answer).answer
        return str(said.answer)

    def install_otherwise(self, world: World, random: Random) -> None:
        """By somebody who is no Governor."""
        who = random.choice(world.people.everybody)
        world.send(who, world.hub, "install", DISTRIBUTOR_KIND, self.setup_call(random))
        world.send(who, world.hub, "set_dao_uri", random.choice(URIS))

    def set_uri(self, world: World, random: Random) -> None:
        """By vote."""
        world.enact(Action(world.hub, "set_dao_uri", (random.choice(URIS),)), random=random)

    def make_badges(self, world: World, random: Random) -> None:
        """Of this pool, of another, once more, of none."""
        names = ["mill", "mill", "nobody", *list(self.hub.facts.named)[-2:]]
        name = random.choice(names)
        sent = world.send(random.choice(world.people.everybody), world.hub, "make_badges", name)
        if sent.ok and name == "mill":
            self.badges = world.handles[sent.answer]

    # --- badges ---------------------------------------------------------------------------

    def move_badges(self, world: World, random: Random) -> None:
        """It never works."""
        if self.badges is None:
            return
        owner, to = random.sample(world.people.everybody, 2)
        number = int(owner.address, 16)
        calls: list[Wrong] = [
            ("transferFrom", (owner.address, to.address, number)),
            ("safeTransferFrom", (owner.address, to.address, number, b"please")),
            ("safeTransferFrom/3", (owner.address, to.address, number)),
            ("approve", (to.address, number)),
            ("setApprovalForAll", (to.address, True)),
        ]
        function, args = world.deal(random, "badges", calls)
        world.send(owner, self.badges, function, *args)

    def look_at_badges(self) -> None:
        """Every view, of members and of others."""
        world, badges = self.world, self.badges
        if badges is None:
            return
        for view in ("name", "symbol", "daoURI", "hub", "pool", "governor"):
            world.ask(badges, view)
        accounts = [world.people.founders[0], world.people.candidates[0], world.people.outsider]
        numbers = [int(each.address, 16) for each in accounts]
        for number in (*numbers, 0, 2**160, numbers[0] + 2**160):
            for view in ("ownerOf", "locked", "getApproved", "tokenURI"):
                world.ask(badges, view, number)
        for account in (*(each.address for each in accounts), ETH):
            world.ask(badges, "balanceOf", account)
        world.ask(badges, "isApprovedForAll", accounts[0].address, accounts[1].address)
        for interface_id in (b"\xb4\x5a\x3c\x0e", b"\xff" * 4):
            world.ask(badges, "supportsInterface", interface_id)

    # --- pins -----------------------------------------------------------------------------

    def pins_now(self, random: Random) -> list[Wrong]:
        """What holds in this second."""
        world = self.world
        question = world.governor.calldata("member_count")
        self.pins.questions[question] = (world.governor, "member_count", ())
        count = world.ask(world.governor, "member_count").answer
        target = random.choice((world.pool, world.hub, world.grain))
        somebody = random.choice(world.people.everybody).address
        has = world.ask(world.grain, "balanceOf", somebody).answer
        return [
            ("require_code", (target.address, keccak256(world.chain.code(target)))),
            ("require_balance", (world.grain.address, somebody, has)),
            ("require_balance", (ETH, somebody, world.wei[somebody])),
            ("require_answer", (world.governor.address, question, keccak256(count.to_bytes(32)))),
            ("require_time", (world.now, world.now)),
        ]

    def ask_pins(self, world: World, random: Random) -> None:
        """As it is, and as it is not."""
        for function, args in self.pins_now(random):
            world.ask(self.pins.me, function, *args)
            world.ask(self.pins.me, function, *self._untrue(function, args))
            if function == "require_answer":
                world.ask(self.pins.me, function, world.people.relayer.address, *args[1:])

    def _untrue(self, function: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
        change: dict[str, Callable[[], tuple[Any, ...]]] = {
            "require_code": lambda: (args[0], WORD),
            "require_balance": lambda: (*args[:2], args[2] + 1),
            "require_answer": lambda: (*args[:2], WORD),
            "require_time": lambda: (args[0] + 1, args[1] + 1),
        }
        return change[function]()

    def pin_in_front(self, world: World, random: Random) -> None:
        """Of a proposal: what is behind happens only if the pin holds on that day."""
        pins: list[Wrong] = [
            ("require_code", (world.pool.address, keccak256(world.chain.code(world.pool)))),
            ("require_code", (world.pool.address, WORD)),
            ("require_time", (0, world.now + 10**9)),
            ("require_time", (0, world.now)),
        ]
        function, args = world.deal(random, "pins in front", pins)
        behind = Action(world.hub, "set_dao_uri", (random.choice(URIS),))
        world.enact(Action(self.pins.me, function, args), behind, random=random)

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """Each pool has badges once at most."""
        made = list(self.hub.facts.badges.values())
        assert len(made) == len(set(made))

    def compare(self) -> None:
        """Every view."""
        ask, hub, facts = self.world.ask, self.world.hub, self.hub.facts
        ask(hub, "kinds")
        for kind in (DISTRIBUTOR_KIND, BADGES_KIND, *SPENDER_KINDS, WORD):
            ask(hub, "implementation", kind)
        call = self.world.distributor.calldata("setup", [], 1, 1)
        for pool in (*list(facts.governors)[-3:], ETH):
            ask(hub, "badges_of", pool)
            ask(hub, "daoURI", pool)
            for kind in (DISTRIBUTOR_KIND, WORD):
                ask(hub, "next_install", pool, kind, call)
            for kind in SPENDER_KINDS:
                ask(hub, "next_install", pool, kind, b"")
        self.look_at_badges()


def install(world: World) -> Component:
    """After the Hub's own."""
    (making,) = [each for each in world.components if isinstance(each, Making)]
    assert isinstance(making.model, HubModel)
    return Later(world, making)
