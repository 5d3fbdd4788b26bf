# SPDX-License-Identifier: AGPL-3.0-only
"""A team's payday: whose takes count, what is promised, what stays, and who is paid."""

from typing import Any

import pytest

from tests.contracts.coop import DAY, ZERO
from tests.contracts.evm import ETH, Actor, Evm
from tests.contracts.teams import MONTH, MOST_TAKE, Crew, Payday

U96 = 2**96 - 1


@pytest.fixture
def crew(evm: Evm) -> Crew:
    return Crew(evm)


# --- what a payday promises -----------------------------------------------------------------


def test_close_period__less_than_all_takes__all_get_the_same_part(crew: Crew) -> None:
    crew.give(900)
    crew.take(1_000, 500, 300)
    assert crew.close() == Payday(1, 900, 1_800, 0)
    assert crew.waiting() == [500, 250, 150]
    assert crew.books() == (0, 900)
    assert crew.team.throttle() == (0, 0)


def test_close_period__more_than_all_takes__the_rest_stays(crew: Crew) -> None:
    crew.give(2_000)
    crew.take(1_000, 500, 300)
    assert crew.close() == Payday(1, 1_800, 1_800, 200)
    assert crew.waiting() == [1_000, 500, 300]
    assert crew.books() == (200, 1_800)
    assert crew.team.throttle() == (0, 200)
    # with the next income it is divided again
    crew.give(700)
    assert crew.close() == Payday(2, 900, 1_800, 0)
    assert crew.waiting() == [1_500, 750, 450]


def test_close_period__exactly_all_takes__all_get_theirs(crew: Crew) -> None:
    crew.give(1_800)
    crew.take(1_000, 500, 300)
    assert crew.close() == Payday(1, 1_800, 1_800, 0)
    assert crew.waiting() == [1_000, 500, 300]


@pytest.mark.parametrize(("income", "takes"), [(0, (5, 5, 5)), (900, (0, 0, 0)), (0, (0, 0, 0))])
def test_close_period__no_income_or_no_takes__nothing_is_promised(
    crew: Crew, income: int, takes: tuple[int, ...]
) -> None:
    if income:
        crew.give(income)
    crew.take(*takes)
    assert crew.close() == Payday(1, 0, sum(takes), income)
    head = crew.team.head()
    assert (head.closed, head.divided) == (1, 0)
    assert crew.books() == (income, 0)
    assert [log.name for log in crew.evm.logs] == ["PaydayClosed"]


def test_close_period__liberapays_underfunded_payday__is_met(crew: Crew) -> None:
    """Two takes of 1.00 and 0.26 of income: 0.13 each, and each take in full where it is enough."""
    crew.give(26)
    crew.take(100, 100)
    crew.close()
    assert crew.waiting() == [13, 13, 0]
    crew.take(79, 21)
    crew.give(200)
    assert crew.close() == Payday(2, 100, 100, 100)
    assert crew.waiting() == [13 + 79, 13 + 21, 0]


@pytest.mark.parametrize(
    ("income", "takes", "paid"),
    [
        # 6.01 over 20.00 and 0.01: Liberapay rounds the smaller up to 0.01, here it waits
        (601, (2_000, 1), [600, 0]),
        (2_001, (2_000, 1), [2_000, 1]),
        # 0.85 over seven takes of 1.00: 12.14... each; Liberapay gives the odd cent by turns
        (85, (100,) * 7, [12] * 7),
        (8_500, (100,) * 7, [100] * 7),
        # Liberapay's rule divides more than all takes too (40.02 to 40.00 and 0.02); here it stays
        (4_002, (2_000, 1), [2_000, 1]),
        # Gittip pays the newest first (30, 50, 20), Gratipay the smallest (10, 15, 25 ...)
        (10_000, (6_000, 5_000, 3_000), [4_285, 3_571, 2_142]),
        # exactly 6,250 and 18,750, though 5/12 has no end
        (50_000, (35_000, 25_000, 15_000, 45_000), [14_583, 10_416, 6_250, 18_750]),
        # where it is enough for all, all rules say the same
        (53_700, (15_000, 25_000), [15_000, 25_000]),
        (8_000, (1_000,), [1_000]),
    ],
)
def test_close_period__cases_of_others__here_all_get_the_same_part(
    evm: Evm, income: int, takes: tuple[int, ...], paid: list[int]
) -> None:
    crew = Crew(evm, len(takes))
    crew.give(income)
    crew.take(*takes)
    crew.close()
    assert crew.waiting() == paid


