# SPDX-License-Identifier: AGPL-3.0-only
"""How the fund is divided: vectors to the last unit, the cap, the alpha rule, and when."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.coop import DAY, ZERO, named
from tests.contracts.evm import Evm
from tests.contracts.matchings import MOST, PLAY, UNIT, Fund

# --- the quadratic rule ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fund", "terms", "paid", "left"),
    [
        (100, {}, (13_600_000, 21_600_000, 64_800_000), 0),
        (250, {}, (34_000_000, 54_000_000, 162_000_000), 0),
        (1000, {}, (34_000_000, 54_000_000, 162_000_000), 750_000_000),
        (1000, {"scale_up": True}, (136_000_000, 216_000_000, 648_000_000), 0),
        (100, {"cap_bps": 5_000}, (19_318_181, 30_681_818, 50_000_000), 1),
        # 30 each: 34 and 54 take 10 of what C leaves over, and then B is over it as well
        (100, {"cap_bps": 3_000}, (30_000_000, 30_000_000, 30_000_000), 10_000_000),
        # the cap is of the fund, so it binds C alone, and nobody has more than the ideal match
        (300, {"cap_bps": 5_000}, (34_000_000, 54_000_000, 150_000_000), 62_000_000),
        # scaled up: C has 150, and 150 * 34 / 88 and 150 * 54 / 88 are for the others
        (
            300,
            {"cap_bps": 5_000, "scale_up": True},
            (57_954_545, 92_045_454, 150_000_000),
            1,
        ),
        (1000, {"cap_bps": 1}, (100_000, 100_000, 100_000), 999_700_000),
        (0, {}, (0, 0, 0), 0),
        (0, {"cap_bps": 5_000, "scale_up": True}, (0, 0, 0), 0),
    ],
)
def test_close__three_projects__to_the_last_unit(
    evm: Evm, fund: int, terms: dict[str, Any], paid: tuple[int, ...], left: int
) -> None:
    pot = Fund(evm, **terms)
    pot.projects(3)
    if fund:
        pot.put(fund * UNIT)
    pot.play(PLAY)
    assert [pot.matching.project_of(n).ideal for n in (1, 2, 3)] == [
        34_000_000,
        54_000_000,
        162_000_000,
    ]
    estimated = [pot.matching.estimate(n, bytes(32), 0)[0] for n in (1, 2, 3)]
    assert tuple(pot.matches(1, 2, 3)) == tuple(estimated) == paid
    assert pot.books() == (0, left, 0, 0)


def test_close__told__with_all_that_a_match_is_computed_from(evm: Evm) -> None:
    pot = Fund(evm, cap_bps=5_000)
    pot.projects(3)
    pot.put(100 * UNIT)
    pot.play(PLAY)
    assert pot.close() == {
        "fund": 100_000_000,
        "total": 250_000_000,
        "rest": 50_000_000,
        "open_total": 88_000_000,
        "cap": 50_000_000,
    }
    assert pot.books() == (100_000_000, 0, 59_000_000, 0)
    assert pot.matching.round()[-2:] == (True, False)
    pot.check()


@pytest.mark.parametrize("amount", [1, 2, 99, 10**6 + 1, 10**18 + 7, 2**90])
def test_close__one_donor_alone__is_not_matched(evm: Evm, amount: int) -> None:
    pot = Fund(evm, scale_up=True)
    pot.projects(1)
    pot.put(10**6)
    for part in (amount // 3, amount - amount // 3):
        if part:
            evm.set_balance(pot.donors[0], 2**96)
            pot.give(1, part, pot.donors[0])
    found = pot.matching.project_of(1)
    assert (found.ideal, found.counted, found.given) == (0, amount, amount)
    closed = pot.close()
    assert (closed["fund"], closed["total"]) == (0, 0)
    assert pot.pay(1) == [(amount, 0)]
    assert pot.books() == (0, 10**6, 0, 0)


def test_close__two_large_and_a_hundred_small__as_published(evm: Evm) -> None:
    """Two who give 100 each: (10 + 10)^2 - 200 = 200. A hundred who give 2 each:
    (100 * sqrt 2)^2 - 200 = 19,800, here less what the last places of a hundred roots lose."""
    pot = Fund(evm, donors=102)
    pot.projects(2)
    pot.put(40_000 * 10**6)
    for donor in pot.donors[:2]:
        pot.give(1, 100 * UNIT, donor)
    for donor in pot.donors[2:]:
        pot.give(2, 2 * UNIT, donor)
    assert pot.matches(1, 2) == [200_000_000, 19_799_999_999]
    assert pot.books()[0] == 0


def test_close__decimals__two_lose_nothing_that_shows(evm: Evm) -> None:
    """In cents: 1.00 and 4.00 make (1 + 2)^2 - 5 = 4.00, 0.01 and 0.01 make 0.02, and 0.01 and 0.02
    make floor((1 + 1.41421356...)^2) - 3 = 5 - 3 cents."""
    pot = Fund(evm, asset=evm.deploy("TestDollar").address)
    pot.projects(3)
    pot.put(424)
    pot.play({1: (100, 400), 2: (1, 1), 3: (1, 2)}, 1)
    assert [pot.matching.project_of(n).ideal for n in (1, 2, 3)] == [399 + 1, 2, 2]
    assert pot.matches(1, 2, 3) == [400, 2, 2]
    assert pot.books() == (0, 20, 0, 0)


def test_close__decimals__eighteen_are_exact_where_roots_are(evm: Evm) -> None:
    pot = Fund(evm)
    pot.projects(3)
    pot.put(100 * 10**18)
    pot.play(PLAY, 10**18)
    parts = [136 * 10**17, 216 * 10**17, 648 * 10**17]
    assert pot.matches(1, 2, 3) == parts


def test_close__gifts_and_fund_at_their_bounds__stay_within_a_word(evm: Evm) -> None:
    """Two gifts of 2^95: an ideal match of about 2^96; the fund counts with 2^96 - 1 at most."""
    pot = Fund(evm, asset=evm.deploy("TestDollar").address, scale_up=True)
    pot.projects(3)
    pot.put(3 * MOST)
    for donor in pot.donors[:2]:
        pot.give(1, 2**95 - 1, donor)
        pot.give(2, 2**95 - 1, donor)
    last = pot.donors[2]
    pot.give(1, 1, last)
    pot.token().mint(last, 1, sender=last)
    pot.token().approve(pot.matching, 1, sender=last)
    with evm.reverts("matching: too much for a project"):
        pot.matching.give(1, 1, sender=last)
    ideal = pot.matching.project_of(2).ideal
    assert 2**96 - 2**50 < ideal <= 2**96 - 2
    closed = pot.close()
    assert closed["fund"] == MOST
    given = pot.pay(1, 2, 3)
    first, second = (match for _, match in given[:2])
    assert first == second or first - second > 0
    dust = sum(pot.freed())
    assert first + second + dust == MOST
    assert dust <= 1
    assert pot.books() == (0, 2 * MOST + dust, 0, 0)


# --- the alpha rule ----------------------------------------------------------------------------


def test_close__alpha__by_hand(evm: Evm) -> None:
    """4 and 9 credits: (2 + 3)^2 - 13 = 12. Three of 1: 9 - 3 = 6. Of a fund of 7 for 18:
    alpha = floor(7 * 10^18 / 18) = 388,888,888,888,888,888, which times 12 * 100 and 6 * 100 are
    the matches in units, as a credit is 100 * 10^18. By exact thirds they would end in 666 and 333;
    what alpha cannot say is 1,600 units."""
    credit = 100 * 10**18
    pot = Fund(evm, credit=credit)
    pot.projects(2)
    pot.put(7 * credit)
    pot.play({1: (4, 9), 2: (1, 1, 1)}, credit)
    found = pot.matching.project_of(1)
    assert (found.roots, found.counted, found.ideal) == (5, 13, 12 * credit)
    assert pot.matching.terms() == (credit, ZERO, 18 * credit)
    parts = [466_666_666_666_666_665_600, 233_333_333_333_333_332_800]
    assert pot.matches(1, 2) == parts
    assert pot.freed() == [1_600]
    assert pot.books() == (0, 1_600, 0, 0)


def test_close__alpha_of_a_large_fund__is_one(evm: Evm) -> None:
    pot = Fund(evm, credit=100)
    pot.projects(2)
    pot.put(10_000)
    pot.play({1: (4, 9), 2: (1, 1, 1)}, 100)
    assert pot.matches(1, 2) == [1_200, 600]
    assert pot.books() == (0, 8_200, 0, 0)


def test_close__alpha_with_a_cap__what_is_over_goes_to_the_others(evm: Evm) -> None:
    """A cap of 30 of 60: 1,200 of 1,800 is 40, over it; alpha is then 30 / 600 = 0.05."""
    pot = Fund(evm, credit=100, cap_bps=5_000)
    pot.projects(2)
    pot.put(60)
    pot.play({1: (4, 9), 2: (1, 1, 1)}, 100)
    assert pot.matches(1, 2) == [30, 30]


def test_close__alpha__credits_count_once_they_make_another_vote(evm: Evm) -> None:
    pot = Fund(evm, credit=100)
    pot.projects(1)
    for amount, counted in ((99, 0), (1, 1), (250, 1), (49, 1), (1, 4)):
        pot.give(1, amount, pot.donors[0])
        assert pot.matching.project_of(1).counted == counted
    pot.give(1, 100, pot.donors[1])
    assert pot.matching.project_of(1)[3:] == (500, 3, 5, 400)


# --- when, and what there is -------------------------------------------------------------------


def test_close__its_first_second__is_that_in_which_giving_is_over(evm: Evm) -> None:
    pot = Fund(evm)
    pot.projects(1)
    pot.put(50)
    pot.play({1: (4, 4)}, 1)
    evm.warp_to(pot.opened_at + 7 * DAY - 1)
    with evm.reverts("matching: not over yet"):
        pot.matching.close(sender=pot.relayer)
    pot.give(1, 1, pot.donors[2])
    evm.warp(1)
    with evm.reverts("matching: giving is over"):
        pot.matching.give(1, 1, sender=pot.donors[2], value=1)
    pot.matching.close(sender=pot.relayer)
    with evm.reverts("matching: divided or cancelled"):
        pot.matching.close(sender=pot.relayer)


def test_close__after_a_cancel__is_refused(evm: Evm) -> None:
    pot = Fund(evm)
    pot.cancel()
    pot.end()
    with evm.reverts("matching: divided or cancelled"):
        pot.matching.close(sender=pot.relayer)


def test_close__nothing_given__promises_nothing(evm: Evm) -> None:
    pot = Fund(evm, scale_up=True)
    pot.projects(2)
    pot.put(10)
    assert pot.close()["fund"] == 0
    assert pot.books() == (0, 10, 0, 0)
    with evm.reverts("matching: nothing to pay"):
        pot.matching.pay([1, 2], sender=pot.relayer)


def test_close__what_is_promised_elsewhere_or_came_late__is_not_divided(evm: Evm) -> None:
    """Only what the fund has free in the second of closing; what comes after stays there."""
    pot = Fund(evm)
    pot.projects(1)
    pot.put(3)
    pot.play({1: (4, 4)}, 1)
    pot.end()
    pot.put(4)
    assert pot.close()["fund"] == 7
    pot.put(100)
    assert pot.pay(1) == [(8, 7)]
    assert pot.books() == (0, 100, 0, 0)


def test_close__gifts_to_the_earmark_of_the_gifts_itself__belong_to_no_project(evm: Evm) -> None:
    pot = Fund(evm)
    pot.projects(1)
    pot.put(70, earmark=2)
    pot.play({1: (4, 4)}, 1)
    assert pot.books() == (0, 0, 8, 70)
    pot.close()
    assert pot.pay(1) == [(8, 0)]
    assert pot.books() == (0, 0, 0, 70)


@pytest.mark.parametrize(("late", "match"), [(0, 8), (1, 0)])
def test_close__fund_with_a_deadline__divides_before_its_second_only(
    evm: Evm, late: int, match: int
) -> None:
    pot = Fund(evm, restricted=True, deadline=7 * DAY + 1)
    end = pot.opened_at + 7 * DAY
    assert pot.pool.earmark(1).deadline == end + 1
    pot.projects(1)
    pot.put(50)
    pot.play({1: (4, 4)}, 1)
    evm.warp_to(end + late)
    assert pot.close()["fund"] == match
    assert pot.pay(1) == [(8, match)]
    # what is left is the patron's again
    evm.warp_to(end + 1)
    pot.pool.reclaim(1, pot.terms.asset, sender=pot.patron)
    assert named(evm, "Reclaimed")[0].args["amount"] == 50 - match


def test_close__fund_that_lapsed__divides_nothing_and_pays_the_gifts(evm: Evm) -> None:
    pot = Fund(evm, restricted=True)
    pot.projects(1)
    pot.put(50)
    pot.play({1: (4, 4)}, 1)
    evm.warp(400 * DAY)
    pot.pool.lapse(1, sender=pot.relayer)
    assert pot.matching.estimate(1, bytes(32), 0) == (0, 0, 0)
    assert pot.close()["fund"] == 0
    assert pot.pay(1) == [(8, 0)]


# --- what a gift would add ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "terms",
    [{}, {"cap_bps": 5_000}, {"scale_up": True}, {"credit": UNIT}, {"credit": UNIT, "cap_bps": 1}],
)
def test_estimate__what_it_says__is_what_the_gift_then_does(
    evm: Evm, terms: dict[str, Any]
) -> None:
    pot = Fund(evm, **terms)
    pot.projects(3)
    pot.put(100 * UNIT)
    pot.play(PLAY)
    for project, donor, amount in ((1, 7, 25), (3, 0, 8), (2, 3, 3)):
        who = pot.matching.donor_of(pot.donors[donor])
        before, after, added = pot.matching.estimate(project, who, amount * UNIT)
        ideal = pot.matching.project_of(project).ideal
        assert before == pot.matching.estimate(project, who, 0)[0]
        pot.give(project, amount * UNIT, pot.donors[donor])
        assert pot.matching.project_of(project).ideal - ideal == added
        assert pot.matching.estimate(project, who, 0) == (after, after, 0)
    last = [pot.matching.estimate(n, bytes(32), 0)[0] for n in (1, 2, 3)]
    assert pot.matches(1, 2, 3) == last


def test_estimate__of_who_is_not_matched__adds_nothing(evm: Evm) -> None:
    pot = Fund(evm)
    pot.projects(1)
    pot.put(100)
    pot.play({1: (4, 9)}, 1)
    assert pot.matching.donor_of(pot.relayer) == bytes(32)
    assert pot.matching.estimate(1, bytes(32), 10**6) == (12, 12, 0)


def test_estimate__a_gift_that_adds_less_than_it_counts__adds_nothing(evm: Evm) -> None:
    """One unit more than 10^18 has the same root; two credits more than one are no vote more."""
    pot = Fund(evm)
    pot.projects(1)
    pot.put(100)
    pot.play({1: (1, 1)}, 10**18)
    who = pot.matching.donor_of(pot.donors[0])
    assert pot.matching.estimate(1, who, 1) == (100, 100, 0)
    other = Fund(Evm(), credit=100)
    other.projects(1)
    other.put(1_000)
    other.play({1: (1, 1)}, 100)
    who = other.matching.donor_of(other.donors[0])
    assert other.matching.estimate(1, who, 200) == (200, 200, 0)
    assert other.matching.estimate(1, who, 300) == (200, 400, 200)


def test_estimate__too_much_or_too_late__is_refused(evm: Evm) -> None:
    pot = Fund(evm)
    pot.projects(1)
    pot.matching.estimate(1, bytes(32), MOST)
    with evm.reverts("matching: too much to estimate"):
        pot.matching.estimate(1, bytes(32), MOST + 1)
    point = evm.snapshot()
    ends: list[Callable[[], object]] = [pot.cancel, pot.close]
    for end in ends:
        end()
        with evm.reverts("matching: nothing to estimate"):
            pot.matching.estimate(1, bytes(32), 1)
        evm.restore(point)
        point = evm.snapshot()


def test_estimate__for_a_project_that_does_not_stand__is_refused(evm: Evm) -> None:
    pot = Fund(evm)
    pot.projects(1)
    pot.play({1: (4, 4)}, 1)
    pot.strike(1)
    for number in (0, 1, 2, 2**200):
        with evm.reverts("matching: no such project"):
            pot.matching.estimate(number, bytes(32), 1)
