# SPDX-License-Identifier: AGPL-3.0-only
"""T51: whoever makes the block shifts its clock, or a deed falls just beside its window.

Who and what for: a validator who is a member, with a block of twelve seconds in his hand; the
vote was open to the second before, he has seen how it ended, and would still cast.
In the world: Snapshot's votes that were decided by whose clock counted; every "blocks as time"
after the merge.
The defence: windows last hours and days, so that seconds do not matter, and each bound is to the
second what it says: the last second of a vote is in it, the first of a timelock is not
(`proposals._state`).
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import AGAINST, DAY, FOR, Coop, Ways, ascending
from tests.contracts.evm import Evm
from tests.contracts.test_admission import accepting
from tests.contracts.test_admission_join import inviting
from tests.contracts.test_admission_rebind_sponsors import papers


def casts_a_second_late(evm: Evm) -> Outcome:
    """One for it and one against it; then the vote is over, and the third would decide."""
    coop = funded(evm)
    thief, honest, validator = coop.founders
    proposal = robbing(coop, by=thief)
    coop.open(proposal)
    coop.vote(proposal, FOR, thief)
    coop.vote(proposal, AGAINST, honest)
    evm.warp_to(coop.governor.proposalDeadline(proposal.id) + 1)
    refused = strike(evm, coop.governor.castVote, proposal.id, FOR, sender=validator)
    evm.warp_to(coop.governor.proposalEta(proposal.id))
    found = carried_out(coop, proposal)
    return Outcome(refused, found.won)


def test_castvote__a_second_after_the_vote__is_refused() -> None:
    shipped, weak = on_both(casts_a_second_late, HASTY)
    assert shipped == ("governor: no ballots taken now", 0)
    assert weak == ("", FUND)


# --- every window ------------------------------------------------------------------------------

# (the bound, how it is refused on its other side, the deed); True: good from the bound on,
# False: good up to it.
Window = tuple[int, bool, str, Callable[[], Any]]


def opening_of_a_vote(coop: Coop) -> Window:
    """Pending up to and with the last second of the delay."""
    proposal = robbing(coop)
    bound = coop.governor.proposalSnapshot(proposal.id) + coop.rules[0].delay + 1
    return (
        bound,
        True,
        "governor: no ballots taken now",
        lambda: coop.vote(proposal, FOR, coop.founders[0]),
    )


def end_of_a_vote(coop: Coop) -> Window:
    """Its last second is in it."""
    proposal = robbing(coop)
    bound = coop.governor.proposalDeadline(proposal.id)
    coop.open(proposal)
    return (
        bound,
        False,
        "governor: no ballots taken now",
        lambda: coop.vote(proposal, FOR, coop.founders[0]),
    )


def end_of_a_ballot(coop: Coop) -> Window:
    """The last second that it names."""
    proposal = robbing(coop)
    coop.open(proposal)
    until, voter = coop.evm.now + DAY, coop.founders[0]
    words = coop.signed(proposal, voter, FOR, deadline=until)
    return (
        until,
        False,
        "governor: ballots expired",
        lambda: coop.carry(proposal, words, deadline=until),
    )


def end_of_the_timelock(coop: Coop) -> Window:
    """Ready from its eta on."""
    proposal = coop.queued(coop.spending(coop.patron, 1))
    bound = coop.governor.proposalEta(proposal.id)
    return bound, True, "governor: not ready to execute", lambda: coop.execute(proposal)


def last_objection(coop: Coop) -> Window:
    """Against until the second before it is ready."""
    proposal = coop.queued(coop.spending(coop.patron, 1))
    bound = coop.governor.proposalEta(proposal.id) - 1
    return (
        bound,
        False,
        "governor: no ballots taken now",
        lambda: coop.vote(proposal, AGAINST, coop.founders[0]),
    )


def expiry(coop: Coop) -> Window:
    """Ready up to the second before it expires."""
    proposal = coop.passed(coop.spending(coop.patron, 1))
    bound = coop.governor.proposalEta(proposal.id) + coop.rules[0].expiry - 1
    return bound, False, "governor: not ready to execute", lambda: coop.execute(proposal)


def end_of_an_offer(coop: Coop) -> Window:
    """The last second that it names."""
    candidate, until = coop.evm.actor("candidate"), coop.evm.now + 40 * DAY
    coop.enact(coop.offering(candidate, deadline=until))
    accept = coop.admission.accept
    return until, False, "admission: no offer to this account", lambda: accept(sender=candidate)


def end_of_an_acceptance(coop: Coop) -> Window:
    """The last second that she signed for."""
    candidate = coop.evm.actor("candidate")
    coop.enact(coop.offering(candidate))
    until = coop.evm.now + DAY
    signed = candidate.sign(accepting(coop, candidate, deadline=until))
    accept = coop.admission.accept_for
    return (
        until,
        False,
        "admission: the acceptance has expired",
        lambda: accept(candidate, until, signed, sender=coop.relayer),
    )


def end_of_invitations(coop: Coop) -> Window:
    """The last second that they name."""
    candidate, until = coop.evm.actor("candidate"), coop.evm.now + DAY
    pair = ascending(coop.founders)[:2]
    signed = [each.sign(inviting(coop, candidate, each, deadline=until)) for each in pair]
    join = coop.admission.join
    return (
        until,
        False,
        "admission: the invitations have expired",
        lambda: join(candidate, until, pair, signed, b"", sender=candidate),
    )


def age_of_a_sponsor(coop: Coop) -> Window:
    """A member for a whole day."""
    evm, newcomer, candidate = coop.evm, coop.evm.actor("newcomer"), coop.evm.actor("candidate")
    coop.admit(newcomer)
    until, pair = evm.now + 9 * DAY, ascending([coop.founders[0], newcomer])
    signed = [each.sign(inviting(coop, candidate, each, deadline=until)) for each in pair]
    join = coop.admission.join
    return (
        evm.now + DAY,
        True,
        "admission: a sponsor joined too lately",
        lambda: join(candidate, until, pair, signed, b"", sender=candidate),
    )


def period_of_joins(coop: Coop) -> Window:
    """The next period begins a whole period after the last join."""
    pair = ascending(coop.founders)[:2]
    newcomers = [coop.evm.actor(f"newcomer {n}") for n in range(3)]
    until = coop.evm.now + 30 * DAY
    first, second, third = (
        (each, until, pair, [s.sign(inviting(coop, each, s, deadline=until)) for s in pair], b"")
        for each in newcomers
    )
    join = coop.admission.join
    join(*first, sender=newcomers[0])
    join(*second, sender=newcomers[1])
    bound = coop.evm.now + coop.ways.period
    return (
        bound,
        True,
        "admission: enough have joined in this period",
        lambda: join(*third, sender=newcomers[2]),
    )


def rebind_asked(coop: Coop) -> tuple[int, Callable[[], Any]]:
    """When two members asked for it, and what completes it."""
    *pair, old = coop.founders
    new = coop.evm.actor("new key")
    coop.admission.rebind_by_sponsors(*papers(coop, old, new, ascending(pair)), sender=new)
    complete = coop.admission.complete_rebind
    return coop.evm.now, lambda: complete(old, 0, b"", sender=new)


def week_of_the_old_key(coop: Coop) -> Window:
    """Complete from the end of the seventh day on."""
    asked, complete = rebind_asked(coop)
    return asked + 7 * DAY, True, "admission: the old key may still object", complete


def end_of_a_rebind(coop: Coop) -> Window:
    """And for sixty days."""
    asked, complete = rebind_asked(coop)
    return asked + 67 * DAY, False, "admission: no rebind to complete", complete


WINDOWS = [
    opening_of_a_vote,
    end_of_a_vote,
    end_of_a_ballot,
    end_of_the_timelock,
    last_objection,
    expiry,
    end_of_an_offer,
    end_of_an_acceptance,
    end_of_invitations,
    age_of_a_sponsor,
    period_of_joins,
    week_of_the_old_key,
    end_of_a_rebind,
]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: window.__name__)
def test_window__a_second_before_at_and_after_its_bound__is_as_stated(
    window: Callable[[Coop], Window],
) -> None:
    evm = Evm()
    coop = funded(evm, ways=Ways(joins_bps=6700))
    bound, opens, reason, deed = window(coop)
    for shift in (-1, 0, 1):
        mark = evm.snapshot()
        evm.warp_to(bound + shift)
        if (shift >= 0) if opens else (shift <= 0):
            deed()
        else:
            with evm.reverts(reason):
                deed()
        evm.restore(mark)
