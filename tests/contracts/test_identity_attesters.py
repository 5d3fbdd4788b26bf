# SPDX-License-Identifier: AGPL-3.0-only
"""Whose word a pool takes: its attesters, and the pools whose links it trusts, in order."""

import pytest

from tests.contracts.compiled import artifact
from tests.contracts.evm import Actor, Contract, Evm, Log
from tests.contracts.registry import DISCOURSE, GITHUB, WAIT, ZERO, Registry

NOT_GOVERNOR_NOR_HUB = "identity: only the pool's governor or hub names attesters"
NOT_GOVERNOR = "identity: only the pool's governor may do this"
NO_CONTRACT = "identity: there is no contract at the pool's address"
BAD_NEEDED = "identity: from one to all attesters must be needed"
BAD_ATTESTER = "identity: an attester is zero or named twice"
BAD_POOL = "identity: a listed pool is zero or named twice"


@pytest.fixture
def registry(evm: Evm) -> Registry:
    return Registry(evm)


@pytest.fixture
def gardener(evm: Evm) -> Actor:
    return evm.actor("gardener")


@pytest.fixture
def baker(evm: Evm) -> Actor:
    return evm.actor("baker")


def addresses(people: list[Actor]) -> list[str]:
    return [person.address for person in people]


# --- set_attesters ------------------------------------------------------------------------


def test_set_attesters__by_the_hub__at_first(evm: Evm, registry: Registry) -> None:
    pool = registry.new_pool()
    assert registry.identity.attesters(pool) == ([], 0)
    registry.identity.set_attesters(pool, registry.attesters, 3, sender=registry.hub)
    args = {"pool": pool.address, "attesters": addresses(registry.attesters), "needed": 3}
    assert evm.logs == [Log("AttestersSet", args, registry.identity.address)]
    assert registry.identity.attesters(pool) == (addresses(registry.attesters), 3)


def test_set_attesters__by_the_hub_a_second_time__is_refused(
    evm: Evm, registry: Registry, outsider: Actor
) -> None:
    with evm.reverts("identity: the pool has attesters, only its governor changes them"):
        registry.identity.set_attesters(registry.pool, [outsider], 1, sender=registry.hub)


@pytest.mark.parametrize(
    ("count", "needed"), [(1, 1), (2, 1), (2, 2), (3, 2), (15, 8), (16, 1), (16, 16)]
)
def test_set_attesters__by_the_governor__replaces_all(
    evm: Evm, registry: Registry, count: int, needed: int
) -> None:
    people = [evm.actor(f"new attester {n}") for n in range(count)]  # in no order
    registry.identity.set_attesters(registry.pool, people, needed, sender=registry.governor)
    args = {"pool": registry.pool.address, "attesters": addresses(people), "needed": needed}
    assert evm.logs == [Log("AttestersSet", args, registry.identity.address)]
    assert registry.identity.attesters(registry.pool) == (addresses(people), needed)


