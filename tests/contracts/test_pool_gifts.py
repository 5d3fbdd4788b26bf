# SPDX-License-Identifier: AGPL-3.0-only
"""Gifts to a Pool: by value, by allowance, by permit, and what arrives without a gift."""

import pytest

from tests.contracts.evm import ETH, Actor, Evm, Log
from tests.contracts.pools import DAY, HALF, MOST_RECEIVED, House, names, permit

CENTS = 10_000


# --- give ------------------------------------------------------------------------------------


def test_give__eth_to_the_general_fund__credits_and_logs(house: House) -> None:
    house.pool.give(0, ETH, 70, "for bread", sender=house.patron, value=70)
    assert house.evm.logs == [
        Log(
            "Given",
            {
                "patron": house.patron.address,
                "earmark_id": 0,
                "asset": ETH,
                "amount": 70,
                "anonymous": False,
                "note": "for bread",
            },
            house.pool.address,
        )
    ]
    assert house.books(0, ETH) == (70, 70, 0)
    assert (house.pool.held(ETH), house.real(ETH)) == (70, 70)


def test_give__twice_by_two_patrons__adds_up(house: House) -> None:
    earmark = house.open()
    house.give(earmark, ETH, 70)
    house.give(earmark, ETH, 5, house.friend)
    house.give(0, ETH, 1, house.friend)
    assert house.books(earmark, ETH) == (75, 75, 0)
    assert house.books(0, ETH) == (1, 1, 0)
    assert house.pool.held(ETH) == 76


def test_give__held__leaves_the_rest_of_its_word_alone(house: House) -> None:
    # The upper bits wait for the factor of tokens that rebase.
    house.give(0, house.dollar, 1_000_003)
    house.give(house.open(), house.dollar, 2_000_005)
    storage = house.evm.state()[house.pool.address.lower()][2]
    assert list(storage.values()).count(str(3_000_008)) == 1


def test_give__token__pulls_from_the_patron_and_logs(house: House) -> None:
    earmark = house.open()
    house.dollar.mint(house.patron, 50 * CENTS, sender=house.patron)
    house.dollar.approve(house.pool, 50 * CENTS, sender=house.patron)
    house.pool.give(earmark, house.dollar, 30 * CENTS, "", sender=house.patron)
    assert names(house.evm.logs) == ["Transfer", "Given"]
    assert house.evm.logs[1].args["asset"] == house.dollar.address
    assert house.evm.logs[1].args["amount"] == 30 * CENTS
    assert house.books(earmark, house.dollar) == (30 * CENTS, 30 * CENTS, 0)
    assert house.books(earmark, ETH) == (0, 0, 0)
    assert house.real(house.dollar, house.patron) == 20 * CENTS
    house.check_books(house.dollar)


def test_give__anonymous__says_so_in_the_event(house: House) -> None:
    house.pool.give(0, ETH, 1, "", True, sender=house.patron, value=1)
    assert house.evm.logs[0].args["anonymous"] is True


def test_give__longest_note__is_kept_whole(house: House) -> None:
    house.pool.give(0, ETH, 1, "n" * 256, sender=house.patron, value=1)
    assert house.evm.logs[0].args["note"] == "n" * 256
    with house.evm.reverts(""):
        house.pool.give(0, ETH, 1, "n" * 257, sender=house.patron, value=1)


def test_give__restricted__remembers_each_patron(house: House) -> None:
    earmark = house.open(house.spender(), restricted=True)
    for patron, amount in ((house.patron, 70), (house.friend, 5), (house.patron, 20)):
        house.give(earmark, ETH, amount, patron)
    assert house.pool.gift_of(earmark, ETH, house.patron) == (90, 0)
    assert house.pool.gift_of(earmark, ETH, house.friend) == (5, 0)
    assert house.pool.received(earmark, ETH) == 95


def test_give__unrestricted__remembers_no_patron(house: House) -> None:
    earmark = house.open(house.spender())
    house.give(earmark, ETH, 70)
    assert house.pool.gift_of(earmark, ETH, house.patron) == (0, 0)


def test_give__nothing__is_refused(house: House) -> None:
    for asset in (ETH, house.dollar):
        with house.evm.reverts("pool: gift of nothing"):
            house.pool.give(0, asset, 0, "", sender=house.patron)


@pytest.mark.parametrize("sent", [0, 69, 71])
def test_give__value_is_not_the_amount__is_refused(house: House, sent: int) -> None:
    with house.evm.reverts("pool: value is not the amount"):
        house.pool.give(0, ETH, 70, "", sender=house.patron, value=sent)


def test_give__eth_with_a_token__is_refused(house: House) -> None:
    house.dollar.mint(house.patron, 5, sender=house.patron)
    house.dollar.approve(house.pool, 5, sender=house.patron)
    with house.evm.reverts("pool: ETH sent with a token"):
        house.pool.give(0, house.dollar, 5, "", sender=house.patron, value=5)


