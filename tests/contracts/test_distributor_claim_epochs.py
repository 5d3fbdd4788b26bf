# SPDX-License-Identifier: AGPL-3.0-only
"""Claims over several epochs, and the terms that a claim has to bring along."""

from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.distributors import DAY, DOLLARS, Epoch, Mill, subject_of
from tests.contracts.evm import ETH, Actor, Evm

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


# --- several epochs ---------------------------------------------------------------------------


@pytest.fixture
def three(mill: Mill, leaves: dict[bytes, int]) -> list[Epoch]:
    """Three epochs of 1,000, 2,000 and 3,000 dollars."""
    return [mill.run(leaves, n * 1_000 * DOLLARS) for n in (1, 2, 3)]


def test_claim__three_epochs__is_one_payout(mill: Mill, three: list[Epoch], ada: Actor) -> None:
    mill.claim(subject_of(ada), three, ada, ada)
    names = ["Claimed", "Transfer", "Released", "Transfer"]  # grain first, then money
    assert [log.name for log in mill.evm.logs] == names
    grain = 3 * GRAIN // 100
    shares = [(n, n * 30 * DOLLARS, grain) for n in (1, 2, 3)]
    packed = [amount << 128 | minted << 32 | n for n, amount, minted in shares]
    assert mill.evm.logs[0].args["shares"] == packed
    assert mill.dollar.balanceOf(ada) == 180 * DOLLARS
    assert mill.grain.balanceOf(ada) == 3 * grain
    assert [mill.distributor.paid_of(n) for n in (1, 2, 3)] == [s[1] for s in shares]


def test_claim__each_run_of_epochs__can_be_claimed_alone(
    mill: Mill, three: list[Epoch], ada: Actor
) -> None:
    mill.claim(subject_of(ada), three[1:], ada, ada)
    mill.claim(subject_of(ada), three[:1], ada, ada)
    assert mill.dollar.balanceOf(ada) == 180 * DOLLARS


def test_claim__epoch_without_a_leaf_between_two__only_joins_them(
    mill: Mill, leaves: dict[bytes, int], ada: Actor, ben: Actor
) -> None:
    first = mill.run(leaves, 1_000 * DOLLARS)
    without = mill.run({subject_of(ben): 1}, 500 * DOLLARS)
    third = mill.run(leaves, 2_000 * DOLLARS)
    subject = subject_of(ada)
    claims = [first.claim(subject), (without.packed, 0, 0), third.claim(subject)]
    proof = first.proof(subject) + third.proof(subject)
    arguments = (subject, first.previous, claims, proof, ada)
    mill.distributor.claim(*arguments, sender=ada)
    assert mill.dollar.balanceOf(ada) == 90 * DOLLARS
    assert not mill.distributor.is_claimed(subject, 2)


def test_claim__gap_between_epochs__is_refused(mill: Mill, three: list[Epoch], ada: Actor) -> None:
    with mill.evm.reverts("distributor: not a final epoch"):
        mill.claim(subject_of(ada), [three[0], three[2]], ada, ada)


def test_claim__epochs_out_of_order__is_refused(mill: Mill, three: list[Epoch], ada: Actor) -> None:
    with mill.evm.reverts("distributor: not a final epoch"):
        mill.claim(subject_of(ada), [three[1], three[0]], ada, ada)


def test_claim__the_same_epoch_twice_in_one_call__is_refused(
    mill: Mill, three: list[Epoch], ada: Actor
) -> None:
    with mill.evm.reverts("distributor: not a final epoch"):
        mill.claim(subject_of(ada), [three[0], three[0]], ada, ada)


def test_claim__sixteen_epochs__is_taken_and_seventeen_are_not(evm: Evm, ada: Actor) -> None:
    mill = Mill(evm)
    mill.set_up(season=17)
    mill.open(mill.policy(claim_window=3_000 * DAY))
    epochs = [mill.run({subject_of(ada): 1}, 10 * DOLLARS) for _ in range(17)]
    with evm.reverts(""):
        mill.claim(subject_of(ada), epochs, ada, ada)
    mill.claim(subject_of(ada), epochs[:16], ada, ada)
    assert mill.dollar.balanceOf(ada) == 160 * DOLLARS
    mill.claim(subject_of(ada), epochs[16:], ada, ada)
    assert mill.dollar.balanceOf(ada) == 170 * DOLLARS


def test_claim__epochs_in_two_assets__are_two_payouts(evm: Evm, ada: Actor) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(restricted=False)
    subject = subject_of(ada)
    dollars = mill.run({subject: 1}, 10 * DOLLARS)
    mill.distributor.set_policy(mill.policy(asset=ETH).values(), sender=mill.governor)
    ether = [mill.run({subject: 1}, 10**18, ETH) for _ in range(2)]
    before = evm.balance(ada)
    mill.claim(subject, [dollars, *ether], ada, ada)
    shares = [log.args["shares"] for log in mill.events("Claimed")]
    assert [[share % 2**32 for share in run] for run in shares] == [[1], [2, 3]]
    assert evm.balance(ada) == before + 2 * 10**18
    assert mill.dollar.balanceOf(ada) == 10 * DOLLARS
    assert mill.grain.balanceOf(ada) == 3 * GRAIN


