# SPDX-License-Identifier: AGPL-3.0-only
"""What waits for a candidate and how she gets it: pushed by anyone, or taken by herself."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from math import floor, isqrt
from typing import Any

import pytest

from tests.contracts.allocations import POINTS, ROOT, Round, Terms
from tests.contracts.coop import DAY, ZERO, named
from tests.contracts.evm import ETH, Actor, Contract, Evm, Log
from tests.contracts.odd_tokens import BEHAVIOURS, ONE, OWED, PAID, SHORT, Behaviour, Oddity
from tests.contracts.pools import House
from tests.contracts.test_pool_odd_payees import EATS_GAS, LONG_ANSWER, REFUSES

SIXTHS = {1: 5_000, 2: 3_333, 3: 1_667}


@pytest.fixture
def crowd(evm: Evm) -> Round:
    """Three candidates; one ballot of 5,000, 3,333 and 1,667; 1,000 promised to them."""
    crowd = Round(evm)
    crowd.candidates(3)
    crowd.cast(crowd.founders[0], SIXTHS)
    crowd.give(1_000, earmark=1)
    crowd.close()
    return crowd


def person(crowd: Round, number: int) -> str:
    """The account of a candidate."""
    found: str = crowd.allocation.candidate_of(number).account
    return found


# --- pay ---------------------------------------------------------------------------------------


def test_pay__those_named__are_sent_what_waits_for_them(crowd: Round) -> None:
    assert crowd.waiting(1, 2, 3) == [500, 333, 166]
    people = [person(crowd, n) for n in (1, 3)]
    before = [crowd.evm.balance(each) for each in people]
    crowd.pay(1, 3)
    own = [log for log in crowd.evm.logs if log.address == crowd.allocation.address]
    assert own == [
        Log("AllocationPaid", {"id": n, "to": to, "amount": amount}, crowd.allocation.address)
        for n, to, amount in zip((1, 3), people, (500, 166), strict=True)
    ]
    assert [crowd.evm.balance(each) for each in people] == [before[0] + 500, before[1] + 166]
    assert crowd.waiting(1, 2, 3) == [0, 333, 0]
    assert crowd.books() == (334, 0)
    crowd.check()


def test_pay__again_or_for_nobody__has_nothing_to_pay(crowd: Round) -> None:
    for numbers in ((), (0,), (4,), (2**17, 2**256 - 1)):
        with crowd.evm.reverts("allocation: nothing to pay"):
            crowd.pay(*numbers)
    crowd.pay(1, 2, 3)
    with crowd.evm.reverts("allocation: nothing to pay"):
        crowd.pay(1, 2, 3)


def test_pay__one_named_twice_and_strangers__is_paid_once(crowd: Round) -> None:
    before = crowd.evm.balance(person(crowd, 2))
    crowd.pay(0, 2, 9, 2, 2**200, 2)
    assert crowd.evm.balance(person(crowd, 2)) == before + 333
    assert len(named(crowd.evm, "AllocationPaid")) == 1
    assert crowd.books() == (667, 0)


def test_pay__a_number_given_later__has_lost_nothing_by_it(crowd: Round) -> None:
    """Who names numbers nobody has yet writes their words early, and that changes nothing."""
    crowd.pay(1, *range(4, 20))
    crowd.candidates(5)
    crowd.cast(crowd.founders[1], {8: POINTS})
    crowd.give(2_000, earmark=1)
    crowd.close()
    assert crowd.waiting(1, 8) == [500, 1_000]
    crowd.check()


def test_pay__fractions__are_kept_and_add_up(evm: Evm) -> None:
    """Thirds of 100: 33 each time and the third unit when three thirds are together."""
    crowd = Round(evm)
    crowd.candidates(3)
    for n in range(3):
        crowd.cast(crowd.founders[n], {n + 1: POINTS})
    paid = []
    for _ in range(3):
        crowd.give(100, earmark=1)
        assert crowd.close() == 100
        paid.append(crowd.waiting(1)[0])
        crowd.pay(1)
    # a growth is rounded up, so that three thirds are a whole
    assert paid == [33, 33, 34]
    crowd.give(1, earmark=1)
    crowd.close()
    assert crowd.waiting(1, 2, 3) == [0, 100, 100]
    crowd.check()


def test_pay__during_a_period_that_is_over_and_not_closed__pays_what_was_divided(
    crowd: Round,
) -> None:
    crowd.give(1_000, earmark=1)
    crowd.end_period()
    crowd.pay(1)
    assert named(crowd.evm, "PeriodClosed") == []
    assert crowd.books() == (500, 1_000)
    crowd.allocation.close_period(sender=crowd.relayer)
    assert crowd.waiting(1) == [500]


def test_pay__who_withdrew_or_was_struck_out__is_paid_what_was_hers(crowd: Round) -> None:
    crowd.allocation.withdraw(sender=Actor("", person(crowd, 1), b""))
    crowd.enact((crowd.allocation, 0, crowd.allocation.calldata("strike", 2)), text="strike")
    crowd.pay(1, 2)
    assert [log.args["amount"] for log in named(crowd.evm, "AllocationPaid")] == [500, 333]


def test_pay__128_at_once__are_the_most(evm: Evm) -> None:
    crowd = Round(evm, founders=17)
    crowd.candidates(129)
    for n, founder in enumerate(crowd.founders[:16]):
        crowd.cast(founder, {8 * n + k: 1_250 for k in range(1, 9)})
    crowd.cast(crowd.founders[16], {129: POINTS})
    crowd.give(17_000, earmark=1)
    crowd.close()
    with evm.reverts(""):
        crowd.pay(*range(1, 130))
    crowd.pay(*range(1, 129))
    assert {log.args["amount"] for log in named(evm, "AllocationPaid")} == {125}
    assert crowd.books() == (1_000, 0)


# --- claim -------------------------------------------------------------------------------------


def test_claim__by_the_candidate__goes_where_she_says(crowd: Round) -> None:
    elsewhere = crowd.evm.actor("elsewhere")
    before = crowd.evm.balance(elsewhere)
    crowd.allocation.claim(2, elsewhere, sender=Actor("", person(crowd, 2), b""))
    (log,) = [log for log in crowd.evm.logs if log.address == crowd.allocation.address]
    assert (log.name, log.args) == (
        "AllocationPaid",
        {"id": 2, "to": elsewhere.address, "amount": 333},
    )
    assert crowd.evm.balance(elsewhere) == before + 333
    assert crowd.waiting(1, 2, 3) == [500, 0, 166]
    with crowd.evm.reverts("allocation: nothing waits"):
        crowd.allocation.claim(2, elsewhere, sender=Actor("", person(crowd, 2), b""))
    crowd.check()


def test_claim__of_anothers_number__is_refused(crowd: Round, outsider: Actor) -> None:
    first = Actor("", person(crowd, 1), b"")
    for caller, number in ((outsider, 1), (first, 2), (first, 0), (first, 9), (crowd.relayer, 3)):
        with crowd.evm.reverts("allocation: not her number"):
            crowd.allocation.claim(number, caller, sender=caller)


def test_claim__for_a_payee_whom_the_pool_refuses__changes_nothing(crowd: Round) -> None:
    first = Actor("", person(crowd, 1), b"")
    for nobody in (ZERO, crowd.pool):
        with crowd.evm.reverts("pool: nobody to pay"):
            crowd.allocation.claim(1, nobody, sender=first)
    assert crowd.waiting(1) == [500]


def test_claim__both_numbers_of_who_stood_twice__are_hers(crowd: Round) -> None:
    one = Actor("", person(crowd, 1), b"")
    crowd.allocation.withdraw(sender=one)
    assert crowd.stand(one) == 4
    crowd.cast(crowd.founders[0], {4: POINTS})
    crowd.give(70, earmark=1)
    crowd.close()
    before = crowd.evm.balance(one)
    for number in (1, 4):
        crowd.allocation.claim(number, one, sender=one)
    assert crowd.evm.balance(one) == before + 500 + 70


def test_claim__before_any_division__nothing_waits(evm: Evm) -> None:
    crowd = Round(evm)
    (one,) = crowd.candidates(1)
    crowd.cast(crowd.founders[0], {1: POINTS})
    crowd.give(70, earmark=1)
    with evm.reverts("allocation: nothing waits"):
        crowd.allocation.claim(1, one, sender=one)
    with evm.reverts("allocation: nothing to pay"):
        crowd.pay(1)


# --- payees that misbehave ---------------------------------------------------------------------


@pytest.mark.parametrize("way", [REFUSES, EATS_GAS, LONG_ANSWER])
def test_pay__a_payee_that_takes_nothing__is_owed_and_the_others_are_paid(
    evm: Evm, way: int
) -> None:
    crowd = Round(evm)
    payee: Contract = evm.deploy("OddPayee")
    crowd.nominate(payee)
    assert crowd.allocation.stand(sender=payee) == 1
    (other,) = crowd.candidates(1)
    crowd.cast(crowd.founders[0], {1: 4_000, 2: 6_000})
    crowd.give(1_000, earmark=1)
    crowd.close()
    payee.behave(way, sender=crowd.relayer)
    before = evm.balance(other)
    crowd.pay(1, 2)
    assert evm.balance(other) == before + 600
    assert crowd.pool.owed(ETH, payee) == 400
    assert crowd.books() == (0, 0)
    assert crowd.waiting(1, 2) == [0, 0]
    crowd.pool.withdraw(ETH, crowd.relayer, sender=payee)
    assert crowd.pool.owed(ETH, payee) == 0


def test_pay__too_little_gas__pays_nobody(crowd: Round) -> None:
    with crowd.evm.reverts("pool: too little gas to pay"):
        crowd.allocation.pay([1, 2, 3], sender=crowd.relayer, gas=420_000)
    crowd.pay(1, 2, 3)


@pytest.mark.parametrize("kind", BEHAVIOURS, ids=lambda kind: kind.name)
def test_pay_and_claim__in_a_token_of_any_kind__are_as_payments_of_the_pool(
    evm: Evm, kind: Behaviour
) -> None:
    """Booked once and never more; refused, they change nothing and come later."""
    token = evm.deploy("OddToken")
    crowd = Round(evm, terms=Terms(token.address))
    people = crowd.candidates(2)
    crowd.cast(crowd.founders[0], {1: 2_500, 2: 7_500})
    crowd.give(1_000, token, 1)
    assert crowd.close() == 1_000
    odd = Oddity(_house(crowd, people), token, crowd.allocation, 1)
    if kind.name == "rebased down, and the loss accepted":
        token.rebase(ONE // 2, sender=crowd.relayer)
        accepting = crowd.pool.calldata("accept_loss", token, 1)
        crowd.enact((crowd.pool, 0, accepting), text="accept the loss")
    else:
        kind.begin(odd)
    # what only counts and promises needs no token at all
    crowd.cast(crowd.founders[1], {1: POINTS})
    crowd.end_period()
    crowd.cast(crowd.founders[1], {})
    pays = partial(crowd.allocation.pay, [1, 2], sender=crowd.relayer, gas=3_000_000)
    claims = partial(crowd.allocation.claim, 1, people[0], sender=people[0], gas=3_000_000)
    # who takes more than was sent leaves too little for the second of a batch
    _is_paid(crowd, kind, SHORT if kind.robs else kind.payment, pays)
    _is_paid(crowd, kind, kind.payment, claims)


def _is_paid(crowd: Round, kind: Behaviour, outcome: str, deed: Callable[[], None]) -> None:
    """What the deed comes to is booked; then it is undone."""
    point, token = crowd.evm.snapshot(), crowd.terms.asset
    if outcome in (PAID, OWED):
        deed()
        sent = sum(log.args["amount"] for log in named(crowd.evm, "AllocationPaid"))
        owed = sum(crowd.pool.owed(token, person(crowd, n)) for n in (1, 2))
        assert owed == (sent if outcome == OWED else 0), kind.name
        assert crowd.books()[0] == 1_000 - sent
        crowd.check()
    else:
        with crowd.evm.reverts(outcome):
            deed()
    crowd.evm.restore(point)


def _house(crowd: Round, people: list[Actor]) -> House:
    """The co-op as the tests of odd tokens know a pool: two payees, a patron, a governor."""
    hub, patron = crowd.evm.actor("hub"), crowd.patron
    around = (crowd.evm, crowd.pool, crowd.governor, crowd.dollar, hub, crowd.grain)
    return House(*around, patron, people[1], people[0])


# --- rounding ----------------------------------------------------------------------------------


@pytest.mark.parametrize("decimals", [2, 6, 18])
@pytest.mark.parametrize("rule", [1, ROOT])
def test_divide__tokens_of_few_and_many_decimals__never_short_and_near_the_fraction(
    evm: Evm, decimals: int, rule: int
) -> None:
    """Against exact fractions: each payee has at most a unit less, all together never more."""
    crowd = Round(evm, terms=Terms(evm.deploy("TestDollar").address, rule))
    dollar = crowd.dollar.at(crowd.terms.asset)
    crowd.candidates(9)
    ballots = [{1: 1, 2: 9_999}, {2: 3_334, 3: 3_333, 9: 3_333}, dict.fromkeys(range(1, 9), 1250)]
    for founder, ballot in zip(crowd.founders, ballots, strict=True):
        crowd.cast(founder, ballot)
    tallies = [0] * 10
    for ballot in ballots:
        for number, points in ballot.items():
            tallies[number] += points if rule == 1 else isqrt(points * 10**18)
    exact = [Fraction(0)] * 10
    given = 0
    for month in range(4):
        amount = 7 * 10**decimals + 1 + month * 10 ** (decimals // 2)
        crowd.give(amount, dollar, 1)
        assert crowd.close() == amount
        given += amount
        exact = [
            e + Fraction(amount * t, sum(tallies)) for e, t in zip(exact, tallies, strict=True)
        ]
    waiting = [0, *crowd.waiting(*range(1, 10))]
    for had, due in zip(waiting, exact, strict=True):
        # a growth is rounded up by less than one part in 2^128
        assert floor(due) <= had <= floor(due + Fraction(4 * max(tallies), 2**128))
    assert sum(waiting) <= given == crowd.books()[0]
    crowd.pay(*range(1, 10))
    assert sum(waiting) + crowd.books()[0] == given
    crowd.check()


def test_divide__a_single_unit_among_eight__is_kept_until_there_are_enough(evm: Evm) -> None:
    """A single unit is promised to eight, and nobody has one until there are enough."""
    crowd = Round(evm, terms=Terms(rule=ROOT))
    crowd.candidates(8)
    for founder in crowd.founders:
        crowd.cast(founder, dict.fromkeys(range(1, 9), 1250))
    crowd.give(1, earmark=1)
    assert crowd.close() == 1
    assert crowd.books() == (1, 0)
    assert crowd.waiting(*range(1, 9)) == [0] * 8
    crowd.give(7, earmark=1)
    assert crowd.close() == 7
    # an eighth of a unit and seven eighths
    assert crowd.waiting(*range(1, 9)) == [1] * 8
    crowd.check()


def test_divide__more_than_96_bits__waits_for_the_next_period(evm: Evm) -> None:
    crowd = Round(evm, terms=Terms(evm.deploy("TestDollar").address))
    dollar, most = crowd.dollar.at(crowd.terms.asset), 2**96 - 1
    crowd.candidates(2)
    crowd.cast(crowd.founders[0], {1: 9_999, 2: 1})
    crowd.give(3 * most + 5, dollar, 1)
    assert crowd.close() == most
    assert crowd.books() == (most, 2 * most + 5)
    assert [crowd.close(), crowd.close(), crowd.close()] == [most, most, 5]
    (one, two) = crowd.waiting(1, 2)
    exact = Fraction((3 * most + 5) * 9_999, POINTS)
    assert exact - 1 <= one <= exact
    # a payment of a batch takes 96 bits; what is more comes with the next
    account = person(crowd, 1)
    paid = []
    while crowd.waiting(1) != [0]:
        crowd.pay(1)
        paid.append(named(evm, "AllocationPaid")[0].args["amount"])
    assert paid == [most, most, one - 2 * most]
    assert dollar.balanceOf(account) == one
    crowd.pay(2)
    assert dollar.balanceOf(person(crowd, 2)) == two
    assert crowd.books()[0] == 3 * most + 5 - one - two
    crowd.check()


def test_claim__more_than_96_bits__comes_at_once(evm: Evm) -> None:
    crowd = Round(evm, terms=Terms(evm.deploy("TestDollar").address))
    dollar, most = crowd.dollar.at(crowd.terms.asset), 2**96 - 1
    (one,) = crowd.candidates(1)
    crowd.cast(crowd.founders[0], {1: POINTS})
    crowd.give(3 * most, dollar, 1)
    for _ in range(3):
        crowd.close()
    (waiting,) = crowd.waiting(1)
    crowd.allocation.claim(1, one, sender=one)
    assert dollar.balanceOf(one) == waiting
    assert 3 * most - 1 <= waiting <= 3 * most


def test_divide__tallies_at_their_bounds_and_many_periods__stay_within_a_word(evm: Evm) -> None:
    """262,144 root ballots for one candidate are below 2^60; the head is written as so many would
    have left it, and divided 300 times with all that a period can have."""
    crowd = Round(evm, terms=Terms(evm.deploy("TestDollar").address, ROOT, DAY, 1_200))
    dollar, most = crowd.dollar.at(crowd.terms.asset), 2**96 - 1
    crowd.candidates(1)
    crowd.cast(crowd.founders[0], {1: POINTS})
    tally = 2**18 * isqrt(POINTS * 10**18)
    assert tally < 2**60
    machine, where = evm._vm, crowd.allocation.address  # noqa: SLF001  (nobody has so many)
    one = isqrt(POINTS * 10**18)
    (slot,) = [n for n in range(64) if machine.storage(where, n) >> 196 == crowd.opened_at]
    word = machine.storage(where, slot)
    group = _slot_of(crowd, one << 76)
    machine.insert_account_storage(where, slot, word - one + tally)
    machine.insert_account_storage(where, group, tally << 76)
    assert crowd.tallies(1) == [tally] == [crowd.allocation.head().total]
    crowd.give(2**126, dollar, 1)
    for _ in range(300):
        assert crowd.close() == most
    crowd.check()
    account = person(crowd, 1)
    crowd.allocation.claim(1, account, sender=Actor("", account, b""))
    assert 300 * most - 300 <= dollar.balanceOf(account) <= 300 * most


def _slot_of(crowd: Round, worth: int) -> int:
    """The storage slot of the round that has this number."""
    machine = crowd.evm.state()[crowd.allocation.address.lower()][2]
    (found,) = [int(slot) for slot, held in machine.items() if int(held) == worth]
    return found


def test_money__of_a_year__is_paid_waits_or_lies_there(evm: Evm) -> None:
    """Conservation: paid + waiting + dust + unreserved = given, after every step."""
    crowd = Round(evm, founders=3)
    people: list[Any] = crowd.candidates(4)
    begun = [evm.balance(each) for each in people]
    given = 0
    for month in range(8):
        voter = crowd.founders[month % 3]
        crowd.cast(voter, {1 + month % 4: 3_333} | {(month + 1) % 4 + 1: 6_667})
        amount = 10**6 + 7**month
        crowd.give(amount, earmark=1)
        given += amount
        crowd.close()
        if month % 2:
            crowd.pay(1 + month % 4, 1 + (month + 1) % 4)
        paid = sum(evm.balance(e) - b for e, b in zip(people, begun, strict=True))
        reserved, free = crowd.books()
        assert paid + reserved + free == given
        assert 0 <= reserved - sum(crowd.waiting(1, 2, 3, 4)) <= 4 + month + 1
        crowd.check()
