# SPDX-License-Identifier: AGPL-3.0-only
"""Links of identities: who must sign what, and that every link waits seven days."""

import pytest

from tests.contracts.evm import Actor, Evm, Log
from tests.contracts.registry import (
    DAY,
    DISCOURSE,
    GITHUB,
    WAIT,
    ZERO,
    Registry,
    ascending,
    typed,
)

NOT_THE_ACCOUNT = "identity: the account did not sign"
NOT_ITS_SIGNERS = "identity: a signature is not its signer's"
TOO_FEW = "identity: too few attesters signed"
OLD = "identity: a link issued as late or later is known"


@pytest.fixture
def registry(evm: Evm) -> Registry:
    return Registry(evm)


@pytest.fixture
def gardener(evm: Evm) -> Actor:
    """Who has the GitHub account."""
    return evm.actor("gardener")


@pytest.fixture
def new_key(evm: Evm) -> Actor:
    """The gardener's next account."""
    return evm.actor("gardener's new key")


# --- what a link does ---------------------------------------------------------------------


def test_link__first__waits_seven_days_to_the_second(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    request = registry.request(gardener)
    registry.link(request)
    effective_at = evm.now + 604_800
    assert evm.logs == [
        Log(
            "LinkProposed",
            {
                "pool": registry.pool.address,
                "identity": GITHUB,
                "account": gardener.address,
                "issued_at": request.issued_at,
                "effective_at": effective_at,
                "proof_hash": request.proof_hash,
                "proof_uri": request.proof_uri,
            },
            registry.identity.address,
        )
    ]
    waits = (ZERO, gardener.address, effective_at, request.issued_at, ZERO)
    assert (registry.state(), registry.payee()) == (waits, ZERO)
    evm.warp_to(effective_at - 1)
    assert (registry.state(), registry.payee()) == (waits, ZERO)
    evm.warp_to(effective_at)
    counts = (gardener.address, ZERO, 0, request.issued_at, ZERO)
    assert (registry.state(), registry.payee()) == (counts, gardener.address)
    evm.warp_to(effective_at + 1)
    assert (registry.state(), registry.payee()) == (counts, gardener.address)


def test_link__to_a_new_account__pauses_payments_and_then_moves(
    evm: Evm, registry: Registry, gardener: Actor, new_key: Actor
) -> None:
    registry.linked(gardener)
    change = registry.waiting(new_key)
    effective_at = evm.now + WAIT
    waits = (gardener.address, new_key.address, effective_at, change.issued_at, ZERO)
    assert (registry.state(), registry.payee()) == (waits, ZERO)
    evm.warp_to(effective_at - 1)
    assert (registry.state(), registry.payee()) == (waits, ZERO)
    evm.warp_to(effective_at)
    assert registry.state() == (new_key.address, ZERO, 0, change.issued_at, ZERO)
    assert registry.payee() == new_key.address


def test_link__over_a_waiting_one__takes_its_place_and_waits_anew(
    evm: Evm, registry: Registry, gardener: Actor, new_key: Actor, outsider: Actor
) -> None:
    registry.linked(gardener)
    registry.waiting(outsider)
    evm.warp(WAIT - 1)
    change = registry.waiting(new_key)
    evm.warp(1)
    waits = (gardener.address, new_key.address, change.issued_at + WAIT, change.issued_at, ZERO)
    assert (registry.state(), registry.payee()) == (waits, ZERO)
    evm.warp(WAIT)
    assert registry.payee() == new_key.address


def test_link__of_several_identities_and_pools__do_not_meet(
    registry: Registry, gardener: Actor, new_key: Actor
) -> None:
    other = registry.new_pool()
    registry.identity.set_attesters(other, registry.attesters, 2, sender=registry.hub)
    registry.waiting(gardener)
    registry.waiting(new_key, identity=DISCOURSE)
    registry.linked(new_key, pool=other)
    assert registry.payee() == gardener.address
    assert registry.identity.account_of(registry.pool, DISCOURSE) == new_key.address
    assert registry.payee(other) == new_key.address
    assert registry.identity.account_of(other, DISCOURSE) == ZERO


def test_link__to_one_account_from_two_identities__both_pay_it(
    registry: Registry, gardener: Actor
) -> None:
    registry.waiting(gardener)
    registry.linked(gardener, identity=DISCOURSE)
    assert registry.payee() == gardener.address
    assert registry.identity.account_of(registry.pool, DISCOURSE) == gardener.address


def test_link__never_made__is_nobodys(registry: Registry) -> None:
    assert registry.state() == (ZERO, ZERO, 0, 0, ZERO)
    assert registry.payee() == ZERO


def test_wait__is_seven_days(registry: Registry) -> None:
    assert registry.identity.WAIT() == 7 * 24 * 60 * 60


@pytest.mark.parametrize("signing", [[0, 1], [0, 2], [1, 2], [0, 1, 2]])
def test_link__any_two_or_all_three_attesters__suffice(
    registry: Registry, gardener: Actor, signing: list[int]
) -> None:
    request = registry.request(gardener)
    registry.link(request, signers=[registry.attesters[i] for i in signing])
    assert registry.state()[1] == gardener.address


def test_link__by_sixteen_attesters__fits_a_transaction(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    many = ascending([evm.actor(f"attester {n}") for n in range(16)])
    registry.identity.set_attesters(registry.pool, many, 16, sender=registry.governor)
    registry.link(registry.request(gardener), signers=many)
    assert registry.state()[1] == gardener.address
    request = registry.request(gardener, identity=DISCOURSE)
    with evm.reverts(TOO_FEW):
        registry.link(request, signers=many[1:])


def test_link__by_an_attester_for_herself__needs_the_others_too(
    evm: Evm, registry: Registry
) -> None:
    herself = registry.attesters[0]
    request = registry.request(herself)
    with evm.reverts(TOO_FEW):
        registry.link(request, signers=[herself])
    registry.link(request)
    assert registry.state()[1] == herself.address


# --- what is refused ----------------------------------------------------------------------


def test_link__deadline__holds_to_its_last_second(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    request = registry.request(gardener)
    arguments = registry.arguments(request)
    evm.warp_to(request.deadline + 1)
    with evm.reverts("identity: the signatures' deadline is over"):
        registry.identity.link(*arguments, sender=registry.relayer)
    request = registry.request(gardener, deadline=evm.now)
    registry.link(request)
    assert registry.state()[1] == gardener.address


@pytest.mark.parametrize("identity", [bytes(32), bytes(12) + b"\xff" * 20])
def test_link__of_an_address__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, identity: bytes
) -> None:
    with evm.reverts("identity: an address is no identity"):
        registry.link(registry.request(gardener, identity=identity))


def test_link__of_the_smallest_hash__is_taken(registry: Registry, gardener: Actor) -> None:
    smallest = (1 << 160).to_bytes(32)
    registry.link(registry.request(gardener, identity=smallest))
    assert registry.identity.link_of(registry.pool, smallest).pending == gardener.address


def test_link__to_nobody__is_refused(evm: Evm, registry: Registry, gardener: Actor) -> None:
    arguments = registry.arguments(registry.request(gardener))
    arguments[2] = ZERO
    with evm.reverts("identity: no account given"):
        registry.identity.link(*arguments, sender=registry.relayer)


def test_link__issued_at__must_rise_and_lie_in_the_past(
    evm: Evm, registry: Registry, gardener: Actor, new_key: Actor
) -> None:
    first = registry.waiting(gardener)
    evm.warp(100)
    for issued_at in (first.issued_at, first.issued_at - 1, 0):
        with evm.reverts(OLD):
            registry.link(registry.request(new_key, issued_at=issued_at))
    with evm.reverts("identity: issued in the future"):
        registry.link(registry.request(new_key, issued_at=evm.now + 1))
    registry.link(registry.request(new_key, issued_at=first.issued_at + 1))
    assert registry.state()[1] == new_key.address


@pytest.mark.parametrize("issued_at", [2**40 - 1, 2**40, 2**256 - 1])
def test_link__far_future__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, issued_at: int
) -> None:
    with evm.reverts("identity: issued in the future"):
        registry.link(registry.request(gardener, issued_at=issued_at))


def test_link__carried_twice__is_refused_at_any_time(
    evm: Evm, registry: Registry, gardener: Actor, new_key: Actor
) -> None:
    request = registry.request(gardener, deadline=evm.now + 100 * DAY)
    arguments = registry.arguments(request)
    registry.identity.link(*arguments, sender=registry.relayer)
    with evm.reverts(OLD):
        registry.identity.link(*arguments, sender=registry.relayer)
    evm.warp(WAIT)
    registry.linked(new_key)
    with evm.reverts(OLD):  # else the old key would come back
        registry.identity.link(*arguments, sender=registry.relayer)
    assert registry.payee() == new_key.address


def test_link__to_the_linked_account__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, new_key: Actor
) -> None:
    registry.linked(gardener)
    with evm.reverts("identity: this account is linked already"):
        registry.link(registry.request(gardener))
    registry.waiting(new_key)
    evm.warp(1)
    with evm.reverts("identity: this account is linked already"):
        registry.link(registry.request(gardener))


