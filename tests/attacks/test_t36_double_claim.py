# SPDX-License-Identifier: AGPL-3.0-only
"""T36: a leaf is claimed twice, or by somebody whose it is not.

Who and what for: a contributor who claims, and claims again; a stranger who brings her proof and
names his own account.
In the world: DoubleZero's distribution (#1282), where one leaf paid twice; UMA's windows (PR
#3933), where the claim of one window was paid out of another.
The defence: a bit for each leaf subject and epoch, set before money moves (`epochs._mark_claimed`);
money goes to the subject's account, and only its owner may name another
(`claims._require_may_name`).
"""

from itertools import permutations

import pytest

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import FORGETFUL
from tests.contracts.distributors import DOLLARS, Epoch, subject_of
from tests.contracts.evm import Actor, Evm

INCOME = 1_000 * DOLLARS


def shared(evm: Evm) -> tuple[Works, Epoch, Actor, Actor]:
    """Half is ada's, half is the thief's."""
    works, ada, thief = Works(evm), evm.actor("ada"), evm.actor("thief")
    epoch = works.run({subject_of(ada): 1, subject_of(thief): 1}, INCOME)
    return works, epoch, ada, thief


def twice(evm: Evm) -> Outcome:
    """His own half, two times."""
    works, epoch, _, thief = shared(evm)
    works.claim(subject_of(thief), [epoch], thief, thief)
    refused = strike(evm, works.claim, subject_of(thief), [epoch], thief, thief)
    return Outcome(refused, works.dollar.balanceOf(thief) - INCOME // 2)


def for_another(evm: Evm) -> Outcome:
    """Hers, to his account."""
    works, epoch, ada, thief = shared(evm)
    refused = strike(evm, works.claim, subject_of(ada), [epoch], thief, thief)
    return Outcome(refused, works.dollar.balanceOf(thief))


def test_claim__a_second_time__is_refused() -> None:
    shipped, weak = on_both(twice, FORGETFUL)
    assert shipped == Outcome("distributor: already claimed", 0)
    assert weak == Outcome("", INCOME // 2)


def test_claim__a_strangers_leaf_to_ones_own_account__is_refused() -> None:
    shipped, weak = on_both(for_another, FORGETFUL)
    assert shipped == Outcome("distributor: not the payee", 0)
    assert weak == Outcome("", INCOME // 2)


@pytest.mark.parametrize("ways", list(permutations(["claim", "claim_many", "payday"], 2)))
def test_claim__by_another_way_after_it_was_paid__is_paid_once(ways: tuple[str, str]) -> None:
    evm = Evm()
    works, epoch, ada, thief = shared(evm)
    subject = subject_of(thief)
    deeds = {
        "claim": lambda: works.claim(subject, [epoch], thief, thief),
        "claim_many": lambda: works.claim_many([epoch], [(subject, 0)]),
        "payday": lambda: works.payday(epoch),
    }
    first, second = ways
    deeds[first]()
    refused = strike(evm, deeds[second])
    assert refused == ("distributor: already claimed" if second == "claim" else "")
    assert works.dollar.balanceOf(thief) == INCOME // 2
    assert works.grain.balanceOf(thief) == epoch.grain(subject)
    assert works.dollar.balanceOf(ada) in (0, INCOME // 2)


def test_claim__the_same_epoch_twice_in_one_call__is_refused() -> None:
    evm = Evm()
    works, epoch, _, thief = shared(evm)
    subject = subject_of(thief)
    refused = strike(evm, works.claim, subject, [epoch, epoch], thief, thief)
    assert refused == "distributor: not a final epoch"
    both = [(subject, 0), (subject, 0)]
    refused = strike(evm, works.claim_many, [epoch], both)
    assert refused == "distributor: epochs unsorted"
