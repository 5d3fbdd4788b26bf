# SPDX-License-Identifier: AGPL-3.0-only
"""Pledges: from which period they count, how they are changed and stopped, and what is refused."""

from typing import Any

import pytest

from tests.contracts.coop import named
from tests.contracts.crowds import NOBODY, Crowd, Terms, goal_terms
from tests.contracts.evm import Actor, Evm


@pytest.fixture
def crowd(evm: Evm) -> Crowd:
    """A rate of 1,000 and caps of 1,000, 2,000, 4,000 and 8,000, for 6 periods."""
    return Crowd(evm, Terms(rounds=6, step_bps=10_000, levels=4))


@pytest.fixture
def ann(crowd: Crowd) -> Actor:
    return crowd.patrons(1)[0]


def test_pledge__effect_and_event__from_the_next_period(crowd: Crowd, ann: Actor) -> None:
    crowd.pledge(ann, 4, 2, 3, 48_000)
    (log,) = named(crowd.evm, "Pledged")
    told = {"amount": 4, "level": 2, "first": 2, "last": 4, "put_in": 48_000}
    assert (log.address, log.args) == (crowd.match.address, {"patron": ann.address, **told})
    (given,) = named(crowd.evm, "Given")
    assert (given.args["earmark_id"], given.args["note"]) == (1, "pledge")
    found, due, free = crowd.match.patron_of(ann)
    assert found == (4, 2, 2, 4, 0, 48_000, 0, 0, 0)
    assert (due, free) == (0, 0)
    assert crowd.books() == (48_000, 0, 0)
    # 4 shares weigh 3
    worths = [crowd.settle()[1:] for _ in range(6)]
    one = (3_000, 2, 4, 12_000)
    assert worths == [(0, NOBODY, 0, 0), one, one, one, (0, NOBODY, 0, 0), (0, NOBODY, 0, 0)]
    assert crowd.purse(ann) == (48_000, 36_000, 12_000)
    assert crowd.withdraw(ann) == 12_000
    assert crowd.books() == (0, 0, 36_000)


@pytest.mark.parametrize(
    ("args", "value", "reason"),
    [
        ((0, 0, 1, 0), 0, "crowdmatch: bad amount"),
        ((1_001, 3, 1, 8_008_000), 8_008_000, "crowdmatch: bad amount"),
        ((2**256 - 1, 0, 1, 1), 1, "crowdmatch: bad amount"),
        ((1, 4, 1, 8_000), 8_000, "ladder: no such level"),
        ((1, 2**255, 1, 8_000), 8_000, "ladder: no such level"),
        ((1, 0, 0, 1_000), 1_000, "crowdmatch: 1 to 60 periods"),
        ((1, 0, 61, 61_000), 61_000, "crowdmatch: 1 to 60 periods"),
        ((1, 0, 6, 6_000), 6_000, "crowdmatch: too few periods left"),
        ((1, 0, 2, 1_999), 1_999, "crowdmatch: too little put in"),
        ((1, 0, 2, 0), 0, "crowdmatch: too little put in"),
        ((1, 0, 2, 2_000), 1_999, "deposit: not the amount in ETH"),
        ((1, 0, 2, 0), 2_000, "deposit: not the amount in ETH"),
        ((1, 0, 2, 2_000), 2_001, "deposit: not the amount in ETH"),
    ],
)
def test_pledge__out_of_bounds__is_refused(
    crowd: Crowd, ann: Actor, args: Any, value: int, reason: str
) -> None:
    with crowd.evm.reverts(reason):
        crowd.match.pledge(*args, sender=ann, value=value)


def test_pledge__sixty_periods_at_most_shares__are_taken_and_billed_at_once(evm: Evm) -> None:
    crowd = Crowd(evm, Terms(rounds=61, most=1_000_000, rate=1, first_cap=30, levels=1, step_bps=0))
    (ann,) = crowd.patrons(1)
    crowd.pledge(ann, 1_000_000, 0, 60)
    for _ in range(61):
        crowd.settle()
    # 1 + log2 of a million is 20.93: 20 units a share after rounding down
    assert crowd.purse(ann) == (60 * 30 * 10**6, 60 * 20 * 10**6, 60 * 10 * 10**6)
    assert crowd.withdraw(ann) == 60 * 10 * 10**6


