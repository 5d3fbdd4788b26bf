# SPDX-License-Identifier: AGPL-3.0-only
"""Earmarks and gifts: figures held against the Pool, and a patron's wish not to be named."""

import re
from typing import Any

import pytest

from tests.api.site import POOL, Site
from tests.api.story import GIFTS, HOSTILE
from tests.contracts.coop import ZERO
from tests.contracts.evm import ETH

EARMARKS, PRESENTS = f"{POOL}/earmarks", f"{POOL}/gifts"


def _agrees(site: Site) -> list[dict[str, Any]]:
    """Every account is as the Pool says at this very second."""
    pool, found = site.story.coop.pool, site.every(EARMARKS, limit=1)
    assert [each["id"] for each in found] == list(range(pool.earmark_count() + 1))
    for earmark in found:
        terms = pool.earmark(earmark["id"])
        assert (earmark["spender"] or ZERO) == terms.spender
        assert (earmark["restricted"], earmark["deadline"] or 0) == (
            terms.restricted,
            terms.deadline,
        )
        for account in earmark["accounts"]:
            place = (earmark["id"], account["balance"]["asset"]["address"])
            assert account["balance"]["amount"] == str(pool.balance_of(*place))
            assert account["received"]["amount"] == str(pool.received(*place))
            assert account["reserved"]["amount"] == str(pool.reserved(*place))
            assert account["unreserved"]["amount"] == str(pool.unreserved(*place))
    return found


def test_list_earmarks__after_everything__agree_with_the_pool(site: Site) -> None:
    general, cred = _agrees(site)
    assert (general["uri"], general["spender"], general["restricted"]) == (None, None, False)
    assert cred["uri"] == "ipfs://purpose"
    assert (cred["spender_kind"], cred["restricted"]) == ("CredDistributor", True)
    [account] = cred["accounts"]
    assert account["balance"]["asset"] == {
        "address": site.story.dollar.address,
        "symbol": "TUSD",
        "decimals": 6,
    }


def test_list_earmarks__as_money_moves__agree_with_the_pool(young: Site) -> None:
    story, coop = young.story, young.story.coop
    _agrees(young)
    coop.enact(coop.opening(), text="a purse")
    story.tell()
    _agrees(young)
    coop.give(1_000, earmark=1)
    coop.give(500)
    story.tell()
    _agrees(young)
    move = (coop.pool, 0, coop.pool.calldata("move", 1, 0, ETH, 300))
    spend = (coop.pool, 0, coop.pool.calldata("spend", 1, ETH, story.evm.actor("payee"), 200))
    coop.enact(move, spend, text="move and spend")
    story.tell()
    general, purse = _agrees(young)
    assert general["accounts"][0]["balance"]["amount"] == "800"
    assert purse["accounts"][0]["balance"]["amount"] == "500"


def test_list_earmarks__one_that_ended__says_so_from_that_second_on(young: Site) -> None:
    story, coop = young.story, young.story.coop
    deadline = story.evm.now + 60 * 86_400
    terms = (1, "ipfs://ends", b"\x01" * 32, ZERO, False, deadline, b"")
    coop.enact((coop.pool, 0, coop.pool.calldata("open_earmark", *terms)), text="for a while")
    for second, ended in ((deadline - 1, False), (deadline, True)):
        story.evm.warp_to(second)
        story.tell()
        assert young.every(EARMARKS)[1]["ended"] is ended


def test_list_gifts__all__are_what_patrons_gave(site: Site) -> None:
    gifts = site.every(PRESENTS, limit=2)
    dollars = [gift for gift in gifts if gift["amount"]["asset"]["symbol"] == "TUSD"]
    assert [gift["amount"]["amount"] for gift in dollars[:4]] == [
        str(amount * 10**6) for amount, _ in GIFTS
    ]
    assert [gift["anonymous"] for gift in dollars[:4]] == [unnamed for _, unnamed in GIFTS]
    patrons = [patron.address for patron in site.story.patrons]
    assert [gift["patron"] for gift in dollars[:4]] == [patrons[0], None, *patrons[2:]]
    received = site.story.coop.pool.received(1, site.story.dollar)
    assert sum(int(gift["amount"]["amount"]) for gift in dollars) == received


def test_list_gifts__of_one_earmark__are_those(site: Site) -> None:
    everything = site.every(PRESENTS)
    for earmark in (0, 1):
        wanted = [gift for gift in everything if gift["earmark_id"] == earmark]
        assert site.every(f"{PRESENTS}?earmark={earmark}") == wanted != []
    assert site.every(f"{PRESENTS}?earmark=99") == []


@pytest.mark.parametrize("earmark", ["-1", "one", "4294967296", ""])
def test_list_gifts__of_no_earmark__is_refused(site: Site, earmark: str) -> None:
    site.problem(f"{PRESENTS}?earmark={earmark}", 422, "bad-query")


def test_every_reply__of_a_patron_who_asked_not_to_be_named__never_says_who_she_is(
    site: Site,
) -> None:
    unnamed = next(p for p, (_, wish) in zip(site.story.patrons, GIFTS, strict=True) if wish)
    proposals = [each["id"] for each in site.every(f"{POOL}/proposals")]
    paths = ["/", "/pools/mill", "/pools/mill/epochs/1", "/v1/pools", POOL]
    paths += [f"/pools/mill/proposals/{number}" for number in proposals]
    paths += [f"{POOL}/{rest}" for rest in ("earmarks", "gifts", "members", "distributions")]
    for path in paths:
        # pages divide an address among two elements
        text = re.sub(r"<[^>]*>", "", site.get(path).text).lower()
        assert unnamed.address[2:].lower() not in text, path
    named = site.story.patrons[0].address[2:].lower()
    assert named in re.sub(r"<[^>]*>", "", site.page("/pools/mill")).lower()
    [gift] = [gift for gift in site.every(PRESENTS) if gift["anonymous"]]
    assert (gift["patron"], gift["transaction_hash"]) == (None, None)


def test_list_gifts__notes_that_anyone_may_write__come_through_as_text(site: Site) -> None:
    notes = {gift["note"] for gift in site.every(PRESENTS)}
    assert HOSTILE.replace("\0", "\N{REPLACEMENT CHARACTER}") in notes
    assert "\ufffd\ufffd broken \ufffd(" in notes
