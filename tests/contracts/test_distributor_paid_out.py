# SPDX-License-Identifier: AGPL-3.0-only
"""How a payday books and tells: in which order, once for all, and what it leaves to `claim`."""

from typing import Any

import pytest

from tests.contracts.distributors import (
    DAY,
    DOLLARS,
    MONTH,
    YEAR,
    Epoch,
    Mill,
    ascending,
    subject_of,
)
from tests.contracts.evm import Actor, Evm, Log

CLAIMED_BEFORE, WAITING, BELOW_MINIMUM, PART_OF_THE_POOL, STRUCK_OUT, TOO_LARGE = range(1, 7)
AT_ONCE = 128
LARGE = 2**96
SECOND = b"\x31" * 32

both = pytest.mark.parametrize("how", ["payday", "claim_many"])


def opened(evm: Evm, **policy: Any) -> Mill:
    """Paying out from one unit on."""
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(**{"minimum": 1} | policy))
    return mill


def pay(mill: Mill, final: Epoch, how: str) -> None:
    """Everybody of one epoch, either way."""
    if how == "payday":
        mill.payday(final)
    else:
        mill.claim_many([final], [(subject, 0) for subject, _ in final.tree.leaves])


def told(mill: Mill) -> list[str]:
    """Names of events, with who said so where several do."""
    parts = {mill.grain.address: "grain ", mill.dollar.address: "dollar "}
    return [parts.get(log.address, "") + log.name for log in mill.evm.logs]


def skipped(mill: Mill) -> list[tuple[bytes, int, int]]:
    """(subject, epoch, reason) as reported."""
    found = [log.args for log in mill.events("LeafSkipped")]
    return [(args["subject"], args["epoch"], args["reason"]) for args in found]


# --- what is told, and when -------------------------------------------------------------------


@both
def test_payday__several_leaves__are_told_at_once_before_anybody_is_called(
    evm: Evm, how: str
) -> None:
    mill = opened(evm, minimum=2 * DOLLARS)
    ada, ben, cleo = ascending(list(mill.people(3)))
    leaves = {subject_of(who): cred for who, cred in ((ada, 500), (ben, 1), (cleo, 499))}
    final = mill.run(leaves, 1_000 * DOLLARS)
    pay(mill, final, how)
    assert told(mill) == [
        *("LeafSkipped", "PaidOut", "grain Transfer", "grain Transfer"),
        *("ReleasedMany", "dollar Transfer", "dollar Transfer"),
    ]
    assert mill.paid_out() == [
        (
            subject_of(who),
            final.amount(subject_of(who)),
            who.address,
            final.grain(subject_of(who)),
            1,
        )
        for who in (ada, cleo)
    ]
    [released] = [log for log in evm.logs if log.name == "ReleasedMany"]
    batch = [final.amount(subject_of(who)) << 160 | int(who.address, 16) for who in (ada, cleo)]
    args = {"earmark_id": 1, "asset": mill.dollar.address, "batch": batch}
    assert released == Log("ReleasedMany", args, mill.pool.address)


def test_claim_many__several_epochs_of_a_payee__are_one_payment_and_one_grant(evm: Evm) -> None:
    mill = opened(evm)
    [ada] = mill.people(1)
    subject = subject_of(ada)
    epochs = [mill.run({subject: 1}, 10 * DOLLARS * n) for n in (1, 2, 3)]
    mill.claim_many(epochs, [(subject, at) for at in range(3)])
    assert told(mill) == ["PaidOut", "grain Transfer", "ReleasedMany", "dollar Transfer"]
    grain = epochs[0].grain(subject)
    assert mill.paid_out() == [
        (subject, 10 * DOLLARS * n, ada.address, grain, n) for n in (1, 2, 3)
    ]
    assert mill.grain.balanceOf(ada) == 3 * grain
    assert [mill.distributor.paid_of(n) for n in (1, 2, 3)] == [10 * DOLLARS * n for n in (1, 2, 3)]


@both
def test_payday__nobody_can_be_paid__only_reports(evm: Evm, how: str) -> None:
    mill = opened(evm)
    final = mill.run({SECOND: 1}, 10 * DOLLARS)
    pay(mill, final, how)
    assert told(mill) == ["LeafSkipped"]
    assert mill.distributor.paid_of(1) == 0


