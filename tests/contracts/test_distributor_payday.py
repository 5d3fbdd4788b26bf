# SPDX-License-Identifier: AGPL-3.0-only
"""Paydays: everybody at once, with proofs over several epochs or by the whole list of one."""

import pytest
from eth_utils.crypto import keccak

from tests.contracts.distributors import DAY, DOLLARS, MONTH, Epoch, Mill, subject_of
from tests.contracts.evm import ETH, Actor, Evm

CLAIMED_BEFORE, WAITING, BELOW_MINIMUM, PART_OF_THE_POOL = 1, 2, 3, 4
GITHUB, FORUM = keccak(text="github:7"), keccak(text="discourse:forum.example.org:8")
GRAIN = 10**21


@pytest.fixture
def mill(evm: Evm) -> Mill:
    """Open, minimum 5 dollars."""
    mill = Mill(evm)
    mill.set_up()
    mill.open()
    return mill


@pytest.fixture
def people(mill: Mill) -> list[Actor]:
    """Four contributors."""
    return list(mill.people(4))


@pytest.fixture
def subjects(people: list[Actor]) -> list[bytes]:
    """Theirs."""
    return [subject_of(person) for person in people]


@pytest.fixture
def final(mill: Mill, subjects: list[bytes]) -> Epoch:
    """1,000 dollars: 500, 300, 190; 4 (below the minimum); 5 without an account, 1 likewise."""
    leaves = dict(zip(subjects, (500, 300, 190, 4), strict=True)) | {GITHUB: 5, FORUM: 1}
    return mill.run(leaves, 1_000 * DOLLARS)


def skipped(mill: Mill) -> list[tuple[bytes, int, int]]:
    """(subject, epoch, reason) as reported."""
    found = [log.args for log in mill.events("LeafSkipped")]
    return [(args["subject"], args["epoch"], args["reason"]) for args in found]


def dollars(mill: Mill, people: list[Actor]) -> list[float]:
    """What they have, in whole dollars."""
    return [mill.dollar.balanceOf(person) / DOLLARS for person in people]


def pay(mill: Mill, final: Epoch, how: str) -> None:
    """Everybody of one epoch, either way."""
    if how == "payday":
        mill.payday(final)
    else:
        mill.claim_many([final], [(subject, 0) for subject, _ in final.tree.leaves])


both = pytest.mark.parametrize("how", ["payday", "claim_many"])


# --- either way -------------------------------------------------------------------------------


