# SPDX-License-Identifier: AGPL-3.0-only
"""Sum-tree proofs: the vectors that viem made are taken, and nothing else is.

The vectors name chain id, distributor and epoch, so the distributor is put at that address on a
chain of that id and runs up to that epoch.
"""

import json
from pathlib import Path
from typing import Any

import pyrevm
import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from tests.contracts.distributors import MONTH, Epoch, Mill, Tree, subject_of
from tests.contracts.evm import Actor, Contract, Evm, Reverted

VECTORS = Path(__file__).parents[1] / "vectors" / "sum_tree.json"
TREES: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["trees"]
WAITING, TOO_LARGE = 2, 6
# What a payday leaves to a claim.
LARGE = 2**96

Sibling = tuple[bytes, int]


class Elsewhere(Evm):
    """A chain on which code can be put at an address of our choice."""

    def place(self, contract: Contract, address: str) -> Contract:
        """The same code at another address."""
        code = self.code(contract)
        self._vm.insert_account_info(address, pyrevm.AccountInfo(nonce=1, code=code))
        return contract.at(address)


def raw(text: str) -> bytes:
    """Bytes of 0x-hex."""
    return bytes.fromhex(text[2:])


def siblings(leaf: dict[str, Any]) -> list[Sibling]:
    """A proof of the vectors."""
    return [(raw(node), int(total)) for node, total in leaf["proof"]]


class Vector:
    """A tree of the vectors, posted and final on its own chain."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.evm = Elsewhere(int(tree["chainId"]))
        self.mill = Mill(self.evm)
        address = to_checksum_address(tree["distributor"])
        self.mill.distributor = self.evm.place(self.mill.distributor, address)
        self.mill.governor.add_hub_part(address, sender=self.mill.hub)
        self.mill.grain.set_minter(address, True, sender=self.mill.governor)
        self.mill.set_up(season=1_000)
        self.mill.open(self.mill.policy(minimum=1))
        epoch = int(tree["epoch"])
        for _ in range(epoch - 1):
            self.mill.run({subject_of(self.mill.patron): 1}, 1)
        self.total, self.leaves = int(tree["total"]), tree["leaves"]
        self.mill.give(self.total)
        self.evm.warp(MONTH)
        self.epoch = self._post(epoch, raw(tree["root"]))

    def _post(self, epoch: int, root: bytes) -> Epoch:
        mill = self.mill
        tree = mill.tree({bytes(31) + b"\x01": 1}, epoch)
        figures = {"root": root, "total_cred": self.total, "leaf_count": len(self.leaves)}
        arguments = mill.signed(mill.draft(tree, **figures))
        proposal_id = mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)
        (log,) = mill.events("DistributionPosted")
        return mill.finalise(Epoch(tree, dict(log.args["terms"]._asdict()), proposal_id))


trees = pytest.mark.parametrize("tree", TREES, ids=lambda t: f"{len(t['leaves'])} leaves")


@trees
def test_claims__every_leaf_of_a_vector__is_proven_in_the_list_and_alone(
    tree: dict[str, Any],
) -> None:
    vector = Vector(tree)
    mill, epoch = vector.mill, vector.epoch
    before = vector.evm.snapshot()
    leaves = [(raw(leaf["subject"]), int(leaf["cred"])) for leaf in vector.leaves]
    whole_list = (epoch.previous, epoch.packed, leaves, 0, len(leaves))
    mill.distributor.payday(*whole_list, sender=mill.relayer)
    small = [(subject, cred) for subject, cred in leaves if cred < LARGE]
    paid = sum(cred for subject, cred in small if subject[:12] == bytes(12))
    assert mill.distributor.paid_of(epoch.number) == paid
    vector.evm.restore(before)
    for index, (subject, cred) in enumerate(leaves):
        terms = (epoch.previous, [epoch.packed], [(subject, 0, index, cred)])
        proof = siblings(vector.leaves[index])
        mill.distributor.claim_many(*terms, proof, sender=mill.relayer)
        reason = TOO_LARGE if cred >= LARGE else 0 if subject[:12] == bytes(12) else WAITING
        reasons = [log.args["reason"] for log in mill.events("LeafSkipped")]
        assert reasons == ([reason] if reason else [])
        assert mill.distributor.is_claimed(subject, epoch.number) == (not reason)
    assert mill.distributor.paid_of(epoch.number) == paid


@trees
def test_tree_of_these_tests__leaves_of_a_vector__make_its_root_and_proofs(
    tree: dict[str, Any],
) -> None:
    leaves = {raw(leaf["subject"]): int(leaf["cred"]) for leaf in tree["leaves"]}
    found = Tree(int(tree["chainId"]), tree["distributor"], int(tree["epoch"]), leaves)
    assert (found.root, found.total) == (raw(tree["root"]), int(tree["total"]))
    for index, leaf in enumerate(tree["leaves"]):
        assert found.proof(index) == siblings(leaf)


# --- what is not a proof ----------------------------------------------------------------------


class Case:
    """One leaf of eleven (a promoted node on two rows) and what may be changed about its claim."""

    def __init__(self, evm: Evm, count: int = 11, at: int = 3) -> None:
        self.mill = Mill(evm)
        self.mill.set_up()
        self.mill.open(self.mill.policy(minimum=1))
        self.people = list(self.mill.people(count))
        leaves = {subject_of(person): 10 + n for n, person in enumerate(self.people)}
        self.epoch = self.mill.run(leaves, 10_000)
        self.tree, self.index = self.epoch.tree, at
        self.subject, self.cred = self.tree.leaves[at]
        self.proof = self.tree.proof(at)
        self.payee = next(p for p in self.people if subject_of(p) == self.subject)

    def claim(self, proof: list[Sibling] | None = None, **change: Any) -> None:
        """The leaf's claim with some of it changed."""
        index, cred = change.get("index", self.index), change.get("cred", self.cred)
        packed = change.get("packed", self.epoch.packed)
        subject, to = change.get("subject", self.subject), change.get("to", self.payee)
        arguments = (subject, self.epoch.previous, [(packed, index, cred)])
        proof = self.proof if proof is None else proof
        self.mill.distributor.claim(*arguments, proof, to, sender=self.mill.relayer)

    def refused(self, reason: str, proof: list[Sibling] | None = None, **change: Any) -> None:
        """It must be refused for exactly this reason."""
        with self.mill.evm.reverts(reason):
            self.claim(proof, **change)


