# SPDX-License-Identifier: AGPL-3.0-only
"""Who is on a team, and how she comes on it and off it again."""

import pytest

from tests.contracts.coop import DAY, ZERO
from tests.contracts.evm import Actor, Evm
from tests.contracts.teams import MONTH, Crew, Payday


@pytest.fixture
def crew(evm: Evm) -> Crew:
    return Crew(evm)


def told(crew: Crew) -> list[tuple[str, str]]:
    """What the team said, and of whom."""
    return [(log.name, log.args["account"]) for log in crew.own()]


# --- admit ----------------------------------------------------------------------------------


def test_admit__members_of_the_pool__are_on_it_in_order(crew: Crew) -> None:
    assert crew.roster() == [2, 3, 4]
    new = crew.members(2)
    crew.decide(crew.putting(*new))
    assert told(crew) == [("TeamJoined", who.address) for who in new]
    assert [log.args["seat"] for log in crew.own()] == [5, 6]
    assert crew.roster() == [2, 3, 4, 5, 6]
    assert crew.team.head().members == 5
    for person in new:
        assert crew.team.take_of(person) == (0, 0, True)


def test_admit__some_are_on_it_or_left_the_pool_by_then__the_others_are_put_on_it(
    crew: Crew, outsider: Actor
) -> None:
    """One of a list must not undo the vote for all, by joining or by leaving in time."""
    ada, ben, eve = crew.members(3)
    ready = crew.ready(crew.putting(ada, ben, ben, eve, outsider, ZERO, crew.mates[0]))
    for mate in crew.mates[:2]:
        crew.team.invite(ada, sender=mate)
    crew.gone(eve)
    crew.execute(ready)
    assert told(crew) == [("TeamJoined", ben.address)]
    assert crew.roster() == [2, 3, 4, crew.seat(ada), crew.seat(ben)]


def test_admit__65_on_a_throttled_team__is_refused(evm: Evm) -> None:
    crew = Crew(evm, 64, throttle=1)
    (late,) = crew.members(1)
    ready = crew.ready(crew.putting(late))
    with evm.reverts("team: it is full"):
        crew.execute(ready)
    crew.team.leave(sender=crew.mates[0])
    crew.execute(ready)
    assert crew.team.head().members == 64
    assert sorted(crew.roster()) == [*range(3, 66), crew.seat(late)]


def test_admit__more_than_64_on_a_team_without_throttle__is_done(evm: Evm) -> None:
    crew = Crew(evm, 70)
    assert crew.roster() == list(range(2, 72))
    crew.give(7_000)
    crew.take(*[200] * 70)
    assert crew.close() == Payday(1, 7_000, 14_000, 0)
    assert crew.waiting() == [100] * 70


# --- invite ---------------------------------------------------------------------------------


def test_invite__as_many_as_are_needed__puts_her_on_it(crew: Crew) -> None:
    (guest,) = crew.members(1)
    ada, ben, eve = crew.mates
    crew.team.invite(guest, sender=ada)
    (said,) = crew.own()
    assert said.name == "Invited"
    assert said.args == {"account": guest.address, "by": ada.address, "invitations": 1}
    assert crew.team.invitations_of(guest) == 1
    assert crew.team.take_of(guest) == (0, 0, False)
    crew.team.invite(guest, sender=ben)
    assert told(crew) == [("Invited", guest.address), ("TeamJoined", guest.address)]
    assert crew.team.take_of(guest) == (0, 0, True)
    assert crew.team.invitations_of(guest) == 2
    assert crew.roster() == [2, 3, 4, 5]
    with crew.evm.reverts("team: on it already"):
        crew.team.invite(guest, sender=eve)


def test_invite__one_inviter_is_enough_where_the_terms_say_so__at_once(evm: Evm) -> None:
    crew = Crew(evm, inviters=1)
    (guest,) = crew.members(1)
    crew.team.invite(guest, sender=crew.mates[2])
    assert crew.roster() == [2, 3, 4, 5]


