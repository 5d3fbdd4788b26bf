# SPDX-License-Identifier: AGPL-3.0-only
"""Every kind of token in a proposal that spends it to the Governor, pays on and puts the rest back.

All or nothing: either the execution is refused and changes nothing, or what was paid on is paid and
what is left of it is in the general fund again.
"""

import pytest

from tests.contracts.coop import EXECUTED, SUCCEEDED, Coop
from tests.contracts.evm import ETH, Evm
from tests.contracts.odd_tokens import BEHAVIOURS, OWED, PAID, Behaviour, Oddity
from tests.contracts.pools import House

FUND, SPENT, PAID_ON = 1_000, 100, 60
# A call that burns all it gets should not take long.
GAS = 6_000_000
# For this one the Governor has to be played (test_pool_losses.py).
KINDS = [kind for kind in BEHAVIOURS if kind.name != "rebased down, and the loss accepted"]
# The Governor is paid, as far as the token says, and has nothing to pay on.
PENNILESS = {"keeps all", "moves it back", "says 2^200"}
# What it says it has paid stays in the pool beside the books: `sync` finds it.
STAYS = {"moves nothing, says yes"}


def expected(kind: Behaviour) -> str:
    """Why it is refused; "" when it is carried out."""
    if kind.payment == OWED:
        return "pool: the Governor was not paid"
    if kind.payment != PAID:
        return kind.payment
    return "odd: too little" if kind.name in PENNILESS else ""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_execute__a_token_of_every_kind__all_or_nothing(evm: Evm, kind: Behaviour) -> None:
    coop, token = Coop(evm), evm.deploy("OddToken")
    coop.give(FUND, token)
    coop.give(FUND)
    people = (coop.patron, evm.actor("friend"), evm.actor("payee"))
    parts = (coop.pool, coop.governor, coop.dollar, coop.relayer, coop.grain)
    odd = Oddity(House(evm, *parts, *people), token, token, 0)
    on = token.calldata("transfer", people[1], PAID_ON)
    ready = coop.passed(coop.spending(coop.governor, SPENT, token), (token, 0, on), text="pay on")
    kind.begin(odd)
    reason = expected(kind)
    if reason or kind.payment != PAID:
        with evm.reverts(reason):
            coop.execute(ready, gas=GAS)
        assert coop.state(ready) == SUCCEEDED
        return
    coop.execute(ready, gas=GAS)
    assert coop.state(ready) == EXECUTED
    odd.behave(0)
    gone = FUND - coop.pool.held(token)
    assert coop.pool.balance_of(0, token) == FUND - gone
    assert (coop.pool.held(ETH), evm.balance(coop.pool)) == (FUND, FUND)
    assert PAID_ON <= gone <= PAID_ON + 1 or kind.robs or kind.name in STAYS
    assert gone <= SPENT
    assert token.balanceOf(coop.governor) <= 1
    assert token.balanceOf(coop.pool) >= coop.pool.held(token) or kind.robs
    assert coop.pool.received(0, token) == FUND