def test_give__asset_without_code__is_refused(house: House, outsider: Actor) -> None:
    with house.evm.reverts("pool: asset has no code"):
        house.pool.give(0, outsider, 5, "", sender=house.patron)


def test_give__no_allowance__is_the_tokens_refusal(house: House) -> None:
    house.dollar.mint(house.patron, 5, sender=house.patron)
    with house.evm.reverts("dollar: not allowed so much"):
        house.pool.give(0, house.dollar, 5, "", sender=house.patron)


def test_give__unknown_earmark__is_refused(house: House) -> None:
    house.open()
    with house.evm.reverts("pool: unknown earmark"):
        house.pool.give(2, ETH, 5, "", sender=house.patron, value=5)


@pytest.mark.parametrize("restricted", [True, False])
def test_give__at_the_deadline__is_refused_and_a_second_before_taken(
    house: House, restricted: bool
) -> None:
    deadline = house.evm.now + DAY
    earmark = house.open(house.spender(), restricted=restricted, deadline=deadline)
    house.evm.warp_to(deadline - 1)
    house.give(earmark, ETH, 5)
    house.evm.warp_to(deadline)
    with house.evm.reverts("pool: earmark has ended"):
        house.pool.give(earmark, ETH, 5, "", sender=house.patron, value=5)
    house.evm.warp(DAY)
    with house.evm.reverts("pool: earmark has ended"):
        house.pool.give(earmark, ETH, 5, "", sender=house.patron, value=5)


def test_give__more_than_the_books_can_count__is_refused(house: House) -> None:
    house.give(0, house.dollar, MOST_RECEIVED)
    house.give(house.open(), house.dollar, MOST_RECEIVED)
    house.dollar.mint(house.patron, 2, sender=house.patron)
    house.dollar.approve(house.pool, 2, sender=house.patron)
    with house.evm.reverts("packing: over 128 bits"):  # what the general fund received
        house.pool.give(0, house.dollar, 1, "", sender=house.patron)
    last = house.open()
    house.pool.give(last, house.dollar, 1, "", sender=house.patron)
    assert house.pool.held(house.dollar) == HALF - 1
    with house.evm.reverts("packing: over 128 bits"):  # what is held in all
        house.pool.give(last, house.dollar, 1, "", sender=house.patron)
    assert house.books(0, house.dollar) == (MOST_RECEIVED, MOST_RECEIVED, 0)


def test_give__received_is_full_though_the_balance_is_not__is_refused(house: House) -> None:
    house.give(0, house.dollar, MOST_RECEIVED)
    house.pool.spend(0, house.dollar, house.payee, MOST_RECEIVED, sender=house.governor)
    house.dollar.approve(house.pool, 1, sender=house.payee)
    with house.evm.reverts("packing: over 128 bits"):
        house.pool.give(0, house.dollar, 1, "", sender=house.payee)


# --- give_with_permit ------------------------------------------------------------------------


def test_give_with_permit__fresh_permit__gives_in_one_call(house: House) -> None:
    house.dollar.mint(house.patron, 9, sender=house.patron)
    signed = permit(house, 9, house.evm.now)
    house.pool.give_with_permit(0, house.dollar, 9, "hi", True, *signed, sender=house.patron)
    assert names(house.evm.logs) == ["Approval", "Transfer", "Given"]
    given = house.evm.logs[2].args
    assert (given["patron"], given["amount"], given["note"]) == (house.patron.address, 9, "hi")
    assert given["anonymous"] is True
    assert house.books(0, house.dollar) == (9, 9, 0)


def test_give_with_permit__sent_before_by_somebody__still_gives(
    house: House, outsider: Actor
) -> None:
    house.dollar.mint(house.patron, 9, sender=house.patron)
    deadline, *vrs = permit(house, 9, house.evm.now)
    house.dollar.permit(house.patron, house.pool, 9, deadline, *vrs, sender=outsider)
    house.pool.give_with_permit(0, house.dollar, 9, "", False, deadline, *vrs, sender=house.patron)
    assert house.books(0, house.dollar) == (9, 9, 0)
    assert house.dollar.allowance(house.patron, house.pool) == 0


def test_give_with_permit__of_somebody_else__takes_nothing_from_her(
    house: House, outsider: Actor
) -> None:
    house.dollar.mint(house.patron, 9, sender=house.patron)
    signed = permit(house, 9, house.evm.now)
    with house.evm.reverts("dollar: not allowed so much"):
        house.pool.give_with_permit(0, house.dollar, 9, "", False, *signed, sender=outsider)


def test_give_with_permit__late_and_no_allowance__is_refused(house: House) -> None:
    house.dollar.mint(house.patron, 9, sender=house.patron)
    signed = permit(house, 9, house.evm.now - 1)
    with house.evm.reverts("dollar: not allowed so much"):
        house.pool.give_with_permit(0, house.dollar, 9, "", False, *signed, sender=house.patron)


