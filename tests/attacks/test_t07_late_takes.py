# SPDX-License-Identifier: AGPL-3.0-only
"""T07: somebody who joined in the period takes part in its payday.

Who and what for: a newcomer whom two mates invite on the day before a payday, who sets a take so
high that most of what the others have worked for is hers.
In the world: dividends that are bought the day before they are paid; on Gittip's teams somebody new
began at one cent for that reason.
The defence: a take is set by who was a member of the pool before the period began
(`electorate._seat_since` in `takes.set_take`); by the next the others have seen her.
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.teams_weak import CARELESS
from tests.contracts.evm import Evm
from tests.contracts.teams import MONTH, Crew

INCOME = 1_000


def comes_late(evm: Evm, before: int = 86_400) -> Outcome:
    """She joins so many seconds before the payday, and what waits for her after it."""
    crew = Crew(evm)
    crew.give(INCOME)
    crew.take(500, 500)
    evm.warp_to(crew.opened_at + MONTH - before)
    (late,) = crew.members(1)
    for mate in crew.mates[:2]:
        crew.team.invite(late, sender=mate)
    refused = strike(evm, crew.team.set_take, 9_000, sender=late)
    crew.close()
    return Outcome(refused, crew.waiting(late)[0])


def test_set_take__by_who_joined_in_this_period__is_refused() -> None:
    shipped, weak = on_both(comes_late, CARELESS)
    assert shipped == Outcome("team: no member in time", 0)
    assert weak == Outcome("", 900)


@pytest.mark.parametrize("before", [MONTH - 1, 1])
def test_set_take__joined_in_the_first_and_in_the_last_second__is_refused(before: int) -> None:
    assert comes_late(Evm(), before) == Outcome("team: no member in time", 0)
