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
     A proof is (hash, sum) of each sibling from the leaf to the root; index and leaf count alone say how many there are and
     on which side each stands. It is read in place from the calldata, because handing a list to a function copies it.
"""

from . import checks

# 2^24 leaves: rows above a leaf, and with them the length of every loop.
MAX_LEVELS: constant(uint256) = 24
MAX_LEAVES: constant(uint256) = 2**24
# All sums stay below, so that the pot times any cred fits one word.
MAX_CRED: constant(uint256) = 2**128


@internal
@view
def _leaf_hash(epoch: uint256, index: uint256, subject: bytes32, cred: uint256) -> bytes32:
    return keccak256(keccak256(abi_encode(chain.id, self, epoch, index, subject, cred)))


@internal
@pure
def _node_hash(left: bytes32, left_sum: uint256, right: bytes32, right_sum: uint256) -> bytes32:
    return keccak256(abi_encode(left, left_sum, right, right_sum))


@internal
@view
def _list_at(argument: uint256) -> uint256:
    """
    @dev Where in the calldata the words of a list begin that is the argument of this place (from 0).
    """
    return 36 + convert(slice(msg.data, 4 + 32 * argument, 32), uint256)


@internal
@view
def _after_proof(
    epoch: uint256,
    root: bytes32,
    total_cred: uint256,
    leaf_count: uint256,
    index: uint256,
    subject: bytes32,
    cred: uint256,
    start: uint256,
    end: uint256,
) -> uint256:
    """
    @dev Follows the proof that begins at byte `start` of the calldata and returns the byte behind it, which may not lie
         beyond `end`. It must end in root and total. As no sum exceeds the total, none can overflow.
         A node at `position` of a row of `width` has a sibling if `position ^ 1 < width`, to the right of an even position;
         else it is promoted. The next row is (width + 1) // 2 wide; a row of 1 is the root.
    """
    checks._need(index < leaf_count and cred <= total_cred, "distributor: no such leaf")
    node: bytes32 = self._leaf_hash(epoch, index, subject, cred)
    total: uint256 = cred
    position: uint256 = index
    width: uint256 = leaf_count
    at: uint256 = start
    for _: uint256 in range(MAX_LEVELS):
        if width == 1:
            break
        if position ^ 1 < width:
            checks._need(at + 64 <= end, "distributor: proof too short")
            sibling: bytes32 = convert(slice(msg.data, at, 32), bytes32)
            sibling_sum: uint256 = convert(slice(msg.data, at + 32, 32), uint256)
            checks._need(sibling_sum <= total_cred, "distributor: sum over total")
            if position & 1 == 0:
                node = self._node_hash(node, total, sibling, sibling_sum)
            else:
                node = self._node_hash(sibling, sibling_sum, node, total)
            total += sibling_sum
            at += 64
        position >>= 1
        width = (width + 1) >> 1
    checks._need(node == root and total == total_cred, "distributor: wrong proof")
    return at
