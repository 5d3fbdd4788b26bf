# SPDX-License-Identifier: AGPL-3.0-only
"""Grain in integers: what must hold of every division."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import GrainError
from millpond.core.grain import exact
from millpond.core.grain.view import View
from millpond.core.ledger.policies import Balanced, Immediate, Policy, Recent, Special
from millpond.core.units import Amount
from tests.core.grain.views import end, view

TEN = Amount(10)
BUDGETS = st.integers(0, 10**30).map(Amount)
NAMES = st.text("abcxyz", min_size=1, max_size=3)
SCORES = st.dictionaries(NAMES, st.integers(0, 10) | st.integers(0, 10**40), min_size=1).filter(
    lambda scores: any(scores.values())
)


def shuffled(scores: dict[str, int], seed: int) -> dict[str, int]:
    items = list(scores.items())
    Random(seed).shuffle(items)  # noqa: S311  an order, no secret
    return dict(items)


# --- the split ------------------------------------------------------------------------------------


@given(BUDGETS, SCORES)
def test_split__any_scores__add_up_to_the_last_unit(budget: Amount, scores: dict[str, int]) -> None:
    assert sum(exact.split(budget, scores).values()) == budget


@given(BUDGETS, SCORES)
def test_split__a_score_of_zero__gets_nothing(budget: Amount, scores: dict[str, int]) -> None:
    got = exact.split(budget, scores)
    assert all(scores[id_] > 0 and amount > 0 for id_, amount in got.items())


@given(BUDGETS, SCORES)
def test_split__everybody__is_within_one_unit_of_her_share(
    budget: Amount, scores: dict[str, int]
) -> None:
    got, whole = exact.split(budget, scores), sum(scores.values())
    for id_, score in scores.items():
        assert abs(got.get(id_, 0) - Fraction(budget * score, whole)) < 1


@given(BUDGETS, SCORES)
def test_split__more_score__never_gets_less(budget: Amount, scores: dict[str, int]) -> None:
    got = exact.split(budget, scores)
    by_score = sorted(scores, key=lambda id_: (scores[id_], got.get(id_, 0)))
    amounts = [got.get(id_, 0) for id_ in by_score]
    assert amounts == sorted(amounts)


@given(BUDGETS, SCORES, st.integers(0, 9))
def test_split__another_order__gives_the_same(
    budget: Amount, scores: dict[str, int], seed: int
) -> None:
    assert exact.split(budget, shuffled(scores, seed)) == exact.split(budget, scores)


@given(BUDGETS, SCORES, st.integers(1, 10**20))
def test_split__scores_times_a_number__give_the_same(
    budget: Amount, scores: dict[str, int], factor: int
) -> None:
    grown = {id_: score * factor for id_, score in scores.items()}
    assert exact.split(budget, grown) == exact.split(budget, scores)


def test_split__rests__go_to_the_largest_then_to_the_lower_id() -> None:
    assert exact.split(10, {"c": 1, "b": 1, "a": 1}) == {"a": 4, "b": 3, "c": 3}
    assert exact.split(1, {"a": 1, "b": 100}) == {"b": 1}  # SourceCred's own example
    assert exact.split(3, {"a": 5, "b": 6, "c": 0}) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("budget", "scores"), [(1, {}), (1, {"a": 0}), (1, {"a": -1, "b": 2}), (-1, {"a": 1})]
)
def test_split__nothing_to_divide_by__is_refused(budget: int, scores: dict[str, int]) -> None:
    with pytest.raises(GrainError, match="cannot be divided"):
        exact.split(budget, scores)


# --- the rules ------------------------------------------------------------------------------------

PEOPLE = view({"off": [9, 9, 9], "bob": [0, 3, 7], "ann": [8, 7, 3]}, {"ann": [4, 4, 4]}, ["off"])
THOUSAND = Amount(1000)


@pytest.mark.parametrize(
    ("policy", "got"),
    [
        (Immediate(TEN, 1), {"ann": 3, "bob": 7}),
        (Immediate(TEN, 2), {"ann": 5, "bob": 5}),
        (Immediate(THOUSAND, 3), {"ann": 643, "bob": 357}),  # 18 and 10 of 28
        (Recent(TEN, Decimal(1)), {"ann": 3, "bob": 7}),
        (Recent(THOUSAND, Decimal(0)), {"ann": 643, "bob": 357}),
        (Recent(THOUSAND, Decimal("0.5")), {"ann": 500, "bob": 500}),  # 2 + 3.5 + 3, 1.5 + 7
        (Recent(TEN, Decimal("0.5"), ("bob",)), {"ann": 10}),
        # 1012 * 18 / 28 - 12 and 1012 * 10 / 28, both of 1000
        (Balanced(THOUSAND, 0), {"ann": 639, "bob": 361}),
        (Balanced(THOUSAND, 1), {"ann": 297, "bob": 703}),  # 1004 * 0.3 - 4 and 1004 * 0.7
        (Special(TEN, "", "bob"), {"bob": 10}),
    ],
)
def test_receipts__by_each_rule__to_the_active_only(policy: Policy, got: dict[str, int]) -> None:
    assert dict(exact.receipts(policy, PEOPLE, end(3))) == got


def test_receipts__nobody_with_a_score__pays_nobody() -> None:
    nobody = view({"ann": [5, 0]})
    assert exact.receipts(Immediate(TEN, 1), nobody, end(2)) == ()
    assert exact.receipts(Balanced(TEN, 1), nobody, end(2)) == ()
    assert exact.receipts(Recent(TEN, Decimal(0), ("ann",)), nobody, end(2)) == ()
    assert exact.receipts(Immediate(TEN, 1), view({"ann": [5]}, off=["ann"]), end(1)) == ()


def test_receipts__less_than_half_a_micro_cred__is_no_score() -> None:
    assert exact.receipts(Immediate(TEN, 1), view({"ann": [4e-7], "bob": [6e-7]}), end(1)) == (
        ("bob", 10),
    )


def test_receipts__special_to_somebody_switched_off__is_refused() -> None:
    with pytest.raises(GrainError, match=r"the account off, .* is not active"):
        exact.receipts(Special(TEN, "", "off"), PEOPLE, end(3))


WEEKLY = st.lists(st.floats(0, 1e6), min_size=4, max_size=4)
GOT = st.lists(st.integers(0, 10**24), min_size=4, max_size=4)
RULES = st.one_of(
    st.builds(Immediate, BUDGETS, st.integers(1, 5)),
    st.builds(Recent, BUDGETS, st.decimals(0, 1, places=3)),
    st.builds(Balanced, BUDGETS, st.integers(0, 5)),
)


@given(RULES, st.dictionaries(NAMES, st.tuples(WEEKLY, GOT), min_size=1), st.integers(0, 9))
def test_receipts__any_people_in_any_order__get_the_same_and_all_of_it(
    policy: Policy, people: dict[str, tuple[list[float], list[int]]], seed: int
) -> None:
    found = view(
        {name: cred for name, (cred, _) in people.items()},
        {name: got for name, (_, got) in people.items()},
    )
    order = list(found.people)
    Random(seed).shuffle(order)  # noqa: S311  an order, no secret
    got = exact.receipts(policy, found, end(4))
    assert exact.receipts(policy, View(found.weeks, tuple(order)), end(4)) == got
    assert sum(amount for _, amount in got) in (policy.budget, 0)
    assert all(amount > 0 and any(people[name][0]) for name, amount in got)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.decimals(0, 1, places=4))
def test_faded__any_weeks__is_their_sum_with_each_faded(cred: list[int], gone: Decimal) -> None:
    kept = 1 - Fraction(gone)
    score = sum(each * kept**age for age, each in enumerate(reversed(cred)))
    assert exact.faded(cred, Fraction(gone)) == score * kept.denominator ** (len(cred) - 1)
