# SPDX-License-Identifier: AGPL-3.0-only
"""Joining by members' signed invitations: how many, by whom, once, and how many in a period.

Offers that are accepted count in the same period (tests/contracts/test_admission.py).
"""

from typing import Any

import pytest

from millpond.core import typed_data
from tests.contracts.coop import DAY, Coop, Ways, ascending, named
from tests.contracts.evm import CHAIN_ID, Actor, Evm, address_of
from tests.contracts.test_admission import accepting, setting

WEEK = 7 * DAY


def inviting(coop: Coop, candidate: Any, sponsor: Any, **other: Any) -> Any:
    """The typed data of an invitation that counts for a day."""
    fields: dict[str, Any] = {
        "candidate": address_of(candidate),
        "times_joined": 0,
        "sponsor": address_of(sponsor),
        "deadline": coop.evm.now + DAY,
    }
    domain = other.pop("domain", None)
    domain = domain or typed_data.Domain(CHAIN_ID, coop.admission.address)
    return typed_data.invitation(domain, **(fields | other))


def join(
    coop: Coop,
    candidate: Any,
    sponsors: list[Actor],
    *,
    times_joined: int = 0,
    by: Any = None,
    acceptance: bytes = b"",
) -> None:
    """The candidate, or whoever, brings signed invitations that count for a day."""
    signed = [s.sign(inviting(coop, candidate, s, times_joined=times_joined)) for s in sponsors]
    arguments = (candidate, coop.evm.now + DAY, sponsors, signed, acceptance)
    coop.admission.join(*arguments, sender=by or candidate)


@pytest.fixture
def candidate(evm: Evm) -> Actor:
    """Somebody who would like to be a member."""
    return evm.actor("candidate")


@pytest.fixture
def sponsors(coop: Coop) -> list[Actor]:
    """Two founders by address; they are members for more than a day."""
    coop.evm.warp(2 * DAY)
    return ascending(coop.founders)[:2]


