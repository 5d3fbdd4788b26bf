# SPDX-License-Identifier: AGPL-3.0-only
"""Another key for a seat: asked for by a vote or by sponsors, objected to, completed once.

Who may sponsor, and with what signature, is in test_admission_rebind_sponsors.py.
"""

from typing import Any

import pytest

from millpond.core import typed_data
from tests.contracts.coop import AGAINST, DAY, FOR, ZERO, Coop, Ways, ascending, named
from tests.contracts.evm import CHAIN_ID, Actor, Evm, address_of
from tests.contracts.test_admission_join import join

WEEK = 7 * DAY
OPEN_FOR = 60 * DAY


def accepted(coop: Coop, old: Any, new: Any, **other: Any) -> Any:
    """The typed data of the new key's word, for a day."""
    fields: dict[str, Any] = {
        "old": address_of(old),
        "new": address_of(new),
        "deadline": coop.evm.now + DAY,
    }
    domain = other.pop("domain", None)
    domain = domain or typed_data.Domain(CHAIN_ID, coop.admission.address)
    return typed_data.rebind_acceptance(domain, **(fields | other))


def ask(coop: Coop, old: Any, new: Any) -> int:
    """By vote; from when on it can be completed."""
    coop.enact(coop.asking(old, new), text=f"{coop.evm.now} {address_of(old)}")
    ready_at: int = coop.admission.pending_rebind(old)[1]
    return ready_at


@pytest.fixture
def coop(evm: Evm) -> Coop:
    """Founders three, settled for days."""
    made = Coop(evm, ways=Ways(joins_bps=10_000))
    evm.warp(2 * DAY)
    return made


@pytest.fixture
def old(coop: Coop) -> Actor:
    """A member who lost her key."""
    return coop.founders[0]


@pytest.fixture
def new(evm: Evm) -> Actor:
    """Her new one."""
    return evm.actor("new key")


@pytest.fixture
def ready(coop: Coop, old: Actor, new: Actor) -> int:
    """The members have asked for it; from when on it can be completed."""
    return ask(coop, old, new)


# --- asked for by a vote -----------------------------------------------------------------------


def test_rebind__by_a_vote__only_starts_it(coop: Coop, old: Actor, new: Actor) -> None:
    coop.enact(coop.asking(old, new))
    ready_at = coop.evm.now + WEEK
    (log,) = named(coop.evm, "RebindAsked")
    told = {"old": old.address, "new": new.address, "ready_at": ready_at, "sponsors": []}
    assert log.args == told
    assert tuple(coop.admission.pending_rebind(old)) == (new.address, ready_at)
    assert coop.governor.isMember(old)
    assert not coop.governor.isMember(new)


def test_rebind__by_anybody_else__is_refused(coop: Coop, old: Actor, new: Actor) -> None:
    for caller in (old, new, coop.founders[1]):
        with coop.evm.reverts("admission: by proposal only"):
            coop.admission.rebind(old, new, sender=caller)


def test_rebind__wrong_accounts__are_refused(coop: Coop, old: Actor, new: Actor) -> None:
    gone = coop.founders[2]
    coop.admission.leave(sender=gone)
    coop.voters = coop.founders[:2]
    wrong: list[tuple[str, Any, Any]] = [
        ("admission: only a member's seat moves", new, coop.patron),
        ("admission: only a member's seat moves", gone, new),
        ("admission: only a member's seat moves", ZERO, new),
        ("admission: no new key", old, ZERO),
        ("admission: the new key had a seat", old, old),
        ("admission: the new key had a seat", old, coop.founders[1]),
        ("admission: the new key had a seat", old, gone),
    ]
    for number, (reason, one, other) in enumerate(wrong):
        proposal = coop.passed(coop.asking(one, other), text=str(number))
        with coop.evm.reverts(reason):
            coop.execute(proposal)


