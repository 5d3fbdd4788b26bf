# SPDX-License-Identifier: AGPL-3.0-only
"""A vote that ends a membership finds it behind whatever key the seat has by then."""

from typing import Any

import pytest

from tests.contracts.coop import DAY, FOR, MEMBERSHIP, ZERO, Coop, Proposal, ascending, named
from tests.contracts.evm import Actor, Evm
from tests.contracts.test_admission_rebind_sponsors import settled, start

WEEK = 7 * DAY


@pytest.fixture
def coop(evm: Evm) -> Coop:
    """Founders six, settled for days. The last is to go; the others vote."""
    made = settled(evm, founders=6)
    made.voters = made.founders[:-1]
    return made


@pytest.fixture
def old(coop: Coop) -> Actor:
    """The member who is to go."""
    return coop.founders[-1]


@pytest.fixture
def keys(evm: Evm) -> list[Actor]:
    """Accounts that never had a seat."""
    return [evm.actor("second key"), evm.actor("third key")]


def ready(coop: Coop, account: Any, times_joined: int = 1) -> Proposal:
    """A vote against her that can be carried out."""
    text = f"expel her from {times_joined}, {coop.evm.now}"
    return coop.passed(coop.expelling(account, times_joined), text=text)


def refused(coop: Coop, reason: str, account: Any, times_joined: int = 1) -> None:
    """A vote against her that passes and can never be carried out."""
    proposal = ready(coop, account, times_joined)
    with coop.evm.reverts(reason):
        coop.execute(proposal)


def move(coop: Coop, old: Any, new: Actor) -> None:
    """Two others move her seat, and she lets the week pass."""
    start(coop, old, new, ascending(coop.founders[1:3]))
    coop.evm.warp(WEEK)
    coop.admission.complete_rebind(old, 0, b"", sender=new)


def test_expel__by_a_membership_vote__ends_the_membership(coop: Coop, old: Actor) -> None:
    proposal = ready(coop, old)
    assert coop.word(proposal)["kind"] == MEMBERSHIP
    coop.execute(proposal)
    (log,) = named(coop.evm, "MemberRemoved")
    assert log.args["account"] == old.address
    assert not coop.governor.isMember(old)
    assert coop.governor.member_count() == 5


def test_expel__seat_moved_twice_meanwhile__ends_it_behind_the_newest_key(
    coop: Coop, old: Actor, keys: list[Actor]
) -> None:
    proposal = coop.propose(coop.expelling(old), text="expel her")
    start(coop, old, keys[0], ascending(coop.founders[1:3]))
    coop.open(proposal)
    coop.vote(proposal, FOR, *coop.voters)
    coop.evm.warp(WEEK)
    coop.admission.complete_rebind(old, 0, b"", sender=keys[0])
    move(coop, keys[0], keys[1])
    assert coop.governor.isMember(keys[1])
    coop.execute(proposal)
    assert [log.args["account"] for log in named(coop.evm, "MemberRemoved")] == [keys[1].address]
    assert coop.governor.member_count() == 5


def test_pending_rebind__of_a_seat_that_moved__is_none(
    coop: Coop, old: Actor, keys: list[Actor]
) -> None:
    move(coop, old, keys[0])
    assert coop.admission.pending_rebind(old) == (ZERO, 0)
    with coop.evm.reverts("admission: no rebind to complete"):
        coop.admission.complete_rebind(old, 0, b"", sender=keys[0])
    with coop.evm.reverts("admission: no rebind to object to"):
        coop.admission.object_to_rebind(sender=old)


def test_expel__asked_for_but_not_moved__ends_hers(
    coop: Coop, old: Actor, keys: list[Actor]
) -> None:
    proposal = ready(coop, old)
    start(coop, old, keys[0], ascending(coop.founders[1:3]))
    coop.execute(proposal)
    assert not coop.governor.isMember(old)
    assert not coop.governor.isMember(keys[0])


def test_expel__another_membership_than_named__is_refused(coop: Coop, old: Actor) -> None:
    for times in (0, 2):
        refused(coop, "admission: not that membership", old, times)


def test_expel__she_left__is_refused(coop: Coop, old: Actor) -> None:
    coop.admission.leave(sender=old)
    refused(coop, "members: not a member", old, 1)


def test_expel__she_left_and_came_back__spares_the_new_membership(coop: Coop, old: Actor) -> None:
    coop.admission.leave(sender=old)
    coop.admit(old)
    refused(coop, "admission: not that membership", old, 1)
    coop.execute(ready(coop, old, 2))
    assert not coop.governor.isMember(old)


def test_expel__she_came_back_and_her_seat_moved__finds_it(
    coop: Coop, old: Actor, keys: list[Actor]
) -> None:
    coop.admission.leave(sender=old)
    coop.admit(old)
    coop.evm.warp(DAY)
    move(coop, old, keys[0])
    coop.execute(ready(coop, old, 2))
    assert not coop.governor.isMember(keys[0])


def test_expel__her_old_key_has_a_seat_of_its_own__finds_each_by_its_number(
    coop: Coop, old: Actor, keys: list[Actor]
) -> None:
    move(coop, old, keys[0])
    coop.admit(old)
    refused(coop, "admission: not that membership", old, 1)
    coop.admission.leave(sender=old)
    # The seat that moved is not hers any more: leaving the second ends no other.
    refused(coop, "members: not a member", old, 2)
    assert coop.governor.isMember(keys[0])


def test_expel__never_a_member__is_refused(coop: Coop, outsider: Actor) -> None:
    refused(coop, "members: not a member", outsider, 0)


def test_expel__by_anyone_else__is_refused(coop: Coop, old: Actor, outsider: Actor) -> None:
    for other in (old, coop.founders[1], outsider, coop.relayer):
        with coop.evm.reverts("admission: by proposal only"):
            coop.admission.expel(old, 1, sender=other)
