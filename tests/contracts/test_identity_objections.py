# SPDX-License-Identifier: AGPL-3.0-only
"""How a link that waits is stopped: by the account linked before, or by members' signatures."""

from typing import Any

import pytest

from tests.contracts.evm import Actor, Evm
from tests.contracts.registry import (
    DAY,
    DISCOURSE,
    GITHUB,
    OBJECTION_FIELDS,
    WAIT,
    ZERO,
    Coop,
    Registry,
    ascending,
)

ONLY_ACTIVE = "identity: only the account linked now objects alone"
NONE_WAITS = "identity: no link to this account waits"


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
    assert evm.logs == [registry.event("LinkObjected", thief, **more)]
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
