# SPDX-License-Identifier: AGPL-3.0-only
"""T42: tokens that say no, nothing or junk.

Who and what for: a patron without money, whose token answers `false` instead of refusing, and who
takes back from a restricted earmark what never came; and a payee whose token moves the money and
says no (Tether Gold), so that he would be owed it once more.
In the world: the old BAT and ZRX return false; USDT and BNB return nothing, which locked them in
contracts that insist on an answer; vaults that ignored the answer credited deposits out of nothing.
The defence: no answer counts as yes and any other as what it says, a gift counts for what arrived,
and a payment's "no" is held against the balance (`payments._pull`, `payments._push`). The answer
and the look at the balance are two defences, so the weakened copy lacks both.
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import TRUSTING
from tests.contracts.evm import Evm
from tests.contracts.odd_tokens import JUNK, LIES, NO_ANSWER, PRETENDS, SAYS_NO
from tests.contracts.pools import DAY, House, pool_house

HONEST = 1_000


def stocked(evm: Evm) -> tuple[House, int]:
    """Others' money in the general fund, and a restricted earmark that ends tomorrow."""
    house = pool_house(evm)
    return house, house.open(house.spender(), restricted=True, deadline=evm.now + DAY)


def out_of_nothing(evm: Evm, way: int) -> Outcome:
    """Gives what he does not have, and reclaims it."""
    (house, earmark), thief = stocked(evm), evm.actor("thief")
    token = evm.deploy("OddToken")
    house.give(0, token, HONEST)
    token.behave(way, sender=thief)
    token.approve(house.pool, HONEST, sender=thief)
    give = (earmark, token, HONEST, "")
    refused = strike(evm, house.pool.give, *give, sender=thief)
    token.behave(0, sender=thief)
    evm.warp(DAY)
    if not refused:
        house.pool.reclaim(earmark, token, sender=thief)
    return Outcome(refused, token.balanceOf(thief))


def paid_and_owed(evm: Evm) -> Outcome:
    """The token moves the payment and says no; then the thief asks for it again."""
    (house, _), thief = stocked(evm), evm.actor("thief")
    token = evm.deploy("OddToken")
    house.give(0, token, HONEST)
    token.behave(LIES, sender=thief)
    house.pool.spend(0, token, thief, HONEST // 2, sender=house.governor)
    token.behave(0, sender=thief)
    refused = strike(evm, house.pool.withdraw, token, thief, sender=thief)
    return Outcome(refused, token.balanceOf(thief) - HONEST // 2)


@pytest.mark.parametrize(
    ("way", "reason"),
    [(SAYS_NO, "pool: token refused the gift"), (PRETENDS, "pool: no token arrived")],
)
def test_give__nothing_is_moved__nothing_is_credited(way: int, reason: str) -> None:
    shipped, weak = on_both(lambda evm: out_of_nothing(evm, way), TRUSTING)
    assert shipped == Outcome(reason, 0)
    assert weak == Outcome("", HONEST)


def test_spend__it_moves_and_says_no__is_paid_once() -> None:
    shipped, weak = on_both(paid_and_owed, TRUSTING)
    assert shipped == Outcome("pool: nothing is owed", 0)
    assert weak == Outcome("", HONEST // 2)


@pytest.mark.parametrize("way", [NO_ANSWER, JUNK])
def test_spend__no_answer_or_junk_and_the_money_moved__is_paid(way: int) -> None:
    evm = Evm()
    house, _ = stocked(evm)
    token = evm.deploy("OddToken")
    house.give(0, token, HONEST)
    token.behave(way, sender=house.hub)
    house.pool.spend(0, token, house.payee, HONEST, sender=house.governor)
    assert token.balanceOf(house.payee) == HONEST
    assert house.pool.owed(token, house.payee) == 0
