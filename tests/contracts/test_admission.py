# SPDX-License-Identifier: AGPL-3.0-only
"""Admission: its rules, offers that candidates accept, and leaving."""

from dataclasses import replace
from typing import Any

import pytest

from millpond.core import typed_data
from tests.contracts.coop import DAY, EXECUTED, FOR, ZERO, Coop, Ways, named
from tests.contracts.evm import CHAIN_ID, Actor, Evm, address_of

BOUNDS: list[tuple[str, int, int, str]] = [
    ("sponsors", 1, 16, "admission: 1 to 16 sponsors"),
    ("joins_bps", 1, 10_000, "admission: joins_bps is 1 to 10,000"),
    ("period", DAY, 366 * DAY, "admission: a period of 1 to 366 days"),
]


def setting(coop: Coop, **fields: Any) -> Any:
    """The call that sets the ways in."""
    ways = replace(coop.ways, **fields)
    return coop.admission, 0, coop.admission.calldata("set_ways", ways.values())


def accepting(coop: Coop, candidate: Any, **other: Any) -> Any:
    """The typed data of an acceptance that counts for a day."""
    fields: dict[str, Any] = {
        "candidate": address_of(candidate),
        "times_joined": 0,
        "deadline": coop.evm.now + DAY,
    }
    domain = other.pop("domain", None)
    domain = domain or typed_data.Domain(CHAIN_ID, coop.admission.address)
    return typed_data.acceptance(domain, **(fields | other))


@pytest.fixture
def candidate(evm: Evm) -> Actor:
    """Somebody who would like to be a member."""
    return evm.actor("candidate")


@pytest.fixture
def offered(coop: Coop, candidate: Actor) -> int:
    """She has an offer; its last second."""
    until = coop.evm.now + 100 * DAY
    coop.enact(coop.offering(candidate), text="offer")
    return until


# --- setup and set_ways ------------------------------------------------------------------------


def test_setup__by_the_hub__told_and_readable(coop: Coop) -> None:
    assert tuple(coop.admission.ways()) == Ways().values()
    assert coop.admission.hub() == coop.hub.address
    assert coop.admission.governor() == coop.governor.address
    assert coop.admission.pool() == coop.pool.address
    found = coop.admission.eip712Domain()
    assert found[1:5] == ("Millpond", "1", CHAIN_ID, coop.admission.address)


def test_setup__by_the_hub_of_a_clone__once(evm: Evm, outsider: Actor) -> None:
    hub, governor, pool = (evm.actor(name) for name in ("hub", "governor", "pool"))
    admission = evm.clone("Admission", [hub, governor, pool])
    for caller in (outsider, governor, pool):
        with evm.reverts("admission: only the hub sets it up"):
            admission.setup(Ways().values(), sender=caller)
    off = Ways(by_offer=False, by_invitation=False, sponsors=1, joins_bps=1, period=DAY)
    admission.setup(off.values(), sender=hub)
    (log,) = evm.logs
    assert (log.name, tuple(log.args["ways"])) == ("WaysSet", off.values())
    assert tuple(admission.ways()) == off.values()
    with evm.reverts("admission: set up already"):
        admission.setup(Ways().values(), sender=hub)


def test_set_ways__by_a_rules_vote__is_told(coop: Coop) -> None:
    coop.enact(setting(coop, by_offer=False, sponsors=7, joins_bps=123, period=9 * DAY))
    (log,) = named(coop.evm, "WaysSet")
    expected = Ways(by_offer=False, sponsors=7, joins_bps=123, period=9 * DAY)
    assert tuple(log.args["ways"]) == expected.values() == tuple(coop.admission.ways())


def test_set_ways__by_anybody_else__is_refused(coop: Coop, outsider: Actor) -> None:
    for caller in (outsider, coop.founders[0], coop.maintainers[0]):
        with coop.evm.reverts("admission: by proposal only"):
            coop.admission.set_ways(Ways().values(), sender=caller)


