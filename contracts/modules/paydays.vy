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


# A leaf of a subject whose other leaves are still to come.
struct Pending:
    terms_at: uint256
    due: payouts.Due
    reason: uint256


# What becomes of a payout.
struct Verdict:
    to: uint256             # the payee's address
    reason: uint256         # why it is skipped; 0: it is not


# All leaves of one subject.
struct Payout:
    amount: uint256
    grain: uint256
    minimum: uint256        # the largest of their epochs'


# What a payday needs again and again: neighbours, read from the clone's code once, and an epoch's place among claims.
struct Parts:
    pool: address
    grain: address
    divisor: uint256        # cred that counts
    page: uint256
    bit: uint256


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
TOO_LARGE: constant(uint256) = 6        # 2^96 units of money or grain, or more: `claim` pays it


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
    @dev Skips and reports like `claim_many`; sends as many payments at once as the Pool takes. Reverts unless this is the
         whole list of a final epoch, for an empty part of it, and after the claims closed.
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
    whole: bool = root == t.root and total == t.total_cred and len(leaves) == t.leaf_count
    checks._need(whole, "distributor: not the full list")
    checks._need(first < end and end <= len(leaves), "distributor: bad part of list")
    parts: Parts = self._parts(t)
    paid: DynArray[PaidLeaf, 128] = []
    batch: DynArray[uint256, 128] = []
    grants: DynArray[uint256, 128] = []
    spent: uint256 = 0
    carried: uint256 = 0
    for i: uint256 in range(first, end, bound=512):
        leaf: IClerk.ListedLeaf = leaves[i]
        amount: uint256 = epochs._part(t.pot, leaf.cred, parts.divisor)
        excess: uint256 = 0 if t.signer_cap_bps == payouts.BPS else payouts._over_cap(t, leaf.subject, amount)
        amount -= excess
        verdict: Verdict = self._payee(parts.pool, parts.grain, leaf.subject, amount, t.minimum)
        claimed: uint256 = epochs._claimed[leaf.subject][parts.page]
        if claimed & parts.bit != 0:
            verdict.reason = CLAIMED_BEFORE
        elif t.excluded > 0 and epochs._is_struck(t, leaf.subject, i):
            verdict.reason = STRUCK_OUT
        if verdict.reason != 0:
            log LeafSkipped(subject=leaf.subject, epoch=t.epoch, reason=verdict.reason)
            continue
        epochs._claimed[leaf.subject][parts.page] = claimed | parts.bit
        spent = unsafe_add(spent, amount)
        if t.signer_cap_bps != payouts.BPS:
            payouts._take(t, leaf.subject, amount, excess)
            carried += excess
        grain: uint256 = epochs._part(t.grain_per_epoch, leaf.cred, parts.divisor) << 160
        paid.append(PaidLeaf(subject=leaf.subject, payment=amount << 160 | verdict.to, grain=grain | t.epoch))
        batch.append(amount << 160 | verdict.to)
        if grain > 0:
            grants.append(grain | verdict.to)
        if len(batch) == 128:
            self._send(t, paid, batch, grants)
            paid = []
            batch = []
            grants = []
    self._close(t, spent, carried)
    self._send(t, paid, batch, grants)


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
    of: epochs.EpochTerms = opened[leaves[0].terms_at]
    parts: Parts = self._parts(of)
    paid: DynArray[PaidLeaf, 128] = []
    batch: DynArray[uint256, 128] = []
    grants: DynArray[uint256, 128] = []
    spent: uint256[16] = empty(uint256[16])
    carried: uint256 = 0
    pending: DynArray[Pending, 16] = []
    payout: Payout = empty(Payout)
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
            payout.amount += due.amount
            payout.grain += due.grain
            payout.minimum = max(payout.minimum, t.minimum)
        pending.append(Pending(terms_at=leaf.terms_at, due=due, reason=why))
        if i + 1 < len(leaves) and leaves[i + 1].subject == leaf.subject:
            continue
        verdict: Verdict = self._payee(parts.pool, parts.grain, leaf.subject, payout.amount, payout.minimum)
        if verdict.reason == 0 and payout.grain >> 96 != 0:
            verdict.reason = TOO_LARGE
        for each: Pending in pending:
            why = each.reason if each.reason != 0 else verdict.reason
            if why != 0:
                log LeafSkipped(subject=leaf.subject, epoch=opened[each.terms_at].epoch, reason=why)
                continue
            paid.append(self._booked(opened[each.terms_at], leaf.subject, each.due, verdict.to))
            spent[each.terms_at] += each.due.amount + each.due.excess
            carried += each.due.excess
        if verdict.reason == 0 and payout.amount > 0:
            batch.append(payout.amount << 160 | verdict.to)
            if payout.grain > 0:
                grants.append(payout.grain << 160 | verdict.to)
        pending = []
        payout = empty(Payout)
    self._add_all_paid(opened, spent)
    self._set_aside(of, carried)
    self._send(of, paid, batch, grants)


@internal
def _booked(t: epochs.EpochTerms, subject: bytes32, due: payouts.Due, to: uint256) -> PaidLeaf:
    """
    @dev One proven leaf is paid from now on.
    """
    payouts._require_open(t.closes_at)
    epochs._mark_claimed(subject, t.epoch)
    if t.signer_cap_bps != payouts.BPS:
        payouts._take(t, subject, due.amount, due.excess)
    return PaidLeaf(subject=subject, payment=due.amount << 160 | to, grain=due.grain << 160 | t.epoch)


@internal
def _add_all_paid(opened: DynArray[epochs.EpochTerms, 16], spent: uint256[16]):
    for i: uint256 in range(len(opened), bound=16):
        if spent[i] > 0:
            epochs._add_paid(opened[i].epoch, opened[i].pot, spent[i])


@internal
def _close(t: epochs.EpochTerms, spent: uint256, carried: uint256):
    epochs._add_paid(t.epoch, t.pot, spent + carried)
    self._set_aside(t, carried)


@internal
def _set_aside(t: epochs.EpochTerms, carried: uint256):
    if carried > 0:
        payouts._carry(t.earmark, t.asset, carried)


@internal
def _send(
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
        extcall wiring._grain().mint_many(grants)
    if len(batch) > 0:
        extcall wiring._pool().release_many(t.earmark, t.asset, batch)


@internal
@view
def _parts(t: epochs.EpochTerms) -> Parts:
    return Parts(
        pool=wiring._pool().address,
        grain=wiring._grain().address,
        divisor=t.total_cred - t.excluded,
        page=t.epoch >> 8,
        bit=1 << (t.epoch & 255),
    )


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
def _payee(pool: address, grain: address, subject: bytes32, amount: uint256, minimum: uint256) -> Verdict:
    """
    @dev Whom to pay, and why a payout that somebody else starts is skipped. What is too small waits for more whoever it is
         for, so that comes first. The Pool and the Grain refuse to be paid.
    """
    if amount < minimum:
        return Verdict(to=0, reason=BELOW_MINIMUM)
    if amount >> 96 != 0:
        return Verdict(to=0, reason=TOO_LARGE)
    payee: address = payouts._payee_of(subject)
    if payee == empty(address):
        return Verdict(to=0, reason=WAITING)
    if payee == pool or payee == grain:
        return Verdict(to=0, reason=PART_OF_THE_POOL)
    return Verdict(to=convert(payee, uint256), reason=0)
