# SPDX-License-Identifier: AGPL-3.0-only
"""How a link is stopped, confirmed in spite of it, canceled, or given up by its account."""

from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.evm import Actor, Contract, Evm, Log, Reverted
from tests.contracts.registry import (
    DAY,
    DISCOURSE,
    GITHUB,
    OBJECTION_FIELDS,
    WAIT,
    ZERO,
    Registry,
    Request,
    ascending,
    typed,
)

ONLY_ACTIVE = "identity: only the account linked now objects alone"
NONE_WAITS = "identity: no link to this account waits"
NOT_GOVERNOR = "identity: only the pool's governor may do this"
NONE_OBJECTED = "identity: no link to this account was objected to"
NOT_LINKED = "identity: this account is not linked"
OLD = "identity: a link issued as late or later is known"


@pytest.fixture
def registry(evm: Evm) -> Registry:
    return Registry(evm)


@pytest.fixture
def gardener(evm: Evm) -> Actor:
    """Who is linked."""
    return evm.actor("gardener")


@pytest.fixture
def thief(evm: Evm) -> Actor:
    """Who should not be linked instead."""
    return evm.actor("thief")


def event(registry: Registry, name: str, account: Actor, **more: Any) -> Log:
    args = {"pool": registry.pool.address, "identity": GITHUB, "account": account.address}
    return Log(name, args | more, registry.identity.address)


# --- the old account objects --------------------------------------------------------------


def test_object_to_link__by_the_old_account__stops_it_for_good(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.linked(gardener)
    change = registry.waiting(thief)
    ends = evm.now + WAIT
    evm.warp_to(ends - 1)
    registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=gardener)
    more = {"issued_at": change.issued_at, "objectors": [gardener.address]}
    assert evm.logs == [event(registry, "LinkObjected", thief, **more)]
    stopped = (gardener.address, ZERO, ends, change.issued_at, thief.address)
    assert (registry.state(), registry.payee()) == (stopped, gardener.address)
    evm.warp(100 * DAY)
    assert (registry.state(), registry.payee()) == (stopped, gardener.address)


def test_object_to_link__when_the_wait_is_over__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.linked(gardener)
    registry.waiting(thief)
    evm.warp(WAIT)
    with evm.reverts(ONLY_ACTIVE):  # the gardener is no longer linked
        registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=gardener)
    with evm.reverts(NONE_WAITS):
        registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=thief)


def test_object_to_link__by_anyone_else__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor, outsider: Actor
) -> None:
    registry.linked(gardener)
    registry.waiting(thief)
    for caller in (outsider, thief, registry.governor, registry.hub, registry.attesters[0]):
        with evm.reverts(ONLY_ACTIVE):
            registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=caller)


def test_object_to_link__to_a_first_link__has_nobody_to_do_it(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.waiting(thief)
    for caller in (gardener, thief):
        with evm.reverts(ONLY_ACTIVE):
            registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=caller)


def test_object_to_link__names_no_waiting_account__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor, outsider: Actor
) -> None:
    registry.linked(gardener)
    for account in (thief, gardener, ZERO):  # nothing waits
        with evm.reverts(NONE_WAITS):
            registry.identity.object_to_link(registry.pool, GITHUB, account, sender=gardener)
    registry.waiting(thief)
    for account in (outsider, gardener, ZERO):
        with evm.reverts(NONE_WAITS):
            registry.identity.object_to_link(registry.pool, GITHUB, account, sender=gardener)
    registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=gardener)
    for account in (thief, ZERO):  # stopped already
        with evm.reverts(NONE_WAITS):
            registry.identity.object_to_link(registry.pool, GITHUB, account, sender=gardener)


def test_object_to_link__of_another_pool_or_identity__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.linked(gardener)
    registry.waiting(thief)
    registry.waiting(thief, identity=DISCOURSE)
    other = registry.new_pool()
    with evm.reverts(ONLY_ACTIVE):
        registry.identity.object_to_link(registry.pool, DISCOURSE, thief, sender=gardener)
    with evm.reverts(ONLY_ACTIVE):
        registry.identity.object_to_link(other, GITHUB, thief, sender=gardener)


def test_link__over_an_objected_one__waits_and_can_be_objected_to_again(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.linked(gardener)
    for _ in range(2):
        change = registry.waiting(thief)
        waits = (gardener.address, thief.address, evm.now + WAIT, change.issued_at, ZERO)
        assert registry.state() == waits
        registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=gardener)
        evm.warp(1)
    assert registry.payee() == gardener.address


