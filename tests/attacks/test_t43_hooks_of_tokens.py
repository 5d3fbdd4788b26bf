# SPDX-License-Identifier: AGPL-3.0-only
"""T43: a token that calls the sender before it moves.

Who and what for: a patron who gives one unit of such a token to a restricted earmark, and from its
hook has others' money sent to the Pool: what a stream or another co-op's vote has ready for it,
which anyone may carry out. Credited with all that came meanwhile, she would take it home at the
deadline.
In the world: imBTC (ERC-777) in Uniswap v1 and Lendf.Me (2020, $25M): the balance was written by a
sum that a hook had made stale.
The defence: a gift counts for what has come and never for more than its amount; the rest is a
surplus (`payments._pull`). The Pool itself cannot be entered from the hook: one lock over all its
functions.
"""

from typing import Any

from tests.attacks.money import Outcome, on_both
from tests.attacks.money_weak import UNLOCKED
from tests.contracts.coop import EXECUTED, Coop
from tests.contracts.evm import Evm
from tests.contracts.pools import DAY, pool_house

STREAM = 1_000


def captured(evm: Evm, source: str) -> Outcome:
    """Her gift of one unit, with others' payment in its hook; then she takes back what is hers."""
    token, thief = evm.deploy("HookToken"), evm.actor("thief")
    house = pool_house(evm)
    earmark = house.open(house.spender(), restricted=True, deadline=evm.now + 100 * DAY)
    hook = stream(evm, token, house) if source == "stream" else other_coop(evm, token, house)
    token.mint(thief, 1, sender=thief)
    token.approve(house.pool, 1, sender=thief)
    token.register(*hook, sender=thief)
    house.pool.give(earmark, token, 1, "", sender=thief)
    assert token.balanceOf(house.pool) == STREAM + 1
    evm.warp(100 * DAY)
    house.pool.reclaim(earmark, token, sender=thief)
    return Outcome("", token.balanceOf(thief) - 1)


def stream(evm: Evm, token: Any, house: Any) -> tuple[Any, bytes]:
    """A contract in which money for the Pool is ready, and whom to tell so."""
    tap = evm.deploy("Puppet")
    token.mint(tap, STREAM, sender=house.hub)
    return tap, tap.calldata("act", token, token.calldata("transfer", house.pool, STREAM))


def other_coop(evm: Evm, token: Any, house: Any) -> tuple[Any, bytes]:
    """Another co-op has voted a plain payment to this pool; anyone may carry it out."""
    friends = Coop(evm)
    friends.give(STREAM, token)
    ready = friends.passed(friends.spending(house.pool, STREAM, token), text="to our friends")
    assert friends.state(ready) != EXECUTED
    return friends.governor, friends.governor.calldata("execute", *ready.content)


def test_give__others_money_comes_in_its_hook__is_nobodys_gift() -> None:
    shipped, weak = on_both(lambda evm: captured(evm, "stream"), UNLOCKED)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", STREAM)


def test_give__a_vote_of_another_coop_is_carried_out_in_its_hook__is_nobodys_gift() -> None:
    shipped, weak = on_both(lambda evm: captured(evm, "coop"), UNLOCKED)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", STREAM)
