# SPDX-License-Identifier: AGPL-3.0-only
"""What the service has of a plan: what counts, what is odd, what is nobody's."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from millpond.core.collective.expenses import (
    AGREED,
    DEAD,
    PAID,
    STATES,
    WAITING,
    Expense,
    Found,
    Standing,
    reconciled,
)
from millpond.core.collective.payees import INVITED
from millpond.core.collective.plan import Planned
from tests.core.collective.plans import payees, plan
from tests.core.month import who

PLAN = plan()
[ALICE] = [each for each in PLAN.payments if each.payee == "alice"]
[INVITEE] = [each for each in PLAN.payments if each.payee == INVITED]


def expense(payment: Planned = ALICE, status: str = "PENDING", **more: object) -> Expense:
    """As the service shows one that was drafted for a payment."""
    made = Expense(
        id="ex_1",
        legacy_id=1,
        status=status,
        distribution=PLAN.distribution,
        period=PLAN.period,
        leaf=payment.leaf,
        cents=payment.amount,
        currency="USD",
        payee="alice" if payment is ALICE else "whoever",
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of an expense


def look(
    *seen: Expense,
    made: Collection[str] = (),
    again: Collection[int] = (),
    of: Planned = ALICE,
) -> Found:
    """Where a payment stands."""
    found, _ = reconciled(PLAN, seen, {of.leaf: made} if made else {}, payees(), again)
    return next(each for each in found if each.payment == of)


def test_states__each__is_of_one_kind() -> None:
    kinds = [WAITING, AGREED, DEAD, {PAID}]
    assert sum(map(len, kinds)) == len(STATES) == 13


def test_reconciled__nothing_there__all_is_missing() -> None:
    found, strange = reconciled(PLAN, [], {}, payees())
    assert {each.standing for each in found} == {Standing.MISSING}
    assert (len(found), strange) == (3, ())


@pytest.mark.parametrize("status", sorted(STATES - DEAD))
def test_reconciled__one_that_fits__is_there(status: str) -> None:
    found = look(expense(status=status))
    assert (found.standing, found.expense) == (Standing.THERE, expense(status=status))


@pytest.mark.parametrize(
    ("change", "odd"),
    [
        ({"cents": ALICE.amount + 1}, "cents, not"),
        ({"currency": "EUR"}, "it is in EUR, not USD"),
        ({"payee": "mallory"}, "it pays 'mallory'"),
        ({"period": "2019-08"}, "of the period '2019-08'"),
    ],
)
@pytest.mark.parametrize("made", [(), ("ex_1",)])
def test_reconciled__one_that_does_not_fit__is_odd_whoever_made_it(
    change: dict[str, Any], odd: str, made: Collection[str]
) -> None:
    """Anybody can submit an expense that says it is somebody's payment."""
    found = look(expense(**change), made=made)
    assert found.standing is Standing.ODD
    assert odd in found.odd
    assert found.expense is None


def test_reconciled__one_that_fits_and_one_that_does_not__is_odd() -> None:
    assert look(expense(), expense(id="ex_2", payee="mallory")).standing is Standing.ODD


def test_reconciled__two_that_fit__are_there_twice() -> None:
    assert look(expense(), expense(id="ex_2")).standing is Standing.TWICE


@pytest.mark.parametrize("status", sorted(DEAD))
def test_reconciled__one_that_ended__is_not_followed_by_itself(status: str) -> None:
    dead = expense(status=status)
    assert look(dead).standing is Standing.ENDED
    assert look(dead, again=[ALICE.leaf]).standing is Standing.MISSING
    assert look(dead, expense(id="ex_2"), again=[ALICE.leaf]).standing is Standing.THERE


def test_reconciled__one_of_another_that_ended__does_not_count() -> None:
    """What a stranger submitted and the collective rejected holds up nobody."""
    changes: list[dict[str, Any]] = [{"payee": "mallory"}, {"cents": 99}]
    for change in changes:
        foreign = expense(status="REJECTED", **change)
        assert look(foreign).standing is Standing.MISSING


def test_reconciled__an_invited_ones_that_ended__is_taken_for_ours() -> None:
    """Nobody can tell; to pay somebody after all takes a word."""
    assert look(expense(INVITEE, "REJECTED"), of=INVITEE).standing is Standing.ENDED


def test_reconciled__one_of_ours_whose_data_were_changed__is_still_hers() -> None:
    """A payee can edit what her expense carries; the id that we wrote down stays."""
    changed = expense(distribution="", period="", leaf=None)
    assert look(changed, made=["ex_1"]).standing is Standing.THERE
    found, strange = reconciled(PLAN, [changed], {}, payees())
    assert {each.standing for each in found} == {Standing.MISSING}
    assert strange == (changed,)


def test_reconciled__one_of_ours_that_says_it_is_anothers__is_not_hers() -> None:
    other = next(each for each in PLAN.payments if each is not ALICE)
    moved = expense(leaf=other.leaf)
    found, _ = reconciled(PLAN, [moved], {ALICE.leaf: ["ex_1"]}, payees())
    standing = {each.payment.leaf: each.standing for each in found}
    assert standing[other.leaf] is Standing.MISSING
    assert standing[ALICE.leaf] is Standing.THERE


def test_reconciled__one_of_ours_that_is_gone__is_not_made_again_by_itself() -> None:
    assert look(made=["ex_1"]).standing is Standing.ENDED
    assert look(made=["ex_1"], again=[ALICE.leaf]).standing is Standing.MISSING


def test_reconciled__an_invited_one__counts_by_our_id_or_the_drafts_e_mail() -> None:
    submitted = expense(INVITEE)
    assert look(submitted, of=INVITEE).standing is Standing.ODD
    assert look(submitted, of=INVITEE, made=["ex_1"]).standing is Standing.THERE
    draft = expense(INVITEE, "DRAFT", payee="", email="w@example.org")
    assert look(draft, of=INVITEE).standing is Standing.THERE
    other = expense(INVITEE, "DRAFT", payee="", email="mallory@example.org")
    assert look(other, of=INVITEE).standing is Standing.ODD


@pytest.mark.parametrize("leaf", [None, 99_999])
def test_reconciled__one_for_no_leaf_of_the_plan__is_nobodys(leaf: int | None) -> None:
    _, strange = reconciled(PLAN, [expense(leaf=leaf)], {}, payees())
    assert [each.id for each in strange] == ["ex_1"]


def test_plan__of_these_tests__pays_whom_they_name() -> None:
    assert ALICE.subject == who("decentralion")
    assert INVITEE.subject == who("wchargin")
