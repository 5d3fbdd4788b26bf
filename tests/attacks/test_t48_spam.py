# SPDX-License-Identifier: AGPL-3.0-only
"""T48: so many small things that everything becomes dear.

Who and what for: a griefer who makes thousands of gifts of one unit, under thousands of names,
until giving, paying or reclaiming costs more than a block holds; or members who open one earmark
after the other.
In the world: GovernMental (2016), which could not pay out because its list of creditors had grown
too long; every contract that loops over its depositors.
The defence: no call looks at more than what it names: earmarks, gifts, debts, epochs and leaves are
words found by key (modules/books.vy, modules/earmarks.vy, modules/epochs.vy), and nothing has a
list.
"""

from collections.abc import Callable, Iterable
from math import inf

from tests.attacks.money import on_both, strike
from tests.attacks.money_weak import LOOKS_AT_ALL
from tests.contracts.coop import poke
from tests.contracts.distributors import DOLLARS, MONTH, Mill, subject_of
from tests.contracts.evm import ETH, Evm
from tests.contracts.pools import DAY, House, pool_house

COUNTS = (1, 100, 10_000)
WITHIN = 1.01


def growth(gas: list[int]) -> float:
    """How many times as dear it is with the most as with the fewest."""
    return max(gas) / min(gas)


def crowded(evm: Evm) -> tuple[House, int]:
    """A restricted earmark with a gift in it, half of it promised."""
    house = pool_house(evm)
    earmark = house.open(house.spender(), restricted=True, deadline=evm.now + 900 * DAY)
    house.give(earmark, ETH, 1_000)
    return house, earmark


def with_earmarks(evm: Evm) -> float:
    """What a gift to one costs among so many earmarks; without end when it does not fit into a
    transaction. Their number alone is made so: thousands of votes are not needed for this."""
    house, earmark = crowded(evm)
    for _ in range(6):
        house.open()
    gas = []
    for count in COUNTS:
        poke(house.pool, "earmark_count", count)
        if strike(evm, house.give, earmark, ETH, 1):
            return inf
        gas.append(evm.gas_used)
    return growth(gas)


def test_give__among_ten_thousand_earmarks__costs_what_it_cost() -> None:
    shipped, weak = on_both(with_earmarks, LOOKS_AT_ALL)
    assert shipped < WITHIN
    assert weak == inf


def test_pool__among_ten_thousand_gifts_of_as_many_patrons__costs_what_it_cost() -> None:
    evm = Evm()
    house, earmark = crowded(evm)
    house.give(0, ETH, 1_000)
    pool, spender = house.pool, evm.at("MockSpender", house.pool.earmark(earmark).spender)
    pool.reserve(earmark, ETH, 500, sender=spender)
    deeds: dict[str, Callable[[], object]] = {
        "give": lambda: house.give(earmark, ETH, 5),
        "give to the fund": lambda: house.give(0, ETH, 5),
        "spend": lambda: pool.spend(0, ETH, house.payee, 1, sender=house.governor),
        "reserve": lambda: pool.reserve(earmark, ETH, 2, sender=spender),
        "release": lambda: pool.release(earmark, ETH, house.payee, 1, sender=spender),
        "reclaim": lambda: reclaim(house, earmark),
    }
    gas: dict[str, list[int]] = {name: [] for name in deeds}
    given = 0
    for count in COUNTS:
        dust(house, earmark, range(given, count))
        given = count
        for name, deed in deeds.items():
            point = evm.snapshot()
            deed()
            gas[name].append(evm.gas_used)
            evm.restore(point)
    assert pool.received(earmark, ETH) == 1_000 + given
    assert {name: growth(each) for name, each in gas.items() if growth(each) >= WITHIN} == {}


def test_distributor__after_a_hundred_epochs__costs_what_it_cost() -> None:
    evm = Evm()
    mill, ada = Mill(evm), evm.actor("ada")
    mill.set_up(season=200)
    mill.open()
    gas: dict[str, list[int]] = {"post": [], "claim": []}
    for number in range(1, 104):
        mill.give(10 * DOLLARS)
        evm.warp(MONTH)
        epoch = mill.post({subject_of(ada): 1, subject_of(mill.relayer): 1})
        posted = evm.gas_used
        mill.finalise(epoch)
        # after the first of its kind, and odd: two epochs share a word
        if number in (3, 11, 103):
            mill.claim(subject_of(ada), [epoch], ada, ada)
            for name, used in (("post", posted), ("claim", evm.gas_used)):
                gas[name].append(used)
        elif number == 1:
            mill.payday(epoch)
    assert {name: growth(each) for name, each in gas.items() if growth(each) >= WITHIN} == {}


def reclaim(house: House, earmark: int) -> None:
    """Once it has ended."""
    house.evm.warp(900 * DAY)
    house.pool.reclaim(earmark, ETH, sender=house.patron)


def dust(house: House, earmark: int, numbers: Iterable[int]) -> None:
    """Gifts of one wei, each by an account that nobody has seen before."""
    machine = house.evm._vm  # noqa: SLF001  (`call` takes each event apart, which takes time)
    call = house.pool.calldata("give", earmark, ETH, 1, "")
    for number in numbers:
        patron = f"0x{0xD057 << 120 | number:040x}"
        machine.set_balance(patron, 1)
        machine.message_call(patron, house.pool.address, call, 1)
