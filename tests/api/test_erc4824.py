# SPDX-License-Identifier: AGPL-3.0-only
"""A pool as ERC-4824 describes a DAO: the five documents, and what they lead to."""

from typing import Any

import pytest

from tests.api.site import POOL, Site

DAO = f"{POOL}/erc4824"
LISTS = ("members", "proposals", "activities", "contracts")


def _document(site: Site, path: str) -> dict[str, Any]:
    reply = site.get(path)
    assert reply.headers["content-type"] == "application/ld+json"
    found: dict[str, Any] = reply.json()
    assert found["@context"] == "https://www.daostar.org/schemas"
    assert (found["type"], found["name"]) == ("DAO", "mill")
    return found


def _every(site: Site, name: str, limit: int) -> list[Any]:
    found, link = [], f"{DAO}/{name}?limit={limit}"
    while link:
        found += _document(site, link)[name]
        link = site.get(link).links.get("next", {}).get("url", "")
    return found


def test_get_dao__its_addresses__lead_to_the_other_documents(site: Site) -> None:
    found = _document(site, DAO)
    assert found["governanceURI"] == "ipfs://charter"
    assert None not in found.values()
    names = {"membersURI", "proposalsURI", "activityLogURI", "contractsURI"}
    base = str(site.http.base_url).rstrip("/")
    for name in names:
        assert found[name].startswith(f"{base}/v1/pools/")
        _document(site, found[name].removeprefix(base))


@pytest.mark.parametrize("name", LISTS)
def test_dao_lists__in_pages__are_the_whole(site: Site, name: str) -> None:
    whole = _every(site, name, 1000)
    assert whole
    assert _every(site, name, 2) == whole or name == "contracts"


def test_list_dao_members__are_the_members(site: Site) -> None:
    members = site.every(f"{POOL}/members?standing=member")
    assert _every(site, "members", 3) == [
        {"type": "EthereumAddress", "id": each["account"]} for each in members
    ]


def test_list_dao_proposals__have_ids_states_and_calls(site: Site) -> None:
    found = _every(site, "proposals", 100)
    own = site.every(f"{POOL}/proposals")
    governor = site.data(POOL)["pool"]["parts"]["governor"]
    for said, proposal in zip(found, own, strict=True):
        assert said["id"] == f"eip155:1337:{governor}?proposalId={proposal['id']}"
        assert said["status"] == proposal["state"]
        actions = site.data(f"{POOL}/proposals/{proposal['id']}")["actions"]
        assert [(c["to"], c["value"], c["data"]) for c in said["calls"]] == [
            (a["target"], a["value"]["amount"], a["calldata"]) for a in actions
        ]


def test_list_dao_activities__are_ballots_and_proposals_of_members(site: Site) -> None:
    found = _every(site, "activities", 100)
    casts = [e for e in site.every("/v1/events?event=VoteCast") if e["contract"] == "Governor"]
    made = [p for p in site.every(f"{POOL}/proposals") if p["raised_by"] is None]
    assert len(found) == len(casts) + len(made)
    assert len({each["id"] for each in found}) == len(found)
    known = {each["id"] for each in _every(site, "proposals", 100)}
    assert {each["proposal"]["id"] for each in found} <= known


def test_list_dao_contracts__are_all_of_the_pools(site: Site) -> None:
    parts = site.data(POOL)["pool"]["parts"]
    found = {each["name"]: each["id"] for each in _every(site, "contracts", 100)}
    assert found["Governor"] == parts["governor"]
    assert found["CredDistributor"] == parts["distributor"]
    assert found["Pool"] == site.data(POOL)["pool"]["address"]
