# SPDX-License-Identifier: AGPL-3.0-only
"""Fixtures of the mirror's tests."""

import pytest

from tests.mirror.feed import Chronicle


@pytest.fixture
def evm() -> Chronicle:
    """A fresh chain that keeps its events."""
    return Chronicle()
