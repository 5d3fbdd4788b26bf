# SPDX-License-Identifier: AGPL-3.0-only
"""Matching bounded by pairs of donors, and matching by clusters, against published figures."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import FundingError
from millpond.core.funding import cocm, pairwise
from millpond.core.funding.matching import ideals, sums_of
from millpond.core.funding.passports import coefficient
from tests.core.funding.vectors import vectors

CASE = vectors("qf")["cases"][0]
GIFTS = CASE["donations"]
ONE = 10**18
TOLERANCE = Fraction(1, 10**13)
"""Of published figures, which are doubles of up to sixteen digits."""

gifts_of_three = st.dictionaries(
    st.sampled_from("pqr"),
    st.dictionaries(st.sampled_from("abcde"), st.integers(0, 10**12), max_size=5),
    max_size=3,
)
clusters_of_five = st.dictionaries(
    st.sampled_from("abcde"),
    st.dictionaries(st.sampled_from("XYZ"), st.integers(0, 9), max_size=3),
    max_size=5,
)


def as_published(found: dict[str, int], expected: dict[str, float]) -> bool:
    return found.keys() == expected.keys() and all(
        abs(Fraction(match, ONE) - Fraction(expected[name])) < TOLERANCE
        for name, match in found.items()
    )


# --- pairs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "name"), [("25", "pairwise_M25"), ("0.01", "pairwise_M0_01"),
                        ("25", "gitcoin_production_thr25_trust1")],
)  # fmt: skip
def test_pairwise__the_vectors__are_the_published_figures(bound: str, name: str) -> None:
    assert as_published(pairwise.matches(GIFTS, Fraction(bound)), CASE[name])


def test_pairwise__two_who_give_much__are_bounded_and_many_are_not() -> None:
    case = vectors("qf")["collusion"]
    gifts = {"S": case["donations_S"], "T": {f"d{number}": 2 for number in range(100)}}
    found = pairwise.matches(gifts, Fraction(25))
    assert found["S"] == case["pairwise_M25"]["S"] * ONE
    # 4,950 pairs of roots that are each less than 10^-18 too low.
    exact = Fraction(100 * 99, 2) * Fraction(2 * 25, 27)
    assert abs(Fraction(found["T"], ONE) - exact) < Fraction(2 * 4_950 * 2, ONE)


def test_pairwise__a_bound_without_end__is_half_of_the_quadratic_match() -> None:
    found = pairwise.matches(GIFTS, Fraction(10**30))
    half = {name: Fraction(match, 2) for name, match in ideals(sums_of(GIFTS)).items()}
    for name, match in found.items():
        assert 0 <= half[name] - Fraction(match, ONE) < Fraction(1, 10**15)


def test_pairwise__no_bound__is_refused() -> None:
    with pytest.raises(FundingError, match="a bound of 0 matches nobody"):
        pairwise.matches(GIFTS, Fraction(0))


@given(gifts_of_three, st.fractions(Fraction(1, 100), 10**9))
def test_pairwise__any_gifts__are_within_the_stated_rounding(
    gifts: dict[str, dict[str, int]], bound: Fraction
) -> None:
    found = pairwise.matches(gifts, bound)
    with localcontext() as context:
        context.prec = 80
        most = Decimal(int(bound * ONE * ONE)) / ONE / ONE
        roots = {p: {who: Decimal(n).sqrt() for who, n in row.items()} for p, row in gifts.items()}
        largest = max((root for row in roots.values() for root in row.values()), default=Decimal(0))
        for project, row in roots.items():
            pairs = [(a, b) for a in row for b in row if a < b]
            exact = sum(
                (row[a] * row[b] * most / (most + _together(roots, a, b)) for a, b in pairs),
                Decimal(0),
            )
            error = abs(exact - Decimal(found[project]) / ONE)
            assert error <= (2 * len(pairs) * len(roots) * largest + 1) / ONE


def _together(roots: dict[str, dict[str, Decimal]], one: str, other: str) -> Decimal:
    both = (row for row in roots.values() if one in row and other in row)
    return sum((row[one] * row[other] for row in both), Decimal(0))


# --- clusters -----------------------------------------------------------------------------------


def test_cocm__the_vectors__are_the_published_figures() -> None:
    found = cocm.matches(GIFTS, CASE["clusters"])
    assert as_published(found, CASE["cocm_markov_harsh"])


def test_cocm__gifts_of_one_cluster__match_nothing() -> None:
    assert cocm.matches({"A": {"x": 9, "y": 4}}, {"x": {"X": 1}, "y": {"X": 3}}) == {"A": 0}
    assert cocm.matches({"A": {"x": 9, "y": 4}}, {}) == {"A": 0}


def test_cocm__two_clusters_that_nobody_joins__match_by_the_root_of_both() -> None:
    # P(X, Y) = 4 and P(Y, X) = 9: twice the root of 36.
    found = cocm.matches({"A": {"x": 9, "y": 4}}, {"x": {"X": 1}, "y": {"Y": 5}})
    assert found == {"A": 12 * ONE}


@given(gifts_of_three, clusters_of_five)
def test_cocm__any_gifts__are_within_a_trillionth_of_the_exact_chain(
    gifts: dict[str, dict[str, int]], clusters: dict[str, dict[str, int]]
) -> None:
    found = cocm.matches(gifts, clusters)
    active = {who for row in gifts.values() for who, gift in row.items() if gift}
    crowd = {who: row for who, row in clusters.items() if who in active and any(row.values())}
    for project, row in gifts.items():
        exact = _by_definition(row, crowd)
        allowed = Decimal("1e-12") * (1 + exact)
        assert abs(Decimal(found[project]) / ONE - exact) <= allowed


def _by_definition(row: dict[str, int], crowd: dict[str, dict[str, int]]) -> Decimal:
    names = sorted({name for each in crowd.values() for name, weight in each.items() if weight})
    part = {
        who: {g: Fraction(each.get(g, 0), sum(each.values())) for g in names}
        for who, each in crowd.items()
    }
    size = {g: sum(each.get(g, 0) for each in crowd.values()) for g in names}

    def step(g: str, h: str) -> Fraction:
        return sum(
            (Fraction(each.get(g, 0), size[g]) * part[who][h] for who, each in crowd.items()),
            Fraction(0),
        )

    def near(who: str, h: str) -> Fraction:
        if crowd[who].get(h, 0):
            return Fraction(1)
        return sum((part[who][g] * step(g, h) for g in names), Fraction(0))

    def table(g: str, h: str) -> Fraction:
        return sum(
            ((1 - near(who, h)) * row.get(who, 0) * part[who][g] for who in crowd), Fraction(0)
        )

    with localcontext() as context:
        context.prec = 60
        total = Decimal(0)
        for g in names:
            for h in names:
                both = table(g, h) * table(h, g) if g != h else Fraction(0)
                total += (Decimal(both.numerator) / Decimal(both.denominator)).sqrt()
        return total


# --- scores -------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("qf")["passport_scaling"])
def test_coefficient__gitcoins_scores__count_for_as_much(case: dict[str, float]) -> None:
    assert coefficient(Fraction(case["score"]), 15, 25) == Fraction(case["coefficient"])


def test_coefficient__no_room_between_the_scores__is_refused() -> None:
    with pytest.raises(FundingError, match="half of a gift counts from 15 and all of it from 15"):
        coefficient(Fraction(1), 15, 15)
