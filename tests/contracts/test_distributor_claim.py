# SPDX-License-Identifier: AGPL-3.0-only
"""Claims of one subject: what is paid to whom, once, and every refusal."""

from dataclasses import replace
from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.compiled import artifact
from tests.contracts.distributors import DAY, DOLLARS, MONTH, YEAR, Epoch, Mill, subject_of
from tests.contracts.evm import ETH, Actor, Evm, Log

GITHUB = keccak(text="github:7")
GRAIN = 10**21


@pytest.fixture
def mill(evm: Evm) -> Mill:
    """Open, in a long season."""
    mill = Mill(evm)
    mill.set_up()
    mill.open()
    return mill


@pytest.fixture
def ada(evm: Evm) -> Actor:
    """A contributor."""
    return evm.actor("ada")


@pytest.fixture
def ben(evm: Evm) -> Actor:
    """Another."""
    return evm.actor("ben")


@pytest.fixture
def leaves(ada: Actor, ben: Actor) -> dict[bytes, int]:
    """3 : 96 : 1, the last without an account."""
    return {subject_of(ada): 3, subject_of(ben): 96, GITHUB: 1}


@pytest.fixture
def final(mill: Mill, leaves: dict[bytes, int]) -> Epoch:
    """1,000.000001 dollars over 100 cred."""
    return mill.run(leaves, 1_000 * DOLLARS + 1)


# --- effects ----------------------------------------------------------------------------------


def test_claim__by_the_payee__pays_money_and_grain_once(
    mill: Mill, final: Epoch, ada: Actor
) -> None:
    mill.claim(subject_of(ada), [final], ada, ada)
    amount, grain = 30 * DOLLARS, 3 * GRAIN // 100
    names = ["Claimed", "Transfer", "Released", "Transfer"]  # grain first, then money
    assert [log.name for log in mill.evm.logs] == names
    args = {"subject": subject_of(ada), "payee": ada.address, "to": ada.address}
    args["shares"] = [amount << 128 | grain << 32 | 1]
    assert mill.evm.logs[0] == Log("Claimed", args, mill.distributor.address)
    assert mill.dollar.balanceOf(ada) == amount
    assert mill.grain.balanceOf(ada) == mill.grain.totalSupply() == grain
    assert mill.distributor.paid_of(1) == amount
    assert mill.distributor.is_claimed(subject_of(ada), 1)
    assert mill.pool.reserved(1, mill.dollar) == 970 * DOLLARS + 1
    assert mill.pool.balance_of(1, mill.dollar) == 970 * DOLLARS + 1


def test_claim__everybody__leaves_only_what_rounding_left(
    mill: Mill, final: Epoch, ada: Actor, ben: Actor
) -> None:
    mill.link(GITHUB, mill.patron)
    mill.evm.warp(7 * DAY)
    mill.claim(subject_of(ada), [final], ada, ada)
    mill.claim(subject_of(ben), [final], ben, ben)
    mill.claim(GITHUB, [final], mill.patron, mill.patron)
    assert mill.distributor.paid_of(1) == 1_000 * DOLLARS
    assert mill.pool.reserved(1, mill.dollar) == 1
    assert mill.grain.totalSupply() == GRAIN


def test_claim__by_the_payee__may_go_to_another_account(
    mill: Mill, final: Epoch, ada: Actor, ben: Actor
) -> None:
    mill.claim(subject_of(ada), [final], ben, ada)
    assert mill.dollar.balanceOf(ben) == 30 * DOLLARS
    assert mill.grain.balanceOf(ben) == 3 * GRAIN // 100
    (log,) = mill.events("Claimed")
    assert (log.args["payee"], log.args["to"]) == (ada.address, ben.address)


def test_claim__by_somebody_else__goes_to_the_payee(
    mill: Mill, final: Epoch, ada: Actor, outsider: Actor
) -> None:
    mill.claim(subject_of(ada), [final], ada, outsider)
    assert mill.dollar.balanceOf(ada) == 30 * DOLLARS


def test_claim__of_an_identity__goes_to_its_account(
    mill: Mill, final: Epoch, ada: Actor, ben: Actor
) -> None:
    mill.link(GITHUB, ada)
    mill.evm.warp(7 * DAY)
    assert mill.distributor.payee_of(GITHUB) == ada.address
    mill.claim(GITHUB, [final], ben, ada)
    assert mill.dollar.balanceOf(ben) == 10 * DOLLARS
    assert mill.distributor.is_claimed(GITHUB, 1)
    assert not mill.distributor.is_claimed(subject_of(ada), 1)