def test_pledge__around_the_end_of_a_period__counts_by_its_second(crowd: Crowd) -> None:
    last, first = crowd.patrons(2)
    crowd.end(1)
    crowd.evm.warp(0)
    crowd.pledge(first, 1, 3)
    # its own block settles what is over
    assert crowd.told() == (1, 0, NOBODY, 0, 0)
    assert crowd.match.patron_of(first)[0].first == 3
    crowd.evm.warp_to(crowd.opened_at + 2 * crowd.terms.period - 1)
    crowd.pledge(last, 1, 3)
    assert crowd.match.patron_of(last)[0].first == 3
    assert crowd.settle().amount == 0
    assert crowd.settle() == (3, 2_000, 3, 2, 4_000)


def test_pledge_and_stop__two_periods_unsettled__are_refused_until_one_is(
    crowd: Crowd, ann: Actor
) -> None:
    crowd.pledge(ann, 1, 3, 4)
    crowd.end(3)
    with crowd.evm.reverts("crowdmatch: settle first"):
        crowd.match.stop(sender=ann)
    with crowd.evm.reverts("crowdmatch: settle first"):
        crowd.match.pledge(1, 3, 1, 0, sender=ann)
    for _ in range(2):
        crowd.settle()
    crowd.match.stop(sender=ann)
    assert crowd.told().period == 3
    assert crowd.match.clock().settled == 3


def test_settle__before_the_end_and_after_the_last__is_refused(crowd: Crowd) -> None:
    crowd.evm.warp_to(crowd.opened_at + crowd.terms.period - 1)
    with crowd.evm.reverts("round: not due yet"):
        crowd.match.settle(sender=crowd.relayer)
    for _ in range(6):
        crowd.settle()
    crowd.evm.warp(9 * crowd.terms.period)
    with crowd.evm.reverts("round: not due yet"):
        crowd.match.settle(sender=crowd.relayer)
    with crowd.evm.reverts("crowdmatch: too few periods left"):
        crowd.match.pledge(1, 0, 1, 1_000, sender=crowd.relayer, value=1_000)


def test_stop__in_force__is_billed_for_the_running_period_only(crowd: Crowd, ann: Actor) -> None:
    crowd.pledge(ann, 1, 3, 4, 32_000)
    crowd.settle()
    crowd.match.stop(sender=ann)
    (log,) = named(crowd.evm, "PledgeStopped")
    assert log.args == {"patron": ann.address, "last": 2}
    # the running one is locked at its cap, the rest is hers at once
    assert crowd.withdraw(ann) == 24_000
    with crowd.evm.reverts("crowdmatch: nothing to take back"):
        crowd.match.withdraw(ann, sender=ann)
    with crowd.evm.reverts("crowdmatch: no pledge to stop"):
        crowd.match.stop(sender=ann)
    assert crowd.settle() == (2, 1_000, 3, 1, 1_000)
    assert crowd.settle().amount == 0
    assert crowd.withdraw(ann) == 7_000
    (billed,) = named(crowd.evm, "Billed")
    assert billed.args == {"patron": ann.address, "amount": 1_000, "up_to": 3}


def test_stop__before_it_began__costs_nothing(crowd: Crowd, ann: Actor) -> None:
    crowd.pledge(ann, 1, 3, 4, 32_000)
    crowd.match.stop(sender=ann)
    (log,) = named(crowd.evm, "PledgeStopped")
    assert log.args["last"] == 0
    assert crowd.withdraw(ann) == 32_000
    assert [crowd.settle().amount for _ in range(6)] == [0] * 6
    assert crowd.books() == (0, 0, 0)


def test_stop__without_a_pledge_or_after_its_end__is_refused(
    crowd: Crowd, ann: Actor, outsider: Actor
) -> None:
    with crowd.evm.reverts("crowdmatch: no pledge to stop"):
        crowd.match.stop(sender=outsider)
    crowd.pledge(ann, 1, 3)
    crowd.settle()
    crowd.settle()
    with crowd.evm.reverts("crowdmatch: no pledge to stop"):
        crowd.match.stop(sender=ann)


def test_pledge__changed_twice_in_one_period__the_old_one_stays_for_it(
    crowd: Crowd, ann: Actor
) -> None:
    crowd.pledge(ann, 1, 3, 5)
    crowd.settle()
    for amount, level in ((2, 1), (4, 2)):
        crowd.pledge(ann, amount, level, 2, 0)
    found = crowd.match.patron_of(ann)[0]
    assert found == (4, 2, 3, 4, 1, 40_000, 1, 3, 2)
    # 8,000 for the running period, 4 * 4,000 * 2 from the next one on
    assert crowd.purse(ann)[2] == 0
    assert [crowd.settle()[1:] for _ in range(4)] == [
        (1_000, 3, 1, 1_000),
        (3_000, 2, 4, 12_000),
        (3_000, 2, 4, 12_000),
        (0, NOBODY, 0, 0),
    ]
    assert crowd.withdraw(ann) == 40_000 - 25_000
    assert crowd.books() == (0, 0, 25_000)


