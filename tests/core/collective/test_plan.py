# SPDX-License-Identifier: AGPL-3.0-only
"""One payment for each leaf, and every cent of the pot somewhere."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core import canonical
from millpond.core.canonical import keccak256
from millpond.core.collective.payees import INVITED
from millpond.core.collective.plan import Plan, plan_of, pot_of
from millpond.core.distribution import payouts
from millpond.core.errors import BadInput, UnitError
from millpond.core.units import floor_share
from tests.core import month
from tests.core.collective.plans import POT, SLUG, document, payees, plan
from tests.core.month import who


def _sum(of: Plan) -> int:
    return of.drafted + sum(each.amount for each in of.kept) + of.capped + of.dust


def test_plan__of_the_month__shares_by_the_rule_of_the_chain() -> None:
    made = plan()
    cred = dict(document().leaves)
    assert {each.payee for each in made.payments} == {"alice", "beanow", INVITED}
    for each in made.payments:
        assert each.amount == floor_share(POT, cred[each.subject], document().total)
        assert document().leaves[each.leaf][0] == each.subject
    assert {each.why for each in made.kept} == {"not in the file of payees", "no cent comes of it"}
    assert len(made.payments) + len(made.kept) == document().leaf_count == 43
    assert _sum(made) == POT
    assert 0 < made.dust < 43
    assert (made.period, made.last_day) == ("2019-09", "2019-09-28")


@given(pot=st.integers(1, 10**12), minimum=st.integers(0, 10**6))
def test_plan__of_any_pot__loses_no_cent(pot: int, minimum: int) -> None:
    made = plan(pot, minimum)
    assert _sum(made) == pot
    assert all(each.amount >= max(minimum, 1) for each in made.payments)


def test_plan__with_a_minimum__keeps_what_is_below_it_on_the_chain() -> None:
    amounts = sorted(each.amount for each in plan().payments)
    made = plan(minimum=amounts[1])
    assert sorted(each.amount for each in made.payments) == amounts[1:]
    assert amounts[0] in {each.amount for each in made.kept if each.why == "below the minimum"}


def test_plan__with_a_leaf_struck_out__shares_among_the_others() -> None:
    out = who("s_ben")
    made = plan_of(document(), SLUG, "USD", POT, payees(), 0, [out])
    rows = payouts(document(), POT, 0, 0, [out]).rows
    assert {each.leaf: each.amount for each in made.payments}.items() <= {
        row.index: row.amount for row in rows
    }.items()
    assert out not in {each.subject for each in made.payments}
    assert out not in {each.subject for each in made.kept}
    assert made.drafted > plan().drafted
    assert _sum(made) == POT


def test_plan__of_a_capped_maintainer__takes_off_what_the_chain_takes_off() -> None:
    signers = {month.MAINTAINERS[0]: [who("decentralion")]}
    capped = month.september(signers=signers, signer_cap_bps=1_000)
    made = plan_of(capped, SLUG, "USD", POT, payees())
    [hers] = [each for each in made.payments if each.subject == who("decentralion")]
    assert hers.amount == POT // 10
    uncapped = next(each for each in plan().payments if each.leaf == hers.leaf)
    assert made.capped == uncapped.amount - hers.amount
    assert _sum(made) == POT


@pytest.mark.parametrize("pot", [0, -1, 2**128])
def test_plan__of_no_pot__is_refused(pot: int) -> None:
    with pytest.raises(UnitError, match="the pot"):
        plan(pot)


def test_reference__says_everything_but_the_e_mail__and_its_hash_is_of_that_text() -> None:
    made = plan()
    for each in made.payments:
        text = made.reference(each)
        found = canonical.decode(text.encode())
        assert isinstance(found, dict)
        assert found["cents"] == str(each.amount)
        assert found["subject"] == "0x" + each.subject.hex()
        assert (found["leaf"], found["payee"]) == (str(each.leaf), each.payee)
        assert found["distribution"] == "0x" + document().root.hex()
        assert made.reference_hash(each) == keccak256(text.encode("utf-8"))
    assert "example.org" not in made.to_json().decode()


@pytest.mark.parametrize(
    "change",
    [
        {"collective": "other"},
        {"currency": "EUR"},
        {"root": b"\x01" * 32},
        {"epoch": 2},
        {"period": "2019-10"},
    ],
)
def test_reference__of_another_place_money_or_time__has_another_hash(
    change: dict[str, Any],
) -> None:
    made = plan()
    other = replace(made, **change)
    assert other.reference_hash(made.payments[0]) != made.reference_hash(made.payments[0])


@pytest.mark.parametrize("change", [{"amount": 1}, {"payee": "mallory"}, {"leaf": 99}])
def test_reference__of_another_payment__has_another_hash(change: dict[str, Any]) -> None:
    made = plan()
    other = replace(made.payments[0], **change)
    assert made.reference_hash(other) != made.reference_hash(made.payments[0])


def test_from_json__what_was_written__is_the_same_plan() -> None:
    assert Plan.from_json(plan().to_json()) == plan()


def _change(what: str, value: object, payment: bool = True) -> bytes:
    found = json.loads(plan().to_json())
    (found["payments"][0] if payment else found)[what] = value
    return canonical.encode(found)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"schema":"millpond/collective-plan"}',
        plan().to_json() + b"\n",
        _change("cents", "1"),
        _change("payee", "mallory"),
        _change("payee", "Mallory & Sons"),
        _change("reference", "oc/812"),
        _change("more", "1"),
        _change("leaf", "-1"),
        _change("pot", "316125", payment=False),
        _change("dust", "-1", payment=False),
        _change("collective", "../x", payment=False),
        _change("root", "0x00", payment=False),
        _change("payments", "none", payment=False),
    ],
)
def test_from_json__anything_else__is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="plan"):
        Plan.from_json(data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pot": 1}, "does not add up"),
        ({"dust": -1}, "nothing or less"),
        ({"collective": "No Name"}, "not the name of a collective"),
    ],
)
def test_check__figures_that_cannot_be__are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        replace(plan(), **change).check()


def test_check__a_leaf_twice__is_refused() -> None:
    made = plan()
    twice = replace(made, payments=(*made.payments, made.payments[0]))
    with pytest.raises(BadInput, match="names a leaf twice"):
        twice.check()


@pytest.mark.parametrize(
    ("percent", "pot"), [("100", 316_124), ("50", 158_062), ("33.33", 105_364), ("0.01", 31)]
)
def test_pot_of__a_share__is_floored(percent: str, pot: int) -> None:
    assert pot_of(POT, percent) == pot


def test_pot_of__nothing__is_refused() -> None:
    with pytest.raises(BadInput, match="brought nothing in"):
        pot_of(-5, "100")
    with pytest.raises(UnitError):
        pot_of(POT, "101")