# --- members object -----------------------------------------------------------------------


def rule(days: tuple[int, int, int, int], quorum: int, approval: int) -> tuple[Any, ...]:
    return (*(day * DAY for day in days), quorum, approval, False)


RULES = [
    rule((0, 1, 1, 7), 2000, 5000),
    rule((0, 1, 1, 7), 2000, 5000),
    rule((0, 3, 2, 30), 2000, 6667),
    rule((0, 3, 0, 7), 1000, 0),
]


class Coop:
    """A pool with a real Governor and these founders, whose attesters are the registry's."""

    def __init__(self, registry: Registry, founders: list[Actor]) -> None:
        self.registry, self.evm = registry, registry.evm
        self.founders = ascending(founders)
        self.pool = self.evm.clone("Pool", [registry.hub])
        parts = [registry.hub, self.pool, registry.identity]
        self.governor = self.evm.clone("Governor", parts)
        self.pool.setup(self.governor, registry.governor, sender=registry.hub)
        self.governor.set_rules(RULES, sender=registry.hub)
        self.governor.admit(self.founders, sender=registry.hub)
        registry.identity.set_attesters(self.pool, registry.attesters, 2, sender=registry.hub)
        self.evm.warp(1)

    def object(self, link: Request, signers: list[Actor], **how: Any) -> None:
        """The relayer carries objections to a link; `how` changes what is passed or signed."""
        deadline = how.get("deadline", self.evm.now)
        objections = how.get("objections") or [
            signer.sign(
                typed(
                    self.registry.identity,
                    "LinkObjection",
                    self.message(link, signer, deadline) | how.get("message", {}),
                    **how.get("domain", {}),
                )
            )
            for signer in signers
        ]
        self.registry.identity.object_by_signatures(
            self.pool,
            GITHUB,
            how.get("account", link.account),
            how.get("issued_at", link.issued_at),
            deadline,
            signers,
            objections,
            sender=self.registry.relayer,
        )

    def message(self, link: Request, signer: Actor, deadline: int) -> dict[str, Any]:
        """The fields of a LinkObjection."""
        message = link.message(signer)
        del message["proofHash"]
        return message | {"deadline": deadline}


@pytest.fixture
def coop(evm: Evm, registry: Registry) -> Coop:
    return Coop(registry, [evm.actor(f"founder {n}") for n in range(5)])


def test_object_by_signatures__three_members__stop_a_first_link(
    evm: Evm, registry: Registry, coop: Coop, thief: Actor
) -> None:
    change = registry.waiting(thief, pool=coop.pool)
    ends = evm.now + WAIT
    evm.warp_to(ends - 1)
    objectors = coop.founders[1:4]
    coop.object(change, objectors)
    [log] = evm.logs
    assert (log.name, log.address) == ("LinkObjected", registry.identity.address)
    assert log.args == {
        "pool": coop.pool.address,
        "identity": GITHUB,
        "account": thief.address,
        "issued_at": change.issued_at,
        "objectors": [objector.address for objector in objectors],
    }
    evm.warp(WAIT)
    assert registry.state(coop.pool) == (ZERO, ZERO, ends, change.issued_at, thief.address)
    assert registry.payee(coop.pool) == ZERO


def test_object_by_signatures__against_a_change__keeps_the_old_account(
    registry: Registry, coop: Coop, gardener: Actor, thief: Actor
) -> None:
    registry.linked(gardener, pool=coop.pool)
    coop.object(registry.waiting(thief, pool=coop.pool), coop.founders[:3])
    assert registry.payee(coop.pool) == gardener.address


