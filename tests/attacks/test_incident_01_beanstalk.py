# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 1: votes for the length of a transaction, and an emergency way past the wait.

Who and what for: somebody who gets in, proposes, votes and is paid in the same second.
In the world: Beanstalk (2022-04-17, $182M): flash-borrowed votes and `emergencyCommit`.
The defence: a vote is one member's from before the proposal (`casting._objection`,
`members._take_turn`), it opens after the delay of its class, ends early only for more than half
of all, and its timelock is a day at least, for everybody (modules/rules.vy). There is no
emergency. They are several, so the weakened copy lacks those of age and of the vote.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import funded, robbing
from tests.attacks.votes_weak import OPEN
from tests.contracts.coop import CLASSES, EXECUTED, FOR, ORDINARY, Ways, ascending, stricter
from tests.contracts.evm import Evm
from tests.contracts.test_admission_join import join

SOON = stricter(CLASSES, ORDINARY, delay=0)


def in_and_paid_at_once(evm: Evm) -> Outcome:
    """Joins and proposes within a second; `won` is whether what he proposed is there."""
    coop, newcomer = funded(evm, rules=SOON, ways=Ways(joins_bps=10_000)), evm.actor("newcomer")
    join(coop, newcomer, ascending(coop.founders[:2]))
    made: list[object] = []
    refused = strike(evm, lambda: made.append(robbing(coop, by=newcomer)))
    return Outcome(refused, len(made))


def test_propose__in_the_second_of_joining__is_refused() -> None:
    shipped, weak = on_both(in_and_paid_at_once, OPEN)
    assert shipped == ("members: joined just now", 0)
    assert weak == ("", 1)


def test_execute__whatever_is_done_to_hurry__is_a_day_after_the_vote_at_least() -> None:
    """By all members at once, closed at the first second: the timelock is still to come."""
    evm = Evm()
    coop = funded(evm, rules=SOON)
    proposal = robbing(coop)
    with evm.reverts("governor: no ballots taken now"):
        coop.vote(proposal, FOR, coop.founders[0])
    evm.warp(1)
    coop.vote(proposal, FOR, *coop.founders)
    coop.governor.close(proposal.id, sender=coop.relayer)
    closed_at = coop.governor.proposalDeadline(proposal.id)
    while coop.state(proposal) != EXECUTED:
        if strike(evm, coop.execute, proposal):
            evm.warp(3_600)
    assert evm.now >= closed_at + coop.rules[ORDINARY].timelock >= closed_at + 86_400
