# SPDX-License-Identifier: AGPL-3.0-only
"""The routes that the README shows are all there are, and each of them answers.

A list is shown once; that it can also be had as .csv and .jsonl is said in words.
"""

import re
from pathlib import Path

from millpond.api.exports import form_of
from tests.api.site import Site

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
CURLS = re.findall(r"^curl http://127\.0\.0\.1:8000(\S+)$", README, re.MULTILINE)
DEMO_POOL = "credsperiment"
PLACES = {"{pool}": DEMO_POOL, "{proposal}": "ID", "{epoch}": "1", "{subject}": "SUBJECT"}


def test_readme__every_route_of_the_api__has_its_curl(site: Site) -> None:
    paths = site.get("/openapi.json").json()["paths"]
    read = [path for path, methods in paths.items() if "get" in methods and form_of(path) is None]
    routes = [path.replace("{digest}", "HASH") for path in read]
    for name, shown in PLACES.items():
        routes = [route.replace(name, shown) for route in routes]
    assert sorted(CURLS) == sorted(routes)


def test_readme__every_curl__is_answered(site: Site) -> None:
    pool = "/v1/pools/mill"
    known = {
        "ID": site.data(f"{pool}/proposals")[0]["id"],
        "SUBJECT": site.data(f"{pool}/distributions/1/leaves")[0]["subject"],
        "HASH": site.data(f"{pool}/distributions/1")["data_hash"],
    }
    for shown in CURLS:
        path = shown.replace(DEMO_POOL, "mill")
        for name, value in known.items():
            path = path.replace(name, value)
        if path != "/ready":  # this site's mirror has nobody who keeps it up to date
            assert site.get(path).content
