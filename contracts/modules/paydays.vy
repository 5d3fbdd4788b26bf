# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Paydays: everybody at once
@license AGPL-3.0-only
@author Millpond maintainers
@notice Anyone may pay everybody. Money goes to the payees only; a leaf that cannot be paid now is skipped and reported.
@dev With proofs, over several epochs whose small amounts add up; or by the whole list of one epoch, which is its own proof.
"""

from . import checks
from . import epochs
from . import payouts
from . import sum_tree
from . import wiring

uses: epochs
uses: payouts

# A leaf of a payday over several epochs.
struct Leaf:
    subject: bytes32
    terms_at: uint256       # place of its epoch in the list of terms, from 0
    index: uint256
    cred: uint256


# A leaf of a whole list: its index is its place.
struct ListedLeaf:
    subject: bytes32
    cred: uint256


event LeafSkipped:
    subject: indexed(bytes32)
    epoch: indexed(uint256)
    reason: uint256


# Reasons of LeafSkipped.
CLAIMED_BEFORE: constant(uint256) = 1
WAITING: constant(uint256) = 2          # no account is linked, or its link is pending
BELOW_MINIMUM: constant(uint256) = 3
PART_OF_THE_POOL: constant(uint256) = 4


@external
def claim_many(
    previous: bytes32,
    terms: DynArray[epochs.PackedTerms, 16],
    leaves: DynArray[Leaf, 128],
    proof: DynArray[sum_tree.Sibling, 1024],
):
    """
    @notice Payday over one or several consecutive epochs, with proofs. Anyone may start it; money goes to the payees only.
    @dev Leaves that are claimed, without an account or below the minimum are skipped and reported (`LeafSkipped`).
         Reverts for terms that are no final epochs', for a wrong proof, unsorted leaves, and after the claims closed.
    @param previous Hash of the epoch before the first one; zero before epoch 1.
    @param terms Packed terms of the epochs, in order.
    @param leaves Subject, place of its terms, index and cred; the leaves of a subject side by side, epochs ascending.
    @param proof The siblings of each leaf in turn, from the leaf to the root.
    """
    opened: DynArray[epochs.EpochTerms, 16] = self._all_final(previous, terms)
    at: uint256 = 0
    for leaf: Leaf in leaves:
        checks._need(leaf.terms_at < len(opened), "distributor: no such terms")
        t: epochs.EpochTerms = opened[leaf.terms_at]
        node: bytes32 = sum_tree._leaf_hash(t.epoch, leaf.index, leaf.subject, leaf.cred)
        total: uint256 = leaf.cred
        position: uint256 = leaf.index
        last: uint256 = t.leaf_count - 1
        for _: uint256 in range(sum_tree.MAX_LEVELS):
            if last == 0:
                break
            if position ^ 1 <= last:
                assert at < len(proof), "distributor: proofs too short"
                sibling: sum_tree.Sibling = proof[at]
                if position & 1 == 0:
                    node = keccak256(abi_encode(node, total, sibling.hash, sibling.sum))
                else:
                    node = keccak256(abi_encode(sibling.hash, sibling.sum, node, total))
                total += sibling.sum
                at = unsafe_add(at, 1)
            position >>= 1
            last >>= 1
        epochs._require_leaf(t, leaf.index, node, total)
    sum_tree._require_end(len(leaves), at, len(proof))
    self._pay_all(opened, leaves)


@external
def payday(
    previous: bytes32,
    terms: epochs.PackedTerms,
    leaves: DynArray[ListedLeaf, 512],
    first: uint256,
    end: uint256,
):
    """
    @notice Payday of one epoch without proofs: the whole list is the proof, since the contract computes the root again.
            Anyone; for circles of up to 512, in parts if one transaction does not hold them all.
    @dev Skips and reports like `claim_many`. Reverts unless this is the whole list of a final epoch, for an empty part of
         it, and after the claims closed.
    @param previous Hash of the epoch before; zero before epoch 1.
    @param terms Packed terms of the epoch.
    @param leaves All leaves of the epoch, in order.
    @param first Place of the first leaf to pay, from 0.
    @param end Place behind the last leaf to pay.
    """
    t: epochs.EpochTerms = epochs._final(previous, terms)
    root: bytes32 = empty(bytes32)
    total: uint256 = 0
    root, total = self._root_of_list(t.epoch, leaves)
    checks._need(
        root == t.root and total == t.total_cred and len(leaves) == t.leaf_count,
        "distributor: not the full list",
    )
    checks._need(first < end and end <= len(leaves), "distributor: bad part of list")
    opened: DynArray[epochs.EpochTerms, 1] = [t]
    for i: uint256 in range(first, end, bound=512):
        leaf: DynArray[Leaf, 1] = [Leaf(subject=leaves[i].subject, terms_at=0, index=i, cred=leaves[i].cred)]
        self._pay_all(opened, leaf)


@internal
@view
def _all_final(
    previous: bytes32, terms: DynArray[epochs.PackedTerms, 16]
) -> DynArray[epochs.EpochTerms, 16]:
    opened: DynArray[epochs.EpochTerms, 16] = []
    found: bytes32 = previous
    review: uint256 = 0
    for packed: epochs.PackedTerms in terms:
        found = epochs._after(found, packed)
        review = packed.review
        opened.append(epochs._unpacked(packed))
    epochs._require_final(review, found)
    return opened


@internal
def _pay_all(opened: DynArray[epochs.EpochTerms, 16], leaves: DynArray[Leaf, 128]):
    """
    @dev Pays proven leaves to their payees, each run of one subject and asset at once, or reports why not.
    """
    start: uint256 = 0
    amount: uint256 = 0
    minimum: uint256 = 0
    for i: uint256 in range(len(leaves), bound=128):
        leaf: Leaf = leaves[i]
        t: epochs.EpochTerms = opened[leaf.terms_at]
        if i > start:
            checks._need(leaf.terms_at > leaves[i - 1].terms_at, "distributor: epochs unsorted")
        if not epochs._is_claimed(leaf.subject, t.epoch):
            amount += payouts._amount(t, leaf.subject, leaf.cred)[0]
            minimum = max(minimum, t.minimum)
        if i + 1 < len(leaves) and leaves[i + 1].subject == leaf.subject:
            if opened[leaves[i + 1].terms_at].asset == t.asset:
                continue
        payee: address = empty(address)
        reason: uint256 = 0
        payee, reason = self._verdict(leaf.subject, amount, minimum)
        payout: payouts.Payout = payouts.Payout(earmark=t.earmark, asset=t.asset, minimum=minimum, shares=[])
        for j: uint256 in range(start, i + 1, bound=16):
            booked: epochs.EpochTerms = opened[leaves[j].terms_at]
            if epochs._is_claimed(leaf.subject, booked.epoch):
                log LeafSkipped(subject=leaf.subject, epoch=booked.epoch, reason=CLAIMED_BEFORE)
            elif reason != 0:
                log LeafSkipped(subject=leaf.subject, epoch=booked.epoch, reason=reason)
            else:
                payout.shares.append(payouts._book(booked, leaf.subject, leaves[j].cred))
        payouts._send(leaf.subject, payee, payee, payout)
        start = i + 1
        amount = 0
        minimum = 0


@internal
@view
def _verdict(subject: bytes32, amount: uint256, minimum: uint256) -> (address, uint256):
    """
    @dev Whom to pay, and why a payout that somebody else starts is skipped (0: it is not). What is too small waits for more
         whoever it is for, so that comes first. The Pool and the Grain refuse to be paid.
    """
    if amount < minimum:
        return empty(address), BELOW_MINIMUM
    payee: address = payouts._payee_of(subject)
    if payee == empty(address):
        return payee, WAITING
    if payee == wiring._pool().address or payee == wiring._grain().address:
        return payee, PART_OF_THE_POOL
    return payee, 0


@internal
@view
def _root_of_list(epoch: uint256, leaves: DynArray[ListedLeaf, 512]) -> (bytes32, uint256):
    """
    @dev One pass: `hashes` and `sums` hold the finished subtree of each height, as the bits of the count so far say; what is
         left at the end is joined from the lowest up, which is what promoting odd nodes comes to.
    """
    hashes: bytes32[10] = empty(bytes32[10])
    sums: uint256[10] = empty(uint256[10])
    for i: uint256 in range(len(leaves), bound=512):
        cred: uint256 = leaves[i].cred
        checks._need(cred < sum_tree.MAX_CRED, "distributor: cred too large")
        node: bytes32 = sum_tree._leaf_hash(epoch, i, leaves[i].subject, cred)
        height: uint256 = 0
        for _: uint256 in range(10):
            if (i >> height) & 1 == 0:
                break
            node = sum_tree._node_hash(hashes[height], sums[height], node, cred)
            cred += sums[height]
            height += 1
        hashes[height] = node
        sums[height] = cred
    root: bytes32 = empty(bytes32)
    total: uint256 = 0
    for height: uint256 in range(10):
        if (len(leaves) >> height) & 1 == 1:
            if total == 0:
                root = hashes[height]
            else:
                root = sum_tree._node_hash(hashes[height], sums[height], root, total)
            total += sums[height]
    return root, total
