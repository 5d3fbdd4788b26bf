# SPDX-License-Identifier: AGPL-3.0-only
"""Real ledgers, against what SourceCred's own replay came to."""

import pytest

from millpond.core.ledger import replayed, told
from tests.sourcecred import INSTANCES, read, read_json

LEDGER = "data/ledger.json"


@pytest.mark.parametrize("instance", INSTANCES)
def test_replayed__a_real_ledger__comes_to_sourcecreds_balances(instance: str) -> None:
    data = read(instance, LEDGER)
    expected = read_json(instance, "expected-balances.json")
    found = told.as_json(replayed(data, LEDGER), data)
    assert len(found["accounts"]) > 10
    assert found == {**expected, "generatedWith": "millpond"}


@pytest.mark.parametrize("instance", INSTANCES)
def test_replayed__the_older_form_of_a_real_ledger__comes_to_the_same(instance: str) -> None:
    data = read(instance, LEDGER)
    older = b"[\n" + b",\n".join(data.splitlines()) + b"\n]"
    today, before = replayed(data, LEDGER), replayed(older, LEDGER)
    assert before.accounts() == today.accounts()
    assert [event.action for event in before.events] == [event.action for event in today.events]
    assert before.events[-1].at.position == f"line {len(today.events) + 1}"