def test_invite__64_inviters_and_three_on_the_team__is_never_enough(evm: Evm) -> None:
    crew = Crew(evm, inviters=64)
    (guest,) = crew.members(1)
    for mate in crew.mates:
        crew.team.invite(guest, sender=mate)
    assert crew.team.invitations_of(guest) == 3
    assert crew.roster() == [2, 3, 4]


def test_invite__twice_by_the_same__is_refused(crew: Crew) -> None:
    (guest,) = crew.members(1)
    ada = crew.mates[0]
    crew.team.invite(guest, sender=ada)
    with crew.evm.reverts("team: invited already"):
        crew.team.invite(guest, sender=ada)
    key = crew.evm.actor("ada's other key")
    crew.moved(ada, key)
    with crew.evm.reverts("team: invited already"):
        crew.team.invite(guest, sender=key)
    crew.team.leave(sender=key)
    crew.decide(crew.putting(key))
    with crew.evm.reverts("team: invited already"):
        crew.team.invite(guest, sender=key)
    assert crew.team.invitations_of(guest) == 1


def test_invite__by_others__is_refused(crew: Crew, outsider: Actor) -> None:
    (guest,) = crew.members(1)
    ada, ben, eve = crew.mates
    crew.gone(ada)
    crew.team.leave(sender=ben)
    for caller in (outsider, crew.chair, guest, ada, ben, crew.relayer):
        with crew.evm.reverts("team: only the team invites"):
            crew.team.invite(guest, sender=caller)
    crew.team.invite(guest, sender=eve)


def test_invite__who_is_no_member_of_the_pool__is_refused(crew: Crew, outsider: Actor) -> None:
    (guest,) = crew.members(1)
    crew.gone(guest)
    for who in (outsider, guest, ZERO):
        with crew.evm.reverts("team: not a member"):
            crew.team.invite(who, sender=crew.mates[0])
    assert crew.team.invitations_of(outsider) == 0


def test_invite__somebody_on_it__is_refused(crew: Crew) -> None:
    for who in crew.mates:
        with crew.evm.reverts("team: on it already"):
            crew.team.invite(who, sender=crew.mates[0])


def test_invite__invitations_of_an_earlier_time__are_void(crew: Crew) -> None:
    ada, ben, _ = crew.mates
    (guest,) = crew.members(1)
    crew.team.invite(guest, sender=ada)
    # put on it by vote meanwhile, and off again by herself
    crew.decide(crew.putting(guest))
    crew.team.leave(sender=guest)
    assert crew.team.invitations_of(guest) == 0
    crew.team.invite(guest, sender=ben)
    assert crew.team.take_of(guest)[2] is False
    # and who invited her in that time may do so in this
    crew.team.invite(guest, sender=ada)
    assert crew.team.take_of(guest)[2] is True
    assert crew.team.invitations_of(guest) == 2


def test_invite__she_left_the_pool_and_came_back__the_invitations_stand(crew: Crew) -> None:
    (guest,) = crew.members(1)
    crew.team.invite(guest, sender=crew.mates[0])
    crew.gone(guest)
    crew.evm.warp(1)
    crew.join(guest)
    crew.team.invite(guest, sender=crew.mates[1])
    assert crew.team.take_of(guest) == (0, 0, True)


def test_invite__the_team_is_full__only_the_last_invitation_is_refused(evm: Evm) -> None:
    crew = Crew(evm, 64, throttle=1)
    (guest,) = crew.members(1)
    crew.team.invite(guest, sender=crew.mates[0])
    with evm.reverts("team: it is full"):
        crew.team.invite(guest, sender=crew.mates[1])
    crew.team.leave(sender=crew.mates[2])
    crew.team.invite(guest, sender=crew.mates[1])
    assert crew.team.head().members == 64


# --- leave ----------------------------------------------------------------------------------


