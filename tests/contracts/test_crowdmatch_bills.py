# SPDX-License-Identifier: AGPL-3.0-only
"""What a crowd costs: published examples of both forms, the ladder's walk, and the roundings.

A unit is a millionth of a dollar, so the rate of 1,000 is a tenth of a cent.
"""

import pytest

from tests.contracts.crowds import NOBODY, Crowd, Terms, goal_terms
from tests.contracts.evm import Evm

DOLLAR = 1_000_000


def crowd_of(evm: Evm, *groups: tuple[int, int, int]) -> Crowd:
    """Patrons, shares of each, and the level of each, a period after they pledged."""
    crowd = Crowd(evm, Terms(first_cap=100_000, step_bps=10_000, levels=4))
    for patrons, shares, level in groups:
        for patron in crowd.patrons(patrons):
            crowd.pledge(patron, shares, level)
    crowd.settle()
    return crowd


def test_settle__a_hundred_with_one_share__pay_ten_cents_each(evm: Evm) -> None:
    crowd = crowd_of(evm, (100, 1, 0))
    assert crowd.settle() == (2, 100_000, 0, 100, 10 * DOLLAR)
    assert crowd.books()[2] == 10 * DOLLAR


def test_settle__a_hundred_with_four_shares__pay_a_dollar_twenty_each(evm: Evm) -> None:
    crowd = crowd_of(evm, (100, 4, 2))
    assert crowd.settle() == (2, 300_000, 2, 400, 120 * DOLLAR)
    ann = evm.actor("patron 1")
    assert crowd.purse(ann) == (1_600_000, 1_200_000, 400_000)
    assert crowd.withdraw(ann) == 400_000


def test_settle__two_hundred_with_four_and_one_with_one__cost_sixty_cents(evm: Evm) -> None:
    crowd = crowd_of(evm, (200, 4, 3), (1, 1, 3))
    assert crowd.settle() == (2, 601_000, 3, 801, 801 * 601_000)


@pytest.mark.parametrize("many", [1, 3, 10, 70])
def test_settle__the_unit_form__is_the_square_of_the_crowd(evm: Evm, many: int) -> None:
    """Snowdrift's own figures: 70 patrons give 70 units each and 4,900 together."""
    crowd = Crowd(evm, Terms(rate=1, most=1, first_cap=100, levels=1, step_bps=0))
    for patron in crowd.patrons(many):
        crowd.pledge(patron, 1, 0)
    crowd.settle()
    assert crowd.settle() == (2, many, 0, many, many * many)


# --- goals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patrons", "collected", "each"),
    [
        # 978 of 36,000: 978^2 / 36,000 = 26.569 dollars, 16.3 cents of each
        ((6,) * 163, 26_569_000, 163_000),
        # 3,000 times 6 dollars: a half; 6,000: all; 8,000: three quarters
        ((9_000, 8_994, 6), 9_000 * DOLLAR, 3 * DOLLAR),
        ((18_000, 17_994, 6), 36_000 * DOLLAR, 6 * DOLLAR),
        ((24_000, 23_994, 6), 36_000 * DOLLAR, 4_500_000),
    ],
)
def test_settle__towards_a_goal__collects_by_the_ratio(
    evm: Evm, patrons: tuple[int, ...], collected: int, each: int
) -> None:
    crowd = Crowd(evm, goal_terms(36_000 * DOLLAR))
    people = crowd.patrons(len(patrons))
    for patron, dollars in zip(people, patrons, strict=True):
        crowd.pledge(patron, dollars * DOLLAR, 0)
    crowd.settle()
    pledged = sum(patrons) * DOLLAR
    assert crowd.settle() == (2, 0, 0, pledged, collected)
    assert crowd.purse(people[-1])[1] == each
    assert sum(crowd.purse(patron)[1] for patron in people) == collected


def test_settle__a_goal_that_does_not_divide__rounds_bills_up_and_the_sum_down(evm: Evm) -> None:
    crowd = Crowd(evm, goal_terms(7))
    ann, bob = crowd.patrons(2)
    crowd.pledge(ann, 1, 0, 2)
    crowd.pledge(bob, 2, 0, 2)
    crowd.settle()
    # 3 * 3 / 7 = 1.29; 3 / 7 and 6 / 7 are a unit each
    assert crowd.settle() == (2, 0, 0, 3, 1)
    assert [crowd.purse(patron)[1] for patron in (ann, bob)] == [1, 1]
    crowd.match.stop(sender=ann)
    crowd.match.stop(sender=bob)
    # both are billed now, and the unit too much goes on with the next collection
    assert crowd.settle() == (3, 0, 0, 3, 1)
    assert crowd.books() == (6 - 3, 0, 3)


def test_settle__a_goal_with_nobody__is_settled_with_nothing(evm: Evm) -> None:
    crowd = Crowd(evm, goal_terms(7))
    assert crowd.settle() == (1, 0, NOBODY, 0, 0)
    assert crowd.match.outcome_of(1) == (0, NOBODY, 0)
    assert crowd.match.outcome_of(2) == (0, 0, 0)


# --- the ladder ---------------------------------------------------------------------------------


def test_settle__a_level_over_its_cap__sits_out_and_comes_back(evm: Evm) -> None:
    crowd = Crowd(evm, Terms(step_bps=10_000, levels=4))
    low, high = crowd.patrons(2)
    crowd.pledge(low, 1, 0, 3)
    crowd.pledge(high, 1, 1, 1)
    crowd.settle()
    # together a share costs 2,000: too much for her who goes to 1,000
    assert crowd.settle() == (2, 1_000, 1, 1, 1_000)
    assert (crowd.purse(low)[1], crowd.purse(high)[1]) == (0, 1_000)
    assert crowd.settle() == (3, 1_000, 0, 1, 1_000)
    assert crowd.settle() == (4, 1_000, 0, 1, 1_000)
    assert crowd.withdraw(low) == 1_000
    assert crowd.withdraw(high) == 1_000


def test_settle__all_over_their_caps__is_nobody(evm: Evm) -> None:
    crowd = Crowd(evm, Terms(step_bps=10_000, levels=4))
    for patron in crowd.patrons(9):
        crowd.pledge(patron, 1, 3)
    crowd.settle()
    assert crowd.settle() == (2, 0, NOBODY, 0, 0)
    assert crowd.books()[2] == 0


def test_settle__all_levels_filled_and_all_leave__costs_far_less_than_a_block(evm: Evm) -> None:
    crowd = Crowd(evm, Terms(first_cap=100_000, step_bps=100))
    people = crowd.patrons(128)
    for place, patron in enumerate(people):
        crowd.pledge(patron, 1, place % 64, 1)
    crowd.settle()
    joined = evm.gas_used
    found = crowd.settle()
    # 54 levels from the tenth up; the ninth goes to 109,368 and would cost 110,000
    assert (found.value, found.lowest) == (108_000, 10)
    assert max(joined, evm.gas_used) < 3_000_000
    assert crowd.settle() == (3, 0, NOBODY, 0, 0)
    for patron in people:
        crowd.withdraw(patron)
    assert crowd.books()[:2] == (0, 0)