def test_close_period__thirds__a_fraction_waits_and_is_paid_with_the_next(crew: Crew) -> None:
    crew.give(100)
    crew.take(1_000, 1_000, 1_000)
    crew.close()
    assert crew.waiting() == [33, 33, 33]
    crew.team.pay(crew.mates, sender=crew.relayer)
    assert crew.books() == (0, 1)
    crew.give(100)
    crew.close()
    crew.give(100)
    crew.close()
    # 100 each in all, of which 33 are paid
    assert crew.waiting() == [67, 67, 67]


def test_close_period__one_take_of_three_and_two_to_give__a_unit_waits_with_its_fraction(
    crew: Crew,
) -> None:
    """2 * 3 / 3 is 2, though 2/3 has no end."""
    crew.give(2)
    crew.take(3)
    assert crew.close() == Payday(1, 2, 3, 0)
    assert crew.waiting() == [2, 0, 0]
    crew.team.pay(crew.mates, sender=crew.relayer)
    assert crew.books() == (0, 0)
    crew.give(3)
    crew.close()
    assert crew.waiting()[0] == 3


# --- when -----------------------------------------------------------------------------------


def test_close_period__a_second_too_early__is_refused(crew: Crew) -> None:
    crew.give(900)
    crew.take(1_000)
    for number in (1, 2):
        crew.evm.warp_to(crew.opened_at + number * MONTH - 1)
        with crew.evm.reverts("round: not due yet"):
            crew.team.close_period(sender=crew.relayer)
        crew.evm.warp(1)
        crew.team.close_period(sender=crew.relayer)
        assert crew.payday().period == number
        with crew.evm.reverts("round: not due yet"):
            crew.team.close_period(sender=crew.relayer)


def test_close_period__several_at_once__is_one_payday(crew: Crew) -> None:
    crew.give(900)
    crew.take(100, 100, 100)
    crew.end_period(more=2)
    crew.team.close_period(sender=crew.relayer)
    assert crew.payday() == Payday(3, 300, 300, 600)
    assert crew.waiting() == [100, 100, 100]
    head = crew.team.head()
    assert (head.closed, head.divided) == (3, 1)
    with crew.evm.reverts("round: not due yet"):
        crew.team.close_period(sender=crew.relayer)
    assert crew.close() == Payday(4, 300, 300, 300)


def test_close_period__after_the_last__is_refused_and_nothing_more_is_promised(evm: Evm) -> None:
    crew = Crew(evm, paydays=2)
    crew.give(900)
    crew.take(100, 100, 100)
    crew.end_period(more=5)
    crew.team.close_period(sender=crew.relayer)
    assert crew.payday() == Payday(2, 300, 300, 600)
    crew.end_period(more=5)
    with evm.reverts("round: not due yet"):
        crew.team.close_period(sender=crew.relayer)
    with evm.reverts("team: the last payday is over"):
        crew.team.set_take(0, sender=crew.mates[0])
    crew.team.leave(sender=crew.mates[0])
    assert [log.name for log in crew.own()] == ["TakeSet", "TeamLeft"]
    crew.team.pay(crew.mates, sender=crew.relayer)
    assert [crew.has(who) for who in crew.mates] == [100, 100, 100]


