# SPDX-License-Identifier: AGPL-3.0-only
"""Grain as SourceCred divides it: its own numbers, and the marks that its way leaves."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import GrainError
from millpond.core.grain import compatible
from millpond.core.ledger.policies import Balanced, Immediate, Policy, Recent, Special
from millpond.core.units import Amount
from tests.core.grain.views import end, view

SCORES = st.lists(st.floats(0, 1e9) | st.floats(1e-30, 1e-20), min_size=1, max_size=30)
TEN = Amount(10)


@given(st.integers(0, 10**26), SCORES)
def test_split__any_scores__add_up_to_the_budget(budget: int, scores: list[float]) -> None:
    if sum(scores) == 0:
        return
    pieces = compatible.split(budget, scores)
    assert sum(pieces) == budget
    assert min(pieces) >= 0


def test_split__sourcecreds_own_examples__come_out_the_same() -> None:
    # By npm sourcecred 0.11.2: splitBudget(...).
    assert compatible.split(1, [1, 100]) == [0, 1]
    assert compatible.split(10**18, [1, 1, 1]) == [
        333333333333333312,
        333333333333333376,
        333333333333333312,
    ]
    assert compatible.split(100, [0.1, 0.2, 0.3, 0]) == [16, 33, 50, 1]


def test_split__what_is_left_over__goes_to_the_last_even_with_a_score_of_zero() -> None:
    assert compatible.split(10**22 + 1, [0.1, 0.7, 0.2, 0]) == [
        1000000000000000000000,
        6999999999999998951424,
        2000000000000000524288,
        524289,
    ]


@pytest.mark.parametrize("scores", [[], [0.0, 0.0], [1.0, math.inf], [-1.0, 2.0], [math.nan]])
def test_split__scores_that_pay_nobody__are_refused(scores: list[float]) -> None:
    with pytest.raises(GrainError, match="has nobody to pay"):
        compatible.split(5, scores)


@pytest.mark.parametrize(
    ("policy", "amounts"),
    [
        (Immediate(TEN, 1), (3, 7)),
        (Immediate(TEN, 2), (5, 5)),
        (Recent(TEN, Decimal(1)), (3, 7)),
        (Recent(TEN, Decimal("0.5"), ("bob",)), (10,)),
        # per cred floor(1012 / 28) = 36; so 648 - 12 and 360 - 0 are missing
        (Balanced(Amount(1000), 0), (638, 362)),
        (Balanced(Amount(1000), 1), (297, 703)),  # per cred 100; 296 and 700
        (Special(TEN, "", "bob"), (10,)),
    ],
)
def test_receipts__by_each_rule__to_the_active_only(
    policy: Policy, amounts: tuple[int, ...]
) -> None:
    people = view(
        {"off": [9, 9, 9], "ann": [8, 7, 3], "bob": [0, 3, 7]}, {"ann": [4, 4, 4]}, ["off"]
    )
    found = compatible.receipts(policy, people, end(3))
    assert tuple(amount for _, amount in found) == amounts


def test_check__nobody_active_or_less_than_one_cred__is_refused() -> None:
    with pytest.raises(GrainError, match="nobody is active"):
        compatible.check(view({"ann": [5]}, off=["ann"]))
    with pytest.raises(GrainError, match="all cred together is less than 1"):
        compatible.check(view({"ann": [0.4, 0.5]}))
    compatible.check(view({"ann": [0], "off": [0.5, 0.5]}, off=["off"]))


def test_receipts__nobody_with_a_score__is_refused() -> None:
    with pytest.raises(GrainError, match="IMMEDIATE has nobody to pay"):
        compatible.receipts(Immediate(TEN, 1), view({"ann": [5, 0]}), end(2))
    with pytest.raises(GrainError, match="no cred in these weeks"):
        compatible.receipts(Balanced(TEN, 1), view({"ann": [5, 0]}), end(2))
    with pytest.raises(GrainError, match=r"the account cat, .* is not active"):
        compatible.receipts(Special(TEN, "", "cat"), view({"ann": [5]}), end(1))
