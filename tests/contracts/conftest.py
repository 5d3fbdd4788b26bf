# SPDX-License-Identifier: AGPL-3.0-only
"""Fixtures every unit test of a contract may use."""

import pytest

from tests.contracts.coop import Coop, Desk
from tests.contracts.evm import Actor, Evm
from tests.contracts.pools import House, pool_house


@pytest.fixture
def evm() -> Evm:
    """A fresh chain for each test; what a test does is gone with it."""
    return Evm()


@pytest.fixture
def outsider(evm: Evm) -> Actor:
    """Somebody who has no part in anything."""
    return evm.actor("outsider")


@pytest.fixture
def house(evm: Evm) -> House:
    """A pool that is set up and empty, with a patron, a friend of hers and a payee."""
    return pool_house(evm)


@pytest.fixture
def coop(evm: Evm) -> Coop:
    """A co-op of three founders as the Hub makes it, one second old."""
    return Coop(evm)


@pytest.fixture
def desk(evm: Evm) -> Desk:
    """A Governor without members, with hub and door played by the test."""
    return Desk(evm)
