# SPDX-License-Identifier: AGPL-3.0-only
"""One browser for a worker, one co-op with its server for a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from scripts._local_chain import find_anvil
from tests.browser.chromium import running
from tests.browser.scene import Scene, set_scene


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Real, without a window."""
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def scene(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Only anvil has a pool of waiting transactions."""
    if find_anvil() is None:
        pytest.skip("needs anvil: make setup, with Node")
    with set_scene(browser, tmp_path_factory.mktemp("scene")) as found:
        yield found
