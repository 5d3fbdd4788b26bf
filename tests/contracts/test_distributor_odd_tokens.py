# SPDX-License-Identifier: AGPL-3.0-only
"""Every kind of token on every way that money takes through a CredDistributor.

A claim or payday in an odd token is made, owed or refused as a payment of the Pool is
(test_pool_odd_tokens.py): booked once and never more, with its grain; refused, it changes nothing
and can be made later. What only moves promises does not need the token at all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.contracts.distributors import DEFEATED, MONTH, Epoch, Mill, subject_of
from tests.contracts.evm import ETH, Evm
from tests.contracts.odd_tokens import BEHAVIOURS, OWED, PAID, SHORT, Behaviour, Oddity
from tests.contracts.pools import WHOLE, House

# A call that burns all it gets should not take long.
GAS = 3_000_000
INCOME, GRAIN = 1_000, 1_000 * 10**18

each_kind = pytest.mark.parametrize("kind", BEHAVIOURS, ids=lambda kind: kind.name)


@dataclass(frozen=True)
class Stage:
    """A final epoch of 1,000 of the token, three quarters the payee's; income for the next one,
    which may be posted; dollars and ETH beside it."""

    mill: Mill
    odd: Oddity
    epoch: Epoch

    @property
    def shares(self) -> dict[str, int]:
        """What the leaves of the two are worth."""
        house = self.odd.house
        return {who.name: self.epoch.amount(subject_of(who)) for who in (house.payee, house.friend)}

    def others(self) -> list[int]:
        """What is there and in the books of the other assets."""
        house = self.odd.house
        found = [(house.real(each), house.pool.held(each)) for each in (ETH, house.dollar)]
        return [number for pair in found for number in pair]


@pytest.fixture
def stage(evm: Evm) -> Stage:
    """The token behaves still."""
    mill, token = Mill(evm), evm.deploy("OddToken")
    people = (evm.actor("patron"), evm.actor("friend"), evm.actor("payee"))
    house = House(evm, mill.pool, mill.governor, mill.dollar, mill.hub, mill.grain, *people)
    mill.set_up()
    mill.open(mill.policy(asset=token, minimum=1))
    mill.give(500, ETH, 0)
    mill.give(500, mill.dollar, 0)
    epoch = mill.run({subject_of(house.payee): 3, subject_of(house.friend): 1}, INCOME, token)
    mill.give(INCOME, token)
    evm.warp(MONTH)
    return Stage(mill, Oddity(house, token, mill.distributor, mill.earmark), epoch)


Path = Callable[[Stage], None]


def claim(stage: Stage) -> None:
    payee = stage.odd.house.payee
    arguments = stage.mill.claim_arguments(subject_of(payee), [stage.epoch], payee)
    stage.mill.distributor.claim(*arguments, sender=payee, gas=GAS)


def claim_many(stage: Stage) -> None:
    tree, subject = stage.epoch.tree, subject_of(stage.odd.house.payee)
    leaf = (subject, 0, tree.index(subject), tree.cred(subject))
    arguments = (stage.epoch.previous, [stage.epoch.packed], [leaf], stage.epoch.proof(subject))
    stage.mill.distributor.claim_many(*arguments, sender=stage.mill.relayer, gas=GAS)


def payday(stage: Stage) -> None:
    arguments = (stage.epoch.previous, stage.epoch.packed, stage.epoch.tree.leaves, 0, 2)
    stage.mill.distributor.payday(*arguments, sender=stage.mill.relayer, gas=GAS)


PAYING: dict[Path, tuple[str, ...]] = {
    claim: ("payee",),
    claim_many: ("payee",),
    payday: ("payee", "friend"),
}


@pytest.mark.parametrize("path", PAYING)
@each_kind
def test_payouts__of_every_kind__are_made_or_owed_or_refused(
    stage: Stage, kind: Behaviour, path: Path
) -> None:
    odd, pool, distributor = stage.odd, stage.mill.pool, stage.mill.distributor
    who = [odd.house.evm.actor(name) for name in PAYING[path]]
    amount = sum(stage.shares[each.name] for each in who)
    kind.begin(odd)
    before, real, held = stage.others(), odd.real(), odd.held
    outcome = kind.payment
    if kind.robs and path is payday:
        # the first payment takes more than its own, so that nobody is paid by a payday; a claim is
        outcome = SHORT
    if outcome not in (PAID, OWED):
        with odd.house.evm.reverts(outcome):
            path(stage)
        assert distributor.paid_of(1) == 0
        return
    path(stage)
    assert distributor.paid_of(1) == amount
    assert [distributor.is_claimed(subject_of(each), 1) for each in who] == [True] * len(who)
    assert stage.mill.grain.totalSupply() == GRAIN * amount // INCOME
    assert pool.reserved(1, odd.token) == INCOME - amount
    assert stage.others() == before
    owed = sum(pool.owed(odd.token, each) for each in who)
    left = odd.real()
    gone = 0 if left is None or real is None else real - left
    if outcome == OWED:
        assert (odd.held, owed, gone) == (held, amount, 0)
    else:
        assert (odd.held, owed) == (held - amount, 0)
        assert kind.robs or gone <= amount * pool.factor_of(odd.token) // WHOLE
    again(stage, path)


def again(stage: Stage, path: Path) -> None:
    """A second time it is refused, or passes over what was paid."""
    odd, distributor = stage.odd, stage.mill.distributor
    before = distributor.paid_of(1), stage.mill.grain.totalSupply(), odd.held
    if path is claim:
        with odd.house.evm.reverts("distributor: already claimed"):
            path(stage)
    else:
        path(stage)
    assert (distributor.paid_of(1), stage.mill.grain.totalSupply(), odd.held) == before


@each_kind
def test_promises__of_every_kind__need_no_token(stage: Stage, kind: Behaviour) -> None:
    mill, odd = stage.mill, stage.odd
    kind.begin(odd)
    held, before = odd.held, stage.others()
    leaves = {subject_of(odd.house.payee): 1}
    first = mill.post(leaves)
    mill.withdraw(first)
    second = mill.post(leaves)
    mill.governor.end_as(second.proposal_id, DEFEATED, sender=mill.relayer)
    mill.distributor.void(second.number, sender=mill.relayer)
    assert mill.pool.reserved(1, odd.token) == INCOME
    third = mill.finalise(mill.post(leaves))
    assert third.terms["pot"] == INCOME
    assert mill.pool.reserved(1, odd.token) == 2 * INCOME
    odd.house.evm.warp_to(third.terms["closes_at"])
    for epoch in (stage.epoch, third):
        mill.distributor.close_epoch(epoch.previous, epoch.packed, sender=mill.relayer)
    assert mill.pool.reserved(1, odd.token) == 0
    assert mill.distributor.carry_of(odd.token) == 2 * INCOME
    assert (odd.held, stage.others()) == (held, before)
