# SPDX-License-Identifier: AGPL-3.0-only
"""The Governor's model by itself: what it says is what people would say, without any contract."""

from itertools import product

import pytest

from tests.contracts.coop import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    CANCELED,
    CONSENT,
    DEFEATED,
    EXECUTED,
    EXPIRED,
    FOR,
    MEMBERSHIP,
    ORDINARY,
    PENDING,
    QUEUED,
    RULES,
    SUCCEEDED,
    Rule,
)
from tests.properties.chain import to_address
from tests.properties.model_governor import may_use
from tests.properties.model_governor_members import Membership
from tests.properties.model_governor_motions import Motion

RULE = Rule(10, 100, 50, 30, 2000, 5000, True)
NOBODY = 3  # in place of a ballot


def motion(
    ballots: tuple[int, ...] = (), electorate: int = 5, kind: int = ORDINARY, rule: Rule = RULE
) -> Motion:
    """Proposed in second 1000, with one ballot of each seat."""
    made = Motion(1, to_address(1), (), "", kind, 1, rule, 1000, electorate)
    made.casts = {seat: [each] for seat, each in enumerate(ballots) if each != NOBODY}
    return made


# ---------------------------------------------------------------- who counts when


def test_electorate__comes_and_goes__counts_from_the_next_second_to_the_last() -> None:
    known = Membership()
    known.begin(1, 100)
    known.begin(2, 200)
    known.latest[1].until = 300
    counted = [known.electorate(second) for second in (100, 101, 200, 201, 300, 301)]
    assert counted == [0, 1, 1, 2, 2, 1]


def test_electorate__left_and_back_in_one_second__is_counted_once() -> None:
    known = Membership()
    known.begin(1, 100)
    known.latest[1].until = 200
    known.begin(1, 200)
    assert [known.electorate(second) for second in (200, 201)] == [1, 1]


def test_was_member__earlier_stay__is_not_known_any_more() -> None:
    known = Membership()
    known.seat_of["ann"] = 1
    known.begin(1, 100)
    known.latest[1].until = 200
    known.begin(1, 300)
    assert known.electorate(150) == 1
    assert not known.was_member("ann", 150)
    assert known.was_member("ann", 301)


def test_was_member__seat_that_moved__is_as_young_as_its_account() -> None:
    known = Membership()
    known.seat_of["new"] = 1
    known.begin(1, 100)
    known.latest[1].held = 500
    assert [known.was_member("new", second) for second in (101, 500, 501)] == [False, False, True]
    assert [known.electorate(second) for second in (101, 500, 501)] == [1, 1, 1]


def test_is_member__seat_of_another_account__is_not_hers() -> None:
    known = Membership()
    known.seat_of["ann"] = 1
    known.begin(1, 100)
    known.seat_of["new"] = known.seat_of.pop("ann")
    assert known.members() == ["new"]
    assert not known.is_member("ann")


# ---------------------------------------------------------------- ballots


def test_tally__changed_mind__counts_the_latest() -> None:
    changed = motion()
    changed.casts = {1: [FOR, AGAINST], 2: [ABSTAIN, FOR, FOR], 3: [AGAINST, ABSTAIN]}
    assert changed.tally() == (1, 1, 1)


@pytest.mark.parametrize(
    ("ballots", "passes"),
    [
        ((), False),
        ((FOR,), True),  # one of five is the quorum
        ((ABSTAIN,), False),  # nobody is for it
        ((FOR, AGAINST), False),  # a tie
        ((FOR, AGAINST, FOR), True),
        ((ABSTAIN, ABSTAIN, FOR), True),
        ((AGAINST, AGAINST, ABSTAIN), False),
    ],
)
def test_passes__ordinary__quorum_and_more_for_than_against(
    ballots: tuple[int, ...], passes: bool
) -> None:
    assert motion(ballots).passes() is passes


def test_passes__six_members__a_fifth_is_more_than_one() -> None:
    assert not motion((FOR,), electorate=6).passes()
    assert motion((FOR, ABSTAIN), electorate=6).passes()


