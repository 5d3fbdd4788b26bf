# SPDX-License-Identifier: AGPL-3.0-only
"""Events out of bytes: both forms of the file, and each way in which a line can be wrong."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from millpond.core.errors import LedgerFileError
from millpond.core.ledger import actions as act
from millpond.core.ledger.policies import Balanced, Immediate, Recent, Special
from millpond.core.ledger.reading import read_events
from millpond.core.units import Amount
from tests.core.ledger.drafts import COIN, FILE, START, Draft, made, node, own

SEVEN = Amount(7)
Change = Callable[[dict[str, Any]], object]


def drafted() -> Draft:
    """Three lines; tests spoil the second."""
    return Draft().create("ann").create("bob").create("cat")


def refused(data: bytes) -> LedgerFileError:
    with pytest.raises(LedgerFileError) as caught:
        read_events(data, FILE)
    return caught.value


def spoilt(change: Change, draft: Draft, line: int = 1) -> LedgerFileError:
    change(draft.events[line])
    return refused(draft.bytes)


# --- the two forms --------------------------------------------------------------------------------


def test_read_events__todays_form__each_line_with_its_number() -> None:
    events = read_events(drafted().bytes, FILE)
    assert [event.at.position for event in events] == ["line 1", "line 2", "line 3"]
    assert events[1].action == act.CreateIdentity(made("bob"), "bob", "USER", own("bob"), 0)
    assert (events[1].time_ms, events[1].uuid) == (START + 2000, made("e0002"))


@pytest.mark.parametrize("end", ["", "\n", "\r\n\n"])
def test_read_events__the_older_form__each_line_with_its_number(end: str) -> None:
    text = "[\n" + ",\n".join(drafted().lines) + "\n]" + end
    events = read_events(text.encode(), FILE)
    assert [event.at.position for event in events] == ["line 2", "line 3", "line 4"]
    assert [e.action for e in events] == [e.action for e in read_events(drafted().bytes, FILE)]


def test_read_events__an_array_in_another_layout__is_read_by_the_event() -> None:
    for text in (json.dumps(drafted().events), json.dumps(drafted().events, indent=2)):
        events = read_events(text.encode(), FILE)
        assert [event.at.position for event in events] == ["event 1", "event 2", "event 3"]


@pytest.mark.parametrize("data", [b"", b"\n", b"[]", b"[\n]\n"])
def test_read_events__an_empty_ledger__has_none(data: bytes) -> None:
    assert read_events(data, FILE) == ()


# --- what no ledger is ----------------------------------------------------------------------------


def test_read_events__a_line_cut_short__is_refused_with_its_number() -> None:
    error = refused(drafted().bytes[:-20])
    assert error.message.startswith("data/ledger.json, line 3: it is not JSON (column ")
    assert (error.file, error.position) == (FILE, "line 3")


def test_read_events__the_older_form_cut_short__is_refused_with_the_line() -> None:
    error = refused(("[\n" + ",\n".join(drafted().lines)).encode())
    assert error.position == "line 4"


def test_read_events__an_empty_line_inside__is_refused() -> None:
    assert refused(drafted().bytes.replace(b"\n", b"\n\n", 1)).position == "line 2"


def test_read_events__a_corrupt_byte__is_refused_with_its_line() -> None:
    error = refused(drafted().bytes.replace(b'"bob"', b'"b\xffb"'))
    assert (error.position, "is not UTF-8" in error.message) == ("line 2", True)


def test_read_events__a_field_twice__is_refused() -> None:
    line = drafted().lines[1].replace('"version"', '"uuid": "x", "version"')
    assert "the same field twice" in refused(line.encode()).message


@pytest.mark.parametrize(
    "word", ["NaN", "Infinity", "1" * 61, "1e" + "9" * 70, "1e99999999999999999999"]
)
def test_read_events__a_number_of_no_use__is_refused(word: str) -> None:
    line = drafted().lines[1].replace(str(START + 2000), word)
    assert refused(line.encode()).position == "line 1"


def test_read_events__nested_without_end__is_refused_before_it_is_parsed() -> None:
    assert "nested more than 16 deep" in refused(b"[" * 100_000).message
    line = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    assert refused(drafted().bytes + line).position == "line 4"


@pytest.mark.parametrize("value", ["5", '"text"', "null", "true"])
def test_read_events__a_line_that_is_no_object__is_refused(value: str) -> None:
    assert "is no object" in refused(f"{value}\n{drafted().lines[0]}".encode()).message


def test_read_events__no_list_in_brackets__is_refused() -> None:
    assert refused(b"[1, 2]").message == "data/ledger.json, event 1: 1 is no object"


# --- what no event is -----------------------------------------------------------------------------

WRONG: dict[str, tuple[Change, str]] = {
    "no version": (lambda e: e.pop("version"), "the field 'version' is missing"),
    "a later version": (lambda e: e.update(version="2"), "its version is '2', not '1'"),
    "a version as a number": (lambda e: e.update(version=1), "its version is 1, not '1'"),
    "no action": (lambda e: e.pop("action"), "the field 'action' is missing"),
    "an action as a text": (lambda e: e.update(action="x"), "'x' is no object"),
    "an unknown action": (lambda e: e["action"].update(type="BURN"), "no action 'BURN'"),
    "no id": (lambda e: e.pop("uuid"), "the field 'uuid' is missing"),
    "a bad id": (lambda e: e.update(uuid="short"), "uuid is 'short', not an id"),
    "an id as a number": (lambda e: e.update(uuid=7), "uuid is 7, not an id"),
    "no time": (lambda e: e.pop("ledgerTimestamp"), "the field 'ledgerTimestamp' is missing"),
    "time as a text": (lambda e: e.update(ledgerTimestamp="1"), "is '1', not a number"),
    "time as a truth": (lambda e: e.update(ledgerTimestamp=True), "is True, not a number"),
    "half a millisecond": (lambda e: e.update(ledgerTimestamp=1.5), "not a whole number"),
    "time before 1970": (lambda e: e.update(ledgerTimestamp=-1), "not a whole number"),
    "time without end": (lambda e: e.update(ledgerTimestamp=10**21), "not a whole number"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "why"), WRONG.values(), ids=WRONG)
def test_read_events__a_wrong_event__is_refused_with_its_line(change: Change, why: str) -> None:
    error = spoilt(change, drafted())
    assert why in error.message
    assert error.position == "line 2"
    assert error.next_step


def test_read_events__an_unknown_action__names_the_known_ones() -> None:
    error = spoilt(lambda e: e["action"].update(type="BURN"), drafted())
    assert "ADD_ALIAS" in error.next_step
    assert "ENABLE_ACCOUNTING" in error.next_step
    assert error.next_step.count(",") == 15


def identity(**changed: object) -> Change:
    return lambda event: event["action"]["identity"].update(changed)


NO_IDENTITY: dict[str, tuple[Change, str]] = {
    "a name with a blank": (identity(name="a b"), "'a b' is no name"),
    "a long name": (identity(name="x" * 43), "is no name"),
    "a name as a number": (identity(name=5), "name is 5, not a text"),
    "another subtype": (identity(subtype="CAT"), "subtype is 'CAT'"),
    "a bad id": (identity(id=made("bob")[:-1] + "B"), "not an id"),
    "an edge's address": (identity(address="E\0x\0"), "not the address of a node"),
    "half a letter in an address": (identity(address="N\0\ud83d\0"), "half of a surrogate pair"),
    "an address without an end": (identity(address="N\0x"), "not the address of a node"),
    "aliases as an object": (identity(aliases={}), "aliases is {}, not a list"),
    "an alias as a text": (identity(aliases=["x"]), "line 2 aliases[0]: 'x' is no object"),
}


@pytest.mark.parametrize(("change", "why"), NO_IDENTITY.values(), ids=NO_IDENTITY)
def test_read_events__a_wrong_identity__is_refused(change: Change, why: str) -> None:
    assert why in spoilt(change, drafted()).message


def action(**changed: object) -> Change:
    return lambda event: event["action"].update(changed)


NO_FIELD: dict[str, tuple[Draft, Change, str]] = {
    "rename, bad name": (
        Draft().add("RENAME_IDENTITY", identityId=made("a"), newName="ok"),
        action(newName=""), "'' is no name"),
    "type, unknown": (
        Draft().add("CHANGE_IDENTITY_TYPE", identityId=made("a"), newType="BOT"),
        action(newType="user"), "newType is 'user'"),
    "alias, no description": (
        Draft().alias("a", node("x")), lambda e: e["action"]["alias"].pop("description"),
        "the field 'description' is missing"),
    "merge, bad base": (Draft().merge("a", "b"), action(base=""), "base is '', not an id"),
    "toggle, no id": (
        Draft().toggle("a"), lambda e: e["action"].pop("identityId"), "'identityId' is missing"),
    "transfer, amount as a number": (
        Draft().send("a", "b", 5), action(amount=5), "amount is 5, not a text"),
    "transfer, amount with a point": (
        Draft().send("a", "b", 5), action(amount="5.0"), "amount is '5.0', not an amount"),
    "transfer, amount without end": (
        Draft().send("a", "b", 5), action(amount="9" * 79), "not an amount"),
    "transfer, memo as a number": (
        Draft().send("a", "b", 5), action(memo=5), "memo is 5, not a text"),
    "transfer, no memo": (
        Draft().send("a", "b", 5), lambda e: e["action"].pop("memo"), "'memo' is missing"),
    "payee, no address": (
        Draft().payee("a"), action(payoutAddress="0x12"), "is not 20 bytes of hex"),
    "payee, wrong checksum": (
        Draft().payee("a"), action(payoutAddress="0xA" + "b" * 39), "has a wrong checksum"),
    "payee, another kind of currency": (
        Draft().payee("a"), action(currency={"type": "CASH"}), "type is 'CASH'"),
    "payee, a chain by its name": (
        Draft().payee("a"), lambda e: e["action"]["currency"].update(chainId="gnosis"),
        "chainId is 'gnosis'"),
    "payee, a chain with a zero before it": (
        Draft().payee("a"), lambda e: e["action"]["currency"].update(chainId="01"),
        "chainId is '01'"),
    "currency, an unknown coin": (
        Draft().add("SET_EXTERNAL_CURRENCY", currency=dict(COIN)),
        lambda e: e["action"]["currency"].update(chainId="XRP"), "chainId is 'XRP'"),
    "executed, bad id": (
        Draft().add("MARK_DISTRIBUTION_EXECUTED", id=made("d")), action(id="d"), "not an id"),
}  # fmt: skip


@pytest.mark.parametrize(("draft", "change", "why"), NO_FIELD.values(), ids=NO_FIELD)
def test_read_events__a_wrong_field__is_refused(draft: Draft, change: Change, why: str) -> None:
    assert read_events(draft.bytes, FILE)
    assert why in spoilt(change, draft, 0).message


def policy(**changed: object) -> Change:
    def change(event: dict[str, Any]) -> None:
        [allocation] = event["action"]["distribution"]["allocations"]
        allocation["policy"].update(changed)

    return change


NO_POLICY: dict[str, tuple[Change, str]] = {
    "unknown": (policy(policyType="UNDERPAID"), "policyType is 'UNDERPAID'"),
    "a negative budget": (policy(budget="-1"), "the budget is negative"),
    "a budget as a number": (policy(budget=1), "budget is 1, not a text"),
    "half a week": (policy(numIntervalsLookback=0.5), "not a whole number"),
    "no discount": (policy(policyType="RECENT"), "'discount' is missing"),
    "a discount above one": (policy(policyType="RECENT", discount=1.01), "the discount is 1.01"),
    "a discount below nothing": (policy(policyType="RECENT", discount=-0.1), "is -0.1"),
    "a discount of next to nothing": (policy(policyType="RECENT", discount=1e-99), "is 1E-99"),
    "a bad exclusion": (policy(policyType="RECENT", discount=0, exclusions=["x"]), "not an id"),
    "no memo": (policy(policyType="SPECIAL", recipient=made("a")), "'memo' is missing"),
    "half a letter in a memo": (
        policy(policyType="SPECIAL", memo="\udc00", recipient=made("a")), "half of a surrogate"),
    "no recipient": (policy(policyType="SPECIAL", memo=""), "'recipient' is missing"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "why"), NO_POLICY.values(), ids=NO_POLICY)
def test_read_events__a_wrong_policy__is_refused_with_its_place(change: Change, why: str) -> None:
    error = spoilt(change, Draft().pay(ann=5), 0)
    assert why in error.message
    assert error.position == "line 1 allocations[0]"


def test_read_events__old_policies__get_what_sourcecred_takes_them_to_mean() -> None:
    found = []
    for change in (
        policy(policyType="IMMEDIATE"),
        policy(policyType="BALANCED"),
        policy(policyType="RECENT", discount=0.16, exclusions=[f"{made('cat')}//the cat"]),
        policy(policyType="RECENT", discount=1),
        policy(policyType="SPECIAL", memo="m", recipient=made("ann")),
    ):
        draft = Draft().pay()
        draft.events[0]["action"]["distribution"]["allocations"][0]["policy"] = {"budget": "7"}
        change(draft.events[0])
        [event] = read_events(draft.bytes, FILE)
        assert isinstance(event.action, act.DistributeGrain)
        found.append(event.action.allocations[0].policy)
    assert found == [
        Immediate(SEVEN, 1),
        Balanced(SEVEN, 0),
        Recent(SEVEN, Decimal("0.16"), (made("cat"),)),
        Recent(SEVEN, Decimal(1), ()),
        Special(SEVEN, "m", made("ann")),
    ]


def test_read_events__fields_that_nobody_knows__are_passed_over() -> None:
    draft = drafted()
    draft.events[1]["mood"] = draft.events[1]["action"]["mood"] = "good"
    assert [e.action for e in read_events(draft.bytes, FILE)] == [
        event.action for event in read_events(drafted().bytes, FILE)
    ]
