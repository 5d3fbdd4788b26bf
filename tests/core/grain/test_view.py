# SPDX-License-Identifier: AGPL-3.0-only
"""Everybody's cred and grain, week by week."""

import pytest

from millpond.core.errors import GrainError
from millpond.core.grain.view import Cred, view_of
from millpond.core.ledger import replayed
from millpond.core.weeks import WEEK_MS
from tests.core.grain.views import SUNDAY, end, view, weeks
from tests.core.ledger.drafts import FILE, Draft, made


def cred(count: int = 2) -> Cred:
    numbers = [float(number + 1) for number in range(count)]
    return Cred(weeks(count), {made("ann"): numbers, made("bob"): count * [0.5]})


def test_view_of__a_ledger__people_in_its_order_with_grain_in_its_week() -> None:
    draft = Draft().create("bob").active("ann").pay(SUNDAY, ann=3).pay(end(1), ann=4)
    found = view_of(cred(), replayed(draft.pay(end(2) - 1, ann=50).bytes, FILE))
    assert found.weeks == weeks(2)
    assert [(each.name, each.active) for each in found.people] == [("bob", False), ("ann", True)]
    assert (found.people[1].cred, found.people[1].grain) == ((1, 2), (3, 54))
    assert [each.name for each in found.active] == ["ann"]


def test_view_of__distributions_outside_the_weeks_of_cred__widen_the_view() -> None:
    draft = Draft().active("ann").pay(SUNDAY - 1, ann=1).pay(end(2), ann=20).pay(end(4) - 1, ann=5)
    found = view_of(cred(), replayed(draft.bytes, FILE))
    assert [week.start_ms for week in found.weeks] == [end(n) for n in range(-1, 4)]
    assert found.people[0].cred == (0, 1, 2, 0, 0)
    assert found.people[0].grain == (1, 0, 0, 20, 5)


def test_view_of__a_distribution_to_nobody__widens_it_too() -> None:
    found = view_of(cred(), replayed(Draft().active("ann").pay(end(3)).bytes, FILE))
    assert len(found.weeks) == 4


def test_view_of__an_account_without_scores__is_refused() -> None:
    ledger = replayed(Draft().create("cat").bytes, FILE)
    with pytest.raises(GrainError, match=rf"cat \({made('cat')}\) is in the ledger and has no"):
        view_of(cred(), ledger)


@pytest.mark.parametrize("cred_ms", [0, 1_577_577_600, 150_000_000_000_000])
def test_view_of__a_distribution_in_another_age__is_refused(cred_ms: int) -> None:
    ledger = replayed(Draft().active("ann").pay(cred_ms).bytes, FILE)
    with pytest.raises(GrainError, match=rf"from {min(cred_ms, SUNDAY)} to .* are not"):
        view_of(cred(), ledger)


def test_window__looks_back__from_the_weeks_that_are_over() -> None:
    people = view({"ann": [1, 2, 3, 4]})
    assert people.window(end(3), 0) == slice(0, 3)
    assert people.window(end(3), 2) == slice(1, 3)
    assert people.window(end(3), 3) == people.window(end(3), 9) == slice(0, 3)
    assert people.window(end(4) - 1, 1) == slice(2, 3)
    assert people.window(SUNDAY, 1) == slice(0, 0)
    assert people.window(end(9), 1) == slice(3, 4)


def test_with_grain__of_a_run__belongs_to_the_week_that_starts_then() -> None:
    people = view({"ann": [1, 1], "bob": [1, 1]}, {"ann": [5, 5]})
    assert [each.grain for each in people.with_grain(end(1), {"ann": 2}).people] == [(5, 7), (0, 0)]
    assert people.with_grain(end(2), {"ann": 2}) == people
    assert people.with_grain(SUNDAY + WEEK_MS // 2, {"bob": 1}).people[1].grain == (1, 0)
