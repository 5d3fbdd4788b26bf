# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Claims: paying the leaves of final epochs, one person or everybody at once
@license AGPL-3.0-only
@author Millpond maintainers
@notice amount = floor(pot * cred / (total_cred - excluded)), grain likewise; both go to the subject's account, or, if she
        asks for it herself, to another. What rounding leaves stays in the pot until the epoch closes.
@dev The minimum binds whoever pays for somebody else: a payout must reach the minimum of each epoch in it. Leaves of one
     subject in one asset that are side by side in a call are one payout, so small amounts add up over epochs and nothing
     needs to be stored for it. The person herself is not bound.
     Every call brings the terms of consecutive epochs and the hash of the epoch before them, which one stored word confirms.
     The proofs of a call are one list of siblings, leaf after leaf; index and leaf count say how many belong to which, and
     none may be left over.
     Money goes out by `Pool.release`, which books a payment that fails as owed to its payee: nobody blocks a payday.
"""

from . import checks
from . import epochs
from . import maintainers
from . import pots
from . import sum_tree
from . import wiring

uses: epochs
uses: maintainers
uses: pots

struct Claim:
    terms: epochs.PackedTerms
    index: uint256
    cred: uint256           # 0: no leaf in this epoch; it only joins the epochs before and after


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


# What one leaf was paid.
struct Share:
    epoch: uint256
    amount: uint256
    grain: uint256


# What one subject is paid in one asset.
struct Payout:
    earmark: uint256
    asset: address
    minimum: uint256        # the largest of its epochs
    shares: DynArray[Share, 16]


event Claimed:
    subject: indexed(bytes32)
    payee: indexed(address)
    to: indexed(address)
    shares: DynArray[Share, 16]


event LeafSkipped:
    subject: indexed(bytes32)
    epoch: indexed(uint256)
    reason: uint256


event ShareCapped:
    subject: indexed(bytes32)
    epoch: indexed(uint256)
    excess: uint256


event EpochClosed:
    epoch: indexed(uint256)
    left_over: uint256


BPS: constant(uint256) = 10_000
# Reasons of LeafSkipped.
CLAIMED_BEFORE: constant(uint256) = 1
WAITING: constant(uint256) = 2          # no account is linked, or its link is pending
BELOW_MINIMUM: constant(uint256) = 3
PART_OF_THE_POOL: constant(uint256) = 4

# epoch -> number of a maintainer in the set of that epoch -> what her capped leaves got of the pot
_taken: HashMap[uint256, HashMap[uint256, uint256]]


@external
@view
@reentrant
def payee_of(subject: bytes32) -> address:
    """
    @notice The account a subject is paid to now: itself if it is an address, else the one linked to the identity; zero: wait.
    """
    return self._payee_of(subject)


@external
def claim(
    subject: bytes32,
    previous: bytes32,
    claims: DynArray[Claim, 16],
    proof: DynArray[sum_tree.Sibling, 224],
    to: address,
):
    """
    @notice Claim the leaves of one subject in up to 16 consecutive epochs. The payee herself to any account, at any amount;
            anybody else to the payee only, and only if each payout reaches the minimum.
    @dev Each run of epochs of one asset is one payout.
    @param subject Whose leaves: an address, left-padded, or an identity.
    @param previous Hash of the epoch before the first one (`epoch_hash_of`); zero before epoch 1.
    @param claims For each epoch in turn its packed terms (`pack_terms`), the leaf's index and cred.
    @param proof The siblings of each leaf in turn, from the leaf to the root.
    @param to Where money and grain go.
    """
    payee: address = self._payee_of(subject)
    self._require_may_name(payee, to)
    found: bytes32 = previous
    review: uint256 = 0
    for item: Claim in claims:
        found = epochs._after(found, item.terms)
        review = item.terms.review
    epochs._require_final(review, found)
    payout: Payout = empty(Payout)
    at: uint256 = 0
    for item: Claim in claims:
        if item.cred == 0:
            continue
        t: epochs.EpochTerms = epochs._unpacked(item.terms)
        node: bytes32 = sum_tree._leaf_hash(t.epoch, item.index, subject, item.cred)
        total: uint256 = item.cred
        position: uint256 = item.index
        last: uint256 = t.leaf_count - 1
        for _: uint256 in range(sum_tree.MAX_LEVELS):
            if last == 0:
                break
            if position ^ 1 <= last:
                assert at < len(proof), "distributor: proof too short"
                sibling: sum_tree.Sibling = proof[at]
                if position & 1 == 0:
                    node = keccak256(abi_encode(node, total, sibling.hash, sibling.sum))
                else:
                    node = keccak256(abi_encode(sibling.hash, sibling.sum, node, total))
                total += sibling.sum
                at = unsafe_add(at, 1)
            position >>= 1
            last >>= 1
        self._require_leaf(t, item.index, node, total)
        if len(payout.shares) == 0 or t.asset != payout.asset:
            self._send(subject, payee, to, payout)
            payout = Payout(earmark=t.earmark, asset=t.asset, minimum=0, shares=[])
        payout.minimum = max(payout.minimum, t.minimum)
        payout.shares.append(self._book(t, subject, item.cred))
    self._require_end(len(payout.shares), at, len(proof))
    self._send(subject, payee, to, payout)


@external
def claim_many(
    previous: bytes32,
    terms: DynArray[epochs.PackedTerms, 16],
    leaves: DynArray[Leaf, 128],
    proof: DynArray[sum_tree.Sibling, 1024],
):
    """
    @notice Payday over one or several consecutive epochs, with proofs. Anyone may pay everybody; money goes to the payees only.
    @dev Leaves that are claimed, without an account or below the minimum are skipped and reported (`LeafSkipped`).
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
        self._require_leaf(t, leaf.index, node, total)
    self._require_end(len(leaves), at, len(proof))
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
    @dev Skips and reports like `claim_many`.
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


