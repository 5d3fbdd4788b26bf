# SPDX-License-Identifier: AGPL-3.0-only
"""What a walk does with the Hub: co-ops are made, or almost, and tried in their first second."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from tests.contracts.coop import DAY, ascending, originals, spenders
from tests.properties.model_governor_members import ZERO
from tests.properties.model_hub import HubModel, Implementations, Parts
from tests.properties.rules_governor import Governance
from tests.properties.world import QUICK_RULES, QUICK_WAYS, Action, Component, Rule, World

CHARTER = ("ipfs://charter", b"\x0c" * 32)
LONGEST_SEASON = 1_200
IDENTITY = b"\x77" * 32


class Making:
    """The Hub's share in a walk."""

    name = "hub"

    def __init__(self, world: World, governance: Governance) -> None:
        self.world, self.own = world, governance
        made = [*originals(world.chain), world.chain.implementation("Badges")]
        addresses = [*(each.address for each in made), world.identity.address]
        others = {kind: code.address for kind, code in spenders(world.chain)}
        self.model = HubModel(world.hub, Implementations._make(addresses), others)
        near = (world.pool, world.governor, world.admission, world.grain, world.distributor)
        self.model.enter("mill", Parts._make(each.address for each in near), CHARTER[0])
        world.model(self.model)
        self._names = 0

    def rules(self) -> Sequence[Rule]:
        """Seldom: the walk has one co-op to look after."""
        return [
            Rule("hub: a co-op", 2, self.make),
            Rule("hub: almost a co-op", 6, self.almost),
            Rule("hub: a first second", 1, self.first_second),
        ]

    # --- what is ordered ------------------------------------------------------------------

    def order(self, random: Random) -> dict[str, Any]:
        """All that `create_pool` takes, by name, good in every part."""
        people = self.world.people
        self._names += 1
        maintainers = ascending(random.sample(people.maintainers, random.randint(1, 3)))
        attesters = random.sample(people.attesters, random.randint(0, 3))
        founders = random.sample([*people.founders, *people.candidates], random.randint(1, 3))
        return {
            "name": f"mill-{self._names}",
            "charter": CHARTER,
            "rules": [rule.values() for rule in QUICK_RULES],
            "founders": [each.address for each in founders],
            "ways": QUICK_WAYS.values(),
            "maintainers": [(each.address, []) for each in maintainers],
            "needed": random.randint(1, len(maintainers)),
            "season": random.choice((0, 3, LONGEST_SEASON)),
            "attesters": [each.address for each in attesters],
            "attesters_needed": 1,
            "grain": (b"Grain".ljust(32, b"\0"), b"GRN".ljust(32, b"\0")),
            "buy_in": random.choice(((ZERO, 0), (ZERO, 10**17), (self.world.dollar.address, 50))),
        }

    def place(self, order: dict[str, Any], sender: Any) -> Parts | None:
        """The order as a call."""
        options = (
            *(order["ways"], order["maintainers"], order["needed"], order["season"]),
            *(order["attesters"], order["attesters_needed"], *order["grain"], *order["buy_in"]),
        )
        args = (order["name"], *order["charter"], order["rules"], order["founders"], options)
        sent = self.world.send(sender, self.world.hub, "create_pool", *args)
        return sent.answer if sent.ok else None

    # --- rules ----------------------------------------------------------------------------

    def make(self, world: World, random: Random) -> None:
        """A co-op."""
        self.place(
            self.order(random), random.choice((world.people.outsider, *world.people.founders))
        )

    def almost(self, world: World, random: Random) -> None:
        """One thing is wrong with the order."""
        order = self.order(random)
        change = world.deal(random, "bad orders", self._wrong(random, order))
        self.place(order | change, world.people.outsider)

    def _wrong(self, random: Random, order: dict[str, Any]) -> list[dict[str, Any]]:
        first = order["maintainers"][0][0]
        somebody, friend = self.world.people.attesters[:2]
        rules = list(QUICK_RULES)
        kind = random.randrange(len(rules))
        rules[kind] = self.own.actions.edge(random, rules[kind], kind, beyond=1)
        ways = list(QUICK_WAYS.values())
        wrong: tuple[int | str, ...] = (*[random.choice((0, 400 * DAY))] * 3, somebody.address)
        at = self.world.deal(random, "bad measures", range(4))
        ways[2 + at] = wrong[at]
        two = ascending([somebody, friend])
        return [
            {"name": random.choice(("", "ab"))},
            {"name": random.choice(("Mill", "a b c", "mill_", "m{}l", "a`b", "a/b", "a:b"))},
            {"name": random.choice(list(self.model.facts.named))},
            {"founders": []},
            {"founders": [order["founders"][0], ZERO]},
            {"founders": [order["founders"][0]] * 2},
            {"grain": (bytes(32), order["grain"][1])},
            {"grain": (order["grain"][0], bytes(32))},
            {"ways": (*order["ways"][:-1], somebody.address)},
            {"rules": [replace(r, delay=r.delay + 1).values() for r in QUICK_RULES]},
            {"buy_in": (somebody.address, 1)},
            {"buy_in": (ZERO, 2**128)},
            *[{"rules": [rule.values() for rule in rules]}] * 2,
            *[{"ways": tuple(ways)}] * 2,
            {"maintainers": [], "needed": 0},
            {"needed": random.choice((0, len(order["maintainers"]) + 1))},
            {"maintainers": [(each.address, []) for each in reversed(two)], "needed": 1},
            {"maintainers": [(ZERO, [])], "needed": 1},
            {"maintainers": [(first, [bytes(32)])], "needed": 1},
            {"maintainers": [(first, [IDENTITY, IDENTITY])], "needed": 1},
            {"season": LONGEST_SEASON + 1},
            {"attesters": [somebody.address], "attesters_needed": random.choice((0, 2))},
            {"attesters": [somebody.address] * 2, "attesters_needed": 1},
            {"attesters": [somebody.address, ZERO], "attesters_needed": 1},
        ]

    def first_second(self, world: World, random: Random) -> None:
        """A co-op of one: nobody may vote yet, and the last one stays."""
        founder = random.choice(world.people.founders)
        parts = self.place(self.order(random) | {"founders": [founder.address]}, founder)
        assert parts is not None, "a good order is not refused"
        governor, admission = world.handles[parts.governor], world.handles[parts.admission]
        columns = world.columns([Action(world.people.outsider)])
        world.send(founder, governor, "propose", *columns, "at once")
        world.send(founder, admission, "leave")
        world.send(founder, governor, "castVote", 1, 1)

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """Every pool has its governor."""
        facts = self.model.facts
        assert len(facts.named) == len(facts.governors)

    def compare(self) -> None:
        """Every view."""
        ask, hub = self.world.ask, self.world.hub
        for view in ("implementations", "identity", "version"):
            ask(hub, view)
        for name in ["", "nobody", *list(self.model.facts.named)[-5:]]:
            pool = ask(hub, "pool_named", name).answer
            ask(hub, "is_pool", pool)
            ask(hub, "governor_of", pool)


def install(world: World) -> Component:
    """The Hub's model and rules; after the Governor's."""
    (governance,) = [each for each in world.components if isinstance(each, Governance)]
    return Making(world, governance)
