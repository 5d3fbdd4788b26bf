# SPDX-License-Identifier: AGPL-3.0-only
"""What ends a link or an objection: the pool's governor, by a rules vote, or the account itself."""

from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.evm import Actor, Contract, Evm, Reverted
from tests.contracts.registry import (
    DAY,
    GITHUB,
    WAIT,
    ZERO,
    Coop,
    Registry,
    Request,
)

ONLY_ACTIVE = "identity: only the account linked now objects alone"
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


@pytest.fixture
def coop(evm: Evm, registry: Registry) -> Coop:
    return Coop(registry, [evm.actor(f"founder {n}") for n in range(5)])


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
    assert evm.logs == [registry.event("LinkConfirmed", thief)]
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
    assert evm.logs == [registry.event("LinkCanceled", thief)]
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
    assert evm.logs == [registry.event("Unlinked", gardener)]
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
        assert evm.logs == [registry.event("Unlinked", thief)]
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
