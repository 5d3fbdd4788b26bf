# SPDX-License-Identifier: AGPL-3.0-only
"""What a walk does with a Governor: proposals taken all the way, and everything around them."""

from collections.abc import Sequence
from random import Random
from typing import Any

from millpond.core.canonical import keccak256
from tests.contracts.coop import (
    ACTIVE,
    AGAINST,
    CANCELED,
    CONSENT,
    DAY,
    DEFEATED,
    EXECUTED,
    EXPIRED,
    FOR,
    PENDING,
    QUEUED,
    SUCCEEDED,
)
from tests.contracts.evm import Actor
from tests.properties.among import Sent
from tests.properties.model_governor import GovernorModel
from tests.properties.model_governor_facts import Part
from tests.properties.model_governor_motions import Motion
from tests.properties.model_pool_mocks import NoDoor
from tests.properties.rules_governor_actions import Actions
from tests.properties.rules_governor_ballots import Ballots
from tests.properties.rules_governor_odd import OddCalls
from tests.properties.world import QUICK_RULES, Action, Component, Rule, World

FINALISE = bytes.fromhex("2b697a27")  # finalise(uint256,uint256), as the Hub installs it
LIVELY = 3
COUNT_EVERY = 3
LATE = 0.1
# What becomes of a proposal: passed, lost, forgotten, stopped in its timelock, expired, withdrawn.
INTENTS = ("pass",) * 8 + ("stop",) * 12 + ("lose", "forget", "expire", "cancel", "cancel")
ENDINGS = {CANCELED: "withdrawn", DEFEATED: "lost", EXPIRED: "expired", EXECUTED: "executed"}
NOTHING = Sent(False, None, "")


def founded(world: World) -> GovernorModel:
    """The model of the co-op that the world begins with, one second old."""
    coop, born = world.coop, world.now - 1
    model = GovernorModel(
        world.governor, coop.hub.address, coop.pool.address, coop.identity.address
    )
    facts = model.facts
    facts.versions.append(QUICK_RULES)
    facts.parts[coop.admission.address] = Part(True, True)
    facts.parts[coop.grain.address] = Part(True, False)
    facts.parts[coop.distributor.address] = Part(True, False, FINALISE)
    for seat, founder in enumerate(coop.founders, 1):
        facts.membership.begin(seat, born)
        facts.membership.seat_of[founder.address] = seat
        facts.membership.joinings[founder.address] = 1
    facts.membership.recount(born)
    return model


