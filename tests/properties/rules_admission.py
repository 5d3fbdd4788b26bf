# SPDX-License-Identifier: AGPL-3.0-only
"""What a walk does at the door: offers taken, invitations brought, members who leave."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from millpond.core import typed_data
from tests.contracts.coop import ACTIVE, AGAINST, DAY, QUEUED
from tests.properties.model_admission import LONGEST, AdmissionModel
from tests.properties.model_governor_members import ZERO
from tests.properties.rules_buy_ins import BuyInSeasons
from tests.properties.rules_gates import Gates
from tests.properties.rules_governor import Governance
from tests.properties.rules_governor_ballots import Ballot
from tests.properties.rules_rebinding import Rebindings
from tests.properties.signing import Meaning, message
from tests.properties.world import QUICK_WAYS, Action, Component, Rule, World

FEWEST, MOST = 5, 13
FEW = 4
SETTLED = DAY
SOON = 10 * DAY
# Not long enough for a new period, or just.
PAUSES = (DAY // 2, DAY - 1, DAY, DAY)


class Door:
    """The Admission's share in a walk."""

    name = "admission"

    def __init__(self, world: World, governance: Governance) -> None:
        self.world, self.own = world, governance
        self.members = governance.model
        self.model = AdmissionModel(world.admission, world.hub.address, self.members)
        self.model.facts.ways = QUICK_WAYS
        world.model(self.model)
        self.rebindings, self.gates = Rebindings(self), Gates(self)
        self.buy_ins = BuyInSeasons(self)

    def rules(self) -> Sequence[Rule]:
        """In and out, and what is wrong with both."""
        return [
            Rule("admission: accept", 4, self.accept),
            Rule("admission: offer", 2, self.offer),
            Rule("admission: join", 6, self.join),
            Rule("admission: leave", 2, self.leave),
            Rule("admission: ways", 1, self.switch),
            Rule("admission: odd acceptance", 3, self.accept_oddly),
            Rule("admission: odd join", 3, self.join_oddly),
            Rule("admission: odd papers", 2, self.papers),
            Rule("admission: crowd", 1, self.crowd),
            Rule("admission: squeeze", 1, self.squeeze),
            Rule("admission: not by her", 1, self.trespass),
            *self.rebindings.rules(),
            *self.gates.rules(),
            *self.buy_ins.rules(),
        ]

    # --- whom -----------------------------------------------------------------------------

    def outside(self) -> list[Any]:
        """Persons who are no members."""
        known = self.members.membership()
        return [each for each in self.own.people if not known.is_member(each.address)]

    def inside(self) -> list[Any]:
        """Members."""
        known = self.members.membership()
        return [each for each in self.own.people if known.is_member(each.address)]

    def strangers(self) -> list[Any]:
        """Persons who never were members and may be invited; a new one if nobody is left."""
        found = [each for each in self.outside() if not self.model.joinings(each.address)]
        return found or [self.own.actions.newcomer()]

    def settled(self) -> list[Any]:
        """Members for long enough to invite, by address."""
        known, now = self.members.membership(), self.world.now
        found = [each for each in self.inside() if self._since(known, each) + SETTLED <= now]
        return sorted(found, key=lambda each: int(each.address, 16))

    def _since(self, known: Any, person: Any) -> int:
        since: int = known.stay(person.address).held
        return since

    # --- signatures -----------------------------------------------------------------------

    def acceptance(self, candidate: Any, deadline: int) -> bytes:
        """Her word that she wants to come in."""
        return self.own.ballots.hand(candidate, self._meant(candidate, deadline))

    def _meant(self, candidate: Any, deadline: int) -> Meaning:
        address = candidate.address
        values = {
            "candidate": address,
            "timesJoined": self.model.joinings(address),
            "deadline": deadline,
        }
        return message(typed_data.ACCEPTANCE, self.world.admission, values)

    def invitation(self, sponsor: Any, candidate: Any, deadline: int) -> bytes:
        """A member's word for her."""
        address = candidate.address
        values = {
            "candidate": address,
            "timesJoined": self.model.joinings(address),
            "sponsor": sponsor.address,
            "deadline": deadline,
        }
        meant = message(typed_data.INVITATION, self.world.admission, values)
        return self.own.ballots.hand(sponsor, meant)

    # --- in -------------------------------------------------------------------------------

    def offered(self) -> list[Any]:
        """Who could accept now."""
        now = self.world.now
        return [each for each in self.outside() if self.model.holds_until(each.address) >= now]

    def offer(self, world: World, random: Random) -> None:
        """By vote, to a few, of whom some accept soon."""
        full = self.members.membership().count() >= MOST
        if full or not self.outside() or not self.model.open_ways.by_offer:
            return
        self.own.enact(*self.own.actions.offer(random), random=random)
        for _ in self.offered()[1:]:
            self.accept(world, random)

    def accept(self, world: World, random: Random) -> None:
        """An offer is taken, by the candidate or by whoever brings her word."""
        offered = self.offered()
        if not offered or not self.model.open_ways.by_offer:
            return
        if not self.model.places(world.now):
            world.warp(random.choice(PAUSES))
        candidate = random.choice(offered)
        until = self.model.facts.offers[candidate.address].until
        if until < world.now + SOON and random.random() < 0.5:
            world.warp_to(until)
        self._take(random, candidate)
        if random.random() < 0.4:
            self.act_at_once(random, candidate)

    def _take(self, random: Random, candidate: Any) -> None:
        world = self.world
        if self.own.ballots.can_call(candidate) and random.random() < 0.5:
            world.send(candidate, world.admission, "accept")
            return
        deadline = world.now + random.choice((0, DAY))
        args = (candidate.address, deadline, self.acceptance(candidate, deadline))
        world.send(world.people.relayer, world.admission, "accept_for", *args)

    def squeeze(self, world: World, random: Random) -> None:
        """By vote: one may join in a period, and several who are offered it try at once."""
        if len(self.outside()) < FEW:
            return
        self.own.enact(self.setting(replace(QUICK_WAYS, joins_bps=1)), random=random)
        several = [each.address for each in self.outside()[:FEW]]
        offer = Action(world.admission, "offer", (several, world.now + 90 * DAY))
        self.own.enact(offer, random=random)
        for candidate in self.offered():
            self._take(random, candidate)
        self.own.enact(self.setting(QUICK_WAYS), random=random)

    def join(self, world: World, random: Random) -> None:
        """Invited by enough members, brought by the candidate or by the relayer."""
        sponsors, ways = self.settled(), self.model.open_ways
        needed = min(ways.sponsors, self.members.membership().count())
        if not self.model.places(world.now):
            world.warp(random.choice(PAUSES))
            return
        full = self.members.membership().count() >= MOST
        if full or len(sponsors) < needed or not ways.by_invitation:
            return
        candidate = random.choice(self.strangers())
        chosen = self.ascending(random.sample(sponsors, needed))
        self._bring(random, candidate, chosen)
        if random.random() < 0.4:
            self.act_at_once(random, candidate)

    def ascending(self, people: Sequence[Any]) -> list[Any]:
        """As sponsors must come."""
        return sorted(people, key=lambda each: int(each.address, 16))

    def _bring(self, random: Random, candidate: Any, sponsors: Sequence[Any]) -> None:
        world = self.world
        deadline = world.now + random.choice((0, DAY, LONGEST))
        invitations = [self.invitation(each, candidate, deadline) for each in sponsors]
        alone = self.own.ballots.can_call(candidate) and random.random() < 0.5
        acceptance = b"" if alone else self.acceptance(candidate, deadline)
        sender = candidate if alone else world.people.relayer
        addresses = [each.address for each in sponsors]
        args = (candidate.address, deadline, addresses, invitations, acceptance)
        world.send(sender, world.admission, "join", *args)

    def act_at_once(self, random: Random, newcomer: Any) -> None:
        """What a newcomer may not do in the second in which she came: propose, vote, invite."""
        world = self.world
        way = world.deal(random, "at once", ("propose", "vote", "invite"))
        taken = self.own.odd.some_motion(random, ACTIVE, QUEUED)
        if way == "invite" and len(self.settled()) > 0:
            pair = self.ascending([newcomer, self.settled()[0]])
            self._bring(random, self.strangers()[0], pair)
        elif way == "vote" and taken is not None:
            self.own.ballots.anyhow(random, taken, Ballot(newcomer, AGAINST, 0))
        elif self.own.ballots.can_call(newcomer):
            columns = world.columns([Action(world.people.outsider)])
            args = (*columns, self.own.text(random, newcomer))
            world.send(newcomer, world.governor, "propose", *args)

    # --- out ------------------------------------------------------------------------------

    def leave(self, world: World, random: Random) -> None:
        """A member goes; who goes at once comes back at once now and then."""
        inside = [each for each in self.inside() if self.own.ballots.can_call(each)]
        if len(inside) <= FEWEST:
            return
        member = random.choice(inside)
        world.send(member, world.admission, "leave")
        if random.random() < 0.2:
            world.send(member, world.admission, "leave")

    # --- wrong ----------------------------------------------------------------------------

    def switch(self, world: World, random: Random) -> None:
        """By vote: a way in is closed, tried, and opened again."""
        offers = random.random() < 0.5
        closed = replace(QUICK_WAYS, by_offer=not offers, by_invitation=offers)
        outside = self.outside()
        if outside and offers:
            until = world.now + 90 * DAY
            offer = Action(world.admission, "offer", ([outside[0].address], until))
            self.own.enact(offer, random=random)
        self.own.enact(self.setting(closed), random=random)
        if outside and offers:
            world.ask(world.admission, "offered_until", outside[0].address)
            candidate = outside[0].address
            world.send(world.people.outsider, world.admission, "accept")
            signature = self.acceptance(outside[0], world.now)
            args = (candidate, world.now, signature)
            world.send(world.people.relayer, world.admission, "accept_for", *args)
            self.own.enact(offer, random=random)
        if not offers:
            self._bring(random, self.strangers()[0], [])
        self.own.enact(self.setting(QUICK_WAYS), random=random)

    def setting(self, ways: Any) -> Action:
        """The call that sets the ways in."""
        return Action(self.world.admission, "set_ways", (ways.values(),))

    def accept_oddly(self, world: World, random: Random) -> None:
        """Without an offer, too late, or in another's hand."""
        candidate = random.choice(self.offered() or self.outside() or self.inside())
        address, now = candidate.address, world.now
        way = world.deal(random, "acceptances", range(4))
        if way == 0:
            world.send(world.people.outsider, world.admission, "accept")
            return
        deadline = now - 1 if way == 1 else now + DAY
        signature = self.acceptance(candidate, deadline)
        if way == 2:
            signature = self.own.ballots.spoilt(random, signature)
        if way == 3:
            other = self._meant(candidate, deadline)
            signature = world.signatures.sign(world.people.outsider, other)
        args = (address, deadline, signature)
        world.send(world.people.relayer, world.admission, "accept_for", *args)

    def join_oddly(self, world: World, random: Random) -> None:
        """Invited by too few, in no order, by one who is no member or came too lately; a member."""
        sponsors = self.settled()
        if len(sponsors) < 2:
            return
        first, second = sponsors[:2]
        groups: list[list[Any]] = [
            *([], [first], [second, first], [first, first]),
            self.ascending([first, world.people.outsider]),
            self.with_newcomer(first) or [first, second],
        ]
        candidate, chosen = self.strangers()[0], world.deal(random, "sponsors", groups)
        if random.random() < 0.2:
            candidate, chosen = random.choice(self.inside()), [first, second]
        self._bring(random, candidate, chosen)

    def papers(self, world: World, random: Random) -> None:
        """Invitations that expired or never do, are spoilt or missing; another's acceptance."""
        sponsors = self.settled()
        if len(sponsors) < 2:
            return
        candidate, chosen = self.strangers()[0], sponsors[:2]
        way = world.deal(random, "papers", ("late", "spoilt", "missing", "other", "for ever"))
        times = {"late": -1, "for ever": LONGEST + 1}
        deadline = world.now + times.get(way, DAY)
        invitations = [self.invitation(each, candidate, deadline) for each in chosen]
        if way == "spoilt":
            invitations[-1] = self.own.ballots.spoilt(random, invitations[-1])
        if way == "missing":
            invitations.pop()
        acceptance = self.acceptance(candidate, deadline + (way == "other"))
        addresses = [each.address for each in chosen]
        args = (candidate.address, deadline, addresses, invitations, acceptance)
        world.send(world.people.relayer, world.admission, "join", *args)

    def with_newcomer(self, sponsor: Any) -> list[Any]:
        """Two sponsors of whom one came less than a day ago."""
        known, now = self.members.membership(), self.world.now
        fresh = [each for each in self.inside() if self._since(known, each) + SETTLED > now]
        return self.ascending([sponsor, fresh[0]]) if fresh else []

    def crowd(self, world: World, random: Random) -> None:
        """More invited than a period lets in, which begins anew a day after the last of them."""
        for _ in range(4):
            sponsors = self.settled()[: self.model.open_ways.sponsors]
            self._bring(random, self.strangers()[0], sponsors)
            world.warp(random.choice((0, 1, DAY // 2)))
        world.warp(random.choice(PAUSES))
        world.ask(world.admission, "joins_left")

    def trespass(self, world: World, random: Random) -> None:
        """What only the Hub or a vote may do; leaving without being there."""
        ways = QUICK_WAYS.values()
        calls: tuple[tuple[str, tuple[Any, ...]], ...] = (
            ("setup", (ways,)),
            ("set_ways", (ways,)),
            ("offer", ([ZERO], world.now + DAY)),
            ("leave", ()),
        )
        name, args = world.deal(random, "doors", calls)
        world.send(world.people.outsider, world.admission, name, *args)

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """Nobody joins beyond the measure of a period."""
        period = self.model.facts.period
        assert period is None or period.joined <= max(1, period.members)
        self.buy_ins.check()

    def compare(self) -> None:
        """Every view."""
        ask, admission = self.world.ask, self.world.admission
        for view in ("hub", "governor", "pool", "ways", "joins_left", "eip712Domain"):
            ask(admission, view)
        for person in self.own.people:
            ask(admission, "offered_until", person.address)
        for part in (self.rebindings, self.gates, self.buy_ins):
            part.compare()


def install(world: World) -> Component:
    """The Admission's model and rules; after the Governor's."""
    (governance,) = [each for each in world.components if isinstance(each, Governance)]
    return Door(world, governance)
