# SPDX-License-Identifier: AGPL-3.0-only
"""Rounds that others have paid, by their own rules: clr.fund, FundOSS, FIL RetroPGF, Drips."""

from fractions import Fraction
from typing import Any

import pytest

from millpond.core.errors import FundingError
from millpond.core.funding import clrfund, drips, fundoss, retropgf
from millpond.core.funding.buckets import Answer, Bucket
from tests.core.funding.vectors import clrfund_round, fil_retropgf, vectors

ROUNDS = ["0x18604d04", "0x1c1df3c3", "0xcf022876"]
DONATIONS = vectors("qf")["cases"][0]["donations"]


def tally_of(found: dict[str, Any]) -> clrfund.Tally:
    projects = found["projects"]
    return clrfund.Tally(
        tuple(int(each.get("tallyResult", 0)) for each in projects),
        tuple(int(each.get("spentVoiceCredits", 0)) for each in projects),
        int(found["round"]["voiceCreditFactor"]),
    )


# --- clr.fund -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ROUNDS)
def test_by_roots__a_finished_round__is_what_was_paid_to_the_last_unit(address: str) -> None:
    published = clrfund_round(address)
    expected = published["expected"]
    found = clrfund.by_roots(tally_of(published), int(expected["effective_pool"]))
    assert list(found.allocated) == [int(each["allocatedAmount"]) for each in published["projects"]]
    assert sum(found.allocated) == int(expected["total_allocated"])
    assert found.dust == int(expected["dust"])


def test_by_roots__the_cancelled_round__is_refused() -> None:
    with pytest.raises(FundingError, match="nobody voted in this round"):
        clrfund.by_roots(tally_of(clrfund_round("0x4a724288")), 0)


def small() -> tuple[clrfund.Tally, int, dict[str, Any]]:
    case = vectors("alpha_small")
    tally = clrfund.Tally(
        tuple(map(int, case["source_tally"])),
        tuple(map(int, case["spent"])),
        int(case["voice_credit_factor"]),
    )
    return tally, int(case["matching_pool"]), case


def test_by_alpha__the_small_tally__is_exact_to_the_last_unit() -> None:
    tally, pool, case = small()
    assert clrfund.votes_squared(tally) == int(case["sum_votes_squared"])
    assert clrfund.alpha_of(tally, pool) == int(case["alpha"])
    found = clrfund.by_alpha(tally, pool)
    assert list(found.allocated) == [int(each) for each in case["allocated"]]
    assert found.dust == int(case["dust"])
    assert tally.contributions + pool == int(case["budget"])


def test_by_alpha__nobody_with_more_than_one_vote__is_refused() -> None:
    with pytest.raises(FundingError, match="no project has more than one vote"):
        clrfund.by_alpha(clrfund.Tally((1, 1), (1, 1), 10), 5)


def test_by_alpha__a_pool_that_would_take_from_somebody__is_refused() -> None:
    # Alpha is 40 / 4: nine times her own 9 credits would be taken from who has votes of 0.
    with pytest.raises(FundingError, match="less than nothing"):
        clrfund.by_alpha(clrfund.Tally((5, 0), (12, 9), 1), 40)


def test_tally__of_two_lengths__is_refused() -> None:
    with pytest.raises(FundingError, match="2 projects have votes and 1 have credits"):
        clrfund.Tally((1, 2), (1,), 1)


# --- FundOSS ------------------------------------------------------------------------------------


def test_shares__three_projects__are_the_published_ones() -> None:
    expected = vectors("qf")["cases"][0]["sum_of_roots_share"]
    # 7, 8 and 14 of 29.
    assert fundoss.shares(DONATIONS) == {
        "A": Fraction(7, 29), "B": Fraction(8, 29), "C": Fraction(14, 29)
    }  # fmt: skip
    assert {name: float(share) for name, share in fundoss.shares(DONATIONS).items()} == expected


def test_match__a_pot__is_divided_by_roots_rounded_down() -> None:
    found = fundoss.match(100, DONATIONS)
    assert (found.paid, found.left) == ({"A": 24, "B": 27, "C": 48}, 1)
    assert fundoss.match(100, {"A": {}}).left == 100


# --- FIL RetroPGF -------------------------------------------------------------------------------


def test_divide__fil_retropgf__is_within_five_fil_and_exact_in_its_quorum() -> None:
    rows = fil_retropgf()
    scored = [
        retropgf.Scored(str(at), int(row["Ballots"]), Fraction(row["Score"]))
        for at, row in enumerate(rows)
    ]
    found = retropgf.divide(197_123, scored)
    assert len(found) == 106
    assert sum(not each.quorum for each in found) == 6
    for each, row in zip(found, rows, strict=True):
        assert each.quorum == (row["Quorum reached"] == "TRUE")
        assert abs(each.amount - int(row["FIL Allocated"])) <= 5
        if not each.quorum:
            assert each.amount == 0


def test_divide__a_high_average_without_a_quorum__gets_nothing() -> None:
    projects = [
        retropgf.Scored("few", 4, Fraction(9)),
        retropgf.Scored("enough", 5, Fraction(1)),
        retropgf.Scored("many", 9, Fraction(2)),
    ]
    assert [each.amount for each in retropgf.divide(100, projects)] == [0, 33, 66]
    assert [each.amount for each in retropgf.divide(100, projects, quorum=4)] == [75, 8, 16]
    assert [each.amount for each in retropgf.divide(100, projects[:1])] == [0]


def test_divide__a_score_below_zero__is_refused() -> None:
    with pytest.raises(FundingError, match="a score is below zero"):
        retropgf.divide(1, [retropgf.Scored("a", 5, Fraction(-1))])


def test_average__of_ballots__is_exact() -> None:
    assert retropgf.average([Fraction(1), Fraction(2), Fraction(2)]) == Fraction(5, 3)
    assert retropgf.average([]) == 0


# --- Drips and Cobudget -------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("small_rules")["drips_split"])
def test_split__dripss_cases__are_theirs(case: dict[str, Any]) -> None:
    paid = drips.split(case["amount"], case["weights"], case["total_weight"])
    assert list(paid) == case["paid"]
    assert case["amount"] - sum(paid) == case["kept_by_splitter"]


def test_split__weights_above_their_total__are_refused() -> None:
    with pytest.raises(FundingError, match="more than their total"):
        drips.split(1, [2, 2], 3)


@pytest.mark.parametrize("case", vectors("small_rules")["cobudget"])
def test_bucket__cobudgets_cases__are_theirs(case: dict[str, Any]) -> None:
    bucket = Bucket(
        case["goal_min"], case["goal_max"], sum(case["contributions"]), case.get("member_cap")
    )
    if "accept_funding" in case:
        assert bucket.can_be_accepted == (case["accept_funding"] == "ok")
    else:
        found = bucket.contribute(case["try_"]["amount"])
        assert str(found) == case.get("error", case.get("result"))


def test_bucket__a_contribution_within_all_limits__is_taken() -> None:
    bucket = Bucket(5, 9, 3, member_cap=4)
    assert bucket.contribute(4) is Answer.TAKEN
    assert bucket.contribute(3, hers_before=2) is Answer.OVER_THE_CAP
