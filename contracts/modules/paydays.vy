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

from ..interfaces import IClerk
from . import checks
from . import desk
from . import epochs
from . import payouts
from . import sum_tree
from . import wiring

uses: desk
uses: epochs
uses: payouts

# A leaf of a payday over several epochs.
struct Leaf:
    subject: bytes32
    terms_at: uint256       # place of its epoch in the list of terms, from 0
    index: uint256
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
STRUCK_OUT: constant(uint256) = 5       # in the review


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
        node: bytes32 = sum_tree._leaf_hash(self, t.epoch, leaf.index, leaf.subject, leaf.cred)
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
        sum_tree._require_ends_in(t.root, t.total_cred, t.leaf_count, leaf.index, node, total)
    sum_tree._require_end(len(leaves), at, len(proof))
    self._pay_all(opened, leaves)


@external
def payday(
    previous: bytes32,
    terms: epochs.PackedTerms,
    leaves: DynArray[IClerk.ListedLeaf, 512],
    first: uint256,
    end: uint256,
):
    """
    @notice Payday of one epoch without proofs: the whole list is the proof, since the contract computes the root again.
            Anyone; for circles of up to 512, in parts if one transaction does not hold them all.
    @dev Skips and reports like `claim_many`. Reverts unless this is the whole list of a final epoch, for an empty part
         of it, and after the claims closed.
    @param previous Hash of the epoch before; zero before epoch 1.
    @param terms Packed terms of the epoch.
    @param leaves All leaves of the epoch, in order.
    @param first Place of the first leaf to pay, from 0.
    @param end Place behind the last leaf to pay.
    """
    t: epochs.EpochTerms = epochs._final(previous, terms)
    root: bytes32 = empty(bytes32)
    total: uint256 = 0
    root, total = staticcall desk._clerk().root_of_list(self, t.epoch, leaves)
    checks._need(
        root == t.root and total == t.total_cred and len(leaves) == t.leaf_count,
        "distributor: not the full list",
    )
    checks._need(first < end and end <= len(leaves), "distributor: bad part of list")
    payments: DynArray[uint256, 256] = []
    for i: uint256 in range(first, end, bound=512):
        # as many as the Pool takes at once
        if len(payments) == 256:
            self._send(t, payments)
            payments = []
        payment: uint256 = self._pay_listed(t, leaves[i].subject, leaves[i].cred)
        if payment != 0:
            payments.append(payment)
    self._send(t, payments)


@internal
def _pay_listed(t: epochs.EpochTerms, subject: bytes32, cred: uint256) -> uint256:
    """
    @dev One leaf of a list. Returns what is to be sent as `release_many` takes it, 0 for nothing.
    """
    reason: uint256 = self._unpayable(t, subject)
    payee: address = empty(address)
    if reason == 0:
        payee, reason = self._payee(subject, payouts._amount(t, subject, cred)[0], t.minimum)
    if reason != 0:
        log LeafSkipped(subject=subject, epoch=t.epoch, reason=reason)
        return 0
    share: payouts.Share = payouts._book(t, subject, cred)
    amount: uint256 = payouts._credit(subject, payee, payee, [share], 0)
    return self._to_send(t, payee, amount)


@internal
def _to_send(t: epochs.EpochTerms, payee: address, amount: uint256) -> uint256:
    """
    @dev A payment as `release_many` takes it, 0 for none. What does not fit into it is sent at once.
    """
    if amount == 0:
        return 0
    if amount >> 96 != 0:
        extcall wiring._pool().release(t.earmark, t.asset, payee, amount)
        return 0
    return amount << 160 | convert(payee, uint256)


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
    @dev Pays proven leaves to their payees, all leaves of a subject at once, or reports why not.
    """
    payments: DynArray[uint256, 128] = []
    start: uint256 = 0
    amount: uint256 = 0
    minimum: uint256 = 0
    for i: uint256 in range(len(leaves), bound=128):
        subject: bytes32 = leaves[i].subject
        t: epochs.EpochTerms = opened[leaves[i].terms_at]
        same: bool = t.asset == opened[leaves[0].terms_at].asset and t.earmark == opened[leaves[0].terms_at].earmark
        checks._need(same, "distributor: several assets")
        if i > start:
            checks._need(leaves[i].terms_at > leaves[i - 1].terms_at, "distributor: epochs unsorted")
        if self._unpayable(t, subject) == 0:
            amount += payouts._amount(t, subject, leaves[i].cred)[0]
            minimum = max(minimum, t.minimum)
        if i + 1 < len(leaves) and leaves[i + 1].subject == subject:
            continue
        payee: address = empty(address)
        reason: uint256 = 0
        payee, reason = self._payee(subject, amount, minimum)
        shares: DynArray[payouts.Share, 16] = []
        for j: uint256 in range(start, i + 1, bound=16):
            booked: epochs.EpochTerms = opened[leaves[j].terms_at]
            before: uint256 = self._unpayable(booked, subject)
            if before != 0 or reason != 0:
                log LeafSkipped(subject=subject, epoch=booked.epoch, reason=before if before != 0 else reason)
            else:
                shares.append(payouts._book(booked, subject, leaves[j].cred))
        if len(shares) > 0:
            credit: uint256 = payouts._credit(subject, payee, payee, shares, 0)
            payment: uint256 = self._to_send(t, payee, credit)
            if payment != 0:
                payments.append(payment)
        start = i + 1
        amount = 0
        minimum = 0
    self._send(opened[leaves[0].terms_at], payments)


@internal
def _send(t: epochs.EpochTerms, payments: DynArray[uint256, 256]):
    """
    @dev Grain calls nobody; a payment may. Whoever is called then sees all of it done.
    """
    if len(payments) > 0:
        extcall wiring._pool().release_many(t.earmark, t.asset, payments)


@internal
@view
def _unpayable(t: epochs.EpochTerms, subject: bytes32) -> uint256:
    """
    @dev Why this leaf is never paid (again); 0: it is not so.
    """
    if epochs._is_claimed(subject, t.epoch):
        return CLAIMED_BEFORE
    if epochs._is_struck(t, subject):
        return STRUCK_OUT
    return 0


@internal
@view
def _payee(subject: bytes32, amount: uint256, minimum: uint256) -> (address, uint256):
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