@pytest.fixture
def case(evm: Evm) -> Case:
    return Case(evm)


def test_claim__proof_as_it_is__is_taken(case: Case) -> None:
    assert len(case.proof) == 4
    case.claim()
    assert case.mill.distributor.is_claimed(case.subject, 1)


def test_claim__any_bit_of_a_proof_changed__is_refused(case: Case) -> None:
    for at, (node, total) in enumerate(case.proof):
        for bit in (0, 1, 8, 100, 127, 128, 200, 254, 255):
            changed = (int.from_bytes(node, "big") ^ 1 << bit).to_bytes(32, "big")
            case.refused(
                "distributor: wrong proof",
                [*case.proof[:at], (changed, total), *case.proof[at + 1 :]],
            )
        for bit in (0, 1, 8, 100, 127, 128, 200, 254):
            other = (node, total ^ 1 << bit)
            case.refused(
                "distributor: wrong proof", [*case.proof[:at], other, *case.proof[at + 1 :]]
            )


def test_claim__sum_that_overflows__is_refused(case: Case) -> None:
    node, total = case.proof[0]
    for huge in (2**256 - 1, 2**256 - case.cred, 2**256 - case.cred + total):
        with case.mill.evm.reverts(""):
            case.claim([(node, huge), *case.proof[1:]])


def test_claim__cred_moved_between_siblings__is_refused(case: Case) -> None:
    node, total = case.proof[0]
    for more in (1, -1, total):
        moved = [(node, total - more), *case.proof[1:]]
        case.refused("distributor: wrong proof", moved, cred=case.cred + more)


def test_claim__sums_swapped_between_two_siblings__is_refused(case: Case) -> None:
    (one, first), (two, second), *rest = case.proof
    case.refused("distributor: wrong proof", [(one, second), (two, first), *rest])


def test_claim__truncated_proof__is_refused(case: Case) -> None:
    for length in range(4):
        case.refused("distributor: proof too short", case.proof[:length])


def test_claim__extended_proof__is_refused(case: Case) -> None:
    for more in (case.proof[0], (case.tree.root, case.tree.total), (bytes(32), 0)):
        case.refused("distributor: proof too long", [*case.proof, more])
        case.refused("distributor: wrong proof", [more, *case.proof])


def test_claim__siblings_in_another_order__is_refused(case: Case) -> None:
    case.refused("distributor: wrong proof", case.proof[::-1])


def test_claim__another_index__is_refused(case: Case) -> None:
    for index in range(11):
        if index != case.index:
            with pytest.raises(Reverted, match=r"distributor: (wrong proof|proof too long)"):
                case.claim(index=index)
    for index in (11, 12, 15, 16, 2**255, 2**256 - 1):
        with pytest.raises(Reverted, match=r"distributor: (wrong proof|proof too short)"):
            case.claim(index=index)


def test_claim__another_cred__is_refused(case: Case) -> None:
    for cred in (1, case.cred - 1, case.cred + 1, case.tree.total, 2**128, 2**200):
        case.refused("distributor: wrong proof", cred=cred)
    with case.mill.evm.reverts(""):
        case.claim(cred=2**256 - 1)