@both
def test_payday__one_epoch__pays_who_can_be_paid_and_reports_the_rest(
    mill: Mill, final: Epoch, people: list[Actor], subjects: list[bytes], how: str
) -> None:
    pay(mill, final, how)
    assert dollars(mill, people) == [500, 300, 190, 0]
    grain = [mill.grain.balanceOf(person) for person in people]
    assert grain == [GRAIN // 2, GRAIN * 3 // 10, GRAIN * 19 // 100, 0]
    expected = [(subjects[3], 1, BELOW_MINIMUM), (GITHUB, 1, WAITING), (FORUM, 1, BELOW_MINIMUM)]
    assert sorted(skipped(mill)) == sorted(expected)
    assert mill.events("Claimed") == []
    paid = [(line.subject, line.amount, line.payee) for line in mill.paid_out()]
    expected_paid = [
        (subject_of(who), final.amount(subject_of(who)), who.address) for who in people[:3]
    ]
    assert sorted(paid) == sorted(expected_paid)
    assert mill.distributor.paid_of(1) == 990 * DOLLARS
    assert mill.pool.reserved(1, mill.dollar) == 10 * DOLLARS


@both
def test_payday__a_second_time__pays_nobody_twice(
    mill: Mill, final: Epoch, people: list[Actor], subjects: list[bytes], how: str
) -> None:
    mill.claim(subjects[0], [final], people[0], people[0])
    pay(mill, final, how)
    assert dollars(mill, people) == [500, 300, 190, 0]
    assert (subjects[0], 1, CLAIMED_BEFORE) in skipped(mill)
    pay(mill, final, how)
    assert dollars(mill, people) == [500, 300, 190, 0]
    before = [(s, 1, CLAIMED_BEFORE) for s in subjects[:3]]
    rest = [(subjects[3], 1, BELOW_MINIMUM), (GITHUB, 1, WAITING), (FORUM, 1, BELOW_MINIMUM)]
    assert sorted(skipped(mill)) == sorted(before + rest)


@both
def test_payday__link_that_waits__is_reported_until_it_counts(
    mill: Mill, people: list[Actor], how: str
) -> None:
    final = mill.run({GITHUB: 1}, 10 * DOLLARS)
    mill.link(GITHUB, people[0])
    pay(mill, final, how)
    assert skipped(mill) == [(GITHUB, 1, WAITING)]
    mill.evm.warp(7 * DAY)
    pay(mill, final, how)
    assert skipped(mill) == []
    assert dollars(mill, people[:1]) == [10]


@both
def test_payday__pool_and_grain_as_subjects__are_reported(
    mill: Mill, people: list[Actor], subjects: list[bytes], how: str
) -> None:
    parts = [subject_of(mill.pool), subject_of(mill.grain)]
    leaves = dict.fromkeys((*parts, subjects[0]), 1)
    final = mill.run(leaves, 30 * DOLLARS)
    pay(mill, final, how)
    assert sorted(skipped(mill)) == sorted((p, 1, PART_OF_THE_POOL) for p in parts)
    assert dollars(mill, people[:1]) == [10]


@both
def test_payday__payee_that_refuses_eth__is_owed_and_blocks_nobody(evm: Evm, how: str) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(asset=ETH, minimum=1))
    stubborn, greedy = evm.deploy("OddPayee"), evm.deploy("OddPayee")
    stubborn.behave(1, sender=mill.relayer)
    greedy.behave(2, sender=mill.relayer)
    friend = evm.actor("friend")
    before = evm.balance(friend)
    leaves = {subject_of(payee): 1 for payee in (stubborn, greedy, friend)}
    final = mill.run(leaves, 3 * 10**18, ETH)
    pay(mill, final, how)
    assert mill.pool.owed(ETH, stubborn) == mill.pool.owed(ETH, greedy) == 10**18
    assert evm.balance(friend) == before + 10**18
    assert mill.distributor.paid_of(1) == 3 * 10**18


@both
def test_payday__of_a_closed_epoch__is_refused(mill: Mill, final: Epoch, how: str) -> None:
    mill.evm.warp_to(final.terms["closes_at"])
    with mill.evm.reverts("distributor: claims are closed"):
        pay(mill, final, how)


@both
def test_payday__of_an_epoch_that_is_not_final__is_refused(
    mill: Mill, subjects: list[bytes], how: str
) -> None:
    mill.give(10 * DOLLARS)
    mill.evm.warp(MONTH)
    posted = mill.post({subjects[0]: 1})
    posted.packed = mill.clerk.pack_terms(tuple(posted.terms.values()))
    with mill.evm.reverts("distributor: not a final epoch"):
        pay(mill, posted, how)


# --- claim_many -------------------------------------------------------------------------------


def test_claim_many__small_amounts_of_three_epochs__add_up_to_one_payout(
    mill: Mill, people: list[Actor], subjects: list[bytes]
) -> None:
    leaves = {subjects[0]: 1, subjects[1]: 4}
    epochs = [mill.run(leaves, 10 * DOLLARS) for _ in range(3)]
    mill.claim_many(epochs[:2], [(subjects[0], 0), (subjects[0], 1)])
    assert skipped(mill) == [(subjects[0], n, BELOW_MINIMUM) for n in (1, 2)]
    mill.claim_many(epochs, [(s, n) for s in subjects[:2] for n in range(3)])
    assert dollars(mill, people[:2]) == [6, 24]
    assert [(line.subject, line.epoch) for line in mill.paid_out()] == [
        (subject, epoch) for subject in subjects[:2] for epoch in (1, 2, 3)
    ]


