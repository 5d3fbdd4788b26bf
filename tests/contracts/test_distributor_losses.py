# SPDX-License-Identifier: AGPL-3.0-only
"""A distributor counts as the books do: a loss that members accept is shared in every epoch."""

from fractions import Fraction
from math import ceil, floor

import pytest

from tests.contracts.distributors import Epoch, Mill, subject_of
from tests.contracts.evm import Actor, Contract, Evm

WHOLE = 10**18
CRED = (5, 3, 2)


@pytest.fixture
def token(evm: Evm) -> Contract:
    return evm.deploy("OddToken")


@pytest.fixture
def mill(evm: Evm, token: Contract) -> Mill:
    """Open for that token, in a long season."""
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(asset=token, minimum=1))
    return mill


@pytest.fixture
def people(evm: Evm) -> list[Actor]:
    return [evm.actor(f"contributor {n}") for n in range(len(CRED))]


@pytest.fixture
def final(mill: Mill, token: Contract, people: list[Actor]) -> Epoch:
    """1,001 of the token for 5, 3 and 2 of cred."""
    leaves = {subject_of(who): cred for who, cred in zip(people, CRED, strict=True)}
    return mill.run(leaves, 1_001, token)


def lose(mill: Mill, token: Contract, amount: int) -> Fraction:
    """It is gone and accepted; the factor."""
    token.burn(mill.pool, amount, sender=mill.relayer)
    mill.pool.accept_loss(token, 1, sender=mill.governor)
    return Fraction(mill.pool.factor_of(token), WHOLE)


def covered(mill: Mill, token: Contract) -> None:
    """What is there is enough for all of the books."""
    factor = Fraction(mill.pool.factor_of(token), WHOLE)
    assert token.balanceOf(mill.pool) >= ceil(mill.pool.held(token) * factor)


@pytest.mark.parametrize("lost", [1, 250, 333, 1_000])
def test_claim_and_payday__after_a_loss__pay_each_share_at_the_factor(
    mill: Mill, token: Contract, final: Epoch, people: list[Actor], lost: int
) -> None:
    factor = lose(mill, token, lost)
    first = subject_of(people[0])
    mill.claim(first, [final], people[0], people[0])
    covered(mill, token)
    mill.claim_many([final], [(subject_of(who), 0) for who in people[1:]])
    shares = [final.amount(subject_of(who)) for who in people]
    assert shares == [500, 300, 200]
    paid = [token.balanceOf(who) for who in people]
    assert paid == [floor(share * factor) for share in shares]
    # in the books all of it is paid, but for the unit that the shares leave over
    assert mill.pool.reserved(mill.earmark, token) == mill.pool.held(token) == 1
    covered(mill, token)


def test_payday__whole_list_after_a_loss__pays_as_single_claims_do(
    mill: Mill, token: Contract, final: Epoch, people: list[Actor]
) -> None:
    factor = lose(mill, token, 123)
    mill.payday(final)
    shares = [final.amount(subject_of(who)) for who in people]
    assert [token.balanceOf(who) for who in people] == [floor(s * factor) for s in shares]
    covered(mill, token)


def test_claim__one_epoch_before_a_loss_and_one_after__nobody_is_paid_for_others(
    mill: Mill, token: Contract, final: Epoch, people: list[Actor]
) -> None:
    """Who claimed before the loss was paid in full; the others share what is left of theirs."""
    mill.claim(subject_of(people[0]), [final], people[0], people[0])
    factor = lose(mill, token, 100)
    leaves = {subject_of(who): 1 for who in people[:2]}
    later = mill.run(leaves, 80, token)
    # 80 that arrive count for as much more as a unit of the books is worth less
    assert later.terms["pot"] == floor(80 / factor)
    mill.claim(subject_of(people[1]), [final, later], people[1], people[1])
    due = final.amount(subject_of(people[1])), later.amount(subject_of(people[1]))
    assert token.balanceOf(people[0]) == 500
    assert sum(floor(each * factor) for each in due) <= token.balanceOf(people[1])
    assert token.balanceOf(people[1]) <= floor(sum(due) * factor)
    covered(mill, token)


def test_claim__while_it_is_short__waits_for_the_vote(
    mill: Mill, token: Contract, final: Epoch, people: list[Actor]
) -> None:
    token.burn(mill.pool, 1, sender=mill.relayer)
    with mill.evm.reverts("pool: this asset is short"):
        mill.claim(subject_of(people[0]), [final], people[0], people[0])
