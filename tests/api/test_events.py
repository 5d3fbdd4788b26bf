# SPDX-License-Identifier: AGPL-3.0-only
"""Events as they were decoded: all of them, with the values that the contracts gave, by filters."""

from typing import Any

import pytest

from millpond.chain.abi import load
from tests.api.site import POOL, Site
from tests.contracts.evm import address_of

EVENTS = "/v1/events"


def _fields(event: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in event["fields"]}


def test_list_events__all__are_as_many_as_there_are_in_order(site: Site) -> None:
    events = site.every(EVENTS, limit=300)
    assert len(events) == site.story.feed.store.event_count()
    places = [(each["block_number"], each["log_index"]) for each in events]
    assert places == sorted(set(places))


def test_list_events__every_field_of_the_abi__is_in_fields_or_lists(site: Site) -> None:
    """Whatever an event says is there under its own name, structs with theirs in front."""
    seen = set()
    for event in site.every(EVENTS, limit=1000):
        kind = event["contract"], event["event"]
        if kind in seen:
            continue
        seen.add(kind)
        names = {each["name"].replace("_", "").lower() for each in event["fields"]}
        names |= {each["name"].lower() for each in event["lists"]}
        for param in load(kind[0]).event(kind[1]).inputs:
            if (kind[1], param.name) != ("ProposalCreated", "signatures"):
                wanted = param.name.replace("_", "").lower()
                assert any(name.startswith(wanted) for name in names), (kind, param.name)
    assert len(seen) > 25


def test_list_events__a_post__has_what_was_posted(site: Site) -> None:
    posted = site.story.posts[0]
    event = site.data(f"{EVENTS}?event=DistributionPosted&limit=1")[0]
    fields = _fields(event)
    assert fields["terms_root"] == f"0x{posted.document.root.hex()}"
    assert fields["terms_total_cred"] == str(posted.document.total)
    assert fields["proposal_id"] == str(posted.proposal.id)
    [signers] = event["lists"]
    assert signers["name"] == "signers"
    assert [[each["value"] for each in row] for row in signers["rows"]] == [
        [str(position), each.address]
        for position, each in enumerate(site.story.coop.maintainers[:2])
    ]


def test_list_events__what_is_true_or_false__is_said_in_words(site: Site) -> None:
    event = site.data(f"{EVENTS}?event=MinterSet&limit=1")[0]
    assert _fields(event)["allowed"] == "true"


def test_list_events__a_proposal__has_its_calls_as_lists(site: Site) -> None:
    event = site.data(f"{EVENTS}?event=ProposalCreated&limit=1")[0]
    assert {each["name"] for each in event["lists"]} == {"targets", "values", "calldatas"}
    assert all(len(each["rows"]) == 1 for each in event["lists"])


def test_list_events__by_filters__are_those(site: Site) -> None:
    everything = site.every(EVENTS, limit=1000)
    pool = site.story.coop.pool.address
    middle = everything[len(everything) // 2]["block_number"]
    for query, holds in (
        (f"contract={pool}", lambda e: e["address"] == pool),
        (f"contract={pool.lower()}", lambda e: e["address"] == pool),
        ("event=VoteCast", lambda e: e["event"] == "VoteCast"),
        (f"from_block={middle}", lambda e: e["block_number"] >= middle),
        (f"to_block={middle}", lambda e: e["block_number"] <= middle),
        (f"from_block={middle}&to_block={middle}", lambda e: e["block_number"] == middle),
        ("event=NoSuchEvent", lambda _: False),
    ):
        wanted = [each for each in everything if holds(each)]
        assert site.every(f"{EVENTS}?{query}", limit=100) == wanted, query


def test_list_events__of_a_pool__are_those_of_its_contracts(site: Site) -> None:
    coop = site.story.coop
    own = {
        address_of(each)
        for each in (coop.pool, coop.governor, coop.admission, coop.grain, coop.distributor)
    }
    found = site.every(f"{EVENTS}?pool=mill", limit=500)
    assert {each["address"] for each in found} == own
    assert found == site.every(f"{EVENTS}?pool={coop.pool.address}", limit=500)
    site.problem(f"{EVENTS}?pool=nowhere", 404, "no-such-pool")


@pytest.mark.parametrize(
    "query",
    ["contract=0x12", "contract=mill", "event=a-b", "event=", "from_block=-1", "to_block=x",
     f"from_block={2**60}", "pool=x"],
)  # fmt: skip
def test_list_events__nonsense__is_refused(site: Site, query: str) -> None:
    site.problem(f"{EVENTS}?{query}", 422, "bad-query")


def test_list_events__of_an_unnamed_gift__tell_all_but_who_gave(site: Site) -> None:
    [gift] = [each for each in site.every(f"{POOL}/gifts") if each["anonymous"]]
    place = f"from_block={gift['block_number']}&to_block={gift['block_number']}"
    [event] = [
        each
        for each in site.data(f"{EVENTS}?event=Given&{place}")
        if each["log_index"] == gift["log_index"]
    ]
    fields = _fields(event)
    assert (fields["patron"], event["transaction_hash"]) == (None, None)
    assert (fields["anonymous"], fields["amount"]) == ("true", gift["amount"]["amount"])
