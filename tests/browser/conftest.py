# SPDX-License-Identifier: AGPL-3.0-only
"""One browser and one co-op with its server for a worker."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from millpond.chain import dev_time
from scripts._local_chain import find_anvil
from tests.browser.chromium import running
from tests.browser.scene import Scene, set_scene
from tests.chain.coop import DAY


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Real, without a window."""
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One co-op with its server for a worker. Only anvil has a pool of waiting transactions."""
    if find_anvil() is None:
        pytest.skip("needs anvil: make setup, with Node")
    with set_scene(browser, tmp_path_factory.mktemp("scene")) as found:
        yield found


@pytest.fixture(scope="module")
def scene(stage: Scene) -> Scene:
    """The same for a file, a week later: what another file left open is over."""
    dev_time.advance(stage.client, 7 * DAY)
    stage.proposed = 0
    stage.mirrored()
    return stage
