# SPDX-License-Identifier: AGPL-3.0-only
"""A service on loopback, and a clock that nobody waits for."""

from collections.abc import Iterator

import pytest

from millpond.sources.opencollective.api import Service
from tests.sources.opencollective.site import TOKEN, Site
from tests.sources.server import Place, StoppedClock, running


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def site(clock: StoppedClock) -> Site:
    return Site(lambda: clock.time)


@pytest.fixture
def place(site: Site) -> Iterator[Place]:
    with running(site.answer) as found:
        yield found


@pytest.fixture
def service(place: Place, clock: StoppedClock) -> Service:
    """As an admin of the collective."""
    return Service(clock.access(Personal_Token=TOKEN), place.url)
