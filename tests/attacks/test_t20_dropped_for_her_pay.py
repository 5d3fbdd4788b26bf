# SPDX-License-Identifier: AGPL-3.0-only
"""T20: somebody who has left the pool is taken off the team before the payday she has worked for.

Who and what for: the others on the team, who share among them what her take would have been: they
drop her in the last second of the month in which she left.
In the world: stock that vests at the end of the month, and people who are let go the day before.
The defence: who was a member when the period began counts to its end (`electorate._was_member` in
`roster.drop`), whatever came after.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.teams_weak import CARELESS
from tests.contracts.evm import Evm
from tests.contracts.teams import MONTH, Crew

INCOME = 900


def dropped(evm: Evm, last: int = 1) -> Outcome:
    """She leaves the pool, and so many seconds before the payday a mate drops her; what he wins."""
    crew = Crew(evm)
    crew.give(INCOME)
    crew.take(600, 600, 600)
    crew.gone(crew.mates[0])
    evm.warp_to(crew.opened_at + MONTH - last)
    refused = strike(evm, crew.team.drop, [crew.mates[0]], sender=crew.mates[1])
    if last:
        crew.close()
    return Outcome(refused, crew.waiting()[1] - INCOME // 3)


def test_drop__in_the_period_in_which_she_left__is_refused() -> None:
    shipped, weak = on_both(dropped, CARELESS)
    assert shipped == Outcome("team: still counts", 0)
    assert weak == Outcome("", 150)


def test_drop__in_the_first_second_of_the_next__comes_after_her_payday() -> None:
    assert dropped(Evm(), 0) == Outcome("", 0)
