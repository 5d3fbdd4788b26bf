# SPDX-License-Identifier: AGPL-3.0-only
"""Collectibles: a Pool takes tokens of ERC-721 and ERC-1155 and sends them on by vote. What the
books hold never leaves this way, and what is no money never gets into the books.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.contracts.coop import Coop
from tests.contracts.evm import ETH, Actor, Contract, Evm, Log
from tests.contracts.pools import ZERO, House, names

# The ways of contracts/mocks/OddCollectible.vy, and the first five of OddMultiToken.vy.
REVERTS, STAYS, EATS_GAS, LONG_ANSWER, CALLS_BACK, SAYS_NOTHING, JUNK, HYBRID, UNPAIRED = (
    1 << n for n in range(9)
)
ART, STAMPS = 7, 9


@dataclass(frozen=True)
class Attic:
    """A pool that owns one token of an ERC-721, and of an ERC-1155 twelve of a kind."""

    house: House
    art: Contract
    stamps: Contract

    def send_art(self, to: Any, token_id: int = ART, sender: Any = None) -> None:
        caller = sender or self.house.governor
        self.house.pool.send_nft(self.art, to, token_id, sender=caller)

    def send_stamps(self, to: Any, amount: int = 5, sender: Any = None) -> None:
        caller = sender or self.house.governor
        self.house.pool.send_multi_token(self.stamps, to, STAMPS, amount, sender=caller)


@pytest.fixture
def attic(house: House) -> Attic:
    art, stamps = house.evm.deploy("OddCollectible"), house.evm.deploy("OddMultiToken")
    art.mint(house.pool, ART, sender=house.hub)
    stamps.mint(house.pool, STAMPS, 12, sender=house.hub)
    house.give(0, ETH, 1000)
    house.give(0, house.dollar, 1000)
    return Attic(house, art, stamps)


# --- taking ------------------------------------------------------------------------------------


def test_receive__token_of_erc721__is_taken_and_told(attic: Attic) -> None:
    house, art = attic.house, attic.art
    art.mint(house.patron, 8, sender=house.hub)
    art.safeTransferFrom(house.patron, house.pool, 8, b"for you", sender=house.patron)
    assert house.evm.logs == [
        Log(
            "CollectibleReceived",
            {"token": art.address, "sender": house.patron.address, "token_id": 8, "amount": 1},
            house.pool.address,
        )
    ]
    assert art.ownerOf(8) == house.pool.address
    assert house.pool.held(art) == 0


def test_receive__tokens_of_erc1155__are_taken_and_told(attic: Attic) -> None:
    house, stamps = attic.house, attic.stamps
    stamps.mint(house.patron, 4, 6, sender=house.hub)
    stamps.safeTransferFrom(house.patron, house.pool, 4, 6, b"", sender=house.patron)
    [told] = house.evm.logs
    assert (told.name, told.args["token_id"], told.args["amount"]) == ("CollectibleReceived", 4, 6)
    assert told.args["sender"] == house.patron.address


@pytest.mark.parametrize("kinds", [0, 1, 64])
def test_receive__batch_of_erc1155__is_told_one_by_one(attic: Attic, kinds: int) -> None:
    house, stamps = attic.house, attic.stamps
    ids, amounts = list(range(kinds)), [3 * n + 1 for n in range(kinds)]
    for token_id, amount in zip(ids, amounts, strict=True):
        stamps.mint(house.patron, token_id, amount, sender=house.hub)
    stamps.safeBatchTransferFrom(house.patron, house.pool, ids, amounts, b"", sender=house.patron)
    told = [(log.args["token_id"], log.args["amount"]) for log in house.evm.logs]
    assert told == list(zip(ids, amounts, strict=True))
    from_whom = {(log.args["token"], log.args["sender"]) for log in house.evm.logs}
    assert from_whom <= {(stamps.address, house.patron.address)}


def test_receive__batch_of_too_many_or_uneven__is_refused(attic: Attic) -> None:
    house, pool = attic.house, attic.house.pool
    with house.evm.reverts(""):
        pool.onERC1155BatchReceived(
            house.patron, house.patron, list(range(65)), [1] * 65, b"", sender=house.patron
        )
    with house.evm.reverts("pool: lists differ in length"):
        pool.onERC1155BatchReceived(
            house.patron, house.patron, [1, 2], [1], b"", sender=house.patron
        )


def test_receive__more_data_than_anybody_needs__is_refused(attic: Attic) -> None:
    house, pool = attic.house, attic.house.pool
    for data, calls in ((b"x" * 1024, True), (b"x" * 1025, False)):
        for name, what in (
            ("onERC721Received", (1, data)),
            ("onERC1155Received", (1, 1, data)),
            ("onERC1155BatchReceived", ([1], [1], data)),
        ):
            call = getattr(pool, name)
            if calls:
                call(house.patron, house.patron, *what, sender=house.patron)
                continue
            with house.evm.reverts(""):
                call(house.patron, house.patron, *what, sender=house.patron)


def test_supports_interface__of_receivers_and_itself__and_no_other(house: House) -> None:
    ids = {"01ffc9a7": True, "150b7a02": True, "4e2312e0": True}
    ids |= {"ffffffff": False, "80ac58cd": False, "d9b67a26": False, "00000000": False}
    for interface_id, has_it in ids.items():
        assert house.pool.supportsInterface(bytes.fromhex(interface_id)) is has_it


# --- sending -----------------------------------------------------------------------------------


def test_send_nft__by_vote__goes_and_is_told(attic: Attic) -> None:
    house = attic.house
    attic.send_art(house.payee)
    assert house.evm.logs == [
        Log(
            "CollectibleSent",
            {"token": attic.art.address, "to": house.payee.address, "token_id": ART, "amount": 1},
            house.pool.address,
        )
    ]
    assert attic.art.ownerOf(ART) == house.payee.address


def test_send_multi_token__by_vote__goes_and_is_told(attic: Attic) -> None:
    house = attic.house
    attic.send_stamps(house.payee, 12)
    assert house.evm.logs[-1].args == {
        "token": attic.stamps.address,
        "to": house.payee.address,
        "token_id": STAMPS,
        "amount": 12,
    }
    assert attic.stamps.balanceOf(house.payee, STAMPS) == 12
    with house.evm.reverts("pool: too few of these tokens"):
        attic.send_stamps(house.payee, 1)


def test_send__to_another_pool__is_taken_there(attic: Attic) -> None:
    other = attic.house.evm.clone("Pool", [attic.house.hub])
    attic.send_art(other)
    assert names(attic.house.evm.logs) == ["CollectibleReceived", "CollectibleSent"]
    attic.send_stamps(other)
    assert names(attic.house.evm.logs) == ["CollectibleReceived", "CollectibleSent"]


def test_send__to_a_contract_that_takes_none__is_refused(attic: Attic) -> None:
    """Nothing can be owed: it stays here."""
    puppet = attic.house.evm.deploy("Puppet")
    for send in (attic.send_art, attic.send_stamps):
        with attic.house.evm.reverts(""):
            send(puppet)


def test_send__by_others__is_refused(attic: Attic, outsider: Actor) -> None:
    for caller in (outsider, attic.house.hub, attic.house.patron):
        for send in (attic.send_art, attic.send_stamps):
            with attic.house.evm.reverts("pool: only the Governor"):
                send(outsider, sender=caller)


def test_send__to_nobody__is_refused(attic: Attic) -> None:
    for nobody in (ZERO, attic.house.pool):
        for send in (attic.send_art, attic.send_stamps):
            with attic.house.evm.reverts("pool: nobody to pay"):
                send(nobody)


def test_send__what_the_pool_has_not__is_refused(attic: Attic) -> None:
    house = attic.house
    attic.art.mint(house.friend, 8, sender=house.hub)
    with house.evm.reverts("pool: not the owner of this token"):
        attic.send_art(house.payee, 8)
    with house.evm.reverts("collectible: there is none"):
        attic.send_art(house.payee, 99)
    with house.evm.reverts("pool: too few of these tokens"):
        attic.send_stamps(house.payee, 13)
    with house.evm.reverts("pool: amount is zero"):
        attic.send_stamps(house.payee, 0)


def test_send__token_moves_nothing__costs_nothing_else(attic: Attic) -> None:
    house = attic.house
    attic.art.behave(STAYS, sender=house.hub)
    attic.stamps.behave(STAYS, sender=house.hub)
    attic.send_art(house.payee)
    attic.send_stamps(house.payee)
    for asset in (ETH, house.dollar):
        house.check_books(asset)


@pytest.mark.parametrize("way", [REVERTS, EATS_GAS, LONG_ANSWER])
def test_send__token_refuses__is_refused(attic: Attic, way: int) -> None:
    house, pool = attic.house, attic.house.pool
    long = "0x" + "00" * 32_768
    reasons = {REVERTS: ("collectible: I stay", "multi: I stay"), LONG_ANSWER: (long, long)}
    art, stamps = reasons.get(way, ("", ""))
    attic.art.behave(way, sender=house.hub)
    attic.stamps.behave(way, sender=house.hub)
    few = {"sender": house.governor, "gas": 3_000_000}
    with house.evm.reverts(art):
        pool.send_nft(attic.art, house.payee, ART, **few)
    with house.evm.reverts(stamps):
        pool.send_multi_token(attic.stamps, house.payee, STAMPS, 1, **few)


@pytest.mark.parametrize("which", ["art", "stamps"])
def test_send__token_calls_back__finds_every_door_locked(attic: Attic, which: str) -> None:
    house, pool = attic.house, attic.house.pool
    hostile = getattr(attic, which)
    for name, arguments in (
        ("give", (0, ETH, 0, "", False)),
        ("sync", (ETH,)),
        ("withdraw", (ETH, house.payee)),
        ("spend", (0, ETH, house.payee, 1)),
        ("send_nft", (attic.art, house.payee, ART)),
        ("accept_loss", (house.dollar, 1)),
    ):
        hostile.call_back(pool, pool.calldata(name, *arguments), sender=house.hub)
        point = house.evm.snapshot()
        getattr(attic, f"send_{which}")(house.payee)
        report = next(log for log in house.evm.logs if log.name == "CalledBack")
        assert report.args == {"ok": False, "answer": b""}
        house.evm.restore(point)


# --- money does not leave this way -------------------------------------------------------------


def test_send__money_of_the_books__is_refused(attic: Attic) -> None:
    house, pool = attic.house, attic.house.pool
    for asset in (house.dollar, ETH):
        with house.evm.reverts("pool: this token is in the books"):
            pool.send_nft(asset, house.payee, 1, sender=house.governor)
        with house.evm.reverts("pool: this token is in the books"):
            pool.send_multi_token(asset, house.payee, 1, 1, sender=house.governor)


def test_send__money_that_is_owed_only__is_refused(house: House) -> None:
    token = house.evm.deploy("OddToken")
    house.give(0, token, 100)
    token.freeze(house.payee, True, sender=house.hub)
    house.pool.spend(0, token, house.payee, 100, sender=house.governor)
    assert house.pool.balance_of(0, token) == 0
    with house.evm.reverts("pool: this token is in the books"):
        house.pool.send_nft(token, house.payee, 1, sender=house.governor)


def test_send__money_that_is_not_booked__knows_no_such_call(house: House) -> None:
    """A plain token has no safeTransferFrom, so even what nobody has booked stays."""
    house.dollar.mint(house.pool, 50, sender=house.hub)
    with house.evm.reverts(""):
        house.pool.send_nft(house.dollar, house.payee, 50, sender=house.governor)
    with house.evm.reverts(""):
        house.pool.send_multi_token(house.dollar, house.payee, 0, 50, sender=house.governor)


def test_send_nft__token_that_is_money_and_collectible__never_while_it_is_booked(
    attic: Attic,
) -> None:
    """As ERC-404: one address for both, and it does not say that it is an ERC-721."""
    house, art = attic.house, attic.art
    art.behave(HYBRID, sender=house.hub)
    house.pool.sync(art, sender=house.friend)
    assert house.books(0, art) == (1, 1, 0)
    with house.evm.reverts("pool: this token is in the books"):
        attic.send_art(house.payee)


def test_send_nft__one_side_of_a_pair__never_while_the_other_is_booked(attic: Attic) -> None:
    """ERC-7631: two addresses; who moves the collectible moves the money."""
    house, art = attic.house, attic.art
    art.stand_for(house.dollar, sender=house.hub)
    with house.evm.reverts("pool: this token is in the books"):
        attic.send_art(house.payee)
    house.pool.spend(0, house.dollar, house.payee, 1000, sender=house.governor)
    attic.send_art(house.payee)
    assert art.ownerOf(ART) == house.payee.address


def test_send_nft__no_side_of_a_pair__is_sent_though_there_is_eth(attic: Attic) -> None:
    """Zero names no money: else a wei, given by anyone, would lock it."""
    attic.art.behave(UNPAIRED, sender=attic.house.hub)
    assert attic.house.pool.held(ETH) > 0
    attic.send_art(attic.house.payee)
    assert attic.art.ownerOf(ART) == attic.house.payee.address


def test_send__what_was_allowed_before__is_as_it_was(attic: Attic, outsider: Actor) -> None:
    house = attic.house
    attic.send_art(house.payee)
    attic.send_stamps(house.payee)
    assert attic.art.getApproved(ART) == ZERO
    for who in (outsider, house.payee, house.governor):
        assert attic.art.isApprovedForAll(house.pool, who) is False
        assert attic.stamps.isApprovedForAll(house.pool, who) is False
        assert house.dollar.allowance(house.pool, who) == 0


# --- a collectible is no money -----------------------------------------------------------------


def test_sync__collectible__is_refused_so_nobody_can_lock_it(attic: Attic) -> None:
    house = attic.house
    for token in (attic.art, attic.stamps):
        token.mint(house.pool, *((8,) if token is attic.art else (0, 3)), sender=house.hub)
        with house.evm.reverts("pool: a collectible is no money"):
            house.pool.sync(token, sender=house.friend)
        with house.evm.reverts("pool: a collectible is no money"):
            house.pool.put_back(token, 1, sender=house.governor)
    attic.send_art(house.payee)
    attic.send_stamps(house.payee)


def test_give__collectible__is_refused_so_it_is_not_locked_in(attic: Attic) -> None:
    """An ERC-721 moves by the same call as money: its number would pass for an amount."""
    house, art = attic.house, attic.art
    art.mint(house.patron, 50, sender=house.hub)
    art.approve(house.pool, 50, sender=house.patron)
    with house.evm.reverts("pool: a collectible is no money"):
        house.pool.give(0, art, 50, "", sender=house.patron)
    signed = (house.evm.now, 27, b"\x01" * 32, b"\x02" * 32)
    with house.evm.reverts("pool: a collectible is no money"):
        house.pool.give_with_permit(0, art, 50, "", False, *signed, sender=house.patron)
    attic.stamps.mint(house.patron, 0, 50, sender=house.hub)
    with house.evm.reverts("pool: a collectible is no money"):
        house.pool.give(0, attic.stamps, 50, "", sender=house.patron)


@pytest.mark.parametrize("way", [SAYS_NOTHING, JUNK])
def test_give__token_whose_answer_is_no_yes__is_money(attic: Attic, way: int) -> None:
    """Most tokens know no ERC-165, and some answer anything."""
    house, art = attic.house, attic.art
    art.behave(way, sender=house.hub)
    house.pool.sync(art, sender=house.friend)
    assert house.books(0, art) == (1, 1, 0)


def test_give__asset_in_the_books__is_not_asked_again(attic: Attic) -> None:
    """What it says later locks nothing: it is money here as long as the books hold some."""
    house, art = attic.house, attic.art
    art.behave(SAYS_NOTHING, sender=house.hub)
    house.pool.sync(art, sender=house.friend)
    art.behave(0, sender=house.hub)
    art.mint(house.pool, 8, sender=house.hub)
    house.pool.sync(art, sender=house.friend)
    assert house.books(0, art) == (2, 2, 0)


# --- a real co-op ------------------------------------------------------------------------------


def test_send__coop_decided_it_by_vote__goes(coop: Coop) -> None:
    art = coop.evm.deploy("OddCollectible")
    art.mint(coop.pool, ART, sender=coop.patron)
    coop.enact((coop.pool, 0, coop.pool.calldata("send_nft", art, coop.patron, ART)))
    assert art.ownerOf(ART) == coop.patron.address


def test_receive__the_bare_implementation__sends_nothing(evm: Evm, outsider: Actor) -> None:
    bare = evm.implementation("Pool")
    art = evm.deploy("OddCollectible")
    art.mint(bare, ART, sender=outsider)
    with evm.reverts("pool: only the Governor"):
        bare.send_nft(art, outsider, ART, sender=outsider)