def test_claim_many__part_of_it_claimed__adds_up_only_the_rest(
    mill: Mill, people: list[Actor], subjects: list[bytes]
) -> None:
    leaves = {subjects[0]: 1, subjects[1]: 4}
    epochs = [mill.run(leaves, 10 * DOLLARS) for _ in range(4)]
    mill.claim(subjects[0], epochs[1:2], people[0], people[0])
    three = [(subjects[0], n) for n in range(3)]
    mill.claim_many(epochs[:3], three)
    reasons = (BELOW_MINIMUM, CLAIMED_BEFORE, BELOW_MINIMUM)
    assert skipped(mill) == [(subjects[0], n + 1, r) for n, r in enumerate(reasons)]
    mill.claim_many(epochs, [*three, (subjects[0], 3)])
    assert dollars(mill, people[:1]) == [8]
    assert skipped(mill) == [(subjects[0], 2, CLAIMED_BEFORE)]


def test_claim_many__the_same_leaf_twice_in_a_row__is_refused(
    mill: Mill, subjects: list[bytes]
) -> None:
    final = mill.run({subjects[0]: 1, subjects[1]: 3}, 12 * DOLLARS)
    with mill.evm.reverts("distributor: epochs unsorted"):
        mill.claim_many([final], [(subjects[0], 0), (subjects[0], 0)])


def test_claim_many__epochs_of_a_subject_descending__is_refused(
    mill: Mill, subjects: list[bytes]
) -> None:
    epochs = [mill.run({subjects[0]: 1}, 12 * DOLLARS) for _ in range(2)]
    with mill.evm.reverts("distributor: epochs unsorted"):
        mill.claim_many(epochs, [(subjects[0], 1), (subjects[0], 0)])


def test_claim_many__the_same_leaf_again_later__is_reported(
    mill: Mill, people: list[Actor], subjects: list[bytes]
) -> None:
    final = mill.run({subjects[0]: 1, subjects[1]: 1}, 12 * DOLLARS)
    mill.claim_many([final], [(subjects[0], 0), (subjects[1], 0), (subjects[0], 0)])
    assert skipped(mill) == [(subjects[0], 1, CLAIMED_BEFORE)]
    assert dollars(mill, people[:2]) == [6, 6]


def test_claim_many__epochs_in_two_assets__takes_those_of_one_at_a_time(
    evm: Evm, people: list[Actor]
) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(restricted=False)
    subject = subject_of(people[0])
    first = mill.run({subject: 1}, 3 * DOLLARS)
    in_eth = mill.policy(asset=ETH, minimum=10**18)
    mill.distributor.set_policy(in_eth.values(), sender=mill.governor)
    second = mill.run({subject: 1}, 10**18, ETH)
    with evm.reverts("distributor: several assets"):
        mill.claim_many([first, second], [(subject, 0), (subject, 1)])
    before = evm.balance(people[0])
    mill.claim_many([first, second], [(subject, 1)])
    assert evm.balance(people[0]) == before + 10**18
    mill.claim_many([first, second], [(subject, 0)])
    assert skipped(mill) == [(subject, 1, BELOW_MINIMUM)]


def test_claim_many__terms_that_are_not_consecutive__are_refused(
    mill: Mill, subjects: list[bytes]
) -> None:
    epochs = [mill.run({subjects[0]: 1}, 12 * DOLLARS) for _ in range(3)]
    for some in ([epochs[0], epochs[2]], [epochs[1], epochs[0]], [epochs[0]] * 2):
        with mill.evm.reverts("distributor: not a final epoch"):
            mill.claim_many(some, [(subjects[0], 0)])


def test_claim_many__leaf_without_its_terms__is_refused(mill: Mill, final: Epoch) -> None:
    (subject, cred), *_ = final.tree.leaves
    for at in (1, 2**255):
        arguments = (bytes(32), [final.packed], [(subject, at, 0, cred)], final.proof(subject))
        with mill.evm.reverts("distributor: no such terms"):
            mill.distributor.claim_many(*arguments, sender=mill.relayer)
    arguments = (bytes(32), [], [(subject, 0, 0, cred)], final.proof(subject))
    with mill.evm.reverts("distributor: no such terms"):
        mill.distributor.claim_many(*arguments, sender=mill.relayer)


def test_claim_many__nothing__is_refused(mill: Mill, final: Epoch) -> None:
    with mill.evm.reverts("distributor: empty claim"):
        mill.claim_many([final], [])


