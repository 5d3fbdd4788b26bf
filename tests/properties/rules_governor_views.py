# SPDX-License-Identifier: AGPL-3.0-only
"""What a Governor is asked: views that refuse, and every view there is against the model."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.contracts.coop import DAY
from tests.contracts.evm import address_of
from tests.properties.model_governor_motions import Motion
from tests.properties.world import World

if TYPE_CHECKING:
    from tests.properties.rules_governor import Governance

UNKNOWN = 0xDEAD
VOTERS_SHOWN = 5
OF_A_PROPOSAL = (
    *("state", "proposalVotes", "proposalSnapshot"),
    *("proposalDeadline", "proposalEta", "proposalProposer"),
)
PLAIN = (
    *("member_count", "head", "clock", "CLOCK_MODE", "votingDelay", "votingPeriod", "hub", "pool"),
    *("identity", "proposalThreshold", "COUNTING_MODE", "name", "version", "eip712Domain"),
)
OF_AN_ACCOUNT = (
    *("isMember", "member_words", "getVotes", "delegates", "nonces", "is_hub_part", "part_words"),
)


class Questions:
    """Views of one Governor."""

    def __init__(self, governance: Governance) -> None:
        self.own = governance
        self.world, self.model = governance.world, governance.model
        self.people = governance.people

    def ask_oddly(self, world: World, random: Random) -> None:
        """Views that refuse, and views about the past."""
        governor, now = world.governor, world.now
        world.ask(governor, world.deal(random, "questions", OF_A_PROPOSAL), UNKNOWN)
        second = random.choice((now, now - 1, now - DAY, now + 1))
        account = address_of(random.choice(self.people))
        world.ask(governor, "getPastVotes", account, second)
        world.ask(governor, "getPastTotalSupply", second)
        world.ask(governor, "quorum", second)

    def compare(self) -> None:
        """Every view, of everybody and of every proposal that is not long over."""
        world, ask = self.world, self.world.ask
        governor, facts = world.governor, self.model.facts
        for view in PLAIN:
            ask(governor, view)
        for account in map(address_of, [*self.people, world.people.outsider, *facts.parts]):
            for view in OF_AN_ACCOUNT:
                ask(governor, view, account)
            ask(governor, "getPastVotes", account, world.now - 1)
        for index in range(2 * len(facts.versions) + 3):
            ask(governor, "rule_words", index)
        for index in range(len(facts.membership.counted) // 4 + 2):
            ask(governor, "history", index)
        for second in [*list(facts.membership.counted)[-8:], world.now - 1]:
            for timepoint in (second - 1, second, second + 1):
                ask(governor, "getPastTotalSupply", timepoint)
                ask(governor, "quorum", timepoint)
        for motion in [*facts.motions.values(), *list(self.model.past.values())[-20:]]:
            self._compare_motion(motion)

    def _compare_motion(self, motion: Motion) -> None:
        ask, governor = self.world.ask, self.world.governor
        for view in (*OF_A_PROPOSAL, "proposalNeedsQueuing", "proposal_words", "ends"):
            ask(governor, view, motion.id)
        for index in (0, 1):
            ask(governor, "sheets", motion.id, index)
        for account in self.people[:VOTERS_SHOWN]:
            ask(governor, "hasVoted", motion.id, address_of(account))
        ask(governor, "hashProposal", *self.own.content(motion))
