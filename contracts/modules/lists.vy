# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Whole lists: their root, which proves all of their leaves at once
@license AGPL-3.0-only
@author Millpond maintainers
@notice Whoever has the whole list of a small circle needs no proofs.
"""

from ..interfaces import IClerk
from . import checks
from . import sum_tree


@external
@view
@reentrant
def root_of_list(distributor: address, epoch: uint256, leaves: DynArray[IClerk.ListedLeaf, 512]) -> (bytes32, uint256):
    """
    @notice The root and the total of the tree of a whole list.
    @dev One pass: `hashes` and `sums` hold the finished subtree of each height, as the bits of the count so far say; what is
         left at the end is joined from the lowest up, which is what promoting odd nodes comes to. Reverts for a leaf of 2^128
         or more.
    @param distributor Whose leaves.
    @param epoch Their epoch.
    @param leaves All leaves in order, in micro-cred.
    @return The root; zero for an empty list.
    @return The sum of all cred.
    """
    hashes: bytes32[10] = empty(bytes32[10])
    sums: uint256[10] = empty(uint256[10])
    for i: uint256 in range(len(leaves), bound=512):
        leaf: IClerk.ListedLeaf = leaves[i]
        cred: uint256 = leaf.cred
        if cred >= sum_tree.MAX_CRED:
            checks._refuse("clerk: cred too large")
        node: bytes32 = sum_tree._leaf_hash(distributor, epoch, i, leaf.subject, cred)
        for height: uint256 in range(10):
            if (i >> height) & 1 == 0:
                hashes[height] = node
                sums[height] = cred
                break
            node = sum_tree._node_hash(hashes[height], sums[height], node, cred)
            # at most 512 times less than 2^128
            cred = unsafe_add(cred, sums[height])
    root: bytes32 = empty(bytes32)
    total: uint256 = 0
    for height: uint256 in range(10):
        if (len(leaves) >> height) & 1 == 1:
            if root == empty(bytes32):
                root = hashes[height]
            else:
                root = sum_tree._node_hash(hashes[height], sums[height], root, total)
            total += sums[height]
    return root, total