def test_rebind__to_a_key_whose_seat_moved_away__is_refused(
    coop: Coop, old: Actor, new: Actor
) -> None:
    """It has no seat, but it had one: a lost key must not be a way back for whoever found it."""
    coop.rebind(old, new)
    coop.voters = [new, *coop.founders[1:]]
    coop.evm.warp(1)
    for member in (new, coop.founders[1]):
        proposal = coop.passed(coop.asking(member, old), text=member.name)
        with coop.evm.reverts("admission: the new key had a seat"):
            coop.execute(proposal)


def test_rebind__by_another_vote__takes_the_place_of_the_first(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    """All decide more than a few, and the later vote more than the earlier one."""
    newer = coop.evm.actor("newer key")
    later = ask(coop, old, newer)
    assert later > ready
    assert tuple(coop.admission.pending_rebind(old)) == (newer.address, later)
    with coop.evm.reverts("admission: the old key may still object"):
        coop.admission.complete_rebind(old, 0, b"", sender=newer)
    coop.evm.warp_to(later)
    with coop.evm.reverts("admission: not the new key's signature"):
        arguments = (old, coop.evm.now, b"")
        coop.admission.complete_rebind(*arguments, sender=new)
    coop.admission.complete_rebind(old, 0, b"", sender=newer)
    assert coop.governor.isMember(newer)


def test_rebind__of_several__are_apart(coop: Coop, old: Actor, new: Actor, ready: int) -> None:
    other, newer = coop.founders[1], coop.evm.actor("newer key")
    ask(coop, other, newer)
    coop.admission.object_to_rebind(sender=other)
    assert tuple(coop.admission.pending_rebind(other)) == (ZERO, 0)
    assert tuple(coop.admission.pending_rebind(old)) == (new.address, ready)


# --- the old key -------------------------------------------------------------------------------


@pytest.mark.parametrize("wait", [0, WEEK - 1, WEEK, WEEK + OPEN_FOR])
def test_object_to_rebind__until_it_is_done__stops_it(
    coop: Coop, old: Actor, new: Actor, wait: int
) -> None:
    ask(coop, old, new)
    coop.evm.warp(wait)
    coop.admission.object_to_rebind(sender=old)
    assert [(log.name, log.args) for log in coop.evm.logs] == [
        ("RebindObjected", {"old": old.address, "new": new.address})
    ]
    assert tuple(coop.admission.pending_rebind(old)) == (ZERO, 0)
    coop.evm.warp(WEEK)
    with coop.evm.reverts("admission: no rebind to complete"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert coop.governor.isMember(old)


def test_object_to_rebind__by_a_contract__is_told_of_the_contract(coop: Coop, new: Actor) -> None:
    wallet = coop.evm.deploy("Puppet")
    coop.enact(coop.offering(wallet), text="a wallet")
    coop.admission.accept(sender=wallet)
    ask(coop, wallet, new)
    coop.admission.object_to_rebind(sender=wallet)
    (log,) = named(coop.evm, "RebindObjected")
    assert log.args == {"old": wallet.address, "new": new.address}


def test_object_to_rebind__without_one__is_refused(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    for caller in (new, coop.founders[1], coop.patron):
        with coop.evm.reverts("admission: no rebind to object to"):
            coop.admission.object_to_rebind(sender=caller)
    coop.evm.warp_to(ready + OPEN_FOR + 1)
    with coop.evm.reverts("admission: no rebind to object to"):
        coop.admission.object_to_rebind(sender=old)


def test_object_to_rebind__after_it_is_done__is_too_late(
    coop: Coop, old: Actor, new: Actor
) -> None:
    coop.rebind(old, new)
    for key in (old, new):
        with coop.evm.reverts("admission: no rebind to object to"):
            coop.admission.object_to_rebind(sender=key)


def test_rebind__after_an_objection__takes_another_vote(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    coop.admission.object_to_rebind(sender=old)
    later = ask(coop, old, new)
    assert later > ready
    coop.evm.warp_to(later)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert coop.governor.isMember(new)


# --- the new key -------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [0, 1, OPEN_FOR])
def test_complete_rebind__by_the_new_key_in_time__moves_the_seat(
    coop: Coop, old: Actor, new: Actor, ready: int, late: int
) -> None:
    coop.evm.warp_to(ready + late)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert [(log.name, log.args) for log in coop.evm.logs] == [
        ("RebindCompleted", {"old": old.address, "new": new.address}),
        ("MemberRebound", {"seat": 1, "old": old.address, "new": new.address}),
    ]
    assert coop.governor.isMember(new)
    assert not coop.governor.isMember(old)
    assert coop.governor.member_count() == 3
    assert tuple(coop.admission.pending_rebind(old)) == (ZERO, 0)


def test_complete_rebind__too_early__is_refused(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    coop.evm.warp_to(ready - 1)
    with coop.evm.reverts("admission: the old key may still object"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)


def test_complete_rebind__too_late__is_refused(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    coop.evm.warp_to(ready + OPEN_FOR)
    assert tuple(coop.admission.pending_rebind(old)) == (new.address, ready)
    coop.evm.warp(1)
    assert tuple(coop.admission.pending_rebind(old)) == (ZERO, 0)
    with coop.evm.reverts("admission: no rebind to complete"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)


def test_complete_rebind__nothing_asked_for__is_refused(coop: Coop, old: Actor, new: Actor) -> None:
    for account in (old, coop.founders[1], new, ZERO):
        with coop.evm.reverts("admission: no rebind to complete"):
            coop.admission.complete_rebind(account, 0, b"", sender=new)


def test_complete_rebind__by_another__needs_the_new_keys_word(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    coop.evm.warp_to(ready)
    sibling = coop.hub.create_pool(*coop.order("other"), sender=coop.founders[0])
    deadline = ready + DAY
    elsewhere = typed_data.Domain(CHAIN_ID, sibling.admission)
    wrong = [
        b"",
        bytes(65),
        old.sign(accepted(coop, old, new)),
        coop.relayer.sign(accepted(coop, old, new)),
        new.sign(accepted(coop, coop.founders[1], new)),
        new.sign(accepted(coop, old, coop.patron)),
        new.sign(accepted(coop, old, new, deadline=deadline + 1)),
        new.sign(accepted(coop, old, new, domain=elsewhere)),
        new.sign(accepted(coop, old, new, domain=typed_data.Domain(1, coop.admission.address))),
    ]
    for acceptance in wrong:
        with coop.evm.reverts("admission: not the new key's signature"):
            coop.admission.complete_rebind(old, deadline, acceptance, sender=coop.relayer)
    for caller in (old, coop.founders[1]):
        with coop.evm.reverts("admission: not the new key's signature"):
            coop.admission.complete_rebind(old, deadline, b"", sender=caller)
    right = new.sign(accepted(coop, old, new))
    coop.evm.warp_to(deadline + 1)
    with coop.evm.reverts("admission: the new key's word has expired"):
        coop.admission.complete_rebind(old, deadline, right, sender=coop.relayer)


def test_complete_rebind__brought_with_its_word__moves_the_seat(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    right = new.sign(accepted(coop, old, new, deadline=ready))
    coop.evm.warp_to(ready)
    coop.admission.complete_rebind(old, ready, right, sender=coop.relayer)
    assert coop.governor.isMember(new)


def test_complete_rebind__to_a_contract_wallet__is_asked(coop: Coop, old: Actor) -> None:
    wallet = coop.evm.deploy("OddWallet", coop.patron)
    ready = ask(coop, old, wallet)
    coop.evm.warp_to(ready)
    right = coop.patron.sign(accepted(coop, old, wallet))
    coop.admission.complete_rebind(old, ready + DAY, right, sender=coop.relayer)
    assert coop.governor.isMember(wallet)


def test_complete_rebind__twice__is_refused(coop: Coop, old: Actor, new: Actor) -> None:
    coop.rebind(old, new)
    with coop.evm.reverts("admission: no rebind to complete"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)


def test_complete_rebind__the_new_key_got_a_seat_meanwhile__is_refused(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    join(coop, new, ascending(coop.founders)[:2])
    coop.evm.warp_to(ready)
    with coop.evm.reverts("admission: the new key had a seat"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)
    coop.admission.leave(sender=new)
    with coop.evm.reverts("admission: the new key had a seat"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)


def test_complete_rebind__two_seats_for_one_key__the_first_gets_it(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    other = coop.founders[1]
    later = ask(coop, other, new)
    assert later <= ready + OPEN_FOR
    coop.evm.warp_to(later)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    with coop.evm.reverts("admission: the new key had a seat"):
        coop.admission.complete_rebind(other, 0, b"", sender=new)
    assert coop.governor.member_count() == 3


# --- the old key leaves, is expelled, comes back -----------------------------------------------


def test_complete_rebind__the_old_key_left__is_refused(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    coop.admission.leave(sender=old)
    assert tuple(coop.admission.pending_rebind(old)) == (ZERO, 0)
    coop.evm.warp_to(ready)
    with coop.evm.reverts("admission: no rebind to complete"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)


def test_complete_rebind__the_old_key_was_expelled__is_refused(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    coop.enact(coop.removing(old), text="expel")
    coop.evm.warp_to(max(ready, coop.evm.now))
    with coop.evm.reverts("admission: no rebind to complete"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)


def test_complete_rebind__the_old_key_left_and_came_back__does_not_survive_it(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    """Whoever joins anew holds the key: it was asked for somebody who had lost it."""
    coop.admission.leave(sender=old)
    coop.voters = coop.founders[1:]
    coop.admit(old)
    assert tuple(coop.admission.pending_rebind(old)) == (ZERO, 0)
    coop.evm.warp_to(max(ready, coop.evm.now))
    with coop.evm.reverts("admission: no rebind to complete"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)
    with coop.evm.reverts("admission: no rebind to object to"):
        coop.admission.object_to_rebind(sender=old)


def test_accept__an_offer_made_to_the_old_key_while_it_was_a_member__seats_nobody(
    coop: Coop, old: Actor, new: Actor
) -> None:
    """Attack: a vote offers membership to a member, which means nothing; her seat then moves to a
    new key; the lost one must not take the old offer for a second seat."""
    coop.enact(coop.offering(old, deadline=coop.evm.now + 300 * DAY), text="an idle offer")
    coop.rebind(old, new)
    assert coop.admission.offered_until(old) == 0
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept(sender=old)


def test_accept__an_offer_made_after_the_seat_moved__counts(
    coop: Coop, old: Actor, new: Actor
) -> None:
    coop.rebind(old, new)
    coop.voters = [new, *coop.founders[1:]]
    # a seat that moved is as young as its new key
    coop.evm.warp(1)
    coop.admit(old)
    assert coop.governor.isMember(old)
    assert coop.governor.member_count() == 4


# --- what moves with it ------------------------------------------------------------------------


def test_complete_rebind__a_vote_in_a_full_period__counts_as_no_join(evm: Evm, new: Actor) -> None:
    coop = Coop(evm, ways=Ways(joins_bps=1, period=300 * DAY))
    evm.warp(2 * DAY)
    join(coop, evm.actor("another"), ascending(coop.founders)[:2])
    assert coop.admission.joins_left() == 0
    coop.rebind(coop.founders[0], new)
    assert coop.governor.isMember(new)
    assert coop.admission.joins_left() == 0


def test_complete_rebind__in_open_votes__the_ballot_stays_and_none_is_added(
    coop: Coop, old: Actor, new: Actor, ready: int
) -> None:
    assert ready
    coop.evm.warp_to(ready - DAY)
    proposal = coop.opened(coop.spending(coop.patron, 1), text="open")
    coop.vote(proposal, FOR, old)
    coop.evm.warp_to(max(ready, coop.evm.now))
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert tuple(coop.governor.proposalVotes(proposal.id)) == (0, 1, 0)
    with coop.evm.reverts("governor: joined too late"):
        coop.vote(proposal, AGAINST, new)
