# SPDX-License-Identifier: AGPL-3.0-only
"""A token that lost value where it lies: it stands still until a vote spreads the loss, and then
everybody is paid at the same factor. The numbers are worked out by hand, or in exact fractions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.evm import ETH, Actor, Contract, Evm, Log
from tests.contracts.pools import DAY, HALF, WHOLE, House, pool_house

SHORT = "pool: this asset is short"
SAYS_NO = 2


@dataclass(frozen=True)
class Loss:
    """1,000 of a token: 400 in the general fund, 300 promised and 200 free in a restricted earmark
    (its patron gave 500), 100 owed to the payee. Then 250 of it are burnt where they lie."""

    house: House
    token: Contract
    spender: Contract
    earmark: int

    @property
    def held(self) -> int:
        found: int = self.house.pool.held(self.token)
        return found

    @property
    def factor(self) -> Fraction:
        return Fraction(self.house.pool.factor_of(self.token), WHOLE)

    def burn(self, amount: int) -> None:
        self.token.burn(self.house.pool, amount, sender=self.house.hub)

    def accept(self, least: int = 1) -> None:
        """By a vote that allows so low a factor; any, unless told."""
        self.house.pool.accept_loss(self.token, least, sender=self.house.governor)

    def check(self) -> None:
        """All payments together never exceed what is there, and no unit is lost for good."""
        needed = ceil(self.held * self.factor)
        assert needed <= self.house.real(self.token)
        assert self.house.pool.surplus(self.token) == self.house.real(self.token) - needed


@pytest.fixture
def loss(house: House) -> Loss:
    token, spender = house.evm.deploy("OddToken"), house.spender()
    earmark = house.open(spender, restricted=True, deadline=house.evm.now + DAY)
    house.give(0, token, 500)
    house.give(earmark, token, 500)
    house.pool.reserve(earmark, token, 300, sender=spender)
    token.behave(SAYS_NO, sender=house.hub)
    house.pool.spend(0, token, house.payee, 100, sender=house.governor)
    token.behave(0, sender=house.hub)
    token.burn(house.pool, 250, sender=house.hub)
    return Loss(house, token, spender, earmark)


def test_needed__a_part_in_10_to_the_18_over__is_a_whole_unit_more(house: House) -> None:
    """One of three is left, so the factor f is 333...3; then 10^18 - 3 need f - 1 and that part."""
    token, pool, factor = house.evm.deploy("OddToken"), house.pool, WHOLE // 3
    house.give(0, token, 3)
    token.burn(pool, 2, sender=house.hub)
    pool.accept_loss(token, factor, sender=house.governor)
    house.give(0, token, factor)
    pool.spend(0, token, house.payee, 6, sender=house.governor)
    assert (pool.held(token), house.real(token)) == (WHOLE - 3, factor)
    assert pool.surplus(token) == 0
    token.burn(pool, 1, sender=house.hub)
    with house.evm.reverts(SHORT):
        pool.spend(0, token, house.payee, 6, sender=house.governor)


# --- accept_loss -------------------------------------------------------------------------------


def test_accept_loss__a_quarter_is_gone__everything_is_worth_three_quarters(loss: Loss) -> None:
    house = loss.house
    books = [house.books(earmark, loss.token) for earmark in (0, loss.earmark)]
    loss.accept()
    assert house.evm.logs == [
        Log(
            "LossAccepted",
            {"asset": loss.token.address, "factor": WHOLE * 3 // 4},
            house.pool.address,
        )
    ]
    assert house.pool.factor_of(loss.token) == WHOLE * 3 // 4
    # the books are nominal
    assert [house.books(earmark, loss.token) for earmark in (0, loss.earmark)] == books
    assert (loss.held, house.real(loss.token)) == (1000, 750)
    assert house.pool.owed(loss.token, house.payee) == 100
    assert house.pool.surplus(loss.token) == 0
    assert house.pool.factor_of(ETH) == house.pool.factor_of(house.dollar) == WHOLE
    loss.check()


def test_accept_loss__nothing_is_missing__is_refused_with_one_unit_it_is_taken(loss: Loss) -> None:
    """Otherwise a vote could turn what was promised into a surplus for the general fund."""
    house = loss.house
    loss.token.mint(house.pool, 250, sender=house.hub)
    for asset in (loss.token, ETH, house.dollar):
        with house.evm.reverts("pool: this asset is not short"):
            house.pool.accept_loss(asset, 1, sender=house.governor)
    loss.burn(1)
    loss.accept()
    assert house.pool.factor_of(loss.token) == WHOLE * 999 // 1000


def test_accept_loss__twice__needs_another_loss_and_only_falls(loss: Loss) -> None:
    house = loss.house
    loss.accept()
    with house.evm.reverts("pool: this asset is not short"):
        loss.accept()
    loss.token.mint(house.pool, 1, sender=house.hub)
    with house.evm.reverts("pool: this asset is not short"):
        loss.accept()
    loss.burn(2)
    loss.accept()
    assert house.pool.factor_of(loss.token) == WHOLE * 749 // 1000
    loss.check()


def test_accept_loss__nothing_is_left__is_refused(loss: Loss) -> None:
    loss.burn(750)
    with loss.house.evm.reverts("pool: nothing of it is left"):
        loss.accept()
    loss.token.mint(loss.house.pool, 1, sender=loss.house.hub)
    loss.accept()
    assert loss.house.pool.factor_of(loss.token) == WHOLE // 1000


def test_accept_loss__by_others__is_refused(loss: Loss, outsider: Actor) -> None:
    for caller in (outsider, loss.house.hub, loss.house.patron, loss.spender):
        with loss.house.evm.reverts("pool: only the Governor"):
            loss.house.pool.accept_loss(loss.token, 1, sender=caller)


def test_accept_loss__no_code__is_refused(loss: Loss) -> None:
    with loss.house.evm.reverts("pool: asset has no code"):
        loss.house.pool.accept_loss(loss.house.payee, 1, sender=loss.house.governor)


def test_accept_loss__without_a_limit__is_refused(loss: Loss) -> None:
    with loss.house.evm.reverts("pool: a loss needs a limit"):
        loss.accept(least=0)
    assert loss.factor == 1


def test_accept_loss__more_is_gone_than_was_voted__is_refused(loss: Loss) -> None:
    """The members saw a quarter missing. Whoever carries it out picks the second, and so a moment
    in which a balance is low; what is owed and restricted would become a surplus."""
    house, voted = loss.house, WHOLE * 3 // 4
    with house.evm.reverts("pool: more is lost than voted"):
        loss.accept(least=voted + 1)
    loss.token.rebase(WHOLE // 10, sender=house.hub)
    with house.evm.reverts("pool: more is lost than voted"):
        loss.accept(least=voted)
    assert loss.factor == 1
    assert loss.held == 1000
    loss.token.rebase(WHOLE, sender=house.hub)
    loss.accept(least=voted)
    assert house.pool.factor_of(loss.token) == voted
    # less may be lost than was voted
    loss.burn(1)
    loss.accept(least=WHOLE // 2)
    assert house.pool.factor_of(loss.token) == WHOLE * 749 // 1000


def test_accept_loss__less_than_a_billionth_is_left__is_refused(house: House) -> None:
    """Rounding the factor down would free half of what is left for a vote."""
    token, held = house.evm.deploy("OddToken"), 10**21
    house.give(house.open(house.spender(), restricted=True), token, held)
    token.burn(house.pool, held - (10**12 - 1), sender=house.hub)
    with house.evm.reverts("pool: nothing of it is left"):
        house.pool.accept_loss(token, 1, sender=house.governor)
    assert house.pool.factor_of(token) == WHOLE
    token.mint(house.pool, 1, sender=house.hub)
    house.pool.accept_loss(token, 1, sender=house.governor)
    assert (house.pool.factor_of(token), house.pool.surplus(token)) == (10**9, 0)


def test_sync__a_billionth_was_left_and_all_comes_back__is_booked(house: House) -> None:
    token, held = house.evm.deploy("OddToken"), 10**27
    house.give(0, token, held)
    token.rebase(10**9, sender=house.hub)
    house.pool.accept_loss(token, 1, sender=house.governor)
    token.rebase(WHOLE, sender=house.hub)
    house.pool.sync(token, sender=house.friend)
    house.pool.spend(0, token, house.payee, house.books(0, token)[0], sender=house.governor)
    assert house.real(token, house.payee) == held


# --- every way out, at three quarters ----------------------------------------------------------


def test_outflows__before_the_vote__wait(loss: Loss) -> None:
    house = loss.house
    for call, arguments, sender in (
        (house.pool.spend, (0, loss.token, house.payee, 1), house.governor),
        (house.pool.release, (loss.earmark, loss.token, house.payee, 1), loss.spender),
        (house.pool.withdraw, (loss.token, house.payee), house.payee),
    ):
        with house.evm.reverts(SHORT):
            call(*arguments, sender=sender)


def test_spend__after_a_loss__pays_the_floor_and_books_the_amount(loss: Loss) -> None:
    house = loss.house
    loss.accept()
    for amount, paid in ((100, 75), (1, 0), (2, 1), (3, 2)):
        before = house.real(loss.token, house.friend)
        house.pool.spend(0, loss.token, house.friend, amount, sender=house.governor)
        spent = next(log for log in house.evm.logs if log.name == "Spent")
        assert spent.args["amount"] == amount
        assert house.real(loss.token, house.friend) == before + paid
        loss.check()
    assert house.books(0, loss.token) == (400 - 106, 500, 0)
    # what was cut off lies there beyond the books: 750 - 78 - ceil(894 * 3 / 4)
    assert house.pool.surplus(loss.token) == 1


def test_release_and_release_many__after_a_loss__pay_the_floor(loss: Loss) -> None:
    house = loss.house
    loss.accept()
    house.pool.release(loss.earmark, loss.token, house.friend, 101, sender=loss.spender)
    assert house.real(loss.token, house.friend) == 75
    batch = [99 * 2**160 + int(who.address, 16) for who in (house.friend, house.payee)]
    house.pool.release_many(loss.earmark, loss.token, batch, sender=loss.spender)
    assert house.real(loss.token, house.friend) == 75 + 74
    assert house.real(loss.token, house.payee) == 74
    assert house.books(loss.earmark, loss.token) == (201, 500, 1)
    loss.check()


def test_withdraw__after_a_loss__pays_the_floor_of_all_that_is_owed(loss: Loss) -> None:
    house = loss.house
    loss.accept()
    loss.token.behave(SAYS_NO, sender=house.hub)
    house.pool.spend(0, loss.token, house.payee, 3, sender=house.governor)
    assert house.evm.logs[-1].args["amount"] == 3
    assert house.pool.owed(loss.token, house.payee) == 103
    loss.token.behave(0, sender=house.hub)
    loss.check()
    house.pool.withdraw(loss.token, house.friend, sender=house.payee)
    assert house.real(loss.token, house.friend) == 77
    assert (house.pool.owed(loss.token, house.payee), loss.held) == (0, 897)
    loss.check()


def test_reclaim__after_a_loss__pays_each_patrons_share_at_the_factor(loss: Loss) -> None:
    house = loss.house
    loss.accept()
    house.evm.warp(DAY)
    assert house.pool.reclaimable(loss.earmark, loss.token, house.patron) == 200
    house.pool.reclaim(loss.earmark, loss.token, sender=house.patron)
    assert house.real(loss.token, house.patron) == 150
    assert house.books(loss.earmark, loss.token) == (300, 500, 300)
    loss.check()


def test_move_and_reclaim_for_general_fund__after_a_loss__are_nominal(loss: Loss) -> None:
    house = loss.house
    loss.accept()
    house.pool.move(0, loss.earmark, loss.token, 100, sender=house.governor)
    assert house.books(loss.earmark, loss.token) == (600, 600, 300)
    house.evm.warp(DAY)
    house.pool.reclaim_for_general_fund(loss.earmark, loss.token, sender=house.friend)
    # 300 of 600 did not serve, a sixth of it was the pool's own
    assert house.books(0, loss.token) == (350, 500, 0)
    assert (loss.held, house.real(loss.token)) == (1000, 750)
    loss.check()


def test_spend__less_than_a_unit__moves_nothing(loss: Loss) -> None:
    house = loss.house
    loss.accept()
    loss.token.behave(SAYS_NO, sender=house.hub)  # were it asked, it would refuse
    house.pool.spend(0, loss.token, house.friend, 1, sender=house.governor)
    assert [log.name for log in house.evm.logs] == ["Spent"]
    assert house.pool.owed(loss.token, house.friend) == 0


# --- every way in, at three quarters -----------------------------------------------------------


def test_give__a_token_that_is_short__is_refused(loss: Loss) -> None:
    """It would go to make up for what others have lost."""
    house = loss.house
    loss.token.mint(house.patron, 8, sender=house.hub)
    loss.token.approve(house.pool, 8, sender=house.patron)
    with house.evm.reverts(SHORT):
        house.pool.give(0, loss.token, 8, "", sender=house.patron)


@pytest.mark.parametrize(("real", "counts"), [(1, 1), (2, 2), (3, 4), (75, 100), (100, 133)])
def test_give__after_a_loss__counts_for_more(loss: Loss, real: int, counts: int) -> None:
    house = loss.house
    loss.accept()
    house.give(loss.earmark, loss.token, real, house.friend)
    assert house.evm.logs[-1].args["amount"] == counts
    assert house.books(loss.earmark, loss.token) == (500 + counts, 500 + counts, 300)
    assert house.pool.gift_of(loss.earmark, loss.token, house.friend) == (counts, 0)
    loss.check()
    # she gets back no more than she gave
    house.evm.warp(DAY)
    if house.pool.reclaimable(loss.earmark, loss.token, house.friend):
        house.pool.reclaim(loss.earmark, loss.token, sender=house.friend)
    assert house.real(loss.token, house.friend) <= real
    loss.check()


def test_sync_and_put_back__after_a_loss__count_for_more(loss: Loss, outsider: Actor) -> None:
    house = loss.house
    loss.accept()
    loss.token.mint(house.pool, 76, sender=house.hub)
    assert house.pool.surplus(loss.token) == 76
    house.pool.put_back(loss.token, 16, sender=house.governor)
    assert house.evm.logs[0].args["amount"] == 21
    house.pool.sync(loss.token, sender=outsider)
    assert house.evm.logs[0].args["amount"] == 80
    assert house.books(0, loss.token) == (400 + 101, 500 + 80, 0)
    loss.check()


def test_sync__the_token_recovers__is_a_surplus_and_the_factor_stays(
    loss: Loss, outsider: Actor
) -> None:
    house = loss.house
    loss.accept()
    loss.token.mint(house.pool, 250, sender=house.hub)
    house.pool.sync(loss.token, sender=outsider)
    assert house.pool.factor_of(loss.token) == WHOLE * 3 // 4
    assert house.books(0, loss.token) == (400 + 333, 500 + 333, 0)
    loss.check()


def test_give__counts_for_more_than_the_books_hold__is_refused(loss: Loss) -> None:
    house = loss.house
    loss.burn(749)
    loss.accept()  # a unit of it counts for a thousand
    for amount in (HALF // 1000, HALF, 2**200):
        loss.token.mint(house.patron, amount, sender=house.hub)
        loss.token.approve(house.pool, amount, sender=house.patron)
        with house.evm.reverts("packing: over 128 bits"):
            house.pool.give(0, loss.token, amount, "", sender=house.patron)


# --- nobody gains by being first ---------------------------------------------------------------


def _ways_out(loss: Loss) -> list[Callable[[], None]]:
    house, pool, token = loss.house, loss.house.pool, loss.token
    return [
        lambda: pool.spend(0, token, house.friend, 400, sender=house.governor),
        lambda: pool.release(loss.earmark, token, house.friend, 300, sender=loss.spender),
        lambda: pool.withdraw(token, house.payee, sender=house.payee),
        lambda: pool.reclaim(loss.earmark, token, sender=house.patron),
    ]


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("burnt", [0, 1, 83, 400])
def test_outflows__any_order__pay_everybody_the_same(loss: Loss, first: int, burnt: int) -> None:
    house = loss.house
    loss.burn(burnt)
    loss.accept()
    house.evm.warp(DAY)
    factor = loss.factor
    ways = _ways_out(loss)
    for way in ways[first:] + ways[:first]:
        way()
        loss.check()
    assert house.real(loss.token, house.friend) == floor(400 * factor) + floor(300 * factor)
    assert house.real(loss.token, house.payee) == floor(100 * factor)
    assert house.real(loss.token, house.patron) == floor(200 * factor)
    assert loss.held == 0
    # what is left is what rounding cut off: below one unit for each payment and for the factor
    assert house.real(loss.token) < 5


@settings(max_examples=40, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_books__random_losses_gifts_and_payments__are_exact_fractions(random: Random) -> None:
    """Beside fractions: what each call pays and credits, and that the whole is always covered."""
    house = pool_house(Evm())
    pool, governor, token = house.pool, house.governor, house.evm.deploy("OddToken")
    house.give(0, token, random.choice((7, 1000, 10**18, 2**100)))
    for _ in range(60):
        factor = Fraction(pool.factor_of(token), WHOLE)
        held, real = pool.held(token), house.real(token)
        assert held * factor <= real
        step = random.choice(("loss", "give", "give", "spend", "spend", "sync"))
        if step == "loss" and real > 1:
            token.burn(pool, random.randint(1, max(1, real // 3)), sender=house.hub)
            left = house.real(token)
            if left < ceil(held * factor) and left * WHOLE // held >= 10**9:
                pool.accept_loss(token, left * WHOLE // held, sender=governor)
                assert pool.factor_of(token) == floor(Fraction(left * WHOLE, held)) < factor * WHOLE
            elif left < ceil(held * factor):
                return  # nothing of it is left
        elif step == "give" and factor > Fraction(1, 10**9):
            amount = random.randint(1, 2 * real + 1)
            house.give(0, token, amount)
            assert pool.held(token) - held == floor(amount / factor)
        elif step == "spend" and pool.balance_of(0, token):
            amount = random.randint(1, pool.balance_of(0, token))
            before = house.real(token, house.payee)
            pool.spend(0, token, house.payee, amount, sender=governor)
            assert house.real(token, house.payee) - before == floor(amount * factor)
        elif step == "sync" and pool.surplus(token):
            surplus = pool.surplus(token)
            assert surplus == real - ceil(held * factor)
            pool.sync(token, sender=house.hub)
            assert pool.held(token) - held == floor(surplus / factor)


def test_views__any_asset__say_whole(house: House) -> None:
    strangers: list[Any] = [ETH, house.dollar, house.payee]
    assert [house.pool.factor_of(asset) for asset in strangers] == [WHOLE] * 3
