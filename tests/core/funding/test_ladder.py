# SPDX-License-Identifier: AGPL-3.0-only
"""A crowd's caps on a ladder: what clears, against a search of every crowd; equal budgets."""

import random
from fractions import Fraction
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import FundingError, UnitError
from millpond.core.funding.crowdmatch import weight
from millpond.core.funding.equilibrium import largest_crowd, stays
from millpond.core.funding.ladder import (
    NOBODY,
    Clearing,
    Effect,
    Pledge,
    clear,
    cleared,
    effect,
    escrow,
    geometric,
)
from tests.core.funding.test_crowdmatch import by_decimals
from tests.core.funding.vectors import vectors

ONE = 10**18
CASES = 20_000
CAPS = [10, 20, 40, 80]


@cache
def rational_weight(shares: int) -> Fraction:
    """From logarithms of a hundred digits; powers of two by hand."""
    powers = {1: 0, 2: 1, 4: 2, 8: 3, 16: 4, 32: 5}
    lg = powers[shares] * ONE if shares in powers else by_decimals(shares)
    return 1 + Fraction(lg, ONE)


def by_search(rate: int, caps: list[int], pledges: list[Pledge]) -> tuple[int, set[int]]:
    """Every crowd of whole levels is tried: all from some cap up. The largest in which nobody pays
    more than her cap; its value, and who is in it."""
    best: tuple[int, set[int]] = (0, set())
    for least in caps:
        crowd = {at for at, each in enumerate(pledges) if caps[each.level] >= least}
        value = int(rate * sum((rational_weight(pledges[at].shares) for at in crowd), Fraction(0)))
        fits = all(value <= caps[pledges[at].level] for at in crowd)
        if fits and len(crowd) > len(best[1]):
            best = value, crowd
    return best


def test_clear__twenty_thousand_crowds_at_random__equal_the_search() -> None:
    chance = random.Random(20_261_129)  # noqa: S311  the same crowds each time
    some_sit_out = nobody_stays = 0
    for _ in range(CASES):
        caps = sorted(chance.sample(range(1, 120), chance.randrange(1, 7)))
        pledges = [
            Pledge(chance.choice([1, 1, 1, 2, 3, 4, 5, 7, 30]), chance.randrange(len(caps)))
            for _ in range(chance.randrange(8))
        ]
        rate = chance.randrange(1, 25)
        found, (value, crowd) = cleared(rate, caps, pledges), by_search(rate, caps, pledges)
        inside = {at for at, each in enumerate(pledges) if each.level >= found.lowest}
        assert (found.value, inside) == (value, crowd)
        for each in pledges:
            assert found.bill(each) <= each.shares * caps[each.level]
        some_sit_out += 0 < len(crowd) < len(pledges)
        nobody_stays += bool(pledges) and not crowd
    assert some_sit_out > 2_000
    assert nobody_stays > 500


def test_clear__by_hand__the_lowest_level_that_stays_clears() -> None:
    # Rate 10. From 80: one patron, value 10. From 40: two, 20. From 20: three, 30 > 20. From 10:
    # four, 40 > 10. So 40 is the lowest cap that stays.
    pledges = [Pledge(1, level) for level in range(4)]
    assert cleared(10, CAPS, pledges) == Clearing(20, 2)
    assert [Clearing(20, 2).bill(each) for each in pledges] == [0, 0, 20, 20]


def test_clear__a_lower_cap_that_nobody_chose__is_not_the_lowest_level() -> None:
    assert cleared(10, [5, 50], [Pledge(1, 1)] * 2) == Clearing(20, 1)
    assert cleared(10, [25, 50], [Pledge(1, 1)] * 2) == Clearing(20, 1)


def test_clear__nobody__costs_nothing() -> None:
    assert cleared(10, CAPS, []) == Clearing(0, NOBODY)
    assert cleared(90, CAPS, [Pledge(1, 3)]) == Clearing(0, NOBODY)
    assert Clearing(0, NOBODY).bill(Pledge(1, 3)) == 0


