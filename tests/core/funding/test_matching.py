# SPDX-License-Identifier: AGPL-3.0-only
"""Quadratic matching: ideal matches, the pool with and without a cap, the rule by one alpha."""

import random
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import UnitError
from millpond.core.funding import alpha_rule
from millpond.core.funding.matching import Sums, ideals, sums_of, would_add
from millpond.core.funding.matching_pool import Level, capped, divide, is_level, water_level
from tests.core.funding.vectors import vectors

CASE = vectors("qf")["cases"][0]
ONE = 10**18
ROUNDS = 10_000
ideal_matches = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 10**24), max_size=8)
tight_matches = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60), max_size=8)


def raw(scale: int = 1) -> dict[str, int]:
    gifts = {
        project: {donor: gift * scale for donor, gift in donors.items()}
        for project, donors in CASE["donations"].items()
    }
    return ideals(sums_of(gifts))


# --- ideal matches ------------------------------------------------------------------------------


def test_ideals__three_projects__are_34_54_and_162() -> None:
    assert raw() == CASE["standard"] == {"A": 34, "B": 54, "C": 162}
    assert sum(raw().values()) == CASE["standard_sum"]
    assert raw(10**6) == CASE["integer_usdc"]["raw"]


@given(st.integers(0, 2**96))
def test_ideal__a_single_donor__is_never_matched(gift: int) -> None:
    assert Sums().changed(0, gift).ideal == 0


def test_ideal__the_single_donor_of_the_vector__is_not_matched() -> None:
    case = vectors("qf")["single_donor"]
    assert ideals(sums_of(case["donations"])) == {"A": case["match"]}


def test_ideals__two_who_give_much_and_many_who_give_little__are_the_published_ones() -> None:
    case = vectors("qf")["collusion"]
    gifts = {"S": case["donations_S"], "T": {f"d{number}": 2 for number in range(100)}}
    # The roots of two, rounded down, lose less than a unit in all.
    assert ideals(sums_of(gifts)) == {"S": 200, "T": case["standard"]["T"] - 1}
    fine = {name: {who: n * 10**6 for who, n in each.items()} for name, each in gifts.items()}
    assert ideals(sums_of(fine))["T"] == case["standard"]["T"] * 10**6 - 1


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 10**20)), max_size=20))
def test_sums__gift_by_gift__are_those_of_the_totals_in_any_order(
    gifts: list[tuple[int, int]],
) -> None:
    totals = dict.fromkeys(range(5), 0)
    sums = Sums()
    for donor, gift in gifts:
        added = would_add(sums, totals[donor], totals[donor] + gift)
        changed = sums.changed(totals[donor], totals[donor] + gift)
        assert changed.ideal - sums.ideal == added
        sums, totals[donor] = changed, totals[donor] + gift
    at_once = {"p": {str(donor): gift for donor, gift in totals.items()}}
    assert sums_of(at_once) == {"p": sums}


def test_sums__an_old_total_above_all_gifts__is_refused() -> None:
    with pytest.raises(UnitError, match="the old total of a donor is 2"):
        Sums(10**9, 1).changed(2, 3)


# --- the pool -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["integer_usdc", "integer_usdc_cap"])
def test_divide__the_vectors__are_exact_to_the_last_unit(name: str) -> None:
    case = CASE[name]
    found = divide(case["pot"], raw(10**6), case["cap"])
    assert (found.paid, found.left) == (case["matched"], case["undistributed"])


def test_divide__more_than_all_ideal_matches__keeps_the_rest_or_scales_up() -> None:
    case = vectors("qf")["unsaturated"]
    found = divide(case["pot"], raw())
    assert (found.paid, found.left) == (case["paid"], case["kept"])
    assert divide(1000, raw(), up=True).paid == {"A": 136, "B": 216, "C": 648}


def test_divide__a_cap__bounds_matches_that_the_pool_is_enough_for() -> None:
    assert divide(1000, raw(), cap=50).paid == {"A": 34, "B": 50, "C": 50}
    assert divide(1000, raw(), cap=500, up=True).paid == {"A": 193, "B": 306, "C": 500}
    assert divide(1000, raw(), cap=300, up=True).paid == {"A": 300, "B": 300, "C": 300}
    assert divide(100, raw(), cap=0).left == 100


def test_divide__nobody_is_matched__keeps_the_pool() -> None:
    for up in (False, True):
        assert divide(9, {"a": 0, "b": 0}, cap=3, up=up).left == 9
        assert divide(9, {}, up=up).left == 9


