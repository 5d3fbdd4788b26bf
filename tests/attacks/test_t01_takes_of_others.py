# SPDX-License-Identifier: AGPL-3.0-only
"""T01: somebody sets another's take.

Who and what for: a friend of ada's, who gets her to call a contract of his; in her transaction it
sets her take to what she will share with him. Or a mate who sets those of the others to nothing.
In the world: wallets that asked `tx.origin` who it was that spoke (SWC-115).
The defence: a take is set by the caller alone, for the seat of the caller (`takes.set_take`); no
call names another's.
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.teams_weak import CARELESS
from tests.contracts.compiled import artifact
from tests.contracts.coop import ZERO
from tests.contracts.evm import Evm
from tests.contracts.teams import Crew

INCOME = 1_000


def lured(evm: Evm, take: int = INCOME) -> Outcome:
    """Ada calls his contract, which calls the team; what she wins by it at the payday."""
    crew = Crew(evm)
    crew.give(INCOME)
    crew.take(250, 750)
    lure = evm.deploy("Puppet")
    call = crew.team.calldata("set_take", take)
    refused = strike(evm, lure.act, crew.team, call, sender=crew.mates[0])
    crew.close()
    return Outcome(refused, crew.waiting()[0] - 250)


def test_set_take__by_a_contract_she_was_lured_to__is_refused() -> None:
    shipped, weak = on_both(lured, CARELESS)
    assert shipped == Outcome("team: no member in time", 0)
    # 1,000 of 1,750 instead of 250
    assert weak == Outcome("", 1_000 * INCOME // 1_750 - 250)


def test_set_take__no_way_of_the_team__names_another() -> None:
    """Takes change by the own call, and end by a vote, by leaving or by having left the pool."""
    changing = {
        f["name"]: [i["type"] for i in f["inputs"]]
        for f in artifact("Team").abi
        if f["type"] == "function" and f["stateMutability"] == "nonpayable"
    }
    assert changing == {
        "on_open": ["uint256", "bytes"],
        "set_take": ["uint256"],
        "close_period": [],
        "invite": ["address"],
        "leave": [],
        "admit": ["address[]"],
        "remove": ["uint256"],
        "drop": ["address[]"],
        "pay": ["address[]"],
        "claim": ["address"],
    }


@pytest.mark.parametrize("who", ["outsider", "mate", "member", "the hub", "patron"])
def test_remove_and_drop__of_another__are_refused(evm: Evm, who: str) -> None:
    crew = Crew(evm)
    crew.take(100)
    callers = {"mate": crew.mates[1], "member": crew.chair, "the hub": crew.hub}
    caller = callers.get(who) or evm.actor(who)
    assert strike(evm, crew.team.remove, 2, sender=caller) == "team: only the governor"
    assert strike(evm, crew.team.admit, [ZERO], sender=caller) == "team: only the governor"
    assert strike(evm, crew.team.drop, [crew.mates[0]], sender=caller) == "team: still counts"
    assert crew.team.take_of(crew.mates[0]) == (100, 0, True)


@pytest.fixture
def evm() -> Evm:
    """A fresh chain."""
    return Evm()
