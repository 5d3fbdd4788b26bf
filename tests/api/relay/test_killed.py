# SPDX-License-Identifier: AGPL-3.0-only
"""T61, for the relay: killed at some places of a run it loses nothing, and sends nothing twice. All
places: `make chaos-relay ARGS=--everywhere`."""

from tests.api.relay.killing import SENT, killed_at, power, story
from tests.api.relay.yard import Yard

EVERY = 30


def test_relay__killed_at_some_places__loses_nothing_and_sends_nothing_twice(yard: Yard) -> None:
    with power() as found:
        places = story(yard, found)
        named = {f"after {SENT}", f"before {SENT}", "before the commit", "after the commit"}
        assert named <= set(places)
        assert len(places) > 60
        sent = [number for number, place in enumerate(places) if place == f"after {SENT}"]
        killed_at(yard, found, sorted({*range(3, len(places), EVERY), *sent}))
