# SPDX-License-Identifier: AGPL-3.0-only
"""Grain for many at once: all or nothing, a Transfer for each."""

from typing import Any

import pytest

from tests.contracts.evm import Actor, Contract, Evm, Log, address_of
from tests.contracts.grains import MAX_SUPPLY, ZERO, governor_of, grain_in_use, maker_of

TO_NOBODY = "grain: it would be lost there"
NOT_A_MINTER = "grain: only a minter"


def grant(to: Any, amount: int) -> int:
    """One word of a batch: amount << 160 | receiver."""
    return amount << 160 | int(address_of(to), 16)


@pytest.fixture
def grain(evm: Evm) -> Contract:
    return grain_in_use(evm)


@pytest.fixture
def hub(evm: Evm) -> Contract:
    return maker_of(evm)


@pytest.fixture
def governor(evm: Evm) -> Contract:
    return governor_of(evm)


@pytest.fixture
def distributor(evm: Evm) -> Actor:
    return evm.actor("distributor")


@pytest.fixture
def gardener(evm: Evm) -> Actor:
    """Somebody who earned grain."""
    return evm.actor("gardener")


@pytest.fixture
def baker(evm: Evm) -> Actor:
    """Somebody else who did."""
    return evm.actor("baker")


def test_mint_many__by_the_minter__creates_for_each_in_order(
    grain: Contract, distributor: Actor, gardener: Actor, baker: Actor
) -> None:
    grants = ((gardener, 7), (baker, 2**96 - 1), (gardener, 0), (gardener, 3))
    batch = [grant(account, amount) for account, amount in grants]
    assert grain.mint_many(batch, sender=distributor) is None
    told = [
        Log("Transfer", {"sender": ZERO, "receiver": who.address, "value": much}, grain.address)
        for who, much in grants
    ]
    assert grain.evm.logs == told
    assert (grain.balanceOf(gardener), grain.balanceOf(baker)) == (10, 2**96 - 1)
    assert grain.totalSupply() == 2**96 + 9


def test_mint_many__nobody__creates_nothing(grain: Contract, distributor: Actor) -> None:
    before = grain.evm.state()
    grain.mint_many([], sender=distributor)
    assert grain.evm.logs == []
    assert grain.evm.state() == before


def test_mint_many__by_anyone_else__is_refused(
    grain: Contract, gardener: Actor, outsider: Actor, governor: Contract, hub: Contract
) -> None:
    for caller in (gardener, outsider, governor, hub):
        for batch in ([], [grant(gardener, 1)]):
            with grain.evm.reverts(NOT_A_MINTER):
                grain.mint_many(batch, sender=caller)


def test_mint_many__one_to_zero_or_the_token__creates_for_nobody(
    grain: Contract, distributor: Actor, gardener: Actor
) -> None:
    for nobody in (ZERO, grain):
        for amount in (0, 1):
            with grain.evm.reverts(TO_NOBODY):
                batch = [grant(gardener, 1), grant(nobody, amount)]
                grain.mint_many(batch, sender=distributor)
    assert (grain.balanceOf(gardener), grain.totalSupply()) == (0, 0)


def test_mint_many__up_to_the_cap__creates_and_beyond_is_refused(
    grain: Contract, distributor: Actor, gardener: Actor, baker: Actor
) -> None:
    grain.mint(gardener, MAX_SUPPLY - 5, sender=distributor)
    for batch in ([grant(baker, 6)], [grant(baker, 3), grant(gardener, 3)]):
        with grain.evm.reverts("grain: the supply is full"):
            grain.mint_many(batch, sender=distributor)
    with grain.evm.reverts(TO_NOBODY):  # asked before the sum
        grain.mint_many([grant(baker, 6), grant(ZERO, 1)], sender=distributor)
    grain.mint_many([grant(baker, 3), grant(gardener, 2)], sender=distributor)
    assert grain.totalSupply() == MAX_SUPPLY
    assert grain.balanceOf(baker) == 3


def test_mint_many__a_balance_at_its_most__keeps_the_nonce_of_permits(
    grain: Contract, distributor: Actor, gardener: Actor
) -> None:
    most = [grant(gardener, 2**96 - 1)] * 128
    grain.mint_many(most, sender=distributor)
    assert grain.balanceOf(gardener) == 128 * (2**96 - 1)
    assert grain.nonces(gardener) == 0
    with grain.evm.reverts(""):
        grain.mint_many([*most, grant(gardener, 1)], sender=distributor)