def test_claim__another_subject__is_refused(case: Case, outsider: Actor) -> None:
    case.refused("distributor: wrong proof", subject=subject_of(outsider), to=outsider)
    neighbour = case.people[0] if case.people[0] != case.payee else case.people[1]
    case.refused("distributor: wrong proof", subject=subject_of(neighbour), to=neighbour)


def test_claim__leaf_and_proof_of_another_epoch__is_refused(evm: Evm) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(minimum=1))
    ada, ben = mill.people(2)
    leaves = {subject_of(ada): 1, subject_of(ben): 3}
    first, second = mill.run(leaves, 100), mill.run(leaves, 1_000)
    subject = subject_of(ada)
    claims = [(second.packed, *first.claim(subject)[1:])]
    arguments = (subject, second.previous, claims, first.proof(subject), ada)
    with evm.reverts("distributor: wrong proof"):
        mill.distributor.claim(*arguments, sender=ada)


def test_claim__inner_node_as_a_leaf__is_refused(case: Case) -> None:
    """The second preimage: a shorter way from a row above, with the node in the leaf's place."""
    mill, wrong = case.mill, r"distributor: (wrong proof|proofs? too short)"
    for height in range(1, len(case.tree.rows)):
        index = case.index >> height
        node, total = case.tree.rows[height][index]
        shorter = case.proof[height:]
        with pytest.raises(Reverted, match=wrong):
            case.claim(shorter, index=index, cred=total)
        for subject in (node, case.subject):
            arguments = (bytes(32), [case.epoch.packed], [(subject, 0, index, total)], shorter)
            with pytest.raises(Reverted, match=wrong):
                mill.distributor.claim_many(*arguments, sender=mill.relayer)


def test_claim__one_leaf_tree__needs_no_proof_and_takes_none(evm: Evm) -> None:
    case = Case(evm, count=1, at=0)
    assert case.proof == []
    case.refused("distributor: proof too long", [(bytes(32), 0)])
    case.refused("distributor: wrong proof", index=1)
    case.claim()


def test_claim__root_posted_with_a_smaller_total__proves_nothing(evm: Evm) -> None:
    """Maintainers who sign a total below the sum of the leaves cannot pay out more than the pot."""
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(minimum=1))
    ada, ben = mill.people(2)
    tree = mill.tree({subject_of(ada): 60, subject_of(ben): 60})
    mill.give(1_000)
    evm.warp(MONTH)
    arguments = mill.signed(mill.draft(tree, total_cred=100))
    proposal_id = mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)
    (log,) = mill.events("DistributionPosted")
    epoch = mill.finalise(Epoch(tree, dict(log.args["terms"]._asdict()), proposal_id))
    for person in (ada, ben):
        with evm.reverts("distributor: wrong proof"):
            mill.claim(subject_of(person), [epoch], person, person)
    with evm.reverts("distributor: not the full list"):
        mill.payday(epoch)


def test_claim__tree_that_hides_a_sum__cannot_pay_more_than_the_pot(evm: Evm) -> None:
    """A forged tree whose inner sums do not add up proves neither leaf, as each proof adds anew."""
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(minimum=1))
    ada, ben = mill.people(2)
    honest = mill.tree({subject_of(ada): 90, subject_of(ben): 90})
    (one, _), (two, _) = honest.rows[0]
    types = ["bytes32", "uint256", "bytes32", "uint256"]
    forged = keccak(encode(types, [one, 90, two, 10]))
    mill.give(1_000)
    evm.warp(MONTH)
    arguments = mill.signed(mill.draft(honest, root=forged, total_cred=100))
    proposal_id = mill.clerk.post(mill.distributor, *arguments, sender=mill.relayer)
    (log,) = mill.events("DistributionPosted")
    epoch = mill.finalise(Epoch(honest, dict(log.args["terms"]._asdict()), proposal_id))
    (first, cred), (second, _) = honest.leaves
    people = {subject_of(person): person for person in (ada, ben)}
    mill.distributor.claim(
        first, bytes(32), [(epoch.packed, 0, cred)], [(two, 10)], people[first], sender=mill.relayer
    )
    for total in (90, 10):
        with evm.reverts("distributor: wrong proof"):
            claims = [(epoch.packed, 1, 90)]
            arguments = (second, bytes(32), claims, [(one, total)], people[second])
            mill.distributor.claim(*arguments, sender=mill.relayer)
    assert mill.distributor.paid_of(1) == 900


def test_leaf_hash__of_a_leaf__is_the_double_hash_of_the_format(evm: Evm) -> None:
    mill = Mill(evm)
    types = ["uint256", "address", "uint256", "uint256", "bytes32", "uint256"]
    subject = keccak(text="github:7")
    leaf = [evm.chain_id, mill.distributor.address, 3, 14, subject, 15]
    assert mill.clerk.leaf_hash(mill.distributor, 3, 14, subject, 15) == keccak(
        keccak(encode(types, leaf))
    )
