# SPDX-License-Identifier: AGPL-3.0-only
"""Standing ballots: what one may say, whose counts in a period, and when it is taken out."""

from typing import Any

import pytest

from tests.contracts.allocations import POINTS, ROOT, Round, Terms, packed
from tests.contracts.coop import DAY, RULES, named
from tests.contracts.evm import Actor, Evm

MONTH = 30 * DAY
EIGHT = dict.fromkeys(range(1, 9), 1250)


@pytest.fixture
def crowd(evm: Evm) -> Round:
    """Nine candidates, numbers 1 to 9."""
    crowd = Round(evm)
    crowd.candidates(9)
    return crowd


def word(*choices: tuple[int, int]) -> int:
    """Choices in this order, whatever they are."""
    return sum((number << 14 | points) << 31 * n for n, (number, points) in enumerate(choices))


# --- cast --------------------------------------------------------------------------------------


def test_cast__first__is_counted_kept_and_told(crowd: Round) -> None:
    voter = crowd.founders[1]
    crowd.cast(voter, {2: 2_500, 7: 7_500})
    (log,) = crowd.evm.logs
    choices = 2 << 14 | 2_500 | (7 << 14 | 7_500) << 31
    told = {"voter": voter.address, "seat": 2, "choices": choices, "casts": 1}
    assert (log.name, log.args) == ("AllocationCast", told)
    assert crowd.allocation.ballot_of(voter) == (choices, 1)
    assert crowd.tallies(*range(1, 10)) == [0, 2_500, 0, 0, 0, 0, 7_500, 0, 0]
    head = crowd.allocation.head()
    assert (head.total, head.ballots) == (POINTS, 1)


def test_cast__again__takes_the_old_one_back(crowd: Round) -> None:
    voter = crowd.founders[0]
    crowd.cast(voter, {1: 5_000, 2: 5_000})
    crowd.cast(voter, {2: 1, 9: 9_999})
    assert crowd.tallies(1, 2, 9) == [0, 1, 9_999]
    head = crowd.allocation.head()
    assert (head.total, head.ballots) == (POINTS, 1)
    assert crowd.allocation.ballot_of(voter) == (packed({2: 1, 9: 9_999}), 2)


def test_cast__nothing__takes_it_back_and_still_counts_as_a_cast(crowd: Round) -> None:
    voter = crowd.founders[0]
    crowd.cast(voter, {})
    assert crowd.allocation.ballot_of(voter) == (0, 1)
    assert crowd.allocation.head()[-2:] == (0, 0)
    crowd.cast(voter, EIGHT)
    assert crowd.allocation.head()[-2:] == (1, POINTS)
    crowd.cast(voter, {})
    assert crowd.allocation.ballot_of(voter) == (0, 3)
    assert crowd.allocation.head()[-2:] == (0, 0)
    assert crowd.tallies(*range(1, 10)) == [0] * 9


def test_cast__eight_candidates__are_the_most_a_word_holds(crowd: Round) -> None:
    crowd.cast(crowd.founders[0], EIGHT)
    assert crowd.tallies(*range(1, 10)) == [1_250] * 8 + [0]
    crowd.check()


def test_cast__linear_and_root__by_hand(evm: Evm) -> None:
    """isqrt(points * 10^18): of 2,500 it is 5 * 10^10, of 1 it is 10^9, of 10,000 it is 10^11;
    of 2 it is floor(1.41421356237309... * 10^9), of 9,999 floor(99.99499987499375 * 10^9)."""
    crowd = Round(evm, terms=Terms(rule=ROOT))
    crowd.candidates(5)
    crowd.cast(crowd.founders[0], {1: 2_500, 2: 2_500, 3: 2_500, 4: 2_500})
    assert crowd.tallies(1, 2, 3, 4) == [50_000_000_000] * 4
    crowd.cast(crowd.founders[1], {1: 1, 5: 9_999})
    assert crowd.tallies(1, 5) == [51_000_000_000, 99_994_999_874]
    crowd.cast(crowd.founders[2], {3: 9_998, 4: 2})
    assert crowd.tallies(3, 4) == [50_000_000_000 + 99_989_999_499, 51_414_213_562]
    crowd.cast(crowd.founders[0], {5: POINTS})
    assert crowd.tallies(1, 2, 3, 4, 5) == [
        1_000_000_000,
        0,
        99_989_999_499,
        1_414_213_562,
        199_994_999_874,
    ]
    crowd.check()


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        (word((1, 9_999)), "not 10,000 points"),
        (word((1, 10_001)), "not 10,000 points"),
        (word((1, 16_383)), "not 10,000 points"),
        (word(*((n, 16_383) for n in range(1, 9))), "not 10,000 points"),
        (word((1, 5_000), (2, 4_999)), "not 10,000 points"),
        (word((2, 5_000), (1, 5_000)), "ill-formed ballot"),
        (word((1, 5_000), (1, 5_000)), "ill-formed ballot"),
        (word((1, 10_000), (2, 0)), "ill-formed ballot"),
        (word((1, 0), (2, 10_000)), "ill-formed ballot"),
        (word((0, 10_000)), "ill-formed ballot"),
        (word((0, 0), (1, 10_000)), "ill-formed ballot"),
        (word((1, 5_000), (0, 0), (2, 5_000)), "ill-formed ballot"),
        (word((1, 10_000)) | 1 << 248, "ill-formed ballot"),
        (word((1, 10_000)) | 1 << 255, "ill-formed ballot"),
        (1 << 248, "ill-formed ballot"),
        (2**256 - 1, "ill-formed ballot"),
        (word((10, 10_000)), "no such candidate"),
        (word((1, 5_000), (10, 5_000)), "no such candidate"),
        (word((2**17 - 1, 10_000)), "no such candidate"),
    ],
)
def test_cast__what_is_no_ballot__is_refused(crowd: Round, choices: int, reason: str) -> None:
    for voter in crowd.founders[:2]:
        with crowd.evm.reverts(f"allocation: {reason}"):
            crowd.allocation.cast(choices, sender=voter)
        crowd.cast(crowd.founders[1], EIGHT)


