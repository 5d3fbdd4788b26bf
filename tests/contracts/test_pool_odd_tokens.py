# SPDX-License-Identifier: AGPL-3.0-only
"""Every kind of token on every way that money takes through a Pool.

Whatever a token does, a call is refused with nothing changed, or the books say exactly what the
same call says of an honest token; what it spoils are its own holdings, and no other asset is
touched. Single cases, with what happens around them, are in test_pool_odd_token_cases.py.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contracts.evm import ETH, Reverted
from tests.contracts.odd_tokens import (
    BEHAVIOURS,
    CREDITED,
    OWED,
    PAID,
    SHORT,
    Behaviour,
    Oddity,
    oddity,
)
from tests.contracts.pools import WHOLE, House

# A call that burns all it gets should not take long.
GAS = 3_000_000
AMOUNT = 40
# This token knows no permits, and the allowance is there.
PERMIT = (2**40, 27, b"\x01" * 32, b"\x02" * 32)
Path = Callable[[Oddity], None]

each_kind = pytest.mark.parametrize("kind", BEHAVIOURS, ids=lambda kind: kind.name)


@pytest.fixture
def odd(house: House) -> Oddity:
    return oddity(house)


# --- the ways of money -------------------------------------------------------------------------


def _call(odd: Oddity, sender: Any, name: str, *args: Any) -> None:
    getattr(odd.house.pool, name)(*args, sender=sender, gas=GAS)


def give(odd: Oddity) -> None:
    _call(odd, odd.house.patron, "give", 0, odd.token, AMOUNT, "", False)


def give_with_permit(odd: Oddity) -> None:
    _call(odd, odd.house.patron, "give_with_permit", 0, odd.token, AMOUNT, "", False, *PERMIT)


def spend(odd: Oddity) -> None:
    _call(odd, odd.house.governor, "spend", 0, odd.token, odd.house.payee, AMOUNT)


def release(odd: Oddity) -> None:
    _call(odd, odd.spender, "release", odd.earmark, odd.token, odd.house.payee, AMOUNT)


def release_many(odd: Oddity) -> None:
    batch = [AMOUNT << 160 | int(odd.house.payee.address, 16)]
    _call(odd, odd.spender, "release_many", odd.earmark, odd.token, batch)


def reclaim(odd: Oddity) -> None:
    _call(odd, odd.house.patron, "reclaim", odd.earmark, odd.token)


def withdraw(odd: Oddity) -> None:
    _call(odd, odd.house.payee, "withdraw", odd.token, odd.house.friend)


def spend_to_the_governor(odd: Oddity) -> None:
    _call(odd, odd.house.governor, "spend", 0, odd.token, odd.house.governor, AMOUNT)


def move(odd: Oddity) -> None:
    target = odd.house.pool.earmark_count()
    _call(odd, odd.house.governor, "move", 0, target, odd.token, AMOUNT)


def unreserve(odd: Oddity) -> None:
    _call(odd, odd.spender, "unreserve", odd.earmark, odd.token, AMOUNT)


def reclaim_for_general_fund(odd: Oddity) -> None:
    _call(odd, odd.house.friend, "reclaim_for_general_fund", odd.earmark, odd.token)


def sync(odd: Oddity) -> None:
    _call(odd, odd.house.friend, "sync", odd.token)


def put_back(odd: Oddity) -> None:
    _call(odd, odd.house.governor, "put_back", odd.token, AMOUNT)


def accept_loss(odd: Oddity) -> None:
    _call(odd, odd.house.governor, "accept_loss", odd.token, 1)


GIFTS = [give, give_with_permit]
PUSHES = [spend, release, release_many, reclaim]
NOMINAL = [move, unreserve, reclaim_for_general_fund]


# --- what must hold ----------------------------------------------------------------------------


def rows(odd: Oddity) -> list[tuple[int, int, int]]:
    """The books of the token: balance, received, reserved."""
    house = odd.house
    return [house.books(n, odd.token) for n in range(house.pool.earmark_count() + 1)]


def debts(odd: Oddity) -> int:
    """All that is owed of the token."""
    house = odd.house
    people = (house.payee, house.patron, house.friend, house.governor)
    return sum(house.pool.owed(odd.token, who) for who in people)


def others(odd: Oddity) -> list[Any]:
    """All that is there and in the books of the other assets."""
    house = odd.house
    return [
        (house.real(asset), house.pool.held(asset), house.books(n, asset))
        for asset in (ETH, house.dollar)
        for n in range(house.pool.earmark_count() + 1)
    ]


@dataclass(frozen=True)
class Change:
    """What a call did to the token's holdings: in the books, in debts, and really."""

    held: int
    owed: int
    real: int | None


def run(odd: Oddity, path: Path, outcome: str) -> Change:
    """The call ends so. Refused, it changes nothing; else the books are whole, and those of the
    other assets as they were."""
    before, held, owed, real = others(odd), odd.held, debts(odd), odd.real()
    if outcome not in (PAID, OWED, CREDITED):
        with odd.house.evm.reverts(outcome):
            path(odd)
        return Change(0, 0, 0)
    path(odd)
    assert others(odd) == before
    assert odd.held == sum(balance for balance, _, _ in rows(odd)) + debts(odd)
    assert all(reserved <= balance for balance, _, reserved in rows(odd))
    left = odd.real()
    moved = None if left is None or real is None else left - real
    return Change(odd.held - held, debts(odd) - owed, moved)


def worth(odd: Oddity, amount: int) -> int:
    """What an amount of the books is paid with."""
    factor: int = odd.house.pool.factor_of(odd.token)
    return amount * factor // WHOLE