def test_pledge__stopped_and_made_again_in_one_period__leaves_no_gap(
    crowd: Crowd, ann: Actor
) -> None:
    crowd.pledge(ann, 1, 3, 2)
    crowd.settle()
    crowd.match.stop(sender=ann)
    crowd.pledge(ann, 1, 3, 1, 0)
    assert [crowd.settle().collected for _ in range(3)] == [1_000, 1_000, 0]


def test_pledge__a_change_without_enough_for_old_and_new__is_refused(
    crowd: Crowd, ann: Actor
) -> None:
    crowd.pledge(ann, 1, 3, 1)
    crowd.settle()
    with crowd.evm.reverts("crowdmatch: too little put in"):
        crowd.match.pledge(1, 0, 1, 999, sender=ann, value=999)
    crowd.pledge(ann, 1, 0, 1, 1_000)


def test_effect__of_a_pledge__is_the_next_crowd_without_and_with_it(crowd: Crowd) -> None:
    low, high = crowd.patrons(2)
    crowd.pledge(high, 2, 3)
    assert crowd.match.effect(1, 3) == ((2_000, 3, 2), (3_000, 3, 3))
    crowd.pledge(low, 1, 1)
    # one more on top would push the lower one out
    assert crowd.match.effect(1, 2) == ((2_000, 3, 2), (3_000, 2, 3))
    for amount, level, reason in ((1, 4, "ladder: no such level"), (0, 0, "log2: out of bounds")):
        with crowd.evm.reverts(reason):
            crowd.match.effect(amount, level)
    with crowd.evm.reverts("log2: out of bounds"):
        crowd.match.effect(2**32 + 1, 0)


def test_effect__under_a_goal__adds_to_the_amount(evm: Evm) -> None:
    crowd = Crowd(evm, goal_terms(1_000))
    crowd.pledge(crowd.patrons(1)[0], 300, 0)
    assert [found.amount for found in crowd.match.effect(50, 0)] == [300, 350]


# --- members ------------------------------------------------------------------------------------


@pytest.fixture
def club(evm: Evm) -> Crowd:
    """Only members may pledge."""
    return Crowd(evm, Terms(members_only=True))


def test_pledge__by_who_was_no_member_before_the_period__is_refused(
    club: Crowd, outsider: Actor
) -> None:
    newcomer, old = club.patrons(2)
    club.pledge(club.chair, 1, 3)
    club.admit(newcomer)
    for who in (outsider, newcomer):
        with club.evm.reverts("crowdmatch: members only"):
            club.match.pledge(1, 3, 1, club.ladder[3], sender=who, value=club.ladder[3])
    club.evm.warp_to(club.opened_at + club.terms.period)
    club.admit(old)
    club.pledge(newcomer, 1, 3)
    with club.evm.reverts("crowdmatch: members only"):
        club.match.pledge(1, 3, 1, club.ladder[3], sender=old, value=club.ladder[3])


def test_pledge__from_a_seat_that_moved__waits_for_the_end_of_the_old_one(club: Crowd) -> None:
    key, other = club.chair, club.patrons(1)[0]
    club.pledge(key, 1, 9, 2)
    club.rebind(key, other)
    club.settle()
    args = (1, 9, 1, club.ladder[9])
    with club.evm.reverts("crowdmatch: pledges already"):
        club.match.pledge(*args, sender=other, value=args[3])
    with club.evm.reverts("crowdmatch: members only"):
        club.match.pledge(*args, sender=key, value=args[3])
    club.settle()
    club.match.stop(sender=key)
    # it may be billed for period 3; hers counts from the fourth
    club.pledge(other, 1, 9, 1)
    assert [club.settle().amount for _ in range(3)] == [1, 1, 0]
    assert club.withdraw(key) == 2 * club.ladder[9] - 2_000


def test_pledge__of_a_seat_whose_pledge_ended__is_free_for_its_new_key(club: Crowd) -> None:
    key, other = club.chair, club.patrons(1)[0]
    club.pledge(key, 1, 9, 1)
    club.rebind(key, other)
    club.settle()
    club.settle()
    club.pledge(other, 1, 9, 1)
    assert club.match.patron_of(other)[0].first == 4
