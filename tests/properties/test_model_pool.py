# SPDX-License-Identifier: AGPL-3.0-only
"""The model of the Pool against numbers worked out by hand."""

import pytest

from tests.contracts.evm import ETH
from tests.contracts.odd_tokens import FEE, LIES, SAYS_NO
from tests.properties.model_pool_alone import DAY, Alone
from tests.properties.model_pool_curios import OddCollectibleModel
from tests.properties.model_pool_journal import Journal


@pytest.fixture
def alone() -> Alone:
    return Alone()


def test_balance__gifts_spent_and_moved__is_what_came_less_what_went(alone: Alone) -> None:
    free = alone.open(restricted=False)
    alone.give(alone.ann, 0, 1_000)
    alone.give(alone.bea, free, 500)
    alone.as_steward("move", 0, free, alone.dollar, 250)
    alone.as_steward("spend", free, alone.dollar, alone.cat, 600)
    balances = [alone.pool.balance(earmark, alone.dollar) for earmark in (0, free)]
    assert balances == [750, 150]
    # a move into an earmark that is not bound is no gift
    assert [alone.pool.income(earmark, alone.dollar) for earmark in (0, free)] == [1_000, 500]
    assert alone.pool.booked(alone.dollar) == 900


def test_income__moved_into_a_bound_earmark__is_a_gift_of_the_pool(alone: Alone) -> None:
    bound = alone.open(deadline=alone.world.now + DAY)
    alone.give(alone.ann, 0, 100)
    alone.as_steward("move", 0, bound, alone.dollar, 40)
    assert alone.pool.income(bound, alone.dollar) == 40
    alone.world.warp(DAY)
    alone.say(alone.cat, alone.pool.me, "reclaim_for_general_fund", bound, alone.dollar)
    # what returns is there again and was not received again
    assert alone.pool.balance(0, alone.dollar) == alone.pool.income(0, alone.dollar) == 100


@pytest.mark.parametrize(
    ("gifts", "released", "promised", "due"),
    [
        ((100, 200, 0), 60, 30, [70, 140, 0]),  # 210 of 300 did not serve
        ((1, 1, 1), 1, 0, [0, 0, 0]),  # two thirds of one are nothing
        ((10, 20, 70), 33, 0, [6, 13, 46]),  # 67 of 100: 6.7, 13.4, 46.9; two stay
        ((2, 1, 0), 0, 0, [2, 1, 0]),
    ],
)
def test_due__after_the_end__is_each_gifts_share_of_what_did_not_serve(
    alone: Alone, gifts: tuple[int, int, int], released: int, promised: int, due: list[int]
) -> None:
    patrons = (alone.ann, alone.bea, alone.cat)
    bound = alone.open(deadline=alone.world.now + DAY)
    for patron, gift in zip(patrons, gifts, strict=True):
        if gift:
            alone.give(patron, bound, gift)
    if released + promised:
        alone.as_spender("reserve", bound, alone.dollar, released + promised)
    if released:
        alone.as_spender("release", bound, alone.dollar, alone.world.people.outsider, released)
    alone.world.warp(DAY)
    found = [alone.pool.due(bound, alone.dollar, patron.address) for patron in patrons]
    assert found == due


def test_due__freed_after_others_reclaimed__nobody_gains_by_being_first(alone: Alone) -> None:
    bound = alone.open(deadline=alone.world.now + DAY)
    alone.give(alone.ann, bound, 100)
    alone.give(alone.bea, bound, 200)
    alone.as_spender("reserve", bound, alone.dollar, 90)
    alone.world.warp(DAY)
    alone.say(alone.ann, alone.pool.me, "reclaim", bound, alone.dollar)  # 70 of 210
    alone.as_spender("unreserve", bound, alone.dollar, 90)
    due = [alone.pool.due(bound, alone.dollar, who.address) for who in (alone.ann, alone.bea)]
    assert due == [30, 200]
    given, taken = (
        alone.pool.sum(what, bound, alone.dollar, alone.ann.address) for what in ("gift", "taken")
    )
    assert (given, taken) == (100, 70)


def test_reclaim__before_the_last_second__is_refused(alone: Alone) -> None:
    bound = alone.open(deadline=alone.world.now + DAY)
    alone.give(alone.ann, bound, 100)
    alone.world.warp(DAY - 1)
    with alone.refuses("pool: earmark has not ended"):
        alone.say(alone.ann, alone.pool.me, "reclaim", bound, alone.dollar)
    alone.world.warp(1)
    alone.say(alone.ann, alone.pool.me, "reclaim", bound, alone.dollar)
    with alone.refuses("pool: nothing to reclaim"):
        alone.say(alone.ann, alone.pool.me, "reclaim", bound, alone.dollar)


