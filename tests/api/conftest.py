# SPDX-License-Identifier: AGPL-3.0-only
"""Fixtures of the API's tests: a story that was told whole, and stories to go on with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.site import Site, shown
from tests.api.story import Story
from tests.mirror.places import SQLITE, STORES, database


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The whole story; nothing more happens in it."""
    return Story.told(tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="session", params=STORES)
def site(
    request: pytest.FixtureRequest, told: Story, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The whole story, once on each store."""
    story = told
    if request.param != SQLITE:
        request.getfixturevalue("postgresql_server")
        story = told.again(database(tmp_path_factory.mktemp("again"), store=request.param))
    with shown(story) as found:
        yield found


@pytest.fixture
def young(tmp_path: Path) -> Iterator[Site]:
    """A co-op of five founders and nothing else yet; a test goes on with it."""
    with shown(Story(tmp_path)) as found:
        yield found


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[Site]:
    """With an earmark, gifts, sixteen links and a final epoch that nobody has claimed yet."""
    story = Story(tmp_path)
    story.open_earmark()
    story.give_all()
    story.evm.warp(28 * 86_400)
    story.link(16)
    story.finalise(story.post())
    story.tell()
    with shown(story) as found:
        yield found
