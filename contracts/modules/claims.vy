# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Claims: one person, one or several epochs
@license AGPL-3.0-only
@author Millpond maintainers
@notice Whoever claims brings the terms of consecutive epochs, the hash of the epoch before them (one stored word confirms
        them all) and the proof of each leaf.
@dev The proofs of a call are one list of siblings, leaf after leaf; index and leaf count say how many belong to which, and
     none may be left over.
"""

from . import checks
from . import epochs
from . import payouts
from . import sum_tree
from . import wiring

uses: epochs
uses: payouts

struct Claim:
    terms: epochs.PackedTerms
    index: uint256
    cred: uint256           # 0: no leaf in this epoch; it only joins the epochs before and after


# Epochs of one asset that are side by side: one payout.
struct Run:
    earmark: uint256
    asset: address
    minimum: uint256        # the largest of them


@external
def claim(
    subject: bytes32, previous: bytes32, claims: DynArray[Claim, 16], proof: DynArray[sum_tree.Sibling, 128], to: address
):
    """
    @notice Claim the leaves of one subject in up to 16 consecutive epochs. The payee herself to any account, at any amount;
            anybody else to the payee only, and only if each payout reaches the minimum.
    @dev Each run of epochs of one asset is one payout. Reverts while no account is linked to the subject, for terms that
         are no final epochs', for a wrong proof, a leaf that was claimed before, and after the claims of an epoch closed.
    @param subject Whose leaves: an address, left-padded, or an identity.
    @param previous Hash of the epoch before the first one (`epoch_hash_of`); zero before epoch 1.
    @param claims For each epoch in turn its packed terms (`pack_terms`), the leaf's index and cred.
    @param proof The siblings of each leaf in turn, from the leaf to the root.
    @param to Where money and grain go.
    """
    payee: address = payouts._payee_of(subject)
    self._require_may_name(payee, to)
    found: bytes32 = previous
    review: uint256 = 0
    for item: Claim in claims:
        found = epochs._after(found, item.terms)
        review = item.terms.review
    epochs._require_final(review, found)
    shares: DynArray[uint256, 16] = []
    run: Run = empty(Run)
    at: uint256 = 0
    for item: Claim in claims:
        if item.cred == 0:
            continue
        t: epochs.EpochTerms = epochs._unpacked(item.terms)
        node: bytes32 = sum_tree._leaf_hash(self, t.epoch, item.index, subject, item.cred)
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
        sum_tree._require_ends_in(t.root, t.total_cred, t.leaf_count, item.index, node, total)
        if len(shares) > 0 and t.asset != run.asset:
            self._pay(subject, payee, to, shares, run)
            shares = []
            run.minimum = 0
        run.earmark = t.earmark
        run.asset = t.asset
        run.minimum = max(run.minimum, t.minimum)
        shares.append(payouts._book(t, subject, item.index, item.cred))
    sum_tree._require_end(len(shares), at, len(proof))
    self._pay(subject, payee, to, shares, run)


@internal
def _pay(
    subject: bytes32,
    payee: address,
    to: address,
    shares: DynArray[uint256, 16],
    run: Run,
):
    amount: uint256 = payouts._credit(subject, payee, to, shares, run.minimum)
    # Grain calls nobody; a payment may. Whoever is called then sees all of it done.
    if amount > 0:
        extcall wiring._pool().release(run.earmark, run.asset, to, amount)


@internal
@view
def _require_may_name(payee: address, to: address):
    checks._need(payee != empty(address), "distributor: no account yet")
    checks._need(to != empty(address), "distributor: name a payee")
    checks._need(to == payee or msg.sender == payee, "distributor: not the payee")
