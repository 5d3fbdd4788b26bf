# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Claims: paying the leaves of final epochs, one person or everybody at once
@license AGPL-3.0-only
@author Millpond maintainers
@notice amount = floor(pot * cred / (total_cred - excluded)), grain likewise; both go to the subject's account, or, if she
        asks for it herself, to another. What rounding leaves stays in the pot until the epoch closes.
@dev The minimum binds whoever pays for somebody else: a payout must reach the minimum of each epoch in it. Amounts of one
     subject in one asset that are side by side in a call are one payout, so small amounts add up over epochs and nothing
     needs to be stored for it. The person herself is not bound.
     Proofs of a call are one list of words, hash and sum of each sibling, leaf after leaf in the order of the leaves: index
     and leaf count say how many words belong to which, and no word may be left over.
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
    cred: uint256


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


# What one proven leaf is to be paid, not yet booked.
struct Due:
    epoch: uint256
    earmark: uint256
    asset: address
    pot: uint256
    minimum: uint256
    amount: uint256
    grain: uint256
    excess: uint256         # over a maintainer's cap: goes to carry
    maintainer: uint256     # her number if the cap applies to this leaf; 0: it does not


event Claimed:
    subject: indexed(bytes32)
    epoch: indexed(uint256)
    payee: indexed(address)
    to: address
    amount: uint256
    grain: uint256


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
def claim(subject: bytes32, claims: DynArray[Claim, 16], proof: DynArray[bytes32, 512], to: address):
    """
    @notice Claim the leaves of one subject in up to 16 final epochs. The payee herself to any account, at any amount;
            anybody else to the payee only, and only if each payout reaches the minimum.
    @dev Keep epochs of one asset side by side: each run of one asset is one payout.
    @param subject Whose leaves: an address, left-padded, or an identity.
    @param claims For each epoch its packed terms (`pack_terms`), the leaf's index and cred.
    @param proof For each claim in turn hash and sum of each sibling, from the leaf to the root.
    @param to Where money and grain go.
    """
    payee: address = self._payee_of(subject)
    checks._need(payee != empty(address), "distributor: no account yet")
    self._require_may_name(payee, to)
    dues: DynArray[Due, 16] = []
    at: uint256 = sum_tree._list_at(2)
    end: uint256 = at + 32 * len(proof)
    for item: Claim in claims:
        terms: epochs.EpochTerms = epochs._claimable(item.terms)
        at = self._after_proof(terms, item.index, subject, item.cred, at, end)
        if len(dues) > 0 and dues[0].asset != terms.asset:
            self._pay(subject, payee, to, dues)
            dues = []
        dues.append(self._due(terms, subject, item.cred))
    self._require_end(at, end)
    checks._need(len(dues) > 0, "distributor: empty claim")
    self._pay(subject, payee, to, dues)


@external
def claim_many(
    terms: DynArray[epochs.PackedTerms, 16], leaves: DynArray[Leaf, 256], proof: DynArray[bytes32, 2048]
):
    """
    @notice Payday over one or several epochs, with proofs. Anyone may pay everybody; money goes to the payees only.
    @dev Leaves that are claimed, without an account or below the minimum are skipped and reported (`LeafSkipped`). Leaves of
         one subject in one asset that are side by side are one payout.
    @param terms Packed terms of the epochs, ascending.
    @param leaves Subject, place of its terms, index and cred; a subject's epochs ascending.
    @param proof For each leaf in turn hash and sum of each sibling, from the leaf to the root.
    """
    opened: DynArray[epochs.EpochTerms, 16] = self._all_claimable(terms)
    subject: bytes32 = empty(bytes32)
    dues: DynArray[Due, 16] = []
    at: uint256 = sum_tree._list_at(2)
    end: uint256 = at + 32 * len(proof)
    for leaf: Leaf in leaves:
        checks._need(leaf.terms_at < len(opened), "distributor: no such terms")
        t: epochs.EpochTerms = opened[leaf.terms_at]
        at = self._after_proof(t, leaf.index, leaf.subject, leaf.cred, at, end)
        if leaf.subject != subject or (len(dues) > 0 and dues[0].asset != t.asset):
            self._pay_or_skip(subject, dues)
            subject = leaf.subject
            dues = []
        if epochs._is_claimed(subject, t.epoch):
            log LeafSkipped(subject=subject, epoch=t.epoch, reason=CLAIMED_BEFORE)
        else:
            dues.append(self._due(t, subject, leaf.cred))
    self._require_end(at, end)
    self._pay_or_skip(subject, dues)


@external
def payday(terms: epochs.PackedTerms, leaves: DynArray[ListedLeaf, 512], first: uint256, end: uint256):
    """
    @notice Payday of one epoch without proofs: the whole list is the proof, since the contract computes the root again.
            Anyone; for circles of up to 512, in parts if one transaction does not hold them all.
    @dev Skips and reports like `claim_many`.
    @param terms Packed terms of the epoch.
    @param leaves All leaves of the epoch, in order.
    @param first Place of the first leaf to pay, from 0.
    @param end Place behind the last leaf to pay.
    """
    t: epochs.EpochTerms = epochs._claimable(terms)
    root: bytes32 = empty(bytes32)
    total: uint256 = 0
    root, total = self._root_of_list(t.epoch, leaves)
    checks._need(
        root == t.root and total == t.total_cred and len(leaves) == t.leaf_count,
        "distributor: not the full list",
    )
    checks._need(first < end and end <= len(leaves), "distributor: bad part of list")
    for i: uint256 in range(first, end, bound=512):
        leaf: ListedLeaf = leaves[i]
        if epochs._is_claimed(leaf.subject, t.epoch):
            log LeafSkipped(subject=leaf.subject, epoch=t.epoch, reason=CLAIMED_BEFORE)
        else:
            dues: DynArray[Due, 16] = [self._due(t, leaf.subject, leaf.cred)]
            self._pay_or_skip(leaf.subject, dues)


