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
from ..interfaces import IPool
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


# A leaf of a subject whose other leaves are still to come.
struct Pending:
    terms_at: uint256
    due: payouts.Due
    reason: uint256


# The neighbours that a payday needs, read from the clone's code once.
struct Parts:
    pool: IPool
    grain: address


# One leaf that a payday paid, in three words, since there are many of them.
struct PaidLeaf:
    subject: bytes32
    payment: uint256        # amount in the asset's smallest unit << 160 | payee
    grain: uint256          # grain in its smallest unit << 160 | epoch


event PaidOut:
    leaves: DynArray[PaidLeaf, 128]


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
TOO_LARGE: constant(uint256) = 6        # 2^96 units or more: `claim` pays it, one payout for itself


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
        if leaf.terms_at >= len(opened):
            checks._refuse("distributor: no such terms")
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
    payouts._require_open(t.closes_at)
    root: bytes32 = empty(bytes32)
    total: uint256 = 0
    root, total = staticcall desk._clerk().root_of_list(self, t.epoch, leaves)
    checks._need(
        root == t.root and total == t.total_cred and len(leaves) == t.leaf_count,
        "distributor: not the full list",
    )
    checks._need(first < end and end <= len(leaves), "distributor: bad part of list")
    parts: Parts = self._parts()
    divisor: uint256 = t.total_cred - t.excluded
    page: uint256 = t.epoch >> 8
    bit: uint256 = 1 << (t.epoch & 255)
    paid: DynArray[PaidLeaf, 128] = []
    batch: DynArray[uint256, 128] = []
    grants: DynArray[uint256, 128] = []
    spent: uint256 = 0
    carried: uint256 = 0
    for i: uint256 in range(first, end, bound=512):
        leaf: IClerk.ListedLeaf = leaves[i]
        amount: uint256 = epochs._part(t.pot, leaf.cred, divisor)
        excess: uint256 = 0
        if t.signer_cap_bps != payouts.BPS:
            excess = payouts._over_cap(t, leaf.subject, amount)
            amount -= excess
        payee: address = empty(address)
        reason: uint256 = 0
        payee, reason = self._payee(parts, leaf.subject, amount, t.minimum)
        word: uint256 = epochs._claimed[leaf.subject][page]
        if word & bit != 0:
            reason = CLAIMED_BEFORE
        elif t.excluded > 0:
            if epochs._is_struck(t, leaf.subject, i):
                reason = STRUCK_OUT
        if reason != 0:
            log LeafSkipped(subject=leaf.subject, epoch=t.epoch, reason=reason)
            continue
        epochs._claimed[leaf.subject][page] = word | bit
        spent += amount
        if t.signer_cap_bps != payouts.BPS:
            payouts._take(t, leaf.subject, amount, excess)
            carried += excess
        to: uint256 = convert(payee, uint256)
        grain: uint256 = epochs._part(t.grain_per_epoch, leaf.cred, divisor) << 160
        paid.append(PaidLeaf(subject=leaf.subject, payment=amount << 160 | to, grain=grain | t.epoch))
        batch.append(amount << 160 | to)
        if grain > 0:
            grants.append(grain | to)
        # as many as the Pool takes at once
        if len(batch) == 128:
            self._send(parts, t, paid, batch, grants)
            paid = []
            batch = []
            grants = []
    epochs._add_paid(t.epoch, t.pot, spent + carried)
    if carried > 0:
        payouts._carry(t.earmark, t.asset, carried)
    self._send(parts, t, paid, batch, grants)


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
    parts: Parts = self._parts()
    of: epochs.EpochTerms = opened[leaves[0].terms_at]
    paid: DynArray[PaidLeaf, 128] = []
    batch: DynArray[uint256, 128] = []
    grants: DynArray[uint256, 128] = []
    spent: uint256[16] = empty(uint256[16])
    carried: uint256 = 0
    pending: DynArray[Pending, 16] = []
    amount: uint256 = 0
    minimum: uint256 = 0
    for i: uint256 in range(len(leaves), bound=128):
        leaf: Leaf = leaves[i]
        t: epochs.EpochTerms = opened[leaf.terms_at]
        if t.asset != of.asset or t.earmark != of.earmark:
            checks._refuse("distributor: several assets")
        if len(pending) > 0:
            checks._need(leaf.terms_at > leaves[i - 1].terms_at, "distributor: epochs unsorted")
        due: payouts.Due = payouts._due(t, leaf.subject, leaf.cred)
        why: uint256 = self._unpayable(t, leaf)
        if why == 0:
            amount += due.amount
            minimum = max(minimum, t.minimum)
        pending.append(Pending(terms_at=leaf.terms_at, due=due, reason=why))
        if i + 1 < len(leaves) and leaves[i + 1].subject == leaf.subject:
            continue
        payee: address = empty(address)
        reason: uint256 = 0
        payee, reason = self._payee(parts, leaf.subject, amount, minimum)
        to: uint256 = convert(payee, uint256)
        grain: uint256 = 0
        for each: Pending in pending:
            due = each.due
            epoch: uint256 = opened[each.terms_at].epoch
            why = each.reason
            if why == 0:
                why = reason
            if why != 0:
                log LeafSkipped(subject=leaf.subject, epoch=epoch, reason=why)
                continue
            epochs._mark_claimed(leaf.subject, epoch)
            if opened[each.terms_at].signer_cap_bps != payouts.BPS:
                payouts._take(opened[each.terms_at], leaf.subject, due.amount, due.excess)
            paid.append(
                PaidLeaf(subject=leaf.subject, payment=due.amount << 160 | to, grain=due.grain << 160 | epoch)
            )
            spent[each.terms_at] += due.amount + due.excess
            carried += due.excess
            grain += due.grain
        if grain > 0:
            grants.append(grain << 160 | to)
        if reason == 0 and amount > 0:
            batch.append(amount << 160 | to)
        pending = []
        amount = 0
        minimum = 0
    for i: uint256 in range(len(opened), bound=16):
        if spent[i] > 0:
            payouts._require_open(opened[i].closes_at)
            epochs._add_paid(opened[i].epoch, opened[i].pot, spent[i])
    if carried > 0:
        payouts._carry(of.earmark, of.asset, carried)
    self._send(parts, of, paid, batch, grants)


