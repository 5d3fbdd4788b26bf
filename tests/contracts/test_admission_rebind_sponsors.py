# SPDX-License-Identifier: AGPL-3.0-only
"""Another key for a seat, asked for by members' signatures: how many, whose, and once."""

from typing import Any

import pytest

from millpond.core import typed_data
from tests.contracts.coop import DAY, ZERO, Coop, Ways, ascending, named
from tests.contracts.evm import CHAIN_ID, Actor, Evm, address_of
from tests.contracts.test_admission_rebind import OPEN_FOR, WEEK, accepted, ask

YEAR = 366 * DAY


def sponsored(coop: Coop, old: Any, new: Any, sponsor: Any, **other: Any) -> Any:
    """The typed data of a sponsor's signature that counts for a day."""
    fields: dict[str, Any] = {
        "old": address_of(old),
        "new": address_of(new),
        "sponsor": address_of(sponsor),
        "deadline": coop.evm.now + DAY,
    }
    domain = other.pop("domain", None)
    domain = domain or typed_data.Domain(CHAIN_ID, coop.admission.address)
    return typed_data.rebinding(domain, **(fields | other))


def papers(
    coop: Coop, old: Any, new: Any, sponsors: list[Actor], deadline: int | None = None
) -> tuple[Any, ...]:
    """All that `rebind_by_sponsors` takes from the new key itself."""
    until = coop.evm.now + DAY if deadline is None else deadline
    signed = [s.sign(sponsored(coop, old, new, s, deadline=until)) for s in sponsors]
    return old, new, until, sponsors, signed, b""


def start(coop: Coop, old: Any, new: Any, sponsors: list[Actor]) -> None:
    """The new key brings what it was given."""
    coop.admission.rebind_by_sponsors(*papers(coop, old, new, sponsors), sender=new)


def settled(evm: Evm, founders: int = 4, **ways: Any) -> Coop:
    """A co-op whose founders have been members for days."""
    coop = Coop(evm, founders=founders, ways=Ways(joins_bps=10_000, **ways))
    evm.warp(2 * DAY)
    return coop


@pytest.fixture
def coop(evm: Evm) -> Coop:
    """Founders four, of whom two must sign."""
    return settled(evm)


@pytest.fixture
def old(coop: Coop) -> Actor:
    """A member who lost her key."""
    return coop.founders[0]


@pytest.fixture
def new(evm: Evm) -> Actor:
    """Her new one."""
    return evm.actor("new key")


@pytest.fixture
def pair(coop: Coop) -> list[Actor]:
    """Two who know her."""
    return ascending(coop.founders[1:3])


