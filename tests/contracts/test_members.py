# SPDX-License-Identifier: AGPL-3.0-only
"""Members: one person, one seat; who comes, goes and moves, by whom, and who is counted when."""

from typing import Any

import pytest

from tests.contracts.coop import (
    CLASSES,
    FOR,
    ORDINARY,
    ZERO,
    Coop,
    Desk,
    Ways,
    named,
    poke,
    stricter,
)
from tests.contracts.evm import Actor, Evm
from tests.contracts.words import HEAD, changed

U32 = 2**32 - 1
U40 = 2**40 - 1


def fields(desk: Desk | Coop, account: Any) -> dict[str, int]:
    """The member word of an account, taken apart by the layout in the interface."""
    word = desk.governor.member_words(account)
    return {
        "seat": word & U32,
        "joined_at": word >> 32 & U40,
        "left_at": word >> 72 & U40,
        "times_joined": word >> 112 & U32,
        "rebinds": word >> 144 & U32,
    }


@pytest.fixture
def people(evm: Evm) -> list[Actor]:
    """Ten of them."""
    return [evm.actor(f"person {n}") for n in range(10)]


# --- admit -------------------------------------------------------------------------------------


def test_admit__offered_by_vote_and_accepted__seats_them_in_order(
    evm: Evm, people: list[Actor]
) -> None:
    coop = Coop(evm, ways=Ways(joins_bps=10_000))
    coop.enact(coop.offering(*people[:2]))
    for n, person in enumerate(people[:2]):
        coop.admission.accept(sender=person)
        (admitted,) = named(evm, "MemberAdmitted")
        assert admitted.args == {"account": person.address, "seat": 4 + n, "times_joined": 1}
    assert fields(coop, people[1]) == {
        "seat": 5,
        "joined_at": evm.now,
        "left_at": 0,
        "times_joined": 1,
        "rebinds": 0,
    }
    assert coop.governor.member_count() == 5
    assert coop.governor.isMember(people[0])


def test_admit__sixty_four_in_one_call__fit(desk: Desk) -> None:
    """The most founders that a pool can have."""
    crowd = [desk.evm.actor(f"crowd {n}") for n in range(65)]
    desk.governor.admit(crowd[:64], sender=desk.door)
    assert desk.evm.gas_used < 1_750_000
    assert desk.governor.member_count() == 64
    assert fields(desk, crowd[63])["seat"] == 64
    with desk.evm.reverts(""):
        desk.governor.admit(crowd, sender=desk.door)


def test_admit__zero_address_or_a_member_or_one_twice__is_refused(
    desk: Desk, people: list[Actor]
) -> None:
    desk.admit(people[9])
    wrong: tuple[tuple[str, list[Any]], ...] = (
        ("members: the zero address", [ZERO]),
        ("members: a member already", [people[9]]),
        ("members: a member already", [people[0], people[0]]),
    )
    for reason, accounts in wrong:
        with desk.evm.reverts(reason):
            desk.governor.admit(accounts, sender=desk.door)
    assert desk.governor.member_count() == 1


def test_admit__by_anybody_but_the_door__is_refused(
    coop: Coop, desk: Desk, outsider: Actor
) -> None:
    for caller in (outsider, coop.founders[0], coop.patron):
        with coop.evm.reverts("governor: not by this caller"):
            coop.governor.admit([outsider], sender=caller)
    # the Hub seats the founders and nobody later
    desk.governor.admit([outsider], sender=desk.hub)
    with coop.evm.reverts("governor: not by this caller"):
        desk.governor.admit([coop.patron], sender=desk.hub)
    # a part is not a door
    part = coop.part()
    with coop.evm.reverts("governor: not by this caller"):
        coop.governor.admit([outsider], sender=part)


def test_admit__by_a_unanimous_vote__is_refused(coop: Coop, outsider: Actor) -> None:
    call = coop.governor.calldata("admit", [outsider])
    proposal = coop.passed((coop.governor, 0, call))
    with coop.evm.reverts("governor: not by this caller"):
        coop.execute(proposal)
    assert not coop.governor.isMember(outsider)


def test_admit__nobody__changes_no_number(desk: Desk, people: list[Actor]) -> None:
    desk.admit(people[0])
    desk.evm.warp(5)
    desk.governor.admit([], sender=desk.door)
    assert desk.evm.logs == []
    desk.evm.warp(1)
    assert desk.governor.member_count() == 1
    found = [desk.governor.getPastTotalSupply(desk.evm.now - n) for n in (1, 5, 6)]
    assert found == [1, 1, 0]


def test_admit__beyond_262144_seats__is_refused_whoever_has_left(
    desk: Desk, people: list[Actor]
) -> None:
    """Seats are counted, not members: coming and going uses them up as well."""
    desk.admit(people[0])
    desk.evm.warp(1)
    poke(desk.governor, "head", changed(desk.governor.head(), HEAD, seats=2**18 - 1))
    desk.admit(people[1])
    assert fields(desk, people[1])["seat"] == 2**18
    with desk.evm.reverts("members: too many seats"):
        desk.admit(people[2])
    desk.remove(people[1])
    with desk.evm.reverts("members: too many seats"):
        desk.admit(people[2])
    # her own old seat is hers still
    desk.admit(people[1])
    desk.rebind(people[1], people[2])
    assert fields(desk, people[2])["seat"] == 2**18


