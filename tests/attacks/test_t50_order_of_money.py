# SPDX-License-Identifier: AGPL-3.0-only
"""T50: the order of transactions decides who gets how much.

Who and what for: a patron who reclaims first; a block builder who sorts claims, gifts and
executions so that his own are worth more.
In the world: first come, first served redemptions; distributions whose later claims shrink.
The defence: what a claim, a reclaim or a withdrawal pays follows from what was given and posted,
never from what others have taken before (`books._due`, `epochs._part`), and never from who sends
it.
"""

from collections.abc import Callable
from itertools import permutations

from tests.attacks.money import Outcome, Works, on_both
from tests.attacks.money_weak import UNBOUND
from tests.contracts.coop import FOR
from tests.contracts.distributors import DOLLARS, subject_of
from tests.contracts.evm import ETH, Evm
from tests.contracts.pools import DAY, House, pool_house

GIFT = 500


def ended(evm: Evm) -> tuple[House, int]:
    """Two patrons gave 500 each; nothing was used."""
    house = pool_house(evm)
    earmark = house.open(house.spender(), restricted=True, deadline=evm.now + DAY)
    for who in (house.patron, house.friend):
        house.give(earmark, ETH, GIFT, who)
    evm.warp(DAY)
    return house, earmark


def first(evm: Evm) -> Outcome:
    """The thief reclaims before the other; won is what he has more than she."""
    house, earmark = ended(evm)
    got = []
    for who in (house.patron, house.friend):
        before = evm.balance(who)
        house.pool.reclaim(earmark, ETH, sender=who)
        got.append(evm.balance(who) - before)
    return Outcome("", got[0] - got[1])


def test_reclaim__before_another_patron__is_worth_no_more() -> None:
    shipped, weak = on_both(first, UNBOUND)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", GIFT // 2)


def outcomes(evm: Evm, deeds: dict[str, Callable[[], object]], seen: Callable[[], object]) -> None:
    """Every order of these comes to the same."""
    found = []
    for order in permutations(deeds):
        point = evm.snapshot()
        for name in order:
            deeds[name]()
        found.append(seen())
        evm.restore(point)
    assert all(each == found[0] for each in found)


def test_claims_and_paydays__in_any_order_by_anyone__come_to_the_same() -> None:
    evm = Evm()
    works = Works(evm, signer_cap_bps=2_500, minimum=1)
    ada, bob = evm.actor("ada"), evm.actor("bob")
    cap = works.maintainers[0]
    leaves = {subject_of(who): cred for who, cred in ((ada, 7), (bob, 11), (cap, 13))}
    epoch = works.run(leaves, 1_001 * DOLLARS)

    def seen() -> object:
        people = [works.dollar.balanceOf(who) for who in (ada, bob, cap)]
        grain = [works.grain.balanceOf(who) for who in (ada, bob, cap)]
        carry = works.distributor.carry_of(works.dollar)
        return people, grain, carry, works.pool.reserved(1, works.dollar)

    deeds: dict[str, Callable[[], object]] = {
        "ada herself": lambda: self_paid(works, ada),
        "bob by anyone": lambda: works.claim_many([epoch], [(subject_of(bob), 0)]),
        "everybody": lambda: works.payday(epoch),
        "a gift": lambda: works.give(17 * DOLLARS),
    }

    def self_paid(works: Works, who: object) -> None:
        if not works.distributor.is_claimed(subject_of(who), 1):
            works.claim(subject_of(who), [epoch], who, who)

    outcomes(evm, deeds, seen)


def test_gifts_reclaims_and_syncs__in_any_order__come_to_the_same() -> None:
    evm = Evm()
    house, earmark = ended(evm)
    evm.set_balance(house.pool, 2 * GIFT + 33)
    deeds: dict[str, Callable[[], object]] = {
        "patron": lambda: house.pool.reclaim(earmark, ETH, sender=house.patron),
        "friend": lambda: house.pool.reclaim(earmark, ETH, sender=house.friend),
        "gift": lambda: house.give(0, ETH, 21, house.payee),
        "sync": lambda: house.pool.sync(ETH, sender=evm.actor("anyone")),
    }
    outcomes(evm, deeds, evm.state)


def test_executions__two_payments_that_both_have_room__commute() -> None:
    evm = Evm()
    works = Works(evm)
    coop, payees = works.coop, [evm.actor("payee"), evm.actor("another")]
    works.give(700, ETH, 0)
    ready = [
        coop.propose(coop.spending(who, 300), text=who.name, by=coop.founders[n])
        for n, who in enumerate(payees)
    ]
    coop.open(ready[1])
    for proposal in ready:
        coop.vote(proposal, FOR, *coop.founders)
    evm.warp_to(coop.governor.proposalEta(ready[1].id))
    deeds: dict[str, Callable[[], object]] = {
        "one": lambda: coop.execute(ready[0]),
        "two": lambda: coop.execute(ready[1]),
        "gift": lambda: works.give(5, ETH, 0),
    }
    outcomes(evm, deeds, evm.state)
