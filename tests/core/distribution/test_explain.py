# SPDX-License-Identifier: AGPL-3.0-only
"""Why did I get this amount: the steps lead to the amount that is paid."""

import pytest

from millpond.core.distribution import Exclusion, explain, payouts
from millpond.core.distribution.explain import Due, because
from millpond.core.distribution.model import UNDER_HALF
from millpond.core.errors import SubjectError
from millpond.core.subjects import of_identity
from tests.core import month
from tests.core.month import GRAIN_POT, MINIMUM, POT, september, who


def test_explain__somebody_paid__shows_every_step_with_its_figures() -> None:
    document = september(signer_cap_bps=10_000)
    explanation = explain(document, who("decentralion"), POT, GRAIN_POT, MINIMUM)
    assert explanation.status == "paid"
    assert explanation.identity == "sourcecred:sourcecred/identity/decentralion"
    cred, shared, amount, grain, minimum = explanation.steps
    # The file's own weeks: 43.89765422250668, 46.82376225603249, 49.40572570555324, 61.1785954...
    assert [value for _, value, _ in cred.values] == [
        43_897_654, 46_823_762, 49_405_726, 61_178_595,
    ]  # fmt: skip
    assert cred.values[0][0] == "week of 2019-09-01"
    assert (cred.result, cred.unit) == (201_305_737, "cred")
    assert (shared.formula, shared.result) == ("total - zeroed", 585_491_375)
    assert amount.formula == "floor(pot * cred / shared)"
    assert amount.values == (
        ("pot", POT, "asset"), ("cred", 201_305_737, "cred"), ("shared", 585_491_375, "cred"),
    )  # fmt: skip
    # 2,000,000,000 * 201,305,737 / 585,491,375 = 687,647,147.66
    assert (amount.result, amount.unit) == (687_647_147, "asset")
    assert grain.result == GRAIN_POT * 201_305_737 // 585_491_375
    assert (minimum.result, explanation.reason) == (MINIMUM, "at least the minimum payout")


def test_explain__every_leaf__ends_in_what_payouts_says() -> None:
    document = september()
    zeroed = {who("Beanow")}
    for row in payouts(document, POT, GRAIN_POT, MINIMUM, zeroed).rows:
        explanation = explain(document, row.subject, POT, GRAIN_POT, MINIMUM, zeroed)
        amounts = [step.result for step in explanation.steps if step.name == "amount"]
        grains = [step.result for step in explanation.steps if step.name == "grain"]
        assert (amounts[-1], grains) == (row.amount, [row.grain])
        assert explanation.status == ("paid" if row.above_minimum else "carried")
        shared = next(step for step in explanation.steps if step.name == "shared")
        assert shared.values[1] == ("zeroed", dict(document.leaves)[who("Beanow")], "cred")


def test_explain__somebody_over_the_signers_cap__shows_what_it_took() -> None:
    explanation = explain(september(), who("decentralion"), POT, GRAIN_POT, MINIMUM)
    before, after = (step for step in explanation.steps if step.name == "amount")
    assert before.result == 687_647_147
    assert after.formula == "amount - over the signer's cap"
    assert after.result == 500_000_000  # a quarter of the pot
    assert after.values[1] == ("over the signer's cap", 187_647_147, "asset")


def test_explain__somebody_under_the_minimum__is_carried() -> None:
    document = september()
    row = payouts(document, POT, 0, MINIMUM).below[0]
    explanation = explain(document, row.subject, POT, 0, MINIMUM)
    assert (explanation.status, explanation.reason) == ("carried", "under the minimum payout")


def test_explain__somebody_without_a_leaf__says_why() -> None:
    document = september(exclusions=[Exclusion(who("Beanow"), "asked to be left out")])
    without = explain(document, document.no_leaf[0].subject, POT, 0, MINIMUM)
    assert (without.status, without.reason) == ("no leaf", UNDER_HALF)
    assert [step.name for step in without.steps] == ["cred"]
    excluded = explain(document, who("Beanow"), POT, 0, MINIMUM)
    assert (excluded.status, excluded.reason) == ("excluded", "asked to be left out")
    zeroed = explain(document, who("wchargin"), POT, 0, MINIMUM, {who("wchargin")})
    assert zeroed.status == "zeroed"
    assert "struck out by maintainers" in zeroed.reason


def test_explain__a_stranger__is_refused() -> None:
    with pytest.raises(SubjectError, match="has no cred in 2019-09"):
        explain(september(), of_identity("x:stranger"), POT, 0, MINIMUM)
    assert all(each.identity != "x:stranger" for each in month.history().people)


def test_explain__rounding__is_the_part_of_a_unit_that_stays_in_the_pot() -> None:
    document = september(signer_cap_bps=10_000)
    found = explain(document, who("decentralion"), POT, GRAIN_POT, MINIMUM)
    rest, whole = found.dropped
    cred = dict(document.leaves)[who("decentralion")]
    assert POT * cred == found.amount * whole + rest
    assert whole == document.total
    # 687,647,147.66: see above
    assert rest * 100 // whole == 66


def test_explain__capped_otherwise_when_she_was_paid__is_told_as_it_was() -> None:
    """Two leaves of one maintainer fill her cap in the order in which they are claimed."""
    found = explain(september(), who("decentralion"), POT, GRAIN_POT, MINIMUM, capped=200_000_000)
    assert (found.amount, found.capped) == (487_647_147, 200_000_000)
    assert [step.result for step in found.steps if step.name == "amount"][-1] == 487_647_147


def test_because__each_cause_alone__is_all_of_the_difference() -> None:
    before = Due(pot=1_000, cred=10, shared=100, amount=100)
    assert because(before, before).difference == 0
    pot = because(before, Due(3_000, 10, 100, 300))
    assert (pot.pot, pot.own_cred, pot.others_cred, pot.cap) == (200, 0, 0, 0)
    own = because(before, Due(1_000, 35, 125, 280))
    assert (own.pot, own.own_cred, own.others_cred, own.cap) == (0, 180, 0, 0)
    others = because(before, Due(1_000, 10, 200, 50))
    assert (others.pot, others.own_cred, others.others_cred, others.cap) == (0, 0, -50, 0)
    cap = because(before, Due(1_000, 10, 100, 60))
    assert (cap.pot, cap.own_cred, cap.others_cred, cap.cap) == (0, 0, 0, -40)


def test_because__all_at_once__adds_up_to_the_unit() -> None:
    before = Due(pot=999_983, cred=7, shared=1_009, amount=6_000)
    after = Due(pot=77_777, cred=800, shared=2_003, amount=20_011)
    assert because(before, after).difference == 20_011 - 6_000
    nobody_else = because(Due(100, 5, 5, 100), Due(100, 0, 7, 0))
    assert nobody_else.difference == -100
