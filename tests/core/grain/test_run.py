# SPDX-License-Identifier: AGPL-3.0-only
"""Runs over real instances, against SourceCred's own, and over small ones."""

from collections import Counter
from typing import Any

import pytest

from millpond.core.errors import GrainError, LedgerRuleError
from millpond.core.grain import COMPATIBLE, EXACT, MODES, Cred, GrainConfig, Run, run, told
from millpond.core.grain.run import unpaid
from millpond.core.ledger import Ledger, replayed
from millpond.core.ledger import actions as act
from millpond.core.ledger.ids import is_id
from millpond.core.ledger.policies import Balanced, Immediate, Policy
from millpond.core.ledger.writing import written
from millpond.core.units import Amount
from tests.core.grain.views import LONG_AFTER, end, real_config, real_cred, weeks
from tests.core.ledger.drafts import FILE, Draft, made
from tests.sourcecred import WITH_GRAIN, read, read_json

LEDGER = "data/ledger.json"
ANN, BOB = made("ann"), made("bob")
TEN = Amount(10)
TOKEN = act.Currency("1", "0x" + "11" * 20)


def real(instance: str, mode: str) -> Run:
    ledger = replayed(read(instance, LEDGER), LEDGER)
    return run(ledger, real_cred(instance), real_config(instance), mode, LONG_AFTER)


def distributions(found: Run) -> Any:
    return told.as_json(found, "", "")["distributions"]


def config(*policies: Policy, most: int | None = None, **changed: Any) -> GrainConfig:
    kept = {"accounting": True, "tracking": False, "currency": None, **changed}
    return GrainConfig(policies, most, **kept)


def two(*, pay: Draft | None = None) -> Ledger:
    return replayed((pay or Draft().active("ann", "bob")).bytes, FILE)


def cred(ann: list[float], bob: list[float]) -> Cred:
    return Cred(weeks(len(ann)), {ANN: ann, BOB: bob})


def small(mode: str, most: int | None = None, again: bool = False, count: int = 3) -> Run:
    given = cred(count * [1.0], [float(number) for number in range(count)])
    return run(two(), given, config(Immediate(TEN, 1), most=most), mode, end(count), again)


def ends(found: Run) -> list[int]:
    return [each.cred_ms for each in found.distributions]


# --- against SourceCred ---------------------------------------------------------------------------


def test_vectors__there_are__several() -> None:
    assert len(WITH_GRAIN) >= 4


@pytest.mark.parametrize("instance", WITH_GRAIN)
def test_run__compatible__pays_to_the_last_unit_what_sourcecred_paid(instance: str) -> None:
    expected = read_json(instance, "expected-grain.json")["distributions"]
    assert len(expected) >= 1
    assert distributions(real(instance, COMPATIBLE)) == expected


@pytest.mark.parametrize("instance", WITH_GRAIN)
def test_run__exact__pays_every_budget_and_is_near_sourcecreds(instance: str) -> None:
    found = real(instance, EXACT)
    assert all(
        unpaid(allocation) == 0 for each in found.distributions for allocation in each.allocations
    )
    expected = {
        each["credTimestamp"]: each
        for each in read_json(instance, "expected-grain.json")["distributions"]
    }
    # The first rule of each looks at cred alone, so weeks paid before make no difference. Each
    # person's cred is a millionth off at most, which is much where all cred of a week is little.
    given = real_cred(instance)
    for each in (each for each in found.distributions if each.cred_ms in expected):
        theirs = expected[each.cred_ms]["allocations"][0]["receipts"]
        amounts = Counter({receipt["id"]: int(receipt["amount"]) for receipt in theirs})
        [week] = [n for n, week in enumerate(given.weeks) if week.end_ms == each.cred_ms]
        whole = sum(int(given.weekly[id_][week] * 10**6) for id_ in amounts)
        amounts.subtract(dict(each.allocations[0].receipts))
        off = len(amounts) * each.allocations[0].policy.budget // whole
        assert max(map(abs, amounts.values())) <= off


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("instance", WITH_GRAIN)
def test_run__its_ledger__replays_from_what_is_written(instance: str, mode: str) -> None:
    before = replayed(read(instance, LEDGER), LEDGER)
    found = real(instance, mode)
    again = replayed(written(found.ledger.events), LEDGER)
    assert again.accounts() == found.ledger.accounts()
    assert len(again.events) == len(before.events) + len(found.distributions)
    paid = sum(account.paid for account in again.accounts())
    policies = real_config(instance).policies
    more = len(found.distributions) * sum(policy.budget for policy in policies)
    assert paid == sum(account.paid for account in before.accounts()) + more


# --- weeks ----------------------------------------------------------------------------------------


def test_run__exact_with_little_room__pays_the_oldest_and_the_rest_next_time() -> None:
    first = small(EXACT, most=2)
    assert ends(first) == [end(1), end(2)]
    rest = run(
        first.ledger, cred([1, 1, 1], [0, 1, 2]), config(Immediate(TEN, 1), most=2), EXACT, end(3)
    )
    assert ends(rest) == [end(3)]


def test_run__compatible_with_little_room__pays_the_newest_and_loses_the_rest() -> None:
    assert ends(small(COMPATIBLE, most=2)) == [end(2), end(3)]
    assert ends(small(COMPATIBLE, most=5)) == [end(2), end(3)]


@pytest.mark.parametrize("mode", MODES)
def test_run__again__pays_the_newest_week_once_more_if_none_waits(mode: str) -> None:
    first = small(mode)
    assert ends(first) == [end(1), end(2), end(3)]
    given, rules = cred([1, 1, 1], [0, 1, 2]), config(Immediate(TEN, 1))
    assert ends(run(first.ledger, given, rules, mode, end(3))) == []
    assert ends(run(first.ledger, given, rules, mode, end(3), again=True)) == [end(3)]
    assert ends(small(mode, again=True)) == [end(1), end(2), end(3)]


