# SPDX-License-Identifier: AGPL-3.0-only
"""T10: somebody sees a transaction that moves money and is there before it.

Who and what for: a patron who reclaims a gift before the contributors, to whom it is promised, have
claimed it, or who ends a living earmark; whoever chooses the second in which an accepted loss is
measured; whoever brings a newcomer's signature once her buy-in has become dearer.
In the world: sandwiching and back-running of everything that has a price; relayed permits and
signatures that were carried out under other terms than their signer saw.
The defence: what is reserved is nobody's to reclaim (`books._due`); each reserve starts the clock
of `lapse` again (`earmarks._note_reserve`); a vote on a loss names the least that must be left
(`losses.accept_loss`); a buy-in is paid by whoever brings the newcomer, never by her signature
(`buy_ins._fetch`).
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import LOOSE_BUY_INS, UNBOUND
from tests.contracts.buy_ins import allow, buying_in, offer, setting
from tests.contracts.coop import Coop, Ways
from tests.contracts.distributors import Mill, subject_of
from tests.contracts.evm import ETH, Evm, Reverted
from tests.contracts.odd_tokens import REVERTS
from tests.contracts.pools import DAY, WHOLE, pool_house
from tests.contracts.test_admission import accepting

GIFT, PROMISED = 1_000, 600


def reclaims_what_is_promised(evm: Evm) -> Outcome:
    """In the first second after the deadline, before the payee is paid; won is what was his."""
    house = pool_house(evm)
    spender, thief = house.spender(), house.patron
    earmark = house.open(spender, restricted=True, deadline=evm.now + DAY)
    house.give(earmark, ETH, GIFT)
    house.pool.reserve(earmark, ETH, PROMISED, sender=spender)
    evm.warp(DAY)
    house.pool.reclaim(earmark, ETH, sender=thief)
    before = evm.balance(house.payee)
    release = (earmark, ETH, house.payee, PROMISED)
    refused = strike(evm, house.pool.release, *release, sender=spender)
    return Outcome(refused, PROMISED - (evm.balance(house.payee) - before))


def ends_a_living_earmark(evm: Evm) -> Outcome:
    """Its spender has promised and paid some only yesterday; it has no deadline."""
    house = pool_house(evm)
    spender, thief = house.spender(), house.patron
    earmark = house.open(spender, restricted=True)
    house.give(earmark, ETH, GIFT)
    evm.warp(399 * DAY)
    house.pool.reserve(earmark, ETH, PROMISED, sender=spender)
    house.pool.release(earmark, ETH, house.payee, PROMISED, sender=spender)
    evm.warp(DAY)
    before = evm.balance(thief)
    refused = strike(evm, house.pool.lapse, earmark, sender=thief)
    if not refused:
        house.pool.reclaim(earmark, ETH, sender=thief)
    return Outcome(refused, evm.balance(thief) - before)


def picks_the_second_of_a_loss(evm: Evm) -> Outcome:
    """One unit is missing, and members accept a hundredth. For a moment nine tenths are gone: then
    it is carried out. Won is what the general fund then has of the creditor's money."""
    coop = Coop(evm)
    token, creditor = evm.deploy("OddToken"), coop.patron
    coop.give(GIFT, token)
    debt = coop.passed(coop.spending(creditor, GIFT, token), text="pay her")
    token.behave(REVERTS, sender=coop.relayer)
    coop.execute(debt)
    token.behave(0, sender=coop.relayer)
    token.burn(coop.pool, 1, sender=coop.relayer)
    accept = coop.pool.calldata("accept_loss", token, WHOLE * 99 // 100)
    ready = coop.passed((coop.pool, 0, accept), text="one unit of a thousand")
    token.rebase(WHOLE // 10, sender=coop.relayer)
    refused = strike(evm, coop.execute, ready)
    token.rebase(WHOLE, sender=coop.relayer)
    if refused:
        coop.execute(ready)
    before = token.balanceOf(creditor)
    coop.pool.withdraw(token, creditor, sender=creditor)
    return Outcome(refused, GIFT - 1 - (token.balanceOf(creditor) - before))


def brings_her_when_it_is_dear(evm: Evm) -> Outcome:
    """She has allowed more than the buy-in of today, and signed that she accepts; the members raise
    it and one of them brings her. Won is what she has paid without a call of hers."""
    coop = Coop(evm, ways=Ways(joins_bps=10_000))
    she = evm.actor("newcomer")
    coop.enact(buying_in(coop, coop.dollar, 100), text="buy-in")
    offer(coop, she)
    allow(coop, coop.dollar, she, 10_000)
    coop.enact(setting(coop, 10_000), text="dearer")
    deadline = evm.now + DAY
    signature = she.sign(accepting(coop, she))
    before = coop.dollar.balanceOf(she)
    thief = coop.founders[0]
    refused = strike(evm, coop.admission.accept_for, she, deadline, signature, sender=thief)
    return Outcome(refused, before - coop.dollar.balanceOf(she))


def test_reclaim__before_the_promised_is_paid__leaves_it_there() -> None:
    shipped, weak = on_both(reclaims_what_is_promised, UNBOUND)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("locked", PROMISED)  # an underflow has no text


def test_lapse__a_day_after_the_last_promise__is_refused() -> None:
    shipped, weak = on_both(ends_a_living_earmark, UNBOUND)
    assert shipped == Outcome("pool: too early to lapse", 0)
    assert weak == Outcome("", GIFT - PROMISED)


def test_accept_loss__in_the_worst_second__is_refused() -> None:
    shipped, weak = on_both(picks_the_second_of_a_loss, UNBOUND)
    assert shipped == Outcome("pool: more is lost than voted", 0)
    assert weak.refused == ""
    assert weak.won >= GIFT * 89 // 100


def test_accept_for__after_the_buy_in_was_raised__takes_nothing_of_hers() -> None:
    shipped, weak = on_both(brings_her_when_it_is_dear, LOOSE_BUY_INS)
    assert shipped == Outcome("dollar: not allowed so much", 0)
    assert weak == Outcome("", 10_000)


@pytest.mark.parametrize("ahead", ["claim", "claim_many"])
def test_payday__one_was_claimed_in_front_of_it__pays_the_others(ahead: str) -> None:
    evm = Evm()
    mill = Mill(evm)
    mill.set_up()
    mill.open()
    people = list(mill.people(3))
    epoch = mill.run({subject_of(each): 1 for each in people}, 300 * 10**6)
    first = subject_of(people[0])
    if ahead == "claim":
        mill.claim(first, [epoch], people[0], people[0])
    else:
        mill.claim_many([epoch], [(first, 0)])
    mill.payday(epoch)
    assert [mill.dollar.balanceOf(each) for each in people] == [100 * 10**6] * 3


def test_give__somebody_took_the_grain_of_the_period__is_a_gift_all_the_same() -> None:
    house = pool_house(Evm(), with_grain=True)
    terms = (0, ETH, 10**18, 1_000, DAY)
    house.pool.set_patron_grain(*terms, sender=house.governor)
    house.give(0, ETH, 1_000, house.friend)
    house.give(0, ETH, 500)
    assert (house.grain.balanceOf(house.friend), house.grain.balanceOf(house.patron)) == (1_000, 0)
    assert house.books(0, ETH) == (1_500, 1_500, 0)
    house.evm.warp(DAY)
    house.give(0, ETH, 500)
    assert house.grain.balanceOf(house.patron) == 500


def test_give__an_earmark_that_ended_or_another_number__takes_no_money() -> None:
    evm = Evm()
    house = pool_house(evm)
    earmark = house.open(house.spender(), restricted=True, deadline=evm.now + DAY)
    evm.warp(DAY)
    before = evm.balance(house.patron)
    for number, reason in ((earmark, "pool: earmark has ended"), (2, "pool: unknown earmark")):
        with pytest.raises(Reverted, match=reason):
            house.give(number, ETH, 10)
    assert evm.balance(house.patron) == before
