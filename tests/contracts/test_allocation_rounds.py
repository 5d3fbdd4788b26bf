# SPDX-License-Identifier: AGPL-3.0-only
"""Periods of a round: when they end, what they divide, and which pass without dividing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.allocations import POINTS, ROOT, Round, Terms
from tests.contracts.coop import DAY, named
from tests.contracts.evm import ETH, Actor, Evm

MONTH = 30 * DAY


@pytest.fixture
def crowd(evm: Evm) -> Round:
    """Two candidates, 1 and 2, and one ballot that gives them 3,000 and 7,000."""
    crowd = Round(evm)
    crowd.candidates(2)
    crowd.cast(crowd.founders[0], {1: 3_000, 2: 7_000})
    return crowd


def closed(evm: Evm) -> tuple[int, int, int, int]:
    """What the last close said: period, amount, total, ballots."""
    (log,) = named(evm, "PeriodClosed")
    said = log.args
    return said["period"], said["amount"], said["total"], said["ballots"]


def test_close_period__with_ballots_and_money__promises_in_proportion(crowd: Round) -> None:
    crowd.give(1_000, earmark=1)
    crowd.end_period()
    assert crowd.allocation.head().closed == 0, "nobody has closed it"
    crowd.allocation.close_period(sender=crowd.relayer)
    assert [log.name for log in crowd.evm.logs] == ["Reserved", "PeriodClosed"]
    assert closed(crowd.evm) == (1, 1_000, POINTS, 1)
    assert crowd.books() == (1_000, 0)
    assert crowd.waiting(1, 2) == [300, 700]
    head = crowd.allocation.head()
    assert (head.closed, head.divided, head.total, head.ballots) == (1, 1, POINTS, 1)
    crowd.check()


def test_close_period__a_second_before_its_end__is_not_due(crowd: Round) -> None:
    crowd.give(1_000, earmark=1)
    crowd.evm.warp_to(crowd.opened_at + MONTH - 1)
    with crowd.evm.reverts("round: not due yet"):
        crowd.allocation.close_period(sender=crowd.relayer)
    crowd.evm.warp(1)
    crowd.allocation.close_period(sender=crowd.relayer)
    assert closed(crowd.evm)[:2] == (1, 1_000)
    with crowd.evm.reverts("round: not due yet"):
        crowd.allocation.close_period(sender=crowd.relayer)
    crowd.evm.warp_to(crowd.opened_at + 2 * MONTH - 1)
    with crowd.evm.reverts("round: not due yet"):
        crowd.allocation.close_period(sender=crowd.relayer)


def test_close_period__anyone_and_whenever__divides_by_the_ballots_of_its_last_second(
    crowd: Round,
) -> None:
    """A change after the end closes first: it counts from the next period on."""
    crowd.give(1_000, earmark=1)
    crowd.evm.warp_to(crowd.opened_at + MONTH - 1)
    crowd.cast(crowd.founders[0], {1: 6_000, 2: 4_000})
    crowd.evm.warp(1)
    crowd.cast(crowd.founders[0], {2: POINTS})
    assert closed(crowd.evm) == (1, 1_000, POINTS, 1)
    assert crowd.waiting(1, 2) == [600, 400]
    assert crowd.tallies(1, 2) == [0, POINTS]
    crowd.give(100, earmark=1)
    assert crowd.close() == 100
    assert crowd.waiting(1, 2) == [600, 500]
    crowd.check()


@pytest.mark.parametrize("change", ["cast", "sign", "batch", "drop", "stand", "withdraw"])
def test_changes__after_the_end__close_the_period_before_they_count(
    crowd: Round, change: str
) -> None:
    third, voter = crowd.evm.actor("third"), crowd.founders[1]
    crowd.nominate(third)
    signature = voter.sign(crowd.paper(voter, {1: POINTS}, deadline=crowd.opened_at + 2 * MONTH))
    words = crowd.signs(voter, {1: POINTS}, deadline=crowd.opened_at + 2 * MONTH)
    crowd.give(1_000, earmark=1)
    crowd.end_period()
    until, packed = crowd.opened_at + 2 * MONTH, words[1]
    allocation = crowd.allocation
    changes: dict[str, Callable[[], Any]] = {
        "cast": lambda: crowd.cast(voter, {1: POINTS}),
        "sign": lambda: allocation.cast_for(
            voter, packed, 0, until, signature, sender=crowd.relayer
        ),
        "batch": lambda: crowd.bring(words, until),
        "drop": lambda: allocation.drop([], sender=crowd.relayer),
        "stand": lambda: allocation.stand(sender=third),
        "withdraw": lambda: allocation.withdraw(sender=crowd.evm.actor("candidate 0")),
    }
    changes[change]()
    assert closed(crowd.evm) == (1, 1_000, POINTS, 1)
    assert crowd.waiting(1, 2) == [300, 700]
    assert crowd.allocation.head().closed == 1
    crowd.check()


def test_close_period__nothing_given__passes(crowd: Round) -> None:
    assert crowd.close() == 0
    assert [log.name for log in crowd.evm.logs] == ["PeriodClosed"]
    assert closed(crowd.evm) == (1, 0, POINTS, 1)
    head = crowd.allocation.head()
    assert (head.closed, head.divided) == (1, 0)


def test_close_period__no_ballots__passes_and_the_money_waits_for_the_next(evm: Evm) -> None:
    crowd = Round(evm)
    crowd.candidates(1)
    crowd.give(1_000, earmark=1)
    assert crowd.close() == 0
    assert crowd.books() == (0, 1_000)
    crowd.cast(crowd.founders[0], {1: POINTS})
    crowd.give(50, earmark=1)
    assert crowd.close() == 1_050
    assert crowd.waiting(1) == [1_050]


def test_close_period__a_ballot_short_of_the_quorum__passes(evm: Evm) -> None:
    crowd = Round(evm, terms=Terms(quorum=3))
    crowd.candidates(1)
    crowd.give(1_000, earmark=1)
    for voter in crowd.founders[:2]:
        crowd.cast(voter, {1: POINTS})
    assert crowd.close() == 0
    assert closed(evm) == (1, 0, 2 * POINTS, 2)
    crowd.cast(crowd.founders[2], {1: POINTS})
    assert crowd.close() == 1_000
    assert closed(evm) == (2, 1_000, 3 * POINTS, 3)


def test_close_period__ballots_taken_back_below_the_quorum__passes(evm: Evm) -> None:
    """How members stop a round: NatSpec's @custom:halt."""
    crowd = Round(evm, terms=Terms(quorum=2))
    crowd.candidates(1)
    crowd.give(1_000, earmark=1)
    for voter in crowd.founders[:2]:
        crowd.cast(voter, {1: POINTS})
    crowd.cast(crowd.founders[0], {})
    assert crowd.close() == 0
    assert crowd.books() == (0, 1_000)


