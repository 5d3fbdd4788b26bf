# SPDX-License-Identifier: AGPL-3.0-only
"""The books line by line, patrons, thanks in grain: sums agree with the Pool, and nobody is named
who asked not to be.
"""

from collections import defaultdict
from typing import Any

import pytest

from tests.api.site import POOL, Site
from tests.api.story import DOLLARS, GIFTS
from tests.contracts.coop import Coop
from tests.contracts.distributors import Policy
from tests.contracts.evm import ETH

LEDGER, PATRONS, THANKS = f"{POOL}/ledger", f"{POOL}/patrons", f"{POOL}/patron-grain"
ETHER = 10**18


def _place(line: dict[str, Any]) -> tuple[int, str]:
    return line["earmark_id"], line["balance"]["asset"]["address"]


def _key(line: dict[str, Any]) -> tuple[int, int, int]:
    return line["block_number"], line["log_index"], line["line"]


def _adds_up(lines: list[dict[str, Any]]) -> dict[tuple[int, str], tuple[int, int]]:
    """Every line's balance is the one before it and what the line says; what is left in the end."""
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    assert [_key(line) for line in lines] == sorted({_key(line) for line in lines})
    for line in lines:
        account = sums[_place(line)]
        account[0] += int(line["amount"]["amount"])
        account[1] += int(line["reserved"]["amount"])
        said = line["balance"]["amount"], line["reserved_in_all"]["amount"]
        assert said == (str(account[0]), str(account[1]))
    return {place: (account[0], account[1]) for place, account in sums.items()}


def test_list_ledger__to_the_beginning__ends_where_the_pool_is(site: Site) -> None:
    pool = site.story.coop.pool
    lines = site.every(LEDGER)
    found = _adds_up(lines)
    assert {place[0] for place in found} == {0, 1}
    for place, (balance, reserved) in found.items():
        assert (balance, reserved) == (pool.balance_of(*place), pool.reserved(*place))
    assert {line["what"] for line in lines} >= {"gift", "spent", "reserved", "released"}


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_list_ledger__in_pages_from_either_end__has_the_same_balances(
    site: Site, limit: int
) -> None:
    whole = site.every(LEDGER)
    assert site.every(LEDGER, limit=limit) == whole
    assert site.every(f"{LEDGER}?order=newest", limit=limit) == whole[::-1]


def test_list_ledger__of_one_earmark_and_asset__is_those_lines_with_their_balances(
    site: Site,
) -> None:
    dollar = site.story.dollar.address
    whole = [line for line in site.every(LEDGER) if _place(line) == (1, dollar)]
    assert whole
    query = f"{LEDGER}?earmark=1&asset={dollar.lower()}"
    assert site.every(query, limit=2) == whole
    assert site.data(f"{LEDGER}?earmark=7") == []


def test_list_ledger__a_payday__is_a_line_for_each_payee(site: Site) -> None:
    paid = [line for line in site.every(LEDGER) if line["what"] == "released"]
    claims = site.every(f"{POOL}/distributions/1/claims")
    assert sorted((line["party"], line["amount"]["amount"]) for line in paid) == sorted(
        (claim["payee"], f"-{claim['amount']['amount']}") for claim in claims
    )
    assert len({line["line"] for line in paid}) > 1


def test_list_ledger__a_move_between_earmarks__is_two_lines(young: Site) -> None:
    story, coop = young.story, young.story.coop
    coop.enact(coop.opening(), text="a purse")
    coop.give(1_000, earmark=1)
    coop.enact((coop.pool, 0, coop.pool.calldata("move", 1, 0, ETH, 300)), text="move")
    story.tell()
    lines = young.every(LEDGER, limit=2)
    assert [(each["what"], each["earmark_id"], each["line"]) for each in lines[-2:]] == [
        ("moved out", 1, 0),
        ("moved in", 0, 1),
    ]
    assert _adds_up(lines)[0, ETH] == (300, 0)


def test_ledger__whoever_asked_not_to_be_named__is_not(site: Site) -> None:
    hidden = site.story.patrons[1].address
    for path in (LEDGER, PATRONS, f"{POOL}/gifts", "/v1/events"):
        assert hidden not in site.get(f"{path}?limit=1000").text, path
        assert hidden not in site.get(f"{path}.csv").text, path
    [line] = [
        each
        for each in site.every(LEDGER)
        if each["what"] == "gift" and each["amount"]["amount"] == str(GIFTS[1][0] * DOLLARS)
    ]
    assert (line["party"], line["transaction_hash"]) == (None, None)