def poured(pool: int, matches: dict[str, int], cap: int | None, up: bool) -> dict[str, Fraction]:
    """By the words of the rule: in proportion, then what is over the cap goes to those under it in
    proportion, again and again; and nobody gets more than her ideal match if it is not `up`."""
    everything = sum(matches.values())
    rate = Fraction(pool, everything) if everything else Fraction(0)
    found = {who: rate * match for who, match in matches.items()}
    while cap is not None and any(amount > cap for amount in found.values()):
        over = sum(amount - cap for amount in found.values() if amount > cap)
        found = {who: min(amount, Fraction(cap)) for who, amount in found.items()}
        under = sum(amount for amount in found.values() if amount < cap)
        if not under:
            break
        found = {
            who: amount * (1 + over / under) if amount < cap else amount
            for who, amount in found.items()
        }
    if not up:
        top = {who: min(match, match if cap is None else cap) for who, match in matches.items()}
        found = {who: min(amount, Fraction(top[who])) for who, amount in found.items()}
    return found


@given(st.integers(0, 10**25), ideal_matches, st.none() | st.integers(0, 10**24), st.booleans())
def test_divide__any_pool__is_the_exact_one_rounded_down(
    pool: int, matches: dict[str, int], cap: int | None, up: bool
) -> None:
    found, exact = divide(pool, matches, cap, up), poured(pool, matches, cap, up)
    assert sum(found.paid.values()) + found.left == pool
    for who, amount in exact.items():
        # Who is over the cap by less than a unit is not capped; that part of a unit is lost.
        assert 0 <= amount - found.paid[who] < (1 if cap is None else 1 + len(matches))
        assert cap is None or found.paid[who] <= cap
    if sum(exact.values()) == pool:
        assert found.left <= 2 * len(matches)


