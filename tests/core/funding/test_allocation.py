# SPDX-License-Identifier: AGPL-3.0-only
"""Standing ballots, their tallies, and an amount divided by them."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import FundingError, UnitError
from millpond.core.funding.allocation import allocate
from millpond.core.funding.ballots import POINTS, Rule, checked, tallies, worth
from millpond.core.funding.roots import root

CANDIDATES = [f"c{number}" for number in range(12)]


@st.composite
def ballots(draw: st.DrawFn) -> dict[str, int]:
    names = draw(st.lists(st.sampled_from(CANDIDATES), min_size=1, max_size=8, unique=True))
    edges = st.lists(
        st.integers(1, POINTS - 1), min_size=len(names) - 1, max_size=len(names) - 1, unique=True
    )
    cuts = [0, *sorted(draw(edges)), POINTS]
    return {who: cuts[at + 1] - cuts[at] for at, who in enumerate(names)}


def test_tallies__two_ballots__linear_adds_points_and_root_adds_roots() -> None:
    cast = [{"a": 10_000}, {"a": 2_500, "b": 7_500}]
    assert tallies(cast, Rule.LINEAR) == {"a": 12_500, "b": 7_500}
    # 100, 50, and the root of 7,500 with nine decimals: 86.602540378..
    assert tallies(cast, Rule.ROOT) == {"a": 150 * 10**9, "b": 86_602_540_378}


@pytest.mark.parametrize(
    ("ballot", "says"),
    [
        ({}, "names 0 candidates"),
        (dict.fromkeys(CANDIDATES[:9], 1_000), "names 9 candidates"),
        ({"a": 9_999}, "gives 9,999 points"),
        ({"a": 5_000, "b": 5_001}, "gives 10,001 points"),
    ],
)
def test_checked__a_ballot_that_cannot_be_cast__is_refused(
    ballot: dict[str, int], says: str
) -> None:
    with pytest.raises(FundingError, match=says):
        checked(ballot)


@pytest.mark.parametrize("points", [0, -1, 10_001])
def test_checked__points_out_of_range__are_refused(points: int) -> None:
    with pytest.raises(UnitError, match="not a whole number from 1 to 10000"):
        checked({"a": points, "b": POINTS - points})


@given(st.integers(0, 2**200))
def test_root__any_number__has_nine_decimals_rounded_down(number: int) -> None:
    with localcontext() as context:
        context.prec = 120
        assert root(number) == int(Decimal(number).sqrt() * 10**9)


@given(ballots())
def test_worth__split_over_several_candidates__never_gains_under_the_linear_rule(
    ballot: dict[str, int],
) -> None:
    assert sum(worth(points, Rule.LINEAR) for points in ballot.values()) == POINTS
    # Under the root rule it does, and at most by the root of how many there are.
    roots = sum(worth(points, Rule.ROOT) for points in ballot.values())
    assert worth(POINTS, Rule.ROOT) <= roots + len(ballot)
    assert roots**2 <= len(ballot) * worth(POINTS, Rule.ROOT) ** 2


@given(st.lists(ballots(), max_size=12), st.integers(0, 10**24), st.sampled_from(Rule))
def test_allocate__any_ballots__is_within_a_unit_of_the_exact_part(
    cast: list[dict[str, int]], amount: int, rule: Rule
) -> None:
    found = tallies(cast, rule)
    given_ = allocate(amount, found)
    everything = sum(found.values())
    for who, tally in found.items():
        exact = Fraction(amount * tally, everything)
        assert 0 <= exact - given_.paid[who] < 2
    assert given_.promised + given_.left == amount
    assert 0 <= given_.waiting <= 2 * len(found)
    backwards = tallies(reversed(cast), rule)
    assert backwards == found


def test_allocate__no_ballots__promises_nothing() -> None:
    assert allocate(5, {}).left == 5
    assert allocate(5, {"a": 0}).paid == {"a": 0}


def test_allocate__three_equal_candidates__get_three_threes_of_ten() -> None:
    once = allocate(10, {"a": 1, "b": 1, "c": 1})
    assert once.paid == {"a": 3, "b": 3, "c": 3}
    assert (once.promised, once.waiting, once.left) == (10, 1, 0)