def test_close_period__by_the_first_change_after_it__counts_the_takes_before_that_change(
    crew: Crew,
) -> None:
    crew.give(900)
    crew.take(100, 100, 100)
    crew.end_period()
    crew.team.set_take(600, sender=crew.mates[0])
    assert [log.name for log in crew.own()] == ["PaydayClosed", "TakeSet"]
    assert crew.payday() == Payday(1, 300, 300, 600)
    assert crew.waiting() == [100, 100, 100]
    assert crew.close() == Payday(2, 600, 800, 0)
    assert crew.waiting() == [100 + 450, 100 + 75, 100 + 75]


@pytest.mark.parametrize("change", ["invite", "leave", "drop", "admit", "remove"])
def test_close_period__by_every_other_change__comes_first(crew: Crew, change: str) -> None:
    guest = crew.members(1)[0]
    crew.give(900)
    crew.take(100, 200, 300)
    crew.evm.warp_to(crew.opened_at + MONTH - 6 * DAY)
    ready = crew.ready(crew.putting(guest) if change == "admit" else crew.taking_off(crew.mates[2]))
    crew.end_period()
    team, mates = crew.team, crew.mates
    deeds = {
        "invite": lambda: team.invite(guest, sender=mates[0]),
        "leave": lambda: team.leave(sender=mates[2]),
        "drop": lambda: team.drop([], sender=crew.relayer),
    }
    if change in deeds:
        deeds[change]()
    else:
        crew.execute(ready)
    assert crew.own()[0].name == "PaydayClosed"
    assert crew.payday() == Payday(1, 600, 600, 300)
    assert crew.waiting() == [100, 200, 300]
    assert crew.team.head().closed == 1


def test_close_period__in_the_first_second_of_the_next_period__takes_of_the_last_second_count(
    crew: Crew,
) -> None:
    crew.give(900)
    crew.evm.warp_to(crew.opened_at + MONTH - 1)
    crew.take(100)
    crew.evm.warp(1)
    crew.team.set_take(900, sender=crew.mates[1])
    assert crew.payday() == Payday(1, 100, 100, 800)


# --- takes ----------------------------------------------------------------------------------


def test_set_take__by_a_mate__is_told_and_counted(crew: Crew) -> None:
    ada = crew.mates[0]
    crew.team.set_take(70, sender=ada)
    (told,) = crew.own()
    assert told.name == "TakeSet"
    assert told.args == {"account": ada.address, "seat": crew.seat(ada), "take": 70}
    assert crew.team.take_of(ada) == (70, 0, True)
    assert crew.team.head().total == 70
    crew.team.set_take(30, sender=ada)
    crew.take(5, people=[crew.mates[1]])
    assert crew.team.head().total == 35
    crew.close()
    assert crew.team.take_of(ada) == (30, 30, True)
    crew.team.set_take(0, sender=ada)
    assert crew.team.take_of(ada) == (0, 30, True)
    crew.close()
    assert crew.team.take_of(ada) == (0, 0, True)


def test_set_take__several_times_in_a_period__the_last_counts_and_the_first_is_noted(
    crew: Crew,
) -> None:
    ada = crew.mates[0]
    crew.take(100)
    crew.close()
    for take in (150, 20, 0, 130):
        crew.team.set_take(take, sender=ada)
        assert crew.team.take_of(ada) == (take, 100, True)
    crew.give(130)
    assert crew.close() == Payday(2, 130, 130, 0)
    assert crew.waiting() == [130, 0, 0]
    assert crew.team.take_of(ada) == (130, 130, True)


def test_set_take__of_2_to_the_92__is_refused(crew: Crew) -> None:
    ada = crew.mates[0]
    for take in (MOST_TAKE + 1, 2**255, 2**256 - 1):
        with crew.evm.reverts("team: take too high"):
            crew.team.set_take(take, sender=ada)
    crew.team.set_take(MOST_TAKE, sender=ada)
    assert crew.team.take_of(ada) == (MOST_TAKE, 0, True)
    assert crew.team.head().total == MOST_TAKE