@pytest.mark.parametrize(("field", "least", "most", "reason"), BOUNDS)
def test_set_ways__each_bound__holds_at_its_edge_and_not_past_it(
    evm: Evm, field: str, least: int, most: int, reason: str
) -> None:
    hub = evm.actor("hub")
    admission = evm.clone("Admission", [hub, hub, hub])
    for worth in (least - 1, most + 1, 2**32 + most, 2**255):
        wrong: dict[str, Any] = {field: worth}
        with evm.reverts(reason):
            admission.setup(replace(Ways(), **wrong).values(), sender=hub)
    for worth in (least, most):
        mark = evm.snapshot()
        right: dict[str, Any] = {field: worth}
        ways = replace(Ways(), **right)
        admission.setup(ways.values(), sender=hub)
        assert tuple(admission.ways()) == ways.values()
        evm.restore(mark)


# --- offer -------------------------------------------------------------------------------------


def test_offer__by_a_membership_vote__may_be_accepted_until_its_deadline(
    coop: Coop, candidate: Actor
) -> None:
    until = coop.evm.now + 100 * DAY
    other = coop.evm.actor("other")
    coop.enact(coop.offering(candidate, other))
    assert [log.args for log in named(coop.evm, "MembershipOffered")] == [
        {"candidate": candidate.address, "deadline": until},
        {"candidate": other.address, "deadline": until},
    ]
    assert coop.admission.offered_until(candidate) == until
    assert coop.admission.offered_until(coop.patron) == 0
    assert not coop.governor.isMember(candidate)


def test_offer__by_anybody_else__is_refused(coop: Coop, candidate: Actor) -> None:
    for caller in (candidate, coop.founders[0]):
        with coop.evm.reverts("admission: by proposal only"):
            coop.admission.offer([candidate], coop.evm.now + DAY, sender=caller)
    coop.enact(coop.offering(candidate))
    assert coop.admission.offered_until(candidate) != 0


def test_offer__wrongly__is_refused(coop: Coop, candidate: Actor) -> None:
    wrong: list[tuple[str, list[Any]]] = [
        ("admission: nobody to offer to", []),
        ("admission: no offer to the zero address", [ZERO]),
        ("admission: no offer to the zero address", [candidate, ZERO]),
    ]
    for n, (reason, candidates) in enumerate(wrong):
        proposal = coop.passed(coop.offering(*candidates), text=str(n))
        with coop.evm.reverts(reason):
            coop.execute(proposal)


def test_offer__among_others_to_a_member__is_void_for_her(coop: Coop, candidate: Actor) -> None:
    member, until = coop.founders[0], coop.evm.now + 100 * DAY
    coop.enact(coop.offering(member, candidate, coop.founders[1]))
    assert [log.args for log in named(coop.evm, "MembershipOffered")] == [
        {"candidate": account.address, "deadline": until}
        for account in (member, candidate, coop.founders[1])
    ]
    assert coop.admission.offered_until(candidate) == until
    assert coop.admission.offered_until(member) == 0
    coop.admission.leave(sender=member)
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept(sender=member)
    coop.voters = coop.founders[1:]
    to_nobody = coop.enact(coop.offering(*coop.voters), text="to members only")
    assert coop.state(to_nobody) == EXECUTED
    assert [coop.admission.offered_until(voter) for voter in coop.voters] == [0, 0]


@pytest.mark.parametrize(
    ("ahead", "reason"),
    [
        (-1, "admission: the offer would be over"),
        (0, "admission: the offer would be over"),
        (1, ""),
        (366 * DAY, ""),
        (366 * DAY + 1, "admission: an offer of over a year"),
        (2**255, "admission: an offer of over a year"),
    ],
)
def test_offer__at_each_edge_of_its_time__counts_from_the_execution(
    coop: Coop, candidate: Actor, ahead: int, reason: str
) -> None:
    # a membership vote of this co-op: two days, seven, and three in the timelock
    executed_at = coop.evm.now + 12 * DAY
    proposal = coop.passed(coop.offering(candidate, deadline=executed_at + ahead))
    assert coop.evm.now == executed_at
    if reason:
        with coop.evm.reverts(reason):
            coop.execute(proposal)
    else:
        coop.execute(proposal)
        assert coop.admission.offered_until(candidate) == executed_at + ahead