def test_claim__epochs_256_apart__do_not_share_a_bit(evm: Evm, ada: Actor) -> None:
    mill = Mill(evm)
    mill.set_up(season=300)
    mill.open(mill.policy(claim_window=3_660 * DAY, minimum=1))
    leaves = {subject_of(ada): 1}
    first = mill.run(leaves, 100)
    mill.claim(subject_of(ada), [first], ada, ada)
    for _ in range(255):
        last = mill.run(leaves, 100)
    for epoch in range(2, 258):
        assert not mill.distributor.is_claimed(subject_of(ada), epoch)
    last = mill.run(leaves, 100)
    assert last.number == 257
    mill.claim(subject_of(ada), [last], ada, ada)
    assert mill.dollar.balanceOf(ada) == 200


# --- terms --------------------------------------------------------------------------------------


FIELDS: list[dict[str, Any]] = [
    {"epoch": 2},
    {"attempt": 2},
    {"root": b"\x01" * 32},
    {"total_cred": 99},
    {"leaf_count": 4},
    {"earmark": 0},
    {"asset": ETH},
    {"pot": 10**12},
    {"minimum": 1},
    {"grain_per_epoch": 10**25},
    {"signer_cap_bps": 1},
    {"maintainers_version": 2},
    {"excluded": 50},
    {"closes_at": 2**40 - 1},
]


@pytest.mark.parametrize("change", FIELDS, ids=lambda change: next(iter(change)))
def test_claim__terms_with_any_other_figure__are_refused(
    mill: Mill, final: Epoch, ada: Actor, change: dict[str, Any]
) -> None:
    assert len(FIELDS) == len(final.terms)
    terms = final.terms | change
    final.packed = mill.clerk.pack_terms(tuple(terms.values()))
    assert mill.clerk.unpack_terms(final.packed)._asdict() == terms
    with mill.evm.reverts("distributor: not a final epoch"):
        mill.claim(subject_of(ada), [final], ada, ada)


def test_claim__terms_with_any_other_bit__are_refused(mill: Mill, final: Epoch, ada: Actor) -> None:
    packed = tuple(final.packed)
    for at in range(5):
        for bit in (0, 47, 48, 103, 104, 127, 128, 231, 232, 255):
            words = [int.from_bytes(packed[0], "big"), *packed[1:]]
            words[at] ^= 1 << bit
            final.packed = (words[0].to_bytes(32, "big"), *words[1:])
            with mill.evm.reverts("distributor: not a final epoch"):
                mill.claim(subject_of(ada), [final], ada, ada)


def test_claim__another_hash_of_the_epoch_before__is_refused(
    mill: Mill, three: list[Epoch], ada: Actor
) -> None:
    for previous in (bytes(32), b"\x01" * 32, mill.distributor.epoch_hash_of(2)):
        three[1].previous = previous
        with mill.evm.reverts("distributor: not a final epoch"):
            mill.claim(subject_of(ada), three[1:2], ada, ada)


# --- views ------------------------------------------------------------------------------------


def test_amount_of__a_leaf__is_what_is_paid(mill: Mill, final: Epoch) -> None:
    terms = tuple(final.terms.values())
    assert mill.clerk.amount_of(terms, 3) == (30 * DOLLARS, 3 * GRAIN // 100)
    half = tuple((final.terms | {"excluded": 50}).values())
    assert mill.clerk.amount_of(half, 3) == (60 * DOLLARS, 6 * GRAIN // 100)


def test_pack_terms__largest_figures__come_back(mill: Mill) -> None:
    widths = {
        "epoch": 32,
        "attempt": 32,
        "root": 256,
        "total_cred": 128,
        "leaf_count": 32,
        "earmark": 32,
        "asset": 160,
        "pot": 128,
        "minimum": 96,
        "grain_per_epoch": 96,
        "signer_cap_bps": 16,
        "maintainers_version": 32,
        "excluded": 128,
        "closes_at": 40,
    }
    for full in widths:
        terms: dict[str, Any] = {
            name: 2**bits - 1 if name == full else 0 for name, bits in widths.items()
        }
        terms["root"] = terms["root"].to_bytes(32, "big")
        terms["asset"] = "0x" + terms["asset"].to_bytes(20, "big").hex()
        packed = mill.clerk.pack_terms(tuple(terms.values()))
        found = mill.clerk.unpack_terms(packed)._asdict()
        assert {k: str(v).lower() for k, v in found.items()} == {
            k: str(v).lower() for k, v in terms.items()
        }
