# SPDX-License-Identifier: AGPL-3.0-only
"""What a walk proposes to a Governor: mostly what can be done, sometimes wrong in one way."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from tests.contracts.coop import DAY, FOR, Rule, Ways
from tests.contracts.evm import ETH, address_of
from tests.properties.chain import Handle
from tests.properties.model import DEFAULT
from tests.properties.model_governor import BOUNDS, GovernorModel
from tests.properties.model_governor_members import ZERO
from tests.properties.model_puppet import UNLUCKY, PuppetModel
from tests.properties.world import HOUR, QUICK_RULES, Action, World

Draw = Callable[[Random], list[Action]]

FEW, MANY = 4, 12
BAD = 0.15
FIELDS = ("delay", "period", "timelock", "expiry", "quorum_bps", "approval_bps")


class Actions:
    """Draws the calls of a proposal."""

    def __init__(self, world: World, model: GovernorModel, people: list[Any]) -> None:
        self.world, self.model, self.people = world, model, people
        self.strangers = [self._puppet() for _ in range(2)]
        self.parts: list[Handle] = []
        self._good: list[Draw] = [
            *(self.pay, self.pay, self.call, self.pass_on, self.offer, self.offer, self.offer),
            *(self.offer, self.remove, self.rebind, self.rebind, self.rule, self.install),
            *(self.ways, self.several, self.unlisted),
        ]
        self._bad: list[Draw] = [
            *(self.bad_seat, self.bad_rule, self.bad_install),
            *(self.bad_offer, self.bad_ways, self.bad_call),
        ]

    def draw(self, random: Random) -> list[Action]:
        """Something to vote about."""
        if random.random() < BAD:
            return self.bad(random)
        return self.world.deal(random, "good actions", self._good)(random)

    def bad(self, random: Random) -> list[Action]:
        """Something that fails when it is carried out, whatever the vote was."""
        return self.world.deal(random, "bad actions", self._bad)(random)

    def _puppet(self) -> Handle:
        puppet = self.world.deploy("Puppet")
        self.world.model(PuppetModel(puppet))
        return puppet

    # --- money and strangers --------------------------------------------------------------

    def unreserved(self, asset: Any) -> int:
        """What the members may spend."""
        if self.world.pool.address not in self.world.models:
            return 0
        found: int = self.world.ask(self.world.pool, "unreserved", 0, address_of(asset)).answer
        return found

    def pay(self, random: Random) -> list[Action]:
        """A payment out of the general fund, to somebody or to the Governor itself."""
        asset = random.choice((ETH, self.world.dollar.address))
        people = self.world.people
        payee = random.choice((people.outsider, people.founders[0], self.world.governor))
        amount = random.randint(0, self.unreserved(asset)) // 2
        if not amount:
            return self.call(random)
        return [Action(self.world.pool, "spend", (0, asset, payee.address, amount))]

    def call(self, random: Random) -> list[Action]:
        """A call of a contract outside, or of a part."""
        target = random.choice(self.strangers + self.parts)
        consent = self.model.facts.parts.get(target.address)
        if consent is not None and consent.consent != bytes(4):
            target = self.strangers[0]
        return [Action(target, "decide", (random.randrange(UNLUCKY),))]

    def pass_on(self, random: Random) -> list[Action]:
        """ETH that the Pool pays to the Governor and the Governor to somebody; the rest returns."""
        most = self.unreserved(ETH)
        if most < 2:
            return self.call(random)
        amount = random.randint(2, most)
        spend = Action(self.world.pool, "spend", (0, ETH, self.world.governor.address, amount))
        target = self.strangers[0]
        part = random.choice((amount, amount // 2))
        onward = random.choice(
            (
                Action(target, "decide", (1,), part),
                Action(self.world.people.outsider, value=part),
                Action(target, value=part),
            )
        )
        return [spend, onward]

    # --- members --------------------------------------------------------------------------

    def outside(self) -> list[str]:
        """Who could become a member."""
        known = self.model.membership()
        return [a for a in (each.address for each in self.people) if not known.is_member(a)]

    def remove(self, random: Random) -> list[Action]:
        """Somebody goes."""
        members = self.model.membership().members()
        if len(members) < FEW:
            return self.offer(random)
        return [Action(self.world.governor, "remove", (random.choice(members),))]

    def rebind(self, random: Random) -> list[Action]:
        """The Admission is asked for a new key for somebody's seat."""
        known = self.model.membership()
        free = [a for a in (each.address for each in self.people) if a not in known.seat_of]
        if not free:
            free = [self.newcomer().address]
        old = random.choice(known.members())
        return [Action(self.world.admission, "rebind", (old, random.choice(free)))]

    def newcomer(self) -> Any:
        """Somebody who was never seen before."""
        newcomer = self.world.chain.actor(f"newcomer {len(self.people)}")
        self.world.people.everybody.append(newcomer)
        self.world.wei[newcomer.address] = self.world.chain.balance(newcomer)
        self.people.append(newcomer)
        return newcomer

    def offer(self, random: Random) -> list[Action]:
        """Membership for whoever accepts in time; who is a member by then is passed over."""
        outside = self.outside()
        if not outside or self.model.membership().count() > MANY:
            return self.remove(random)
        chosen = random.sample(outside, min(len(outside), random.randint(1, 4)))
        if random.random() < 0.3:
            chosen.append(random.choice(self.model.membership().members()))
        deadline = self.world.now + random.choice((8 * DAY, 90 * DAY, 366 * DAY))
        return [Action(self.world.admission, "offer", (chosen, deadline))]

    # --- rules and parts ------------------------------------------------------------------

    def rule(self, random: Random) -> list[Action]:
        """New rules, a little off the quick ones, at an edge now and then."""
        rules = []
        for kind, quick in enumerate(QUICK_RULES):
            changed = replace(
                quick,
                delay=random.choice((0, HOUR)),
                timelock=quick.timelock + random.choice((0, HOUR)),
                quorum_bps=quick.quorum_bps + random.choice((-500, 0, 500)),
                early=random.random() < 0.85,
            )
            rules.append(self.edge(random, changed, kind) if random.random() < 0.1 else changed)
        return [self.ruling(rules)]

    def ruling(self, rules: list[Rule]) -> Action:
        """The call that sets rules."""
        return Action(self.world.governor, "set_rules", ([rule.values() for rule in rules],))

    def edge(self, random: Random, rule: Rule, kind: int, beyond: int = 0) -> Rule:
        """One field as low or as high as it may be, or one beyond that."""
        at = self.world.deal(random, f"edges {beyond}", range(len(FIELDS)))
        least, most = list(BOUNDS.values())[at][kind]
        low = random.random() < 0.5 and least >= beyond
        changed: dict[str, Any] = {FIELDS[at]: least - beyond if low else most + beyond}
        return replace(rule, **changed)

    def install(self, random: Random) -> list[Action]:
        """A new part, with a consent function or without."""
        puppet = self._puppet()
        consent = random.choice((bytes(4), puppet.functions["decide"].selector))
        self.parts.append(puppet)
        return [Action(self.world.governor, "install", (puppet.address, consent))]

    def ways(self, random: Random) -> list[Action]:
        """Other ways in; mostly open ones."""
        ways = Ways(
            by_offer=random.random() < 0.9,
            by_invitation=random.random() < 0.9,
            sponsors=random.choice((1, 2, 2, 3, 16)),
            joins_bps=random.choice((1, 2500, 5000, 10_000)),
            period=random.choice((DAY, DAY, 7 * DAY, 366 * DAY)),
        )
        return [Action(self.world.admission, "set_ways", (ways.values(),))]

    def several(self, random: Random) -> list[Action]:
        """More than one call; the strictest decides."""
        draws = random.sample((self.pay, self.call, self.rebind, self.offer), 2)
        return [*draws[0](random), *draws[1](random)]

    def unlisted(self, random: Random) -> list[Action]:
        """A call of a part: a report, and what the table of classes does not name."""
        world = self.world
        report = ("ipfs://report", b"\x01" * 32)
        return [
            random.choice(
                (
                    Action(world.pool, "update", (0, *report)),
                    Action(world.pool),
                    Action(world.governor),
                    Action(world.governor, "castVote", (1, FOR)),
                    Action(world.hub, DEFAULT, (b"\x01\x02\x03\x04",)),
                    Action(world.pool, DEFAULT, (b"\x37\x2b\x24",)),
                )
            )
        ]

    # --- wrong in one way -----------------------------------------------------------------

    def bad_seat(self, random: Random) -> list[Action]:
        """Without her word, somebody who is not there, a seat that is taken."""
        governor, members = self.world.governor, self.model.membership().members()
        outside = self.outside() or [ZERO]
        member = random.choice(members)
        wrong = (
            Action(governor, "admit", (outside[:1],)),
            Action(governor, "remove", (outside[0],)),
            Action(governor, "rebind", (member, self.world.people.outsider.address)),
        )
        return [self.world.deal(random, "bad seats", wrong)]

    def bad_rule(self, random: Random) -> list[Action]:
        """One number out of its bounds, or a vote that is not of whole hours."""
        rules = list(QUICK_RULES)
        kind = random.randrange(len(rules))
        if random.random() < 0.3:
            odd = 5 * DAY + random.randrange(1, HOUR)
            changed: dict[str, Any] = {random.choice(FIELDS[:2]): odd}
            rules[kind] = replace(rules[kind], **changed)
        else:
            rules[kind] = self.edge(random, rules[kind], kind, beyond=1)
        return [self.ruling(rules)]

    def bad_install(self, random: Random) -> list[Action]:
        """No contract, one that is a part already, one that always was."""
        world = self.world
        known = (world.admission, world.pool, world.hub, world.governor, world.people.outsider)
        part = address_of(self.world.deal(random, "bad parts", known))
        return [Action(world.governor, "install", (part, bytes(4)))]

    def bad_offer(self, random: Random) -> list[Action]:
        """To nobody, too late, for too long, to the zero address."""
        admission, now = self.world.admission, self.world.now
        later, outside = now + 30 * DAY, self.outside() or [ZERO]
        wrong: tuple[tuple[list[str], int], ...] = (
            ([], later),
            (outside[:1], now),
            (outside[:1], now + 400 * DAY),
            ([ZERO], later),
        )
        return [Action(admission, "offer", self.world.deal(random, "bad offers", wrong))]

    def bad_ways(self, random: Random) -> list[Action]:
        """One measure out of its bounds."""
        wrong: tuple[dict[str, Any], ...] = (
            {"sponsors": 0},
            {"sponsors": 17},
            {"joins_bps": 0},
            {"joins_bps": 10_001},
            {"period": DAY - 1},
            {"period": 366 * DAY + 1},
            {"gate": self.world.people.outsider.address},
        )
        ways = replace(Ways(), **self.world.deal(random, "bad ways", wrong))
        return [Action(self.world.admission, "set_ways", (ways.values(),))]

    def bad_call(self, random: Random) -> list[Action]:
        """A call that fails, of nobody, of no function, or with money that is not there."""
        world, decide = self.world, self.strangers[0].functions["decide"].selector
        wrong = (
            Action(self.strangers[0], "decide", (UNLUCKY,)),
            Action(world.people.outsider, DEFAULT, (decide + bytes(32),)),
            Action(world.governor, DEFAULT, (b"\x12\x34\x56\x78",)),
            Action(self.strangers[0], "decide", (1,), 10**30),
        )
        return [self.world.deal(random, "bad calls", wrong)]
