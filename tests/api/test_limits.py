# SPDX-License-Identifier: AGPL-3.0-only
"""Token buckets: what is left, when there is more, whose bucket it is."""

from typing import Any

import httpx
import pytest

from millpond.api.app import build
from millpond.api.limits import Buckets, client_of, cost_of
from millpond.api.services import Services
from tests.api.site import POOL, Site, served


class _Clock:
    """Seconds as a test has them."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_take__from_a_full_bucket__gives_the_burst_and_no_more() -> None:
    buckets = Buckets(rate=2, burst=3, clock=_Clock())
    assert [buckets.take("a").remaining for _ in range(3)] == [2, 1, 0]
    left = buckets.take("a")
    assert (left.allowed, left.remaining, left.again_in) == (False, 0, 1)
    assert buckets.take("b").allowed


def test_take__after_a_while__gives_what_ran_in_and_never_more_than_the_burst() -> None:
    clock = _Clock()
    buckets = Buckets(rate=2, burst=3, clock=clock)
    for _ in range(3):
        buckets.take("a")
    clock.now += 0.5
    assert buckets.take("a").allowed
    assert not buckets.take("a").allowed
    clock.now += 1_000
    assert [buckets.take("a").allowed for _ in range(4)] == [True, True, True, False]


def test_take__more_than_there_is__takes_nothing() -> None:
    clock = _Clock()
    buckets = Buckets(rate=1, burst=10, clock=clock)
    assert buckets.take("a", 8).remaining == 2
    left = buckets.take("a", 5)
    assert (left.allowed, left.remaining, left.again_in, left.full_in) == (False, 2, 3, 8)
    clock.now += left.again_in
    assert buckets.take("a", 5).allowed


def test_take__what_costs_more_than_a_bucket__takes_a_full_one() -> None:
    assert Buckets(rate=1, burst=3, clock=_Clock()).take("a", 50).allowed


def test_take__of_more_keys_than_are_kept__forgets_the_oldest() -> None:
    buckets = Buckets(rate=1, burst=1, clock=_Clock(), most=2)
    for key in "abc":
        assert buckets.take(key).allowed
    assert not buckets.take("c").allowed
    assert buckets.take("a").allowed


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::1", "20010db800010002"),
        ("2001:db8:1:2:ffff::9", "20010db800010002"),
        ("fe80::1%eth0", "fe80000000000000"),
        ("a name", "a name"),
    ],
)
def test_client_of__any_address__is_its_household(host: str, key: str) -> None:
    assert client_of({"client": (host, 1)}) == key


def test_client_of__none__is_nobody() -> None:
    assert client_of({"client": None}) == ""


@pytest.mark.parametrize(
    ("method", "path", "cost"),
    [
        ("GET", "/v1/pools", 1),
        ("HEAD", "/v1/pools", 1),
        ("GET", "/v1/pools/a.b/gifts.csv", 20),
        ("GET", "/v1/pools.jsonl", 20),
        ("POST", "/v1/relay/ballots", 5),
    ],
)
def test_cost_of__by_what_it_takes(method: str, path: str, cost: int) -> None:
    assert cost_of({"method": method, "path": path}) == cost


def _limited(site: Site, buckets: Buckets) -> Any:
    return served(build(Services(site.story.mirror, site.story.shelf, limits=buckets)))


def test_limits__who_asks_too_much__is_told_when_to_come_back(site: Site) -> None:
    with _limited(site, Buckets(rate=0.1, burst=3)) as http:
        asker = {"Origin": "https://elsewhere.example"}
        replies = [http.get("/v1/pools", headers=asker) for _ in range(4)]
        assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
        remaining = [reply.headers["ratelimit-remaining"] for reply in replies]
        assert remaining == ["2", "1", "0", "0"]
        assert {reply.headers["ratelimit-limit"] for reply in replies} == {"3"}
        refused = replies[-1]
        assert refused.json()["type"] == "/problems#too-many"
        assert 0 < int(refused.headers["retry-after"]) <= 10
        assert int(refused.headers["ratelimit-reset"]) >= int(refused.headers["retry-after"])
        assert refused.headers["x-content-type-options"] == "nosniff"
        assert refused.headers["access-control-allow-origin"] == "*"


def test_limits__a_page__is_refused_in_words(site: Site) -> None:
    with _limited(site, Buckets(rate=0.1, burst=1)) as http:
        assert http.get("/").status_code == 200
        refused = http.get("/")
        assert refused.status_code == 429
        assert "What to do:" in refused.text


def test_limits__those_who_watch_over_the_server__are_never_refused(site: Site) -> None:
    with _limited(site, Buckets(rate=0.1, burst=1)) as http:
        for _ in range(3):
            reply = http.get("/health")
            assert reply.status_code == 200
            assert "ratelimit-limit" not in reply.headers


def test_limits__a_whole_list__costs_as_much_as_twenty_pages(site: Site) -> None:
    with _limited(site, Buckets(rate=0.1, burst=30)) as http:
        reply = http.get(f"{POOL}/gifts.csv")
        assert (reply.status_code, reply.headers["ratelimit-remaining"]) == (200, "10")


def test_limits__none__say_nothing(site: Site) -> None:
    reply: httpx.Response = site.get("/v1/pools")
    assert "ratelimit-limit" not in reply.headers
