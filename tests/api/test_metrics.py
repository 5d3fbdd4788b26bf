# SPDX-License-Identifier: AGPL-3.0-only
"""What a watcher is told: figures that are right, labels that nobody can multiply."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from millpond.api.app import build
from millpond.api.services import Services
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.snapshot import Mirror
from tests.api.site import POOL, Site, served


def _samples(site: Site) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by its name and labels."""
    text = site.get("/metrics").text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families(text)
        for sample in family.samples
    }


def _requests(site: Site) -> dict[tuple[str, str, str], float]:
    """Method, route and status of what was answered, and how often."""
    return {
        (labels["method"], labels["route"], labels["status"]): value
        for (name, pairs), value in _samples(site).items()
        if name == "millpond_http_requests_total"
        for labels in [dict(pairs)]
    }


def test_metrics__the_mirror__stands_where_status_says(young: Site) -> None:
    said, status = _samples(young), young.get("/status").json()
    one = {name: value for (name, labels), value in said.items() if not labels}
    assert one["millpond_mirror_block"] == status["block_number"] > 0
    assert one["millpond_mirror_block_timestamp_seconds"] == status["block_timestamp"]
    assert one["millpond_mirror_final_block"] == status["finalized_number"]
    assert one["millpond_mirror_safe_block"] == status["safe_number"]
    assert one["millpond_node_block"] == status["node_head"]
    assert one["millpond_mirror_lag_blocks"] == status["lag"]["blocks"]
    assert one["millpond_mirror_ready"] == status["ready"]


def test_metrics__events__are_as_many_as_the_mirror_has(young: Site) -> None:
    counted = {
        dict(labels)["contract"]: value
        for (name, labels), value in _samples(young).items()
        if name == "millpond_mirror_events"
    }
    with young.story.mirror.snapshot() as now:
        query = "SELECT contract, block_number FROM events"
        rows = [row["contract"] for row in now.rows(query)]
    assert counted == {name: rows.count(name) for name in set(rows)}
    assert sum(counted.values()) > 10


def test_metrics__requests__are_counted_by_route_not_by_address(young: Site) -> None:
    before = _requests(young)
    young.get(f"{POOL}/members")
    young.get(f"{POOL}/members?limit=1")
    young.http.head(f"{POOL}/members")
    young.get("/v1/pools/nobody", 404)
    young.get("/v1/pools?colour=red", 422)
    for made_up in ("/wp-login.php", "/v1/made-up", "/.env"):
        young.get(made_up, 404)
    young.http.request("BREW", "/v1/pools")
    after = _requests(young)
    counted = {key: after[key] - before.get(key, 0) for key in after}
    members = "/v1/pools/{pool}/members"
    assert counted[("GET", members, "200")] == 2
    assert counted[("HEAD", members, "200")] == 1
    assert counted[("GET", "/v1/pools/{pool}", "404")] == 1
    assert counted[("GET", "/v1/pools", "422")] == 1
    assert counted[("GET", "other", "404")] == 3
    assert {route for method, route, _ in counted if method == "other"} == {"/v1/pools"}


def test_metrics__seconds__are_of_each_route_and_none_is_open_afterwards(young: Site) -> None:
    young.get("/v1/pools")
    said = _samples(young)
    route = (("route", "/v1/pools"),)
    assert said[("millpond_http_request_seconds_count", route)] == 1
    assert 0 < said[("millpond_http_request_seconds_sum", route)] < 30
    # the only one that is being answered is the question itself
    assert said[("millpond_http_requests_open", ())] == 1


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    """A server over a mirror that is not there yet."""
    with served(build(Services(Mirror(tmp_path / "none.db"), Shelf(None)))) as http:
        yield Site(None, http)  # type: ignore[arg-type]  # no story


def test_metrics__without_a_mirror__say_that_it_is_not_ready(empty: Site) -> None:
    said = _samples(empty)
    assert said[("millpond_mirror_ready", ())] == 0
    assert ("millpond_mirror_block", ()) not in said


def test_metrics__a_parameter__is_refused(young: Site) -> None:
    young.problem("/metrics?name=x", 422, "bad-query")


def test_requests__each__has_an_id_that_a_proxy_may_choose(young: Site) -> None:
    first, second = (young.get("/health").headers["x-request-id"] for _ in range(2))
    assert first != second
    own = young.http.get("/health", headers={"X-Request-Id": "proxy-0123456789"})
    assert own.headers["x-request-id"] == "proxy-0123456789"
    for odd in ("short", "x" * 65, "with space 123", "<script>123456"):
        found = young.http.get("/nowhere", headers={"X-Request-Id": odd})
        assert found.headers["x-request-id"] not in ("", odd)