def test_cast__a_candidate_who_stands_since__may_be_named_at_once(crowd: Round) -> None:
    with crowd.evm.reverts("allocation: no such candidate"):
        crowd.cast(crowd.founders[0], {10: POINTS})
    crowd.candidates(1)
    crowd.cast(crowd.founders[0], {10: POINTS})
    assert crowd.tallies(10) == [POINTS]


def test_cast__more_than_255_times__goes_on_by_call(crowd: Round) -> None:
    voter = crowd.founders[0]
    for n in range(260):
        crowd.cast(voter, {1 + n % 2: POINTS})
        (log,) = crowd.evm.logs
        assert log.args["casts"] == min(n + 1, 255)
    assert crowd.allocation.ballot_of(voter) == (packed({2: POINTS}), 255)
    crowd.check()


# --- whose ballot counts in a period -----------------------------------------------------------


def test_cast__by_who_is_no_member__is_refused(crowd: Round, outsider: Actor) -> None:
    left, moved, new = *crowd.founders[1:], crowd.evm.actor("new")
    crowd.rebind(moved, new)
    crowd.admission.leave(sender=left)
    for nobody in (outsider, crowd.evm.actor("candidate 0"), left, moved):
        with crowd.evm.reverts("allocation: not a member"):
            crowd.cast(nobody, EIGHT)


@pytest.mark.parametrize(("seconds", "counts"), [(-1, True), (0, False), (1, False)])
def test_cast__joined_around_the_second_a_period_began__counts_from_before_it(
    crowd: Round, seconds: int, counts: bool
) -> None:
    newcomer, begins = crowd.evm.actor("newcomer"), crowd.opened_at + MONTH
    crowd.enact(crowd.offering(newcomer), text="offer")
    crowd.evm.warp_to(begins + seconds)
    crowd.admission.accept(sender=newcomer)
    crowd.evm.warp_to(begins + 5)
    if counts:
        crowd.cast(newcomer, EIGHT)
        return
    for _ in range(2):
        with crowd.evm.reverts("allocation: joined too late"):
            crowd.cast(newcomer, EIGHT)
        crowd.evm.warp_to(begins + MONTH - 1)
    crowd.evm.warp(1)
    crowd.cast(newcomer, EIGHT)
    assert crowd.allocation.head()[-2:] == (1, POINTS)


def test_cast__joined_in_the_first_period__waits_for_the_second_also_when_periods_are_skipped(
    crowd: Round,
) -> None:
    newcomer = crowd.evm.actor("newcomer")
    crowd.admit(newcomer)
    crowd.evm.warp(1)
    with crowd.evm.reverts("allocation: joined too late"):
        crowd.cast(newcomer, EIGHT)
    crowd.evm.warp_to(crowd.opened_at + 3 * MONTH)
    other = crowd.evm.actor("other")
    crowd.admit(other)
    crowd.cast(newcomer, EIGHT)
    (log,) = named(crowd.evm, "PeriodClosed")
    assert log.args["period"] == 3
    with crowd.evm.reverts("allocation: joined too late"):
        crowd.cast(other, EIGHT)