def test_close_period__all_candidates_left__passes_though_ballots_stand(crowd: Round) -> None:
    crowd.give(1_000, earmark=1)
    for person in ("candidate 0", "candidate 1"):
        crowd.allocation.withdraw(sender=crowd.evm.actor(person))
    assert crowd.close() == 0
    assert closed(crowd.evm) == (1, 0, 0, 1)
    assert crowd.books() == (0, 1_000)


def test_close_period__several_skipped__are_closed_together_by_number(crowd: Round) -> None:
    crowd.give(1_000, earmark=1)
    crowd.evm.warp_to(crowd.opened_at + 4 * MONTH + 5)
    crowd.allocation.close_period(sender=crowd.relayer)
    assert closed(crowd.evm) == (4, 1_000, POINTS, 1)
    head = crowd.allocation.head()
    assert (head.closed, head.divided) == (4, 1)
    crowd.evm.warp_to(crowd.opened_at + 5 * MONTH - 1)
    with crowd.evm.reverts("round: not due yet"):
        crowd.allocation.close_period(sender=crowd.relayer)


def test_close_period__after_the_last__is_not_due_and_no_ballot_is_taken(evm: Evm) -> None:
    crowd = Round(evm, terms=Terms(rounds=2))
    crowd.candidates(2)
    crowd.cast(crowd.founders[0], {1: POINTS})
    crowd.give(10, earmark=1)
    evm.warp_to(crowd.opened_at + 2 * MONTH - 1)
    crowd.cast(crowd.founders[1], {2: POINTS})
    crowd.give(90, earmark=1)
    evm.warp(1)
    voter, until = crowd.founders[2], evm.now + DAY
    with evm.reverts("allocation: the last one is over"):
        crowd.cast(voter, {1: POINTS})
    with evm.reverts("allocation: the last one is over"):
        crowd.bring(crowd.signs(voter, {1: POINTS}))
    signature = voter.sign(crowd.paper(voter, {1: POINTS}))
    with evm.reverts("allocation: the last one is over"):
        crowd.allocation.cast_for(voter, POINTS | 1 << 14, 0, until, signature, sender=voter)
    evm.warp(500 * DAY)
    crowd.allocation.close_period(sender=crowd.relayer)
    # the ballot of the first period's end made 10, that of the second's the other 90 by halves;
    # but period 1 was closed by the cast within period 2, so each had its own division
    assert closed(evm) == (2, 90, 2 * POINTS, 2)
    assert crowd.waiting(1, 2) == [55, 45]
    with evm.reverts("round: not due yet"):
        crowd.allocation.close_period(sender=crowd.relayer)
    crowd.give(1_000, earmark=1)
    evm.warp(500 * DAY)
    with evm.reverts("round: not due yet"):
        crowd.allocation.close_period(sender=crowd.relayer)
    crowd.pay(1, 2)
    assert crowd.books() == (0, 1_000)


