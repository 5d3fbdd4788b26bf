# SPDX-License-Identifier: AGPL-3.0-only
"""What a walk does about lost keys: another is asked for, objected to, completed, or forgotten."""

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from millpond.core import typed_data
from tests.contracts.coop import DAY
from tests.properties.model_admission import MOST_SPONSORS
from tests.properties.model_governor_members import ZERO
from tests.properties.model_rebinding import OPEN_FOR, WEEK, YEAR
from tests.properties.signing import message
from tests.properties.world import QUICK_WAYS, Action, Rule, World

if TYPE_CHECKING:
    from tests.properties.rules_admission import Door


# An expulsion leaves so many.
FEWEST = 4
EXPULSIONS = ("member", "moved", "moved", "times", "gone", "nobody")


class Rebindings:
    """By a vote and by sponsors."""

    def __init__(self, door: "Door") -> None:
        self.door, self.world, self.model = door, door.world, door.model
        self.begun: list[tuple[Any, Any]] = []  # who asked for what; some of it is over
        self.used: list[tuple[Any, tuple[Any, ...]]] = []

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("rebind: by vote", 2, self.by_vote),
            Rule("rebind: by sponsors", 4, self.by_sponsors),
            Rule("rebind: end", 6, self.end),
            Rule("rebind: several", 1, self.several),
            Rule("rebind: odd vote", 1, self.odd_vote),
            Rule("rebind: odd sponsors", 3, self.odd_sponsors),
            Rule("rebind: odd end", 3, self.odd_end),
            Rule("rebind: wait", 1, self.wait),
            Rule("rebind: expel", 3, self.expel),
        ]

    # --- whose and what -------------------------------------------------------------------

    def _pair(self, random: Random) -> tuple[Any, Any]:
        """A member for whom nothing is asked for, if there is one, and a key that is nobody's."""
        inside = self.door.inside()
        free = [each for each in inside if not self._standing(each)]
        return random.choice(free or inside), random.choice(self.door.strangers())

    def _standing(self, old: Any) -> Any:
        return self.model.standing(old.address, self.world.now)

    def _open(self) -> list[tuple[Any, Any]]:
        """What could still be completed; what is over is laid down."""
        self.begun = [
            (old, new)
            for old, new in self.begun
            if (request := self._standing(old)) and request.new == new.address
        ]
        return self.begun

    def acceptance(self, old: Any, new: Any, deadline: int) -> bytes:
        """The new key's word."""
        values = {"old": old.address, "new": new.address, "deadline": deadline}
        meant = message(typed_data.REBIND_ACCEPTANCE, self.world.admission, values)
        return self.door.own.ballots.hand(new, meant)

    def rebinding(self, sponsor: Any, old: Any, new: Any, deadline: int) -> bytes:
        """A member's word."""
        who = {"old": old.address, "new": new.address, "sponsor": sponsor.address}
        meant = message(typed_data.REBINDING, self.world.admission, who | {"deadline": deadline})
        return self.door.own.ballots.hand(sponsor, meant)

    def sponsors(self, random: Random, old: Any) -> list[Any]:
        """As many as it takes, if there are."""
        known, settled = self.door.members.membership(), self.door.settled()
        others = [each for each in settled if each.address != old.address]
        needed = max(1, min(max(2, self.model.open_ways.sponsors), known.count() - 1))
        if len(others) < needed:
            return []
        return self.door.ascending(random.sample(others, needed))

    # --- asking ---------------------------------------------------------------------------

    def by_vote(self, world: World, random: Random) -> None:
        """Also for whom something is asked already: a vote takes its place."""
        old, new = self._pair(random)
        if self._open() and random.random() < 0.3:
            old = self.begun[0][0]
        action = Action(world.admission, "rebind", (old.address, new.address))
        if self.door.own.enact(action, random=random).ok:
            self.begun.append((old, new))

    def by_sponsors(self, world: World, random: Random) -> None:
        """Brought by the new key, or by the relayer with its word."""
        old, new = self._pair(random)
        chosen = self.sponsors(random, old)
        if chosen:
            self._bring(random, old, new, chosen, world.now + random.choice((0, DAY, YEAR)))

    def _bring(
        self, random: Random, old: Any, new: Any, sponsors: list[Any], deadline: int
    ) -> None:
        world, can_call = self.world, self.door.own.ballots.can_call
        sponsors = sponsors[:MOST_SPONSORS]  # a longer list is no list
        signed = [self.rebinding(each, old, new, deadline) for each in sponsors]
        alone = can_call(new) and random.random() < 0.5
        acceptance = b"" if alone else self.acceptance(old, new, deadline)
        sender = new if alone else world.people.relayer
        addresses = [each.address for each in sponsors]
        args = (old.address, new.address, deadline, addresses, signed, acceptance)
        if world.send(sender, world.admission, "rebind_by_sponsors", *args).ok:
            self.begun.append((old, new))
            self.used.append((sender, args))

    # --- the end --------------------------------------------------------------------------

    def end(self, world: World, random: Random) -> None:
        """Completed in time, by call or by signature; or stopped by the old key."""
        if not self._open():
            return
        old, new = random.choice(self.begun)
        request = self._standing(old)
        can_call = self.door.own.ballots.can_call
        if can_call(old) and random.random() < 0.3:
            world.send(old, world.admission, "object_to_rebind")
            return
        late = random.choice((0, 0, DAY, OPEN_FOR))
        if late != OPEN_FOR or random.random() < 0.1:
            world.warp_to(request.ready_at + late)
        if can_call(new) and random.random() < 0.5:
            world.send(new, world.admission, "complete_rebind", old.address, 0, b"")
            return
        self._complete(old, new, world.now + random.choice((0, DAY)))

    def _complete(self, old: Any, new: Any, deadline: int, acceptance: bytes | None = None) -> None:
        world = self.world
        word = self.acceptance(old, new, deadline) if acceptance is None else acceptance
        args = (old.address, deadline, word)
        world.send(world.people.relayer, world.admission, "complete_rebind", *args)

    def several(self, world: World, random: Random) -> None:
        """Sponsors ask for a few seats at once, and one may move in a period; the others wait."""
        ways = replace(QUICK_WAYS, joins_bps=1)
        self.door.own.enact(self.door.setting(ways), random=random)
        for _ in range(3):
            self.by_sponsors(world, random)
        for wait in (WEEK, 0, DAY, DAY):
            world.warp(wait)
            for old, new in tuple(self._open())[-3:]:
                self._complete(old, new, world.now)
        self.door.own.enact(self.door.setting(QUICK_WAYS), random=random)

    def wait(self, world: World, random: Random) -> None:
        """Until what is asked for can be completed, or is forgotten."""
        if self._open() and random.random() < 0.5:
            request = self._standing(self.begun[0][0])
            world.warp_to(request.ready_at + random.choice((-1, OPEN_FOR + 1)))
            self._complete(*self.begun[0], world.now + DAY)

    # --- wrong ----------------------------------------------------------------------------

    def odd_vote(self, world: World, random: Random) -> None:
        """For who has no seat; to nobody, to who has or had one; without a vote."""
        old, new = self._pair(random)
        inside, stranger = self.door.inside(), self.door.strangers()[0]
        wrong = (
            (stranger.address, new.address),
            (old.address, ZERO),
            (old.address, random.choice(inside).address),
            (old.address, old.address),
        )
        args = world.deal(random, "bad rebinds", wrong)
        if random.random() < 0.3:
            world.send(world.people.outsider, world.admission, "rebind", *args)
            return
        self.door.own.enact(Action(world.admission, "rebind", args), random=random)

    def odd_sponsors(self, world: World, random: Random) -> None:
        """Wrong in one way: who, how many, when, or with what signature."""
        old, new = self._pair(random)
        chosen = self.sponsors(random, old)
        if not chosen:
            return
        ways = (
            "late",
            "for ever",
            "few",
            "order",
            "old",
            "outsider",
            "newcomer",
            "seated",
            *"abcd",
        )
        way = world.deal(random, "odd sponsors", (*ways, "stranger", "again", "pending"))
        if way == "newcomer":
            if not self.model.places(world.now):
                world.warp(DAY)
            self.door.join(world, random)
        times = {"late": -1, "for ever": YEAR + 1}
        deadline = world.now + times.get(way, DAY)
        if way in ("few", "order", "old", "outsider", "newcomer"):
            chosen = self._odd_company(way, old, chosen)
        if way == "seated":
            new = next(each for each in self.door.inside() if each is not old)
        if way == "stranger":
            old = next(each for each in self.door.strangers())
            new = self.door.own.actions.newcomer()
        if way == "pending" and self._open():
            old = self.begun[0][0]
            chosen = self.sponsors(random, old) or chosen
        if way == "again" and self.used:
            self._again(random)
        elif way in "abcd":
            self._odd_papers(way, random, old, new, chosen, deadline)
        else:
            self._bring(random, old, new, chosen, deadline)

    def _odd_company(self, way: str, old: Any, chosen: list[Any]) -> list[Any]:
        ascending, outsider = self.door.ascending, self.world.people.outsider
        if way == "few":
            return chosen[:-1]
        if way == "order":
            return [*chosen, chosen[0]]
        if way == "old":
            return ascending([*chosen, old])
        fresh = [each for each in self.door.with_newcomer(chosen[0]) if each is not old]
        if way == "newcomer" and len(fresh) > 1:
            return ascending([*fresh, *chosen[1:]])
        return ascending([*chosen[1:], outsider])

    def _odd_papers(
        self, way: str, random: Random, old: Any, new: Any, chosen: list[Any], deadline: int
    ) -> None:
        """One signature too few, one spoilt, the new key's word spoilt or for another time."""
        world = self.world
        signed = [self.rebinding(each, old, new, deadline) for each in chosen]
        acceptance = self.acceptance(old, new, deadline + (way == "d"))
        if way == "a":
            signed.pop()
        if way == "b":
            signed[-1] = self.door.own.ballots.spoilt(random, signed[-1])
        if way == "c":
            acceptance = self.door.own.ballots.spoilt(random, acceptance)
        addresses = [each.address for each in chosen]
        args = (old.address, new.address, deadline, addresses, signed, acceptance)
        world.send(world.people.relayer, world.admission, "rebind_by_sponsors", *args)

    def _again(self, random: Random) -> None:
        """The same papers: while they count, and after the old key has objected."""
        sender, args = random.choice(self.used[-3:])
        world, old = self.world, args[0]
        holder = next((e for e in self.door.inside() if e.address == old), None)
        if holder and self._standing(holder) and self.door.own.ballots.can_call(holder):
            world.send(holder, world.admission, "object_to_rebind")
        world.send(sender, world.admission, "rebind_by_sponsors", *args)

    def odd_end(self, world: World, random: Random) -> None:
        """Nothing to object to or to complete; too early, in another's hand, with a late word."""
        way = world.deal(random, "odd ends", ("object", "none", "early", "hand", "late", "seated"))
        if way == "object":
            world.send(world.people.outsider, world.admission, "object_to_rebind")
        elif way == "none" or not self._open():
            args = (world.people.outsider.address, world.now, b"")
            world.send(world.people.relayer, world.admission, "complete_rebind", *args)
        elif way == "early":
            self._complete(*self.begun[-1], world.now + WEEK)
        else:
            self._spoil_the_end(way, random)

    def _spoil_the_end(self, way: str, random: Random) -> None:
        world = self.world
        old, new = self.begun[-1]
        world.warp_to(self._standing(old).ready_at)
        if way == "late":
            self._complete(old, new, world.now - 1)
        elif way == "hand":
            word = self.acceptance(old, new, world.now)
            spoilt = self.door.own.ballots.spoilt(random, word)
            self._complete(old, new, world.now, spoilt)
        elif self.model.places(world.now) and not self.model.buy_ins.price.amount:
            offer = Action(world.admission, "offer", ([new.address], world.now + 90 * DAY))
            self.door.own.enact(offer, random=random)
            word = self.door.acceptance(new, world.now)
            args = (new.address, world.now, word)
            world.send(world.people.relayer, world.admission, "accept_for", *args)
            self._complete(old, new, world.now)

    # --- out ------------------------------------------------------------------------------

    def expel(self, world: World, random: Random) -> None:
        """A member; somebody whose seat has moved since; who has left, came back, or never was one;
        or by nobody who may."""
        known, moved = self.door.members.membership(), self.model.rebinding.moved
        way = world.deal(
            random, "expulsions", ("member", "moved", "moved", "times", "gone", "nobody")
        )
        inside = self.door.inside()
        if len(inside) <= FEWEST:
            return
        account, times = inside[-1].address, known.joinings[inside[-1].address]
        if way == "moved":
            held = [who for who in moved if known.joinings[who[0]] == who[1]]
            if held:
                account, times = random.choice(held[-3:])
        if way == "times":
            times += 1
        if way == "gone":
            account, times = world.people.outsider.address, 0
        if way == "nobody":
            world.send(world.people.outsider, world.admission, "expel", account, times)
            return
        expel = Action(world.admission, "expel", (account, times))
        self.door.own.enact(expel, random=random)

    # --- what must hold -------------------------------------------------------------------

    def compare(self) -> None:
        """The view, for everybody."""
        for person in self.door.own.people:
            self.world.ask(self.world.admission, "pending_rebind", person.address)