def test_cast__a_seat_that_moved__waits_for_the_next_period_and_keeps_its_ballot(
    crowd: Round,
) -> None:
    old, new = crowd.founders[2], crowd.evm.actor("new")
    crowd.cast(old, {1: POINTS})
    crowd.rebind(old, new)
    crowd.evm.warp(1)
    assert crowd.allocation.ballot_of(new) == (packed({1: POINTS}), 1)
    assert crowd.allocation.ballot_of(old) == (0, 0)
    assert crowd.tallies(1) == [POINTS]
    for choices in ({2: POINTS}, {}):
        with crowd.evm.reverts("allocation: joined too late"):
            crowd.cast(new, choices)
    crowd.end_period()
    crowd.cast(new, {2: POINTS})
    assert crowd.tallies(1, 2) == [0, POINTS]
    assert crowd.allocation.head()[-2:] == (1, POINTS)
    assert crowd.allocation.ballot_of(new) == (packed({2: POINTS}), 2)


# --- drop --------------------------------------------------------------------------------------


@pytest.fixture
def gone(crowd: Round) -> Actor:
    """A founder who has cast, and left in the first period."""
    leaver = crowd.founders[2]
    crowd.cast(crowd.founders[0], {1: POINTS})
    crowd.cast(leaver, {1: 4_000, 2: 6_000})
    crowd.admission.leave(sender=leaver)
    return leaver


def test_drop__in_the_period_in_which_she_left__still_counts(crowd: Round, gone: Actor) -> None:
    crowd.give(20_000, earmark=1)
    crowd.evm.warp_to(crowd.opened_at + MONTH - 1)
    with crowd.evm.reverts("allocation: still counts"):
        crowd.allocation.drop([gone], sender=crowd.relayer)
    assert crowd.close() == 20_000
    assert crowd.waiting(1, 2) == [14_000, 6_000]


def test_drop__in_the_next__takes_it_out_whoever_asks(crowd: Round, gone: Actor) -> None:
    crowd.give(20_000, earmark=1)
    crowd.end_period()
    crowd.allocation.drop([gone], sender=crowd.relayer)
    assert [log.name for log in crowd.evm.logs] == ["Reserved", "PeriodClosed", "AllocationDropped"]
    assert crowd.evm.logs[-1].args == {"account": gone.address, "seat": 3}
    assert crowd.waiting(1, 2) == [14_000, 6_000]
    assert crowd.tallies(1, 2) == [POINTS, 0]
    head = crowd.allocation.head()
    assert (head.total, head.ballots) == (POINTS, 1)
    assert crowd.allocation.ballot_of(gone) == (0, 1)
    crowd.give(500, earmark=1)
    crowd.close()
    assert crowd.waiting(1, 2) == [14_500, 6_000]
    crowd.check()


def test_drop__nobody_asks__her_ballot_goes_on_counting(crowd: Round, gone: Actor) -> None:
    """A limit that is written down: somebody has to ask, in the period."""
    assert crowd.close() == 0
    crowd.give(20_000, earmark=1)
    assert crowd.close() == 20_000
    assert crowd.waiting(1, 2) == [14_000, 6_000]
    crowd.allocation.drop([gone], sender=crowd.relayer)
    assert crowd.tallies(1, 2) == [POINTS, 0]


def test_drop__expelled_by_vote__counts_to_the_end_of_her_period(crowd: Round) -> None:
    expelled = crowd.founders[1]
    crowd.cast(expelled, {3: POINTS})
    crowd.enact(crowd.expelling(expelled), text="expel")
    with crowd.evm.reverts("allocation: still counts"):
        crowd.allocation.drop([expelled], sender=crowd.relayer)
    with crowd.evm.reverts("allocation: not a member"):
        crowd.cast(expelled, {4: POINTS})
    crowd.give(9, earmark=1)
    assert crowd.close() == 9
    crowd.allocation.drop([expelled], sender=crowd.relayer)
    assert crowd.allocation.head()[-2:] == (0, 0)
    crowd.give(9, earmark=1)
    assert crowd.close() == 0
    assert crowd.waiting(3) == [9]


def test_drop__left_in_the_second_a_period_began__counts_in_it(crowd: Round) -> None:
    """Whoever was there as the second began was there in the period."""
    for leaver, second, counts in ((1, MONTH - 1, False), (2, MONTH, True)):
        crowd.cast(crowd.founders[leaver], {leaver: POINTS})
        crowd.evm.warp_to(crowd.opened_at + second)
        crowd.admission.leave(sender=crowd.founders[leaver])
        if counts:
            with crowd.evm.reverts("allocation: still counts"):
                crowd.allocation.drop([crowd.founders[leaver]], sender=crowd.relayer)
    crowd.allocation.drop([crowd.founders[1]], sender=crowd.relayer)
    assert crowd.tallies(1, 2) == [0, POINTS]


def test_drop__a_member__is_refused(crowd: Round) -> None:
    crowd.cast(crowd.founders[0], EIGHT)
    for _ in range(2):
        with crowd.evm.reverts("allocation: still counts"):
            crowd.allocation.drop([crowd.founders[0]], sender=crowd.relayer)
        crowd.end_period()


