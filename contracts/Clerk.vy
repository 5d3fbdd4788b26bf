# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma optimize codesize
"""
@title Clerk: reads signatures, proofs and lists for all distributors of a chain
@license AGPL-3.0-only
@author Millpond maintainers
@notice What maintainers, members and payees sign about a distribution comes in here; the Clerk checks who signed what, and
        tells the distributor.
@dev It has no owner, no money and no memory, so there is nothing in it to take or to change. A distributor obeys the one
     Clerk that its code names (an immutable), and keeps times, shares, once and never again itself. Whoever
     names another distributor here only reaches that one. The signing domain is the distributor's, so signatures count for
     one pool on one chain.
     modules/cosigned: signatures. modules/sum_tree: proofs. modules/lists: whole lists. modules/policy_words: the
     bounds of policies. modules/terms: what explorers compute.
@custom:holds Nothing.
@custom:halt None of its own: see CredDistributor.
"""

from .interfaces import IClerk
from .interfaces import IDistributor
from .interfaces import IGovernor
from .modules import checks
from .modules import cosigned
from .modules import epochs
from .modules import hex_text
from .modules import lists
from .modules import policy_words
from .modules import signatures as signing
from .modules import sum_tree
from .modules import terms as terms_of_epochs

implements: IClerk

# views of lists, policies and terms
exports: lists.root_of_list
exports: policy_words.pack_policy
exports: terms_of_epochs.leaf_hash
exports: terms_of_epochs.pack_terms
exports: terms_of_epochs.unpack_terms
exports: terms_of_epochs.hash_of_terms
exports: terms_of_epochs.amount_of


# A leaf that a proof is about.
struct Leaf:
    subject: bytes32
    index: uint256
    cred: uint256


POST_TYPEHASH: constant(bytes32) = keccak256(
    "CredDistribution(uint256 epoch,uint256 attempt,bytes32 root,uint256 totalCred,uint256 leafCount,bytes32 dataHash,string uri,address signer,uint256 deadline)"
)
WITHDRAW_TYPEHASH: constant(bytes32) = keccak256(
    "Withdrawal(uint256 epoch,uint256 attempt,bytes32 root,address signer,uint256 deadline)"
)
ZERO_OUT_TYPEHASH: constant(bytes32) = keccak256(
    "ZeroOut(uint256 epoch,uint256 attempt,bytes32 root,bytes32 subject,bytes32 reasonHash,address signer,uint256 deadline)"
)
RESTORE_TYPEHASH: constant(bytes32) = keccak256(
    "Restore(uint256 epoch,uint256 attempt,bytes32 root,bytes32 subject,bytes32 reasonHash,address signer,uint256 deadline)"
)
SETTLEMENT_TYPEHASH: constant(bytes32) = keccak256(
    "OffChainSettlement(uint256 epoch,bytes32 subject,bytes32 reference,address payee,uint256 deadline)"
)
U40: constant(uint256) = 2**40 - 1
U128: constant(uint256) = 2**128 - 1


@deploy
def __init__():
    """
    @notice One for all distributors of a chain.
    """
    pass


# ------------------------------------------------------------------------------------------------ maintainers' signatures

@external
def post(
    distributor: IDistributor,
    epoch: uint256,
    root: bytes32,
    total_cred: uint256,
    leaf_count: uint256,
    data_hash: bytes32,
    uri: String[256],
    deadline: uint256,
    signers: DynArray[address, 16],
    signatures: DynArray[Bytes[1024], 16],
) -> uint256:
    """
    @notice Post a signed distribution: its pot is reserved and the members' consent proposal raised. Anyone may send it.
    @dev `CredDistribution` (EIP-712) signed by at least m maintainers, for the attempt that `head()` shows. Reverts
         otherwise, while another one is open, before the epoch is over, after the season, and without anything to pay.
    @param distributor Whose it is.
    @param epoch One above the last final epoch.
    @param root Root of the sum tree of cred.
    @param total_cred Sum of all leaves, in micro-cred; below 2^128.
    @param leaf_count Number of leaves, at most 2^24.
    @param data_hash keccak256 of the distribution document.
    @param uri Where the document is.
    @param deadline The last second, since 1970, in which the signatures count.
    @param signers Ascending addresses of maintainers.
    @param signatures Theirs, in the same order.
    @return The id of the consent proposal.
    """
    attempt: uint256 = (staticcall distributor.head()).attempt
    message: Bytes[256] = abi_encode(
        POST_TYPEHASH, epoch, attempt, root, total_cred, leaf_count, data_hash, keccak256(uri)
    )
    self._require_maintainers(distributor, message, deadline, signers, signatures)
    text: String[323] = concat(uri, " ", hex_text._hex(data_hash))
    return extcall distributor.post(epoch, root, total_cred, leaf_count, data_hash, uri, text, signers)


