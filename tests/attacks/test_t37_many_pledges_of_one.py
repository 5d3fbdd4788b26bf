# SPDX-License-Identifier: AGPL-3.0-only
"""T37: one patron pledges as four, so that all others pay more for the same money of hers.

Who and what for: somebody who wants more from the crowd: four accounts with a share each add four
to the price of a share, one account with four shares adds three.
In the world: the formula of shares rewards numbers, so every platform with it needs one account a
person.
The defence: where only members may pledge, a pledge belongs to a seat
(`Crowdmatch._claim_seat`).
"""

from tests.attacks.crowds_weak import CARELESS
from tests.attacks.money import Outcome, on_both, strike
from tests.contracts.crowds import Crowd, Terms
from tests.contracts.evm import Evm


def as_four(evm: Evm) -> Outcome:
    """By how much a share costs more than with one pledge of hers."""
    crowd = Crowd(evm, Terms(members_only=True))
    crowd.pledge(crowd.chair, 1, 9)
    refused = ""
    for account in crowd.patrons(3):
        worth = crowd.ladder[9]
        refused = strike(evm, crowd.match.pledge, 1, 9, 1, worth, sender=account, value=worth)
    crowd.settle()
    return Outcome(refused, crowd.settle().value - crowd.terms.rate)


def test_pledge__with_four_accounts_of_one_member__counts_once() -> None:
    shipped, weak = on_both(as_four, CARELESS)
    assert shipped == Outcome("crowdmatch: members only", 0)
    assert weak == Outcome("", 3_000)