def test_payday__more_than_128_to_pay__pays_them_128_at_a_time(evm: Evm) -> None:
    mill = opened(evm)
    people = list(mill.people(AT_ONCE + 3))
    waiting = {bytes([n]) * 32: 1 for n in (0x41, 0x42)}
    final = mill.run({subject_of(who): 1 for who in people} | waiting, (len(people) + 2) * DOLLARS)
    mill.payday(final)
    assert [len(log.args["leaves"]) for log in mill.events("PaidOut")] == [AT_ONCE, 3]
    batches = [log.args["batch"] for log in evm.logs if log.name == "ReleasedMany"]
    assert [len(batch) for batch in batches] == [AT_ONCE, 3]
    paid = [subject for subject, *_ in mill.paid_out()]
    assert paid == [subject for subject, _ in final.tree.leaves if subject not in waiting]
    assert all(mill.dollar.balanceOf(who) == DOLLARS for who in people)
    assert mill.distributor.paid_of(1) == len(people) * DOLLARS
    assert mill.pool.reserved(1, mill.dollar) == 2 * DOLLARS
    mill.payday(final)
    assert mill.paid_out() == []


# --- caps -------------------------------------------------------------------------------------


def capped_mill(evm: Evm) -> tuple[Mill, list[Actor]]:
    """Each of three maintainers gets at most a tenth; the first has a second subject."""
    mill = Mill(evm)
    first, *others = mill.maintainers
    members: list[tuple[Any, list[bytes]]] = [(first, [SECOND]), *((each, []) for each in others)]
    mill.distributor.setup(members, 2, 12, sender=mill.hub)
    mill.open(mill.policy(signer_cap_bps=1_000, minimum=1))
    mill.link(SECOND, first)
    evm.warp(8 * DAY)
    return mill, list(mill.maintainers)