def test_run__balanced_over_several_weeks__sees_what_the_run_has_paid_in_exact_mode_only() -> None:
    given, rules = cred([1, 1], [1, 1]), config(Balanced(TEN, 0))
    paid = {}
    for mode in MODES:
        ledger = two(pay=Draft().active("ann", "bob").pay(end(0), ann=10))
        found = run(ledger, given, rules, mode, end(2))
        paid[mode] = [dict(each.allocations[0].receipts) for each in found.distributions]
    assert paid[EXACT] == [{BOB: 10}, {ANN: 5, BOB: 5}]
    assert paid[COMPATIBLE] == [{ANN: 0, BOB: 10}, {ANN: 0, BOB: 10}]


def test_run__a_week_without_scores__is_not_paid_and_does_not_stop_the_others() -> None:
    found = run(two(), cred([0, 1], [0, 0]), config(Immediate(TEN, 1)), EXACT, end(2))
    first, second = distributions(found)
    assert first["allocations"][0]["receipts"] == []
    assert first["allocations"][0]["unpaid"] == "10"
    assert "unpaid" not in second["allocations"][0]
    with pytest.raises(GrainError, match="IMMEDIATE has nobody to pay"):
        run(two(), cred([0, 1], [0, 0]), config(Immediate(TEN, 1)), COMPATIBLE, end(2))


def test_run__compatible_with_less_than_one_cred__is_refused_if_there_is_something_to_pay() -> None:
    given = cred([0.25, 0.25], [0.25, 0.125])
    with pytest.raises(GrainError, match="all cred together is less than 1"):
        run(two(), given, config(Immediate(TEN, 1)), COMPATIBLE, end(2))
    assert len(run(two(), given, config(), COMPATIBLE, end(2)).distributions) == 2
    assert len(run(two(), given, config(Immediate(TEN, 1)), EXACT, end(2)).distributions) == 2


# --- what a run writes ----------------------------------------------------------------------------


def test_run__its_events__have_ids_that_follow_from_the_ledger_and_the_time() -> None:
    one, same = small(EXACT), small(EXACT)
    assert written(one.events) == written(same.events)
    ids = {event.uuid for event in one.events} | {each.id for each in one.distributions}
    assert len(ids) == 6
    assert all(map(is_id, ids))
    later = run(two(), cred([1], [1]), config(Immediate(TEN, 1)), EXACT, end(2))
    assert not ids & {event.uuid for event in later.events}


def test_run__for_a_time_before_the_ledgers_last_event__is_written_behind_it() -> None:
    draft = Draft().active("ann", "bob")
    draft.events[-1]["ledgerTimestamp"] = end(2) + 1
    found = run(two(pay=draft), cred([1, 1], [1, 1]), config(Immediate(TEN, 1)), EXACT, end(1))
    assert ends(found) == [end(1)]
    assert [event.time_ms for event in found.events] == [end(2) + 1]


def test_run__a_ledger_that_sourcecred_could_not_read__is_divided_into_all_the_same() -> None:
    ledger = two(pay=Draft().active("ann", "bob").payee("ann").payee("ann", address=None))
    assert ends(run(ledger, cred([1], [1]), config(Immediate(TEN, 1)), EXACT, end(1))) == [end(1)]


def test_run__another_mode__is_refused() -> None:
    with pytest.raises(GrainError, match="no mode 'fair'"):
        small("fair")


def kinds(found: Run) -> list[str]:
    return [
        event.action.kind if isinstance(event.action, act.Switch) else act.KINDS[type(event.action)]
        for event in found.events
    ]


def configured(ledger: Ledger, rules: GrainConfig) -> Run:
    return run(ledger, cred([1], [1]), rules, EXACT, end(0) + 1)


def test_run__accounting_off__switches_off_whoever_cannot_be_paid() -> None:
    ledger = two(pay=Draft().active("ann", "bob").payee("bob"))
    found = configured(ledger, config(accounting=False, currency=TOKEN, tracking=True))
    assert kinds(found) == [
        "SET_EXTERNAL_CURRENCY",
        "DISABLE_ACCOUNTING",
        "TOGGLE_ACTIVATION",
        "ENABLE_GRAIN_INTEGRATION",
    ]
    assert [account.active for account in ledger.accounts()] == [False, True]


def test_run__another_currency_without_accounting__switches_off_too() -> None:
    ledger = two(pay=Draft().active("ann", "bob").payee("bob"))
    configured(ledger, config(accounting=False, currency=TOKEN))
    found = configured(ledger, config(accounting=False, currency=act.Currency("FIL", None)))
    assert kinds(found) == ["SET_EXTERNAL_CURRENCY", "TOGGLE_ACTIVATION"]


def test_run__everything_back__is_switched_back() -> None:
    ledger = two(pay=Draft().active("ann", "bob").payee("bob"))
    configured(ledger, config(accounting=False, currency=TOKEN, tracking=True))
    found = configured(ledger, config(currency=TOKEN))
    assert kinds(found) == ["ENABLE_ACCOUNTING", "DISABLE_GRAIN_INTEGRATION"]
    assert kinds(configured(ledger, config())) == ["REMOVE_EXTERNAL_CURRENCY"]
    assert kinds(configured(ledger, config())) == []


def test_run__accounting_off_without_a_currency__is_refused() -> None:
    with pytest.raises(LedgerRuleError, match="there is no currency to pay out in"):
        configured(two(), config(accounting=False))