def test_leave__in_the_middle__the_last_gets_her_place(evm: Evm) -> None:
    crew = Crew(evm, 5)
    ada, ben, eve, joe, liz = crew.mates
    crew.take(10, 20, 30, 40, 50)
    crew.team.leave(sender=ben)
    assert [log.name for log in crew.own()] == ["TakeSet", "TeamLeft"]
    assert crew.own()[0].args == {"account": ben.address, "seat": 3, "take": 0}
    assert crew.own()[1].args == {"account": ben.address, "seat": 3}
    assert crew.roster() == [2, 6, 4, 5]
    crew.team.leave(sender=joe)  # the last
    assert crew.roster() == [2, 6, 4]
    crew.team.leave(sender=liz)  # who had moved
    assert crew.roster() == [2, 4]
    crew.team.leave(sender=ada)
    crew.team.leave(sender=eve)
    assert crew.roster() == []
    head = crew.team.head()
    assert (head.members, head.total) == (0, 0)


def test_leave__in_a_period__her_take_does_not_count_but_what_waits_stays_hers(
    crew: Crew,
) -> None:
    ada, ben, _ = crew.mates
    crew.give(900)
    crew.take(1_000, 500, 300)
    crew.close()
    crew.give(800)
    crew.team.leave(sender=ada)
    assert crew.team.take_of(ada) == (0, 1_000, False)
    assert crew.close() == Payday(2, 800, 800, 0)
    assert crew.waiting() == [500, 250 + 500, 150 + 300]
    crew.team.pay(crew.mates, sender=crew.relayer)
    assert crew.has(ada) == 500
    crew.gone(ben)
    crew.give(8)
    crew.close()
    crew.team.claim(ben, sender=ben)
    assert crew.has(ben) == 250 + 500 + 5


def test_leave__who_is_not_on_it__is_refused(crew: Crew, outsider: Actor) -> None:
    crew.team.leave(sender=crew.mates[0])
    for caller in (outsider, crew.chair, crew.mates[0]):
        with crew.evm.reverts("team: not on it"):
            crew.team.leave(sender=caller)


def test_leave__who_left_the_pool__may(crew: Crew) -> None:
    crew.take(5)
    crew.gone(crew.mates[0])
    crew.team.leave(sender=crew.mates[0])
    assert crew.roster() == [4, 3]
    assert crew.team.head().total == 0


def test_leave_and_join_again__her_take_begins_at_nothing(crew: Crew) -> None:
    ada = crew.mates[0]
    crew.give(900)
    crew.take(300, 300, 300)
    crew.close()
    crew.team.leave(sender=ada)
    for mate in crew.mates[1:]:
        crew.team.invite(ada, sender=mate)
    assert crew.team.take_of(ada) == (0, 300, True)
    crew.give(600)
    crew.close()
    crew.team.set_take(100, sender=ada)
    crew.give(700)
    assert crew.close() == Payday(3, 700, 700, 0)
    assert crew.waiting() == [300 + 100, 300 + 300 + 300, 300 + 300 + 300]


# --- remove ---------------------------------------------------------------------------------


def test_remove__by_vote__her_take_ends_and_what_waits_stays_hers(crew: Crew) -> None:
    ada = crew.mates[0]
    crew.give(900)
    crew.take(1_000, 500, 300)
    crew.close()
    crew.decide(crew.taking_off(ada))
    assert told(crew) == [("TakeSet", ZERO), ("TeamLeft", ZERO)]
    assert [log.args["seat"] for log in crew.own()] == [2, 2]
    assert crew.roster() == [4, 3]
    with crew.evm.reverts("team: only the team takes"):
        crew.team.set_take(1, sender=ada)
    crew.give(80)
    crew.close()
    assert crew.waiting() == [500, 250 + 50, 150 + 30]


