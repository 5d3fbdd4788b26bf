# SPDX-License-Identifier: AGPL-3.0-only
"""From a plan to its drafts: each once, whatever cuts a run short, and nobody else's."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from millpond.core.collective.expenses import Standing
from millpond.core.collective.payees import Payee, read_payees
from millpond.core.collective.plan import Planned
from millpond.core.errors import BadInput, MillpondError, RateLimited
from millpond.core.subjects import Subject
from millpond.sources.opencollective.api import Service
from millpond.sources.opencollective.drafting import Desk, Drafted
from millpond.sources.opencollective.expenses import Expenses
from millpond.sources.opencollective.record import Record
from millpond.sources.opencollective.refusals import (
    NotAccepted,
    NotAllowed,
    NotSignedIn,
    SecondFactor,
)
from tests.core.collective.plans import PEOPLE, payees, payees_file, plan
from tests.core.month import who
from tests.sources.opencollective.site import SLUG, TOKEN, Site
from tests.sources.server import CUT, Place, Reply, StoppedClock, as_json

PLAN = plan()
REQUESTS = 6
"""Of a whole run: two lists, an account's ways to be paid, three orders."""
LEAVES = sorted(each.leaf for each in PLAN.payments)


def _payment(name: str) -> Planned:
    return next(each for each in PLAN.payments if each.subject == who(name))


ALICE, BEANOW, INVITED = map(_payment, ("decentralion", "Beanow", "wchargin"))
MakeDesk = Callable[..., Desk]


@pytest.fixture
def desk(place: Place, clock: StoppedClock, tmp_path: Path) -> MakeDesk:
    """A run of its own each time, as a new process has it."""

    def make(
        again: Collection[int] = (), people: dict[Subject, Payee] | None = None, file: str = "plan"
    ) -> Desk:
        service = Service(clock.access(Personal_Token=TOKEN), place.url)
        record = Record.beside(tmp_path / f"{file}.json", PLAN)
        return Desk(PLAN, people or payees(), Expenses(service, SLUG), record, service.clock, again)

    return make


def _draft(desk: Desk, allowed: Collection[int] = LEAVES, approve: bool = False) -> Drafted:
    return desk.draft(allowed, lambda _done, _whole: None, approve)


def _leaves(site: Site) -> list[int]:
    return sorted(each["leaf"] for each in site.made)


def _standings(desk: Desk) -> dict[int, Standing]:
    return {each.payment.leaf: each.standing for each in desk.look().found}


def test_draft__the_whole_plan__makes_each_once(desk: MakeDesk, site: Site) -> None:
    assert sorted(_draft(desk()).made) == LEAVES
    assert _leaves(site) == LEAVES
    amounts = {
        each["customData"]["leaf"]: each["amountV2"]["valueInCents"] for each in site.expenses
    }
    assert amounts == {each.leaf: each.amount for each in PLAN.payments}
    assert sum(amounts.values()) == PLAN.drafted
    assert desk().look().is_clean


def test_draft__again__makes_nothing(desk: MakeDesk, site: Site) -> None:
    _draft(desk())
    assert _draft(desk()).made == []
    assert _draft(desk(file="another-machine")).made == []
    assert _leaves(site) == LEAVES


def test_draft__invitations__keep_their_distance(
    desk: MakeDesk, site: Site, clock: StoppedClock
) -> None:
    started = clock.time
    _draft(desk())
    assert clock.time - started >= 10
    assert clock.waits == [11.0]
    assert site.seen.count("draftExpenseAndInviteUser") == 2


def test_draft__only_what_is_allowed__is_made(desk: MakeDesk, site: Site) -> None:
    """What the chain does not show as settled is not in the list."""
    assert _draft(desk(), [BEANOW.leaf]).made == [BEANOW.leaf]
    assert _draft(desk(), []).made == []
    assert _leaves(site) == [BEANOW.leaf]
    assert _standings(desk())[ALICE.leaf] is Standing.MISSING


# --- whatever cuts a run short ----------------------------------------------------------------


@pytest.mark.parametrize("fault", ["cut_after", "dead_after"])
@pytest.mark.parametrize("number", range(REQUESTS + 2))
def test_draft__cut_after_any_request__makes_each_once_in_the_next_run(
    desk: MakeDesk, site: Site, number: int, fault: str
) -> None:
    """From there on every answer is lost: what was ordered is done, or it is not."""
    setattr(site, fault, number)
    try:
        _draft(desk())
        cut = False
    except MillpondError:
        cut = True
    site.cut_after = site.dead_after = None
    _draft(desk())
    assert _leaves(site) == LEAVES
    assert set(_standings(desk()).values()) == {Standing.THERE}
    assert cut is (number < REQUESTS)