def test_join__with_enough_invitations__makes_a_member(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    join(coop, candidate, sponsors)
    assert [(log.name, log.args) for log in coop.evm.logs] == [
        ("MemberAdmitted", {"account": candidate.address, "seat": 4, "times_joined": 1}),
        (
            "JoinedByInvitation",
            {"candidate": candidate.address, "sponsors": [s.address for s in sponsors]},
        ),
    ]
    assert coop.governor.isMember(candidate)


def test_join__more_invitations_than_needed__is_fine(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    assert sponsors
    join(coop, candidate, ascending(coop.founders))
    assert coop.governor.isMember(candidate)


def test_join__brought_by_another__needs_her_acceptance(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    """Nobody becomes a member without her own call or signature."""
    wrong = [
        b"",
        coop.relayer.sign(accepting(coop, candidate)),
        sponsors[0].sign(accepting(coop, candidate)),
        candidate.sign(accepting(coop, coop.relayer)),
        candidate.sign(accepting(coop, candidate, times_joined=1)),
        candidate.sign(accepting(coop, candidate, deadline=coop.evm.now + 2 * DAY)),
    ]
    for acceptance in wrong:
        with coop.evm.reverts("admission: not the candidate's signature"):
            join(coop, candidate, sponsors, by=coop.relayer, acceptance=acceptance)
    right = candidate.sign(accepting(coop, candidate))
    join(coop, candidate, sponsors, by=coop.relayer, acceptance=right)
    assert coop.governor.isMember(candidate)


def test_join__a_contract_wallet_invites_and_joins__is_asked(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    wallet = coop.evm.deploy("OddWallet", candidate)
    invited = coop.evm.deploy("OddWallet", coop.patron)
    coop.admit(wallet)
    coop.evm.warp(WEEK)
    pair = ascending([wallet, sponsors[0]])
    keys = {wallet.address: candidate, sponsors[0].address: sponsors[0]}
    signed = [keys[s.address].sign(inviting(coop, invited, s)) for s in pair]
    acceptance = coop.patron.sign(accepting(coop, invited))
    deadline = coop.evm.now + DAY
    arguments = (invited, deadline, pair, signed, acceptance)
    coop.admission.join(*arguments, sender=coop.relayer)
    assert coop.governor.isMember(invited)


def test_join__switched_off__is_refused(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    coop.enact(setting(coop, by_invitation=False))
    with coop.evm.reverts("admission: invitations are switched off"):
        join(coop, candidate, sponsors)


@pytest.mark.parametrize(("late", "joins"), [(-1, True), (0, True), (1, False)])
def test_join__at_the_deadline__its_second_is_the_last(
    coop: Coop, candidate: Actor, sponsors: list[Actor], late: int, joins: bool
) -> None:
    deadline = coop.evm.now + DAY
    signed = [s.sign(inviting(coop, candidate, s)) for s in sponsors]
    coop.evm.warp_to(deadline + late)
    arguments = (candidate, deadline, sponsors, signed, b"")
    if joins:
        coop.admission.join(*arguments, sender=candidate)
        assert coop.governor.isMember(candidate)
    else:
        with coop.evm.reverts("admission: the invitations have expired"):
            coop.admission.join(*arguments, sender=candidate)


@pytest.mark.parametrize(
    ("ahead", "joins"),
    [(366 * DAY - 1, True), (366 * DAY, True), (366 * DAY + 1, False), (2**255, False)],
)
def test_join__a_deadline_far_ahead__a_year_is_the_most(
    coop: Coop, candidate: Actor, sponsors: list[Actor], ahead: int, joins: bool
) -> None:
    deadline = coop.evm.now + ahead
    signed = [s.sign(inviting(coop, candidate, s, deadline=deadline)) for s in sponsors]
    arguments = (candidate, deadline, sponsors, signed, b"")
    if joins:
        coop.admission.join(*arguments, sender=candidate)
        assert coop.governor.isMember(candidate)
    else:
        with coop.evm.reverts("admission: an invitation of over a year"):
            coop.admission.join(*arguments, sender=candidate)


# --- who invites -------------------------------------------------------------------------------


def test_join__too_few_or_unequal_lists__is_refused(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    for some in ([], sponsors[:1]):
        with coop.evm.reverts("admission: too few sponsors"):
            join(coop, candidate, some)
    signed = [s.sign(inviting(coop, candidate, s)) for s in sponsors]
    deadline = coop.evm.now + DAY
    for invitations in (signed[:1], [*signed, b""], []):
        with coop.evm.reverts("admission: one signature for each sponsor"):
            arguments = (candidate, deadline, sponsors, invitations, b"")
            coop.admission.join(*arguments, sender=candidate)


def test_join__the_same_sponsor_twice_or_not_ascending__is_refused(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    one, two = sponsors
    for order in ([one, one], [two, one], [two, two], [one, two, one], [one, two, two]):
        with coop.evm.reverts("admission: sponsors by ascending address"):
            join(coop, candidate, order)


def test_join__by_strangers_or_former_members__is_refused(
    coop: Coop, candidate: Actor, sponsors: list[Actor], outsider: Actor
) -> None:
    with coop.evm.reverts("admission: a sponsor is not a member"):
        join(coop, candidate, ascending([sponsors[0], outsider]))
    with coop.evm.reverts("admission: a sponsor is not a member"):
        join(coop, candidate, ascending([sponsors[0], candidate]))
    coop.admission.leave(sender=sponsors[1])
    with coop.evm.reverts("admission: a sponsor is not a member"):
        join(coop, candidate, sponsors)


def test_join__by_a_rebound_key__only_the_new_one_and_after_a_day(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    new = coop.evm.actor("new key")
    coop.rebind(sponsors[0], new)
    with coop.evm.reverts("admission: a sponsor is not a member"):
        join(coop, candidate, sponsors)
    coop.evm.warp(DAY - 1)
    with coop.evm.reverts("admission: a sponsor joined too lately"):
        join(coop, candidate, ascending([new, sponsors[1]]))
    coop.evm.warp(1)
    join(coop, candidate, ascending([new, sponsors[1]]))
    assert coop.governor.isMember(candidate)


@pytest.mark.parametrize(("age", "enough"), [(DAY - 1, False), (DAY, True), (DAY + 1, True)])
def test_join__by_a_member_of_this_age__a_day_is_enough(
    evm: Evm, candidate: Actor, age: int, enough: bool
) -> None:
    """A newcomer cannot bring the next one at once: no chains of accounts within a block."""
    # two may join in the period of seven days
    coop, newcomer = Coop(evm, ways=Ways(joins_bps=7_000)), evm.actor("newcomer")
    coop.admit(newcomer)
    coop.evm.warp(age)
    pair = ascending([newcomer, coop.founders[0]])
    if enough:
        join(coop, candidate, pair)
        assert coop.governor.isMember(candidate)
    else:
        with coop.evm.reverts("admission: a sponsor joined too lately"):
            join(coop, candidate, pair)


def test_join__with_another_signature__is_refused(
    coop: Coop, candidate: Actor, sponsors: list[Actor], outsider: Actor
) -> None:
    one, two = sponsors
    good = one.sign(inviting(coop, candidate, one))
    now = coop.evm.now
    sibling = coop.hub.create_pool(*coop.order("other"), sender=coop.founders[0])
    wrong = [
        two.sign(inviting(coop, outsider, two)),
        two.sign(inviting(coop, candidate, one)),
        two.sign(inviting(coop, candidate, two, times_joined=1)),
        two.sign(inviting(coop, candidate, two, deadline=now + DAY + 1)),
        two.sign(inviting(coop, candidate, two, domain=typed_data.Domain(1, one.address))),
        two.sign(
            inviting(coop, candidate, two, domain=typed_data.Domain(CHAIN_ID, sibling.admission))
        ),
        two.sign(
            inviting(coop, candidate, two, domain=typed_data.Domain(7, coop.admission.address))
        ),
        outsider.sign(inviting(coop, candidate, two)),
        one.sign(inviting(coop, candidate, two)),
        b"",
    ]
    for bad in wrong:
        with coop.evm.reverts("admission: not the sponsor's signature"):
            arguments = (candidate, now + DAY, sponsors, [good, bad], b"")
            coop.admission.join(*arguments, sender=candidate)


@pytest.mark.parametrize(("sponsors_needed", "left"), [(2, 1), (3, 2), (16, 3)])
def test_join__fewer_members_than_sponsors_needed__all_of_them_must(
    evm: Evm, candidate: Actor, sponsors_needed: int, left: int
) -> None:
    coop = Coop(evm, ways=Ways(sponsors=sponsors_needed))
    evm.warp(2 * DAY)
    for member in coop.founders[left:]:
        coop.admission.leave(sender=member)
    everybody = ascending(coop.founders[:left])
    with evm.reverts("admission: too few sponsors"):
        join(coop, candidate, everybody[:-1])
    join(coop, candidate, everybody)
    assert coop.governor.isMember(candidate)


def test_join__with_sixteen_sponsors__fits(evm: Evm, candidate: Actor) -> None:
    coop = Coop(evm, founders=17, ways=Ways(sponsors=16))
    evm.warp(2 * DAY)
    everybody = ascending(coop.founders)
    with evm.reverts("admission: too few sponsors"):
        join(coop, candidate, everybody[:15])
    join(coop, candidate, everybody[:16])
    assert coop.governor.isMember(candidate)
    with evm.reverts(""):
        join(coop, coop.patron, everybody)


# --- once --------------------------------------------------------------------------------------


def test_join__a_member__is_refused(coop: Coop, sponsors: list[Actor]) -> None:
    third = next(f for f in coop.founders if f not in sponsors)
    for times_joined in (0, 1):
        with coop.evm.reverts("admission: who was a member needs an offer"):
            join(coop, third, sponsors, times_joined=times_joined)


def test_join__after_leaving__takes_an_offer_and_no_invitation(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    """Neither the invitations that she used nor new ones: two members undo no vote of all."""
    deadline = coop.evm.now + 30 * DAY
    signed = [s.sign(inviting(coop, candidate, s, deadline=deadline)) for s in sponsors]
    used = (candidate, deadline, sponsors, signed, b"")
    coop.admission.join(*used, sender=candidate)
    coop.admission.leave(sender=candidate)
    coop.evm.warp(WEEK)
    with coop.evm.reverts("admission: who was a member needs an offer"):
        coop.admission.join(*used, sender=candidate)
    with coop.evm.reverts("admission: who was a member needs an offer"):
        join(coop, candidate, sponsors, times_joined=1)
    coop.admit(candidate)
    (admitted,) = named(coop.evm, "MemberAdmitted")
    assert admitted.args == {"account": candidate.address, "seat": 4, "times_joined": 2}


def test_join__the_same_invitations_after_rebinding__are_dead_for_both_keys(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    deadline, new = coop.evm.now + 60 * DAY, coop.evm.actor("new key")
    signed = {
        who.address: [s.sign(inviting(coop, who, s, deadline=deadline)) for s in sponsors]
        for who in (candidate, new)
    }
    arguments = (candidate, deadline, sponsors, signed[candidate.address], b"")
    coop.admission.join(*arguments, sender=candidate)
    coop.rebind(candidate, new)
    coop.admission.leave(sender=new)
    for who in (candidate, new):
        with coop.evm.reverts("admission: who was a member needs an offer"):
            arguments = (who, deadline, sponsors, signed[who.address], b"")
            coop.admission.join(*arguments, sender=who)


def test_accept__an_offer_from_before_an_expulsion__lets_nobody_back(
    coop: Coop, candidate: Actor
) -> None:
    """She joined by invitations, kept the offer, and was then removed by vote."""
    coop.enact(coop.offering(candidate), text="offer")
    offered = coop.admission.offered_until(candidate)
    join(coop, candidate, ascending(coop.founders)[:2])
    assert coop.admission.offered_until(candidate) == 0
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept(sender=candidate)
    coop.enact(coop.removing(candidate), text="expel")
    assert coop.evm.now < offered
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept(sender=candidate)
    signature = candidate.sign(accepting(coop, candidate, times_joined=1))
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept_for(candidate, coop.evm.now + DAY, signature, sender=coop.relayer)


# --- how many ----------------------------------------------------------------------------------


def test_cap__of_a_period__a_share_of_the_members_at_its_start_from_the_last_join_on(
    evm: Evm,
) -> None:
    """50 % of five members: two, until nobody has joined for seven days."""
    coop = Coop(evm, founders=5)
    evm.warp(2 * DAY)
    pair = ascending(coop.founders)[:2]
    people = [evm.actor(f"person {n}") for n in range(8)]
    assert coop.admission.joins_left() == 2
    join(coop, people[0], pair)
    assert coop.admission.joins_left() == 1
    evm.warp(WEEK - 1)
    # in the last second of the period: it goes on for as long again
    join(coop, people[1], pair)
    assert coop.admission.joins_left() == 0
    for wait in (0, 1, WEEK - 2):
        evm.warp(wait)
        with evm.reverts("admission: enough have joined in this period"):
            join(coop, people[2], pair)
    evm.warp(1)
    # seven members by now: three
    assert coop.admission.joins_left() == 3
    for n in (2, 3, 4):
        join(coop, people[n], pair)
    with evm.reverts("admission: enough have joined in this period"):
        join(coop, people[5], pair)
    evm.warp(WEEK)
    assert coop.admission.joins_left() == 5
    join(coop, people[5], pair)


def test_cap__of_a_small_share__is_one_at_least(evm: Evm, candidate: Actor) -> None:
    coop = Coop(evm, ways=Ways(joins_bps=1, period=DAY))
    evm.warp(2 * DAY)
    pair = ascending(coop.founders)[:2]
    join(coop, candidate, pair)
    with evm.reverts("admission: enough have joined in this period"):
        join(coop, coop.patron, pair)
    evm.warp(DAY)
    join(coop, coop.patron, pair)


def test_cap__somebody_left_again__gives_nothing_back(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    join(coop, candidate, sponsors)
    coop.admission.leave(sender=candidate)
    assert coop.admission.joins_left() == 0
    with coop.evm.reverts("admission: enough have joined in this period"):
        join(coop, coop.patron, sponsors)


def test_cap__of_a_shorter_period__takes_effect_at_once(
    coop: Coop, candidate: Actor, sponsors: list[Actor]
) -> None:
    coop.enact(setting(coop, period=300 * DAY), text="long")
    join(coop, candidate, sponsors)
    coop.enact(setting(coop, period=DAY), text="short")
    assert coop.admission.joins_left() == 2
    join(coop, coop.patron, sponsors)


@pytest.mark.parametrize(("joins_bps", "left"), [(10_000, 2), (6_667, 1), (3_334, 0), (1, 0)])
def test_cap__of_another_share__takes_effect_at_once(
    coop: Coop, candidate: Actor, sponsors: list[Actor], joins_bps: int, left: int
) -> None:
    """Of the three members at the period's start; one has joined, which no share undoes."""
    coop.enact(setting(coop, period=300 * DAY), text="long")
    join(coop, candidate, sponsors)
    coop.enact(setting(coop, period=300 * DAY, joins_bps=joins_bps), text="another share")
    assert coop.admission.joins_left() == left
    if left == 0:
        with coop.evm.reverts("admission: enough have joined in this period"):
            join(coop, coop.patron, sponsors)
    else:
        join(coop, coop.patron, sponsors)
