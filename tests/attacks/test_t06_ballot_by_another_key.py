# SPDX-License-Identifier: AGPL-3.0-only
"""T06: a member's seat moves to another key, and both keys have a standing ballot.

Who and what for: one of three, who lets the others move her seat and casts once more with the new
key, so that the candidate she likes has two ballots for ever.
In the world: votes by address, for which a second address was enough.
The defence: a standing ballot is the seat's, whatever key it has (`choices._cast`).
"""

from tests.attacks.allocations_weak import CARELESS
from tests.attacks.money import on_both
from tests.contracts.allocations import POINTS, Round
from tests.contracts.evm import Evm


def casts_with_both(evm: Evm) -> tuple[int, int]:
    """How many ballots there are of the two who cast, and what hers are worth of 1,200."""
    crowd, new = Round(evm), evm.actor("new key")
    crowd.candidates(2)
    honest, thief, _ = crowd.founders
    crowd.cast(honest, {1: POINTS})
    crowd.cast(thief, {2: POINTS})
    crowd.rebind(thief, new)
    crowd.close()
    crowd.cast(new, {2: POINTS})
    crowd.give(1_200, earmark=1)
    crowd.close()
    return crowd.allocation.head().ballots, crowd.waiting(2)[0]


def test_cast__from_another_key_of_the_same_seat__is_the_same_ballot() -> None:
    shipped, weak = on_both(casts_with_both, CARELESS)
    assert shipped == (2, 600)
    assert weak == (3, 800)