def test_draft__a_whole_run__takes_as_many_requests_as_were_cut(desk: MakeDesk, site: Site) -> None:
    _draft(desk())
    assert site.questions == REQUESTS


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize(
    "fault",
    [
        CUT,
        Reply(502),
        Reply(200, b"<html>"),
        as_json({"error": {"message": "Rate limit exceeded."}}, 429, Retry_After="20"),
        as_json({"errors": [{"message": "x", "extensions": {"code": "RateLimitExceeded"}}]}),
    ],
)
def test_draft__one_answer_lost_before_it_was_done__goes_on_in_the_same_run(
    desk: MakeDesk, site: Site, place: Place, at: int, fault: Reply
) -> None:
    place.faults.extend([None] * at + [fault])
    assert sorted(_draft(desk()).made) == LEAVES
    assert _leaves(site) == LEAVES


@pytest.mark.parametrize("at", range(1, 7))
def test_draft__one_answer_lost_after_it_was_done__goes_on_in_the_same_run(
    desk: MakeDesk, site: Site, place: Place, at: int
) -> None:
    def answer(asked: Any) -> Reply:
        reply = site.answer(asked)
        return CUT if site.questions == at else reply

    place.answer = answer
    assert sorted(_draft(desk()).made) == LEAVES
    assert _leaves(site) == LEAVES


