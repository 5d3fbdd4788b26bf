# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 31: so many recipients that nobody can be paid.

Who and what for: whoever gets dust leaves into a distribution, until the payday of all does not fit
into a block.
In the world: Splits (M-01): from about 1,100 recipients on a split could not be distributed at all.
The defence: a claim costs the same for any number of leaves but for the length of its proof; a
payday by the whole list pays a part of it at a time (`paydays.payday`: first, end).
"""

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import LAX
from tests.contracts.distributors import DOLLARS, Epoch, subject_of
from tests.contracts.evm import Evm

INCOME = 50_000 * DOLLARS
HONEST, DUST = 100, 400


def crowded(evm: Evm) -> tuple[Works, Epoch]:
    """A hundred contributors among four hundred leaves that were put there."""
    works = Works(evm, minimum=1)
    leaves = {subject_of(each): 10_000 for each in works.people(HONEST)}
    leaves |= {(0xD057 << 64 | n).to_bytes(32): 1 for n in range(DUST)}
    return works, works.run(leaves, INCOME)


def payday_of_the_first(evm: Evm) -> Outcome:
    """The first hundred of the list are to be paid; won is what they do not get."""
    works, epoch = crowded(evm)
    refused = strike(evm, works.payday, epoch, 0, 100)
    due = sum(epoch.amount(subject) for subject, _ in epoch.tree.leaves[:100])
    paid = works.distributor.paid_of(1)
    return Outcome(refused and "failed", due - paid)


def test_payday__five_hundred_leaves_in_parts__everybody_is_paid() -> None:
    shipped, weak = on_both(payday_of_the_first, LAX)
    assert shipped == Outcome("", 0)
    assert weak.refused == "failed"
    assert weak.won > 0


def test_claim__among_ten_thousand_leaves__costs_its_proof_and_no_more() -> None:
    gas = []
    for others in (1, 9_999):
        evm = Evm()
        works, ada = Works(evm, minimum=1), evm.actor("ada")
        leaves = {(0xD057 << 64 | n).to_bytes(32): 1 for n in range(others)}
        epoch = works.run(leaves | {subject_of(ada): 10_000}, INCOME)
        works.claim(subject_of(ada), [epoch], ada, ada)
        gas.append(evm.gas_used)
        proof = len(epoch.proof(subject_of(ada)))
    # a sibling is 64 bytes of calldata and two words to hash
    assert gas[1] - gas[0] < 2_500 * proof
