# SPDX-License-Identifier: AGPL-3.0-only
"""Each row that somebody changed in the mirror's database is found, and named for what it is."""

from collections.abc import Callable

import pytest

from millpond.mirror.audit.checking import Audit
from tests.mirror.audit.cases import DERIVED, EVENTS, STATE, Case

Audited = Callable[..., Audit]


def test_audit__a_mirror_as_it_was_written__holds(audited: Audited) -> None:
    found = audited()
    assert found.differences == []
    assert found.holds
    assert found.unchecked == []
    assert found.proven > 200
    assert found.values > found.proven
    assert found.rows > 300
    assert found.blocks > 25


@pytest.mark.parametrize("name", STATE)
def test_audit__a_row_against_the_state__found_by_name(audited: Audited, name: str) -> None:
    _found(audited(STATE[name].statement, events=False), STATE[name])


@pytest.mark.parametrize("name", DERIVED)
def test_audit__a_row_against_the_events_it_follows_from__found_by_name(
    audited: Audited, name: str
) -> None:
    _found(audited(DERIVED[name].statement, events=False), DERIVED[name])


@pytest.mark.parametrize("name", EVENTS)
def test_audit__a_row_against_the_receipts__found_by_name(audited: Audited, name: str) -> None:
    _found(audited(EVENTS[name].statement, state=False), EVENTS[name])


def _found(result: Audit, case: Case) -> None:
    assert not result.holds
    named = {(d.view, d.field, d.by) for d in result.differences}
    assert (case.view, case.field, case.by) in named, named
    for difference in result.differences:
        assert difference.mirrored != difference.found
        assert difference.next_step
        assert difference.row