def test_claim__of_eth__comes_from_the_earmark(evm: Evm, ada: Actor) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.give(5, ETH, earmark=0)
    mill.open(mill.policy(asset=ETH, minimum=1))
    epoch = mill.run({subject_of(ada): 1}, 10**18, ETH)
    before = evm.balance(ada)
    mill.claim(subject_of(ada), [epoch], ada, mill.relayer)
    assert evm.balance(ada) == before + 10**18
    assert mill.pool.balance_of(0, ETH) == 5
    assert mill.pool.balance_of(1, ETH) == 0


def test_claim__payee_that_takes_no_eth__is_owed(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(asset=ETH, minimum=1))
    payee = evm.deploy("OddPayee")
    payee.behave(1, sender=mill.relayer)
    epoch = mill.run({subject_of(payee): 1}, 10**18, ETH)
    mill.claim(subject_of(payee), [epoch], payee, mill.relayer)
    assert mill.pool.owed(ETH, payee) == 10**18
    assert mill.distributor.is_claimed(subject_of(payee), 1)


def test_claim__without_grain__mints_none(evm: Evm, ada: Actor) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(grain_per_epoch=0))
    epoch = mill.run({subject_of(ada): 1}, 10 * DOLLARS)
    mill.claim(subject_of(ada), [epoch], ada, ada)
    assert mill.grain.totalSupply() == 0
    assert mill.dollar.balanceOf(ada) == 10 * DOLLARS


def test_claim__share_that_rounds_to_nothing__gives_the_payee_her_grain(
    mill: Mill, ada: Actor, ben: Actor
) -> None:
    epoch = mill.run({subject_of(ada): 1, subject_of(ben): 10**9}, 10 * DOLLARS)
    mill.claim(subject_of(ada), [epoch], ada, ada)
    assert mill.dollar.balanceOf(ada) == 0
    assert mill.grain.balanceOf(ada) == GRAIN // (10**9 + 1)
    assert mill.distributor.is_claimed(subject_of(ada), 1)


# --- refusals ---------------------------------------------------------------------------------


def test_claim__twice__is_refused(mill: Mill, final: Epoch, ada: Actor, outsider: Actor) -> None:
    mill.claim(subject_of(ada), [final], ada, ada)
    for sender in (ada, outsider):
        with mill.evm.reverts("distributor: already claimed"):
            mill.claim(subject_of(ada), [final], ada, sender)


def test_claim__relinked_identity__is_not_paid_again(
    mill: Mill, final: Epoch, ada: Actor, ben: Actor
) -> None:
    mill.link(GITHUB, ada)
    mill.evm.warp(7 * DAY)
    mill.claim(GITHUB, [final], ada, ada)
    mill.link(GITHUB, ben)
    mill.evm.warp(7 * DAY)
    assert mill.distributor.payee_of(GITHUB) == ben.address
    with mill.evm.reverts("distributor: already claimed"):
        mill.claim(GITHUB, [final], ben, ben)


def test_claim__before_it_is_final__is_refused(
    mill: Mill, leaves: dict[bytes, int], ada: Actor
) -> None:
    mill.give(1_000 * DOLLARS)
    mill.evm.warp(MONTH)
    posted = mill.post(leaves)
    for closes_at in (0, mill.evm.now + YEAR):
        terms = posted.terms | {"closes_at": closes_at}
        posted.packed = mill.clerk.pack_terms(tuple(terms.values()))
        with mill.evm.reverts("distributor: not a final epoch"):
            mill.claim(subject_of(ada), [posted], ada, ada)


def test_claim__identity_without_or_with_a_waiting_account__is_refused(
    mill: Mill, final: Epoch, ada: Actor
) -> None:
    with mill.evm.reverts("distributor: no account yet"):
        mill.claim(GITHUB, [final], ada, ada)
    mill.link(GITHUB, ada)
    mill.evm.warp(7 * DAY - 1)
    with mill.evm.reverts("distributor: no account yet"):
        mill.claim(GITHUB, [final], ada, ada)
    mill.evm.warp(1)
    mill.claim(GITHUB, [final], ada, ada)


