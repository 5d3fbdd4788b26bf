# SPDX-License-Identifier: AGPL-3.0-only
"""How fast takes may grow on a team whose terms have a throttle (Liberapay's rule).

Liberapay's own cases, out of its tests (amounts in cents; the amount of its throttle is 1.00):

| own take at the last payday | left over | median of others | most | here |
|---|---|---|---|---|
| 4000 | -2000 | 4000 | 8000 | the same; what is missing is no negative leftover here, but 0 |
| 2000 | -497 | 2000 | 4000 | the same, likewise |
| 1 | 49 | 1 | 100 | the same |
| 1 | 9999 | 1 | 10000 | the same |
| 0 | 0 | 700 | 700 | the same |
| 0 | 5000 | 700 | 5000 | the same |

What differs: Liberapay has no limit on a team of one; here its one member may take twice as much
each time, and at once what was left over. Liberapay's median is of all who had a take at the last
payday, here of those of them who are on the team now.
"""

from collections.abc import Sequence

import pytest

from tests.contracts.evm import Evm
from tests.contracts.teams import MOST_TAKE, Crew

CENTS = 100


def after_payday(evm: Evm, takes: Sequence[int], left_over: int, **other: int) -> Crew:
    """A team with a throttle of 1.00 whose last payday had these takes and left so much over;
    less than 0: so much was missing."""
    crew = Crew(evm, len(takes), throttle=other.get("throttle", CENTS))
    crew.take(*takes)
    income = sum(takes) + left_over
    if income:
        crew.give(income)
    payday = crew.close()
    assert payday.left_over == max(left_over, 0)
    assert crew.team.throttle() == (other.get("throttle", CENTS), max(left_over, 0))
    return crew


def most(crew: Crew, person: int, limit: int) -> None:
    """So much she may take, and not one more."""
    assert crew.may(crew.mates[person], limit)
    assert not crew.may(crew.mates[person], limit + 1)


@pytest.mark.parametrize(
    ("own", "others", "left_over", "limit"),
    [
        (4_000, [4_000], -2_000, 8_000),
        (2_000, [2_000], -497, 4_000),
        (1, [1], 49, 100),
        (1, [1], 9_999, 10_000),
        (0, [700], 0, 700),
        (0, [700], 5_000, 5_000),
    ],
)
def test_set_take__liberapays_cases__have_its_limits(
    evm: Evm, own: int, others: list[int], left_over: int, limit: int
) -> None:
    most(after_payday(evm, [own, *others], left_over), 0, limit)


@pytest.mark.parametrize(
    ("last", "limit"), [(0, 100), (1, 100), (44, 100), (50, 100), (51, 102), (4_000, 8_000)]
)
def test_set_take__gittips_cases__have_its_limits(evm: Evm, last: int, limit: int) -> None:
    """max(twice the last, 1.00). The other one's take is small, so the median says nothing."""
    most(after_payday(evm, [last, 1], 0), 0, limit)


@pytest.mark.parametrize(
    ("takes", "median"),
    [
        ([0, 300], 300),
        ([0, 300, 500], 400),
        ([0, 300, 500, 900], 500),
        ([0, 900, 300, 500], 500),
        ([0, 500, 300, 0, 900, 0], 500),
        ([0, 301, 500], 400),  # 400.5
        ([0, 500, 300, 800, 400], 450),
        ([0, 700, 700, 700, 200], 700),
        ([0, MOST_TAKE, MOST_TAKE], MOST_TAKE),
        ([0, MOST_TAKE, MOST_TAKE - 1], MOST_TAKE - 1),
        ([0, 7, 6, 5, 4, 3, 2, 1], 100),  # the throttle's own amount is more
    ],
)
def test_set_take__somebody_new__may_take_the_median(
    evm: Evm, takes: list[int], median: int
) -> None:
    crew = after_payday(evm, takes, 0)
    assert crew.may(crew.mates[0], median)
    if median < MOST_TAKE:
        assert not crew.may(crew.mates[0], median + 1)


def test_set_take__each_bound_alone__is_the_limit(evm: Evm) -> None:
    """Twice her own; her own and what was left over; the median; the throttle's own amount."""
    crew = after_payday(evm, [600, 500, 200, 30, 0], 350, throttle=360)
    # left over counts for each of them alone
    most(crew, 0, 1_200)
    most(crew, 1, 1_000)
    most(crew, 2, 550)
    most(crew, 3, 380)
    most(crew, 4, 360)


def test_set_take__before_the_first_payday__has_no_limit(evm: Evm) -> None:
    crew = Crew(evm, throttle=CENTS)
    crew.take(MOST_TAKE, MOST_TAKE, 5)
    assert crew.team.head().total == 2 * MOST_TAKE + 5


def test_set_take__nobody_wanted_anything_at_the_last_payday__has_no_limit(evm: Evm) -> None:
    crew = Crew(evm, throttle=CENTS)
    crew.give(50)
    crew.close()
    assert crew.may(crew.mates[0], MOST_TAKE)
    crew.take(1)
    crew.close()
    most(crew, 0, CENTS)
    most(crew, 1, CENTS)
    crew.take(0)
    crew.close()
    assert crew.may(crew.mates[1], MOST_TAKE)


