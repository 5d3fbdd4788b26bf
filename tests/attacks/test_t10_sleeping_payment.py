# SPDX-License-Identifier: AGPL-3.0-only
"""T10: a payment of money that is not there yet waits for the next gift.

Who and what for: a member who proposes a payment while the fund is empty. Nobody cares to vote
against it, his own ballot is the quorum, and from then on it stays ready; in the second in which a
patron gives, he carries it out. Against ballots end with the timelock, and only he can withdraw it
until its vote closes.
In the world: Beanstalk (2022), whose payload had waited a day in a proposal that nobody took
seriously.
The defence: a rules vote can call off whatever is not carried out yet (`Governor.cancel`), and what
is ready expires. Members should vote against what cannot be paid.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import LENIENT
from tests.contracts.coop import EXPIRED, FOR, SUCCEEDED, Coop, Proposal
from tests.contracts.evm import Evm

GIFT = 1_000


def asleep(evm: Evm) -> tuple[Coop, Proposal]:
    """One of five has voted; the fund is empty."""
    coop = Coop(evm, founders=5)
    thief = coop.founders[0]
    proposal = coop.opened(coop.spending(thief, GIFT), text="whatever comes")
    coop.vote(proposal, FOR, thief)
    evm.warp_to(coop.governor.proposalEta(proposal.id))
    assert coop.state(proposal) == SUCCEEDED
    return coop, proposal


def wakes(evm: Evm) -> Outcome:
    """The others vote to call it off; then a gift comes, and the thief is there."""
    coop, sleeper = asleep(evm)
    thief, *others = coop.founders
    cancel = coop.governor.calldata("cancel", *sleeper.content)
    vote = coop.opened((coop.governor, 0, cancel), text="call it off", by=others[0])
    coop.vote(vote, FOR, *others)
    coop.governor.close(vote.id, sender=coop.relayer)
    evm.warp_to(coop.governor.proposalEta(vote.id))
    strike(evm, coop.execute, vote)
    coop.give(GIFT)
    before = evm.balance(thief)
    refused = strike(evm, coop.execute, sleeper)
    return Outcome(refused, evm.balance(thief) - before)


def test_cancel__by_a_rules_vote_of_what_is_ready__is_the_end_of_it() -> None:
    shipped, weak = on_both(wakes, LENIENT)
    assert shipped == Outcome("governor: not ready to execute", 0)
    assert weak == Outcome("", GIFT)


def test_execute__a_payment_that_slept_too_long__has_expired() -> None:
    evm = Evm()
    coop, sleeper = asleep(evm)
    evm.warp(coop.rules[0].expiry)
    assert coop.state(sleeper) == EXPIRED
    coop.give(GIFT)
    assert strike(evm, coop.execute, sleeper) == "governor: not ready to execute"
