# SPDX-License-Identifier: AGPL-3.0-only
"""What a pool owns besides money, what it lost, who holds its grain: as the contracts say."""

from dataclasses import replace

import pytest

from millpond.mirror.store import Asset
from tests.api.site import POOL, Site

COLLECTIBLES, LOSSES, HOLDERS = (
    f"{POOL}/{each}" for each in ("collectibles", "losses", "grain/holders")
)
STAMPS = 9
WHOLE = 10**18


def test_list_collectibles__as_they_come_and_go__say_what_is_held(young: Site) -> None:
    story, coop = young.story, young.story.coop
    stamps, to = story.evm.deploy("OddMultiToken"), story.evm.actor("a museum")
    giver = coop.patron
    stamps.mint(giver, STAMPS, 12, sender=giver)
    stamps.safeTransferFrom(giver, coop.pool, STAMPS, 12, b"", sender=giver)
    send = coop.pool.calldata("send_multi_token", stamps, to, STAMPS, 5)
    coop.enact((coop.pool, 0, send), text="lend some")
    story.tell()
    came, went = young.every(COLLECTIBLES, limit=1)
    assert (came["what"], came["amount"], came["held"]) == ("received", "12", "12")
    assert (went["what"], went["amount"], went["held"]) == ("sent", "-5", "7")
    assert (went["party"], went["token"], went["token_id"]) == (
        to.address,
        stamps.address,
        str(STAMPS),
    )
    assert stamps.balanceOf(coop.pool, STAMPS) == int(went["held"])


def test_list_losses__an_accepted_one__has_the_pools_own_factor(
    young: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, coop = young.story, young.story.coop
    token = story.evm.deploy("OddToken")
    nameless = Asset(token.address, 0, None, None)
    monkeypatch.setattr(story.feed, "_asset", lambda _, at: replace(nameless, block_number=at))
    token.mint(coop.patron, 1_000, sender=coop.patron)
    token.approve(coop.pool, 1_000, sender=coop.patron)
    coop.pool.give(0, token, 1_000, "", sender=coop.patron)
    token.burn(coop.pool, 250, sender=coop.relayer)
    accept = coop.pool.calldata("accept_loss", token, 1)
    coop.enact((coop.pool, 0, accept), text="we lost a quarter")
    story.tell()
    [loss] = young.every(LOSSES)
    assert loss["asset"]["address"] == token.address
    assert loss["factor"] == str(coop.pool.factor_of(token)) == str(WHOLE * 3 // 4)


def test_list_grain_holders__after_a_payday__have_what_the_grain_says(site: Site) -> None:
    grain = site.story.coop.grain
    holders = site.every(HOLDERS, limit=3)
    assert len(holders) > 10
    for each in holders:
        assert each["balance"]["amount"] == str(grain.balanceOf(each["account"]))
        assert not each["is_member"]
    assert sum(int(each["balance"]["amount"]) for each in holders) == grain.totalSupply()


def test_list_grain_holders__who_gave_all_of_it_away__has_none_left(grown: Site) -> None:
    story, coop = grown.story, grown.story.coop
    story.payday()
    first = story.person(story.people()[0])
    had = coop.grain.balanceOf(first)
    coop.grain.transfer(coop.founders[0], had, sender=first)
    story.tell()
    found = {each["account"]: each for each in grown.every(HOLDERS)}
    assert found[first.address]["balance"]["amount"] == "0"
    holder = found[coop.founders[0].address]
    assert (holder["balance"]["amount"], holder["is_member"]) == (str(had), True)