@external
def withdraw(
    distributor: IDistributor,
    epoch: uint256,
    terms: IDistributor.PackedTerms,
    deadline: uint256,
    signers: DynArray[address, 16],
    signatures: DynArray[Bytes[1024], 16],
):
    """
    @notice Take the open distribution back: its reserve is freed and its signatures are dead. Anyone may send it.
    @dev `Withdrawal` (EIP-712) signed by at least m maintainers, for the open attempt. Reverts otherwise, and for an
         epoch or terms that are not the open ones.
    @param distributor Whose it is.
    @param epoch The open epoch.
    @param terms The terms that were posted (their last word does not matter here); the signatures name their root.
    @param deadline The last second, since 1970, in which the signatures count.
    @param signers Ascending addresses of maintainers.
    @param signatures Theirs, in the same order.
    """
    attempt: uint256 = (staticcall distributor.head()).attempt
    message: Bytes[256] = abi_encode(WITHDRAW_TYPEHASH, epoch, attempt, terms.root)
    self._require_maintainers(distributor, message, deadline, signers, signatures)
    extcall distributor.withdraw(epoch, terms, signers)


@external
def zero_out(
    distributor: IDistributor,
    epoch: uint256,
    terms: IDistributor.PackedTerms,
    leaf: Leaf,
    proof: DynArray[sum_tree.Sibling, 24],
    reason_hash: bytes32,
    deadline: uint256,
    signers: DynArray[address, 16],
    signatures: DynArray[Bytes[1024], 16],
):
    """
    @notice Strike somebody's cred out of the open distribution, with a reason. Anyone may send it.
    @dev `ZeroOut` (EIP-712) signed by at least m maintainers. Reverts otherwise, for a wrong proof, without a reason, for a
         leaf without cred or one that was struck out or restored before, for more than the voted share together, once the vote
         has ended and in its last two days.
    @param distributor Whose it is.
    @param epoch The open epoch.
    @param terms The terms that were posted (their last word does not matter here).
    @param leaf Subject, index and cred of the leaf, in micro-cred.
    @param proof Its siblings, from the leaf to the root.
    @param reason_hash keccak256 of the reason's text, which is published with the document; not zero.
    @param deadline The last second, since 1970, in which the signatures count.
    @param signers Ascending addresses of maintainers.
    @param signatures Theirs, in the same order.
    """
    self._require_reason(reason_hash)
    attempt: uint256 = (staticcall distributor.head()).attempt
    message: Bytes[256] = abi_encode(ZERO_OUT_TYPEHASH, epoch, attempt, terms.root, leaf.subject, reason_hash)
    self._require_maintainers(distributor, message, deadline, signers, signatures)
    self._require_leaf(distributor, epoch, terms, leaf, proof)
    extcall distributor.zero_out(epoch, terms, leaf.subject, leaf.index, leaf.cred, reason_hash, signers)


# ------------------------------------------------------------------------------------------------ members' signatures

@external
def restore(
    distributor: IDistributor,
    epoch: uint256,
    terms: IDistributor.PackedTerms,
    subject: bytes32,
    index: uint256,
    reason_hash: bytes32,
    deadline: uint256,
    signers: DynArray[address, 16],
    signatures: DynArray[Bytes[1024], 16],
):
    """
    @notice Put struck out cred back. Anyone may send it.
    @dev `Restore` (EIP-712) signed by as many members as the policy asks for, a majority at most, who may vote on this
         distribution. Reverts otherwise, without a reason, for a leaf that is not struck out, and once the vote has ended.
         It cannot be struck out again.
    @param distributor Whose it is.
    @param epoch The open epoch.
    @param terms The terms that were posted (their last word does not matter here).
    @param subject Whose leaf it is.
    @param index Its place among all leaves, from 0; she has but one, so that nobody has to sign it.
    @param reason_hash keccak256 of the reason's text, which is published with the document; not zero.
    @param deadline The last second, since 1970, in which the signatures count.
    @param signers Ascending addresses of members from before the post.
    @param signatures Theirs, in the same order.
    """
    self._require_reason(reason_hash)
    head: IDistributor.Head = staticcall distributor.head()
    message: Bytes[256] = abi_encode(RESTORE_TYPEHASH, epoch, head.attempt, terms.root, subject, reason_hash)
    governor: IGovernor = IGovernor(staticcall distributor.governor())
    # never more than a majority: a pool smaller than its policy thought has this too, whoever joins or leaves meanwhile
    majority: uint256 = staticcall governor.member_count() // 2 + 1
    needed: uint256 = min(staticcall distributor.restorers(), majority)
    cosigned._require(distributor.address, message, deadline, signers, signatures, needed)
    for signer: address in signers:
        # seat u32 | joined_at u40 | left_at u40 | ..., from the lowest bit: has a seat, has not left, was there before
        word: uint256 = staticcall governor.member_words(signer)
        may_vote: bool = word != 0 and (word >> 72) & U40 == 0 and (word >> 32) & U40 < head.posted_at
        checks._need(may_vote, "clerk: not a voter on it")
    extcall distributor.restore(epoch, terms, subject, index, reason_hash, signers)


