# SPDX-License-Identifier: AGPL-3.0-only
"""T20: the ballot of somebody who is there is taken out, so that her candidate has no part.

Who and what for: a candidate's friend, who calls `drop` on the members who gave to others.
In the world: sweeps of "inactive" voters' rolls before an election.
The defence: who had her seat as the period began cannot be dropped in it, also when she was
expelled since (`choices.drop`, `electorate._was_member`).
"""

from tests.attacks.allocations_weak import CARELESS
from tests.attacks.money import Outcome, on_both, strike
from tests.contracts.allocations import POINTS, Round
from tests.contracts.evm import Evm


def drops_the_other(evm: Evm) -> Outcome:
    """Each has half of 1,000; won is what candidate 1 gains."""
    crowd = Round(evm)
    crowd.candidates(2)
    for n in (0, 1):
        crowd.cast(crowd.founders[n], {n + 1: POINTS})
    crowd.give(1_000, earmark=1)
    victim = crowd.founders[1]
    refused = strike(evm, crowd.allocation.drop, [victim], sender=crowd.relayer)
    crowd.close()
    return Outcome(refused, crowd.waiting(1)[0] - 500)


def test_drop__of_a_member__is_refused() -> None:
    shipped, weak = on_both(drops_the_other, CARELESS)
    assert shipped == ("allocation: still counts", 0)
    assert weak == ("", 500)