@pytest.mark.parametrize(("members", "needed"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_object_by_signatures__in_a_small_pool__takes_all_up_to_three(
    evm: Evm, registry: Registry, thief: Actor, members: int, needed: int
) -> None:
    coop = Coop(registry, [evm.actor(f"founder {n}") for n in range(members)])
    change = registry.waiting(thief, pool=coop.pool)
    with evm.reverts("identity: too few members object"):
        coop.object(change, coop.founders[: needed - 1], objections=[])
    coop.object(change, coop.founders[:needed])
    assert registry.state(coop.pool)[4] == thief.address


def test_object_by_signatures__in_a_pool_without_members__is_refused(
    evm: Evm, registry: Registry, coop: Coop, thief: Actor
) -> None:
    empty_pool = evm.clone("Pool", [registry.hub])
    empty = evm.clone("Governor", [registry.hub, empty_pool, registry.identity])
    empty_pool.setup(empty, registry.governor, sender=registry.hub)
    registry.identity.set_attesters(empty_pool, registry.attesters, 2, sender=registry.hub)
    coop.pool = empty_pool
    change = registry.waiting(thief, pool=empty_pool)
    with evm.reverts("identity: too few members object"):
        coop.object(change, [])


def test_object_by_signatures__deadline__holds_to_its_last_second(
    evm: Evm, registry: Registry, coop: Coop, thief: Actor
) -> None:
    change = registry.waiting(thief, pool=coop.pool)
    with evm.reverts("identity: the objection's deadline is over"):
        coop.object(change, coop.founders[:3], deadline=evm.now - 1)
    coop.object(change, coop.founders[:3], deadline=evm.now)


def test_object_by_signatures__when_the_wait_is_over__is_refused(
    evm: Evm, registry: Registry, coop: Coop, thief: Actor
) -> None:
    change = registry.linked(thief, pool=coop.pool)
    with evm.reverts(NONE_WAITS):
        coop.object(change, coop.founders[:3])


def test_object_by_signatures__names_another_account__is_refused(
    evm: Evm, registry: Registry, coop: Coop, gardener: Actor, thief: Actor
) -> None:
    change = registry.waiting(thief, pool=coop.pool)
    for account in (gardener.address, ZERO):
        with evm.reverts(NONE_WAITS):
            coop.object(change, coop.founders[:3], account=account, message={"account": account})


def test_object_by_signatures__of_an_earlier_link__is_refused(
    evm: Evm, registry: Registry, coop: Coop, thief: Actor
) -> None:
    first = registry.waiting(thief, pool=coop.pool)
    evm.warp(1)
    registry.waiting(thief, pool=coop.pool)
    with evm.reverts("identity: the objection names another link"):
        coop.object(first, coop.founders[:3])


def test_object_by_signatures__not_by_members__is_refused(
    evm: Evm, registry: Registry, coop: Coop, thief: Actor, outsider: Actor
) -> None:
    change = registry.waiting(thief, pool=coop.pool)
    for stranger in (outsider, thief, registry.attesters[0]):
        with evm.reverts("identity: an objector is no member"):
            coop.object(change, ascending([*coop.founders[:2], stranger]))


def test_object_by_signatures__one_member_twice_or_out_of_order__is_refused(
    evm: Evm, registry: Registry, coop: Coop, thief: Actor
) -> None:
    change = registry.waiting(thief, pool=coop.pool)
    one, two, three = coop.founders[:3]
    for signers in ([one, one, two], [one, two, two], [three, two, one]):
        with evm.reverts("identity: signers are not in ascending order"):
            coop.object(change, signers)


def test_object_by_signatures__lists_of_different_length__are_refused(
    evm: Evm, registry: Registry, coop: Coop, thief: Actor
) -> None:
    change = registry.waiting(thief, pool=coop.pool)
    with evm.reverts("identity: members and objections differ in number"):
        coop.object(change, coop.founders[:3], objections=[b"", b""])


OBJECTION_FLIPS: dict[str, Any] = {
    "pool": "0x1234567890123456789012345678901234567890",
    "identity": DISCOURSE,
    "account": "0x1234567890123456789012345678901234567890",
    "issuedAt": 1,
    "signer": "0x1234567890123456789012345678901234567890",
    "deadline": 2**256 - 1,
    "chain_id": 1,
    "contract": "0x1234567890123456789012345678901234567890",
}


@pytest.mark.parametrize("field", OBJECTION_FLIPS)
def test_object_by_signatures__one_signed_field_differs__is_refused(
    evm: Evm, registry: Registry, coop: Coop, thief: Actor, field: str
) -> None:
    change = registry.waiting(thief, pool=coop.pool)
    part = "domain" if field in ("chain_id", "contract") else "message"
    with evm.reverts("identity: a signature is not its signer's"):
        coop.object(change, coop.founders[:3], **{part: {field: OBJECTION_FLIPS[field]}})
    coop.object(change, coop.founders[:3])


def test_objection_flips__cover_every_field_of_the_struct_and_the_domain() -> None:
    assert set(OBJECTION_FLIPS) == {n for _, n in OBJECTION_FIELDS} | {"chain_id", "contract"}


# --- the governor confirms or cancels -----------------------------------------------------


@pytest.fixture
def stopped(registry: Registry, gardener: Actor, thief: Actor) -> Request:
    """A change from the gardener to the "thief", to which the gardener objected at once."""
    registry.linked(gardener)
    change = registry.waiting(thief)
    registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=gardener)
    return change


def test_confirm_link__by_the_governor__counts_once_the_wait_is_over(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor, stopped: Request
) -> None:
    confirm = (registry.pool, GITHUB, thief)
    evm.warp_to(stopped.issued_at + WAIT - 1)
    with evm.reverts("identity: the link's wait is not over"):
        registry.identity.confirm_link(*confirm, sender=registry.governor)
    assert registry.payee() == gardener.address
    evm.warp(1)
    registry.identity.confirm_link(*confirm, sender=registry.governor)
    assert evm.logs == [event(registry, "LinkConfirmed", thief)]
    assert registry.state() == (thief.address, ZERO, 0, stopped.issued_at, ZERO)
    assert registry.payee() == thief.address
    with evm.reverts(NONE_OBJECTED):
        registry.identity.confirm_link(*confirm, sender=registry.governor)


def test_confirm_link__by_anyone_else__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor, stopped: Request
) -> None:
    evm.warp_to(stopped.issued_at + WAIT)
    for caller in (gardener, thief, registry.hub, registry.attesters[0], registry.relayer):
        with evm.reverts(NOT_GOVERNOR):
            registry.identity.confirm_link(registry.pool, GITHUB, thief, sender=caller)