class Governance:
    """The Governor's share in a walk."""

    name = "governor"

    def __init__(self, world: World) -> None:
        self.world, self.model = world, founded(world)
        world.model(self.model)
        people = world.people
        owner, first, second = people.candidates[:3]
        self.wallet = world.deploy("OddWallet", owner)
        self.shared = world.deploy("TwoOwnerWallet", first, second)
        # it takes no ETH: a buy-in that goes back to it is owed
        world.model(NoDoor(self.shared, world.journal))
        self.owners: dict[str, list[Actor]] = {
            self.wallet.address: [owner],
            self.shared.address: [first, second],
        }
        for address, signers in self.owners.items():
            world.signatures.owners[address] = tuple(each.address for each in signers)
        self.people: list[Any] = [*people.founders, *people.candidates, self.wallet, self.shared]
        self.actions = Actions(world, self.model, self.people)
        self.ballots = Ballots(world, self.model, self.owners)
        self.odd = OddCalls(self)
        self.intents: dict[int, str] = {}
        self._texts = self._checks = 0
        world.enact, world.see_through = self.enact, self.see_through

    def rules(self) -> Sequence[Rule]:
        """Mostly the usual way of a proposal."""
        return [
            Rule("governor: go on", 170, self.go_on),
            Rule("governor: go on alone", 20, self.vote_once),
            Rule("governor: consent", 15, self.raise_consent),
            Rule("governor: time", 3, self.pass_time),
            *self.odd.rules(),
        ]

    # --- whom and what --------------------------------------------------------------------

    def person(self, address: str) -> Any:
        """The one of that address."""
        return next(each for each in self.people if each.address == address)

    def proposers(self) -> list[Any]:
        """Members who may propose now and can call."""
        known, now = self.model.membership(), self.world.now
        return [
            each
            for each in self.people
            if self.ballots.can_call(each)
            and known.was_member(each.address, now)
            and known.is_member(each.address)
            and min(known.turns.get(known.seat_of[each.address], (0, 0))) < now
        ]

    def live(self) -> list[Motion]:
        """Proposals that are not over; what is over is laid down."""
        for motion in self.model.lay_down(self.world.now):
            kind = "consent " if motion.kind == CONSENT else ""
            self.world.outcomes[kind + ENDINGS[motion.state(self.world.now)]] += 1
        return list(self.model.facts.motions.values())

    def text(self, random: Random, proposer: Any) -> str:
        """A new description, often with the proposer's suffix."""
        self._texts += 1
        spelt = random.choice((proposer.address, proposer.address.lower()))
        suffix = f"#proposer={spelt}" if random.random() < 0.5 else ""
        return f"motion {self._texts} {suffix}"

    # --- the way of a proposal ------------------------------------------------------------

    def propose(self, random: Random, actions: Sequence[Action]) -> Motion | None:
        """By whoever may; time passes until somebody may."""
        proposers = self.proposers()
        if not proposers:
            self.world.warp(DAY)
            proposers = self.proposers()
        if not proposers:
            return None
        proposer = random.choice(proposers)
        columns = self.world.columns(actions)
        args = (*columns, self.text(random, proposer))
        sent = self.world.send(proposer, self.world.governor, "propose", *args)
        return self.model.facts.motions[sent.answer] if sent.ok else None

    def enact(self, *actions: Action, random: Random) -> Sent:
        """Proposed, voted by everybody and executed; what the execution did."""
        motion = self.propose(random, actions)
        return self.see_through(motion.id, random) if motion else NOTHING

    def see_through(self, proposal_id: int, random: Random) -> Sent:
        """Everybody is for it, and it is executed as soon as it may be."""
        motion = self.model.facts.motions[proposal_id]
        return self.execute(random, motion) if self.see_ready(random, motion) else NOTHING

    def hurry_until(self, random: Random, motion: Motion, state: int) -> None:
        """Everybody is for it, until it has come so far or is over."""
        while motion.state(self.world.now) < state and not motion.is_over(self.world.now):
            self._next(random, motion, hurry=True)

    def see_ready(self, random: Random, motion: Motion) -> bool:
        """Everybody is for it, until it can be carried out."""
        self.intents[motion.id] = "pass"
        while not motion.is_over(self.world.now):
            if motion.state(self.world.now) == SUCCEEDED:
                return True
            self._next(random, motion, hurry=True)
        return False

    def content(self, motion: Motion) -> tuple[list[str], list[int], list[bytes], bytes]:
        """What has to be brought again."""
        return *self.world.columns(motion.actions), keccak256(motion.text.encode())

    def execute(self, random: Random, motion: Motion) -> Sent:
        """By anyone; a failing call leaves it ready."""
        anyone = random.choice((self.world.people.relayer, self.world.people.outsider))
        args = self.content(motion)
        return self.world.send(anyone, self.world.governor, "execute", *args)

    def go_on(self, _: World, random: Random) -> None:
        """The next thing about some proposal, or a new one."""
        live = self.live()
        if len(live) < LIVELY and (not live or random.random() < 0.5):
            self.propose(random, self.actions.draw(random))
            return
        motion = random.choice(live)
        if motion.id not in self.intents:
            self.intents[motion.id] = random.choice(INTENTS)
        self._next(random, motion, hurry=False)

    def _next(self, random: Random, motion: Motion, *, hurry: bool) -> None:
        world, intent = self.world, self.intents[motion.id]
        state = motion.state(world.now)
        if state in (PENDING, ACTIVE) and intent == "cancel":
            self._cancel(motion)
        elif state == PENDING:
            world.warp_to(motion.opens_after + 1)
        elif state == ACTIVE:
            self._active(random, motion, hurry)
        elif state == QUEUED and intent == "stop":
            self._stop(random, motion)
        elif state == QUEUED:
            if random.random() < LATE:
                self.odd.vote_late(random, motion)
            world.warp_to(motion.eta)
        elif state == SUCCEEDED and intent == "expire":
            world.warp_to(motion.expires_at - random.choice((0, 1)))
            self.intents[motion.id] = "pass"
        elif state == SUCCEEDED and not self.execute(random, motion).ok:
            self.intents[motion.id] = "expire"

    def _cancel(self, motion: Motion) -> None:
        proposer = motion.proposer
        if motion.kind == CONSENT:
            self.intents[motion.id] = "pass"
            return
        known = self.world.handles.get(proposer) or proposer
        self.world.send(known, self.world.governor, "cancel", *self.content(motion))

    def _active(self, random: Random, motion: Motion, hurry: bool) -> None:
        """Votes, in rounds, until all who would have voted; then its end."""
        intent = self.intents[motion.id]
        voters = [
            each
            for each in self.ballots.electors(motion, self.people)
            if not self.ballots.casts(motion, each)
        ]
        ripe = motion.is_certain() and random.random() < 0.9
        if ripe or (motion.has_majority() and random.random() < 0.05):
            self.world.send(self.world.people.relayer, self.world.governor, "close", motion.id)
        elif voters and intent != "forget":
            some = voters[: random.randint(1, 4)] if not hurry else voters
            leaning = FOR if hurry or random.random() < 0.7 else None
            self.ballots.round(random, motion, some, AGAINST if intent == "lose" else leaning)
        else:
            self.world.warp_to(motion.closes_at + (1 if hurry else random.choice((0, 1, 1, 1))))

    def _stop(self, random: Random, motion: Motion) -> None:
        """Against ballots until it does not pass any more, or nobody is left who could."""
        voters = [
            each
            for each in self.ballots.electors(motion, self.people)
            if self.ballots.casts(motion, each) < 5
        ]
        if not voters or motion.is_over(self.world.now):
            self.intents[motion.id] = "pass"
            return
        if random.random() < LATE:
            self.odd.stop_in_a_batch(random, motion, voters)
        else:
            self.ballots.round(random, motion, random.sample(voters, len(voters)), AGAINST)
        if motion.is_over(self.world.now):
            self.world.outcomes["stopped in its timelock"] += 1

    # --- one step beside the way ----------------------------------------------------------

    def vote_once(self, _: World, random: Random) -> None:
        """Somebody changes her mind, or votes where nobody asked her."""
        taken = [m for m in self.live() if m.state(self.world.now) in (ACTIVE, QUEUED)]
        if not taken:
            return
        motion = random.choice(taken)
        voters = self.ballots.electors(motion, self.people)
        if voters:
            self.ballots.round(random, motion, [random.choice(voters)], None)

    def raise_consent(self, _: World, random: Random) -> None:
        """A part asks for consent; where there is none yet, one is installed."""
        parts = [p for p in self.actions.parts if self.consents(p)]
        if not parts:
            self.enact(*self.actions.install(random), random=random)
            return
        part = random.choice(parts)
        action = Action(part, "decide", (random.randrange(13),))
        self._texts += 1
        args = (*self.world.columns([action]), f"consent {self._texts}")
        self.world.send(part, self.world.governor, "propose", *args)

    def consents(self, puppet: Any) -> bool:
        """Whether it may raise consent proposals."""
        part = self.model.facts.parts.get(puppet.address)
        return part is not None and part.consent != bytes(4)

    def pass_time(self, world: World, random: Random) -> None:
        """A little, or a day."""
        world.warp(random.choice((1, 1, 60, 3600, DAY)))

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """No seat is of two accounts; no ballot counts twice, nor one from outside."""
        seats = self.model.membership().seat_of.values()
        assert len(set(seats)) == len(seats), "a seat of two accounts"
        self._checks += 1
        motion = next(reversed(self.model.facts.motions.values()), None)
        if motion is not None and self._checks % COUNT_EVERY == 0:
            votes = self.world.ask(self.world.governor, "proposalVotes", motion.id).answer
            assert sum(votes) == len(motion.casts) <= motion.electorate

    def compare(self) -> None:
        """Every view."""
        self.odd.questions.compare()


def install(world: World) -> Component:
    """The Governor's models and rules."""
    return Governance(world)