def test_remove__her_seat_moved_meanwhile__it_finds_her(crew: Crew) -> None:
    """She cannot keep her place by moving to another key while the vote runs."""
    ada, key = crew.mates[0], crew.evm.actor("ada's other key")
    crew.take(1_000)
    ready = crew.ready(crew.taking_off(ada))
    crew.moved(ada, key)
    crew.execute(ready)
    assert crew.team.take_of(key) == (0, 0, False)
    assert crew.team.head().total == 0


def test_remove__she_left_before__does_not_undo_what_else_was_voted(crew: Crew) -> None:
    """Of two whose removal is voted, one leaving in time must not save the other."""
    ada, ben, _ = crew.mates
    ready = crew.ready(crew.taking_off(ada), crew.taking_off(ben))
    crew.team.leave(sender=ada)
    crew.execute(ready)
    assert crew.roster() == [4]


def test_remove__a_seat_that_is_not_on_it_or_nobodys__changes_nothing(crew: Crew) -> None:
    crew.take(7)
    numbers = (0, crew.seat(crew.chair), 99, 2**32, 2**256 - 1)
    removing = [(crew.team, 0, crew.team.calldata("remove", number)) for number in numbers]
    crew.decide(*removing)
    assert crew.own() == []
    assert crew.roster() == [2, 3, 4]
    assert crew.team.head().total == 7


# --- drop -----------------------------------------------------------------------------------


def test_drop__who_left_the_pool__counts_to_the_end_of_that_period_only(crew: Crew) -> None:
    ada = crew.mates[0]
    crew.give(900)
    crew.take(1_000, 500, 300)
    crew.gone(ada)
    with crew.evm.reverts("team: still counts"):
        crew.team.drop([ada], sender=crew.relayer)
    crew.evm.warp_to(crew.opened_at + MONTH - 1)
    with crew.evm.reverts("team: still counts"):
        crew.team.drop([ada], sender=crew.relayer)
    crew.evm.warp(1)
    crew.team.drop([ada], sender=crew.relayer)
    assert [log.name for log in crew.own()] == ["PaydayClosed", "TakeSet", "TeamLeft"]
    assert crew.own()[2].args == {"account": ada.address, "seat": 2}
    assert crew.payday() == Payday(1, 900, 1_800, 0)
    assert crew.waiting() == [500, 250, 150]
    assert crew.roster() == [4, 3]
    crew.give(800)
    assert crew.close() == Payday(2, 800, 800, 0)
    assert crew.waiting() == [500, 750, 450]


def test_drop__nobody_does_it__her_take_goes_on(crew: Crew) -> None:
    ada = crew.mates[0]
    crew.take(100, 100)
    crew.gone(ada)
    crew.close()
    crew.give(200)
    crew.close()
    assert crew.waiting(ada) == [100]
    crew.team.drop([ada], sender=crew.relayer)
    crew.give(100)
    assert crew.close() == Payday(3, 100, 100, 0)
    assert crew.waiting(ada) == [100]


@pytest.mark.parametrize(("second", "counts"), [(-1, False), (0, True), (1, True)])
def test_drop__left_around_the_second_of_a_payday__counts_from_that_second_on(
    crew: Crew, second: int, counts: bool
) -> None:
    ada = crew.mates[0]
    crew.evm.warp_to(crew.opened_at + MONTH + second)
    crew.gone(ada)
    crew.evm.warp_to(crew.opened_at + MONTH + 1)
    if counts:
        with crew.evm.reverts("team: still counts"):
            crew.team.drop([ada], sender=crew.relayer)
        crew.end_period()
    crew.team.drop([ada], sender=crew.relayer)
    assert crew.roster() == [4, 3]


