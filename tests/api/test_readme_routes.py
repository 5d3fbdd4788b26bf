# SPDX-License-Identifier: AGPL-3.0-only
"""The routes that the README shows are all there are, and each of them answers.

A list is shown once; that it can also be had as .csv and .jsonl is said in words.
"""

import re
from pathlib import Path

from millpond.api.exports import form_of
from tests.api.site import Site

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
CURLS = re.findall(r"^curl '?http://127\.0\.0\.1:8000([^\s']+)'?$", README, re.MULTILINE)
DEMO_POOL = "credsperiment"
PLACES = {
    "{pool}": DEMO_POOL,
    "{proposal}": "ID",
    "{epoch}": "1",
    "{subject}": "SUBJECT",
    "{account}": "ACCOUNT",
    "{digest}": "HASH",
    "{badge}": "patrons",
    "{feed}": "proposals",
    "{item}": "ITEM",
}
# A mirror that nobody keeps up to date here, what has no end, and what is not there: a relay, and
# proofs of a chain.
NOT_ASKED = ("/ready", "/v1/events/stream", "/v1/relay", "/v1/proofs/storage")


def test_readme__every_route_of_the_api__has_its_curl(site: Site) -> None:
    paths = site.get("/openapi.json").json()["paths"]
    read = [path for path, methods in paths.items() if "get" in methods and form_of(path) is None]
    for name, shown in PLACES.items():
        read = [route.replace(name, shown) for route in read]
    assert sorted(path.partition("?")[0] for path in CURLS) == sorted(read)


def test_readme__every_curl__is_answered(site: Site) -> None:
    places = site.places()
    known = {
        PLACES[f"{{{name}}}"]: value
        for name, value in places.items()
        if name in {"proposal", "subject", "digest", "account"}
    }
    for shown in CURLS:
        path = shown.replace(DEMO_POOL, "mill")
        for name, value in known.items():
            path = path.replace(name, value)
        if not path.startswith(NOT_ASKED):
            assert site.get(path).content