def test_claim_many__one_bad_proof_among_good_ones__is_refused(
    mill: Mill, final: Epoch, subjects: list[bytes]
) -> None:
    leaves = [(s, 0, final.tree.index(s), final.tree.cred(s)) for s in subjects[:2]]
    proof = final.proof(subjects[0]) + final.proof(subjects[1])
    arguments = (bytes(32), [final.packed], leaves)
    mixed = [*proof[:-1], (proof[-1][0], proof[-1][1] + 1)]
    with mill.evm.reverts("distributor: wrong proof"):
        mill.distributor.claim_many(*arguments, mixed, sender=mill.relayer)
    with mill.evm.reverts("distributor: proofs too short"):
        mill.distributor.claim_many(*arguments, proof[:-1], sender=mill.relayer)
    with mill.evm.reverts("distributor: proof too long"):
        mill.distributor.claim_many(*arguments, [*proof, proof[0]], sender=mill.relayer)


def test_claim_many__128_leaves__fit_one_transaction(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(minimum=1))
    people = list(mill.people(128))
    final = mill.run({subject_of(person): 1 for person in people}, 128 * DOLLARS)
    mill.claim_many([final], [(subject, 0) for subject, _ in final.tree.leaves])
    assert dollars(mill, people) == [1] * 128


# --- payday -----------------------------------------------------------------------------------


def test_payday__in_parts__pays_each_part(mill: Mill, final: Epoch, people: list[Actor]) -> None:
    mill.payday(final, 0, 2)
    some = sum(dollars(mill, people))
    mill.payday(final, 2, 6)
    assert some < sum(dollars(mill, people)) == 990
    assert mill.distributor.paid_of(1) == 990 * DOLLARS


@pytest.mark.parametrize(("first", "end"), [(0, 0), (3, 3), (3, 2), (0, 7), (6, 7), (6, 6)])
def test_payday__part_outside_the_list__is_refused(
    mill: Mill, final: Epoch, first: int, end: int
) -> None:
    with mill.evm.reverts("distributor: bad part of list"):
        mill.payday(final, first, end)


def test_payday__any_other_list__is_refused(mill: Mill, final: Epoch) -> None:
    leaves = final.tree.leaves
    (subject, cred), *rest = leaves
    others = [
        leaves[:-1],
        rest,
        leaves[::-1],
        [*leaves, leaves[-1]],
        [*leaves, (b"\xff" * 32, 0)],
        [(subject, cred + 1), *rest],
        [(subject, 0), *rest],
        [(b"\x01" * 32, cred), *rest],
        [(subject, cred + 1), (rest[0][0], rest[0][1] - 1), *rest[1:]],
        [],
    ]
    for other in others:
        with mill.evm.reverts("distributor: not the full list"):
            arguments = (bytes(32), final.packed, other, 0, 1)
            mill.distributor.payday(*arguments, sender=mill.relayer)


def test_payday__cred_beyond_all_bounds__is_refused(mill: Mill, final: Epoch) -> None:
    (subject, _), *rest = final.tree.leaves
    for cred in (2**128, 2**256 - 1):
        with mill.evm.reverts("clerk: cred too large"):
            leaves = [(subject, cred), *rest]
            mill.distributor.payday(bytes(32), final.packed, leaves, 0, 1, sender=mill.relayer)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 100])
def test_payday__list_of_any_length__comes_to_the_same_root(evm: Evm, count: int) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(minimum=1))
    people = list(mill.people(count))
    leaves = {subject_of(person): n + 1 for n, person in enumerate(people)}
    final = mill.run(leaves, sum(leaves.values()))
    mill.payday(final)
    assert [mill.dollar.balanceOf(person) for person in people] == list(leaves.values())


def test_payday__512_leaves__are_the_longest_list(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(minimum=1))
    leaves = {keccak(text=f"person {n}"): n + 1 for n in range(513)}
    longest = dict(list(leaves.items())[:512])
    final = mill.run(longest, sum(longest.values()))
    mill.payday(final)
    assert len(skipped(mill)) == 512
    too_long = mill.run(leaves, sum(leaves.values()))
    with evm.reverts(""):
        mill.payday(too_long, 0, 1)
