# SPDX-License-Identifier: AGPL-3.0-only
"""Fixtures every unit test of a contract may use."""

import pytest

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
