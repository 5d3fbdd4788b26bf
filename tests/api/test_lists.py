# SPDX-License-Identifier: AGPL-3.0-only
"""Lists: page by page nothing is lost, doubled or out of order, also while blocks arrive."""

from urllib.parse import urlencode

import pytest

from tests.api.site import POOL, Site

LISTS = {
    "/v1/pools": "pools",
    f"{POOL}/members": "seats",
    f"{POOL}/proposals": "proposals",
    f"{POOL}/earmarks": "earmarks",
    f"{POOL}/gifts": "gifts",
    f"{POOL}/distributions": "attempts",
    f"{POOL}/distributions/1/claims": "payments",
    f"{POOL}/distributions/1/leaves": "leaves",
    f"{POOL}/ledger": "lines",
    f"{POOL}/patrons": "patrons",
    f"{POOL}/grain/holders": "holders",
    f"{POOL}/links": "links",
    f"{POOL}/distributors": "distributors",
    f"{POOL}/contributors": "contributors",
    "/v1/events?pool=mill&event=VoteCast": "events",
}


def _paths(site: Site) -> list[str]:
    [queued] = site.data(f"{POOL}/proposals?state=queued")
    proposal = f"{POOL}/proposals/{queued['id']}"
    leaf = site.data(f"{POOL}/distributions/1/claims?limit=1")[0]["subject"]
    epochs = f"{POOL}/contributors/{leaf}/epochs"
    return [*LISTS, f"{proposal}/ballots", f"{proposal}/electors", epochs]


def _asked(path: str, **query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{urlencode(query)}"


def test_lists__in_pages_of_any_size__are_the_whole(site: Site) -> None:
    for path in _paths(site):
        whole = site.every(path)
        assert whole, path
        for limit in (2, 7):
            assert site.every(path, limit=limit) == whole, path


def test_lists__newest_first__are_the_same_backwards(site: Site) -> None:
    for path in _paths(site):
        backwards = site.every(_asked(path, order="newest"), limit=2)
        assert backwards == site.every(path)[::-1], path


def test_lists__of_exactly_one_page__have_no_next(site: Site) -> None:
    count = len(site.every(f"{POOL}/gifts"))
    assert site.get(f"{POOL}/gifts?limit={count}").json()["next"] is None
    assert site.get(f"{POOL}/gifts?limit={count - 1}").json()["next"] is not None


def test_lists__of_fifty_unless_told__stop_there(young: Site) -> None:
    for _ in range(51):
        young.story.coop.give(1)
    young.story.tell()
    first = young.get(f"{POOL}/gifts").json()
    assert len(first["data"]) == 50
    assert len(young.data(f"{POOL}/gifts?after={first['next']}")) == 1


def test_lists__while_blocks_arrive__lose_and_repeat_nothing(young: Site) -> None:
    """A reader in the middle of a list; behind her, and before her, more happens."""
    story = young.story
    for amount in range(1, 8):
        story.coop.give(amount)
    story.tell()
    seen: list[int] = []
    link, amount = f"{POOL}/gifts?limit=3", 8
    while link:
        reply = young.get(link)
        seen += [int(gift["amount"]["amount"]) for gift in reply.json()["data"]]
        link = reply.links.get("next", {}).get("url", "")
        if amount < 12:
            story.coop.give(amount)
            story.evm.warp(1)
            story.tell()
            amount += 1
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) >= 9


def test_lists__the_link_to_the_next__keeps_the_filter(site: Site) -> None:
    reply = site.get(f"{POOL}/gifts?earmark=1&limit=1&order=newest")
    link = reply.links["next"]["url"]
    assert {"earmark=1", "limit=1", "order=newest"} <= set(link.partition("?")[2].split("&"))
    [gift] = site.data(link)
    assert gift["earmark_id"] == 1


@pytest.mark.parametrize("after", ["x", "-1", "1.", ".1", "1.2.3.4.5", "1e3", "1%00", "9" * 19])
def test_lists__after_nonsense__is_refused(site: Site, after: str) -> None:
    site.problem(f"{POOL}/gifts?after={after}", 422, "bad-query")


@pytest.mark.parametrize("after", ["1", "1.2.3", "999999999.0"])
def test_lists__after_the_key_of_another_list__are_empty(site: Site, after: str) -> None:
    for path in (f"{POOL}/gifts", f"{POOL}/proposals"):
        assert site.get(f"{path}?after={after}").json()["data"] == []


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "ten", "1.5", "1.0", "", "+1", "1e2", " 1"])
def test_lists__of_a_wrong_length__are_refused(site: Site, limit: str) -> None:
    for path in _paths(site):
        site.problem(_asked(path, limit=limit), 422, "bad-query")


@pytest.mark.parametrize(
    "query", ["page=2", "Limit=3", "limit=1&limit=2", "order=random", "after", "state=x&standing=y"]
)
def test_lists__asked_for_what_they_do_not_know__are_refused(site: Site, query: str) -> None:
    site.problem(f"/v1/pools?{query}", 422, "bad-query")


def test_every_route__with_a_parameter_that_it_does_not_know__is_refused(site: Site) -> None:
    for path in _every_path(site):
        site.get(f"{path}?surely=not", 422)


def _every_path(site: Site) -> list[str]:
    """Each route of the description with real values, and each page."""
    values = site.places()
    described = site.get("/openapi.json").json()["paths"]
    paths = [path.format(**values) for path in described if not path.startswith("/v1/relay")]
    proposal = f"/pools/mill/proposals/{values['proposal']}"
    pages = ("/", "/pools/mill", proposal, "/pools/mill/epochs/1")
    return [*paths, *pages, "/problems"]
