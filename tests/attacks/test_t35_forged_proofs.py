# SPDX-License-Identifier: AGPL-3.0-only
"""T35: a claim with a proof that is forged, cut short, or longer than it should be.

Who and what for: a contributor with a small leaf who would be paid for a large one; somebody
without a leaf who shows an inner node as hers.
In the world: trees whose leaves are 64 bytes, as their nodes are (a node passes for a leaf); the
proof-length bugs of bridges; the BNB bridge (2022, $586M), where a forged proof came to a real
root.
The defence: a leaf is hashed twice and names chain, distributor, epoch and index; the leaf count
says how many siblings there are and on which side; sums must come to the total
(modules/sum_tree.vy, `claims.claim`, `epochs._require_leaf`).
"""

from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import FORGETFUL
from tests.contracts.distributors import DOLLARS, Epoch, subject_of
from tests.contracts.evm import Actor, Evm, Reverted

INCOME = 1_000 * DOLLARS
Proof = list[tuple[bytes, int]]


def small_leaf(evm: Evm) -> tuple[Works, Epoch, Actor]:
    """Five leaves; the thief's is 4 of 100."""
    works, thief = Works(evm), evm.actor("thief")
    leaves = {subject_of(each): 99 // 4 for each in works.people(4)}
    leaves[subject_of(thief)] = 4
    return works, works.run(leaves, INCOME), thief


def claiming(epoch: Epoch, thief: Actor, index: int, cred: int, proof: Proof) -> tuple[Any, ...]:
    """Sends a claim as it is."""
    found: tuple[Any, ...] = (
        subject_of(thief),
        epoch.previous,
        [(epoch.packed, index, cred)],
        proof,
        thief,
    )
    return found


def all_of_it(evm: Evm) -> Outcome:
    """A leaf of all cred, under siblings of nothing."""
    works, epoch, thief = small_leaf(evm)
    forged = claiming(epoch, thief, 0, epoch.tree.total, [(bytes(32), 0)] * 3)
    refused = strike(evm, works.distributor.claim, *forged, sender=thief)
    return Outcome(refused, works.dollar.balanceOf(thief))


def test_claim__a_leaf_of_all_cred__is_refused() -> None:
    shipped, weak = on_both(all_of_it, FORGETFUL)
    assert shipped == Outcome("distributor: wrong proof", 0)
    assert weak == Outcome("", INCOME)


def test_claim__every_bit_of_a_valid_proof_flipped__is_refused() -> None:
    evm = Evm()
    works, epoch, thief = small_leaf(evm)
    subject = subject_of(thief)
    index, cred, proof = epoch.tree.index(subject), 4, epoch.proof(subject)
    before = evm.state()
    reasons = set()
    for at, (node, total) in enumerate(proof):
        number = int.from_bytes(node)
        flipped = [((number ^ 1 << bit).to_bytes(32), total) for bit in range(256)]
        flipped += [(node, total ^ 1 << bit) for bit in range(256)]
        for sibling in flipped:
            bad = [*proof[:at], sibling, *proof[at + 1 :]]
            reasons.add(refusal(works, claiming(epoch, thief, index, cred, bad), thief))
    for bit in range(128):
        other = claiming(epoch, thief, index, cred ^ 1 << bit, proof)
        reasons.add(refusal(works, other, thief))
    # cred of nothing is no leaf at all
    assert reasons == {"distributor: wrong proof", "distributor: empty claim"}
    assert evm.state() == before
    good = claiming(epoch, thief, index, cred, proof)
    works.distributor.claim(*good, sender=thief)
    assert works.dollar.balanceOf(thief) == epoch.amount(subject)


def refusal(works: Works, arguments: tuple[Any, ...], sender: Actor) -> str:
    """Why it was refused; what is not refused is a failure of the test."""
    try:
        works.distributor.claim(*arguments, sender=sender)
    except Reverted as error:
        return error.reason
    raise AssertionError(f"a forged proof was paid: {arguments}")


def test_claim__cut_short_or_prolonged_or_moved__is_refused() -> None:
    evm = Evm()
    works, epoch, thief = small_leaf(evm)
    subject = subject_of(thief)
    index, proof = epoch.tree.index(subject), epoch.proof(subject)
    short, long = "distributor: proof too short", "distributor: proof too long"
    wrong = "distributor: wrong proof"
    tries: list[tuple[int, Proof, str]] = [
        (index, proof[:-1], short),
        (index, [], short if proof else wrong),
        (index, [*proof, (bytes(32), 0)], long),
        (index, proof * 2, long),
        *((other, epoch.tree.proof(other), wrong) for other in range(5) if other != index),
    ]
    for place, siblings, reason in tries:
        arguments = claiming(epoch, thief, place, 4, siblings)
        found = strike(evm, works.distributor.claim, *arguments, sender=thief)
        assert found == reason
    for outside in (5, 6, 7, 2**24, 2**32 + index, 2**255):
        arguments = claiming(epoch, thief, outside, 4, proof)
        assert refusal(works, arguments, thief) in (short, long, wrong)


def test_claim__an_inner_node_as_a_leaf__is_refused() -> None:
    # What hashes to the node is 128 bytes; what a leaf hashes to is a hash of 32.
    evm = Evm()
    works, epoch, thief = small_leaf(evm)
    (left, left_sum), (right, right_sum) = epoch.tree.rows[0][:2]
    node = keccak(
        encode(["bytes32", "uint256", "bytes32", "uint256"], [left, left_sum, right, right_sum])
    )
    assert node == epoch.tree.rows[1][0][0]
    above = epoch.tree.proof(0)[1:]
    for subject, cred in ((left, left_sum), (right, right_sum), (node, left_sum + right_sum)):
        for index in range(5):
            claim = [(epoch.packed, index, cred)]
            arguments = (subject, epoch.previous, claim, above, thief)
            refused = strike(evm, works.distributor.claim, *arguments, sender=thief)
            # nobody is linked to a hash; and if somebody were, it is no leaf
            assert refused == "distributor: no account yet"
            leaf = works.clerk.leaf_hash(works.distributor, 1, index, subject, cred)
            assert leaf not in (node, left, right, epoch.tree.root)
