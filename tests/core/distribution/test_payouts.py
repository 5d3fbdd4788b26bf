# SPDX-License-Identifier: AGPL-3.0-only
"""From cred to money, against exact fractions made apart from this project."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.cred import CredHistory, PersonCred
from millpond.core.distribution import (
    Distribution,
    Exclusion,
    build,
    epoch_pot,
    payouts,
    shared_cred,
)
from millpond.core.distribution.payouts import add_up
from millpond.core.errors import BadInput, BooksError, UnitError
from millpond.core.policies import policy_named
from millpond.core.subjects import Subject, of_identity
from millpond.core.units import MicroCred, floor_places
from millpond.core.weeks import weeks_of_month
from tests.core import month
from tests.core.month import GRAIN_POT, MAINTAINERS, MINIMUM, POT, september, who

NO_CAP = 10_000


def circle(cred: list[int], cap_bps: int = NO_CAP, capped: int = 0) -> Distribution:
    """People 1, 2, 3, ... with this cred; the first `capped` of them belong to one maintainer."""
    weeks = weeks_of_month("2019-09")[:1]
    people = tuple(
        PersonCred(Subject(number.to_bytes(32, "big")), None, (MicroCred(each),))
        for number, each in enumerate(cred, 1)
    )
    return build(
        chain_id=1,
        pool=month.POOL,
        distributor=month.DISTRIBUTOR,
        epoch=1,
        history=CredHistory(weeks, people),
        policy=policy_named("proportional", {}),
        inputs=month.inputs(),
        signer_cap_bps=cap_bps,
        signers={MAINTAINERS[0]: [person.subject for person in people[:capped]]},
    )


def test_payouts__september_2019__are_the_figures_of_the_credsperiment() -> None:
    result = payouts(september(signer_cap_bps=NO_CAP), POT, GRAIN_POT, MINIMUM)
    assert len(result.above) == 17
    assert result.paid == 1_957_159_089
    assert len(result.below) == 26
    assert result.carried == 42_840_889
    assert result.dust == 22
    assert result.capped == 0
    assert result.paid + result.carried + result.dust == 2_000_000_000
    assert sum(row.grain for row in result.rows) + result.grain_dust == GRAIN_POT


def test_payouts__each_amount_in_cents__is_the_exact_one_floored() -> None:
    rows = payouts(september(signer_cap_bps=NO_CAP), POT, 0, MINIMUM).rows
    ours = {row.identity: row.amount for row in rows}
    expected = month.expected_payouts()
    assert len(expected) == 79
    wrong = {
        name: (exact, ours.get(name, 0))
        for name, exact in expected.items()
        if floor_places(ours.get(name, 0), 6, 2) != int(Fraction(exact) * 100)
    }
    assert not wrong
    assert ours.keys() <= expected.keys()


def test_payouts__the_amount_of_each__is_the_floor_of_her_share() -> None:
    document = september(signer_cap_bps=NO_CAP)
    for row in payouts(document, POT, GRAIN_POT, MINIMUM).rows:
        exact = Fraction(POT) * row.cred / document.total
        assert row.amount <= exact < row.amount + 1
        assert row.above_minimum == (row.amount >= MINIMUM)


@given(
    st.lists(st.integers(1, 10**30), min_size=1, max_size=12),
    st.integers(0, 10**30),
    st.integers(0, 10**30),
    st.integers(0, 10**12),
    st.integers(0, NO_CAP),
    st.integers(0, 12),
)
def test_payouts__any_circle__pays_carries_and_keeps_exactly_the_pot(
    cred: list[int], pot: int, grain: int, minimum: int, cap_bps: int, capped: int
) -> None:
    result = payouts(circle(cred, cap_bps, capped), pot, grain, minimum)
    assert result.paid + result.carried + result.capped + result.dust == pot
    assert 0 <= result.dust < len(cred)
    assert result.grain + result.grain_dust == grain
    # The capped leaves together get no more than the cap, and exactly the cap if it took anything.
    own = sum(row.amount for row in result.rows[:capped])
    assert own <= pot * cap_bps // 10_000
    assert own == pot * cap_bps // 10_000 or result.capped == 0
    assert all(row.capped == 0 for row in result.rows[capped:])


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=9), st.data())
def test_payouts__zeroed_leaves__leave_numerator_and_denominator(
    cred: list[int], data: st.DataObject
) -> None:
    document = circle(cred)
    subjects = [subject for subject, _ in document.leaves]
    out = data.draw(st.sets(st.sampled_from(subjects), max_size=len(cred) - 1))
    result = payouts(document, POT, 0, 0, out)
    assert {row.subject for row in result.rows} == set(subjects) - out
    rest = sum(each for subject, each in document.leaves if subject not in out)
    assert result.shared_cred == rest
    assert [row.amount for row in result.rows] == [POT * row.cred // rest for row in result.rows]
    # Indices stay those of the posted tree.
    assert all(document.leaves[row.index][0] == row.subject for row in result.rows)


def test_payouts__minimum__is_reached_by_exactly_that_amount() -> None:
    # 100 shared 1 : 1 : 2 is 25, 25, 50.
    rows = payouts(circle([1, 1, 2]), 100, 0, 50).rows
    assert [(row.amount, row.above_minimum) for row in rows] == [
        (25, False), (25, False), (50, True),
    ]  # fmt: skip


def test_payouts__a_maintainers_leaves__share_one_cap_in_the_order_of_their_index() -> None:
    # 1000 shared 3 : 3 : 4 with a cap of 40 % for the first two: 300, then 100 of 300.
    result = payouts(circle([3, 3, 4], 4_000, 2), 1000, 10, 0)
    assert [(row.amount, row.capped) for row in result.rows] == [(300, 0), (100, 200), (400, 0)]
    assert (result.paid, result.capped, result.dust) == (800, 200, 0)
    assert [row.grain for row in result.rows] == [3, 3, 4]  # the cap is on money alone


def test_payouts__the_minimum__looks_at_what_the_cap_left() -> None:
    rows = payouts(circle([3, 3, 4], 4_000, 2), 1000, 0, 150).rows
    assert [row.above_minimum for row in rows] == [True, False, True]


def test_payouts__an_exclusion_in_the_document__is_not_a_zeroed_leaf() -> None:
    document = september(exclusions=[Exclusion(who("Beanow"), "asked to")])
    with pytest.raises(BadInput, match="has no leaf that could be zeroed"):
        payouts(document, POT, 0, 0, {who("Beanow")})


def test_shared_cred__unknown_or_everybody__is_refused() -> None:
    document = circle([1, 2])
    with pytest.raises(BadInput, match="has no leaf that could be zeroed"):
        shared_cred(document, [of_identity("x:nobody")])
    with pytest.raises(BadInput, match="nobody is left to share the pot"):
        shared_cred(document, [subject for subject, _ in document.leaves])
    first = document.leaves[0][0]
    assert shared_cred(document, [first, first]) == 2


@pytest.mark.parametrize(("pot", "grain", "minimum"), [(-1, 0, 0), (0, -1, 0), (0, 0, -1)])
def test_payouts__negative_money__is_refused(pot: int, grain: int, minimum: int) -> None:
    with pytest.raises(UnitError):
        payouts(circle([1]), pot, grain, minimum)


def test_add_up__rows_that_are_not_those_of_the_pot__are_refused() -> None:
    result = payouts(circle([1, 1]), 100, 100, 0)
    rows = list(result.rows)
    for pot, grain in ((99, 100), (102, 100), (100, 99), (100, 102)):
        with pytest.raises(BooksError, match="the payouts leave"):
            add_up(pot, grain, result.shared_cred, rows)
    assert add_up(101, 101, result.shared_cred, rows).dust == 1


@pytest.mark.parametrize(
    ("received", "p_bps", "carry", "unreserved", "pot"),
    [
        (2_000_000_000, 10_000, 0, 2_000_000_000, 2_000_000_000),
        (2_000_000_000, 10_000, 5, 2_000_000_000, 2_000_000_000),  # never more than is there
        (2_000_000_000, 5_000, 7, 2_000_000_000, 1_000_000_007),
        (999, 3_333, 0, 999, 332),
        (0, 10_000, 0, 0, 0),
    ],
)
def test_epoch_pot__income_share_and_carry__never_exceed_what_is_there(
    received: int, p_bps: int, carry: int, unreserved: int, pot: int
) -> None:
    assert epoch_pot(received, p_bps, carry, unreserved) == pot


def test_epoch_pot__impossible_figures__are_refused() -> None:
    for figures in ((-1, 1, 0, 0), (1, 10_001, 0, 0), (1, 1, -1, 0), (1, 1, 0, -1)):
        with pytest.raises(UnitError):
            epoch_pot(*figures)