@external
def close_epoch(previous: bytes32, terms: epochs.PackedTerms):
    """
    @notice Once the claims of an epoch are closed: free what nobody claimed and what rounding left, for the next pot. Anyone.
    @param previous Hash of the epoch before; zero before epoch 1.
    @param terms Packed terms of the epoch.
    """
    t: epochs.EpochTerms = epochs._final(previous, terms)
    checks._need(block.timestamp >= t.closes_at, "distributor: claims still open")
    left_over: uint256 = t.pot - epochs._paid_of(t.epoch)
    checks._need(left_over > 0, "distributor: nothing left")
    epochs._add_paid(t.epoch, t.pot, left_over)
    log EpochClosed(epoch=t.epoch, left_over=left_over)
    self._carry(t.earmark, t.asset, left_over)


@internal
@view
def _payee_of(subject: bytes32) -> address:
    number: uint256 = convert(subject, uint256)
    if number >> 160 == 0:
        return convert(number, address)
    return staticcall wiring._identity().account_of(wiring._pool().address, subject)


@internal
@view
def _require_may_name(payee: address, to: address):
    checks._need(payee != empty(address), "distributor: no account yet")
    checks._need(to != empty(address), "distributor: name a payee")
    checks._need(to == payee or msg.sender == payee, "distributor: not the payee")


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
@pure
def _require_leaf(t: epochs.EpochTerms, index: uint256, node: bytes32, total: uint256):
    """
    @dev What a followed proof must have come to.
    """
    checks._need(
        node == t.root and total == t.total_cred and index < t.leaf_count, "distributor: wrong proof"
    )


@internal
@pure
def _require_end(leaf_count: uint256, at: uint256, length: uint256):
    checks._need(leaf_count > 0, "distributor: empty claim")
    checks._need(at == length, "distributor: proof too long")