def test_close_period__one_off__divides_once(evm: Evm) -> None:
    crowd = Round(evm, terms=Terms(rounds=1, rule=ROOT))
    crowd.candidates(2)
    crowd.cast(crowd.founders[0], {1: 900, 2: 9_100})
    crowd.cast(crowd.founders[1], {1: POINTS})
    crowd.give(10**18, earmark=1)
    assert crowd.close() == 10**18
    assert crowd.allocation.head().closed == 1
    with evm.reverts("allocation: the last one is over"):
        crowd.cast(crowd.founders[2], {1: POINTS})


def test_close_period__money_that_came_after_the_end__is_divided_with_it_if_nobody_closed(
    crowd: Round,
) -> None:
    """By the ballots of the last second, but all that is there when somebody closes."""
    crowd.end_period()
    crowd.evm.warp(DAY)
    crowd.give(1_000, earmark=1)
    crowd.allocation.close_period(sender=crowd.relayer)
    assert closed(crowd.evm) == (1, 1_000, POINTS, 1)


def test_close_period__gifts_of_another_asset__stay_where_they_are(crowd: Round) -> None:
    crowd.give(500, crowd.dollar, earmark=1)
    crowd.give(7, earmark=1)
    assert crowd.close() == 7
    assert crowd.pool.unreserved(1, crowd.dollar) == 500
    assert crowd.pool.reserved(1, crowd.dollar) == 0


# --- the deadline of the earmark ---------------------------------------------------------------


def bounded(evm: Evm, spare: int) -> Round:
    """A restricted earmark that ends `spare` seconds after the second period; two candidates."""
    found = Round(Evm())
    opened_at = found.opened_at
    crowd = Round(evm, restricted=True, deadline=opened_at + 2 * MONTH + spare)
    assert crowd.opened_at == opened_at
    crowd.candidates(2)
    crowd.cast(crowd.founders[0], {1: 2_500, 2: 7_500})
    crowd.give(1_000, earmark=1)
    return crowd


def test_close_period__at_the_deadline__promises_nothing_and_patrons_have_the_rest(
    evm: Evm,
) -> None:
    crowd = bounded(evm, 0)
    assert crowd.close() == 1_000
    crowd.give(300, earmark=1)
    assert crowd.close() == 0
    assert closed(evm) == (2, 0, POINTS, 1)
    assert crowd.books() == (1_000, 300)
    crowd.pay(1)
    before = evm.balance(crowd.patron)
    crowd.pool.reclaim(1, ETH, sender=crowd.patron)
    assert evm.balance(crowd.patron) == before + 300
    account = crowd.allocation.candidate_of(2).account
    crowd.allocation.claim(2, crowd.patron, sender=account)
    assert evm.balance(crowd.patron) == before + 300 + 750
    assert crowd.books() == (0, 0)
    crowd.check()


def test_close_period__a_second_before_the_deadline__still_promises(evm: Evm) -> None:
    crowd = bounded(evm, 1)
    crowd.end_period()
    assert crowd.close() == 1_000
    assert crowd.waiting(1, 2) == [250, 750]


def test_close_period__so_late_that_the_deadline_passed__leaves_all_to_the_patrons(
    evm: Evm,
) -> None:
    """Whoever wants a period divided has to close it before the earmark ends."""
    crowd = bounded(evm, DAY)
    evm.warp_to(crowd.opened_at + 2 * MONTH + DAY)
    crowd.allocation.close_period(sender=crowd.relayer)
    assert closed(evm) == (2, 0, POINTS, 1)
    assert crowd.pool.reclaimable(1, ETH, crowd.patron) == 1_000
    # ballots go on being taken: there are ten periods left, and nothing to divide
    crowd.cast(crowd.founders[1], {1: POINTS})
    assert crowd.close() == 0


def test_close_period__lapsed__promises_nothing_more(evm: Evm) -> None:
    crowd = Round(evm, restricted=True, terms=Terms(quorum=2))
    crowd.candidates(1)
    crowd.give(1_000, earmark=1)
    crowd.cast(crowd.founders[0], {1: POINTS})
    evm.warp_to(crowd.opened_at + 400 * DAY)
    crowd.pool.lapse(1, sender=crowd.relayer)
    crowd.allocation.close_period(sender=crowd.relayer)
    assert closed(evm) == (12, 0, POINTS, 1)
    assert crowd.pool.reclaimable(1, ETH, crowd.patron) == 1_000


def test_unrestricted__what_waits_for_the_next_period__members_may_spend_by_vote(
    crowd: Round, outsider: Actor
) -> None:
    crowd.give(1_000, earmark=1)
    assert crowd.close() == 1_000
    crowd.give(400, earmark=1)
    crowd.enact((crowd.pool, 0, crowd.pool.calldata("spend", 1, ETH, outsider, 400)), text="s")
    assert crowd.books() == (1_000, 0)
    over = crowd.passed(
        (crowd.pool, 0, crowd.pool.calldata("spend", 1, ETH, outsider, 1)), text="t"
    )
    with crowd.evm.reverts("pool: more than is unreserved"):
        crowd.execute(over)
