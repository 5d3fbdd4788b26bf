# SPDX-License-Identifier: AGPL-3.0-only
"""Expenses of a distribution: listed, drafted, submitted whole."""

from typing import Any

import pytest

from millpond.core.collective.expenses import Expense
from millpond.core.collective.payees import Payee
from millpond.core.errors import BadInput, BadSourceAnswer
from millpond.sources.opencollective.api import Service
from millpond.sources.opencollective.expenses import Expenses
from millpond.sources.opencollective.refusals import NotAccepted, NotSignedIn, NotThere
from tests.core.collective.plans import payees, plan
from tests.core.month import who
from tests.sources.opencollective.site import SLUG, Site, vector
from tests.sources.server import Place, StoppedClock, as_json

PLAN = plan()
ALICE, BEANOW, INVITED = (
    next(each for each in PLAN.payments if each.subject == who(name))
    for name in ("decentralion", "Beanow", "wchargin")
)
PEOPLE = payees()


@pytest.fixture
def expenses(service: Service) -> Expenses:
    return Expenses(service, SLUG)


def test_make__an_invitation__is_a_draft_with_locked_fields(
    expenses: Expenses, site: Site, clock: StoppedClock
) -> None:
    made = expenses.make(PLAN, INVITED, PEOPLE[INVITED.subject])
    assert (made.status, made.cents, made.email) == ("DRAFT", INVITED.amount, "w@example.org")
    [kept] = site.expenses
    assert kept["customData"] == {
        "distribution": PLAN.distribution,
        "period": "2019-09",
        "leaf": INVITED.leaf,
    }
    assert kept["reference"] == f"2019-09/{INVITED.leaf}"
    clock.sleep(10)
    made = expenses.make(PLAN, BEANOW, PEOPLE[BEANOW.subject])
    assert (made.status, made.payee, made.email) == ("DRAFT", "beanow", "")


def test_make__for_an_own_account__is_submitted_whole(expenses: Expenses, site: Site) -> None:
    made = expenses.make(PLAN, ALICE, PEOPLE[ALICE.subject])
    assert (made.status, made.payee, made.cents) == ("PENDING", "alice", ALICE.amount)
    assert site.seen == ["account", "createExpense"]


@pytest.mark.parametrize("methods", [[], ["po_1", "po_2"]])
def test_make__for_an_own_account_without_a_plain_way_to_pay__is_refused(
    expenses: Expenses, site: Site, methods: list[str]
) -> None:
    site.own["alice"] = methods
    with pytest.raises(BadInput, match=f"has {len(methods)} ways to be paid"):
        expenses.make(PLAN, ALICE, PEOPLE[ALICE.subject])
    assert site.expenses == []


def test_make__for_an_own_account_with_a_named_way__takes_that(
    expenses: Expenses, site: Site
) -> None:
    site.own["alice"] = ["po_1", "po_2"]
    named = Payee(ALICE.subject, "alice", own=True, payout="po_2")
    assert expenses.make(PLAN, ALICE, named).status == "PENDING"
    with pytest.raises(BadInput, match="none is 'po_3'"):
        expenses.make(PLAN, ALICE, Payee(ALICE.subject, "alice", own=True, payout="po_3"))


def test_make__for_an_account_that_is_not_own__is_refused(expenses: Expenses, site: Site) -> None:
    with pytest.raises(NotThere, match="No account found"):
        expenses.make(PLAN, ALICE, Payee(ALICE.subject, "carol", own=True))
    site.own["alice"] = ["po_1"]
    problem = as_json(vector("errors")["own_expense_only"])

    def refuse(asked: Any) -> Any:
        return problem if b"createExpense" in asked.body else site.answer(asked)

    with pytest.raises(NotAccepted, match="must be an admin of the account"):
        _with_answer(expenses, refuse).make(PLAN, ALICE, PEOPLE[ALICE.subject])


def _with_answer(expenses: Expenses, answer: Any) -> Expenses:
    _PLACES[0].answer = answer
    return expenses


_PLACES: list[Place] = []


@pytest.fixture(autouse=True)
def known_place(place: Place) -> Any:
    _PLACES[:] = [place]
    yield
    _PLACES.clear()


def test_of__whatever_state__is_listed_with_drafts_and_spam(
    expenses: Expenses, site: Site, clock: StoppedClock
) -> None:
    for payment in (INVITED, BEANOW, ALICE):
        expenses.make(PLAN, payment, PEOPLE[payment.subject])
        clock.sleep(10)
    site.expenses[1]["status"] = "SPAM"
    found = {each.leaf: each.status for each in expenses.of(PLAN.distribution)}
    assert found == {INVITED.leaf: "DRAFT", BEANOW.leaf: "SPAM", ALICE.leaf: "PENDING"}
    assert expenses.of("0x" + "00" * 32) == []


