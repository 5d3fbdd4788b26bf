# SPDX-License-Identifier: AGPL-3.0-only
"""No question to the API brings it down or gets a reply that its description does not have.

`make fuzz-api` asks 200,000; here it is a handful of each route, the same ones each time.
"""

import pytest

from tests.api.fuzzing import campaign
from tests.api.site import Site
from tests.mirror.places import SQLITE

CASES, SEED = 500, 20_261_129


@pytest.mark.parametrize("site", [SQLITE], indirect=True)
def test_every_route__asked_right_and_wrong__answers_as_it_is_described(site: Site) -> None:
    statuses = campaign(site, CASES, SEED)
    assert sum(statuses.values()) >= CASES / 2
    assert {200, 404, 422} <= set(statuses)
    assert not [status for status in statuses if status >= 500]