def test_clear__weights_in_their_last_decimal__count() -> None:
    # A share costs as much as all weights: 3 * 10^18 + 1 at the cap stays, a unit more does not.
    assert clear(ONE, [3 * ONE + 1], [3 * ONE + 1]) == Clearing(3 * ONE + 1, 0)
    assert clear(ONE, [3 * ONE], [3 * ONE + 1]) == Clearing(0, NOBODY)


def test_geometric__caps__rise_by_the_step_and_a_unit_at_least() -> None:
    assert geometric(10, 5_000, 4) == [10, 15, 22, 33]
    assert geometric(1, 100, 4) == [1, 2, 3, 4]
    assert len(geometric(1, 10_000, 64)) == 64


@pytest.mark.parametrize(
    ("caps", "says"),
    [([], "a ladder of 0 caps"), ([1] * 65, "a ladder of 65"), ([2, 2], "do not ascend"),
     ([3, 2], "do not ascend")],
)  # fmt: skip
def test_clear__a_ladder_that_is_none__is_refused(caps: list[int], says: str) -> None:
    with pytest.raises(FundingError, match=says):
        cleared(1, caps, [])


def test_clear__a_level_that_is_not_there__is_refused() -> None:
    with pytest.raises(UnitError, match="the level is 4"):
        cleared(1, CAPS, [Pledge(1, 4)])


def test_escrow__of_a_pledge__is_the_most_it_can_cost() -> None:
    assert escrow(Pledge(3, 2), CAPS, 12) == 3 * 40 * 12


def test_effect__of_a_pledge__is_what_she_pays_and_what_the_others_add() -> None:
    # Three at 80 pay 30 each; with her 40 each: she pays 40, they add 30.
    others = [Pledge(1, 3)] * 3
    assert effect(10, CAPS, others, Pledge(1, 3)) == Effect(30, 40, 40, 30, 0)


def test_effect__of_a_pledge_too_many__makes_others_sit_out() -> None:
    # Two at 20 pay 20 each. With her at 80 they would pay 30: they sit out, and she pays 10 alone.
    others = [Pledge(1, 1)] * 2
    assert effect(10, CAPS, others, Pledge(1, 3)) == Effect(20, 10, 10, -40, 2)


@given(
    st.integers(1, 30),
    st.lists(st.builds(Pledge, st.integers(1, 9), st.integers(0, 3)), max_size=8),
    st.builds(Pledge, st.integers(1, 9), st.integers(0, 3)),
)
def test_effect__any_pledge__is_the_difference_of_two_clearings(
    rate: int, others: list[Pledge], own: Pledge
) -> None:
    found = effect(rate, CAPS, others, own)
    before, after = cleared(rate, CAPS, others), cleared(rate, CAPS, [*others, own])
    assert (found.value_before, found.value_after) == (before.value, after.value)
    everybody = sum(map(after.bill, [*others, own]))
    assert found.own + found.others == everybody - sum(map(before.bill, others))


def test_weight__of_shares__is_what_the_search_takes() -> None:
    assert [weight(shares) for shares in (1, 2, 3, 30)] == [
        int(rational_weight(shares) * ONE) for shares in (1, 2, 3, 30)
    ]


# --- equal budgets ------------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("snowdrift")["budget_equilibrium"])
def test_largest_crowd__snowdrifts_budgets__keep_as_many(case: dict[str, Any]) -> None:
    budgets = case["budgets_units"]
    assert largest_crowd(budgets) == case["active"]
    assert stays(budgets, 1, largest_crowd(budgets)) == case["check"]


@given(st.lists(st.integers(0, 12), max_size=6), st.integers(1, 4))
def test_largest_crowd__any_budgets__is_the_largest_of_all_crowds(
    budgets: list[int], rate: int
) -> None:
    fits = [
        size
        for size in range(len(budgets) + 1)
        for crowd in combinations(budgets, size)
        if all(budget >= rate * size for budget in crowd)
    ]
    assert largest_crowd(budgets, rate) == max(fits)
    for crowd in range(8):
        assert stays(budgets, rate, crowd) == (crowd in fits)