@internal
@view
def _amount(t: epochs.EpochTerms, subject: bytes32, cred: uint256) -> (uint256, uint256, uint256):
    """
    @dev What a leaf gets of the pot; what a maintainer's cap takes off it; her number (0: no cap applies).
    """
    amount: uint256 = epochs._part(t.pot, cred, t.total_cred - t.excluded)
    if t.signer_cap_bps == BPS:
        return amount, 0, 0
    maintainer: uint256 = maintainers._number_of(t.maintainers_version, subject)
    if maintainer == 0:
        return amount, 0, 0
    room: uint256 = t.pot * t.signer_cap_bps // BPS - self._taken[t.epoch][maintainer]
    capped: uint256 = min(amount, room)
    return capped, amount - capped, maintainer


@internal
def _book(t: epochs.EpochTerms, subject: bytes32, cred: uint256) -> Share:
    """
    @dev Books a proven leaf as paid. What the cap takes goes to carry at once.
    """
    checks._need(block.timestamp < t.closes_at, "distributor: claims are closed")
    epochs._mark_claimed(subject, t.epoch)
    amount: uint256 = 0
    excess: uint256 = 0
    maintainer: uint256 = 0
    amount, excess, maintainer = self._amount(t, subject, cred)
    epochs._add_paid(t.epoch, t.pot, amount + excess)
    if maintainer > 0:
        self._taken[t.epoch][maintainer] += amount
    if excess > 0:
        log ShareCapped(subject=subject, epoch=t.epoch, excess=excess)
        self._carry(t.earmark, t.asset, excess)
    grain: uint256 = epochs._part(t.grain_per_epoch, cred, t.total_cred - t.excluded)
    return Share(epoch=t.epoch, amount=amount, grain=grain)


@internal
def _carry(earmark: uint256, asset: address, amount: uint256):
    pots._set_carry(asset, pots._carry[asset] + amount)
    extcall wiring._pool().unreserve(earmark, asset, amount)


@internal
def _send(subject: bytes32, payee: address, to: address, payout: Payout):
    """
    @dev Moves what was booked. Only the payee herself may start a payout below the minimum.
    """
    if len(payout.shares) == 0:
        return
    amount: uint256 = 0
    grain: uint256 = 0
    for share: Share in payout.shares:
        amount += share.amount
        grain += share.grain
    if msg.sender != payee:
        checks._need(amount >= payout.minimum, "distributor: below minimum")
    log Claimed(subject=subject, payee=payee, to=to, shares=payout.shares)
    if amount > 0:
        extcall wiring._pool().release(payout.earmark, payout.asset, to, amount)
    if grain > 0:
        extcall wiring._grain().mint(to, grain)


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
            amount += self._amount(t, leaf.subject, leaf.cred)[0]
            minimum = max(minimum, t.minimum)
        if i + 1 < len(leaves) and leaves[i + 1].subject == leaf.subject:
            if opened[leaves[i + 1].terms_at].asset == t.asset:
                continue
        payee: address = self._payee_of(leaf.subject)
        reason: uint256 = self._reason(payee, amount, minimum)
        payout: Payout = Payout(earmark=t.earmark, asset=t.asset, minimum=minimum, shares=[])
        for j: uint256 in range(start, i + 1, bound=16):
            booked: epochs.EpochTerms = opened[leaves[j].terms_at]
            if epochs._is_claimed(leaf.subject, booked.epoch):
                log LeafSkipped(subject=leaf.subject, epoch=booked.epoch, reason=CLAIMED_BEFORE)
            elif reason != 0:
                log LeafSkipped(subject=leaf.subject, epoch=booked.epoch, reason=reason)
            else:
                payout.shares.append(self._book(booked, leaf.subject, leaves[j].cred))
        self._send(leaf.subject, payee, payee, payout)
        start = i + 1
        amount = 0
        minimum = 0


@internal
@view
def _reason(payee: address, amount: uint256, minimum: uint256) -> uint256:
    """
    @dev Why a payout that somebody else starts is skipped; 0: it is not. What is too small waits for more whoever it is for,
         so that is said first. The Pool and the Grain refuse to be paid.
    """
    if amount < minimum:
        return BELOW_MINIMUM
    if payee == empty(address):
        return WAITING
    if payee == wiring._pool().address or payee == wiring._grain().address:
        return PART_OF_THE_POOL
    return 0


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