@pytest.mark.parametrize("number", range(6))
def test_draft__killed_at_any_line_of_the_record__makes_each_once(
    desk: MakeDesk, site: Site, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The machine went off."""

    count, note = 0, Record.note

    def dying(self: Record, *line: Any) -> None:
        nonlocal count
        count += 1
        if count > number:
            raise Killed
        note(self, *line)

    with monkeypatch.context() as patch:
        patch.setattr(Record, "note", dying)
        with pytest.raises(Killed):
            _draft(desk())
    _draft(desk())
    assert _leaves(site) == LEAVES


def test_draft__orders_lost_again_and_again__end_by_name(
    desk: MakeDesk, place: Place, site: Site
) -> None:
    def answer(asked: Any) -> Reply:
        lost = b"mutation" in asked.body
        return as_json({}, 429) if lost else site.answer(asked)

    place.answer = answer
    with pytest.raises(RateLimited):
        _draft(desk())
    assert site.made == []


def test_draft__while_another_run_is_at_it__is_refused(desk: MakeDesk, site: Site) -> None:
    first, second = desk(), desk()
    with first.record.held(), pytest.raises(BadInput, match="another run"):
        _draft(second)
    assert site.questions == 0


# --- others' hands ----------------------------------------------------------------------------


def _foreign(site: Site, **change: Any) -> None:
    """What a stranger submitted, saying that it is Beanow's payment."""
    data = {"distribution": PLAN.distribution, "period": PLAN.period, "leaf": BEANOW.leaf}
    expense: dict[str, Any] = {
        "id": "ex_foreign", "legacyId": 5, "status": "PENDING", "customData": data,
        "amountV2": {"valueInCents": BEANOW.amount, "currency": "USD"},
        "payee": {"slug": "mallory"}, "draft": None, "author": "mallory",
    }  # fmt: skip
    site.expenses.append({**expense, **change})


def test_draft__a_strangers_expense_for_a_leaf__is_odd_and_never_approved(
    desk: MakeDesk, site: Site
) -> None:
    _foreign(site)
    done = _draft(desk(), approve=True)
    assert BEANOW.leaf not in done.made + done.approved
    assert site.expenses[0]["status"] == "PENDING"
    assert _standings(desk())[BEANOW.leaf] is Standing.ODD
    assert not desk().look().is_clean
    site.expenses[0]["status"] = "REJECTED"
    assert _draft(desk()).made == [BEANOW.leaf]


def test_draft__a_payee_who_changes_what_her_expense_carries__is_not_paid_twice(
    desk: MakeDesk, site: Site
) -> None:
    """She may edit its data; then it is in no list, but its id is in our record."""
    _draft(desk())
    at = next(n for n, each in enumerate(site.made) if each["leaf"] == BEANOW.leaf)
    site.submit(at, "beanow")
    site.expenses[at]["customData"] = {"distribution": "0x00"}
    assert _draft(desk()).made == []
    assert len(site.expenses) == 3
    assert _standings(desk())[BEANOW.leaf] is Standing.THERE


def test_draft__an_expense_that_was_deleted__is_made_anew_only_if_asked(
    desk: MakeDesk, site: Site
) -> None:
    _draft(desk())
    site.expenses = [each for each in site.expenses if each["customData"]["leaf"] != ALICE.leaf]
    assert _draft(desk()).made == []
    assert _standings(desk())[ALICE.leaf] is Standing.ENDED
    assert _draft(desk([ALICE.leaf])).made == [ALICE.leaf]
    assert _leaves(site) == LEAVES


@pytest.mark.parametrize("status", ["REJECTED", "SPAM", "CANCELED", "INVITE_DECLINED"])
def test_draft__an_expense_that_ended__is_made_anew_only_if_asked(
    desk: MakeDesk, site: Site, status: str
) -> None:
    _draft(desk())
    site.expenses[0]["status"] = status
    leaf = site.made[0]["leaf"]
    assert _draft(desk()).made == []
    assert _draft(desk([leaf])).made == [leaf]
    assert _draft(desk([leaf])).made == []
    assert len(site.expenses) == 4


def test_draft__an_expense_there_twice__is_named(desk: MakeDesk, site: Site) -> None:
    """Two machines at the same moment: nobody can keep them apart, so it is seen at once."""
    _draft(desk())
    twin = {**site.expenses[0], "id": "ex_twin"}
    site.expenses.append(twin)
    look = desk().look()
    assert look.of(twin["customData"]["leaf"]).standing is Standing.TWICE
    assert not look.is_clean
    assert _draft(desk(), approve=True).approved == []


# --- payees -----------------------------------------------------------------------------------


def test_draft__a_payee_whom_the_service_does_not_take__holds_up_nobody(
    desk: MakeDesk, site: Site
) -> None:
    people = payees()
    people[INVITED.subject] = Payee(INVITED.subject, name="W", email="w@example.org")
    site.own.clear()
    done = _draft(desk(people=people))
    assert sorted(done.made) == sorted([BEANOW.leaf, INVITED.leaf])
    assert set(done.refused) == {ALICE.leaf}


@pytest.mark.parametrize(
    "other",
    [{"account": "mallory"}, {"name": "B", "email": "b@example.org"}],
    ids=["another account", "an invitation"],
)
def test_draft__a_file_of_payees_that_was_changed__pays_nobody_else(
    desk: MakeDesk, site: Site, other: dict[str, object]
) -> None:
    """The payee is in the reference that was signed."""
    lines = [PEOPLE[0], {"subject": PEOPLE[1]["subject"], **other}, PEOPLE[2]]
    changed = read_payees(payees_file(lines), "payees.json")
    done = _draft(desk(people=changed))
    assert set(done.refused) == {BEANOW.leaf}
    assert "says otherwise than the plan" in done.refused[BEANOW.leaf].message
    assert BEANOW.leaf not in _leaves(site)


def test_draft__a_payee_who_is_not_in_the_file__is_refused(desk: MakeDesk, site: Site) -> None:
    people = payees()
    del people[BEANOW.subject]
    assert set(_draft(desk(people=people)).refused) == {BEANOW.leaf}
    assert len(site.expenses) == 2


def test_draft__what_the_service_finds_wrong__is_told_of_that_payee(
    desk: MakeDesk, place: Place, site: Site
) -> None:
    def answer(asked: Any) -> Reply:
        if b"mutation" in asked.body and b"beanow" in asked.body:
            problem = {"message": "no such payee", "extensions": {"code": "ValidationFailed"}}
            return as_json({"errors": [problem], "data": None})
        return site.answer(asked)

    place.answer = answer
    done = _draft(desk())
    assert isinstance(done.refused[BEANOW.leaf], NotAccepted)
    assert len(done.made) == 2


# --- approval ---------------------------------------------------------------------------------


def test_draft__without_being_asked__approves_nothing(desk: MakeDesk, site: Site) -> None:
    assert _draft(desk()).approved == []
    assert "processExpense" not in site.seen


def test_draft__asked_to_approve__approves_what_was_submitted_once(
    desk: MakeDesk, site: Site
) -> None:
    assert _draft(desk(), approve=True).approved == [ALICE.leaf]
    at = next(n for n, each in enumerate(site.made) if each["leaf"] == INVITED.leaf)
    site.submit(at, "somebody-new")
    assert _draft(desk(), approve=True).approved == [INVITED.leaf]
    assert _draft(desk(), approve=True).approved == []
    states = {each["customData"]["leaf"]: each["status"] for each in site.expenses}
    assert states[BEANOW.leaf] == "DRAFT"


def test_draft__asked_to_approve_what_is_not_allowed__does_not(desk: MakeDesk) -> None:
    _draft(desk())
    assert _draft(desk(), [], approve=True).approved == []


def test_draft__a_draft_submitted_by_another_account__is_odd(desk: MakeDesk, site: Site) -> None:
    _draft(desk())
    at = next(n for n, each in enumerate(site.made) if each["leaf"] == BEANOW.leaf)
    site.submit(at, "mallory")
    assert _standings(desk())[BEANOW.leaf] is Standing.ODD
    assert BEANOW.leaf not in _draft(desk(), approve=True).approved


def test_draft__an_author_who_may_not_approve__is_told_so(desk: MakeDesk, site: Site) -> None:
    site.policy = True
    with pytest.raises(NotAllowed):
        _draft(desk(), approve=True)
    assert _leaves(site) == LEAVES


def test_draft__a_token_without_the_second_factor__is_told_so(desk: MakeDesk, site: Site) -> None:
    site.second_factor = True
    with pytest.raises(SecondFactor):
        _draft(desk(), approve=True)


def test_draft__by_somebody_who_is_no_admin__makes_nothing(desk: MakeDesk, site: Site) -> None:
    site.admins.clear()
    with pytest.raises(NotSignedIn):
        _draft(desk())
    assert site.expenses == []