def test_drop__left_and_came_back__is_refused_since_she_is_a_member(crowd: Round) -> None:
    """A limit that is written down: what she once cast counts again."""
    back = crowd.founders[2]
    crowd.cast(back, {1: POINTS})
    crowd.admission.leave(sender=back)
    crowd.end_period()
    crowd.voters = crowd.founders[:2]
    crowd.admit(back)
    assert crowd.tallies(1) == [POINTS]
    with crowd.evm.reverts("allocation: still counts"):
        crowd.allocation.drop([back], sender=crowd.relayer)
    crowd.end_period()
    crowd.cast(back, {2: POINTS})
    assert crowd.allocation.ballot_of(back) == (packed({2: POINTS}), 2)


def test_drop__an_account_without_a_ballot__is_refused(
    crowd: Round, gone: Actor, outsider: Actor
) -> None:
    crowd.end_period()
    for accounts in ([outsider], [gone, gone], [gone, outsider]):
        with crowd.evm.reverts("allocation: no such ballot"):
            crowd.allocation.drop(accounts, sender=crowd.relayer)
    crowd.allocation.drop([gone], sender=crowd.relayer)
    with crowd.evm.reverts("allocation: no such ballot"):
        crowd.allocation.drop([gone], sender=crowd.relayer)


def test_drop__one_of_them_still_counts__drops_nobody(crowd: Round, gone: Actor) -> None:
    crowd.end_period()
    with crowd.evm.reverts("allocation: still counts"):
        crowd.allocation.drop([gone, crowd.founders[0]], sender=crowd.relayer)


def test_drop__the_old_key_of_a_seat_that_moved__reaches_nothing(crowd: Round) -> None:
    """The ballot is the seat's, and the seat is the new key's."""
    old, new = crowd.founders[2], crowd.evm.actor("new")
    crowd.cast(old, {1: POINTS})
    crowd.rebind(old, new)
    for _ in range(2):
        with crowd.evm.reverts("allocation: no such ballot"):
            crowd.allocation.drop([old], sender=crowd.relayer)
        crowd.end_period()
    with crowd.evm.reverts("allocation: still counts"):
        crowd.allocation.drop([new], sender=crowd.relayer)
    assert crowd.tallies(1) == [POINTS]


def test_drop__a_seat_that_moved_in_this_period__is_refused(crowd: Round) -> None:
    """Her ballot stands, though the new key may change it in the next period only."""
    old, new = crowd.founders[2], crowd.evm.actor("new")
    crowd.cast(old, {1: POINTS})
    crowd.rebind(old, new)
    with crowd.evm.reverts("allocation: still counts"):
        crowd.allocation.drop([new], sender=crowd.relayer)
    assert crowd.tallies(1) == [POINTS]
    crowd.end_period()
    crowd.cast(new, {1: POINTS})
    assert crowd.allocation.ballot_of(new) == (packed({1: POINTS}), 2)


def test_drop__64_at_once__are_the_most(evm: Evm) -> None:
    crowd = Round(evm, founders=64)
    crowd.candidates(8)
    for voter in crowd.founders[1:]:
        crowd.cast(voter, EIGHT)
        crowd.admission.leave(sender=voter)
    crowd.end_period()
    with evm.reverts(""):
        crowd.allocation.drop([*crowd.founders, crowd.relayer], sender=crowd.relayer)
    crowd.allocation.drop(crowd.founders[1:], sender=crowd.relayer)
    assert crowd.allocation.head()[-2:] == (0, 0)
    assert crowd.tallies(*range(1, 9)) == [0] * 8


# --- no order anywhere -------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [1, 2])
def test_tallies__the_same_ballots_in_any_order__are_the_same(evm: Evm, rule: int) -> None:
    crowd = Round(evm, founders=4, terms=Terms(rule=rule))
    crowd.candidates(9)
    first = [{1: POINTS}, EIGHT, {2: 1, 9: 9_999}, {}]
    last: list[dict[int, int]] = [{3: 3_333, 4: 6_667}, {9: POINTS}, EIGHT, {1: 400, 5: 9_600}]
    found: list[Any] = []
    for order in ((0, 1, 2, 3), (3, 1, 0, 2), (2, 3, 1, 0)):
        point = evm.snapshot()
        for ballots in (first, last):
            for each in order:
                crowd.cast(crowd.founders[each], ballots[each])
        found.append((crowd.tallies(*range(1, 10)), crowd.allocation.head()))
        evm.restore(point)
    assert found[0] == found[1] == found[2]
    assert sum(found[0][0]) == found[0][1].total


def test_calls__of_the_round_by_proposal__are_of_the_rules_class(crowd: Round) -> None:
    data = crowd.allocation.calldata("strike", 1)
    proposal = crowd.propose((crowd.allocation, 0, data), text="class")
    assert crowd.word(proposal)["kind"] == RULES
