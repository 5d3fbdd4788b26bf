# SPDX-License-Identifier: AGPL-3.0-only
"""Takes by our own rule, the accumulator that a contract pays them by, and the throttle."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import BooksError, FundingError, UnitError
from millpond.core.funding import takes, throttle
from millpond.core.funding.accumulator import SCALE, Stake, divide
from millpond.core.funding.splits import Split, pro_rata
from tests.core.funding.vectors import vectors

NAMES = [f"m{number}" for number in range(8)]
amounts = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 10**24))


# --- takes --------------------------------------------------------------------------------------


def test_paid__enough_for_all__everybody_gets_hers_and_the_rest_stays() -> None:
    assert takes.paid(150, {"ann": 100, "bob": 50}) == Split({"ann": 100, "bob": 50}, 0)
    assert takes.paid(157, {"ann": 100, "bob": 50}) == Split({"ann": 100, "bob": 50}, 7)


def test_paid__not_enough__everybody_gets_the_same_part_rounded_down() -> None:
    # 100 / 150 of 100 is 66.67, of 50 it is 33.33.
    assert takes.paid(100, {"ann": 100, "bob": 50}) == Split({"ann": 66, "bob": 33}, 1)


def test_paid__nobody_or_nothing__pays_nothing() -> None:
    assert takes.paid(10, {}) == Split({}, 10)
    assert takes.paid(0, {"ann": 3}) == Split({"ann": 0}, 0)
    assert takes.paid(9, {"ann": 0}) == Split({"ann": 0}, 9)


@pytest.mark.parametrize(("income", "wants"), [(-1, {}), (1, {"ann": -1}), (True, {})])
def test_paid__what_is_no_amount__is_refused(income: int, wants: dict[str, int]) -> None:
    with pytest.raises(UnitError, match="not a whole number"):
        takes.paid(income, wants)


@given(st.integers(0, 10**25), amounts)
def test_paid__any_income__is_the_exact_part_rounded_down(
    income: int, wants: dict[str, int]
) -> None:
    found, everything = takes.paid(income, wants), sum(wants.values())
    part = min(Fraction(income, everything), Fraction(1)) if everything else Fraction(0)
    assert found.paid == {who: int(want * part) for who, want in wants.items()}
    assert sum(found.paid.values()) + found.left == income


@given(st.integers(0, 10**25), amounts)
def test_accrued__any_income__is_what_is_paid_but_for_huge_takes(
    income: int, wants: dict[str, int]
) -> None:
    exact, found = takes.paid(income, wants), takes.accrued(income, wants)
    everything = sum(wants.values())
    assert all(found.paid[who] - exact.paid[who] in (0, 1) for who in wants)
    assert sum(found.paid.values()) <= min(income, everything)
    if income >= everything or everything**2 < SCALE:
        assert found == exact


def test_accrued__a_part_whose_growth_has_no_end__comes_out_whole() -> None:
    # A third of 2^128 has no last bit: it is rounded up, and three of them are a unit and more.
    assert takes.accrued(1, {"ann": 3}) == Split({"ann": 1}, 0)
    payday = divide(1, 3, capped=True)
    assert Stake(3).settled(payday.growth).waiting == SCALE + 2
    assert payday.promised == 1


def test_split__more_than_there_is__is_refused() -> None:
    with pytest.raises(BooksError, match="of a pot of 2 3 would be paid"):
        Split.of(2, {"ann": 3})
    with pytest.raises(BooksError, match="of a pot of 2 1 would be paid"):
        Split.of(2, {"ann": 2, "bob": -1})


def test_pro_rata__no_part_above_zero__keeps_all() -> None:
    assert pro_rata(7, {"ann": 0}) == Split({"ann": 0}, 7)
    assert pro_rata(7, {"ann": 1, "bob": 1}) == Split({"ann": 3, "bob": 3}, 1)


# --- the accumulator ----------------------------------------------------------------------------

moves = st.lists(
    st.one_of(
        st.tuples(st.just("divide"), st.integers(0, 10**22), st.just(0)),
        st.tuples(st.sampled_from(NAMES), st.integers(0, 10**15), st.just(0)),
        st.tuples(st.just("take"), st.integers(0, 7), st.just(0)),
    ),
    max_size=20,
)


@given(moves, st.booleans())
def test_stake__any_history__is_the_exact_sum_of_its_parts(
    history: list[tuple[str, int, int]], has_limit: bool
) -> None:
    stakes, growths, promised = dict.fromkeys(NAMES, Stake()), 0, 0
    exact, taken = dict.fromkeys(NAMES, Fraction(0)), dict.fromkeys(NAMES, 0)
    for what, number, _ in history:
        if what == "divide":
            total = sum(stake.number for stake in stakes.values())
            once = divide(number, total, capped=has_limit)
            assert once.promised + once.left == number
            assert once.left >= 0
            growths, promised = growths + once.growth, promised + once.promised
            for who, stake in stakes.items():
                exact[who] += Fraction(stake.number * once.growth, SCALE)
        elif what == "take":
            who = NAMES[number]
            taken[who] += stakes[who].due(growths)
            stakes[who] = stakes[who].taken(growths)
            assert stakes[who].due(growths) == 0
        else:
            stakes[what] = stakes[what].changed(number, growths)
        for who, stake in stakes.items():
            assert taken[who] + stake.due(growths) == int(exact[who])
        assert sum(map(int, exact.values())) <= promised


def test_divide__nobody_has_a_number__promises_nothing() -> None:
    assert divide(5, 0).left == 5
    assert divide(5, 0).promised == 0


# --- the throttle -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("takes")["liberapay_throttle"])
def test_highest__liberapays_cases__are_theirs(case: dict[str, int]) -> None:
    found = throttle.highest(
        case["member_last"], case["leftover"], case["median_nonzero_last"], 100
    )
    assert found == case["max_this_week"]


@pytest.mark.parametrize(
    ("last", "expected"),
    [({}, None), ({"ann": 0}, None), ({"ann": 5, "bob": 0}, 5), ({"ann": 5, "bob": 8}, 6),
     ({"ann": 9, "bob": 1, "eve": 4}, 4)],
)  # fmt: skip
def test_median__of_takes_above_zero__is_rounded_down(
    last: dict[str, int], expected: int | None
) -> None:
    assert throttle.median(last) == expected


def test_limit__of_a_member__is_the_highest_of_four() -> None:
    last = {"ann": 40, "bob": 10, "eve": 30}
    assert throttle.limit(last, "ann", 20, 5) == 80  # twice her own
    assert throttle.limit(last, "bob", 25, 5) == 35  # hers and the left over
    assert throttle.limit(last, "new", 20, 5) == 30  # the median
    assert throttle.limit(last, "new", 20, 31) == 31  # always
    assert throttle.limit({"ann": 0}, "ann", 0, 5) is None


def test_median__of_more_than_64_people__is_refused() -> None:
    assert throttle.median({str(number): 1 for number in range(64)}) == 1
    with pytest.raises(FundingError, match="a team of 65 has no throttle"):
        throttle.median({str(number): 1 for number in range(65)})
