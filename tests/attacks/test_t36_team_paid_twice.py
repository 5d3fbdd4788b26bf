# SPDX-License-Identifier: AGPL-3.0-only
"""T36: a mate is paid twice for one payday, out of what waits for the others.

Who and what for: a mate who claims again, who names herself several times in one payment, or whose
seat has moved: with the old key and with the new one.
In the world: DoubleZero's distribution (#1282), where one leaf paid twice.
The defence: what is paid waits no more, before money moves (`Team._pay_out`); what waits is kept by
seat, and a key that has lost its seat has nothing.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.teams_weak import CARELESS
from tests.contracts.evm import Evm
from tests.contracts.teams import Crew

INCOME = 900


def paid(evm: Evm) -> Crew:
    """300 wait for each of three."""
    crew = Crew(evm)
    crew.give(INCOME)
    crew.take(300, 300, 300)
    crew.close()
    return crew


def again(evm: Evm) -> Outcome:
    """Two claims."""
    crew, thief = paid(evm), evm.actor("thief")
    crew.team.claim(thief, sender=crew.mates[0])
    refused = strike(evm, crew.team.claim, thief, sender=crew.mates[0])
    return Outcome(refused, crew.has(thief) - 300)


def thrice_in_one(evm: Evm) -> Outcome:
    """Named three times in one payment."""
    crew = paid(evm)
    refused = strike(evm, crew.team.pay, [crew.mates[0]] * 3, sender=crew.mates[0])
    return Outcome(refused, crew.has(crew.mates[0]) - 300)


def with_both_keys(evm: Evm) -> Outcome:
    """The old key claims, then the new one."""
    crew, thief, key = paid(evm), evm.actor("thief"), evm.actor("another key")
    crew.team.claim(thief, sender=crew.mates[0])
    crew.moved(crew.mates[0], key)
    old = strike(evm, crew.team.claim, thief, sender=crew.mates[0])
    refused = strike(evm, crew.team.claim, thief, sender=key)
    assert old == "team: nothing waits"
    return Outcome(refused, crew.has(thief) - 300)


def test_claim__a_second_time__is_refused() -> None:
    shipped, weak = on_both(again, CARELESS)
    assert shipped == Outcome("team: nothing waits", 0)
    assert weak == Outcome("", 300)


def test_pay__the_same_three_times_in_one_call__is_paid_once() -> None:
    shipped, weak = on_both(thrice_in_one, CARELESS)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", 600)


def test_claim__by_the_old_key_and_the_new__is_paid_once() -> None:
    shipped, weak = on_both(with_both_keys, CARELESS)
    assert shipped == Outcome("team: nothing waits", 0)
    assert weak == Outcome("", 300)