def test_rebind_by_sponsors__enough_of_them__only_starts_it(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    start(coop, old, new, pair)
    ready_at = coop.evm.now + WEEK
    assert [(log.name, log.args) for log in coop.evm.logs] == [
        (
            "RebindAsked",
            {
                "old": old.address,
                "new": new.address,
                "ready_at": ready_at,
                "sponsors": [sponsor.address for sponsor in pair],
            },
        )
    ]
    assert coop.governor.isMember(old)
    coop.evm.warp_to(ready_at)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert coop.governor.isMember(new)


def test_rebind_by_sponsors__objected__is_over(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    """Attack: two members would take the seat of a third who is awake."""
    start(coop, old, new, pair)
    coop.evm.warp(WEEK)
    coop.admission.object_to_rebind(sender=old)
    with coop.evm.reverts("admission: no rebind to complete"):
        coop.admission.complete_rebind(old, 0, b"", sender=new)


def test_rebind_by_sponsors__brought_by_another__needs_the_new_keys_word(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    *most, _ = papers(coop, old, new, pair)
    deadline = most[2]
    wrong = [
        b"",
        coop.relayer.sign(accepted(coop, old, new)),
        new.sign(accepted(coop, new, old)),
        new.sign(accepted(coop, old, new, deadline=deadline + 1)),
    ]
    for acceptance in wrong:
        with coop.evm.reverts("admission: not the new key's signature"):
            coop.admission.rebind_by_sponsors(*most, acceptance, sender=coop.relayer)
    right = new.sign(accepted(coop, old, new))
    coop.admission.rebind_by_sponsors(*most, right, sender=coop.relayer)
    assert coop.admission.pending_rebind(old)[0] == new.address


# --- deadlines ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "starts"), [(-1, True), (0, True), (1, False)])
def test_rebind_by_sponsors__at_the_deadline__its_second_is_the_last(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor], late: int, starts: bool
) -> None:
    brought = papers(coop, old, new, pair)
    coop.evm.warp_to(brought[2] + late)
    if starts:
        coop.admission.rebind_by_sponsors(*brought, sender=new)
    else:
        with coop.evm.reverts("admission: the rebindings have expired"):
            coop.admission.rebind_by_sponsors(*brought, sender=new)


@pytest.mark.parametrize(("ahead", "starts"), [(YEAR, True), (YEAR + 1, False), (2**255, False)])
def test_rebind_by_sponsors__a_deadline_far_ahead__a_year_is_the_most(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor], ahead: int, starts: bool
) -> None:
    brought = papers(coop, old, new, pair, deadline=coop.evm.now + ahead)
    if starts:
        coop.admission.rebind_by_sponsors(*brought, sender=new)
    else:
        with coop.evm.reverts("admission: a rebinding of over a year"):
            coop.admission.rebind_by_sponsors(*brought, sender=new)


# --- once --------------------------------------------------------------------------------------


def test_rebind_by_sponsors__while_one_is_pending__is_refused(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    """Neither the same nor another: any few could put off what others began, or turn it aside."""
    start(coop, old, new, pair)
    began = coop.admission.pending_rebind(old)
    for wait in (0, WEEK, OPEN_FOR):
        coop.evm.warp(wait)
        for key in (new, coop.patron):
            with coop.evm.reverts("admission: a rebind is asked for already"):
                start(coop, old, key, pair)
    assert coop.admission.pending_rebind(old) == began
    coop.evm.warp(1)
    start(coop, old, coop.patron, pair)
    assert coop.admission.pending_rebind(old)[0] == coop.patron.address


def test_rebind_by_sponsors__against_a_vote__does_not_take_its_place(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    ready = ask(coop, old, new)
    with coop.evm.reverts("admission: a rebind is asked for already"):
        start(coop, old, coop.patron, pair)
    assert tuple(coop.admission.pending_rebind(old)) == (new.address, ready)


def test_rebind__by_a_vote__takes_the_place_of_what_sponsors_began(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    """So all can turn aside what two have begun for the seat of somebody whose key is lost."""
    thief = coop.patron
    coop.evm.warp(WEEK)
    proposal = coop.passed(coop.asking(old, new), text="the right key")
    start(coop, old, thief, pair)
    coop.evm.warp(WEEK - 1)
    coop.execute(proposal)
    coop.evm.warp(1)
    with coop.evm.reverts("admission: the old key may still object"):
        coop.admission.complete_rebind(old, 0, b"", sender=thief)
    coop.evm.warp(WEEK)
    with coop.evm.reverts("admission: not the new key's signature"):
        coop.admission.complete_rebind(old, coop.evm.now, b"", sender=thief)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert coop.governor.isMember(new)


@pytest.mark.parametrize("end", ["objected", "expired", "left"])
def test_rebind_by_sponsors__the_same_signatures_after_its_end__are_dead(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor], end: str
) -> None:
    """Also brought by others, in another company, and after she left and came back."""
    until = coop.evm.now + 300 * DAY
    brought = papers(coop, old, new, pair, deadline=until)
    coop.admission.rebind_by_sponsors(*brought, sender=new)
    if end == "objected":
        coop.admission.object_to_rebind(sender=old)
    elif end == "expired":
        coop.evm.warp(WEEK + OPEN_FOR + 1)
    else:
        coop.admission.leave(sender=old)
        coop.voters = coop.founders[1:]
        coop.admit(old)
    with coop.evm.reverts("admission: this rebind was asked for before"):
        coop.admission.rebind_by_sponsors(*brought, sender=new)
    three = papers(coop, old, new, ascending(coop.founders[1:]), deadline=until)
    with coop.evm.reverts("admission: this rebind was asked for before"):
        coop.admission.rebind_by_sponsors(*three, sender=new)
    start(coop, old, new, pair)
    assert coop.admission.pending_rebind(old)[0] == new.address


def test_rebind_by_sponsors__the_same_signatures_after_it_was_done__are_dead(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    until = coop.evm.now + 300 * DAY
    brought = papers(coop, old, new, pair, deadline=until)
    coop.admission.rebind_by_sponsors(*brought, sender=new)
    coop.evm.warp(WEEK)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    coop.voters = coop.founders[1:]
    coop.admit(old)
    with coop.evm.reverts("admission: this rebind was asked for before"):
        coop.admission.rebind_by_sponsors(*brought, sender=new)


def test_rebind_by_sponsors__refused__uses_nothing_up(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    brought = papers(coop, old, new, pair)
    with coop.evm.reverts("admission: not the new key's signature"):
        coop.admission.rebind_by_sponsors(*brought, sender=coop.relayer)
    coop.admission.rebind_by_sponsors(*brought, sender=new)


def test_rebind_by_sponsors__wrong_accounts__are_refused(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    for account in (new, coop.patron, ZERO):
        with coop.evm.reverts("admission: only a member's seat moves"):
            start(coop, account, new, pair)
    for taken in (old, coop.founders[3], pair[0]):
        with coop.evm.reverts("admission: the new key had a seat"):
            start(coop, old, taken, pair)


def test_rebind_by_sponsors__to_the_zero_address__nobody_can_sign(
    coop: Coop, old: Actor, pair: list[Actor]
) -> None:
    """The zero address never signs; a node lets nobody call as it."""
    arguments = papers(coop, old, ZERO, pair)
    with coop.evm.reverts("admission: not the new key's signature"):
        coop.admission.rebind_by_sponsors(*arguments, sender=coop.relayer)


# --- who sponsors ------------------------------------------------------------------------------


def test_rebind_by_sponsors__too_few_or_unequal_lists__is_refused(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    for some in ([], pair[:1]):
        with coop.evm.reverts("admission: too few sponsors"):
            start(coop, old, new, some)
    _, _, until, _, signed, _ = papers(coop, old, new, pair)
    for signatures in (signed[:1], [*signed, b""], []):
        with coop.evm.reverts("admission: one signature for each sponsor"):
            arguments = (old, new, until, pair, signatures, b"")
            coop.admission.rebind_by_sponsors(*arguments, sender=new)


@pytest.mark.parametrize(
    ("founders", "sponsors", "needed"),
    [
        (2, 1, 1),
        (2, 16, 1),
        (3, 1, 2),
        (3, 2, 2),
        (3, 16, 2),
        (4, 1, 2),
        (4, 3, 3),
        (4, 4, 3),
        (17, 16, 16),
        (17, 5, 5),
    ],
)
def test_rebind_by_sponsors__of_so_many_members__as_many_as_for_invitations_and_two(
    evm: Evm, new: Actor, founders: int, sponsors: int, needed: int
) -> None:
    coop = settled(evm, founders, sponsors=sponsors)
    old, others = coop.founders[0], ascending(coop.founders[1:])
    with evm.reverts("admission: too few sponsors"):
        start(coop, old, new, others[: needed - 1])
    start(coop, old, new, others[:needed])
    assert coop.admission.pending_rebind(old)[0] == new.address


def test_rebind_by_sponsors__of_the_only_member__nobody_can(evm: Evm, new: Actor) -> None:
    """Attack: a co-op of one has no other member; anybody could else ask for its seat."""
    coop = settled(evm, 1)
    with evm.reverts("admission: too few sponsors"):
        start(coop, coop.founders[0], new, [])
    with evm.reverts("admission: the old key cannot sponsor"):
        start(coop, coop.founders[0], new, coop.founders)


def test_rebind_by_sponsors__the_old_key_among_them__is_refused(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    with coop.evm.reverts("admission: the old key cannot sponsor"):
        start(coop, old, new, ascending([*pair, old]))


def test_rebind_by_sponsors__twice_the_same_or_not_ascending__is_refused(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    one, two = pair
    for order in ([one, one], [two, one], [one, two, two]):
        with coop.evm.reverts("admission: sponsors by ascending address"):
            start(coop, old, new, order)
    start(coop, old, new, [one, two])


def test_rebind_by_sponsors__strangers_leavers_and_newcomers__are_refused(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor], outsider: Actor
) -> None:
    with coop.evm.reverts("admission: a sponsor is not a member"):
        start(coop, old, new, ascending([pair[0], outsider]))
    coop.admit(outsider)
    coop.evm.warp(DAY - 1)
    with coop.evm.reverts("admission: a sponsor joined too lately"):
        start(coop, old, new, ascending([pair[0], outsider]))
    coop.evm.warp(1)
    coop.admission.leave(sender=pair[0])
    with coop.evm.reverts("admission: a sponsor is not a member"):
        start(coop, old, new, ascending([pair[0], outsider]))
    start(coop, old, new, ascending([pair[1], outsider]))


def test_rebind_by_sponsors__with_another_signature__is_refused(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor], outsider: Actor
) -> None:
    one, two = pair
    now, until = coop.evm.now, coop.evm.now + DAY
    good = one.sign(sponsored(coop, old, new, one))
    sibling = coop.hub.create_pool(*coop.order("other"), sender=coop.founders[0])
    domains = [
        typed_data.Domain(1, coop.admission.address),
        typed_data.Domain(CHAIN_ID, sibling.admission),
        typed_data.Domain(CHAIN_ID, coop.governor.address),
    ]
    wrong = [
        b"",
        bytes(65),
        two.sign(sponsored(coop, new, old, two)),
        two.sign(sponsored(coop, old, outsider, two)),
        two.sign(sponsored(coop, outsider, new, two)),
        two.sign(sponsored(coop, old, new, one)),
        two.sign(sponsored(coop, old, new, two, deadline=now + 2 * DAY)),
        outsider.sign(sponsored(coop, old, new, two)),
        one.sign(sponsored(coop, old, new, two)),
        two.sign(accepted(coop, old, new)),
        *(two.sign(sponsored(coop, old, new, two, domain=domain)) for domain in domains),
    ]
    for bad in wrong:
        with coop.evm.reverts("admission: not the sponsor's signature"):
            arguments = (old, new, until, pair, [good, bad], b"")
            coop.admission.rebind_by_sponsors(*arguments, sender=new)


def test_rebind_by_sponsors__a_wallet_among_them__is_asked(
    coop: Coop, old: Actor, new: Actor, pair: list[Actor]
) -> None:
    wallet = coop.evm.deploy("OddWallet", coop.patron)
    coop.admit(wallet)
    coop.evm.warp(DAY)
    keys = {wallet.address: coop.patron, pair[0].address: pair[0]}
    both = ascending([wallet, pair[0]])
    signed = [keys[s.address].sign(sponsored(coop, old, new, s)) for s in both]
    arguments = (old, new, coop.evm.now + DAY, both, signed, b"")
    coop.admission.rebind_by_sponsors(*arguments, sender=new)
    (log,) = named(coop.evm, "RebindAsked")
    assert log.args["sponsors"] == [s.address for s in both]