def test_lapse__four_hundred_days_after_the_last_promise__ends_it(alone: Alone) -> None:
    bound = alone.open()
    alone.give(alone.ann, bound, 5)
    alone.world.warp(300 * DAY)
    alone.as_spender("reserve", bound, alone.dollar, 5)
    alone.world.warp(400 * DAY - 1)
    with alone.refuses("pool: too early to lapse"):
        alone.say(alone.cat, alone.pool.me, "lapse", bound)
    alone.world.warp(1)
    alone.say(alone.cat, alone.pool.me, "lapse", bound)
    with alone.refuses("pool: earmark has ended"):
        alone.give(alone.ann, bound, 5)
    with alone.refuses("pool: this earmark cannot lapse"):
        alone.say(alone.cat, alone.pool.me, "lapse", bound)


def test_spend__payee_refuses__is_owed_and_still_held(alone: Alone) -> None:
    payee = alone.stage.side.payee
    alone.say(alone.ann, alone.pool.me, "give", 0, ETH, 100, "", False, value=100)
    alone.say(alone.ann, payee, "behave", 1)
    alone.as_steward("spend", 0, ETH, payee, 60)
    assert alone.pool.balance(0, ETH) == 40
    assert alone.pool.sum("failed", ETH, payee.address) == 60
    assert alone.pool.booked(ETH) == 100
    alone.say(payee, alone.pool.me, "withdraw", ETH, alone.cat)
    assert alone.pool.booked(ETH) == 40
    with alone.refuses("pool: nothing is owed"):
        alone.say(payee, alone.pool.me, "withdraw", ETH, alone.cat)


def test_spend__token_says_no__is_believed_if_nothing_went(alone: Alone) -> None:
    odd = alone.stage.odd
    alone.give(alone.ann, 0, 1_000, odd.address)
    alone.say(alone.ann, odd.me, "mint", alone.pool.me, 500)
    for way, owed in ((SAYS_NO, 100), (LIES, 0)):
        odd.note(way, "way")
        before = alone.pool.sum("failed", odd.address, alone.cat.address)
        alone.as_steward("spend", 0, odd.address, alone.cat, 100)
        assert alone.pool.sum("failed", odd.address, alone.cat.address) - before == owed
    assert alone.pool.booked(odd.address) == odd.has(alone.pool.address) - 500 == 900


def test_spend__token_is_short__waits_until_somebody_makes_up_for_it(alone: Alone) -> None:
    odd = alone.stage.odd
    alone.give(alone.ann, 0, 1_000, odd.address)
    alone.say(alone.ann, odd.me, "burn", alone.pool.me, 1)
    with alone.refuses("pool: this asset is short"):
        alone.as_steward("spend", 0, odd.address, alone.cat, 1)
    alone.say(alone.ann, odd.me, "mint", alone.pool.me, 1)
    alone.as_steward("spend", 0, odd.address, alone.cat, 1)


def test_accept_loss__a_quarter_is_gone__all_is_paid_at_three_quarters(alone: Alone) -> None:
    odd, pool = alone.stage.odd, alone.pool
    alone.give(alone.ann, 0, 1_000, odd.address)
    with alone.refuses("pool: this asset is not short"):
        alone.as_steward("accept_loss", odd.address, 1)
    alone.say(alone.ann, odd.me, "burn", pool.me, 250)
    with alone.refuses("pool: this asset is short"):
        alone.give(alone.bea, 0, 3, odd.address)
    with alone.refuses("pool: a loss needs a limit"):
        alone.as_steward("accept_loss", odd.address, 0)
    with alone.refuses("pool: more is lost than voted"):
        alone.as_steward("accept_loss", odd.address, 750_000_000_000_000_001)
    alone.as_steward("accept_loss", odd.address, 750_000_000_000_000_000)
    assert pool.factor(odd.address) == 750_000_000_000_000_000
    before = odd.has(alone.cat.address)
    alone.as_steward("spend", 0, odd.address, alone.cat, 101)
    assert odd.has(alone.cat.address) - before == 75
    alone.give(alone.bea, 0, 10, odd.address)
    # 10 / 0.75 rounded down
    assert pool.balance(0, odd.address) == pool.booked(odd.address) == 1_000 - 101 + 13
    # 912 * 0.75, and a unit beyond it of what was rounded down
    assert (pool.needed(odd.address), odd.has(pool.address)) == (684, 685)


def test_accept_loss__nothing_is_left__is_refused(alone: Alone) -> None:
    odd = alone.stage.odd
    alone.give(alone.ann, 0, 1_000, odd.address)
    alone.say(alone.ann, odd.me, "burn", alone.pool.me, 1_000)
    with alone.refuses("pool: nothing of it is left"):
        alone.as_steward("accept_loss", odd.address, 1)