def test_offer__switched_off__is_refused_and_so_is_accepting(
    coop: Coop, candidate: Actor, offered: int
) -> None:
    assert offered
    coop.enact(setting(coop, by_offer=False), text="off")
    proposal = coop.passed(coop.offering(coop.patron), text="another")
    with coop.evm.reverts("admission: offers are switched off"):
        coop.execute(proposal)
    with coop.evm.reverts("admission: accepting is switched off"):
        coop.admission.accept(sender=candidate)
    signature = candidate.sign(accepting(coop, candidate))
    with coop.evm.reverts("admission: accepting is switched off"):
        coop.admission.accept_for(candidate, coop.evm.now + DAY, signature, sender=coop.relayer)
    assert coop.admission.offered_until(candidate) == 0


def test_offer__switched_off_and_on_again__holds_on_until_its_deadline(
    coop: Coop, candidate: Actor, offered: int
) -> None:
    coop.enact(setting(coop, by_offer=False), text="off")
    assert coop.admission.offered_until(candidate) == 0
    coop.enact(setting(coop), text="on")
    assert coop.admission.offered_until(candidate) == offered
    coop.admission.accept(sender=candidate)
    assert coop.governor.isMember(candidate)


# --- accept ------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [1, 0])
def test_accept__in_time__makes_a_member(
    coop: Coop, candidate: Actor, offered: int, before: int
) -> None:
    coop.evm.warp_to(offered - before)
    coop.admission.accept(sender=candidate)
    assert [(log.name, log.args) for log in coop.evm.logs] == [
        (
            "MemberAdmitted",
            {"account": candidate.address, "seat": 4, "times_joined": 1},
        ),
        ("OfferAccepted", {"candidate": candidate.address}),
    ]
    assert coop.governor.isMember(candidate)
    assert coop.admission.offered_until(candidate) == 0


def test_accept__too_late_or_without_an_offer__is_refused(
    coop: Coop, candidate: Actor, outsider: Actor, offered: int
) -> None:
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept(sender=outsider)
    coop.evm.warp_to(offered + 1)
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept(sender=candidate)


def test_accept__in_an_open_vote__does_not_count(
    coop: Coop, candidate: Actor, offered: int
) -> None:
    assert offered
    proposal = coop.propose(coop.spending(coop.patron, 1))
    coop.admission.accept(sender=candidate)
    coop.open(proposal)
    with coop.evm.reverts("governor: joined too late"):
        coop.vote(proposal, FOR, candidate)


def test_accept__twice_or_after_leaving__needs_another_offer(
    coop: Coop, candidate: Actor, offered: int
) -> None:
    assert offered
    coop.admission.accept(sender=candidate)
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept(sender=candidate)
    coop.admission.leave(sender=candidate)
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept(sender=candidate)
    coop.enact(coop.offering(candidate), text="again")
    coop.admission.accept(sender=candidate)
    assert coop.governor.isMember(candidate)


def test_accept__more_than_the_share_of_a_period__is_refused_until_the_next(
    coop: Coop, candidate: Actor
) -> None:
    """50 % of three members: one in seven days, by whatever way; the offer holds on."""
    others = [coop.evm.actor(f"other {n}") for n in range(2)]
    coop.enact(coop.offering(candidate, *others))
    assert coop.admission.joins_left() == 1
    coop.admission.accept(sender=others[0])
    assert coop.admission.joins_left() == 0
    with coop.evm.reverts("admission: enough have joined in this period"):
        coop.admission.accept(sender=candidate)
    deadline = coop.evm.now + 60 * DAY
    signature = candidate.sign(accepting(coop, candidate, deadline=deadline))
    coop.evm.warp(7 * DAY - 1)
    with coop.evm.reverts("admission: enough have joined in this period"):
        coop.admission.accept_for(candidate, deadline, signature, sender=coop.relayer)
    coop.evm.warp(1)
    coop.admission.accept_for(candidate, deadline, signature, sender=coop.relayer)
    assert coop.governor.isMember(candidate)
    # four members when this period began: two
    assert coop.admission.joins_left() == 1


# --- accept_for --------------------------------------------------------------------------------


def test_accept_for__with_her_signature__makes_a_member(
    coop: Coop, candidate: Actor, offered: int
) -> None:
    assert offered
    deadline = coop.evm.now + DAY
    signature = candidate.sign(accepting(coop, candidate))
    coop.evm.warp_to(deadline)
    coop.admission.accept_for(candidate, deadline, signature, sender=coop.relayer)
    assert coop.evm.logs[-1].args == {"candidate": candidate.address}
    assert coop.governor.isMember(candidate)


