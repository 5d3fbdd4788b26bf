# SPDX-License-Identifier: AGPL-3.0-only
"""Links of identities to accounts, and where a subject is paid, as the registry says."""

from eth_utils.crypto import keccak

from tests.api.site import POOL, Site
from tests.contracts.coop import ZERO

LINKS = f"{POOL}/links"


def test_list_links__sixteen_of_them__are_active(site: Site) -> None:
    links = site.every(LINKS, limit=5)
    assert len(links) == 16
    assert {each["state"] for each in links} == {"active"}
    first = links[0]
    assert site.data(f"{LINKS}?identity={first['identity']}") == [first]
    assert site.data(f"{LINKS}?account={first['account'].lower()}") == [first]


def test_get_identity__of_anybody__is_what_the_registry_says(site: Site) -> None:
    coop = site.story.coop
    for name in (site.story.people()[0], site.story.people()[-1]):
        identity = keccak(text=name)
        found = site.data(f"{POOL}/identities/0x{identity.hex()}")
        assert (found["payee"] or ZERO) == coop.identity.account_of(coop.pool, identity)
        assert found["trusted"] == [coop.pool.address]
    account = coop.founders[0].address
    assert site.data(f"{POOL}/identities/{account}")["payee"] == account


def test_list_links__while_one_waits_and_after_it_ended__say_so(young: Site) -> None:
    story, coop = young.story, young.story.coop
    identity, account = keccak(text="github:1"), story.evm.actor("an author")
    story.link_one(identity, account)
    story.tell()
    [waiting] = young.every(LINKS)
    assert (waiting["state"], waiting["account"]) == ("pending", account.address)
    address = f"{POOL}/identities/0x{identity.hex()}"
    assert young.data(address)["payee"] is None
    assert [each["state"] for each in young.data(address)["links"]] == ["pending"]
    story.evm.warp(30 * 86_400)
    story.tell()
    assert young.data(address)["payee"] == account.address
    coop.identity.unlink(coop.pool, identity, sender=account)
    story.tell()
    [ended] = young.every(LINKS)
    assert (ended["state"], ended["ended_at"] is None) == ("ended", False)
    assert young.data(address) == {
        "subject": f"0x{identity.hex()}",
        "payee": None,
        "trusted": [coop.pool.address],
        "links": [],
    }
