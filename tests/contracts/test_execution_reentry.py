# SPDX-License-Identifier: AGPL-3.0-only
"""Targets that call back into the Governor while it carries something out.

`execute` does not lock the Governor, since calls to the Governor itself are made through it: a
proposal is marked as done before its first call, no other is carried out meanwhile, and everything
else asks who is calling.
"""

from typing import Any

import pytest

from tests.contracts.coop import EXECUTED, FOR, QUEUED, SUCCEEDED, Coop, Proposal, named
from tests.contracts.evm import ETH, Contract


@pytest.fixture
def caller(coop: Coop) -> Contract:
    """Takes ETH and calls back; a member too."""
    payee = coop.evm.deploy("OddPayee")
    coop.admit(payee)
    coop.evm.warp(1)
    coop.give(100)
    return payee


def both(coop: Coop, first: list[Any], second: list[Any]) -> tuple[Proposal, Proposal]:
    """Two proposals, ready in the same second."""
    one = coop.propose(*first, text="one", by=coop.founders[1])
    two = coop.propose(*second, text="two", by=coop.founders[2])
    coop.open(two)
    for proposal in (one, two):
        coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalEta(two.id))
    return one, two


def told_back(coop: Coop) -> tuple[bool, bytes]:
    """What the call back met."""
    (log,) = named(coop.evm, "CalledBack")
    return log.args["ok"], log.args["answer"]


def plan(caller: Contract, coop: Coop, name: str, *arguments: Any) -> None:
    """What it will do when it is paid."""
    data = coop.governor.calldata(name, *arguments)
    caller.call_back(coop.governor, data, sender=coop.relayer)


def test_reentry__the_same_proposal_again__is_not_ready(coop: Coop, caller: Contract) -> None:
    pay = [coop.spending(coop.governor, 10), (caller, 10, b"")]
    proposal = coop.passed(*pay)
    plan(caller, coop, "execute", *proposal.content)
    coop.execute(proposal)
    ok, answer = told_back(coop)
    assert not ok
    assert b"governor: not ready to execute" in answer
    assert coop.evm.balance(caller) == 10
    assert coop.pool.balance_of(0, ETH) == 90


def test_reentry__another_ready_proposal__waits_until_this_one_is_done(
    coop: Coop, caller: Contract
) -> None:
    outer, inner = both(
        coop,
        [coop.spending(coop.governor, 10), (caller, 10, b"")],
        [coop.spending(coop.patron, 7)],
    )
    plan(caller, coop, "execute", *inner.content)
    coop.execute(outer)
    ok, answer = told_back(coop)
    assert not ok
    assert b"governor: one at a time" in answer
    assert (coop.state(outer), coop.state(inner)) == (EXECUTED, SUCCEEDED)
    coop.execute(inner)
    assert coop.pool.balance_of(0, ETH) == 83
    assert coop.evm.balance(coop.governor) == 0


def test_reentry__another_one_after_a_failure_within__is_done(coop: Coop, caller: Contract) -> None:
    """A failed execution leaves no trace of itself: the next one is not taken for a nested one."""
    fails, other = both(
        coop,
        [coop.spending(coop.governor, 10), (caller, 11, b"")],
        [coop.spending(coop.patron, 7)],
    )
    with coop.evm.reverts(""):
        coop.execute(fails)
    assert (coop.state(fails), coop.state(other)) == (SUCCEEDED, SUCCEEDED)
    coop.execute(other)
    assert coop.pool.balance_of(0, ETH) == 93