def test_accept_for__a_contract_wallet__is_asked(coop: Coop, candidate: Actor) -> None:
    wallet = coop.evm.deploy("OddWallet", candidate)
    coop.enact(coop.offering(wallet))
    deadline = coop.evm.now + DAY
    with coop.evm.reverts("admission: not the candidate's signature"):
        signature = coop.patron.sign(accepting(coop, wallet))
        coop.admission.accept_for(wallet, deadline, signature, sender=coop.relayer)
    signature = candidate.sign(accepting(coop, wallet))
    coop.admission.accept_for(wallet, deadline, signature, sender=coop.relayer)
    assert coop.governor.isMember(wallet)


def test_accept_for__after_its_deadline__is_refused(
    coop: Coop, candidate: Actor, offered: int
) -> None:
    assert offered
    deadline = coop.evm.now + DAY
    signature = candidate.sign(accepting(coop, candidate))
    coop.evm.warp_to(deadline + 1)
    with coop.evm.reverts("admission: the acceptance has expired"):
        coop.admission.accept_for(candidate, deadline, signature, sender=coop.relayer)


def test_accept_for__without_an_offer__is_refused(coop: Coop, candidate: Actor) -> None:
    signature = candidate.sign(accepting(coop, candidate))
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept_for(candidate, coop.evm.now + DAY, signature, sender=coop.relayer)


def test_accept_for__anything_else_signed__is_refused(
    coop: Coop, candidate: Actor, outsider: Actor, offered: int
) -> None:
    assert offered
    sibling = coop.hub.create_pool(*coop.order("other"), sender=coop.founders[0])
    now = coop.evm.now
    wrong = [
        candidate.sign(accepting(coop, outsider)),
        outsider.sign(accepting(coop, candidate)),
        candidate.sign(accepting(coop, candidate, times_joined=1)),
        candidate.sign(accepting(coop, candidate, deadline=now + DAY + 1)),
        candidate.sign(
            accepting(coop, candidate, domain=typed_data.Domain(1, coop.admission.address))
        ),
        candidate.sign(
            accepting(coop, candidate, domain=typed_data.Domain(CHAIN_ID, sibling.admission))
        ),
        candidate.sign(
            accepting(coop, candidate, domain=typed_data.Domain(CHAIN_ID, coop.governor.address))
        ),
        b"",
        bytes(65),
    ]
    for signature in wrong:
        with coop.evm.reverts("admission: not the candidate's signature"):
            coop.admission.accept_for(candidate, now + DAY, signature, sender=coop.relayer)


def test_accept_for__the_same_signature_after_leaving__is_dead(
    coop: Coop, candidate: Actor, offered: int
) -> None:
    assert offered
    deadline = coop.evm.now + 60 * DAY
    signature = candidate.sign(accepting(coop, candidate, deadline=deadline))
    coop.admission.accept_for(candidate, deadline, signature, sender=coop.relayer)
    coop.admission.leave(sender=candidate)
    coop.enact(coop.offering(candidate), text="again")
    with coop.evm.reverts("admission: not the candidate's signature"):
        coop.admission.accept_for(candidate, deadline, signature, sender=coop.relayer)


# --- leave -------------------------------------------------------------------------------------


def test_leave__by_a_member__ends_it_now(coop: Coop) -> None:
    member = coop.founders[1]
    coop.admission.leave(sender=member)
    assert [(log.name, log.args) for log in coop.evm.logs] == [
        ("MemberRemoved", {"account": member.address, "seat": 2}),
        ("MemberLeft", {"account": member.address}),
    ]
    assert not coop.governor.isMember(member)
    assert coop.governor.member_count() == 2


def test_leave__by_nobodys_member_or_twice__is_refused(coop: Coop, outsider: Actor) -> None:
    with coop.evm.reverts("members: not a member"):
        coop.admission.leave(sender=outsider)
    coop.admission.leave(sender=coop.founders[1])
    with coop.evm.reverts("members: not a member"):
        coop.admission.leave(sender=coop.founders[1])


def test_leave__the_last_one__is_refused(coop: Coop) -> None:
    for member in coop.founders[:2]:
        coop.admission.leave(sender=member)
    with coop.evm.reverts("members: the last one stays"):
        coop.admission.leave(sender=coop.founders[2])