def test_passes__two_thirds_asked__two_of_three_are_too_few_for_6667() -> None:
    rule = Rule(10, 100, 50, 30, 2000, 6667, True)
    assert not motion((FOR, FOR, AGAINST), kind=RULES, rule=rule).passes()
    assert motion((FOR, FOR, FOR, AGAINST), kind=RULES, rule=rule).passes()


def test_passes__consent__until_objections_reach_the_share() -> None:
    rule = Rule(0, 100, 0, 30, 1000, 0, True)
    assert motion((), electorate=10, kind=CONSENT, rule=rule).passes()
    assert motion((AGAINST,), electorate=11, kind=CONSENT, rule=rule).passes()
    assert not motion((AGAINST,), electorate=10, kind=CONSENT, rule=rule).passes()


@pytest.mark.parametrize("approval_bps", [5000, 6667, 10_000])
@pytest.mark.parametrize("electorate", [1, 2, 3, 4, 5])
def test_is_certain__every_way_to_go_on__still_passes(electorate: int, approval_bps: int) -> None:
    rule = Rule(10, 100, 50, 30, 2000, approval_bps, True)
    seen = 0
    for ballots in product((AGAINST, FOR, ABSTAIN, NOBODY), repeat=electorate):
        if not motion(ballots, electorate, MEMBERSHIP, rule).is_certain():
            continue
        seen += 1
        ends = [(AGAINST, FOR, ABSTAIN, NOBODY) if b == NOBODY else (b,) for b in ballots]
        assert all(motion(end, electorate, MEMBERSHIP, rule).passes() for end in product(*ends))
    assert seen, "some vote is certain"


def test_is_certain__exactly_half__is_not() -> None:
    assert not motion((FOR, FOR), electorate=4).is_certain()
    assert motion((FOR, FOR, FOR), electorate=4).is_certain()


def test_is_certain__switched_off_or_extended__is_not() -> None:
    assert not motion((FOR,) * 5, rule=Rule(10, 100, 50, 30, 2000, 5000, False)).is_certain()
    extended = motion((FOR,) * 5)
    extended.extended = True
    assert not extended.is_certain()


# ---------------------------------------------------------------- states


@pytest.mark.parametrize(
    ("second", "state"),
    [
        (1010, PENDING),
        (1011, ACTIVE),
        (1110, ACTIVE),
        (1111, QUEUED),
        (1159, QUEUED),
        (1160, SUCCEEDED),
        (1189, SUCCEEDED),
        (1190, EXPIRED),
    ],
)
def test_state__passed__at_every_edge(second: int, state: int) -> None:
    assert motion((FOR,) * 5).state(second) == state


def test_state__lost_or_ended__stays_so() -> None:
    assert motion((AGAINST,)).state(1111) == DEFEATED
    ended = motion((FOR,) * 5)
    for ending in (CANCELED, EXECUTED):
        ended.ending = ending
        assert ended.state(1011) == ending
        assert ended.is_over(1011)


def test_state__closed_early__everything_after_it_moves() -> None:
    closed = motion((FOR,) * 5)
    closed.moved_end = 1020
    assert [closed.state(second) for second in (1020, 1021, 1070)] == [ACTIVE, QUEUED, SUCCEEDED]


# ---------------------------------------------------------------- descriptions


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("a plain one", True),
        ("mine #proposer=0x00000000000000000000000000000000000000Ab", True),
        ("mine #proposer=0x00000000000000000000000000000000000000AB", True),
        ("hers #proposer=0x00000000000000000000000000000000000000Ac", False),
        ("cut #proposer=0x00000000000000000000000000000000000000A", True),
        ("inside #proposer=0x00000000000000000000000000000000000000Ac.", True),
    ],
)
def test_may_use__suffix__is_for_one_account(text: str, allowed: bool) -> None:
    assert may_use(text, to_address(0xAB)) is allowed
