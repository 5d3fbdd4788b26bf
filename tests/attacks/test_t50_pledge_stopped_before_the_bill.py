# SPDX-License-Identifier: AGPL-3.0-only
"""T50: a patron makes all others give more and does not pay herself.

Who and what for: somebody who stops her pledge, or takes her escrow out, in the last block before a
period is settled, or in the same block, so that her weight is in the price and her money is gone.
In the world: Snowdrift charges who was a patron before midnight of the day of the event.
The defence: a pledge that is stopped is billed for the running period all the same
(`pledges._take_out`), and what that can cost is locked until then (`pledges._locked`).
"""

from tests.attacks.crowds_weak import CARELESS
from tests.attacks.money import Outcome, on_both, strike
from tests.contracts.crowds import Crowd
from tests.contracts.evm import Evm


def stopped(evm: Evm) -> Outcome:
    """In the last second of a period in whose crowd she was: what of her bill she has back."""
    crowd = Crowd(evm)
    honest, thief = crowd.patrons(2)
    crowd.pledge(honest, 1, 9, 2)
    put = crowd.pledge(thief, 1, 9, 1)
    crowd.settle()
    evm.warp_to(crowd.opened_at + 2 * crowd.terms.period - 1)
    crowd.match.stop(sender=thief)
    before = crowd.books()[0]
    refused = strike(evm, crowd.match.withdraw, thief, sender=thief)
    back = before - crowd.books()[0]
    assert crowd.settle().value == 2_000
    return Outcome(refused, max(back - (put - 2_000), 0))


def taken_out(evm: Evm) -> Outcome:
    """The pledge stands and the escrow is gone."""
    crowd = Crowd(evm)
    (thief,) = crowd.patrons(1)
    crowd.pledge(thief, 1, 9, 1)
    crowd.settle()
    before = crowd.books()[0]
    refused = strike(evm, crowd.match.withdraw, thief, sender=thief)
    return Outcome(refused, before - crowd.books()[0])


def test_withdraw__after_a_stop_in_the_last_second__is_billed_all_the_same() -> None:
    shipped, weak = on_both(stopped, CARELESS)
    assert shipped == Outcome("crowdmatch: nothing to take back", 0)
    assert weak == Outcome("", 2_000)


def test_withdraw__of_what_the_period_may_cost__is_refused() -> None:
    shipped, weak = on_both(taken_out, CARELESS)
    assert shipped == Outcome("crowdmatch: nothing to take back", 0)
    assert weak.refused == ""
    assert weak.won > 0
