# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The Merkle-sum tree of a cred distribution
@license AGPL-3.0-only
@author Millpond maintainers
@notice Leaves hold cred, not money, and every node hashes the sums of both its sides, so that no set of provable
        leaves can hold more cred than the posted total, whoever built the tree.
@dev leaf = keccak256(keccak256(abi.encode(chainId, distributor, epoch, index, subject, cred))); leaves sorted by subject,
     index = position, from 0. node = keccak256(abi.encode(leftHash, leftSum, rightHash, rightSum)); an odd node is
     promoted unchanged. Hashing a leaf twice (32 bytes) keeps it apart from a node (128 bytes).
     A proof is the siblings from the leaf to the root. Index and leaf count alone say how many there are and on which side
     each stands: in a row whose last node is at `last`, a node at `position` has a sibling if `position ^ 1 <= last`, to the
     right of an even position; else it is promoted. In the next row both are halved; where `last` is 0 stands the root.
     A proof is followed in the function that received it, because handing a list to another function copies it
     (modules/claims and modules/paydays). Sums are added with overflow checks and must end in the total, so none can exceed it.
"""

from . import checks

struct Sibling:
    hash: bytes32
    sum: uint256


# 2^24 leaves: rows above a leaf, and with them the length of every loop.
MAX_LEVELS: constant(uint256) = 24
MAX_LEAVES: constant(uint256) = 2**24
# All sums stay below, so that the pot times any cred fits one word.
MAX_CRED: constant(uint256) = 2**128


@internal
@view
def _leaf_hash(distributor: address, epoch: uint256, index: uint256, subject: bytes32, cred: uint256) -> bytes32:
    return keccak256(keccak256(abi_encode(chain.id, distributor, epoch, index, subject, cred)))


@internal
@pure
def _node_hash(left: bytes32, left_sum: uint256, right: bytes32, right_sum: uint256) -> bytes32:
    return keccak256(abi_encode(left, left_sum, right, right_sum))


@internal
@pure
def _require_ends_in(
    root: bytes32, sum: uint256, leaf_count: uint256, index: uint256, node: bytes32, total: uint256
):
    """
    @dev What a followed proof must have come to.
    """
    if node != root or total != sum or index >= leaf_count:
        checks._refuse("distributor: wrong proof")


@internal
@pure
def _require_end(leaf_count: uint256, at: uint256, length: uint256):
    """
    @dev After all leaves of a call: there were some, and no sibling is left over.
    """
    checks._need(leaf_count > 0, "distributor: empty claim")
    checks._need(at == length, "distributor: proof too long")
