# SPDX-License-Identifier: AGPL-3.0-only
"""T50: a take is raised when the period is over but its payday is not held yet.

Who and what for: a mate who sends, in one block after the period's last second, first a higher take
and then the call that holds the payday: nobody can answer.
In the world: Gratipay's payday counted only takes from before it had begun, for what was changed
while it ran was somebody's answer to it.
The defence: whatever changes the team holds the payday that is due first (`teams._current`), with
the takes of the last second.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.teams_weak import CARELESS
from tests.contracts.coop import named
from tests.contracts.evm import Evm
from tests.contracts.teams import Crew

INCOME = 1_000


def raises_late(evm: Evm) -> Outcome:
    """In the first second of the next period: her take, then the payday."""
    crew = Crew(evm)
    crew.give(INCOME)
    crew.take(500, 500)
    crew.end_period()
    refused = strike(evm, crew.team.set_take, 9_500, sender=crew.mates[0])
    held = named(evm, "PaydayClosed")
    if not held:
        crew.team.close_period(sender=crew.mates[0])
    return Outcome(refused, crew.waiting()[0] - INCOME // 2)


def test_set_take__after_the_end_and_before_the_payday__comes_too_late() -> None:
    shipped, weak = on_both(raises_late, CARELESS)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", 450)


def test_set_take_leave_and_give__in_any_order_after_the_end__the_takes_are_those_of_the_end() -> (
    None
):
    """Whoever comes first in that block: three ways, one payday."""
    found = []
    for first in ("the payday", "a higher take", "a mate leaves"):
        evm = Evm()
        crew = Crew(evm)
        crew.give(INCOME)
        crew.take(500, 600, 900)
        crew.end_period()
        if first == "the payday":
            crew.team.close_period(sender=crew.relayer)
        elif first == "a higher take":
            crew.team.set_take(5_000, sender=crew.mates[0])
        else:
            crew.team.leave(sender=crew.mates[2])
        found.append((crew.payday(), crew.waiting()))
    assert found == [((1, 1_000, 2_000, 0), [250, 300, 450])] * 3