def test_link__not_signed_by_the_account__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, outsider: Actor
) -> None:
    request = registry.request(gardener)
    by_outsider = outsider.sign(typed(registry.identity, "IdentityLink", request.message(gardener)))
    by_attester = registry.sign(request, registry.attesters[0])
    for signature in (b"", bytes(65), by_outsider, by_attester):
        with evm.reverts(NOT_THE_ACCOUNT):
            registry.link(request, account_signature=signature)


def test_link__too_few_attesters__is_refused(evm: Evm, registry: Registry, gardener: Actor) -> None:
    request = registry.request(gardener)
    for signers in ([], registry.attesters[:1]):
        with evm.reverts(TOO_FEW):
            registry.link(request, signers=signers)


def test_link__of_a_pool_without_attesters__is_refused(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    request = registry.request(gardener, pool=registry.new_pool())
    for signers in ([], registry.attesters):
        with evm.reverts(TOO_FEW):
            registry.link(request, signers=signers)


def test_link__lists_of_different_length__are_refused(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    arguments = registry.arguments(registry.request(gardener))
    for attestations in (arguments[8][:1], [*arguments[8], b""]):
        with evm.reverts("identity: signers and attestations differ in number"):
            registry.identity.link(
                *arguments[:8], attestations, arguments[9], sender=registry.relayer
            )


def test_link__a_signer_twice_or_out_of_order__is_refused(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    request = registry.request(gardener)
    one, two, three = registry.attesters
    for signers in ([one, one], [two, one], [one, three, two], [one, two, two]):
        with evm.reverts("identity: signers are not in ascending order"):
            registry.link(request, signers=signers)


def test_link__signed_by_no_attester__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, outsider: Actor
) -> None:
    request = registry.request(gardener)
    for stranger in (outsider, registry.governor, registry.hub, gardener):
        signers = ascending([registry.attesters[0], stranger])
        with evm.reverts("identity: a signer is no attester of the pool"):
            registry.link(request, signers=signers)


def test_link__attesters_of_another_pool__are_refused(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    other = registry.new_pool()
    theirs = ascending([evm.actor("their attester"), evm.actor("their other attester")])
    registry.identity.set_attesters(other, theirs, 2, sender=registry.hub)
    with evm.reverts("identity: a signer is no attester of the pool"):
        registry.link(registry.request(gardener), signers=theirs)


def test_link__after_the_attesters_changed__old_ones_are_refused(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    request = registry.request(gardener)
    kept, *_ = registry.attesters
    registry.identity.set_attesters(registry.pool, [kept], 1, sender=registry.governor)
    with evm.reverts("identity: a signer is no attester of the pool"):
        registry.link(request)
    registry.link(request, signers=[kept])


def test_link__attestations_swapped__are_refused(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    arguments = registry.arguments(registry.request(gardener))
    arguments[8].reverse()
    with evm.reverts(NOT_ITS_SIGNERS):
        registry.identity.link(*arguments, sender=registry.relayer)
