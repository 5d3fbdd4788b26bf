# SPDX-License-Identifier: AGPL-3.0-only
"""The end of a matching round: each is paid once, refunds are exact, and no unit stays behind."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.contracts.coop import DAY, ZERO, named
from tests.contracts.evm import ETH, Actor, Contract, Evm
from tests.contracts.matchings import PLAY, Fund, Terms
from tests.contracts.odd_tokens import BEHAVIOURS, ONE, OWED, PAID, SHORT, Behaviour, Oddity
from tests.contracts.pools import House
from tests.contracts.test_pool_odd_payees import EATS_GAS, LONG_ANSWER, REFUSES

PARTS = [(15, 13), (10, 21), (34, 64)]
"""Gifts and matches of the usual three, of a fund of 100: 34, 54 and 162 of 250, rounded down."""


@pytest.fixture
def pot(evm: Evm) -> Fund:
    """The three projects and their gifts; 100 in the fund; giving is over."""
    pot = Fund(evm)
    pot.projects(3)
    pot.put(100)
    pot.play(PLAY, 1)
    pot.end()
    return pot


def project(pot: Fund, number: int) -> Actor:
    """The account of a project."""
    return pot.evm.actor(f"project {number - 1}")


# --- pay ---------------------------------------------------------------------------------------


def test_pay__those_named__get_gifts_and_match_and_the_last_frees_the_rest(pot: Fund) -> None:
    pot.close()
    before = [pot.evm.balance(project(pot, n)) for n in (1, 2, 3)]
    assert pot.pay(3, 1) == [PARTS[2], PARTS[0]]
    to = [log.args["to"] for log in named(pot.evm, "ProjectPaid")]
    assert to == [project(pot, 3).address, project(pot, 1).address]
    assert pot.freed() == []
    assert pot.books() == (100 - 77, 0, 10, 0)
    assert pot.matching.project_of(1)[1:4] == (True, True, 0)
    pot.check()
    assert pot.pay(2) == [PARTS[1]]
    assert pot.freed() == [2]
    after = [pot.evm.balance(project(pot, n)) for n in (1, 2, 3)]
    assert [b - a for a, b in zip(before, after, strict=True)] == [sum(each) for each in PARTS]
    assert pot.books() == (0, 2, 0, 0)
    assert pot.matching.terms()[2] == 0


def test_pay__before_the_division_again_or_for_nobody__is_refused(pot: Fund) -> None:
    with pot.evm.reverts("matching: not divided yet"):
        pot.pay(1)
    pot.close()
    for numbers in ((), (0,), (4,), (2**255,)):
        with pot.evm.reverts("matching: nothing to pay"):
            pot.pay(*numbers)
    pot.pay(1, 2, 3)
    for _ in range(2):
        with pot.evm.reverts("matching: nothing to pay"):
            pot.pay(1, 2, 3)
    for number in (1, 2, 3):
        with pot.evm.reverts("matching: nothing waits"):
            pot.matching.claim(number, pot.relayer, sender=project(pot, number))


def test_pay__one_named_often_and_strangers__is_paid_once(pot: Fund) -> None:
    pot.close()
    assert pot.pay(0, 2, 9, 2, 2**200, 2) == [PARTS[1]]
    assert pot.books() == (79, 0, 49, 0)


def test_pay__64_at_once__are_the_most(evm: Evm) -> None:
    pot = Fund(evm, donors=2)
    pot.projects(65)
    pot.put(520)
    for number in range(1, 66):
        for donor in pot.donors:
            pot.give(number, 4, donor)
    pot.close()
    with evm.reverts(""):
        pot.pay(*range(1, 66))
    assert pot.pay(*range(1, 65)) == [(8, 8)] * 64
    assert pot.pay(65) == [(8, 8)]
    assert pot.books() == (0, 0, 0, 0)


def test_pay__a_project_without_a_gift__is_marked_and_told_beside_others(evm: Evm) -> None:
    pot = Fund(evm)
    pot.projects(2)
    pot.give(1, 7, pot.donors[0])
    pot.close()
    assert pot.pay(2, 1) == [(0, 0), (7, 0)]
    assert pot.matching.project_of(2).paid


@pytest.mark.parametrize("way", [REFUSES, EATS_GAS, LONG_ANSWER])
def test_pay__a_payee_that_takes_nothing__is_owed_and_the_others_are_paid(
    evm: Evm, way: int
) -> None:
    pot = Fund(evm, donors=2)
    payee: Contract = evm.deploy("OddPayee")
    pot.nominate(payee)
    assert pot.matching.stand(sender=payee) == 1
    pot.projects(1)
    pot.put(16)
    for number in (1, 2):
        for donor in pot.donors:
            pot.give(number, 4, donor)
    pot.close()
    payee.behave(way, sender=pot.relayer)
    assert pot.pay(1, 2) == [(8, 8), (8, 8)]
    assert pot.pool.owed(ETH, payee) == 16
    assert pot.books() == (0, 0, 0, 0)
    pot.pool.withdraw(ETH, pot.relayer, sender=payee)
    assert pot.pool.owed(ETH, payee) == 0


def test_pay__a_payee_that_calls_back__is_paid_once(evm: Evm) -> None:
    pot = Fund(evm, donors=2)
    payee: Contract = evm.deploy("OddPayee")
    pot.nominate(payee)
    pot.matching.stand(sender=payee)
    pot.put(100)
    for donor in pot.donors:
        pot.give(1, 4, donor)
    pot.close()
    calls = [
        pot.matching.calldata("pay", [1]),
        pot.matching.calldata("claim", 1, payee),
        pot.matching.calldata("refund", 1, pot.donors[0]),
    ]
    for call in calls:
        point = evm.snapshot()
        payee.call_back(pot.matching, call, sender=pot.relayer)
        pot.pay(1)
        assert [log.args["ok"] for log in named(evm, "CalledBack")] == [False, False]
        assert evm.balance(payee) == 16
        evm.restore(point)


def test_pay__after_the_fund_has_ended__is_what_was_promised_and_dust_is_the_patrons(
    evm: Evm,
) -> None:
    pot = Fund(evm, restricted=True, deadline=7 * DAY + 1)
    pot.projects(3)
    pot.put(100)
    pot.play(PLAY, 1)
    pot.close()
    evm.warp(400 * DAY)
    assert pot.pay(1, 2, 3) == PARTS
    assert pot.freed() == [2]
    pot.pool.reclaim(1, ETH, sender=pot.patron)
    assert named(evm, "Reclaimed")[0].args["amount"] == 2
    assert pot.books() == (0, 0, 0, 0)


def test_pay__too_little_gas__pays_nobody(pot: Fund) -> None:
    pot.close()
    with pot.evm.reverts("pool: too little gas to pay"):
        pot.matching.pay([1, 2, 3], sender=pot.relayer, gas=400_000)
    assert pot.pay(1, 2, 3) == PARTS


# --- claim -------------------------------------------------------------------------------------


def test_claim__by_the_project__goes_where_it_says(pot: Fund) -> None:
    with pot.evm.reverts("matching: not divided yet"):
        pot.matching.claim(1, pot.relayer, sender=project(pot, 1))
    pot.close()
    elsewhere = pot.evm.actor("elsewhere")
    before = pot.evm.balance(elsewhere)
    for number in (1, 2, 3):
        pot.matching.claim(number, elsewhere, sender=project(pot, number))
        (log,) = named(pot.evm, "ProjectPaid")
        given, match = PARTS[number - 1]
        told = {"project": number, "to": elsewhere.address, "given": given, "match": match}
        assert log.args == told
        assert pot.freed() == ([2] if number == 3 else [])
    assert pot.evm.balance(elsewhere) == before + 157
    with pot.evm.reverts("matching: nothing to pay"):
        pot.pay(1, 2, 3)


def test_claim__of_anothers_number__is_refused(pot: Fund, outsider: Actor) -> None:
    pot.close()
    first = project(pot, 1)
    for caller, number in ((outsider, 1), (first, 2), (first, 0), (first, 4), (pot.chair, 3)):
        with pot.evm.reverts("matching: not its number"):
            pot.matching.claim(number, caller, sender=caller)


def test_claim__for_a_payee_whom_the_pool_refuses__changes_nothing(pot: Fund) -> None:
    pot.close()
    for nobody in (ZERO, pot.pool):
        with pot.evm.reverts("pool: nobody to pay"):
            pot.matching.claim(1, nobody, sender=project(pot, 1))
    assert pot.pay(1) == PARTS[:1]


def test_claim__by_a_project_that_is_out__has_nothing(evm: Evm) -> None:
    pot = Fund(evm)
    pot.projects(2)
    pot.play({1: (4, 4), 2: (4, 4)}, 1)
    pot.put(100)
    pot.matching.withdraw(sender=project(pot, 1))
    pot.close()
    with evm.reverts("matching: nothing waits"):
        pot.matching.claim(1, pot.relayer, sender=project(pot, 1))
    with evm.reverts("matching: nothing to pay"):
        pot.pay(1)
    assert pot.pay(1, 2) == [(8, 8)]


# --- refund and cancel -------------------------------------------------------------------------


def test_refund__of_a_project_that_stands__is_refused(pot: Fund) -> None:
    for number in (0, 1, 4, 2**255):
        with pot.evm.reverts("matching: the gift stays"):
            pot.refund(number, pot.donors[0])
    pot.close()
    for _ in range(2):
        with pot.evm.reverts("matching: the gift stays"):
            pot.refund(1, pot.donors[0])
        if not pot.matching.project_of(1).paid:
            pot.pay(1)


def test_refund__twice_or_for_who_gave_nothing__is_refused(pot: Fund) -> None:
    pot.strike(2)
    pot.refund(2, pot.donors[6])
    (log,) = named(pot.evm, "GiftRefunded")
    assert log.args == {"project": 2, "giver": pot.donors[6].address, "amount": 4}
    for giver in (pot.donors[6], pot.donors[7], project(pot, 2)):
        with pot.evm.reverts("matching: no gift to refund"):
            pot.refund(2, giver)
    pot.check()


def test_cancel__by_the_governor__everybody_has_exactly_her_gifts_again(pot: Fund) -> None:
    for caller in (pot.chair, pot.hub, pot.donors[0]):
        with pot.evm.reverts("matching: governor cancels"):
            pot.matching.cancel(sender=caller)
    pot.cancel()
    assert [(log.name, log.args) for log in pot.evm.logs] == [("RoundCancelled", {})]
    assert pot.matching.round()[-2:] == (False, True)
    with pot.governors() as governor, pot.evm.reverts("matching: nothing to cancel"):
        pot.matching.cancel(sender=governor)
    before = [pot.evm.balance(donor) for donor in pot.donors]
    for number, gifts in PLAY.items():
        for donor in pot.donors[: len(gifts)]:
            pot.refund(number, donor)
    after = [pot.evm.balance(donor) for donor in pot.donors]
    gave = [sum(gifts[n] for gifts in PLAY.values() if n < len(gifts)) for n in range(8)]
    assert [b - a for a, b in zip(before, after, strict=True)] == gave
    assert pot.books() == (0, 100, 0, 0)
    with pot.evm.reverts("matching: not divided yet"):
        pot.pay(1)


def test_cancel__once_divided__is_refused(pot: Fund) -> None:
    pot.close()
    with pot.governors() as governor, pot.evm.reverts("matching: nothing to cancel"):
        pot.matching.cancel(sender=governor)


def test_refund__a_giver_that_takes_nothing__is_owed(evm: Evm) -> None:
    pot = Fund(evm)
    pot.projects(1)
    giver: Contract = evm.deploy("OddPayee")
    evm.set_balance(giver, 50)
    evm.call(pot.chair, giver, giver.calldata("act", pot.matching, _gift(pot, 50)), value=50)
    giver.behave(REFUSES, sender=pot.chair)
    pot.cancel()
    pot.refund(1, giver)
    assert pot.pool.owed(ETH, giver) == 50
    assert pot.books() == (0, 0, 0, 0)


def _gift(pot: Fund, amount: int) -> bytes:
    return pot.matching.calldata("give", 1, amount)


# --- tokens ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BEHAVIOURS, ids=lambda kind: kind.name)
def test_pay_claim_and_refund__in_a_token_of_any_kind__are_as_payments_of_the_pool(
    evm: Evm, kind: Behaviour
) -> None:
    """Booked once and never more; refused, they change nothing and come later."""
    token = evm.deploy("OddToken")
    pot = Fund(evm, donors=2, opened=False)
    pot.terms = Terms(asset=token.address)
    for params in (pot.terms.encoded, b""):
        pot.earmark(params)
    pot.opened_at = evm.now
    evm.warp(1)
    pot.projects(3)
    pot.put(1_000)
    pot.play({1: (250, 250), 2: (100, 100), 3: (50, 10)}, 1)
    pot.strike(3)
    pot.close()
    around = (evm, pot.pool, pot.governor, token, evm.actor("hub"), evm.actor("grain"))
    people = (pot.donors[0], project(pot, 1), project(pot, 2))
    odd = Oddity(House(*around, *people), token, pot.matching, 1)
    if kind.name == "rebased down, and the loss accepted":
        token.rebase(ONE // 2, sender=pot.relayer)
        accepting = pot.pool.calldata("accept_loss", token, 1)
        pot.execute(pot.ready((pot.pool, 0, accepting)))
    else:
        kind.begin(odd)
    gas = 4_000_000
    # who takes more than was sent leaves too little for the second payment
    last = SHORT if kind.robs else kind.payment
    for outcome, deed in (
        (last, partial(pot.matching.pay, [1, 2], sender=pot.relayer, gas=gas)),
        (last, partial(pot.matching.claim, 1, people[1], sender=people[1], gas=gas)),
        (kind.payment, partial(pot.matching.refund, 3, people[0], sender=pot.relayer, gas=gas)),
    ):
        _is_paid(pot, kind, outcome, deed)


def _is_paid(pot: Fund, kind: Behaviour, outcome: str, deed: Callable[[], Any]) -> None:
    """What the deed comes to is booked; then it is undone."""
    point, before = pot.evm.snapshot(), pot.books()
    if outcome in (PAID, OWED):
        deed()
        sent = [log.args["given"] + log.args["match"] for log in named(pot.evm, "ProjectPaid")]
        sent += [log.args["amount"] for log in named(pot.evm, "GiftRefunded")]
        after = pot.books()
        assert sum(before) - sum(after) == sum(sent) > 0, kind.name
        payees = (pot.donors[0], project(pot, 1), project(pot, 2))
        owed = sum(pot.pool.owed(pot.terms.asset, payee) for payee in payees)
        frozen = kind.name == "patron on its list" and bool(named(pot.evm, "GiftRefunded"))
        assert owed == (sum(sent) if outcome == OWED or frozen else 0), kind.name
        pot.check()
    else:
        with pot.evm.reverts(outcome):
            deed()
    pot.evm.restore(point)
