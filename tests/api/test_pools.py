# SPDX-License-Identifier: AGPL-3.0-only
"""Pools and members, held against the contracts themselves."""

import pytest

from tests.api.site import POOL, Site
from tests.contracts.coop import CLASSES, MEMBERSHIP, stricter

NAMES = ("ordinary", "membership", "rules", "consent")
FIELDS = ("delay", "period", "timelock", "expiry", "quorum_bps", "approval_bps", "early")


def test_list_pools__one__is_what_the_hub_made(site: Site) -> None:
    [pool] = site.every("/v1/pools")
    coop = site.story.coop
    assert (pool["name"], pool["address"]) == ("mill", coop.pool.address)
    assert coop.hub.pool_named("mill") == pool["address"]
    assert pool["parts"] == {
        part: getattr(coop, part).address
        for part in ("governor", "admission", "grain", "distributor")
    }
    assert pool["charter_uri"] == "ipfs://charter"
    assert pool["members"] == coop.governor.member_count()


def test_list_pools__several__in_the_order_of_their_making(young: Site) -> None:
    coop = young.story.coop
    for name in ("zebra", "alpha"):
        coop.hub.create_pool(*coop.order(name), sender=coop.founders[1])
    young.story.tell()
    assert [pool["name"] for pool in young.every("/v1/pools", limit=1)] == [
        "mill",
        "zebra",
        "alpha",
    ]
    newest = young.data("/v1/pools?order=newest&limit=1")
    assert [pool["name"] for pool in newest] == ["alpha"]


def test_list_pools__holdings__are_what_the_pool_says_it_holds(site: Site) -> None:
    [pool] = site.every("/v1/pools")
    for money in pool["holdings"]:
        assert money["amount"] == str(site.story.coop.pool.held(money["asset"]["address"]))
    assert {money["asset"]["symbol"] for money in pool["holdings"]} == {"ETH", "TUSD"}


def test_get_pool__by_name_or_address_in_any_case__is_the_same(site: Site) -> None:
    address = site.story.coop.pool.address
    found = [site.data(f"/v1/pools/{each}") for each in ("mill", address, address.lower())]
    assert found[0] == found[1] == found[2]


def test_get_pool__its_constitution__is_what_the_contracts_say(site: Site) -> None:
    coop, found = site.story.coop, site.data(POOL)["constitution"]
    assert [rule["name"] for rule in found["rules"]] == list(NAMES)
    for rule, made in zip(found["rules"], CLASSES, strict=True):
        assert tuple(rule[field] for field in FIELDS) == made.values()
        assert rule["version"] == 1
    assert found["ways"].pop("gate") is None
    assert tuple(found["ways"].values()) == coop.ways.values()[:-1]
    accounts = [maintainer.address for maintainer in coop.maintainers]
    assert found["maintainers"] == {"needed": 2, "accounts": accounts}
    attesters = [attester.address for attester in coop.attesters]
    assert found["attesters"] == {"needed": 2, "accounts": attesters}
    policy, head = coop.distributor.policy_of(1), coop.distributor.head()
    for field in ("income_earmark", "payout_bps", "signer_cap_bps", "epoch_length", "claim_window"):
        assert found["policy"][field] == getattr(policy, field)
    assert found["policy"]["minimum"]["amount"] == str(policy.minimum)
    assert found["policy"]["minimum"]["asset"]["address"] == policy.asset
    assert found["policy"]["grain_per_epoch"]["amount"] == str(policy.grain_per_epoch)
    assert found["policy"]["grain_per_epoch"]["asset"]["address"] == coop.grain.address
    assert found["policy"]["version"] == head.policy_version
    assert found["epochs_left"] == head.epochs_left


def test_get_pool__before_the_first_earmark__has_no_policy(young: Site) -> None:
    found = young.data(POOL)
    assert found["constitution"]["policy"] is None
    assert found["constitution"]["epochs_left"] == young.story.coop.distributor.head().epochs_left
    assert found["pool"]["holdings"] == []


def test_get_pool__after_a_vote_on_the_rules__shows_the_new_version(young: Site) -> None:
    coop = young.story.coop
    coop.enact(coop.ruling(stricter(CLASSES, MEMBERSHIP, quorum_bps=5000)))
    young.story.tell()
    rules = young.data(POOL)["constitution"]["rules"]
    assert {rule["version"] for rule in rules} == {2}
    assert rules[MEMBERSHIP]["quorum_bps"] == 5000


@pytest.mark.parametrize(
    "name", ["nobody", "0x" + "11" * 20, "Mill", "%00%00%00", "%ff%fe%fd", "a" * 42, "'; DROP--"]
)
def test_get_pool__unknown__is_404_with_a_next_step(site: Site, name: str) -> None:
    site.problem(f"/v1/pools/{name}", 404, "no-such-pool")


@pytest.mark.parametrize("name", ["ab", "a" * 43])
def test_get_pool__a_name_that_none_can_have__is_422(site: Site, name: str) -> None:
    site.problem(f"/v1/pools/{name}", 422, "bad-query")


@pytest.mark.parametrize(
    "rest",
    ["members", "proposals", "proposals/1", "proposals/1/ballots", "proposals/1/electors",
     "earmarks", "gifts", "distributions", "distributions/1", "distributions/1/claims",
     "distributions/1/leaves", "distributions/1/claims/0x" + "22" * 32],
)  # fmt: skip
def test_every_route__of_an_unknown_pool__is_404(site: Site, rest: str) -> None:
    site.problem(f"/v1/pools/nobody/{rest}", 404, "no-such-pool")


def test_list_members__founders__each_has_a_seat_since_the_first_second(site: Site) -> None:
    members, coop = site.every(f"{POOL}/members"), site.story.coop
    assert [member["seat"] for member in members] == [1, 2, 3, 4, 5]
    assert {member["account"] for member in members} == {each.address for each in coop.founders}
    for member in members:
        word = coop.governor.member_words(member["account"])
        assert (word & 2**32 - 1, word >> 32 & 2**40 - 1) == (member["seat"], member["joined_at"])


def test_list_members__somebody_left__is_former_and_can_be_told_apart(young: Site) -> None:
    coop = young.story.coop
    coop.enact(coop.removing(coop.founders[4]), text="out")
    coop.voters = coop.founders[:4]
    coop.rebind(coop.founders[3], young.story.evm.actor("new key"))
    young.story.tell()
    members = young.every(f"{POOL}/members", limit=2)
    assert [member["is_member"] for member in members] == [True, True, True, True, False]
    assert members[4]["left_at"] > members[4]["joined_at"]
    assert members[3]["account"] == young.story.evm.actor("new key").address
    assert members[3]["rebinds"] == 1
    assert [m["seat"] for m in young.every(f"{POOL}/members?standing=former")] == [5]
    assert [m["seat"] for m in young.every(f"{POOL}/members?standing=member")] == [1, 2, 3, 4]
    assert young.data(POOL)["pool"]["members"] == coop.governor.member_count() == 4