def test_ledger__her_refund__does_not_name_her_either(young: Site) -> None:
    """She gave without a name to an earmark that ends; what she takes back tells of that gift."""
    story, coop = young.story, young.story.coop
    patron, other = story.patrons[0], story.patrons[1]
    ends = story.evm.now + 40 * 86_400
    params = Policy(story.dollar, 1, minimum=DOLLARS, grain_per_epoch=0).params()
    terms = (1, "ipfs://purpose", bytes(32), coop.distributor, True, ends, params)
    coop.enact((coop.pool, 0, coop.pool.calldata("open_earmark", *terms)), text="one that ends")
    story.give(patron, 5, unnamed=True)
    story.give(other, 7)
    story.evm.warp(60 * 86_400)
    coop.pool.reclaim(1, story.dollar, sender=patron)
    coop.pool.reclaim(1, story.dollar, sender=other)
    story.tell()
    lines = {each["amount"]["amount"]: each for each in young.every(LEDGER)}
    assert (lines["-5"]["party"], lines["-5"]["transaction_hash"]) == (None, None)
    assert lines["-7"]["party"] == other.address
    assert patron.address not in young.get("/v1/events?limit=1000").text


# --- patrons --------------------------------------------------------------------------------------


def _given(site: Site, earmark: int | None = None) -> dict[str | None, dict[str, int]]:
    """By the list of gifts: patron -> asset -> sum."""
    found: dict[str | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    query = "" if earmark is None else f"?earmark={earmark}"
    for gift in site.every(f"{POOL}/gifts{query}"):
        asset = gift["amount"]["asset"]["address"]
        found[gift["patron"]][asset] += int(gift["amount"]["amount"])
    return {patron: dict(sums) for patron, sums in found.items()}


@pytest.mark.parametrize("earmark", [None, 0, 1])
def test_list_patrons__by_name__are_the_sums_of_their_gifts(
    site: Site, earmark: int | None
) -> None:
    query = "" if earmark is None else f"?earmark={earmark}"
    patrons = site.every(f"{PATRONS}{query}", limit=2)
    said = {
        each["account"]: {
            total["amount"]["asset"]["address"]: int(total["amount"]["amount"])
            for total in each["totals"]
        }
        for each in patrons
    }
    assert said == _given(site, earmark)
    assert len(said) == len(patrons)
    counted = sum(each["gifts"] for each in patrons)
    assert counted == len(site.every(f"{POOL}/gifts{query}"))


def test_list_patrons__all_unnamed__are_one(young: Site) -> None:
    story = young.story
    story.open_earmark()
    for patron in story.patrons[:3]:
        story.give(patron, DOLLARS, unnamed=True)
    story.give(story.patrons[0], 5 * DOLLARS)
    story.tell()
    unnamed, named = young.every(PATRONS)
    assert (unnamed["account"], unnamed["gifts"]) == (None, 3)
    assert unnamed["totals"][0]["amount"]["amount"] == str(3 * DOLLARS)
    assert (named["account"], named["gifts"]) == (story.patrons[0].address, 1)


def _thanking(coop: Coop, earmark: int) -> None:
    """The members thank gifts of ETH to an earmark with grain."""
    terms = (earmark, ETH, 10 * ETHER, 25 * ETHER, 7 * 86_400)
    coop.enact(
        (coop.pool, 0, coop.pool.calldata("set_patron_grain", *terms)),
        (coop.grain, 0, coop.grain.calldata("set_minter", coop.pool, True)),
        text="thank patrons",
    )


def test_list_patron_grain__each_thanked_gift__names_whom_it_may(young: Site) -> None:
    story, coop = young.story, young.story.coop
    coop.enact(coop.opening(), text="a purse")
    _thanking(coop, 1)
    named, hidden = story.patrons[0], story.patrons[1]
    coop.pool.give(1, ETH, ETHER, "", False, sender=named, value=ETHER)
    coop.pool.give(1, ETH, ETHER // 2, "", True, sender=hidden, value=ETHER // 2)
    story.tell()
    first, second = young.every(THANKS)
    assert (first["patron"], first["grain"]["amount"]) == (named.address, str(10 * ETHER))
    assert first["grain"]["asset"]["address"] == coop.grain.address
    assert (second["patron"], second["transaction_hash"]) == (None, None)
    assert second["grain"]["amount"] == str(5 * ETHER)
