# SPDX-License-Identifier: AGPL-3.0-only
"""Teams as Gittip, Gratipay and Liberapay had them, against the cases of their own tests."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import FundingError
from millpond.core.funding import gittip, gratipay
from millpond.core.funding.liberapay import Wanted, resolved
from millpond.core.funding.liberapay_payday import Payday, Take, Tip, payday
from tests.core.funding.vectors import vectors

CASES = vectors("takes")


def named(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(row["name"], row["amount"]) for row in rows]


# --- Gittip and Gratipay ------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["gittip_2013"])
def test_gittip__its_cases__pay_the_newest_first(case: dict[str, Any]) -> None:
    found = gittip.paid(
        case["balance"], case["receiving"], case["giving"], named(case["takes_in_join_order"])
    )
    assert (found.paid, found.left) == (case["paid"], case["left_to_team"])


def test_gittip__a_team_that_gives_more_than_it_has__pays_nobody() -> None:
    assert gittip.paid(5, 5, 11, [("ann", 3)]).paid == {"ann": 0}


@pytest.mark.parametrize("case", CASES["gittip_throttle"])
def test_gittip_most__its_cases__are_theirs(case: dict[str, int]) -> None:
    assert gittip.most(case["last_week"]) == case["max_this_week"]


@pytest.mark.parametrize("case", CASES["gratipay_2016"])
def test_gratipay__its_cases__pay_the_smallest_first(case: dict[str, Any]) -> None:
    found = gratipay.paid(case["available"], case["balance"], named(case["takes"]))
    assert (found.paid, found.left) == (case["paid"], case["remainder_to_owner"])


def test_gratipay__equal_takes__pay_who_joined_earlier_first() -> None:
    assert gratipay.paid(5, 9, [("old", 4), ("new", 4)]).paid == {"old": 4, "new": 1}


def test_gratipay__a_name_twice__is_refused() -> None:
    with pytest.raises(FundingError, match="'ann' is there twice"):
        gratipay.paid(5, 9, [("ann", 4), ("ann", 4)])


def test_upcharge__gratipays_least_card_charge__is_ten_dollars() -> None:
    rules = CASES["gratipay_rules"]
    assert gratipay.upcharge(rules["minimum_card_charge_net"]) == (
        rules["minimum_card_charge_gross"],
        59,
    )
    assert gratipay.upcharge(0) == (31, 31)  # 30 / 0.971 = 30.896


# --- how Liberapay divides ----------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["liberapay_resolve"])
def test_resolved__liberapays_cases__are_theirs(case: dict[str, Any]) -> None:
    wanted = Wanted(
        case["base"],
        case.get("conv", {}),
        case.get("maxi", {}),
        case.get("minimum"),
        case.get("payday", 1),
    )
    assert resolved(case["available"], wanted).paid == case["result"]


def test_resolved__less_than_the_minimum__is_refused() -> None:
    with pytest.raises(FundingError, match="1 is less than the minimum of 2"):
        resolved(1, Wanted({"1": 5}, least=2))


small = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), max_size=6)


@given(st.integers(0, 150), small, small, small, st.integers(0, 9), st.integers(0, 5))
def test_resolved__anything__keeps_to_maxima_and_leaves_only_what_nobody_can_have(
    available: int, base: dict[str, int], catching_up: dict[str, int], most: dict[str, int],
    number: int, least: int,
) -> None:  # fmt: skip
    if available < least:
        return
    found = resolved(available, Wanted(base, catching_up, most, least, number))
    for who, amount in found.paid.items():
        assert 0 <= amount <= most.get(who, amount)
    free = [who for who, each in base.items() if each and who not in most]
    if free and not any(catching_up.values()):
        assert found.left == 0
        assert all(amount >= least for who, amount in found.paid.items() if who in free and amount)


# --- its paydays --------------------------------------------------------------------------------

TEAM = (Take("alice", 79), Take("bob", 21))


def advances(held: Payday) -> dict[str, int]:
    return {tip.donor: tip.advance for tip in held.tips}


def test_payday__too_little_for_all__pays_each_the_same_part() -> None:
    case = CASES["liberapay_payday"][0]
    takes = [Take(who, take) for who, take in case["takes"].items()]
    assert payday(takes, [Tip("charlie", 26, 2_600)]).paid.paid == case["paid"]


def test_payday__two_equal_donors__share_the_cost() -> None:
    case = CASES["liberapay_payday"][1]
    tips = [Tip(who, tip, case["advance"][who]) for who, tip in case["tips"].items()]
    held = payday(TEAM, tips)
    assert held.paid.paid == case["paid"]
    assert advances(held) == case["advance_after"]


def test_payday__a_donor_who_comes_later__catches_up_and_then_gives_as_much() -> None:
    case = CASES["liberapay_payday"][2]
    takes: tuple[Take, ...] = TEAM
    tips: tuple[Tip, ...] = (Tip("charlie", 200, 1_000),)
    for week in range(1, 13):
        if week == 4:
            tips += (Tip("dan", 200, 1_000),)
        held = payday(takes, tips, week)
        assert held.paid.paid == {"alice": 79, "bob": 21}
        takes, tips = held.takes, held.tips
        if f"after_{week}_weeks" in case:
            assert advances(held) == case[f"after_{week}_weeks"]


def test_payday__automatic_takes__are_limited_by_what_each_got_in_advance() -> None:
    case = CASES["liberapay_payday"][3]
    members = [Take(who, None, got) for who, got in case["advance"].items()]
    first = payday(members, [Tip("donor", case["income"], 5_525)])
    assert first.paid.paid == case["paid"]
    assert payday(first.takes, first.tips, 2).paid.paid == case["next_week_paid"]


def test_payday__an_automatic_take_beside_a_manual_one__is_what_that_leaves() -> None:
    # 100 - 79 = 21 for two: 11 each, rounded up. 100 of 101: 78.2, 10.9 and 10.9; the two cents
    # that rounding leaves go to those who have the least of theirs.
    members = [Take("alice", 79), Take("bob", None), Take("carl", None)]
    held = payday(members, [Tip("donor", 100, 100)])
    assert held.paid.paid == {"alice": 78, "bob": 11, "carl": 11}


def test_payday__a_donor_on_the_team__gives_to_the_others_only() -> None:
    held = payday([Take("ann", 50), Take("bob", 50)], [Tip("ann", 80, 80)])
    assert held.paid.paid == {"ann": 0, "bob": 40}


def test_payday__no_income__pays_nobody() -> None:
    assert payday(TEAM, [Tip("ann", 5, 0)]).paid.paid == {}