# ------------------------------------------------------------------------------------------------ a payee's signature

@external
def settle_off_chain(
    distributor: IDistributor,
    previous: bytes32,
    terms: IDistributor.PackedTerms,
    leaf: Leaf,
    proof: DynArray[sum_tree.Sibling, 24],
    reference: bytes32,
    deadline: uint256,
    signature: Bytes[1024],
):
    """
    @notice Book a leaf as paid elsewhere, before it is. Anyone may send it, with the payee's signature.
    @dev `OffChainSettlement` (EIP-712) of the account that the subject is paid to. Frees the leaf's part of the pot for the
         next one and mints its grain. Reverts without that signature or a reference, for terms that are no final epoch's, for
         a wrong proof, for a leaf that is claimed or gets nothing, and after the claims of the epoch closed.
    @param distributor Whose it is.
    @param previous Hash of the epoch before; zero before epoch 1.
    @param terms Packed terms of the epoch.
    @param leaf Subject, index and cred of the leaf, in micro-cred.
    @param proof Its siblings, from the leaf to the root.
    @param reference What it is paid by elsewhere, as both sides write it down; not zero.
    @param deadline The last second, since 1970, in which the signature counts.
    @param signature The payee's.
    """
    checks._need(reference != empty(bytes32), "clerk: no reference")
    cosigned._require_in_time(deadline)
    payee: address = staticcall distributor.payee_of(leaf.subject)
    epoch: uint256 = epochs._epoch_of(terms.review)
    struct_hash: bytes32 = keccak256(
        abi_encode(SETTLEMENT_TYPEHASH, epoch, leaf.subject, reference, payee, deadline)
    )
    digest: bytes32 = signing._typed_digest(cosigned._domain(distributor.address), struct_hash)
    checks._need(signing._is_signed_by(payee, digest, signature), "clerk: not the payee's word")
    self._require_leaf(distributor, epoch, terms, leaf, proof)
    extcall distributor.settle_off_chain(previous, terms, leaf.subject, leaf.index, leaf.cred, payee, reference)


# ------------------------------------------------------------------------------------------------ internals

@internal
@pure
def _require_reason(reason_hash: bytes32):
    checks._need(reason_hash != empty(bytes32), "clerk: no reason")


@internal
@view
def _require_maintainers(
    distributor: IDistributor,
    message: Bytes[256],
    deadline: uint256,
    signers: DynArray[address, 16],
    signatures: DynArray[Bytes[1024], 16],
):
    needed: uint256 = (staticcall distributor.maintainer_set())[1]
    cosigned._require(distributor.address, message, deadline, signers, signatures, needed)
    for signer: address in signers:
        checks._need(staticcall distributor.is_maintainer(signer), "clerk: not a maintainer")


@internal
@view
def _require_leaf(
    distributor: IDistributor,
    epoch: uint256,
    terms: IDistributor.PackedTerms,
    leaf: Leaf,
    proof: DynArray[sum_tree.Sibling, 24],
):
    """
    @dev Whether the terms are those of that epoch, the distributor asks itself.
    """
    leaf_count: uint256 = epochs._leaf_count(terms.grain_and_counts)
    node: bytes32 = sum_tree._leaf_hash(distributor.address, epoch, leaf.index, leaf.subject, leaf.cred)
    total: uint256 = leaf.cred
    position: uint256 = leaf.index
    last: uint256 = leaf_count - 1
    at: uint256 = 0
    for _: uint256 in range(sum_tree.MAX_LEVELS):
        if last == 0:
            break
        if position ^ 1 <= last:
            checks._need(at < len(proof), "clerk: proof too short")
            sibling: sum_tree.Sibling = proof[at]
            if position & 1 == 0:
                node = sum_tree._node_hash(node, total, sibling.hash, sibling.sum)
            else:
                node = sum_tree._node_hash(sibling.hash, sibling.sum, node, total)
            total += sibling.sum
            at += 1
        position >>= 1
        last >>= 1
    proven: bool = node == terms.root and total == terms.pot_and_total & U128 and leaf.index < leaf_count
    checks._need(proven and at == len(proof), "clerk: wrong proof")
