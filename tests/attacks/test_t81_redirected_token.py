# SPDX-License-Identifier: AGPL-3.0-only
"""T81: a place that is asked with a token sends on to another, which would then have it.

Who and what for: whoever can make one address of a source answer with a redirect: a forum's old
host, a page that anybody may set; the token reads private repositories.
In the world: curl (CVE-2018-1000007), requests (CVE-2018-18074), which took it along.
The defence: a redirect is followed within the same scheme and host only, never of a question with a
body, and never further than a few steps (`sources/http.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

import pytest
import requests

from millpond.core.errors import SourceRefused
from millpond.sources.http import Site
from tests.attacks.scripts_weak import Change, weakened
from tests.sources.server import Asked, Place, Reply, StoppedClock, as_json, running

TOKEN = "Bearer canary-4711"  # noqa: S105  (of nobody)


def anywhere(_: Site, __: str, answer: requests.Response, ___: str) -> str:
    """Wherever it leads."""
    return urljoin(answer.url, answer.headers["Location"])


FOLLOWS: Change = (Site, "_next", anywhere)


@contextmanager
def trap(status: int, where: str) -> Iterator[tuple[Place, Place]]:
    """A place that sends on, and the one that it sends to."""
    with running(lambda _: as_json({"fine": True})) as thief:
        port = thief.url.rpartition(":")[2]
        target = where.format(url=thief.url, port=port)

        def answer(_: Asked) -> Reply:
            return Reply(status, b"", {"Location": target})

        with running(answer) as place:
            yield place, thief


def tokens(thief: Place) -> list[str | None]:
    """What the thief was sent."""
    return [asked.headers.get("Authorization") for asked in thief.asked]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["{url}/x", "//127.0.0.1:{port}/x", "http://localhost:{port}/x"])
def test_get__sent_on_to_another_host__takes_no_token_there(status: int, where: str) -> None:
    with trap(status, where) as (place, thief):
        site = Site(place.url, StoppedClock().access(Authorization=TOKEN))
        with pytest.raises(SourceRefused, match="nothing of ours is sent") as caught:
            site.get("/x")
        assert tokens(thief) == []
        assert "canary" not in str(caught.value) + repr(caught.value)
        with weakened(FOLLOWS):
            site.get("/x")
        assert tokens(thief) == [TOKEN]


def test_post__sent_on_at_all__takes_no_question_there() -> None:
    with trap(307, "{url}/x") as (place, thief):
        site = Site(place.url, StoppedClock().access(Authorization=TOKEN))
        with pytest.raises(SourceRefused, match="nothing of ours is sent"):
            site.post("/graphql", {"query": "{ viewer { email } }"})
        assert tokens(thief) == []