# --- remove ------------------------------------------------------------------------------------


def test_remove__by_a_membership_vote__ends_it_now(coop: Coop) -> None:
    coop.enact(coop.removing(coop.founders[2]))
    (log,) = named(coop.evm, "MemberRemoved")
    assert log.args == {"account": coop.founders[2].address, "seat": 3}
    assert fields(coop, coop.founders[2])["left_at"] == coop.evm.now
    assert coop.governor.member_count() == 2
    assert not coop.governor.isMember(coop.founders[2])


def test_remove__somebody_else__is_refused(coop: Coop, outsider: Actor) -> None:
    proposal = coop.passed(coop.removing(outsider))
    with coop.evm.reverts("members: not a member"):
        coop.execute(proposal)
    proposal = coop.passed(coop.removing(coop.founders[2]))
    coop.admission.leave(sender=coop.founders[2])
    with coop.evm.reverts("members: not a member"):
        coop.execute(proposal)


def test_remove__the_last_member__is_refused(desk: Desk, people: list[Actor]) -> None:
    desk.admit(*people[:2])
    desk.remove(people[0])
    with desk.evm.reverts("members: the last one stays"):
        desk.remove(people[1])


def test_remove__by_anybody_but_a_vote_or_the_door__is_refused(coop: Coop, outsider: Actor) -> None:
    for caller in (outsider, coop.founders[0]):
        with coop.evm.reverts("governor: not by this caller"):
            coop.governor.remove(coop.founders[0], sender=caller)


def test_rejoin__keeps_the_seat_and_counts_the_times(desk: Desk, people: list[Actor]) -> None:
    desk.admit(*people[:3])
    for times in (2, 3):
        desk.evm.warp(10)
        desk.remove(people[1])
        desk.evm.warp(10)
        desk.admit(people[1])
        assert fields(desk, people[1]) == {
            "seat": 2,
            "joined_at": desk.evm.now,
            "left_at": 0,
            "times_joined": times,
            "rebinds": 0,
        }
    desk.admit(people[3])
    assert fields(desk, people[3])["seat"] == 4
    assert desk.governor.member_count() == 4


# --- rebind ------------------------------------------------------------------------------------


def test_rebind__by_a_membership_vote__moves_the_seat_as_a_young_one(
    coop: Coop, people: list[Actor]
) -> None:
    before = fields(coop, coop.founders[1])
    coop.rebind(coop.founders[1], people[0])
    (log,) = named(coop.evm, "MemberRebound")
    assert log.args == {"seat": 2, "old": coop.founders[1].address, "new": people[0].address}
    expected = {**before, "joined_at": coop.evm.now, "times_joined": 1, "rebinds": 1}
    assert fields(coop, people[0]) == expected
    assert fields(coop, coop.founders[1]) == {
        "seat": 0,
        "joined_at": 0,
        "left_at": 0,
        "times_joined": 1,
        "rebinds": 0,
    }
    assert coop.governor.member_count() == 3
    assert coop.governor.isMember(people[0])
    assert not coop.governor.isMember(coop.founders[1])


def test_rebind__again_and_back__counts_on(desk: Desk, people: list[Actor]) -> None:
    desk.admit(*people[:2])
    desk.rebind(people[0], people[2])
    desk.rebind(people[2], people[0])
    assert fields(desk, people[0])["rebinds"] == 2
    assert fields(desk, people[0])["times_joined"] == 2
    assert fields(desk, people[2])["times_joined"] == 1
    desk.remove(people[0])
    desk.admit(people[0])
    assert fields(desk, people[0])["rebinds"] == 2
    assert fields(desk, people[0])["seat"] == 1


def test_rebind__once_and_left_and_back__still_counts_as_one(
    desk: Desk, people: list[Actor]
) -> None:
    desk.admit(*people[:2])
    desk.rebind(people[0], people[2])
    desk.remove(people[2])
    desk.admit(people[2])
    assert fields(desk, people[2])["rebinds"] == 1


def test_rebind__old_key_admitted_anew__is_another_person(desk: Desk, people: list[Actor]) -> None:
    desk.admit(*people[:2])
    desk.rebind(people[0], people[2])
    desk.admit(people[0])
    assert fields(desk, people[0])["seat"] == 3
    assert fields(desk, people[2])["seat"] == 1
    assert desk.governor.member_count() == 3


def test_rebind__wrongly__is_refused(desk: Desk, people: list[Actor]) -> None:
    desk.admit(*people[:3])
    desk.remove(people[2])
    with desk.evm.reverts("members: rebind to zero"):
        desk.rebind(people[0], "0x" + "00" * 20)
    with desk.evm.reverts("members: nothing to rebind"):
        desk.rebind(people[5], people[6])
    with desk.evm.reverts("members: nothing to rebind"):
        desk.rebind(people[2], people[6])
    for taken in (people[0], people[1], people[2]):
        with desk.evm.reverts("members: new account has a seat"):
            desk.rebind(people[0], taken)


