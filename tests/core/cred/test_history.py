# SPDX-License-Identifier: AGPL-3.0-only
"""Cred history: rounded week by week, summed in integers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.cred import CredHistory, PersonCred, sorted_people
from millpond.core.errors import BadInput, SubjectError, UnitError, WeekError
from millpond.core.subjects import Subject, of_identity
from millpond.core.units import MicroCred
from millpond.core.weeks import weeks_of_month
from tests.core import month

WEEKS = weeks_of_month("2019-09")


def person(number: int, *weekly: int) -> PersonCred:
    return PersonCred(
        Subject(number.to_bytes(32, "big")), None, tuple(MicroCred(each) for each in weekly)
    )


def test_from_doubles__each_week__is_rounded_by_itself() -> None:
    # 0.4 millionths four times: the sum would round to 2, but no week holds one.
    history = CredHistory.from_doubles(WEEKS, {"x:a": [4e-7, 4e-7, 4e-7, 4e-7]})
    assert history.people[0].weekly == (0, 0, 0, 0)
    # 0.6 millionths four times: 4 by weeks, 2 by the sum.
    history = CredHistory.from_doubles(WEEKS, {"x:a": [6e-7, 6e-7, 6e-7, 6e-7]})
    assert history.people[0].cred == 4


def test_from_doubles__people_without_any_cred__are_left_out() -> None:
    history = CredHistory.from_doubles(
        WEEKS, {"x:none": [0, 0.0, 0, 0], "x:trace": [0, 0, 0, 1e-30], "x:some": [1, 0, 0, 0]}
    )
    by_name = {each.identity: each.cred for each in history.people}
    assert by_name == {"x:trace": 0, "x:some": 1_000_000}


@given(st.lists(st.lists(st.floats(0, 1e6), min_size=4, max_size=4), max_size=6))
def test_from_doubles__any_cred__is_within_half_a_millionth_a_week(cred: list[list[float]]) -> None:
    history = CredHistory.from_doubles(WEEKS, {f"x:{i}": weekly for i, weekly in enumerate(cred)})
    for each in history.people:
        exact = cred[int((each.identity or "")[2:])]
        assert each.cred == sum(each.weekly)
        assert abs(each.cred - sum(map(Fraction, exact), Fraction(0)) * 10**6) <= 2
    assert [each.subject for each in history.people] == sorted(e.subject for e in history.people)


def test_from_doubles__the_real_month__has_79_people_of_whom_36_round_to_nothing() -> None:
    history = month.history()
    assert len(history.people) == 79
    assert sum(each.cred == 0 for each in history.people) == 36
    assert sum(each.cred for each in history.people) == 585_491_375
    # None of the 36 reaches half a micro-cred in the exact sum of the month either.
    cred = month.scores().cred
    tiny = [cred[each.identity or ""][82:86] for each in history.people if each.cred == 0]
    assert all(sum(map(Fraction, weekly)) < Fraction(1, 2_000_000) for weekly in tiny)


def test_from_doubles__bad_cred_or_identity__is_refused() -> None:
    with pytest.raises(UnitError, match="cred is nan"):
        CredHistory.from_doubles(WEEKS, {"x:a": [1, float("nan"), 0, 0]})
    with pytest.raises(SubjectError, match="is not an identity"):
        CredHistory.from_doubles(WEEKS, {"nobody": [1, 0, 0, 0]})


@pytest.mark.parametrize(
    ("people", "says"),
    [
        ([person(2, 1, 1, 1, 1), person(1, 1, 1, 1, 1)], "out of order or there twice"),
        ([person(1, 1, 1, 1, 1), person(1, 2, 2, 2, 2)], "out of order or there twice"),
        ([person(1, 1, 1, 1)], "lacks a week or has negative cred"),
        ([person(1, 1, 1, 1, 1, 1)], "lacks a week or has negative cred"),
        ([person(1, 1, -1, 1, 1)], "lacks a week or has negative cred"),
        ([person(1)], "lacks a week or has negative cred"),
    ],
)
def test_cred_history__people_that_do_not_fit__are_refused(
    people: list[PersonCred], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        CredHistory(WEEKS, tuple(people))


def test_cred_history__weeks_with_a_gap__are_refused() -> None:
    with pytest.raises(WeekError, match="the week after"):
        CredHistory((WEEKS[0], WEEKS[2]), ())


def test_sorted_people__any_order__is_the_order_of_the_tree() -> None:
    people = [person(3, 1), person(1, 1), person(2, 1)]
    assert [each.subject[-1] for each in sorted_people(people)] == [1, 2, 3]
    assert (
        of_identity("x:a") == sorted_people([PersonCred(of_identity("x:a"), "x:a", ())])[0].subject
    )