def test_reentry__a_member_that_proposes_or_votes__does_just_that(
    coop: Coop, caller: Contract
) -> None:
    open_vote = coop.opened((coop.patron, 0, b""), text="vote on this", by=coop.founders[1])
    pay = [coop.spending(coop.governor, 10), (caller, 10, b"")]
    calls = (
        ("propose", ([coop.patron], [0], [b""], "from within")),
        ("castVote", (open_vote.id, FOR)),
    )
    proposal = coop.propose(*pay)
    coop.evm.warp_to(coop.governor.proposalDeadline(open_vote.id) - 1)
    coop.vote(proposal, FOR, *coop.founders)
    coop.vote(open_vote, FOR, *coop.founders)
    coop.governor.close(proposal.id, sender=coop.relayer)
    coop.evm.warp_to(coop.governor.proposalEta(proposal.id))
    assert coop.state(open_vote) == QUEUED
    for name, arguments in calls:
        mark = coop.evm.snapshot()
        plan(caller, coop, name, *arguments)
        coop.execute(proposal)
        ok, answer = told_back(coop)
        if name == "propose":
            assert ok
            (created,) = named(coop.evm, "ProposalCreated")
            assert created.args["proposer"] == caller.address
        else:
            assert not ok
            assert b"governor: Against only by now" in answer
        coop.evm.restore(mark)
    plan(caller, coop, "castVote", open_vote.id, 0)
    coop.execute(proposal)
    assert told_back(coop)[0]
    assert coop.governor.proposalVotes(open_vote.id) == (1, 3, 0)


@pytest.mark.parametrize("name", ["admit", "remove", "rebind", "install", "set_rules"])
def test_reentry__what_only_a_proposal_may__is_refused_to_its_target(
    coop: Coop, caller: Contract, name: str
) -> None:
    """Being called by the Governor does not make one the Governor."""
    arguments: dict[str, tuple[Any, ...]] = {
        "admit": ([coop.relayer],),
        "remove": (coop.founders[0],),
        "rebind": (coop.founders[0], coop.relayer),
        "install": (caller, b"\1\2\3\4"),
        "set_rules": ([rule.values() for rule in coop.rules],),
    }
    proposal = coop.passed(coop.spending(coop.governor, 10), (caller, 10, b""))
    plan(caller, coop, name, *arguments[name])
    before = (coop.governor.head(), coop.governor.part_words(caller))
    coop.execute(proposal)
    ok, answer = told_back(coop)
    assert not ok
    assert b"governor: " in answer
    assert (coop.governor.head(), coop.governor.part_words(caller)) == before


def test_reentry__a_payee_of_the_pool__cannot_have_another_payment_made_meanwhile(
    coop: Coop, caller: Contract
) -> None:
    """Within a payment the Pool is locked: the inner proposal fails and stays ready."""
    outer, inner = both(coop, [coop.spending(caller, 10)], [coop.spending(coop.patron, 7)])
    plan(caller, coop, "execute", *inner.content)
    coop.execute(outer)
    assert not told_back(coop)[0]
    assert (coop.state(outer), coop.state(inner)) == (EXECUTED, SUCCEEDED)
    coop.execute(inner)


def test_reentry__money_handed_back_to_the_governor__is_put_back(coop: Coop) -> None:
    """A target may pay the Governor within the call; that goes to the Pool as well."""
    coop.give(100)
    puppet = coop.evm.deploy("Puppet")
    back = (puppet, 40, puppet.calldata("act", coop.governor, b""))
    coop.enact(coop.spending(coop.governor, 50), back)
    assert named(coop.evm, "PutBack")[0].args["amount"] == 50
    assert coop.evm.balance(coop.governor) == 0
    assert coop.pool.balance_of(0, ETH) == 100


def test_execute__a_target_that_answers_256_kilobytes__costs_only_what_it_burns(coop: Coop) -> None:
    wallet = coop.evm.deploy("OddWallet", coop.patron)
    wallet.behave(1 << 6, sender=coop.patron)
    call = wallet.calldata("isValidSignature", bytes(32), b"")
    coop.evm.call(coop.patron, wallet, call)
    alone = coop.evm.gas_used
    coop.enact((wallet, 0, call))
    assert coop.evm.gas_used < alone + 60_000