def test_drop__members_outsiders_and_who_is_off_it__are_refused(
    crew: Crew, outsider: Actor
) -> None:
    ada, ben, eve = crew.mates
    crew.gone(ada)
    crew.end_period()
    for who in (ben, crew.chair):
        with crew.evm.reverts("team: still counts"):
            crew.team.drop([who], sender=crew.relayer)
    for nobody in (outsider.address, ZERO):
        with crew.evm.reverts("team: not on it"):
            crew.team.drop([nobody], sender=crew.relayer)
    with crew.evm.reverts("team: not on it"):
        crew.team.drop([ada, ada], sender=crew.relayer)
    with crew.evm.reverts("team: still counts"):
        crew.team.drop([ada, eve], sender=crew.relayer)
    with crew.evm.reverts(""):
        crew.team.drop([ada] * 65, sender=crew.relayer)


def test_drop__she_came_back_to_the_pool__is_refused_and_her_take_stands(crew: Crew) -> None:
    ada = crew.mates[0]
    crew.give(100)
    crew.take(100)
    crew.gone(ada)
    crew.end_period()
    crew.evm.warp(1)
    crew.join(ada)
    with crew.evm.reverts("team: still counts"):
        crew.team.drop([ada], sender=crew.relayer)
    # she was no member when this period began: another take only from the next on
    with crew.evm.reverts("team: no member in time"):
        crew.team.set_take(99, sender=ada)
    crew.end_period()
    crew.team.set_take(99, sender=ada)
    assert crew.waiting(ada) == [100]


# --- a seat that moves ----------------------------------------------------------------------


def test_rebind__her_seat_moves__place_take_and_what_waits_go_with_it(crew: Crew) -> None:
    ada, key = crew.mates[0], crew.evm.actor("ada's other key")
    crew.give(900)
    crew.take(1_000, 500, 300)
    crew.close()
    crew.moved(ada, key)
    assert crew.waiting(ada, key) == [0, 500]
    assert crew.team.take_of(key) == (1_000, 1_000, True)
    assert crew.team.take_of(ada) == (0, 0, False)
    assert crew.roster() == [2, 3, 4]
    with crew.evm.reverts("team: nothing waits"):
        crew.team.claim(ada, sender=ada)
    with crew.evm.reverts("team: not on it"):
        crew.team.drop([ada], sender=crew.relayer)
    # as young as its account: it takes another take from the next period on, but may invite
    with crew.evm.reverts("team: no member in time"):
        crew.team.set_take(2, sender=key)
    crew.team.invite(crew.chair, sender=key)
    crew.team.pay([ada, key], sender=crew.relayer)
    assert (crew.has(ada), crew.has(key)) == (0, 500)
    crew.give(180)
    crew.close()
    assert crew.waiting(key) == [100]
    crew.team.set_take(2, sender=key)
    crew.team.leave(sender=key)
    crew.evm.warp(DAY)
    crew.team.claim(ada, sender=key)
    assert crew.has(ada) == 100


# --- as many as there can be ----------------------------------------------------------------


def test_invite__4097_on_a_team_without_throttle__is_refused(evm: Evm) -> None:
    crew = Crew(evm, 1, inviters=1)
    guests = [f"0x{number:040x}" for number in range(10**9, 10**9 + 4_096)]
    crew.admit(*guests)
    for each in guests[:4_095]:
        crew.team.invite(each, sender=crew.mates[0])
    assert crew.team.head().members == 4_096
    assert crew.team.seat_at(4_096) == crew.seat(guests[4_094])
    with evm.reverts("team: it is full"):
        crew.team.invite(guests[4_095], sender=crew.mates[0])


def test_invite__who_was_taken_off_by_vote__takes_another_vote(crew: Crew) -> None:
    ada, bob = crew.mates[:2]
    crew.enact(crew.taking_off(bob), text="off")
    before = crew.team.head()
    with crew.evm.reverts("team: taken off by vote"):
        crew.team.invite(bob, sender=ada)
    assert (crew.team.head(), crew.team.invitations_of(bob)) == (before, 0)
    crew.enact(crew.putting(bob), text="on again")
    assert crew.seat(bob) in crew.roster()
