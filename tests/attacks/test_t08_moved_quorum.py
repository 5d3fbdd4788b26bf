# SPDX-License-Identifier: AGPL-3.0-only
"""T08: members come or go to move the quorum of a vote that is open.

Who and what for: one of ten who is alone for his payment, one short of the quorum; six
accomplices leave until he is enough.
In the world: DXdao's voting machines, Stellar's and stGOV's governors, Snapshot X (each a finding
of its own): the denominator was read when it was asked for.
The defence: a proposal freezes how many may vote when it is made (`proposals._open`).
"""

from tests.attacks.money import Outcome, on_both
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import UNFROZEN
from tests.contracts.coop import DEFEATED, FOR, QUEUED, SUCCEEDED, Ways, ascending
from tests.contracts.evm import Evm
from tests.contracts.test_admission_join import join


def friends_leave(evm: Evm) -> Outcome:
    """A fifth of all must take part: two of ten, or one of four."""
    coop = funded(evm, founders=10)
    thief, *friends = coop.founders[:7]
    proposal = robbing(coop, by=thief)
    coop.open(proposal)
    coop.vote(proposal, FOR, thief)
    for friend in friends:
        coop.admission.leave(sender=friend)
    ready(coop, proposal)
    return carried_out(coop, proposal)


def test_execute__after_others_have_left__needs_the_quorum_of_all() -> None:
    shipped, weak = on_both(friends_leave, UNFROZEN)
    assert shipped == ("governor: not ready to execute", 0)
    assert weak == ("", FUND)


def test_state__whatever_members_come_and_go__stays_what_its_ballots_say() -> None:
    """Both ways: a defeated one never passes, and one that passes is not undone by stuffing."""
    evm = Evm()
    coop = funded(evm, founders=10, ways=Ways(joins_bps=10_000))
    pair = ascending(coop.founders[:2])
    lost, passed = robbing(coop, by=pair[0]), robbing(coop, text="b", by=pair[1])
    coop.open(passed)
    coop.vote(lost, FOR, pair[0])
    coop.vote(passed, FOR, *pair)
    for n in range(10):
        join(coop, evm.actor(f"stuffed {n}"), pair)
    evm.warp_to(coop.governor.proposalDeadline(passed.id) + 1)
    for other in coop.founders[2:]:
        coop.admission.leave(sender=other)
        assert (coop.state(lost), coop.state(passed)) == (DEFEATED, QUEUED)
    ready(coop, passed)
    assert (coop.state(lost), coop.state(passed)) == (DEFEATED, SUCCEEDED)
    assert coop.word(lost)["electorate"] == coop.word(passed)["electorate"] == 10