def test_set_take__who_wanted_something_has_left__there_is_a_limit_still(evm: Evm) -> None:
    """Nobody who stays had a take at the last payday, but somebody had: no free choice for them."""
    crew = after_payday(evm, [500, 0, 0], 170)
    crew.team.leave(sender=crew.mates[0])
    most(crew, 1, 170)
    crew.take(0, people=crew.mates[1:])
    crew.close()
    assert crew.may(crew.mates[1], MOST_TAKE)


def test_set_take__only_who_stays_counts_for_the_median(evm: Evm) -> None:
    crew = after_payday(evm, [900, 300, 200, 0], 0)
    most(crew, 3, 300)
    crew.team.leave(sender=crew.mates[0])
    most(crew, 3, 250)


def test_set_take__alone_on_the_team__twice_as_much_or_what_was_left_over(evm: Evm) -> None:
    crew = after_payday(evm, [400], 0)
    most(crew, 0, 800)
    crew.take(800)
    crew.give(5_000)
    crew.close()
    most(crew, 0, 800 + 4_200)


def test_set_take__without_a_throttle__has_no_limit(evm: Evm) -> None:
    crew = Crew(evm)
    crew.take(1, 1)
    crew.close()
    assert crew.may(crew.mates[0], MOST_TAKE)
    assert crew.may(crew.mates[2], MOST_TAKE)


def test_set_take__falling__is_always_allowed(evm: Evm) -> None:
    crew = Crew(evm, throttle=CENTS)
    crew.take(50_000, 10)
    crew.close()
    for take in (49_999, 40_000, 101, 0):
        crew.team.set_take(take, sender=crew.mates[0])
    # and up again, by what she had at the last payday
    most(crew, 0, 100_000)
    crew.take(30)
    crew.close()
    most(crew, 0, CENTS)


def test_set_take__above_the_limit_after_it_stood_there__staying_or_falling_is_fine(
    evm: Evm,
) -> None:
    """In a period without a limit she took more than the next one would let her."""
    crew = Crew(evm, throttle=CENTS)
    crew.take(1, 1)
    crew.close()
    assert not crew.may(crew.mates[0], 5_000)
    crew.take(0, 0)
    crew.close()
    crew.take(5_000)
    crew.team.set_take(5_000, sender=crew.mates[0])
    crew.team.set_take(4_999, sender=crew.mates[0])


def test_set_take__several_times_in_a_period__grows_from_the_last_payday_only(evm: Evm) -> None:
    crew = after_payday(evm, [400, 10], 0)
    crew.take(800)
    most(crew, 0, 800)
    crew.take(0)
    most(crew, 0, 800)
    assert crew.team.take_of(crew.mates[0]) == (0, 400, True)


def test_set_take__a_payday_is_due__grows_from_that_one(evm: Evm) -> None:
    """The first to come after it holds it, so it is the last payday for all of them."""
    crew = after_payday(evm, [400, 10], 0)
    crew.take(800)
    crew.end_period(more=3)
    most(crew, 0, 1_600)
    assert crew.team.take_of(crew.mates[0]) == (800, 400, True)
    crew.take(1_600)
    assert crew.team.take_of(crew.mates[0]) == (1_600, 800, True)
    assert crew.team.head().closed == 5


def test_set_take__left_and_came_back_in_the_period__grows_from_what_she_had(evm: Evm) -> None:
    crew = after_payday(evm, [400, 10, 10], 0)
    ada = crew.mates[0]
    crew.team.leave(sender=ada)
    for mate in crew.mates[1:]:
        crew.team.invite(ada, sender=mate)
    most(crew, 0, 800)
    crew.close()
    most(crew, 0, CENTS)


def test_set_take__left_over_of_before_the_last_payday__is_forgotten(evm: Evm) -> None:
    crew = after_payday(evm, [400, 0, 0], 3_000)
    most(crew, 1, 3_000)
    most(crew, 2, 3_000)
    crew.team.set_take(3_000, sender=crew.mates[1])
    assert crew.close().left_over == 0
    most(crew, 2, 1_700)  # the median of 400 and 3,000


def test_set_take__64_on_the_team__the_median_fits_into_a_block(evm: Evm) -> None:
    """Takes in falling order, so that every step of the sort moves; the gas is without the cost of
    cold storage, 2,000 more for each of two slots of 64."""
    crew = Crew(evm, 64, throttle=CENTS)
    crew.take(*range(10_063, 9_999, -1))
    crew.close()
    crew.team.leave(sender=crew.mates[0])
    (late,) = crew.members(1)
    crew.decide(crew.putting(late))
    crew.end_period()
    # 63 takes from 10,000 on: the middle one is 10,031
    crew.team.set_take(10_031, sender=late)
    gas = crew.evm.gas_used + 2 * 64 * 2_000
    print(f"set_take on a throttled team of 64, at worst: about {gas:,} gas")
    assert gas < 3_000_000
    with evm.reverts("team: grows too fast"):
        crew.team.set_take(10_032, sender=late)