def test_set_take__by_who_is_not_on_the_team__is_refused(crew: Crew, outsider: Actor) -> None:
    with crew.evm.reverts("team: no member in time"):
        crew.team.set_take(1, sender=outsider)
    with crew.evm.reverts("team: only the team takes"):
        crew.team.set_take(1, sender=crew.chair)
    crew.gone(crew.mates[0])
    with crew.evm.reverts("team: no member in time"):
        crew.team.set_take(1, sender=crew.mates[0])


def test_set_take__who_joined_the_pool_in_this_period__from_the_next_on(crew: Crew) -> None:
    early = crew.members(1)[0]
    crew.evm.warp_to(crew.opened_at + MONTH - 6 * DAY)
    crew.decide(crew.putting(early))
    crew.evm.warp_to(crew.opened_at + MONTH - 1)
    with crew.evm.reverts("team: no member in time"):
        crew.team.set_take(1, sender=early)
    before, at, after = "before", "at", "after"
    people = {}
    for name, second in ((before, -1), (at, 0), (after, 1)):
        crew.evm.warp_to(crew.opened_at + MONTH + second)
        people[name] = crew.members(1)[0]
    crew.decide(crew.putting(*people.values()))
    crew.team.set_take(1, sender=people[before])
    crew.team.set_take(1, sender=early)
    for name in (at, after):
        with crew.evm.reverts("team: no member in time"):
            crew.team.set_take(1, sender=people[name])
    crew.end_period()
    for person in people.values():
        crew.team.set_take(2, sender=person)


# --- payouts --------------------------------------------------------------------------------


def test_pay__the_team__is_paid_once(crew: Crew) -> None:
    crew.give(900)
    crew.take(1_000, 500, 300)
    crew.close()
    crew.team.pay([*crew.mates, crew.chair, crew.mates[0], ZERO], sender=crew.relayer)
    paid = [log.args for log in crew.own()]
    due = [(crew.mates[0], 500), (crew.mates[1], 250), (crew.mates[2], 150)]
    assert [log.name for log in crew.own()] == ["TakePaid"] * 3
    assert paid == [
        {"seat": crew.seat(who), "to": who.address, "amount": amount} for who, amount in due
    ]
    assert [crew.has(who) for who in crew.mates] == [500, 250, 150]
    assert crew.books() == (0, 0)
    assert crew.waiting() == [0, 0, 0]
    with crew.evm.reverts("team: nothing to pay"):
        crew.team.pay(crew.mates, sender=crew.relayer)


@pytest.mark.parametrize("people", [[], [ZERO], "outsider"])
def test_pay__nobody_for_whom_anything_waits__is_refused(
    crew: Crew, outsider: Actor, people: Any
) -> None:
    crew.give(900)
    crew.take(1_000)
    crew.close()
    with crew.evm.reverts("team: nothing to pay"):
        crew.team.pay([outsider] if people == "outsider" else people, sender=outsider)


def test_claim__what_waits__goes_where_she_says(crew: Crew) -> None:
    ada, payee = crew.mates[0], crew.evm.actor("payee")
    crew.give(900)
    crew.take(1_000, 500, 300)
    crew.close()
    crew.team.claim(payee, sender=ada)
    (told,) = crew.own()
    assert told.args == {"seat": crew.seat(ada), "to": payee.address, "amount": 500}
    assert (crew.has(payee), crew.has(ada), crew.waiting()) == (500, 0, [0, 250, 150])
    with crew.evm.reverts("team: nothing waits"):
        crew.team.claim(payee, sender=ada)
    assert crew.books() == (0, 400)


def test_claim__by_who_has_nothing_or_for_nobody__is_refused(crew: Crew, outsider: Actor) -> None:
    crew.give(900)
    crew.take(1_000)
    crew.close()
    for caller in (outsider, crew.chair, crew.mates[1]):
        with crew.evm.reverts("team: nothing waits"):
            crew.team.claim(caller, sender=caller)
    for payee in (ZERO, crew.pool):
        with crew.evm.reverts("pool: nobody to pay"):
            crew.team.claim(payee, sender=crew.mates[0])