def test_claim__to_nobody__is_refused(mill: Mill, final: Epoch, ada: Actor) -> None:
    with mill.evm.reverts("distributor: name a payee"):
        mill.claim(subject_of(ada), [final], ETH, ada)


def test_claim__by_somebody_else_to_another_account__is_refused(
    mill: Mill, final: Epoch, ada: Actor, outsider: Actor
) -> None:
    with mill.evm.reverts("distributor: not the payee"):
        mill.claim(subject_of(ada), [final], outsider, outsider)


def test_claim__by_somebody_else_below_the_minimum__is_refused(
    mill: Mill, ada: Actor, ben: Actor, outsider: Actor
) -> None:
    leaves = {subject_of(ada): 499, subject_of(ben): 501}
    first = mill.run(leaves, 10 * DOLLARS)
    assert (first.amount(subject_of(ada)), first.amount(subject_of(ben))) == (4_990_000, 5_010_000)
    with mill.evm.reverts("distributor: below minimum"):
        mill.claim(subject_of(ada), [first], ada, outsider)
    mill.claim(subject_of(ben), [first], ben, outsider)
    mill.claim(subject_of(ada), [first], ada, ada)
    assert mill.dollar.balanceOf(ada) == 4_990_000


def test_claim__by_somebody_else_exactly_the_minimum__is_paid(
    mill: Mill, ada: Actor, ben: Actor, outsider: Actor
) -> None:
    final = mill.run({subject_of(ada): 1, subject_of(ben): 1}, 10 * DOLLARS)
    mill.claim(subject_of(ada), [final], ada, outsider)
    assert mill.dollar.balanceOf(ada) == 5 * DOLLARS


def test_claim__small_amounts__add_up_over_epochs_to_the_minimum(
    mill: Mill, ada: Actor, ben: Actor, outsider: Actor
) -> None:
    leaves = {subject_of(ada): 1, subject_of(ben): 4}
    epochs = [mill.run(leaves, 10 * DOLLARS) for _ in range(3)]
    with mill.evm.reverts("distributor: below minimum"):
        mill.claim(subject_of(ada), epochs[:2], ada, outsider)
    mill.claim(subject_of(ada), epochs, ada, outsider)
    assert mill.dollar.balanceOf(ada) == 6 * DOLLARS


def test_claim__epochs_of_different_minimums__must_reach_the_largest(
    mill: Mill, ada: Actor, ben: Actor, outsider: Actor
) -> None:
    leaves = {subject_of(ada): 1, subject_of(ben): 4}
    first = mill.run(leaves, 10 * DOLLARS)
    lower = replace(mill.policy(), minimum=DOLLARS)
    mill.distributor.set_policy(lower.values(), sender=mill.governor)
    second = mill.run(leaves, 10 * DOLLARS)
    with mill.evm.reverts("distributor: below minimum"):
        mill.claim(subject_of(ada), [first, second], ada, outsider)
    mill.claim(subject_of(ada), [second], ada, outsider)
    assert mill.dollar.balanceOf(ada) == 2 * DOLLARS


def test_claim__last_second_before_the_close__is_paid_and_the_next_is_refused(
    mill: Mill, final: Epoch, ada: Actor, ben: Actor
) -> None:
    mill.evm.warp_to(final.terms["closes_at"] - 1)
    mill.claim(subject_of(ada), [final], ada, ada)
    mill.evm.warp(1)
    with mill.evm.reverts("distributor: claims are closed"):
        mill.claim(subject_of(ben), [final], ben, ben)


def test_claim__nothing__is_refused(mill: Mill, final: Epoch, ada: Actor) -> None:
    subject = subject_of(ada)
    with mill.evm.reverts("distributor: empty claim"):
        mill.distributor.claim(subject, bytes(32), [], [], ada, sender=ada)
    with mill.evm.reverts("distributor: empty claim"):
        only_terms = [(final.packed, 0, 0)]
        mill.distributor.claim(subject, bytes(32), only_terms, [], ada, sender=ada)


def test_claim__of_the_zero_subject__is_refused(mill: Mill, ada: Actor) -> None:
    with mill.evm.reverts("distributor: no account yet"):
        mill.distributor.claim(bytes(32), bytes(32), [], [], ada, sender=ada)


# --- re-entry ---------------------------------------------------------------------------------


