# SPDX-License-Identifier: AGPL-3.0-only
"""T41: a token that keeps a part of what is sent.

Who and what for: a patron who gives such a token to a restricted earmark and takes it back, again
and again. Were she credited with what she sent, each round would take the fee out of others' money.
In the world: Balancer's pool of STA (2020), emptied because deposits counted for what was sent.
The defence: a gift counts for what has arrived (`payments._pull` looks at the balance before and
after), and a token of which less is there than the books need is paid out to nobody
(`payments._check_covered`). There are two, so the weakened copy lacks both.
"""

from tests.attacks.money import Outcome, on_both
from tests.attacks.money_weak import TRUSTING
from tests.contracts.coop import Coop
from tests.contracts.evm import ETH, Evm
from tests.contracts.odd_tokens import FEE, FEE_ON_TOP
from tests.contracts.pools import DAY, pool_house

HONEST, ROUNDS = 100_000, 10


def round_trips(evm: Evm) -> Outcome:
    """Ten rounds of 10,000 each; won is what is missing of the honest patron's money then."""
    house, thief = pool_house(evm), evm.actor("thief")
    token = evm.deploy("OddToken")
    house.give(0, token, HONEST)
    token.behave(FEE, sender=thief)
    for _ in range(ROUNDS):
        earmark = house.open(house.spender(), restricted=True, deadline=evm.now + DAY)
        house.give(earmark, token, 10_000, thief)
        evm.warp(DAY)
        house.pool.reclaim(earmark, token, sender=thief)
    return Outcome("", HONEST - token.balanceOf(house.pool))


def test_reclaim__after_many_rounds_of_a_fee__nothing_of_others_is_gone() -> None:
    shipped, weak = on_both(round_trips, TRUSTING)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", ROUNDS * 100)


def test_spend__a_fee_on_top_of_the_amount__is_known_and_stops_at_what_is_there() -> None:
    # SECURITY.md: such a token takes more than was sent. What it takes is missing of that token
    # alone, and from then on nobody is paid before anybody else.
    evm = Evm()
    coop = Coop(evm)
    token, payee = evm.deploy("OddToken"), evm.actor("payee")
    coop.give(HONEST, token)
    coop.give(HONEST)
    first = coop.passed(coop.spending(payee, 10_000, token), text="one")
    token.behave(FEE_ON_TOP, sender=payee)
    coop.execute(first)
    assert (token.balanceOf(payee), token.balanceOf(coop.pool)) == (10_000, HONEST - 10_100)
    assert coop.pool.held(token) == HONEST - 10_000
    second = coop.passed(coop.spending(payee, 1, token), text="two")
    with evm.reverts("pool: this asset is short"):
        coop.execute(second)
    coop.enact(coop.spending(payee, HONEST, ETH), text="three")