def by_passes(pool: int, matches: dict[str, int], cap: int, up: bool) -> dict[str, int]:
    """Pass after pass over all projects, as a contract goes: whoever is over the cap is taken out,
    with the cap, until none is."""
    rest, still = pool, dict(matches)
    while True:
        together = sum(still.values())
        rest = rest if up else min(rest, together)
        over = [who for who, match in still.items() if match and rest * match // together > cap]
        if not over:
            break
        rest -= cap * len(over)
        still = {who: match for who, match in still.items() if who not in over}
    if not together:
        return {who: cap if match else 0 for who, match in matches.items()}
    return {who: min(cap, rest * match // together) for who, match in matches.items()}


@given(st.integers(0, 10**25), ideal_matches, st.integers(0, 10**24), st.booleans())
def test_divide__a_cap__is_to_the_last_unit_that_of_a_contracts_passes(
    pool: int, matches: dict[str, int], cap: int, up: bool
) -> None:
    assert divide(pool, matches, cap, up).paid == by_passes(pool, matches, cap, up)


@given(st.integers(0, 300), tight_matches, st.integers(0, 60), st.booleans())
def test_divide__small_numbers_and_a_cap__are_to_the_last_unit_those_of_passes(
    pool: int, matches: dict[str, int], cap: int, up: bool
) -> None:
    assert divide(pool, matches, cap, up).paid == by_passes(pool, matches, cap, up)


@given(st.integers(0, 300), tight_matches, st.integers(0, 60), st.booleans())
def test_is_level__the_water_level__is_the_only_one_that_passes(
    pool: int, matches: dict[str, int], cap: int, up: bool
) -> None:
    level, right = water_level(pool, matches, cap, up), divide(pool, matches, cap, up).paid
    assert is_level(level, pool, matches, cap, up)
    others = [Level(level.money + 1, level.matches), Level(level.money, level.matches + 1)]
    for other in (*others, Level(0, 0), Level(pool, sum(matches.values()))):
        if is_level(other, pool, matches, cap, up):
            found = {name: other.match(ideal) for name, ideal in matches.items()}
            assert capped(found, matches, other, cap) == right


def test_is_level__all_at_the_cap__needs_more_than_all_the_caps() -> None:
    matches = {"a": 9, "b": 9, "c": 0}
    assert is_level(Level(0, 0), 11, matches, 5)
    assert not is_level(Level(0, 0), 10, matches, 5)
    assert not is_level(Level(0, 0), 19, matches, 9)
    assert is_level(Level(0, 0), 19, matches, 9, up=True)
    assert is_level(Level(0, 0), 0, {"c": 0}, 5)


@given(st.integers(0, 10**25), ideal_matches, st.randoms(use_true_random=False))
def test_divide__projects_in_another_order__changes_nothing(
    pool: int, matches: dict[str, int], chance: random.Random
) -> None:
    names = list(matches)
    chance.shuffle(names)
    shuffled = {name: matches[name] for name in names}
    for cap in (None, 10**23):
        assert divide(pool, shuffled, cap).paid == divide(pool, matches, cap).paid


def test_rounds__ten_thousand_at_random__equal_the_exact_model_within_their_rounding() -> None:
    chance = random.Random(20_261_129)  # noqa: S311  the same rounds each time
    with localcontext() as context:
        context.prec = 60
        for _ in range(ROUNDS):
            unit = 10 ** chance.choice([0, 2, 6, 18])
            gifts = {
                f"p{project}": {
                    f"d{donor}": chance.randrange(1, 1_000 * unit + 1)
                    for donor in range(chance.randrange(1, 6))
                }
                for project in range(chance.randrange(1, 5))
            }
            _holds(gifts, chance.randrange(0, 20_000 * unit))


def _holds(gifts: dict[str, dict[str, int]], pool: int) -> None:
    matches = ideals(sums_of(gifts))
    for name, donors in gifts.items():
        roots = sum((Decimal(gift).sqrt() for gift in donors.values()), Decimal(0))
        exact = max(roots * roots - sum(donors.values()), Decimal(0))
        # Each root is less than 10^-9 too low, so their square less than 2 * n * S * 10^-9.
        rounding = 2 * len(donors) * roots / 10**9 + 1
        assert 0 <= exact - matches[name] < rounding or exact < Decimal("1e-30")
    everything = sum(matches.values())
    part = min(Fraction(pool, everything), Fraction(1)) if everything else Fraction(0)
    found = divide(pool, matches)
    assert found.paid == {name: int(match * part) for name, match in matches.items()}
    assert sum(found.paid.values()) <= pool


# --- by one alpha -------------------------------------------------------------------------------


def alpha_for(pool: int, matches: dict[str, int]) -> int:
    return alpha_rule.alpha_of(water_level(pool, matches))


def test_alpha__the_vectors__are_those_of_the_pool_by_parts() -> None:
    found = alpha_rule.divide(100_000_000, raw(10**6))
    assert alpha_for(100_000_000, raw(10**6)) == 4 * 10**17
    assert found.paid == CASE["integer_usdc"]["matched"]
    assert alpha_rule.divide(10**9, raw(10**6)).paid == raw(10**6)
    assert alpha_for(10**9, raw(10**6)) == ONE
    assert alpha_rule.divide(10**9, raw(10**6), up=True).paid == {
        "A": 136_000_000, "B": 216_000_000, "C": 648_000_000
    }  # fmt: skip


def test_alpha_ideals__whole_credits__count_and_what_is_less_does_not() -> None:
    # A: 4 and 9 credits, (2 + 3)^2 - 13 = 12. B: 25 credits of one donor. C: no whole credit.
    # D: 3 and 3 credits, of which a vote each costs one: (1 + 1)^2 - 2 = 2.
    gifts = {
        "A": {"x": 49, "y": 90},
        "B": {"x": 255},
        "C": {"x": 9, "y": 9},
        "D": {"x": 30, "y": 39},
    }
    assert alpha_rule.ideals(gifts, 10) == {"A": 120, "B": 0, "C": 0, "D": 20}
    assert alpha_rule.ideals(CASE["donations"], 1) == raw()


@given(st.integers(0, 10**25), ideal_matches, st.none() | st.integers(0, 10**24), st.booleans())
def test_alpha__any_pool__is_hardly_below_the_pool_by_parts(
    pool: int, matches: dict[str, int], cap: int | None, up: bool
) -> None:
    found, exact = alpha_rule.divide(pool, matches, cap, up), divide(pool, matches, cap, up)
    for who, ideal in matches.items():
        assert 0 <= exact.paid[who] - found.paid[who] <= ideal // ONE + 1


@given(st.integers(0, 10**25), ideal_matches)
def test_alpha__any_pool__is_clr_funds_form_less_the_gifts(
    pool: int, matches: dict[str, int]
) -> None:
    found, alpha = alpha_rule.divide(pool, matches), alpha_for(pool, matches)
    for who, ideal in matches.items():
        for gifts in (0, 7, 10**20):
            quadratic = gifts + ideal
            assert found.paid[who] == (alpha * quadratic + (ONE - alpha) * gifts) // ONE - gifts


def test_alpha__a_tally_of_clr_fund__is_matched_alike_by_both_files() -> None:
    case: dict[str, Any] = vectors("alpha_small")
    factor, pool = int(case["voice_credit_factor"]), int(case["matching_pool"])
    votes, spent = map(int, case["source_tally"]), list(map(int, case["spent"]))
    matches = {
        str(at): factor * (vote**2 - credit)
        for at, (vote, credit) in enumerate(zip(votes, spent, strict=True))
    }
    paid = alpha_rule.divide(pool, matches).paid
    assert [paid[str(at)] + factor * credit for at, credit in enumerate(spent)] == [
        int(each) for each in case["allocated"]
    ]
