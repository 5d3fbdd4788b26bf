# SPDX-License-Identifier: AGPL-3.0-only
"""A ledger written again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import LedgerFileError
from millpond.core.ledger import replayed
from millpond.core.ledger.reading import read_events
from millpond.core.ledger.writing import written
from tests.core.ledger.drafts import COIN, DOLLAR, FILE, START, Draft, made, node
from tests.sourcecred import INSTANCES, read

LEDGER = "data/ledger.json"


def of_all_kinds() -> Draft:
    """Each action that there is, at least once."""
    draft = Draft().active("ann", "bob").alias("ann", node("discord", "ä/\u2028")).pay(ann=5, bob=0)
    draft.add("RENAME_IDENTITY", identityId=made("bob"), newName="Bea")
    draft.add("CHANGE_IDENTITY_TYPE", identityId=made("bob"), newType="PROJECT")
    draft.send("ann", "bob", 2).merge("ann", "bob").toggle("bob")
    draft.payee("ann", COIN).payee("ann", DOLLAR).add("SET_EXTERNAL_CURRENCY", currency=COIN)
    draft.add("DISABLE_ACCOUNTING").add("ENABLE_ACCOUNTING").add("REMOVE_EXTERNAL_CURRENCY")
    draft.add("ENABLE_GRAIN_INTEGRATION").pay(START + 7)
    draft.add("MARK_DISTRIBUTION_EXECUTED", id=draft.events[-1]["action"]["distribution"]["id"])
    return draft.add("DISABLE_GRAIN_INTEGRATION")


def sorted_line(event: object) -> str:
    return json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("instance", INSTANCES)
def test_written__a_real_ledger__reads_back_as_it_was(instance: str) -> None:
    ledger = replayed(read(instance, LEDGER), LEDGER)
    again = replayed(written(ledger.events), LEDGER)
    assert again.events == ledger.events
    assert again.accounts() == ledger.accounts()
    assert written(again.events) == written(ledger.events)


def test_written__every_action__says_all_that_it_said_with_sorted_fields() -> None:
    draft = of_all_kinds()
    ledger = replayed(draft.bytes, FILE)
    assert len({event["action"]["type"] for event in draft.events}) == 16
    lines = [sorted_line(event) for event in draft.events]
    assert written(ledger.events).decode() == "".join(f"{line}\n" for line in lines)


def test_written__every_policy__says_all_that_it_said() -> None:
    policies: list[dict[str, object]] = [
        {"policyType": "IMMEDIATE", "budget": "0", "numIntervalsLookback": 3},
        {"policyType": "BALANCED", "budget": str(10**40), "numIntervalsLookback": 0},
        {"policyType": "RECENT", "budget": "1", "discount": 0.16, "exclusions": [made("ann")]},
        {"policyType": "RECENT", "budget": "1", "discount": 1, "exclusions": []},
        {"policyType": "SPECIAL", "budget": "1", "memo": 'a "b"\n', "recipient": made("ann")},
    ]
    draft = Draft().pay()
    distribution = draft.events[0]["action"]["distribution"]
    distribution["allocations"] = [
        {"id": made(f"a{number}"), "policy": policy, "receipts": []}
        for number, policy in enumerate(policies)
    ]
    assert written(read_events(draft.bytes, FILE)).decode() == sorted_line(draft.events[0]) + "\n"


@given(st.text(st.characters()) | st.text(st.sampled_from('\ud800\udfff\0\x1f\x7f"\\/\u2028')))
def test_written__any_memo__reads_back(memo: str) -> None:
    draft = Draft().active("ann").send("ann", "ann", 0)
    draft.events[-1]["action"]["memo"] = memo
    events = read_events(draft.bytes, FILE)
    assert [event.action for event in read_events(written(events), FILE)] == [
        event.action for event in events
    ]


def test_written__a_cleared_address__is_refused_with_its_line() -> None:
    ledger = replayed(Draft().create("ann").payee("ann", DOLLAR, None).bytes, FILE)
    with pytest.raises(LedgerFileError, match=r"line 2: .* SourceCred 0.11.2 reads no ledger"):
        written(ledger.events)