@external
def close_epoch(terms: epochs.PackedTerms):
    """
    @notice Once the claims of an epoch are closed: free what nobody claimed and what rounding left, for the next pot. Anyone.
    @param terms Packed terms of the epoch.
    """
    t: epochs.EpochTerms = epochs._final(terms)
    checks._need(block.timestamp >= t.closes_at, "distributor: claims still open")
    left_over: uint256 = t.pot - epochs._paid_of(t.epoch)
    checks._need(left_over > 0, "distributor: nothing left")
    epochs._add_paid(t.epoch, t.pot, left_over)
    pots._set_carry(t.asset, pots._carry[t.asset] + left_over)
    log EpochClosed(epoch=t.epoch, left_over=left_over)
    extcall wiring._pool().unreserve(t.earmark, t.asset, left_over)


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
    checks._need(to != empty(address), "distributor: name a payee")
    if msg.sender != payee:
        checks._need(to == payee, "distributor: not the payee")
        checks._need(not wiring._is_part(payee), "distributor: no such payee")


@internal
@view
def _all_claimable(terms: DynArray[epochs.PackedTerms, 16]) -> DynArray[epochs.EpochTerms, 16]:
    opened: DynArray[epochs.EpochTerms, 16] = []
    last: uint256 = 0
    for packed: epochs.PackedTerms in terms:
        t: epochs.EpochTerms = epochs._claimable(packed)
        checks._need(t.epoch > last, "distributor: terms unsorted")
        last = t.epoch
        opened.append(t)
    return opened


@internal
@view
def _after_proof(
    t: epochs.EpochTerms, index: uint256, subject: bytes32, cred: uint256, start: uint256, end: uint256
) -> uint256:
    return sum_tree._after_proof(
        t.epoch, t.root, t.total_cred, t.leaf_count, index, subject, cred, start, end
    )


@internal
@pure
def _require_end(at: uint256, end: uint256):
    checks._need(at == end, "distributor: proof too long")


@internal
@view
def _due(terms: epochs.EpochTerms, subject: bytes32, cred: uint256) -> Due:
    amount: uint256 = 0
    grain: uint256 = 0
    amount, grain = epochs._shares(terms, cred)
    excess: uint256 = 0
    maintainer: uint256 = 0
    if terms.signer_cap_bps < BPS:
        maintainer = maintainers._number_of(terms.maintainers_version, subject)
        if maintainer > 0:
            room: uint256 = terms.pot * terms.signer_cap_bps // BPS - self._taken[terms.epoch][maintainer]
            excess = amount - min(amount, room)
            amount -= excess
    return Due(
        epoch=terms.epoch,
        earmark=terms.earmark,
        asset=terms.asset,
        pot=terms.pot,
        minimum=terms.minimum,
        amount=amount,
        grain=grain,
        excess=excess,
        maintainer=maintainer,
    )


@internal
def _pay_or_skip(subject: bytes32, dues: DynArray[Due, 16]):
    """
    @dev A payout that somebody else started: to the payee if there is one and the sum is worth it, else reported.
    """
    if len(dues) == 0:
        return
    payee: address = self._payee_of(subject)
    reason: uint256 = 0
    if payee == empty(address):
        reason = WAITING
    elif wiring._is_part(payee):
        reason = PART_OF_THE_POOL
    elif not self._reaches_minimum(dues):
        reason = BELOW_MINIMUM
    if reason == 0:
        self._pay_out(subject, payee, payee, dues)
        return
    for due: Due in dues:
        log LeafSkipped(subject=subject, epoch=due.epoch, reason=reason)


@internal
def _pay(subject: bytes32, payee: address, to: address, dues: DynArray[Due, 16]):
    if msg.sender != payee:
        checks._need(self._reaches_minimum(dues), "distributor: below minimum")
    self._pay_out(subject, payee, to, dues)


@internal
def _pay_out(subject: bytes32, payee: address, to: address, dues: DynArray[Due, 16]):
    """
    @dev Books everything, then moves it: what the cap took back to the pot earmark, money and grain to `to`.
    """
    amount: uint256 = 0
    grain: uint256 = 0
    excess: uint256 = 0
    for due: Due in dues:
        self._book(subject, payee, to, due)
        amount += due.amount
        grain += due.grain
        excess += due.excess
    earmark: uint256 = dues[0].earmark
    asset: address = dues[0].asset
    if excess > 0:
        pots._set_carry(asset, pots._carry[asset] + excess)
        extcall wiring._pool().unreserve(earmark, asset, excess)
    if amount > 0:
        extcall wiring._pool().release(earmark, asset, to, amount)
    if grain > 0:
        extcall wiring._grain().mint(to, grain)


@internal
def _book(subject: bytes32, payee: address, to: address, due: Due):
    epochs._mark_claimed(subject, due.epoch)
    epochs._add_paid(due.epoch, due.pot, due.amount + due.excess)
    if due.maintainer > 0:
        self._taken[due.epoch][due.maintainer] += due.amount
    if due.excess > 0:
        log ShareCapped(subject=subject, epoch=due.epoch, excess=due.excess)
    log Claimed(subject=subject, epoch=due.epoch, payee=payee, to=to, amount=due.amount, grain=due.grain)


@internal
@pure
def _reaches_minimum(dues: DynArray[Due, 16]) -> bool:
    amount: uint256 = 0
    minimum: uint256 = 0
    for due: Due in dues:
        amount += due.amount
        minimum = max(minimum, due.minimum)
    return amount >= minimum


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
