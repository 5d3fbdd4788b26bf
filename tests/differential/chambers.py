# SPDX-License-Identifier: AGPL-3.0-only
"""Our Governor, in a co-op that the Hub made, and OpenZeppelin's, with the same members and rules.

What may stand beside what: states, tallies, views, and the words of refusals. What is done with the
two, and where they part, is in motions.py.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from eth_utils.crypto import keccak

from millpond.core import typed_data
from tests.contracts.coop import CLASSES, DAY, HOUR, Coop, Rule, Ways
from tests.contracts.evm import Actor
from tests.differential.sides import REFUSED, Answer, Ground, Log, Seen, Side, numbers
from tests.properties.signing import Signatures, message

PENDING, ACTIVE, CANCELED, DEFEATED, SUCCEEDED, QUEUED, EXPIRED, EXECUTED = range(8)
SETTLED = (CANCELED, DEFEATED, EXPIRED, EXECUTED)
FOUNDERS, PEOPLE = 8, 12
PERIOD, TIMELOCK, EXPIRY = DAY, DAY, 3 * DAY
QUORUMS = (500, 2000, 3333, 5000, 10000)
LIVE = 6
WAYS = Ways(sponsors=1, joins_bps=10_000, period=DAY)
NOT_NOW = (
    "admission: enough have joined in this period",
    "admission: a sponsor joined too lately",
)

# What is answered otherwise, always. The other side's figure follows from ours, and is compared.
SNAPSHOT = "proposalSnapshot is when it was proposed here, when its vote opens there"
ETA = "proposalEta is the end of the timelock here; there is none there"
AFTER_THE_SECOND = "as of t is before second t here, after it there"
ROUNDED_UP = "a quorum that is no whole number is rounded up here, down there"
WAITS = "what passed waits in a timelock, and expires, here"
# Where the state differs though the ballots do not.
UP_FAILED = "the ballots are the quorum rounded down, which is too few here"
ELECTORATE = "who votes is settled when it is proposed here, when its vote opens there"
FIGURES = (SNAPSHOT, ETA, AFTER_THE_SECOND, ROUNDED_UP, WAITS, UP_FAILED, ELECTORATE)

VOTED = "GovernorAlreadyCastVote"

# Our words for a refusal, and OpenZeppelin's errors beside which they may stand. The two look at
# things in another order: the content before the proposer here, after her there; the signature
# before the vote's state in both, and the voter after the support here, before it there.
STATE, SIGNATURE = "GovernorUnexpectedProposalState", "GovernorInvalidSignature"
SUPPORT, RESTRICTED = "GovernorInvalidVoteType", "GovernorRestrictedProposer"
LENGTH, NO_VOTES = "GovernorInvalidProposalLength", "GovernorInsufficientProposerVotes"
INNER = "dollar: too little"  # of a call that a proposal makes
NO_PROPOSAL = "GovernorNonexistentProposal"
REASONS = {
    "": {NO_VOTES, RESTRICTED},  # too many calls or too long ones, and another fault
    "governor: nothing proposed": {LENGTH, NO_VOTES},
    "governor: lists differ in length": {LENGTH, NO_VOTES},
    "governor: another's description": {RESTRICTED, NO_VOTES},
    "governor: proposed already": {STATE, NO_VOTES},
    "members: only members propose": {NO_VOTES},
    "members: joined just now": {NO_VOTES},
    "governor: no such proposal": {NO_PROPOSAL, SIGNATURE},
    "governor: no ballots taken now": {STATE, SIGNATURE},
    "governor: not a member": {STATE, SIGNATURE, SUPPORT, VOTED},
    "governor: joined too late": {STATE, SIGNATURE, SUPPORT, VOTED},
    "governor: support is 0, 1 or 2": {SUPPORT, SIGNATURE, VOTED},
    "governor: not the ballot's turn": {VOTED, SIGNATURE, STATE},
    "governor: Against only by now": {STATE, SIGNATURE},
    "governor: not signed by her": {SIGNATURE},
    "governor: not the proposer": {"GovernorUnableToCancel"},
    "governor: too late to cancel": {"GovernorUnableToCancel"},
    "governor: not ready to execute": {STATE, INNER},
    # STATE: it passed here and not there, by those who may vote in it, which `state` has compared
    "governor: no code at the target": {INNER, STATE},
    INNER: {STATE},
}


@dataclass(frozen=True)
class Motion:
    """A proposal as both know it, with the content that has to be brought again."""

    id: int
    proposer: str
    created_at: int
    targets: tuple[str, ...]
    values: tuple[int, ...]
    calls: tuple[bytes, ...]
    text: str

    @property
    def content(self) -> tuple[Any, ...]:
        """As `execute` and `cancel` take it."""
        return self.targets, self.values, self.calls, keccak(text=self.text)


class Chambers:
    """Both Governors on one chain, the same members in both, and what was proposed."""

    def __init__(self, seed: int) -> None:
        self.seed, self.random = seed, Random(seed)  # noqa: S311  (the same in every run)
        self.chain, self.seen, self.log = Ground(), Seen(), Log()
        self.delay = self.random.choice((0, HOUR))
        self.quorum_bps = self.random.choice(QUORUMS)
        rule = Rule(self.delay, PERIOD, TIMELOCK, EXPIRY, self.quorum_bps, 5000, True)
        self.coop = Coop(self.chain, FOUNDERS, (rule, *CLASSES[1:]), WAYS)
        door = self.chain.actor("door")
        members = self.chain.deploy("OzMembers", door)
        settings = (members, self.delay, PERIOD, self.quorum_bps)
        reference = self.chain.deploy("OzGovernor", *settings)
        self.ours, self.theirs = Side(self.chain, self.coop.governor), Side(self.chain, reference)
        self.members, self.door = Side(self.chain, members), door.address
        self.signatures = Signatures(self.chain.chain_id)
        self._newcomers = 0
        self.stranger = self.chain.actor("stranger").address  # proposals call and pay her
        self.people: list[Actor] = [*self.coop.founders]
        while len(self.people) < PEOPLE:
            self.people.append(self.newcomer())
        self.motions: list[Motion] = []
        self.states: dict[Motion, int] = {}  # of all that may still change, as last compared
        self._needed: dict[Motion, tuple[int, int]] = {}
        self.admission = Side(self.chain, self.coop.admission)
        # a second after the co-op was made, both have the same members since the same second
        self.joined: dict[str, int] = {}
        for founder in self.coop.founders:
            self.joined[founder.address] = self.chain.now - 1
            assert self.members.call(self.door, "admit", founder.address).ok
        self.chain.warp(1)

    # --- who is a member ------------------------------------------------------------------

    def is_member(self, account: str) -> bool:
        """By OpenZeppelin's token."""
        return self.members.number("getVotes", account) == 1

    def members_at(self, second: int) -> int:
        """How many there were after that second, by OpenZeppelin's token."""
        return self.members.number("getPastTotalSupply", second)

    def weight_at(self, account: str, second: int) -> int:
        """Her votes after that second, by OpenZeppelin's token."""
        return self.members.number("getPastVotes", account, second)

    def newcomer(self) -> Actor:
        """Somebody who was never a member."""
        self._newcomers += 1
        return self.chain.actor(f"newcomer {self._newcomers}")

    def admit(self, newcomer: Actor, sponsor: Actor) -> None:
        """She joins by invitation, unless enough have joined here for now; there the door opens."""
        account, until = newcomer.address, self.chain.now
        fields = {
            "candidate": account, "timesJoined": 0,
            "sponsor": sponsor.address, "deadline": until,
        }  # fmt: skip
        said = message(typed_data.INVITATION, self.coop.admission, fields)
        signed = [self.signatures.sign(sponsor, said)]
        args = (account, until, [sponsor.address], signed, b"")
        self.log.add(f"{newcomer.name} joins, invited by {sponsor.name}")
        ours = self.admission.call(account, "join", *args)
        if not ours.ok and ours.reason in NOT_NOW:
            return
        self._both_members("admit", account, ours)
        self.joined[account] = self.chain.now

    def remove(self, member: Actor) -> None:
        """She leaves."""
        self.log.add(f"{member.name} leaves")
        ours = self.admission.call(member.address, "leave")
        self._both_members("remove", member.address, ours)

    def _both_members(self, deed: str, account: str, ours: Answer) -> None:
        theirs = self.members.call(self.door, deed, account)
        if not ours.ok or not theirs.ok:
            raise self.log.fail(f"{deed} {account}", ours, theirs)
        self.seen.count(deed, True)

    # --- where proposals stand ------------------------------------------------------------

    def state(self, motion: Motion) -> int:
        """Ours, compared with OpenZeppelin's."""
        ours = self.ours.number("state", motion.id)
        theirs = self.theirs.number("state", motion.id)
        self.seen.views += 1
        if theirs in (DEFEATED, SUCCEEDED):
            theirs = self._decided(motion, theirs)
        if ours != theirs:
            raise self.log.fail(f"state of {motion.id} is {ours} here, {theirs} there")
        return ours

    def _decided(self, motion: Motion, theirs: int) -> int:
        """What OpenZeppelin's Defeated or Succeeded is here, by its own tally."""
        against, in_favour, abstain = numbers(self.theirs.ask("proposalVotes", motion.id))
        more, cast = in_favour > against, in_favour + abstain
        needed_here, needed_there = self._quorums(motion)
        if (theirs == SUCCEEDED) != (more and cast >= needed_there):
            raise self.log.fail(f"OpenZeppelin's {theirs} does not follow from its own tally")
        passed = more and cast >= needed_here
        if passed != (theirs == SUCCEEDED):
            now = self.members_at(motion.created_at - 1)
            then = self.members_at(motion.created_at + self.delay)
            self.seen.divergences[UP_FAILED if now == then else ELECTORATE] += 1
        if not passed:
            return DEFEATED
        self.seen.divergences[WAITS] += 1
        eta = motion.created_at + self.delay + PERIOD + TIMELOCK
        if self.chain.now < eta:
            return QUEUED
        return SUCCEEDED if self.chain.now < eta + EXPIRY else EXPIRED

    def _quorums(self, motion: Motion) -> tuple[int, int]:
        """What it needs here, and there; neither changes once the vote is over."""
        if motion not in self._needed:
            here = self.members_at(motion.created_at - 1) * self.quorum_bps
            there = self.theirs.number("quorum", motion.created_at + self.delay)
            self._needed[motion] = (here + 9_999) // 10_000, there
        return self._needed[motion]

    def compare_live(self) -> None:
        """State and tally of every proposal whose state may still change."""
        for motion in tuple(self.states):
            self.view("proposalVotes", motion.id)
            self.states[motion] = self.state(motion)
            if self.states[motion] in SETTLED:
                del self.states[motion]

    # --- views ----------------------------------------------------------------------------

    def view(self, function: str, *args: Any) -> None:
        """Both answer the same."""
        self.seen.views += 1
        ours, theirs = (side.ask(function, *args) for side in (self.ours, self.theirs))
        if ours != theirs:
            raise self.log.fail(f"{function}{args}", ours.hex(), theirs.hex())

    def _figure(self, reason: str, function: str, ours: int, theirs: int) -> None:
        """Two figures of which one follows from the other."""
        self.seen.views += 1
        self.seen.divergences[reason] += 1
        if ours != theirs:
            raise self.log.fail(f"{function}: not as listed: {reason}", ours, theirs)

    def compare_views(self) -> None:
        """All that a client may ask."""
        for constant in ("CLOCK_MODE", "COUNTING_MODE", "name", "version", "eip712Domain"):
            self.view(constant)
        for setting in ("clock", "votingDelay", "votingPeriod"):
            self.view(setting)
        for motion in self.motions[-LIVE:]:
            self._compare_motion(motion)
        for actor in self.people:
            self._compare_person(actor.address)
        self._compare_past(self.chain.now - 1 - self.random.randrange(2 * DAY))

    def _compare_motion(self, motion: Motion) -> None:
        self.state(motion)
        self.view("proposalVotes", motion.id)
        for function in ("proposalDeadline", "proposalProposer", "proposalNeedsQueuing"):
            self.view(function, motion.id)
        ids = self.ours.ask("hashProposal", *motion.content)
        if ids != self.theirs.ask("hashProposal", *motion.content) or ids != motion.id.to_bytes(32):
            raise self.log.fail(f"the id of {motion} is {ids.hex()}")
        opens_at = self.ours.number("proposalSnapshot", motion.id) + self.delay
        found = self.theirs.number("proposalSnapshot", motion.id)
        self._figure(SNAPSHOT, "proposalSnapshot", opens_at, found)
        deadline = self.theirs.number("proposalDeadline", motion.id) + TIMELOCK
        self._figure(ETA, "proposalEta", self.ours.number("proposalEta", motion.id), deadline)
        for actor in self.people:
            self.view("hasVoted", motion.id, actor.address)

    def _compare_person(self, account: str) -> None:
        if self.ours.ask("getVotes", account) != self.members.ask("getVotes", account):
            raise self.log.fail(f"the votes of {account}")
        if self.ours.ask("isMember", account) != self.members.ask("balanceOf", account):
            raise self.log.fail(f"the membership of {account}")

    def _compare_past(self, second: int) -> None:
        """Our second `t + 1` begins as their second `t` ends."""
        before = self.ours.number("getPastTotalSupply", second)
        found = self.members_at(second - 1)
        self._figure(AFTER_THE_SECOND, "getPastTotalSupply", before, found)
        product = found * self.quorum_bps
        quorum = self.ours.number("quorum", second)
        self._figure(ROUNDED_UP, "quorum", quorum, (product + 9_999) // 10_000)
        if self.theirs.number("quorum", second - 1) != product // 10_000:
            raise self.log.fail("OpenZeppelin's quorum is another")
        if self.ours.ask("quorum", self.chain.now) != REFUSED:
            raise self.log.fail("a quorum as of now")
