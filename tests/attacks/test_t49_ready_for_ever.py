# SPDX-License-Identifier: AGPL-3.0-only
"""T49: something that was once allowed waits, for ever.

Who and what for: a payee, who leaves a payment that passed lying there until the fund is rich
again and everybody has forgotten it; somebody with an old offer, an old request for a seat, an
old invitation.
In the world: approvals that were never taken back, and emptied wallets years later.
The defence: each state ends by time alone: a proposal expires (`proposals._state`) and a rules vote
can bury it before (`Governor.cancel`), an offer and each signature end within 366 days, a rebind
after sixty (modules/rebinding.vy), and a review is put off once (`Governor.extend_consent`).
"""

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, thief_of
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import (
    ACTIVE,
    CANCELED,
    CLASSES,
    DAY,
    DEFEATED,
    EXECUTED,
    EXPIRED,
    FOR,
    ORDINARY,
    PENDING,
    Coop,
    Proposal,
    stricter,
)
from tests.contracts.evm import Evm


def waits_three_years(evm: Evm) -> Outcome:
    """It was for a fund that was nearly empty then."""
    coop = Coop(evm)
    evm.actor("thief")
    proposal = coop.passed(coop.spending(thief_of(coop), FUND), text="when we can")
    evm.warp(3 * 366 * DAY)
    coop.give(FUND)
    return carried_out(coop, proposal)


def test_execute__three_years_after_the_vote__is_refused() -> None:
    shipped, weak = on_both(waits_three_years, HASTY)
    assert shipped == ("governor: not ready to execute", 0)
    assert weak == ("", FUND)


def is_regretted(evm: Evm) -> Outcome:
    """It has passed; then they learn who he is, and a rules vote is to bury it before he comes."""
    coop = funded(evm, rules=stricter(CLASSES, ORDINARY, expiry=60 * DAY))
    proposal = coop.passed(coop.spending(thief_of(coop), FUND), text="regretted")
    bury = coop.governor, 0, coop.governor.calldata("cancel", *proposal.content)
    burial = coop.passed(bury, text="bury it")
    strike(evm, coop.execute, burial)
    return carried_out(coop, proposal)


def test_execute__what_a_vote_has_buried__is_refused() -> None:
    shipped, weak = on_both(is_regretted, HASTY)
    assert shipped == ("governor: not ready to execute", 0)
    assert weak == ("", FUND)


def test_state__of_every_proposal__ends_by_time_alone() -> None:
    """Nobody does anything: whatever had become of it, in a year it is over."""
    evm = Evm()
    coop = funded(evm, founders=6)
    voted: list[Proposal] = []
    for n, member in enumerate(coop.founders):
        voted.append(coop.propose(coop.spending(coop.patron, n + 1), text=f"{n}", by=member))
    coop.open(voted[0])
    for n, proposal in enumerate(voted):
        coop.vote(proposal, FOR, *coop.founders[:n])
    coop.governor.close(voted[5].id, sender=coop.relayer)
    part = coop.part("decide")
    consent = coop.raised(part)
    evm.warp(400 * DAY)
    ends = {coop.state(each) for each in (*voted, consent)}
    assert ends <= {CANCELED, DEFEATED, EXPIRED, EXECUTED}
    assert {DEFEATED, EXPIRED} <= ends


def test_extend_consent__again_and_again__is_refused_the_second_time() -> None:
    """Else a part could keep its own review, and the money under it, open for ever."""
    evm = Evm()
    works = Works(evm)
    coop, part = works.coop, works.coop.part("decide")
    proposal = coop.raised(part)
    evm.warp(1)
    ends = coop.governor.proposalDeadline(proposal.id)
    longer = coop.governor.calldata("extend_consent", proposal.id, ends + 30 * DAY)
    evm.call(part, coop.governor, longer)
    with evm.reverts("governor: extended once already"):
        evm.call(part, coop.governor, longer)
    evm.warp_to(ends + 30 * DAY + 1)
    assert coop.state(proposal) not in (PENDING, ACTIVE)
