# SPDX-License-Identifier: AGPL-3.0-only
"""T20: the majority expels somebody to take her share.

Who and what for: three founders, who let a newcomer pay in, remove her and vote her buy-in to one
of them.
In the world: clubs and DAOs that kick a member and keep what she has brought; guild kicks without a
ragequit.
The defence: there is no private share of gifts here that could be taken. What is a member's own is
her buy-in: it is reserved by the Admission as soon as it is paid (`buy_ins._put_in`), so that no
vote can spend it, and after an expulsion anybody may have it sent to her.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import LOOSE_BUY_INS
from tests.contracts.buy_ins import buying_in, offer
from tests.contracts.coop import Coop, Ways
from tests.contracts.evm import ETH, Evm

PRICE = 5_000


def expelled(evm: Evm) -> tuple[Coop, Outcome]:
    """In one vote she is removed and her money is paid to a founder; if that is refused, she is
    removed all the same."""
    coop = Coop(evm, ways=Ways(joins_bps=10_000))
    thief, she = coop.founders[0], evm.actor("newcomer")
    coop.enact(buying_in(coop, ETH, PRICE), text="buy-in")
    offer(coop, she)
    coop.admission.accept(sender=she, value=PRICE)
    evm.warp(1)
    take = (coop.pool, 0, coop.pool.calldata("spend", 1, ETH, thief, PRICE))
    ready = coop.passed(coop.removing(she), take, text="out")
    before = evm.balance(thief)
    refused = strike(evm, coop.execute, ready)
    if refused:
        coop.enact(coop.removing(she), text="out at least")
    assert not coop.governor.isMember(she)
    return coop, Outcome(refused, evm.balance(thief) - before)


def test_execute__remove_her_and_spend_her_buy_in__is_refused() -> None:
    shipped, weak = on_both(lambda evm: expelled(evm)[1], LOOSE_BUY_INS)
    assert shipped == Outcome("pool: more than is unreserved", 0)
    assert weak == Outcome("", PRICE)


def test_refund__after_the_expulsion__is_hers_whoever_asks() -> None:
    evm = Evm()
    coop, _ = expelled(evm)
    she = evm.actor("newcomer")
    before = evm.balance(she)
    coop.admission.refund_buy_in(she, sender=coop.founders[0])
    assert evm.balance(she) - before == PRICE
    again = strike(evm, coop.admission.refund_buy_in, she, sender=she)
    assert again == "admission: no buy-in to refund"