@internal
def _send(
    parts: Parts,
    t: epochs.EpochTerms,
    paid: DynArray[PaidLeaf, 128],
    batch: DynArray[uint256, 128],
    grants: DynArray[uint256, 128],
):
    """
    @dev Grain calls nobody; a payment may. Whoever is called then sees all of it done.
    """
    if len(paid) > 0:
        log PaidOut(leaves=paid)
    if len(grants) > 0:
        minted: bool = raw_call(
            parts.grain,
            abi_encode(grants, method_id=method_id("mint_many(uint256[])")),
            revert_on_failure=False,
        )
        checks._need(minted, "distributor: grain is halted")
    if len(batch) > 0:
        extcall parts.pool.release_many(t.earmark, t.asset, batch)


@internal
@view
def _parts() -> Parts:
    return Parts(pool=wiring._pool(), grain=wiring._grain().address)


@internal
@view
def _unpayable(t: epochs.EpochTerms, leaf: Leaf) -> uint256:
    """
    @dev Why this leaf is never paid (again); 0: it is not so. One without cred must not stand for another of its subject.
    """
    if leaf.cred == 0:
        return BELOW_MINIMUM
    if epochs._is_claimed(leaf.subject, t.epoch):
        return CLAIMED_BEFORE
    if t.excluded > 0:
        if epochs._is_struck(t, leaf.subject, leaf.index):
            return STRUCK_OUT
    return 0


@internal
@view
def _payee(parts: Parts, subject: bytes32, amount: uint256, minimum: uint256) -> (address, uint256):
    """
    @dev Whom to pay, and why a payout that somebody else starts is skipped (0: it is not). What is too small waits for more
         whoever it is for, so that comes first. The Pool and the Grain refuse to be paid.
    """
    if amount < minimum:
        return empty(address), BELOW_MINIMUM
    if amount >> 96 != 0:
        return empty(address), TOO_LARGE
    payee: address = payouts._payee_of(subject)
    if payee == empty(address):
        return payee, WAITING
    if payee == parts.pool.address or payee == parts.grain:
        return payee, PART_OF_THE_POOL
    return payee, 0
