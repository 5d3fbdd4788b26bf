# SPDX-License-Identifier: AGPL-3.0-only
"""What the facts of a season say, counted by hand."""

from dataclasses import replace

import pytest

from millpond.core.season.facts import Carry, End, Flow
from millpond.core.season.figures import (
    concentration,
    contributors,
    figures,
    maintainers,
    newcomers,
    times_to_claim,
    turnout,
)
from millpond.core.season.standing import standings, unclaimed
from millpond.core.season.written import season_json
from tests.core.season.made import (
    ADA,
    BOB,
    DAY,
    DOLLAR,
    NOW,
    START,
    epoch,
    leaf,
    paid,
    review,
    season,
    zero_out,
)


def test_turnout__over_all_reviews__whoever_was_in_any_and_in_all() -> None:
    one = epoch(1, [leaf("eve", 100)], reviews=[review(consent=[1, 2], against=[3])])
    two = epoch(2, [leaf("eve", 100)], reviews=[review(consent=[2]), review(2, consent=[2, 4])])
    found = turnout(season(one, two))
    assert (found.reviews, found.in_any, found.in_all) == (3, 4, 1)
    assert turnout(season()).in_all == 0


def test_contributors__with_the_document__by_what_became_of_each() -> None:
    leaves = [
        leaf("a", 40),
        leaf("b", 30, End.CLAIMED),
        leaf("c", 20, End.NO_ACCOUNT),
        leaf("d", 5, End.BELOW),
        leaf("e", 5, End.STRUCK),
    ]
    found = contributors(epoch(1, leaves))
    assert (found.leaves, found.paid, found.unknown) == (5, 2, 0)
    assert found.ends[End.BELOW] == found.ends[End.STRUCK] == found.ends[End.NO_ACCOUNT] == 1


def test_contributors__without_the_document__who_was_not_paid_is_unknown() -> None:
    leaves = [leaf("a", 40), leaf("b", 30), leaf("c", 30), leaf("eve", 9)]
    payments = [paid("a", 40, 1), paid("b", 30, 2, End.OFF_CHAIN)]
    struck = review(zero_outs=[zero_out("eve", 9), zero_out("c", 30, restored=True)])
    found = contributors(epoch(1, leaves, payments, [struck], known=False))
    assert (found.leaves, found.paid, found.unknown) == (4, 1, 1)
    assert found.ends == {End.PAYDAY: 1, End.OFF_CHAIN: 1, End.STRUCK: 1}


def test_concentration__even_and_uneven__gini_and_half() -> None:
    even = concentration([leaf(name, 25) for name in "abcd"])
    assert even is not None
    assert even.gini == pytest.approx(0)
    assert (even.half, even.leaves) == (2, 4)
    # 97 of 100 to one of four: mean 2 * (1 + 2 + 3 + 4 * 97) / 400 - 5 / 4 = 0.72
    uneven = concentration([leaf("a", 97), *(leaf(name, 1) for name in "bcd")])
    assert uneven is not None
    assert uneven.gini == pytest.approx(0.72)
    assert uneven.half == 1
    assert concentration([leaf("eve", 100, End.STRUCK)]) is None


def test_maintainers__two_leaves_of_one__the_cap_binds_their_sum() -> None:
    leaves = [
        leaf("ada", 30, maintainer=ADA),
        leaf("ada's other", 20, maintainer=ADA, capped=15),
        leaf("else", 50),
    ]
    one, two = maintainers(epoch(1, leaves, cap_bps=3_500), leaves)
    assert (one.account, one.who) == (ADA, ("ada", "ada's other"))
    assert (one.due, one.amount) == (50, 35)
    assert (two.account, two.who, two.due, two.amount) == (BOB, (), 0, 0)


def test_newcomers__a_first_leaf_of_all__also_of_epochs_that_are_not_told() -> None:
    one = epoch(1, [leaf("a", 60), leaf("eve", 40, End.STRUCK)])
    two = epoch(2, [leaf("a", 30), leaf("b", 70), leaf("zed", 5, End.STRUCK)])
    told = season(two, earlier=[one])
    found = newcomers(told, two, two.leaves or ())
    assert found is not None
    assert (found.who, found.amount) == (("b",), 70)
    unknown = season(two, earlier=[epoch(1, [leaf("a", 60)], known=False)])
    assert newcomers(unknown, two, two.leaves or ()) is None


def test_times_to_claim__over_epochs__censored_where_each_stands() -> None:
    one = epoch(1, [leaf("a", 50), leaf("b", 50)], [paid("a", 50, 10)])
    two = epoch(2, [leaf("a", 50), leaf("eve", 50)], [paid("a", 50, 30)],
                [review(zero_outs=[zero_out("eve", 50)])])  # fmt: skip
    found = times_to_claim(season(one, two), [one, two])
    assert (found.claimed, found.censored) == (2, 1)
    assert (found.median, found.third_quarter) == (30 * DAY, None)
    assert found.seen_for == NOW - START


def test_times_to_claim__closed__waited_until_the_claims_were_closed() -> None:
    one = epoch(1, [leaf("a", 50)])
    found = times_to_claim(season(one, now=START + 500 * DAY), [one])
    assert found.seen_for == 365 * DAY


def test_figures__an_epoch_under_review__has_no_money_yet() -> None:
    under = epoch(1, [leaf("a", 50)], reviews=[review(outcome="under review")])
    made = replace(under, money=replace(under.money, outcome="under review"))
    [found] = figures(season(made))
    assert (found.contributors, found.waits, found.maintainers) == (None, None, None)


def test_standings__from_the_first_final_epoch_until_now() -> None:
    one = epoch(1, [leaf("a", 60), leaf("b", 40)], [paid("a", 60, 10)])
    carries = [Carry(START + days * DAY, DOLLAR.address, days) for days in (20, 50)]
    told = season(one, carries=[*carries, Carry(START + 60 * DAY, ADA, 9)])
    found = standings(told, DOLLAR.address)
    assert (found[0].at, found[-1].at) == (START, NOW)
    assert len(found) <= 24
    assert (found[0].unclaimed, found[0].carry) == ({1: 100}, 0)
    assert (found[-1].unclaimed, found[-1].carry) == ({1: 40}, 50)
    assert {each.carry for each in found} == {0, 20, 50}
    assert standings(told, "another") == ()


def test_unclaimed__before_it_is_final__is_nothing() -> None:
    one = epoch(1, [leaf("a", 60)], [paid("a", 60, 10)])
    assert [unclaimed(one, START + days * DAY) for days in (-1, 0, 9, 10)] == [0, 60, 60, 0]
    assert Flow(START + 10 * DAY, 60) in one.flows


def test_json__amounts_are_text_and_all_sections_are_there() -> None:
    struck = review(zero_outs=[zero_out("eve", 9, restored=True)])
    one = epoch(1, [leaf("a", 60, maintainer=ADA), leaf("eve", 9)], [paid("a", 60, 3)], [struck])
    found = season_json(season(one), ())
    [told] = found["epochs"]
    assert told["maintainers"][0]["due"] == "60"
    assert told["newcomers"] == {"who": ["a", "eve"], "amount": "69"}
    [out] = told["reviews"][0]["zeroOuts"]
    assert out["struck"]["reason"] == "a second account of hers"
    assert out["restored"]["reason"] == "she has one account"
    assert told["timeToClaim"]["notYet"] == 1
    assert found["standing"][0]["moments"][-1]["unclaimed"] == {"1": "9"}
    assert found["members"] == {"now": 5, "reviews": 1, "tookPartInAny": 0, "tookPartInAll": 0}