def test_set_attesters__fewer_than_before__forgets_the_rest(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    one, two, three = registry.attesters
    registry.identity.set_attesters(registry.pool, [three], 1, sender=registry.governor)
    assert registry.identity.attesters(registry.pool) == ([three.address], 1)
    for forgotten in (one, two):
        with evm.reverts("identity: a signer is no attester of the pool"):
            registry.link(registry.request(gardener), signers=[forgotten])
    registry.identity.set_attesters(registry.pool, [one, two], 1, sender=registry.governor)
    assert registry.identity.attesters(registry.pool) == ([one.address, two.address], 1)


def test_set_attesters__of_one_pool__leaves_others(registry: Registry, baker: Actor) -> None:
    other = registry.new_pool()
    registry.identity.set_attesters(other, [baker], 1, sender=registry.governor)
    assert registry.identity.attesters(registry.pool) == (addresses(registry.attesters), 2)


def test_set_attesters__by_anyone_else__is_refused(
    evm: Evm, registry: Registry, outsider: Actor
) -> None:
    fresh = registry.new_pool()
    other_governor = evm.actor("governor of another pool")
    registry.new_pool(other_governor)
    for caller in (outsider, other_governor, registry.attesters[0]):
        for pool in (fresh, registry.pool):
            with evm.reverts(NOT_GOVERNOR_NOR_HUB):
                registry.identity.set_attesters(pool, [outsider], 1, sender=caller)


def test_set_attesters__needed_out_of_range__is_refused(
    evm: Evm, registry: Registry, baker: Actor
) -> None:
    for people, needed in [([], 0), ([], 1), ([baker], 0), ([baker], 2), ([baker], 2**256 - 1)]:
        with evm.reverts(BAD_NEEDED):
            registry.identity.set_attesters(registry.pool, people, needed, sender=registry.governor)


def test_set_attesters__zero_or_twice__is_refused(
    evm: Evm, registry: Registry, gardener: Actor, baker: Actor
) -> None:
    for people in ([ZERO], [baker, ZERO], [baker, baker], [baker, gardener, baker]):
        with evm.reverts(BAD_ATTESTER):
            registry.identity.set_attesters(registry.pool, people, 1, sender=registry.governor)


def test_set_attesters__more_than_sixteen__is_refused(evm: Evm, registry: Registry) -> None:
    people = [evm.actor(f"new attester {n}") for n in range(17)]
    with evm.reverts(""):  # the calldata does not fit the type
        registry.identity.set_attesters(registry.pool, people, 1, sender=registry.governor)


def test_governor__of_an_address_without_code__is_refused(
    evm: Evm, registry: Registry, outsider: Actor
) -> None:
    identity = registry.identity
    for nothing in (ZERO, outsider):
        with evm.reverts(NO_CONTRACT):
            identity.set_attesters(nothing, [outsider], 1, sender=outsider)
        with evm.reverts(NO_CONTRACT):
            identity.set_attesting_pools(nothing, [], sender=outsider)
        with evm.reverts(NO_CONTRACT):
            identity.confirm_link(nothing, GITHUB, outsider, sender=outsider)
        with evm.reverts(NO_CONTRACT):
            identity.cancel_link(nothing, GITHUB, outsider, sender=outsider)


def test_governor__of_a_pool_that_is_not_set_up__is_nobody(evm: Evm, registry: Registry) -> None:
    unready = evm.clone("Pool", [registry.hub])
    with evm.reverts(NOT_GOVERNOR):
        registry.identity.set_attesting_pools(unready, [], sender=registry.hub)
    registry.identity.set_attesters(unready, registry.attesters, 1, sender=registry.hub)


# --- set_attesting_pools and account_of ---------------------------------------------------


def linked_pools(registry: Registry, count: int) -> list[Contract]:
    """Other pools with the same attesters."""
    pools = [registry.new_pool() for _ in range(count)]
    for pool in pools:
        registry.identity.set_attesters(pool, registry.attesters, 2, sender=registry.hub)
    return pools


def test_attesting_pools__unset__are_the_pool_alone(registry: Registry, gardener: Actor) -> None:
    [other] = linked_pools(registry, 1)
    registry.linked(gardener, pool=other)
    assert registry.identity.attesting_pools(registry.pool) == [registry.pool.address]
    assert (registry.payee(), registry.payee(other)) == (ZERO, gardener.address)


def test_set_attesting_pools__by_the_governor__in_this_order(
    evm: Evm, registry: Registry, gardener: Actor
) -> None:
    pools = [*linked_pools(registry, 3), registry.pool]
    registry.identity.set_attesting_pools(registry.pool, pools, sender=registry.governor)
    listed = [pool.address for pool in pools]
    args = {"pool": registry.pool.address, "pools": listed, "effective_at": evm.now + WAIT}
    assert evm.logs == [Log("AttestingPoolsSet", args, registry.identity.address)]
    evm.warp(WAIT)
    assert registry.identity.attesting_pools(registry.pool) == listed
    registry.linked(gardener, pool=pools[2])
    assert registry.payee() == gardener.address
    registry.identity.set_attesting_pools(registry.pool, pools[:1], sender=registry.governor)
    evm.warp(WAIT)
    assert registry.identity.attesting_pools(registry.pool) == listed[:1]
    assert registry.payee() == ZERO


def test_set_attesting_pools__for_seven_days__the_old_list_decides(
    evm: Evm, registry: Registry, gardener: Actor, outsider: Actor
) -> None:
    """A vote that lists a false pool pays nobody else at once: who is paid now can claim first."""
    [false_pool] = linked_pools(registry, 1)
    registry.linked(gardener)
    registry.linked(outsider, pool=false_pool)
    registry.identity.set_attesting_pools(registry.pool, [false_pool], sender=registry.governor)
    own = [registry.pool.address]
    for wait in (0, WAIT - 1):
        evm.warp(wait)
        assert registry.identity.attesting_pools(registry.pool) == own
        assert registry.payee() == gardener.address
    evm.warp(1)
    assert registry.payee() == outsider.address


def test_set_attesting_pools__again_while_one_waits__takes_its_place(
    evm: Evm, registry: Registry
) -> None:
    first, second = linked_pools(registry, 2)
    registry.identity.set_attesting_pools(registry.pool, [first], sender=registry.governor)
    evm.warp(WAIT - 1)
    registry.identity.set_attesting_pools(registry.pool, [second], sender=registry.governor)
    evm.warp(WAIT - 1)
    assert registry.identity.attesting_pools(registry.pool) == [registry.pool.address]
    evm.warp(1)
    assert registry.identity.attesting_pools(registry.pool) == [second.address]
    registry.identity.set_attesting_pools(registry.pool, [first], sender=registry.governor)
    assert registry.identity.attesting_pools(registry.pool) == [second.address]


def test_set_attesting_pools__empty__means_itself_again(
    registry: Registry, gardener: Actor
) -> None:
    pools = linked_pools(registry, 1)
    registry.linked(gardener)
    registry.identity.set_attesting_pools(registry.pool, pools, sender=registry.governor)
    registry.evm.warp(WAIT)
    assert registry.payee() == ZERO  # a pool that is not listed has no word, not even one's own
    registry.identity.set_attesting_pools(registry.pool, [], sender=registry.governor)
    registry.evm.warp(WAIT)
    assert registry.identity.attesting_pools(registry.pool) == [registry.pool.address]
    assert registry.payee() == gardener.address


def test_set_attesting_pools__by_anyone_else__is_refused(
    evm: Evm, registry: Registry, outsider: Actor
) -> None:
    for caller in (outsider, registry.hub, registry.attesters[0]):
        with evm.reverts(NOT_GOVERNOR):
            registry.identity.set_attesting_pools(registry.pool, [registry.pool], sender=caller)


def test_set_attesting_pools__zero_or_twice__is_refused(evm: Evm, registry: Registry) -> None:
    one, two = linked_pools(registry, 2)
    for pools in ([ZERO], [one, ZERO], [one, one], [one, two, one]):
        with evm.reverts(BAD_POOL):
            registry.identity.set_attesting_pools(registry.pool, pools, sender=registry.governor)


def test_set_attesting_pools__more_than_four__is_refused(evm: Evm, registry: Registry) -> None:
    pools = linked_pools(registry, 5)
    with evm.reverts(""):
        registry.identity.set_attesting_pools(registry.pool, pools, sender=registry.governor)


def test_account_of__first_listed_pool_with_a_link__decides(
    evm: Evm, registry: Registry, gardener: Actor, baker: Actor
) -> None:
    first, second = linked_pools(registry, 2)
    registry.identity.set_attesting_pools(registry.pool, [first, second], sender=registry.governor)
    registry.linked(baker, pool=second)
    assert registry.payee() == baker.address
    registry.waiting(gardener, pool=first)
    assert registry.payee() == ZERO  # the first pool speaks up: wait, do not pay the baker
    evm.warp(WAIT - 1)
    assert registry.payee() == ZERO
    evm.warp(1)
    assert registry.payee() == gardener.address
    registry.waiting(gardener, pool=second)
    assert registry.payee() == gardener.address  # what the second says does not matter
    registry.identity.unlink(first, GITHUB, sender=gardener)
    assert registry.payee() == ZERO  # now it does: its link waits
    evm.warp(WAIT)
    assert registry.payee() == gardener.address


def test_account_of__an_objected_first_link__lets_the_next_pool_decide(
    registry: Registry, gardener: Actor, baker: Actor, outsider: Actor
) -> None:
    first, second = linked_pools(registry, 2)
    registry.identity.set_attesting_pools(registry.pool, [first, second], sender=registry.governor)
    registry.waiting(gardener, pool=first)
    registry.linked(baker, pool=second)
    registry.waiting(outsider, pool=first)
    registry.identity.object_to_link(first, GITHUB, outsider, sender=gardener)
    assert registry.payee() == gardener.address
    registry.identity.unlink(first, GITHUB, sender=gardener)
    assert registry.state(first)[4] == outsider.address
    assert registry.payee() == baker.address


def test_account_of__another_identity__is_not_mixed_up(registry: Registry, gardener: Actor) -> None:
    registry.linked(gardener)
    assert registry.identity.account_of(registry.pool, DISCOURSE) == ZERO
    assert registry.identity.account_of(registry.pool, bytes(32)) == ZERO


def test_pool__false_with_a_false_governor__speaks_only_for_itself(
    evm: Evm, registry: Registry, outsider: Actor, gardener: Actor
) -> None:
    registry.linked(gardener)
    false_pool = evm.clone("Pool", [outsider])
    false_pool.setup(outsider, outsider, sender=outsider)
    registry.identity.set_attesters(false_pool, [outsider], 1, sender=outsider)
    registry.link(registry.request(outsider, pool=false_pool), signers=[outsider])
    evm.warp(WAIT)
    assert registry.payee(false_pool) == outsider.address
    assert registry.payee() == gardener.address


def test_abi__is_exactly_this__so_nobody_owns_the_registry() -> None:
    functions = {e["name"] for e in artifact("Identity").abi if e["type"] == "function"}
    asked = {"account_of", "link_of", "attesters", "attesting_pools", "WAIT", "eip712Domain"}
    by_governors = {"set_attesters", "set_attesting_pools", "confirm_link", "cancel_link"}
    by_people = {"link", "object_to_link", "object_by_signatures", "unlink"}
    assert functions == asked | by_governors | by_people


def test_money__sent_along__is_refused(evm: Evm, registry: Registry, gardener: Actor) -> None:
    registry.linked(gardener)
    with evm.reverts(""):
        registry.identity.unlink(registry.pool, GITHUB, sender=gardener, value=1)
    with evm.reverts(""):
        evm.call(gardener, registry.identity, value=1)
