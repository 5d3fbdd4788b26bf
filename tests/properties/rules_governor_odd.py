# SPDX-License-Identifier: AGPL-3.0-only
"""What people do wrong to a Governor: at a wrong time, by a wrong person, in a wrong form.

Every refusal that the Governor has is in here or behind a vote (`rules_governor_actions.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from tests.contracts.coop import ABSTAIN, ACTIVE, AGAINST, CONSENT, DAY, FOR, QUEUED, SUCCEEDED
from tests.properties.model import DEFAULT
from tests.properties.model_governor_casting import NO_REASON
from tests.properties.model_governor_motions import CASTS, Motion
from tests.properties.rules_governor_ballots import Ballot
from tests.properties.rules_governor_views import UNKNOWN, Questions
from tests.properties.world import QUICK_RULES, Action, Rule, World

if TYPE_CHECKING:
    from tests.properties.rules_governor import Governance

ODD_BALLOTS = ("nothing", "support", "support", "outsider", "over", "again", "late", "late")

# What fits into one action of a proposal.
LONGEST_CALL = 2_048


class OddCalls:
    """Beside the way of a proposal."""

    def __init__(self, governance: Governance) -> None:
        self.own = governance
        self.world, self.model = governance.world, governance.model
        self.ballots, self.people = governance.ballots, governance.people
        self.questions = Questions(governance)

    def rules(self) -> Sequence[Rule]:
        """Each small beside the usual way."""
        return [
            Rule("governor: odd proposal", 3, self.propose_oddly),
            Rule("governor: proposed again", 1, self.propose_again),
            Rule("governor: odd ballot", 5, self.vote_oddly),
            Rule("governor: odd batch", 4, self.batch_oddly),
            Rule("governor: by a hair", 2, self.by_a_hair),
            Rule("governor: all five casts", 1, self.cast_out),
            Rule("governor: odd end", 2, self.end_oddly),
            Rule("governor: extension", 6, self.extend),
            Rule("governor: not by her", 2, self.trespass),
            Rule("governor: money", 1, self.pay_in),
            Rule("governor: voted in vain", 6, self.vote_in_vain),
            Rule("governor: stricter by now", 1, self.install_meanwhile),
            Rule("governor: within another", 1, self.nest),
            Rule("governor: call off", 2, self.call_off),
            Rule("governor: questions", 2, self.questions.ask_oddly),
        ]

    def some_motion(self, random: Random, *states: int) -> Motion | None:
        """A proposal in one of these states."""
        found = [m for m in self.own.live() if m.state(self.world.now) in states]
        return random.choice(found) if found else None

    def any_motion(self, random: Random) -> Motion | None:
        """A proposal that is known, over or not."""
        known = [*self.model.facts.motions.values(), *list(self.model.past.values())[-20:]]
        return random.choice(known) if known else None

    # --- proposing ------------------------------------------------------------------------

    def propose_oddly(self, world: World, random: Random) -> None:
        """Wrong in form, by somebody who may not, or what may not be proposed."""
        member = random.choice(self.own.proposers() or world.people.founders)
        target = world.people.outsider.address
        good: tuple[Any, ...] = ([target], [0], [b""])
        columns: tuple[Any, ...] = good
        text, sender = self.own.text(random, member), member
        world.columns([Action(world.people.outsider)])
        way = world.deal(random, "odd proposals", range(7))
        if way == 0:
            columns = ([], [], [])
        elif way == 1:
            columns = random.choice(
                (([target], [], [b""]), ([target], [0], []), ([target], [0, 0], [b""]))
            )
        elif way == 2:
            text = f"mine #proposer={self._almost(random, member.address)}"
        elif way in (3, 4):
            sender, columns = self._consent_wrongly(random, member)
        elif way == 5:
            sender, text = world.people.outsider, "not a member's"
        elif way == 6:
            for _ in range(2):
                world.send(member, world.governor, "propose", *good, self.own.text(random, member))
        world.send(sender, world.governor, "propose", *columns, text)

    def _almost(self, random: Random, address: str) -> str:
        """Another's address, or hers with one digit changed, at either end or within."""
        place = self.world.deal(random, "digits", (None, 2, 3, 20, 35, 40, 41))
        if place is None:
            return self.world.people.relayer.address
        digit = "0" if address[place] != "0" else "1"
        return address[:place] + digit + address[place + 1 :]

    def propose_again(self, _: World, random: Random) -> None:
        """What was proposed already, by its proposer."""
        motion = self.any_motion(random)
        if motion is not None and motion.kind != CONSENT:
            sender = self.world.handles.get(motion.proposer) or motion.proposer
            columns = self.world.columns(motion.actions)
            self.world.send(sender, self.world.governor, "propose", *columns, motion.text)

    def _consent_wrongly(self, random: Random, member: Any) -> tuple[Any, tuple[Any, ...]]:
        """A consent call by a member; another call, or more than one, by the part."""
        parts = [p for p in self.own.actions.parts if self.own.consents(p)]
        if not parts:
            return member, self.world.columns(self.own.actions.call(random))
        part = random.choice(parts)
        call = Action(part, "decide", (7,))
        stranger = Action(self.world.people.outsider)
        wrong: tuple[tuple[Any, list[Action]], ...] = (
            (member, [call]),
            (member, [call, stranger]),
            (part, [stranger]),
            (part, [stranger, call]),
            (part, [call, stranger]),
            (part, [call._replace(value=1)]),
        )
        sender, actions = self.world.deal(random, "odd consent", wrong)
        return sender, self.world.columns(actions)

    # --- ballots --------------------------------------------------------------------------

    def vote_oddly(self, world: World, random: Random) -> None:
        """For no proposal, one that is over, without a seat, in no known way."""
        motion = self.some_motion(random, ACTIVE, QUEUED) or self.any_motion(random)
        if motion is None:
            return
        voter: Any = random.choice(self.people)
        way = world.deal(random, "odd ballots", ODD_BALLOTS)
        if way == "nothing":
            motion = replace(motion, id=UNKNOWN)
        elif way == "outsider":
            voter = world.people.outsider
        elif way == "over":
            motion = self.any_motion(random) or motion
        elif way == "late":
            electors = self.ballots.electors(motion, self.people)
            known = self.model.membership()
            late = [p for p in self.people if known.is_member(p.address) and p not in electors]
            voter = random.choice(late or [voter])
        elif way == "again":
            known = self.model.membership()
            cast = [each for each in self.people if known.seat_of.get(each.address) in motion.casts]
            voter = random.choice(cast or [voter])
        support = 3 if way == "support" else FOR
        follows = 0 if way == "again" else self.ballots.casts(motion, voter)
        self.ballots.anyhow(random, motion, Ballot(voter, support, follows))

    def vote_late(self, random: Random, motion: Motion) -> None:
        """For it in its timelock, where only Against is taken."""
        voter = random.choice(self.ballots.electors(motion, self.people) or self.people)
        support = random.choice((FOR, ABSTAIN))
        follows = self.ballots.casts(motion, voter)
        self.ballots.anyhow(random, motion, Ballot(voter, support, follows))

    def stop_in_a_batch(self, random: Random, motion: Motion, voters: Sequence[Any]) -> None:
        """So many Against that it is lost and, last in the same batch, one that is for it."""
        voters = [each for each in voters if each.address not in self.ballots.owners]
        ballots = [Ballot(each, AGAINST, self.ballots.casts(motion, each)) for each in voters]
        if ballots:
            ballots[-1] = ballots[-1]._replace(support=FOR)
            self.ballots.by_signatures(random, motion, ballots)

    def batch_oddly(self, world: World, random: Random) -> None:
        """Expired, uneven, for nothing; or ballots of which some do not count."""
        motion = self.some_motion(random, ACTIVE, QUEUED)
        relayer, governor = world.people.relayer, world.governor
        way = world.deal(random, "odd batches", range(8))
        if motion is None or way > 4:
            self._hopeless(random, motion)
            return
        now = world.now
        if way == 0:
            args: tuple[Any, ...] = (motion.id, now - 1, [], [])
            world.send(relayer, governor, "vote_by_signatures", *args)
            world.send(relayer, governor, "vote_by_wallets", *args, [])
        elif way == 1:
            world.send(relayer, governor, "vote_by_signatures", motion.id, now, [1, 2], [])
        elif way == 2:
            args = (motion.id, now, [1, 2, 3], [NO_REASON, NO_REASON])
            world.send(relayer, governor, "vote_by_signatures", *args)
        elif way == 3:
            args = (motion.id, now, [1], [], [b""])
            world.send(relayer, governor, "vote_by_wallets", *args)
        else:
            ballots = [self._strange(random, motion) for _ in range(random.randint(1, 4))]
            random.choice((self.ballots.by_signatures, self.ballots.by_wallets))(
                random, motion, ballots
            )

    def _hopeless(self, random: Random, motion: Motion | None) -> None:
        """Empty batches for no proposal, or for one that takes none; also one that may be empty."""
        world = self.world
        found = random.choice((None, self.any_motion(random), motion))
        proposal_id = found.id if found else UNKNOWN
        args: tuple[Any, ...] = (proposal_id, world.now, [], [])
        if random.random() < 0.5:
            world.send(world.people.relayer, world.governor, "vote_by_signatures", *args)
        else:
            world.send(world.people.relayer, world.governor, "vote_by_wallets", *args, [])

    def _strange(self, random: Random, motion: Motion) -> Ballot:
        """Of anybody, for anything, out of turn."""
        voter = random.choice([*self.people, self.world.people.outsider])
        casts = self.ballots.casts(motion, voter)
        follows = random.choice((casts, casts, 0, casts + 1))
        return Ballot(voter, random.choice((FOR, AGAINST, ABSTAIN, 3)), follows)

    def cast_out(self, world: World, random: Random) -> None:
        """One member casts as often as she may, and once more; by call and by signature."""
        motion = self.some_motion(random, ACTIVE)
        voters = self.ballots.electors(motion, self.people) if motion else []
        voters = [each for each in voters if self.ballots.can_call(each)]
        if motion is None or not voters:
            return
        voter = random.choice(voters)
        for casts in range(self.ballots.casts(motion, voter), CASTS - 1):
            support = random.choice((FOR, AGAINST, ABSTAIN))
            self.ballots.round(random, motion, [voter], support)
            if self.ballots.casts(motion, voter) != casts + 1:
                return  # her signature was spoilt
        batches = (self.ballots.by_signatures, self.ballots.by_wallets)
        random.choice(batches)(random, motion, [Ballot(voter, FOR, CASTS - 1)])
        world.send(voter, world.governor, "castVote", motion.id, FOR)
        world.send(voter, world.governor, "castVoteWithReason", motion.id, ABSTAIN, "too late")
        random.choice(batches)(random, motion, [Ballot(voter, AGAINST, CASTS - 1)])
        random.choice(batches)(random, motion, [Ballot(voter, AGAINST, CASTS)])
        world.send(voter, world.governor, "castVote", motion.id, AGAINST)
        world.send(voter, world.governor, "castVoteWithReason", motion.id, AGAINST, "again")

    def by_a_hair(self, world: World, random: Random) -> None:
        """One ballot after the other, and whoever can tries to end the vote with exactly half of
        everybody, one more, and so on until it is certain."""
        motion = self.some_motion(random, ACTIVE)
        if motion is None:
            return
        voters = self.ballots.electors(motion, self.people)
        for voter in random.sample(voters, len(voters)):
            if self.ballots.casts(motion, voter) or not self.ballots.can_call(voter):
                continue
            world.send(voter, world.governor, "castVote", motion.id, FOR)
            if 2 * motion.tally()[1] >= motion.electorate:
                relayer = world.people.relayer
                if world.send(relayer, world.governor, "close", motion.id).ok:
                    return

    # --- ends -----------------------------------------------------------------------------

    def end_oddly(self, world: World, random: Random) -> None:
        """Too early, too late, by somebody else, or no proposal at all."""
        motion = self.any_motion(random)
        if motion is None:
            return
        content = self.own.content(motion)
        if random.random() < 0.2:
            content = (*content[:3], b"\x01" * 32)
        way = world.deal(random, "odd ends", range(3))
        if way == 0:
            world.send(world.people.relayer, world.governor, "execute", *content)
        elif way == 1:
            proposal_id = random.choice((motion.id, motion.id, UNKNOWN))
            world.send(world.people.relayer, world.governor, "close", proposal_id)
        else:
            sender: Any = world.people.outsider
            if motion.proposer not in self.model.facts.parts and random.random() < 0.5:
                sender = world.handles.get(motion.proposer) or motion.proposer
            world.send(sender, world.governor, "cancel", *content)

    def extend(self, world: World, random: Random) -> None:
        """A part puts off its consent vote; too short, too long, twice, too late, not its own."""
        raised = [
            m
            for m in self.own.live()
            if m.kind == CONSENT and world.handles[m.proposer].name == "Puppet"
        ]
        motion = random.choice(raised) if raised else self.any_motion(random)
        if motion is None:
            return
        part = world.handles.get(motion.proposer)
        sender: Any = part if part and part.name == "Puppet" else world.people.outsider
        if random.random() < 0.1:
            sender = world.people.outsider
        proposal_id = motion.id if random.random() < 0.95 else UNKNOWN
        later = random.choice((-1, 0, 3600, DAY, 30 * DAY, 30 * DAY + 1))
        closes_at = motion.closes_at + later
        world.send(sender, world.governor, "extend_consent", proposal_id, closes_at)

    # --- by nobody ------------------------------------------------------------------------

    def trespass(self, world: World, random: Random) -> None:
        """What only a vote, the Admission or the Hub may do, by an outsider or a member."""
        sender = random.choice((world.people.outsider, world.people.founders[0]))
        address = sender.address
        rules = [rule.values() for rule in QUICK_RULES]
        calls: tuple[tuple[str, tuple[Any, ...]], ...] = (
            ("admit", ([address],)),
            ("remove", (address,)),
            ("rebind", (address, world.people.relayer.address)),
            ("set_rules", (rules,)),
            ("install", (world.dollar.address, bytes(4))),
            ("add_hub_part", (world.dollar.address, bytes(4), True)),
            (DEFAULT, (b"\xde\x1e\x9a\x7e",)),
        )
        name, args = world.deal(random, "trespasses", calls)
        world.send(sender, world.governor, name, *args)

    def vote_in_vain(self, _: World, random: Random) -> None:
        """What everybody is for and nobody can carry out."""
        self.own.enact(*self.own.actions.bad(random), random=random)

    def pay_in(self, world: World, random: Random) -> None:
        """ETH for the Governor; it goes to the Pool with the next proposal."""
        sender = random.choice((world.people.outsider, world.people.relayer))
        world.send(sender, world.governor, value=random.randint(1, 1000))

    def install_meanwhile(self, world: World, random: Random) -> None:
        """An ordinary vote calls a stranger who becomes a part before that is carried out."""
        actions = self.own.actions.install(random)
        puppet = self.own.actions.parts.pop()
        first = self.own.propose(random, actions)
        if first is None:
            return
        self.own.intents[first.id] = "pass"
        self.own.hurry_until(random, first, QUEUED)
        second = self.own.propose(random, [Action(puppet, "decide", (1,))])
        if second is None:
            return
        self.own.intents[second.id] = "pass"
        self.own.hurry_until(random, second, SUCCEEDED)
        if first.state(world.now) == SUCCEEDED and self.own.execute(random, first).ok:
            self.own.actions.parts.append(puppet)
        self.own.execute(random, second)

    def nest(self, world: World, random: Random) -> None:
        """A proposal whose call carries out another, which has passed as well."""
        stranger = self.own.actions.strangers[0]
        inner = self.own.propose(random, [Action(stranger, "decide", (1,))])
        if inner is None:
            return
        content = Action(world.governor, "execute", self.own.content(inner))
        [target], _, [data] = world.columns([content])
        outer = self.own.propose(random, [Action(stranger, "act", (target, data))])
        if outer is None:
            return
        for motion in (inner, outer):
            self.own.intents[motion.id] = "pass"
            self.own.hurry_until(random, motion, SUCCEEDED)
        self.own.execute(random, outer)
        self.own.execute(random, inner)

    def call_off(self, world: World, random: Random) -> None:
        """A vote buries another proposal: one that waits to be carried out, mostly, or any."""
        stranger = self.own.actions.strangers[0]
        motion = self.any_motion(random)
        if random.random() < 0.75:
            motion = self.own.propose(random, [Action(stranger, "decide", (1,))])
            if motion is not None:
                self.own.intents[motion.id] = "pass"
                self.own.hurry_until(random, motion, SUCCEEDED)
        if motion is None:
            return
        content = self.own.content(motion)
        cancel = Action(world.governor, "cancel", content)
        if len(cancel.calldata) > LONGEST_CALL:
            return
        self.own.enact(cancel, random=random)
        world.send(world.people.relayer, world.governor, "execute", *content)
