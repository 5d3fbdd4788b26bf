# SPDX-License-Identifier: AGPL-3.0-only
"""Crowdmatching by shares and towards a goal, and what Snowdrift did, against its own figures."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import UnitError
from millpond.core.funding import crowdmatch, goals, snowdrift
from millpond.core.funding.log2 import log2
from millpond.core.funding.snowdrift import Patron, Step, What
from tests.core.funding.vectors import vectors

ONE = 10**18
SNOWDRIFT = vectors("snowdrift")
DAY = 86_400
TENTH_OF_A_CENT = ONE // 10


# --- the logarithm ------------------------------------------------------------------------------


def by_decimals(number: int) -> int:
    with localcontext() as context:
        context.prec = 100
        return int(Decimal(number).ln() / Decimal(2).ln() * ONE)


def test_log2__of_three__is_the_published_figure() -> None:
    assert log2(3) == 1_584_962_500_721_156_181


def test_log2__powers_of_two__are_whole() -> None:
    assert [log2(2**power) for power in range(256)] == [power * ONE for power in range(256)]


def test_log2__numbers_up_to_a_thousand__are_those_of_a_hundred_digits() -> None:
    odd = [number for number in range(1, 1_001) if number & (number - 1)]
    assert [log2(number) for number in odd] == [by_decimals(number) for number in odd]


@given(st.integers(3, 2**255))
def test_log2__any_number__is_that_of_a_hundred_digits(number: int) -> None:
    if number & (number - 1):
        assert log2(number) == by_decimals(number)


@given(st.integers(2, 255), st.sampled_from([-1, 1]))
def test_log2__beside_a_power_of_two__is_beside_a_whole_number(power: int, step: int) -> None:
    found = log2(2**power + step)
    assert power * ONE - ONE < found < power * ONE + ONE
    assert (found >= power * ONE) == (step > 0)


@pytest.mark.parametrize("number", [0, -1])
def test_log2__of_no_shares__is_refused(number: int) -> None:
    with pytest.raises(UnitError, match="the number of shares"):
        log2(number)


# --- by shares ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", SNOWDRIFT["share_formula"])
def test_value__the_share_formula__is_exact_to_the_last_unit(case: dict[str, Any]) -> None:
    shares = [each["shares"] for each in case["groups"] for _ in range(each["patrons"])]
    weights = crowdmatch.weight_of(shares)
    assert weights == int(case["sum_1_plus_lg_e18"])
    assert crowdmatch.value(TENTH_OF_A_CENT, weights) == int(case["share_value_cents_e18"])
    assert TENTH_OF_A_CENT * weights * sum(shares) // ONE == int(case["total_cents_e18"])


@pytest.mark.parametrize(
    ("groups", "value", "total"),
    [
        ([(100, 1)], 100_000, 10_000_000),  # $10.00 in millionths: a share is 10 cents
        ([(100, 4)], 300_000, 120_000_000),  # $120.00: a share is 30 cents, each pays $1.20
        ([(200, 4), (1, 1)], 601_000, 481_401_000),  # a share is 60.1 cents
    ],
)
def test_bill__the_figures_of_the_seed__in_millionths_of_a_dollar(
    groups: list[tuple[int, int]], value: int, total: int
) -> None:
    shares = [each for patrons, each in groups for _ in range(patrons)]
    found = crowdmatch.value(1_000, crowdmatch.weight_of(shares))
    assert found == value
    assert sum(crowdmatch.bill(each, found) for each in shares) == total


@pytest.mark.parametrize("case", SNOWDRIFT["crowdmatch"])
def test_unit_value__snowdrifts_crowds__owe_as_many_units_as_they_are(case: dict[str, int]) -> None:
    each = crowdmatch.unit_value(1, case["patrons"])
    assert (each, each * case["patrons"]) == (case["each_units"], case["total_units"])


def test_weight__four_accounts_of_one_share__add_more_than_one_of_four() -> None:
    assert 4 * crowdmatch.weight(1) == 4 * ONE
    assert crowdmatch.weight(4) == 3 * ONE


# --- towards a goal -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", SNOWDRIFT["goal_crowdmatch"])
def test_ratio__snowdrifts_goals__are_exact(case: dict[str, Any]) -> None:
    pledge, patrons = case["pledge_cents"], case["patrons"]
    ratio = goals.ratio(pledge * patrons, case["goal_cents"])
    assert ratio == Fraction(case["ratio"])
    assert pledge * ratio == Fraction(case["donation_cents_each_exact"])
    assert pledge * patrons * ratio == Fraction(case["total_cents_exact"])


def test_collect__163_pledges_of_six_dollars__bring_26_569_dollars_and_cover_it() -> None:
    pledges = {f"p{number}": 6_000_000 for number in range(163)}
    found = goals.collect(pledges, 36_000_000_000)
    assert set(found.bills.values()) == {163_000}  # $0.163
    assert (found.amount, found.over) == (26_569_000, 0)
    # In whole cents: 16.3 is billed as 17, and 2,656.9 reach the earmark as 2,656.
    cents = goals.collect(dict.fromkeys(pledges, 600), 3_600_000)
    assert (set(cents.bills.values()), cents.amount, cents.over) == ({17}, 2_656, 115)


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 10**24)), st.integers(1, 10**26))
def test_collect__any_pledges__are_billed_within_them_and_cover_what_is_collected(
    pledges: dict[str, int], goal: int
) -> None:
    found, pledged = goals.collect(pledges, goal), sum(pledges.values())
    exact = min(Fraction(pledged**2, goal), Fraction(goal)) if pledged else Fraction(0)
    assert 0 <= exact - found.amount < 1
    assert all(found.bills[who] <= pledge for who, pledge in pledges.items())
    assert 0 <= found.over <= len(pledges)


# --- Snowdrift as it was ------------------------------------------------------------------------


@pytest.mark.parametrize("case", SNOWDRIFT["card_charge"])
def test_charge__snowdrifts_cards__are_exact(case: dict[str, Any]) -> None:
    found = snowdrift.charge(case["payable_units"])
    assert (found.payable, found.charged, found.fee, found.low_fee) == (
        case["payable_cents"],
        case["charged_cents"],
        case["fee_cents"],
        case["fee_below_10_percent"],
    )
    assert found.charged - found.fee == case["net_cents"]


def test_fee__half_a_cent__goes_to_the_even_neighbour() -> None:
    # 14.5 and 43.5: the two figures of Snowdrift's own tests.
    assert [snowdrift.fee(500), snowdrift.fee(1_500)] == [44, 74]


def test_charge__what_is_charged_at_least__is_the_first_with_a_low_fee_that_stays() -> None:
    least = SNOWDRIFT["minimum_donation_units"]
    assert least == snowdrift.LEAST_CHARGE
    assert not snowdrift.charge(least - 10).low_fee
    assert all(snowdrift.charge(units).low_fee for units in range(least, 60_000, 10))


@pytest.mark.parametrize("case", SNOWDRIFT["months_until_first_charge"])
def test_months__snowdrifts_crowds__wait_as_long(case: dict[str, int]) -> None:
    assert snowdrift.months_until_charged(case["crowd"]) == case["months"]


def history(*steps: str) -> list[Step]:
    """Words such as "thunor+", "thunor-" and "event", each at noon of the next day."""
    kinds = {"+": What.PLEDGE, "-": What.UNPLEDGE}
    return [
        Step(kinds.get(word[-1], What.EVENT), day * DAY + DAY // 2, word[:-1])
        for day, word in enumerate(steps)
    ]


def test_owed__one_leaves_and_returns__owes_one_unit_less() -> None:
    case = SNOWDRIFT["crowdmatch_history"]
    found = snowdrift.owed(
        history("thunor+", "woden+", "event", "woden-", "event", "woden+", "event")
    )
    assert found == {"thunor": case["thunor_units"], "woden": case["woden_units"]}
    assert sum(found.values()) == case["receivable_units"]


def test_owed__one_joins_before_the_second_event__owes_for_that_one_only() -> None:
    found = snowdrift.owed(history("two+", "event", "one+", "event"))
    assert found == {"two": 3, "one": 2}
    assert sum(found.values()) == SNOWDRIFT["late_join"]["receivable_units"]


def test_owed__a_pledge_of_the_events_own_day__counts_from_the_next_one() -> None:
    assert SNOWDRIFT["pledge_counts_only_if_before_midnight_of_event_day"]
    event = Step(What.EVENT, 10 * DAY + 9)
    assert snowdrift.owed([Step(What.PLEDGE, 10 * DAY, "ann"), event]) == {"ann": 0}
    assert snowdrift.owed([Step(What.PLEDGE, 10 * DAY - 1, "ann"), event]) == {"ann": 1}


@pytest.mark.parametrize("case", SNOWDRIFT["underfunded"])
def test_drop_underfunded__its_cases__end_at_the_same_levels(case: dict[str, Any]) -> None:
    found = snowdrift.drop_underfunded(
        {
            who: Patron(each["balance_milray"], each["pledge_level"])
            for who, each in case["patrons"].items()
        }
    )
    assert found.levels == case["result_levels"]
    assert (found.rounds, found.level_value) == (
        case["rounds_of_dropping"],
        case["level_value_milray"],
    )


def test_drop_underfunded__no_money_at_all__drops_every_level() -> None:
    found = snowdrift.drop_underfunded({"ann": Patron(0, 3), "bob": Patron(40, 5)})
    # Bob goes from 5 to 2 and Ann from 3 to 0: levels 5, 4, 3, 2 and 1 are passed.
    assert (found.levels, found.rounds) == ({"ann": 0, "bob": 2}, 5)


@given(
    st.dictionaries(
        st.sampled_from("abcde"), st.builds(Patron, st.integers(0, 3_000), st.integers(0, 60))
    )
)
def test_drop_underfunded__any_patrons__end_as_round_by_round(patrons: dict[str, Patron]) -> None:
    levels = {who: each.level for who, each in patrons.items()}
    value, rounds = 10 * len(patrons), 0
    while short := [who for who in levels if levels[who] * value > patrons[who].balance]:
        highest = max(levels[who] for who in short)
        for who in short:
            levels[who] -= levels[who] == highest
        rounds += 1
    found = snowdrift.drop_underfunded(patrons)
    assert (found.levels, found.rounds) == (levels, rounds)
