# SPDX-License-Identifier: AGPL-3.0-only
"""Final money does not hang on the right to create grain."""

import pytest

from tests.contracts.distributors import DOLLARS, Epoch, Mill, subject_of
from tests.contracts.evm import Actor, Evm

HALTED = "distributor: grain is halted"
FULL = 2**128 - 1


@pytest.fixture
def ada(evm: Evm) -> Actor:
    """The only contributor."""
    return evm.actor("ada")


@pytest.fixture
def mill(evm: Evm) -> Mill:
    """Open, in a long season."""
    mill = Mill(evm)
    mill.set_up()
    mill.open()
    return mill


@pytest.fixture
def final(mill: Mill, ada: Actor) -> Epoch:
    """1,000 dollars, all of it hers."""
    return mill.run({subject_of(ada): 5}, 1_000 * DOLLARS)


@pytest.fixture(params=["taken away", "supply is full"])
def halted(request: pytest.FixtureRequest, mill: Mill, final: Epoch) -> Epoch:
    """No grain can be created any more, by a rules vote or because there is too much."""
    if request.param == "taken away":
        mill.grain.set_minter(mill.distributor, False, sender=mill.governor)
    else:
        other = mill.evm.actor("another minter")
        mill.governor.add_part(other, sender=mill.relayer)
        mill.grain.set_minter(other, True, sender=mill.governor)
        mill.grain.mint(other, FULL, sender=other)
    assert not mill.grain.can_mint(mill.distributor, final.grain(final.tree.leaves[0][0]))
    return final


def refusal(mill: Mill) -> str:
    """What the Grain itself says to a payday."""
    minter = mill.grain.is_minter(mill.distributor)
    return "grain: the supply is full" if minter else "grain: only a minter"


def test_claim__grain_is_halted__pays_the_payee_who_asks_without_it(
    mill: Mill, halted: Epoch, ada: Actor
) -> None:
    subject, other = subject_of(ada), mill.evm.actor("another account")
    mill.claim(subject, [halted], other, ada)
    assert mill.dollar.balanceOf(other) == 1_000 * DOLLARS
    assert mill.grain.balanceOf(other) == 0
    assert mill.distributor.is_claimed(subject, 1)
    [event] = mill.events("GrainWithheld")
    assert event.args == {"subject": subject, "amount": halted.grain(subject)}


def test_claim__grain_is_halted__nobody_else_makes_her_give_it_up(
    mill: Mill, halted: Epoch, ada: Actor
) -> None:
    subject = subject_of(ada)
    with mill.evm.reverts(HALTED):
        mill.claim(subject, [halted], ada, mill.relayer)
    with mill.evm.reverts(refusal(mill)):
        mill.payday(halted)
    with mill.evm.reverts(refusal(mill)):
        mill.claim_many([halted], [(subject, 0)])


def test_payday__grain_is_halted__is_refused_to_the_payee_herself(
    mill: Mill, halted: Epoch, ada: Actor
) -> None:
    """A payday is of all, so nobody gives up grain by it; she has `claim`."""
    leaves, proof = halted.tree.leaves, halted.proof(subject_of(ada))
    with mill.evm.reverts(refusal(mill)):
        mill.distributor.payday(bytes(32), halted.packed, leaves, 0, 1, sender=ada)
    one = [(*leaves[0][:1], 0, 0, leaves[0][1])]
    with mill.evm.reverts(refusal(mill)):
        mill.distributor.claim_many(bytes(32), [halted.packed], one, proof, sender=ada)
    mill.claim(subject_of(ada), [halted], ada, ada)
    assert mill.dollar.balanceOf(ada) == 1_000 * DOLLARS


def test_claim__grain_is_allowed_again__everybody_is_paid_with_it(
    mill: Mill, final: Epoch, ada: Actor
) -> None:
    mill.grain.set_minter(mill.distributor, False, sender=mill.governor)
    mill.grain.set_minter(mill.distributor, True, sender=mill.governor)
    mill.payday(final)
    assert mill.grain.balanceOf(ada) == final.grain(subject_of(ada))
    assert mill.events("GrainWithheld") == []


def test_can_mint__to_the_last_unit__says_what_mint_does(mill: Mill, final: Epoch) -> None:
    minter = mill.evm.actor("another minter")
    assert not mill.grain.can_mint(minter, 0)
    mill.governor.add_part(minter, sender=mill.relayer)
    mill.grain.set_minter(minter, True, sender=mill.governor)
    mill.grain.mint(minter, 7, sender=minter)
    assert mill.grain.can_mint(minter, FULL - 7)
    assert not mill.grain.can_mint(minter, FULL - 6)
    with mill.evm.reverts("grain: the supply is full"):
        mill.grain.mint(minter, FULL - 6, sender=minter)
    mill.grain.mint(minter, FULL - 7, sender=minter)
    assert final.number == 1