@both
def test_payday__caps_of_several__are_carried_once(evm: Evm, how: str) -> None:
    mill, maintainers = capped_mill(evm)
    one, other, third = maintainers
    leaves = {subject_of(one): 200, SECOND: 100, subject_of(other): 300, subject_of(third): 50}
    final = mill.run(leaves | {subject_of(evm.actor("ada")): 350}, 1_000 * DOLLARS)
    pay(mill, final, how)
    excess = {log.args["subject"]: log.args["excess"] for log in mill.events("ShareCapped")}
    assert excess == {subject_of(one): 100 * DOLLARS, subject_of(other): 200 * DOLLARS}
    assert skipped(mill) == [(SECOND, 1, BELOW_MINIMUM)]  # her cap is used up
    carry = {"asset": mill.dollar.address, "carry": 300 * DOLLARS}
    assert [log.args for log in mill.events("CarryChanged")] == [carry]
    assert [log.args["amount"] for log in evm.logs if log.name == "Unreserved"] == [300 * DOLLARS]
    names = told(mill)
    assert names.index("Unreserved") < names.index("PaidOut")
    assert [mill.dollar.balanceOf(who) // DOLLARS for who in maintainers] == [100, 100, 50]
    assert mill.distributor.paid_of(1) == 900 * DOLLARS
    assert mill.pool.reserved(1, mill.dollar) == 100 * DOLLARS


def test_claim_many__caps_of_several_epochs__are_carried_once(evm: Evm) -> None:
    mill, (one, *_) = capped_mill(evm)
    subject, ada = subject_of(one), subject_of(evm.actor("ada"))
    epochs = [mill.run({subject: 500, ada: 500}, 1_000 * DOLLARS) for _ in range(2)]
    mill.claim_many(epochs, [(subject, 0), (subject, 1)])
    assert [log.args["epoch"] for log in mill.events("ShareCapped")] == [1, 2]
    assert [log.args["carry"] for log in mill.events("CarryChanged")] == [800 * DOLLARS]
    assert mill.dollar.balanceOf(one) == 200 * DOLLARS


# --- what is too large, and what has no cred --------------------------------------------------


@both
def test_payday__more_than_fits_a_batch__is_left_to_a_claim(evm: Evm, how: str) -> None:
    mill = opened(evm)
    one, other, small = mill.people(3)
    creds = {subject_of(one): LARGE - 1, subject_of(other): LARGE, subject_of(small): 1}
    final = mill.run(creds, 2 * LARGE)
    pay(mill, final, how)
    assert [mill.dollar.balanceOf(who) for who in (one, other, small)] == [LARGE - 1, 0, 1]
    assert skipped(mill) == [(subject_of(other), 1, TOO_LARGE)]
    mill.claim(subject_of(other), [final], other, mill.relayer)
    assert mill.dollar.balanceOf(other) == LARGE
    assert mill.pool.reserved(1, mill.dollar) == 0
    pay(mill, final, how)
    assert (subject_of(other), 1, CLAIMED_BEFORE) in skipped(mill)


def test_claim_many__only_together_too_large__is_skipped_whole(evm: Evm) -> None:
    mill = opened(evm)
    [ada] = mill.people(1)
    subject = subject_of(ada)
    epochs = [mill.run({subject: 1}, LARGE // 2) for _ in range(2)]
    mill.claim_many(epochs, [(subject, 0), (subject, 1)])
    assert skipped(mill) == [(subject, n, TOO_LARGE) for n in (1, 2)]
    mill.claim_many(epochs, [(subject, 0)])
    mill.claim_many(epochs, [(subject, 1)])
    assert mill.dollar.balanceOf(ada) == LARGE


@both
def test_payday__too_large_and_without_an_account__is_told_as_too_large(evm: Evm, how: str) -> None:
    mill = opened(evm)
    final = mill.run({SECOND: 1}, LARGE)
    pay(mill, final, how)
    assert skipped(mill) == [(SECOND, 1, TOO_LARGE)]


@both
def test_payday__a_leaf_without_cred__is_below_the_minimum(evm: Evm, how: str) -> None:
    mill = opened(evm)
    ada, ben = ascending(list(mill.people(2)))
    final = mill.run([(subject_of(ada), 0), (subject_of(ben), 1)], 10 * DOLLARS)
    pay(mill, final, how)
    assert skipped(mill) == [(subject_of(ada), 1, BELOW_MINIMUM)]
    assert not mill.distributor.is_claimed(subject_of(ada), 1)


# --- after the end ----------------------------------------------------------------------------


def test_payday__after_the_claims_closed__is_refused_before_its_list_is_read(evm: Evm) -> None:
    mill = opened(evm)
    [ada] = mill.people(1)
    final = mill.run({subject_of(ada): 1}, 10 * DOLLARS)
    evm.warp_to(final.terms["closes_at"])
    with evm.reverts("distributor: claims are closed"):
        mill.distributor.payday(final.previous, final.packed, [], 0, 0, sender=mill.relayer)


def test_claim_many__an_epoch_that_closed_beside_an_open_one__is_refused_if_it_would_be_paid(
    evm: Evm,
) -> None:
    mill = opened(evm)
    ada, ben = mill.people(2)
    a, b = subject_of(ada), subject_of(ben)
    first = mill.run({a: 1, b: 1}, 10 * DOLLARS)
    mill.claim(a, [first], ada, ada)
    evm.warp(YEAR - MONTH)
    second = mill.run({a: 1, b: 1}, 10 * DOLLARS)
    assert second.terms["closes_at"] > evm.now >= first.terms["closes_at"]
    with evm.reverts("distributor: claims are closed"):
        mill.claim_many([first, second], [(b, 0), (b, 1)])
    mill.claim_many([first, second], [(a, 0), (a, 1)])
    assert skipped(mill) == [(a, 1, CLAIMED_BEFORE)]
    assert mill.dollar.balanceOf(ada) == 10 * DOLLARS


def test_claim_many__grain_of_several_epochs_too_large_for_one_word__is_left_to_claim(
    evm: Evm,
) -> None:
    mill = opened(evm, grain_per_epoch=LARGE - 1)
    (ada,) = mill.people(1)
    subject = subject_of(ada)
    finals = [mill.run({subject: 1}, DOLLARS) for _ in range(2)]
    mill.claim_many(finals, [(subject, 0), (subject, 1)])
    assert skipped(mill) == [(subject, 1, TOO_LARGE), (subject, 2, TOO_LARGE)]
    mill.claim(subject, finals, ada, ada)
    assert mill.grain.balanceOf(ada) == 2 * (LARGE - 1)


def test_claim_many__a_leaf_of_a_closed_epoch_that_gets_grain_only__is_refused(evm: Evm) -> None:
    mill = opened(evm)
    ada, ben = mill.people(2)
    a, b = subject_of(ada), subject_of(ben)
    first = mill.run({a: 1, b: 10**15}, 10 * DOLLARS)
    evm.warp_to(first.terms["closes_at"])
    second = mill.run({a: 1, b: 1}, 10 * DOLLARS)
    assert (first.amount(a), first.grain(a) > 0) == (0, True)
    with evm.reverts("distributor: claims are closed"):
        mill.claim_many([first, second], [(a, 0), (a, 1)])
    mill.claim_many([first, second], [(a, 1)])
    assert mill.dollar.balanceOf(ada) == 5 * DOLLARS
