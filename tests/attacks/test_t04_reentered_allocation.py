# SPDX-License-Identifier: AGPL-3.0-only
"""T04: a candidate claims again while she is paid.

Who and what for: a contract that stands, has half of a round, and calls back as the money comes.
In the world: The DAO (2016); Cream (2021); Curve's pools (2023), whose locks were one a function.
The defence: what waits is taken before the Pool is asked, one lock over all functions of a
contract, and too little gas for a payee to do more (`Allocation.claim`, `payments._pay`). There are
three, so the weakened copy lacks all.
"""

from tests.attacks.allocations_weak import REENTERED
from tests.attacks.money import Outcome, on_both
from tests.contracts.allocations import POINTS, Round
from tests.contracts.evm import Evm


def claims_again(evm: Evm) -> Outcome:
    """Won is what it has beyond its half of 1,000."""
    crowd, thief = Round(evm), evm.deploy("OddPayee")
    crowd.nominate(thief)
    crowd.allocation.stand(sender=thief)
    crowd.candidates(1)
    for n in (1, 2):
        crowd.cast(crowd.founders[n], {n: POINTS})
    crowd.give(1_000, earmark=1)
    crowd.close()
    again = crowd.allocation.calldata("claim", 1, thief)
    thief.call_back(crowd.allocation, again, sender=crowd.relayer)
    before = evm.balance(thief)
    crowd.allocation.claim(1, thief, sender=thief)
    return Outcome("", evm.balance(thief) - before - 500)


def test_claim__again_from_the_payment__is_paid_once() -> None:
    shipped, weak = on_both(claims_again, REENTERED)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", 500)