def test_give_with_permit__eth__is_refused(house: House) -> None:
    signed = permit(house, 9, house.evm.now)
    with house.evm.reverts("pool: value is not the amount"):
        house.pool.give_with_permit(0, ETH, 9, "", False, *signed, sender=house.patron)


def test_give_with_permit__value__is_refused(house: House) -> None:
    signed = permit(house, 9, house.evm.now)
    with house.evm.reverts(""):
        house.pool.give_with_permit(
            0, house.dollar, 9, "", False, *signed, sender=house.patron, value=1
        )


def test_give_with_permit__ended_earmark__is_refused(house: House) -> None:
    earmark = house.open(deadline=house.evm.now + 1)
    house.evm.warp(1)
    house.dollar.mint(house.patron, 9, sender=house.patron)
    signed = permit(house, 9, house.evm.now)
    with house.evm.reverts("pool: earmark has ended"):
        house.pool.give_with_permit(
            earmark, house.dollar, 9, "", False, *signed, sender=house.patron
        )


# --- sync and surplus ------------------------------------------------------------------------


def test_sync__plain_eth__is_received_by_the_general_fund(house: House, outsider: Actor) -> None:
    house.give(0, ETH, 100)
    house.evm.call(house.patron, house.pool, value=7)
    house.evm.set_balance(house.pool, 110)  # 3 more without any call
    assert house.pool.surplus(ETH) == 10
    assert house.books(0, ETH) == (100, 100, 0)
    house.pool.sync(ETH, sender=outsider)
    assert house.evm.logs == [Log("Synced", {"asset": ETH, "amount": 10}, house.pool.address)]
    assert house.books(0, ETH) == (110, 110, 0)
    assert (house.pool.held(ETH), house.pool.surplus(ETH)) == (110, 0)


def test_sync__plain_token__leaves_other_earmarks_alone(house: House, outsider: Actor) -> None:
    earmark = house.open(house.spender(), restricted=True)
    house.give(earmark, house.dollar, 100)
    house.dollar.mint(house.pool, 50, sender=outsider)
    house.pool.sync(house.dollar, sender=outsider)
    assert house.books(0, house.dollar) == (50, 50, 0)
    assert house.books(earmark, house.dollar) == (100, 100, 0)
    house.check_books(house.dollar)


def test_sync__twice__second_is_refused(house: House, outsider: Actor) -> None:
    house.dollar.mint(house.pool, 50, sender=outsider)
    house.pool.sync(house.dollar, sender=outsider)
    with house.evm.reverts("pool: no surplus"):
        house.pool.sync(house.dollar, sender=outsider)


def test_sync__something_is_missing__is_refused(house: House, outsider: Actor) -> None:
    token = house.evm.deploy("OddToken")
    house.give(0, token, 100)
    token.burn(house.pool, 1, sender=outsider)
    assert house.pool.surplus(token) == 0
    with house.evm.reverts("pool: no surplus"):
        house.pool.sync(token, sender=outsider)


def test_sync__debts_are_no_surplus(house: House, outsider: Actor) -> None:
    house.give(0, ETH, 100)
    payee = house.evm.deploy("OddPayee")
    payee.behave(1, sender=outsider)
    house.pool.spend(0, ETH, payee, 40, sender=house.governor)
    assert house.pool.owed(ETH, payee) == 40
    with house.evm.reverts("pool: no surplus"):
        house.pool.sync(ETH, sender=outsider)


def test_surplus_and_sync__asset_without_code__are_refused(house: House, outsider: Actor) -> None:
    with house.evm.reverts("pool: asset has no code"):
        house.pool.sync(outsider, sender=outsider)
    with house.evm.reverts("pool: asset has no code"):
        house.pool.surplus(outsider)


def test_sync__more_than_the_books_can_count__is_refused(house: House, outsider: Actor) -> None:
    token = house.evm.deploy("OddToken")
    token.mint(house.pool, HALF, sender=outsider)
    with house.evm.reverts("packing: over 128 bits"):
        house.pool.sync(token, sender=outsider)


# --- plain ETH -------------------------------------------------------------------------------


def test_default__plain_eth__is_taken_and_not_booked(house: House) -> None:
    house.evm.call(house.patron, house.pool, value=7)
    assert house.evm.logs == []
    assert (house.real(ETH), house.pool.held(ETH)) == (7, 0)


@pytest.mark.parametrize("data", [b"\x01", b"\x12\x34\x56\x78", b"\x00" * 36])
@pytest.mark.parametrize("sent", [0, 7])
def test_default__unknown_function__is_refused(house: House, data: bytes, sent: int) -> None:
    with house.evm.reverts("pool: no such function"):
        house.evm.call(house.patron, house.pool, data, value=sent)


def test_give__to_the_bare_implementation__is_refused(evm: Evm, house: House) -> None:
    bare = evm.implementation("Pool")
    for earmark, reason in ((0, "pool: earmark has ended"), (1, "pool: unknown earmark")):
        with evm.reverts(reason):
            bare.give(earmark, ETH, 5, "", sender=house.patron, value=5)