def test_confirm_link__of_what_was_not_objected_to__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor, outsider: Actor
) -> None:
    def refused(*accounts: Actor | str) -> None:
        for account in accounts:
            with evm.reverts(NONE_OBJECTED):
                registry.identity.confirm_link(
                    registry.pool, GITHUB, account, sender=registry.governor
                )

    refused(gardener, ZERO)  # nothing there: the governor cannot make up a link
    registry.waiting(gardener)
    refused(gardener, ZERO)  # nor skip the wait
    evm.warp(WAIT)
    refused(gardener, ZERO)
    registry.waiting(thief)
    registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=gardener)
    evm.warp(WAIT)
    refused(gardener, outsider, ZERO)


def test_confirm_link__by_a_proposal_after_members_objected__counts(
    evm: Evm, registry: Registry, coop: Coop, gardener: Actor
) -> None:
    change = registry.waiting(gardener, pool=coop.pool)
    coop.object(change, coop.founders[:3])
    call = registry.identity.calldata("confirm_link", coop.pool, GITHUB, gardener)
    content: tuple[Any, ...] = ([registry.identity], [0], [call])
    governor: Contract = coop.governor
    proposal = governor.propose(*content, "She showed us.", sender=coop.founders[4])
    evm.warp(1)
    for founder in coop.founders:
        governor.castVote(proposal, 1, sender=founder)
    evm.warp_to(change.issued_at + WAIT)
    governor.execute(*content, keccak(text="She showed us."), sender=registry.relayer)
    assert registry.payee(coop.pool) == gardener.address


