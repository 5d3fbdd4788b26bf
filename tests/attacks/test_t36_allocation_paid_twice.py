# SPDX-License-Identifier: AGPL-3.0-only
"""T36: a candidate has her part paid twice, out of what is promised to the others.

Who and what for: a candidate who is sent her part by anyone, and then takes it herself.
In the world: pots with two ways out and a mark on one of them only.
The defence: both ways take what waits by the same function, before the Pool is asked
(`Allocation._take`).
"""

from tests.attacks.allocations_weak import CARELESS
from tests.attacks.money import Outcome, on_both, strike
from tests.contracts.allocations import POINTS, Round
from tests.contracts.evm import Evm


def takes_it_twice(evm: Evm) -> Outcome:
    """Half is hers; won is what she has beyond it."""
    crowd = Round(evm)
    thief, _ = crowd.candidates(2)
    for n in (1, 2):
        crowd.cast(crowd.founders[n], {n: POINTS})
    crowd.give(1_000, earmark=1)
    crowd.close()
    before = evm.balance(thief)
    crowd.pay(1)
    refused = strike(evm, crowd.allocation.claim, 1, thief, sender=thief)
    return Outcome(refused, evm.balance(thief) - before - 500)


def test_claim__after_she_was_paid__has_nothing_left() -> None:
    shipped, weak = on_both(takes_it_twice, CARELESS)
    assert shipped == ("allocation: nothing waits", 0)
    assert weak == ("", 500)
