# SPDX-License-Identifier: AGPL-3.0-only
"""T06: a member who is to be removed moves her seat, and the vote removes nobody.

Who and what for: one of five who has stolen; while the others vote on her expulsion, two friends
ask for another key of hers, and the removal finds an account without a seat.
In the world: multisig owners and guild members who changed their address while the vote on them
ran.
The defence: an expulsion follows the seat to whatever key it has moved to (`Admission.expel`),
and it ends that membership only: who came back by a vote since is not hit.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import funded, ready
from tests.attacks.votes_weak import CROWDED
from tests.contracts.coop import DAY, FOR, MEMBERSHIP, Action, Coop, Ways, ascending
from tests.contracts.evm import Actor, Evm
from tests.contracts.test_admission_rebind_sponsors import papers


def expelling(coop: Coop, account: Actor, times_joined: int = 1) -> Action:
    """The call that ends this membership of hers."""
    call = coop.admission.calldata("expel", account, times_joined)
    return coop.admission, 0, call


def moves_away(evm: Evm) -> Outcome:
    """`won` is the seat that she keeps."""
    coop = funded(evm, founders=5, ways=Ways(joins_bps=10_000))
    *friends, culprit = coop.founders[:3]
    second = evm.actor("her second key")
    proposal = coop.propose(expelling(coop, culprit), by=coop.founders[3])
    assert coop.word(proposal)["kind"] == MEMBERSHIP
    sponsored = papers(coop, culprit, second, ascending(friends))
    coop.admission.rebind_by_sponsors(*sponsored, sender=second)
    coop.open(proposal)
    coop.vote(proposal, FOR, *[each for each in coop.founders if each is not culprit])
    evm.warp(7 * DAY - 1)
    strike(evm, coop.admission.complete_rebind, culprit, 0, b"", sender=second)
    ready(coop, proposal)
    refused = strike(evm, coop.execute, proposal)
    return Outcome(refused, coop.governor.getVotes(culprit) + coop.governor.getVotes(second))


def test_expel__of_a_seat_that_has_moved_meanwhile__finds_it() -> None:
    shipped, weak = on_both(moves_away, CROWDED)
    assert shipped == ("", 0)
    assert weak == ("members: not a member", 1)


def test_expel__late_for_who_left_and_was_let_in_again__is_refused() -> None:
    """The old vote is of the membership that is over."""
    evm = Evm()
    coop = funded(evm, founders=5)
    member = coop.founders[4]
    old = coop.passed(expelling(coop, member), text="expel")
    coop.admission.leave(sender=member)
    coop.voters = coop.founders[:4]
    coop.enact(coop.offering(member), text="again")
    coop.admission.accept(sender=member)
    with evm.reverts("admission: not that membership"):
        coop.execute(old)
    assert coop.governor.isMember(member)
