# SPDX-License-Identifier: AGPL-3.0-only
"""The story of the API's tests, served once: what the stores do differently is tested there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.site import Site, shown
from tests.api.story import Story


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole story."""
    folder: Path = tmp_path_factory.mktemp("story")
    with shown(Story.told(folder)) as found:
        yield found