def test_cancel_link__that_waits__keeps_the_old_account(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.linked(gardener)
    registry.waiting(thief)
    evm.warp(5)
    registry.identity.cancel_link(registry.pool, GITHUB, thief, sender=registry.governor)
    assert evm.logs == [event(registry, "LinkCanceled", thief)]
    assert registry.state() == (gardener.address, ZERO, 0, evm.now, ZERO)
    evm.warp(WAIT)
    assert registry.payee() == gardener.address


def test_cancel_link__that_was_objected_to__cannot_be_confirmed(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor, stopped: Request
) -> None:
    registry.identity.cancel_link(registry.pool, GITHUB, thief, sender=registry.governor)
    assert registry.state() == (gardener.address, ZERO, 0, evm.now, ZERO)
    evm.warp_to(stopped.issued_at + WAIT)
    with evm.reverts(NONE_OBJECTED):
        registry.identity.confirm_link(registry.pool, GITHUB, thief, sender=registry.governor)


def test_cancel_link__that_counts__leaves_nobody(
    evm: Evm, registry: Registry, thief: Actor
) -> None:
    registry.linked(thief)
    registry.identity.cancel_link(registry.pool, GITHUB, thief, sender=registry.governor)
    assert registry.state() == (ZERO, ZERO, 0, evm.now, ZERO)
    assert registry.payee() == ZERO


def test_cancel_link__that_counts_while_another_waits__lets_that_one_go_on(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.linked(thief)
    change = registry.waiting(gardener)
    ends = evm.now + WAIT
    evm.warp(5)
    registry.identity.cancel_link(registry.pool, GITHUB, thief, sender=registry.governor)
    assert registry.state() == (ZERO, gardener.address, ends, change.issued_at, ZERO)
    with evm.reverts("identity: only the account linked now objects alone"):
        registry.identity.object_to_link(registry.pool, GITHUB, gardener, sender=thief)
    evm.warp_to(ends)
    assert registry.payee() == gardener.address


def test_cancel_link__by_anyone_else__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.linked(gardener)
    registry.waiting(thief)
    for caller in (gardener, thief, registry.hub, registry.attesters[0], registry.relayer):
        for account in (gardener, thief):
            with evm.reverts(NOT_GOVERNOR):
                registry.identity.cancel_link(registry.pool, GITHUB, account, sender=caller)


def test_cancel_link__of_nobody_or_a_stranger__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, outsider: Actor
) -> None:
    def refused() -> None:
        with evm.reverts(NOT_LINKED):
            registry.identity.cancel_link(registry.pool, GITHUB, outsider, sender=registry.governor)
        with evm.reverts("identity: no account named"):
            registry.identity.cancel_link(registry.pool, GITHUB, ZERO, sender=registry.governor)

    refused()
    registry.waiting(gardener)
    refused()
    evm.warp(WAIT)
    refused()


# --- an account wants out -----------------------------------------------------------------


def test_unlink__by_the_linked_account__at_once(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    registry.linked(gardener)
    registry.identity.unlink(registry.pool, GITHUB, sender=gardener)
    assert evm.logs == [event(registry, "Unlinked", gardener)]
    assert registry.state() == (ZERO, ZERO, 0, evm.now, ZERO)
    assert registry.payee() == ZERO


def test_unlink__by_the_waiting_or_stopped_account__takes_it_back(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.linked(gardener)
    for objected in (False, True):
        registry.waiting(thief)
        if objected:
            registry.identity.object_to_link(registry.pool, GITHUB, thief, sender=gardener)
        registry.identity.unlink(registry.pool, GITHUB, sender=thief)
        assert evm.logs == [event(registry, "Unlinked", thief)]
        assert registry.state() == (gardener.address, ZERO, 0, evm.now, ZERO)
        assert registry.payee() == gardener.address
        evm.warp(1)


def test_unlink__while_another_link_is_open__leaves_that_one_as_it_was(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor
) -> None:
    registry.linked(gardener)
    change = registry.waiting(thief)
    ends = evm.now + WAIT
    evm.warp(5)
    registry.identity.unlink(registry.pool, GITHUB, sender=gardener)
    assert registry.state() == (ZERO, thief.address, ends, change.issued_at, ZERO)
    evm.warp_to(ends)
    assert registry.payee() == thief.address


def test_unlink__after_objecting__cannot_take_the_vote_from_the_members(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor, stopped: Request
) -> None:
    evm.warp(5)
    registry.identity.unlink(registry.pool, GITHUB, sender=gardener)
    ends = stopped.issued_at + WAIT
    assert registry.state() == (ZERO, ZERO, ends, stopped.issued_at, thief.address)
    evm.warp_to(ends)
    registry.identity.confirm_link(registry.pool, GITHUB, thief, sender=registry.governor)
    assert registry.payee() == thief.address


def test_unlink__kills_links_that_were_signed_before(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    registry.linked(gardener)
    unused = registry.request(gardener, deadline=evm.now + 100 * DAY)
    evm.warp(5)
    registry.identity.unlink(registry.pool, GITHUB, sender=gardener)
    evm.warp(DAY)
    with evm.reverts(OLD):
        registry.link(unused)
    registry.waiting(gardener)
    evm.warp(WAIT)
    assert registry.payee() == gardener.address


def test_unlink__by_anyone_else__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, thief: Actor, outsider: Actor
) -> None:
    def refused(*callers: Actor) -> None:
        for caller in callers:
            with evm.reverts(NOT_LINKED):
                registry.identity.unlink(registry.pool, GITHUB, sender=caller)

    refused(gardener, registry.governor)
    registry.linked(gardener)
    refused(outsider, thief, registry.governor, registry.hub, registry.attesters[0])
    registry.waiting(thief)
    refused(outsider)
    evm.warp(WAIT)
    refused(gardener)  # she was replaced


def test_objected__cannot_be_taken_for_linked_by_its_account(
    evm: Evm, registry: Registry, thief: Actor, gardener: Actor, stopped: Request
) -> None:
    assert stopped.account is thief
    with pytest.raises(Reverted, match=ONLY_ACTIVE):
        registry.identity.object_to_link(registry.pool, GITHUB, gardener, sender=thief)
    assert registry.payee() == gardener.address
    assert evm.logs == []