@pytest.mark.parametrize("path", GIFTS)
@each_kind
def test_gifts__of_every_kind__count_for_what_arrives(
    odd: Oddity, kind: Behaviour, path: Path
) -> None:
    kind.begin(odd)
    change = run(odd, path, kind.gift)
    if kind.gift == CREDITED:
        assert change.real is not None
        assert 0 < change.real <= AMOUNT
        assert change.held == change.real * WHOLE // odd.house.pool.factor_of(odd.token)
        assert change.owed == 0


@pytest.mark.parametrize("path", PUSHES)
@each_kind
def test_payments__of_every_kind__are_made_or_owed_or_refused(
    odd: Oddity, kind: Behaviour, path: Path
) -> None:
    amount = AMOUNT
    if path is reclaim:
        amount = odd.house.pool.reclaimable(odd.earmark, odd.token, odd.house.patron)
    kind.begin(odd)
    outcome = kind.reclaim if path is reclaim and kind.reclaim else kind.payment
    change = run(odd, path, outcome)
    if outcome == PAID:
        assert (change.held, change.owed) == (-amount, 0)
        assert change.real is not None
        assert kind.robs or -change.real <= worth(odd, amount)
    if outcome == OWED:
        assert (change.held, change.owed) == (0, amount)
        assert not change.real


@each_kind
def test_withdraw__of_every_kind__is_paid_or_stays_owed(odd: Oddity, kind: Behaviour) -> None:
    kind.begin(odd)
    outcome = "pool: withdrawal failed" if kind.payment == OWED else kind.payment
    change = run(odd, withdraw, outcome)
    if outcome == PAID:
        assert (change.held, change.owed) == (-50, -50)
        assert change.real is not None
        assert kind.robs or -change.real <= worth(odd, 50)


@each_kind
def test_spend_to_the_governor__of_every_kind__is_paid_or_refused(
    odd: Oddity, kind: Behaviour
) -> None:
    kind.begin(odd)
    outcome = "pool: the Governor was not paid" if kind.payment == OWED else kind.payment
    change = run(odd, spend_to_the_governor, outcome)
    assert (change.held, change.owed) == (-AMOUNT if outcome == PAID else 0, 0)


@pytest.mark.parametrize("path", NOMINAL)
@each_kind
def test_books__of_every_kind__move_without_the_token(
    odd: Oddity, kind: Behaviour, path: Path
) -> None:
    kind.begin(odd)
    change = run(odd, path, PAID)
    assert (change.held, change.owed, change.real or 0) == (0, 0, 0)


@each_kind
def test_sync__of_every_kind__books_what_is_beyond_the_books(odd: Oddity, kind: Behaviour) -> None:
    kind.begin(odd)
    change = run(odd, sync, kind.sync)
    if kind.sync == CREDITED:
        assert change.held > 0
        assert odd.house.pool.surplus(odd.token) == 0
        assert change.real == 0


@each_kind
def test_put_back__of_every_kind__credits_what_is_there(odd: Oddity, kind: Behaviour) -> None:
    """A token that says that everybody is rich is believed: it spoils its own books."""
    kind.begin(odd)
    believed = {"pool: no surplus": CREDITED, "packing: over 128 bits": CREDITED}
    change = run(odd, put_back, believed.get(kind.sync, kind.sync))
    rich = kind.sync in (CREDITED, "packing: over 128 bits")
    assert change.held == (AMOUNT if rich else 0)


@each_kind
def test_accept_loss__of_every_kind__only_while_it_is_short(odd: Oddity, kind: Behaviour) -> None:
    kind.begin(odd)
    refused = {CREDITED, "pool: no surplus", "packing: over 128 bits"}
    outcome = "pool: this asset is not short" if kind.sync in refused else kind.sync
    outcome = PAID if kind.payment == SHORT else outcome
    change = run(odd, accept_loss, outcome)
    assert (change.held, change.owed, change.real or 0) == (0, 0, 0)


@each_kind
def test_everything__of_every_kind__can_be_paid_out_once_it_behaves(
    odd: Oddity, kind: Behaviour
) -> None:
    """All ways in a row, however they end; then the token behaves, and nothing is locked in."""
    house, pool, before = odd.house, odd.house.pool, others(odd)
    kind.begin(odd)
    for path in (*GIFTS, *PUSHES, *NOMINAL, sync, put_back, spend_to_the_governor, withdraw):
        with suppress(Reverted):
            path(odd)
    assert others(odd) == before
    if not odd.real():
        return  # a token that is gone, or has burnt all, pays nobody
    odd.heal()
    with suppress(Reverted):
        accept_loss(odd)  # if it is short by now
    factor = pool.factor_of(odd.token)
    assert odd.held * factor <= (odd.real() or 0) * WHOLE
    for number, (balance, _, reserved) in enumerate(rows(odd)):
        if number != odd.earmark and balance:
            pool.spend(number, odd.token, house.payee, balance, sender=house.governor)
        if reserved:
            pool.release(odd.earmark, odd.token, house.payee, reserved, sender=odd.spender)
    for path in (reclaim, reclaim_for_general_fund):
        with suppress(Reverted):
            path(odd)
    for creditor in (house.payee, house.patron, house.governor):
        if pool.owed(odd.token, creditor):
            pool.withdraw(odd.token, house.friend, sender=creditor)
    left = pool.balance_of(0, odd.token)
    if left:
        pool.spend(0, odd.token, house.payee, left, sender=house.governor)
    # two shares were rounded down, each by less than a unit
    assert odd.held == sum(balance for balance, _, _ in rows(odd)) + debts(odd) <= 2
    assert others(odd) == before


def test_behaviours__are_many_and_each_is_another() -> None:
    assert len(BEHAVIOURS) == len({kind.name for kind in BEHAVIOURS}) >= 20
