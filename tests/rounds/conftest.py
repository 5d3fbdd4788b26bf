# SPDX-License-Identifier: AGPL-3.0-only
"""A chain for the tests that need no more than one."""

import pytest

from tests.contracts.evm import Evm


@pytest.fixture
def evm() -> Evm:
    """A fresh chain for each test."""
    return Evm()