def test_of__more_than_a_page__is_listed_whole(expenses: Expenses, site: Site) -> None:
    expenses.make(PLAN, ALICE, PEOPLE[ALICE.subject])
    first = site.expenses[0]
    site.expenses = [{**first, "id": f"ex_{number}"} for number in range(250)]
    assert len({each.id for each in expenses.of(PLAN.distribution)}) == 250


def test_of__by_somebody_who_is_no_admin__is_refused(expenses: Expenses, site: Site) -> None:
    site.admins.clear()
    with pytest.raises(NotSignedIn):
        expenses.of(PLAN.distribution)


def _node(**change: Any) -> dict[str, Any]:
    data = {"distribution": PLAN.distribution, "period": "2019-09", "leaf": 3}
    amount = {"valueInCents": 5, "currency": "USD"}
    node = {"id": "ex", "legacyId": 1, "status": "PENDING", "customData": data}
    return {**node, "amountV2": amount, "payee": {"slug": "alice"}, "draft": None, **change}


def _listing(place: Place, *nodes: dict[str, Any], total: int | None = None) -> None:
    count = len(nodes) if total is None else total
    page = {"totalCount": count, "nodes": list(nodes)}
    place.answer = lambda _: as_json({"data": {"expenses": page}})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"customData": None}, "without the data that it was asked for"),
        ({"customData": {"distribution": "0x00"}}, "without the data that it was asked for"),
        ({"customData": "text"}, "without the data that it was asked for"),
        ({"status": "FROZEN"}, "a state that nobody here knows, 'FROZEN'"),
        ({"amountV2": None}, "has no amount"),
        ({"amountV2": {"valueInCents": 5.5, "currency": "USD"}}, "not a whole number"),
        ({"legacyId": "one"}, "another form"),
    ],
)
def test_of__an_answer_that_cannot_be__is_refused(
    place: Place, expenses: Expenses, change: dict[str, Any], said: str
) -> None:
    """Most of all without what tells the leaves apart: all of them would be drafted again."""
    _listing(place, _node(**change))
    with pytest.raises(BadSourceAnswer, match=said):
        expenses.of(PLAN.distribution)


@pytest.mark.parametrize(("nodes", "total"), [([_node(), _node()], 2), ([_node()], 2), ([], 1)])
def test_of__pages_that_do_not_fit__are_refused(
    place: Place, expenses: Expenses, nodes: list[dict[str, Any]], total: int
) -> None:
    _listing(place, *nodes, total=total)
    with pytest.raises(BadSourceAnswer, match="do not fit together"):
        expenses.of(PLAN.distribution)


@pytest.mark.parametrize("leaf", [None, "3", 3.0, True, [3]])
def test_of__a_leaf_that_is_no_number__is_none(place: Place, expenses: Expenses, leaf: Any) -> None:
    data = {"distribution": PLAN.distribution, "period": "2019-09", "leaf": leaf}
    _listing(place, _node(customData=data))
    assert {each.leaf for each in expenses.of(PLAN.distribution)} == {None}


@pytest.mark.parametrize("draft", [None, "text", {}, {"payee": None}, {"payee": "x"}])
def test_of__a_draft_that_names_nobody__is_for_nobody(
    place: Place, expenses: Expenses, draft: Any
) -> None:
    _listing(place, _node(status="DRAFT", draft=draft))
    assert {each.payee for each in expenses.of(PLAN.distribution)} == {""}


def test_by_id__one_that_is_there_and_one_that_is_not(expenses: Expenses, place: Place) -> None:
    made = expenses.make(PLAN, ALICE, PEOPLE[ALICE.subject])
    assert expenses.by_id(made.id) == made
    assert expenses.by_id("ex_99") is None
    place.faults.append(as_json({"data": {"expense": None}}))
    assert expenses.by_id(made.id) is None


def test_recorded_answers__of_expenses__are_read(place: Place, expenses: Expenses) -> None:
    recorded = vector("find")
    place.answer = lambda _: as_json(recorded["response"])
    found = expenses.of(recorded["variables"]["data"]["distribution"])
    one = Expense(
        id="ex_sep_alice", legacy_id=123456, status="PENDING",
        distribution=recorded["variables"]["data"]["distribution"], period="2019-09", leaf=7,
        cents=158_062, currency="USD", payee="alice",
    )  # fmt: skip
    assert found == [one, one]
    place.answer = lambda asked: as_json(
        vector("payout" if b"payoutMethods" in asked.body else "create")["response"]
    )
    named = Payee(ALICE.subject, "alice", own=True, payout="po_1")
    assert expenses.make(PLAN, ALICE, named).id == "ex_sep_alice"
