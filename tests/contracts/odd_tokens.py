# SPDX-License-Identifier: AGPL-3.0-only
"""Tokens that misbehave, as real ones do, and what a Pool makes of each.

One mock (contracts/mocks/OddToken.vy) has all the ways. A permit in the form of DAI, which allows
everything or nothing, is not served by `give_with_permit`: such a token is given by allowance.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.contracts.evm import ETH, Contract
from tests.contracts.pools import House

# The ways of contracts/mocks/OddToken.vy, in its order.
(
    NO_ANSWER,
    SAYS_NO,
    LIES,
    JUNK,
    REVERTS,
    FEE,
    FEE_ON_TOP,
    KEEPS_ALL,
    LONG_ANSWER,
    EATS_GAS,
    CALLS_BACK,
    HUGE_BALANCE,
    PRETENDS,
    PAUSED,
    NO_NOTHING,
    NOT_SO_MUCH,
    MOST_IS_ALL,
    FROM_ZERO,
    BLIND,
    ENDLESS,
    HALVES,
    BURNS_REST,
    SENDS_BACK,
) = (1 << n for n in range(23))

# How a payment ends: it is made, it is owed, or the call is refused with this text.
PAID, OWED = "paid", "owed"
SHORT = "pool: this asset is short"
REFUSED, NOTHING_CAME = "pool: token refused the gift", "pool: no token arrived"
UNSEEN, NO_CODE = "odd: I cannot see", "pool: asset has no code"
CREDITED = "credited"
WEALTH = 2**96
ONE = 10**18


@dataclass(frozen=True)
class Oddity:
    """A pool with a token, a dollar and ETH: 1,000 of each in the general fund, and in an earmark
    that has ended 1,000 of gifts and 100 that the members moved there, 300 of it promised. Of the
    token 50 are owed to the payee. An empty earmark takes what is moved."""

    house: House
    token: Contract
    spender: Contract
    earmark: int

    def behave(self, way: int) -> None:
        self.token.behave(way, sender=self.house.hub)

    @property
    def held(self) -> int:
        found: int = self.house.pool.held(self.token)
        return found

    def heal(self) -> None:
        """It behaves, and has forgotten its list."""
        house = self.house
        self.behave(0)
        for who in (house.payee, house.friend, house.patron, house.governor, house.pool):
            self.token.freeze(who, False, sender=house.hub)

    def real(self) -> int | None:
        """What the pool really has of it, whatever it says now."""
        if not self.house.evm.code(self.token):
            return None
        point = self.house.evm.snapshot()
        self.behave(0)
        found: int = self.token.balanceOf(self.house.pool)
        self.house.evm.restore(point)
        return found


@dataclass(frozen=True)
class Behaviour:
    """One kind of token: how it becomes so, and what comes of a gift and of a payment."""

    name: str
    begin: Callable[[Oddity], None]
    gift: str
    payment: str
    robs: bool = False  # takes more than was sent, so that the pool is short afterwards
    sync: str = "pool: no surplus"  # nothing was sent but what the books know
    reclaim: str = ""  # what comes of the patron's own reclaim, if it is another


def way(name: str, flag: int, gift: str, payment: str, **more: Any) -> Behaviour:
    """A behaviour that is a way of the mock."""
    return Behaviour(name, lambda odd: odd.behave(flag), gift, payment, **more)


def _freeze(who: str) -> Callable[[Oddity], None]:
    def begin(odd: Oddity) -> None:
        odd.token.freeze(getattr(odd.house, who), True, sender=odd.house.hub)

    return begin


def _freeze_payees(odd: Oddity) -> None:
    for who in (odd.house.payee, odd.house.friend, odd.house.patron, odd.house.governor):
        odd.token.freeze(who, True, sender=odd.house.hub)


def _rebase(index: int) -> Callable[[Oddity], None]:
    return lambda odd: odd.token.rebase(index, sender=odd.house.hub)


def _burn(odd: Oddity) -> None:
    odd.token.burn(odd.house.pool, 1, sender=odd.house.hub)


def _halve_for_good(odd: Oddity) -> None:
    odd.token.rebase(ONE // 2, sender=odd.house.hub)
    odd.house.pool.accept_loss(odd.token, 1, sender=odd.house.governor)


def _erase(odd: Oddity) -> None:
    odd.house.evm.erase_code(odd.token)


def _reenter(odd: Oddity) -> None:
    pool = odd.house.pool
    odd.token.call_back(pool, pool.calldata("sync", odd.token), sender=odd.house.hub)


def _huge(odd: Oddity) -> None:
    odd.token.mint(odd.house.patron, 2**255, sender=odd.house.hub)


BEHAVIOURS = [
    way("honest", 0, CREDITED, PAID),
    way("answers nothing", NO_ANSWER, CREDITED, PAID),
    way("moves nothing, says no", SAYS_NO, REFUSED, OWED),
    way("moves, says no", LIES, REFUSED, PAID),
    way("moves, says two", JUNK, "", PAID),
    way("refuses", REVERTS, "odd: I never pay", OWED),
    way("paused", PAUSED, "odd: it is paused", OWED),
    way("fee out of the amount", FEE, CREDITED, PAID),
    way("fee on top", FEE_ON_TOP, CREDITED, PAID, robs=True),
    way("keeps all", KEEPS_ALL, NOTHING_CAME, PAID),
    way("moves nothing, says yes", PRETENDS, NOTHING_CAME, PAID),
    way("moves it back", SENDS_BACK, NOTHING_CAME, PAID),
    way("answers at length", LONG_ANSWER, CREDITED, PAID),
    way("burns all gas", EATS_GAS, "", OWED),
    way("burns all gas when asked", ENDLESS, "", "", sync=""),
    way("cannot be asked", BLIND, UNSEEN, UNSEEN, sync=UNSEEN),
    Behaviour("calls back", _reenter, CREDITED, PAID),
    way("says 2^200", HUGE_BALANCE, NOTHING_CAME, PAID, sync="packing: over 128 bits"),
    way("says half", HALVES, SHORT, SHORT),
    way("burns the rest", BURNS_REST, CREDITED, PAID, robs=True),
    way("refuses to move nothing", NO_NOTHING, CREDITED, PAID),
    way("refuses large amounts", NOT_SO_MUCH, CREDITED, PAID),
    way("takes the largest for all", MOST_IS_ALL, CREDITED, PAID),
    way("allowance from zero only", FROM_ZERO, CREDITED, PAID),
    Behaviour("patron on its list", _freeze("patron"), "odd: frozen", PAID, reclaim=OWED),
    Behaviour("payees on its list", _freeze_payees, "odd: frozen", OWED),
    Behaviour("pool on its list", _freeze("pool"), "odd: frozen", OWED),
    Behaviour("rebased up", _rebase(3 * ONE // 2), CREDITED, PAID, sync=CREDITED),
    Behaviour("rebased up by a third", _rebase(4 * ONE // 3), CREDITED, PAID, sync=CREDITED),
    Behaviour("rebased down", _rebase(2 * ONE // 3), SHORT, SHORT),
    Behaviour("rebased down, and the loss accepted", _halve_for_good, CREDITED, PAID),
    Behaviour("a unit was burnt", _burn, SHORT, SHORT),
    Behaviour("lost its code", _erase, NO_CODE, OWED, sync=NO_CODE),
    Behaviour("near 2^256 about", _huge, CREDITED, PAID),
]


def oddity(house: House) -> Oddity:
    """The pool as above, at its ended earmark's second."""
    token, spender = house.evm.deploy("OddToken"), house.spender()
    earmark = house.open(spender, restricted=True, deadline=house.evm.now + 100)
    for asset in (token, house.dollar, ETH):
        house.give(0, asset, 1100)
        house.give(earmark, asset, 1000)
        house.pool.move(0, earmark, asset, 100, sender=house.governor)
        house.pool.reserve(earmark, asset, 300, sender=spender)
    token.freeze(house.payee, True, sender=house.hub)
    house.pool.spend(0, token, house.payee, 50, sender=house.governor)
    token.freeze(house.payee, False, sender=house.hub)
    token.mint(house.patron, WEALTH, sender=house.hub)
    token.approve(house.pool, WEALTH, sender=house.patron)
    house.open()
    house.evm.warp(100)
    return Oddity(house, token, spender, earmark)
