# SPDX-License-Identifier: AGPL-3.0-only
"""One question to Open Collective, or one order.

A question may be asked again, so faults on the way are waited out. An order (a mutation) is sent
once: if its answer is lost, nobody knows whether it was carried out, and only a look at the
expenses can tell.
"""

from dataclasses import replace
from typing import Any

from millpond.core.errors import BadSourceAnswer
from millpond.sources.http import Access, Clock, Site
from millpond.sources.opencollective.answers import NEWER, decoded
from millpond.sources.opencollective.refusals import TooOften, named

API = "https://api.opencollective.com"
_PATH = "/graphql/v2"
_TRIES = 6
HEADER = "Personal-Token"


class Service:
    """Open Collective, with a token or without."""

    def __init__(self, access: Access, api: str = API) -> None:
        self._site = Site(api, access)
        self._orders = Site(api, replace(access, budget=replace(access.budget, tries=1)))
        self.clock: Clock = access.clock

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer; a limit that is used up is waited for."""
        for number in range(1, _TRIES + 1):
            try:
                return _data(self._site, query, variables)
            except TooOften:
                if number == _TRIES:
                    raise
                self._site.pause(number, "Open Collective")
        raise AssertionError("unreachable")

    def order(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data that answer an order, which is sent once."""
        return _data(self._orders, query, variables)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.sleep(seconds)


def _data(site: Site, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    reply = decoded(site.post(_PATH, {"query": query, "variables": variables}).data)
    for problem in reply.errors:
        raise named(problem)
    if reply.data is None:
        raise BadSourceAnswer("Open Collective answers nothing and says not why", NEWER)
    return reply.data