def test_thank__gifts_of_two_periods__up_to_the_cap_of_each(alone: Alone) -> None:
    grain, pool = alone.stage.side_grain, alone.pool
    alone.say(alone.stage.steward, grain.me, "set_minter", pool.me, True)
    alone.as_steward("set_patron_grain", 0, alone.dollar, 2 * 10**18, 30, DAY)
    before = grain.has(alone.bea.address)
    for gift, minted in ((10, 20), (10, 30), (10, 30)):
        alone.give(alone.bea, 0, gift)
        assert grain.has(alone.bea.address) - before == minted
    alone.world.warp(DAY)
    alone.give(alone.bea, 0, 1)
    assert grain.has(alone.bea.address) - before == 32
    asked = alone.say(alone.cat, pool.me, "patron_grain_of", 0, alone.dollar)
    assert asked[3:] == (alone.world.now, 2)


def test_send_nft__of_a_pair_whose_money_is_booked__is_refused(alone: Alone) -> None:
    art = OddCollectibleModel(alone.world.deploy("OddCollectible"), alone.world.journal)
    alone.world.model(art)
    alone.say(alone.ann, art.me, "mint", alone.pool.me, 7)
    alone.say(alone.ann, art.me, "stand_for", alone.dollar)
    alone.give(alone.ann, 0, 5)
    with alone.refuses("pool: this token is in the books"):
        alone.as_steward("send_nft", art.address, alone.cat, 7)
    alone.as_steward("spend", 0, alone.dollar, alone.cat, 5)
    alone.as_steward("send_nft", art.address, alone.cat, 7)
    assert art.owner(7) == alone.cat.address
    with alone.refuses("pool: not the owner of this token"):
        alone.as_steward("send_nft", art.address, alone.cat, 7)


def test_give__token_keeps_a_fee__what_arrives_counts(alone: Alone) -> None:
    alone.stage.odd.note(FEE, "way")
    alone.give(alone.ann, 0, 300, alone.stage.odd.address)
    assert alone.pool.income(0, alone.stage.odd.address) == 297


def test_sync__more_is_there_than_in_the_books__is_received_by_the_general_fund(
    alone: Alone,
) -> None:
    alone.say(alone.ann, alone.stage.dollar.me, "transfer", alone.pool.me, 70)
    alone.say(alone.bea, alone.pool.me, "sync", alone.dollar)
    assert alone.pool.income(0, alone.dollar) == alone.pool.balance(0, alone.dollar) == 70
    with alone.refuses("pool: no surplus"):
        alone.say(alone.bea, alone.pool.me, "sync", alone.dollar)


def test_release_many__one_is_too_much__nobody_is_paid(alone: Alone) -> None:
    bound = alone.open()
    alone.give(alone.ann, bound, 100)
    alone.as_spender("reserve", bound, alone.dollar, 100)
    payments = [60 << 160 | int(who.address, 16) for who in (alone.bea, alone.cat)]
    with alone.refuses("pool: more than is reserved"):
        alone.as_spender("release_many", bound, alone.dollar, payments)
    assert alone.pool.promised(bound, alone.dollar) == 100


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ((0, 0), "pool: amount is zero"),  # before the payee is looked at
        ((0, 1), "pool: nobody to pay"),
        ((9, 1), "pool: nobody to pay"),  # before the earmark is looked at
    ],
)
def test_spend__several_things_wrong__the_first_is_named(
    alone: Alone, args: tuple[int, int], reason: str
) -> None:
    earmark, amount = args
    with alone.refuses(reason):
        alone.as_steward("spend", earmark, alone.dollar, ETH, amount)
    with alone.refuses("pool: only the Governor"):
        alone.say(alone.ann, alone.pool.me, "spend", earmark, alone.dollar, ETH, amount)


def test_audit__a_sum_that_no_fact_made__is_noticed() -> None:
    journal = Journal()
    journal.add(("given",), 5)
    journal.audit()
    journal.sums["given",] = 6
    with pytest.raises(AssertionError):
        journal.audit()


def test_undo__facts_and_notes__are_as_before() -> None:
    journal = Journal()
    journal.add(("given",), 5)
    journal.note(("way",), 1)
    mark = journal.mark()
    journal.add(("given",), 7)
    journal.note(("way",), 2)
    journal.note(("other",), 3)
    journal.undo(mark)
    assert (journal.sum(("given",)), journal.noted(("way",)), journal.noted(("other",))) == (
        5,
        1,
        None,
    )
