# SPDX-License-Identifier: AGPL-3.0-only
"""T16: a few pass what they like while the others are away.

Who and what for: one of ten, who pays himself in the week in which nobody looks.
In the world: Build Finance (2022); Compound's proposal 289 on a weekend (2024); most token votes
end with less than a tenth.
The defence: For and Abstain must reach a share of the whole electorate, there must be more for it
than against it, and a vote is open for a day at least (`proposals._passes`, modules/rules.vy).
"""

from fractions import Fraction
from itertools import product

import pytest

from tests.attacks.money import Outcome, on_both
from tests.attacks.votes import FUND, funded, robbed, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import (
    ABSTAIN,
    AGAINST,
    CLASSES,
    DEFEATED,
    FOR,
    ORDINARY,
    QUEUED,
    Desk,
    stricter,
)
from tests.contracts.evm import Evm


def alone(evm: Evm) -> Outcome:
    """A fifth of all is needed."""
    coop = funded(evm, founders=10)
    return robbed(coop, robbing(coop), coop.founders[0])


def test_execute__one_of_ten_is_for_it__is_refused() -> None:
    shipped, weak = on_both(alone, HASTY)
    assert shipped == ("governor: not ready to execute", 0)
    assert weak == ("", FUND)


def as_many(evm: Evm) -> Outcome:
    """Half for it, half against it."""
    coop = funded(evm, founders=4)
    proposal = robbing(coop)
    coop.open(proposal)
    coop.vote(proposal, AGAINST, *coop.founders[2:])
    return robbed(coop, proposal, *coop.founders[:2])


def test_execute__as_many_against_it_as_for_it__is_refused() -> None:
    shipped, weak = on_both(as_many, HASTY)
    assert shipped == ("governor: not ready to execute", 0)
    assert weak == ("", FUND)


@pytest.mark.parametrize(("quorum", "approval"), [(2000, 5000), (5000, 6667)])
@pytest.mark.parametrize("members", range(1, 8))
def test_state__every_outcome_of_up_to_seven_ballots__is_as_fractions_say(
    members: int, quorum: int, approval: int
) -> None:
    """All numbers of against, for and abstain."""
    evm = Evm()
    rules = stricter(CLASSES, ORDINARY, quorum_bps=quorum, approval_bps=approval)
    desk = Desk(evm, rules)
    people = [evm.actor(f"member {n}") for n in range(members)]
    desk.admit(*people)
    desk.voters = people
    evm.warp(1)
    proposal = desk.opened((people[0], 0, b""))
    closes_at = desk.governor.proposalDeadline(proposal.id)
    for counts in product(range(members + 1), repeat=3):
        if sum(counts) > members:
            continue
        mark, voters = evm.snapshot(), iter(people)
        for support, count in zip((AGAINST, FOR, ABSTAIN), counts, strict=True):
            for _ in range(count):
                desk.vote(proposal, support, next(voters))
        evm.warp_to(closes_at + 1)
        against, in_favour, abstain = counts
        enough = Fraction(in_favour + abstain, members) >= Fraction(quorum, 10_000)
        decided = in_favour > against
        decided = decided and Fraction(in_favour, in_favour + against) >= Fraction(approval, 10_000)
        expected = QUEUED if enough and decided else DEFEATED
        assert desk.state(proposal) == expected, (members, counts)
        evm.restore(mark)