def test_claim__payee_that_claims_again_while_she_is_paid__is_paid_once(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(asset=ETH, minimum=1))
    payee, friend = evm.deploy("OddPayee"), evm.actor("friend")
    epoch = mill.run({subject_of(payee): 1, subject_of(friend): 1}, 10**18, ETH)
    again = mill.distributor.calldata(
        "claim", *mill.claim_arguments(subject_of(friend), [epoch], friend)
    )
    payee.call_back(mill.distributor, again, sender=mill.relayer)
    mill.claim(subject_of(payee), [epoch], payee, mill.relayer)
    (log,) = [log for log in evm.logs if log.name == "CalledBack"]
    assert log.args["ok"] is False
    assert evm.balance(payee) == 5 * 10**17
    assert mill.distributor.paid_of(1) == 5 * 10**17


def test_claim__payee_that_reads_while_she_is_paid__sees_the_end(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(asset=ETH, minimum=1))
    payee = evm.deploy("OddPayee")
    epoch = mill.run({subject_of(payee): 1}, 10**18, ETH)
    read = mill.distributor.calldata("is_claimed", subject_of(payee), 1)
    payee.call_back(mill.distributor, read, sender=mill.relayer)
    mill.claim(subject_of(payee), [epoch], payee, mill.relayer)
    (log,) = [log for log in evm.logs if log.name == "CalledBack"]
    assert (log.args["ok"], int.from_bytes(log.args["answer"], "big")) == (True, 1)


EMPTY_TERMS = (bytes(32), 0, 0, 0, 0)
ENTRIES: dict[str, tuple[Any, ...]] = {
    "claim": (bytes(32), bytes(32), [], [], ETH),
    "claim_many": (bytes(32), [], [], []),
    "payday": (bytes(32), EMPTY_TERMS, [], 0, 0),
    "close_epoch": (bytes(32), EMPTY_TERMS),
    "post": (2, bytes(32), 1, 1, bytes(32), "", "", []),
    "withdraw": (2, EMPTY_TERMS, []),
    "zero_out": (2, EMPTY_TERMS, bytes(32), 0, 1, bytes(32), []),
    "restore": (2, EMPTY_TERMS, bytes(32), 0, bytes(32), []),
    "settle_off_chain": (bytes(32), EMPTY_TERMS, bytes(32), 0, 1, ETH, bytes(32)),
    "void": (2,),
    "finalise": (2, 1),
    "setup": ([], 1, 1),
    "on_open": (2, b""),
    "set_policy": ((ETH, 0, 1, 1, 1, 1, 1, 1, 0, 1, False),),
    "set_maintainers": ([], 1),
    "set_season": (1,),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_claim__payee_that_calls_anything_while_she_is_paid__finds_it_locked(
    evm: Evm, entry: str
) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(asset=ETH, minimum=1))
    payee = evm.deploy("OddPayee")
    epoch = mill.run({subject_of(payee): 1}, 10**18, ETH)
    call = mill.distributor.calldata(entry, *ENTRIES[entry])
    payee.call_back(mill.distributor, call, sender=mill.relayer)
    mill.claim(subject_of(payee), [epoch], payee, mill.relayer)
    (log,) = [log for log in evm.logs if log.name == "CalledBack"]
    assert (log.args["ok"], log.args["answer"]) == (False, b"")
    with evm.reverts(OUTSIDE[entry]):
        evm.call(payee, mill.distributor, call)


OUTSIDE = {
    "claim": "distributor: no account yet",
    "claim_many": "distributor: empty claim",
    "payday": "distributor: not a final epoch",
    "close_epoch": "distributor: not a final epoch",
    "post": "distributor: only the clerk",
    "withdraw": "distributor: only the clerk",
    "zero_out": "distributor: only the clerk",
    "restore": "distributor: only the clerk",
    "settle_off_chain": "distributor: only the clerk",
    "void": "distributor: not open",
    "finalise": "distributor: not the governor",
    "setup": "distributor: only the hub",
    "on_open": "distributor: only the pool",
    "set_policy": "distributor: only the governor",
    "set_maintainers": "distributor: only the governor",
    "set_season": "distributor: only the governor",
}


def test_claim__table_of_entries__names_every_function_that_writes() -> None:
    abi = artifact("CredDistributor").abi
    writes = {
        entry["name"]
        for entry in abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }
    assert writes == set(ENTRIES) == set(OUTSIDE)