def test_claim__a_payday_that_nobody_has_held__does_not_count(crew: Crew) -> None:
    crew.give(900)
    crew.take(900)
    crew.end_period()
    assert crew.waiting() == [0, 0, 0]
    with crew.evm.reverts("team: nothing waits"):
        crew.team.claim(crew.mates[0], sender=crew.mates[0])
    crew.team.close_period(sender=crew.relayer)
    crew.team.claim(crew.mates[0], sender=crew.mates[0])
    assert crew.has(crew.mates[0]) == 900


def test_pay__in_ether__is_paid(evm: Evm) -> None:
    crew = Crew(evm, asset=ETH)
    crew.give(900)
    crew.take(1_000, 500, 300)
    crew.close()
    before = [crew.has(who) for who in crew.mates]
    crew.team.claim(crew.mates[0], sender=crew.mates[0])
    crew.team.pay(crew.mates, sender=crew.relayer)
    gained = [crew.has(who) - had for who, had in zip(crew.mates, before, strict=True)]
    assert gained == [500, 250, 150]


def test_pay__129_people__is_too_many(evm: Evm) -> None:
    crew = Crew(evm, 64)
    crew.give(64)
    crew.take(*[1] * 64)
    crew.close()
    with evm.reverts(""):
        crew.team.pay([*crew.mates, *crew.mates, ZERO], sender=crew.relayer)
    crew.team.pay([*crew.mates, *crew.mates], sender=crew.relayer)
    assert [crew.has(who) for who in crew.mates] == [1] * 64


# --- large numbers --------------------------------------------------------------------------


def test_close_period__more_than_2_to_the_96__the_rest_waits_for_the_next(crew: Crew) -> None:
    crew.give(2**97)
    crew.take(*[MOST_TAKE] * 3)
    assert crew.close() == Payday(1, 3 * MOST_TAKE, 3 * MOST_TAKE, U96 - 3 * MOST_TAKE)
    assert crew.waiting() == [MOST_TAKE] * 3
    assert crew.books() == (2**97 - 3 * MOST_TAKE, 3 * MOST_TAKE)


def test_close_period__17_of_the_largest_takes__share_2_to_the_96(evm: Evm) -> None:
    """Of 2^97 less than 2^96 is divided at once; 17 takes of 2^92 - 1 want more than that."""
    crew = Crew(evm, 17)
    crew.give(2**97)
    crew.take(*[MOST_TAKE] * 17)
    total = 17 * MOST_TAKE
    assert crew.close() == Payday(1, U96, total, 0)
    assert crew.waiting() == [U96 // 17] * 17


def test_pay__more_than_2_to_the_96_waits__in_two_payments_but_one_claim(evm: Evm) -> None:
    """Seventeen paydays of 2^92 - 1 are more than a word of the batch has room for."""
    crew = Crew(evm, 1, paydays=20)
    crew.give(20 * 2**92)
    crew.take(MOST_TAKE)
    for _ in range(17):
        crew.close()
    ada, waits = crew.mates[0], 17 * MOST_TAKE
    assert crew.waiting() == [waits]
    point = evm.snapshot()
    crew.team.claim(ada, sender=ada)
    assert crew.has(ada) == waits
    evm.restore(point)
    crew.team.pay([ada], sender=crew.relayer)
    assert crew.has(ada) == U96
    assert crew.waiting() == [waits - U96]
    crew.team.pay([ada, ada], sender=crew.relayer)
    assert (crew.has(ada), crew.waiting()) == (waits, [0])


def test_close_period__a_huge_take_and_four_units__are_divided_to_the_last(crew: Crew) -> None:
    crew.take(MOST_TAKE)
    crew.give(4)
    assert crew.close() == Payday(1, 4, MOST_TAKE, 0)
    assert crew.waiting() == [4, 0, 0]