def test_rebind__by_anybody_but_the_door__is_refused(coop: Coop, people: list[Actor]) -> None:
    """Not even a vote: it may ask the Admission, where the old key can object for a week."""
    for caller in (people[0], coop.founders[1], coop.part()):
        with coop.evm.reverts("governor: not by this caller"):
            coop.governor.rebind(coop.founders[1], people[0], sender=caller)
    call = coop.governor.calldata("rebind", coop.founders[1], people[0])
    proposal = coop.passed((coop.governor, 0, call), text="at once")
    with coop.evm.reverts("governor: not by this caller"):
        coop.execute(proposal)


# --- who is counted when -----------------------------------------------------------------------


@pytest.mark.parametrize(("offset", "votes"), [(-1, True), (0, False), (1, False)])
def test_electorate__joined_around_the_proposal__only_strictly_before(
    desk: Desk, people: list[Actor], offset: int, votes: bool
) -> None:
    desk.admit(people[0])
    desk.evm.warp(10)
    if offset == -1:
        desk.admit(people[1])
        desk.evm.warp(1)
    proposal = desk.propose((people[9], 0, b""), by=people[0])
    if offset == 0:
        desk.admit(people[1])
    if offset == 1:
        desk.evm.warp(1)
        desk.admit(people[1])
    assert desk.word(proposal)["electorate"] == (2 if votes else 1)
    desk.open(proposal)
    if votes:
        desk.vote(proposal, FOR, people[1])
    else:
        with desk.evm.reverts("governor: joined too late"):
            desk.vote(proposal, FOR, people[1])


def test_electorate__joined_in_the_same_second_before_the_proposal__does_not_count(
    desk: Desk, people: list[Actor]
) -> None:
    """Stuffing by a transaction in front of the proposal's, in the same block."""
    desk.admit(*people[:2])
    desk.evm.warp(10)
    desk.admit(*people[2:9])
    proposal = desk.propose((people[9], 0, b""), by=people[0])
    assert desk.word(proposal)["electorate"] == 2
    desk.open(proposal)
    for late in people[2:9]:
        with desk.evm.reverts("governor: joined too late"):
            desk.vote(proposal, FOR, late)


def test_electorate__left_in_the_same_second__still_counted_but_votes_no_more(
    desk: Desk, people: list[Actor]
) -> None:
    desk.admit(*people[:3])
    desk.evm.warp(10)
    desk.remove(people[2])
    proposal = desk.propose((people[9], 0, b""), by=people[0])
    assert desk.word(proposal)["electorate"] == 3
    desk.open(proposal)
    with desk.evm.reverts("governor: not a member"):
        desk.vote(proposal, FOR, people[2])
    desk.admit(people[2])
    with desk.evm.reverts("governor: joined too late"):
        desk.vote(proposal, FOR, people[2])


# --- IVotes ------------------------------------------------------------------------------------


def test_ivotes__weight_and_delegation__are_one_and_oneself(
    coop: Coop, people: list[Actor]
) -> None:
    governor, now = coop.governor, coop.evm.now
    assert governor.getVotes(coop.founders[0]) == 1
    assert governor.getVotes(people[0]) == 0
    assert governor.delegates(people[0]) == people[0].address
    # founded in the second before: as that second began nobody was a member
    assert governor.getPastVotes(coop.founders[0], now - 1) == 0
    assert governor.getPastTotalSupply(now - 1) == 0
    coop.evm.warp(1)
    assert governor.getPastVotes(coop.founders[0], now) == 1
    assert governor.getPastVotes(people[0], now) == 0
    assert governor.getPastTotalSupply(now) == 3


def test_ivotes__the_present_or_the_future__is_refused(coop: Coop) -> None:
    for timepoint in (coop.evm.now, coop.evm.now + 1, 2**256 - 1):
        for view, arguments in (
            ("getPastVotes", (coop.founders[0], timepoint)),
            ("getPastTotalSupply", (timepoint,)),
            ("quorum", (timepoint,)),
        ):
            with coop.evm.reverts("members: not in the past yet"):
                getattr(coop.governor, view)(*arguments)


def test_quorum__at_a_past_second__rounds_up(evm: Evm) -> None:
    """20 % of 1 to 11 members."""
    desk = Desk(evm, CLASSES)
    evm.warp(1)
    start = evm.now
    for n in range(11):
        desk.admit(evm.actor(f"member {n}"))
        evm.warp(1)
    found = [desk.governor.quorum(start + n) for n in range(11)]
    assert found == [0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]


def test_quorum__a_ten_thousandth_over_two__is_three(evm: Evm) -> None:
    """66.67 % of three members."""
    desk = Desk(evm, stricter(CLASSES, ORDINARY, quorum_bps=6667))
    desk.admit(*(evm.actor(f"member {n}") for n in range(3)))
    evm.warp(2)
    assert desk.governor.quorum(evm.now - 1) == 3
