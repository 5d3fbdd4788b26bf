# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Casting: ballots by call, by signature, by contract wallet, alone or many at once
@license AGPL-3.0-only
@author Millpond maintainers
@notice Who may cast what, when. A member from before the proposal, while its vote is open; in the timelock Against only.
@dev A signed ballot names the casts it follows, so it can neither be replayed nor overturn a later one, and needs no
     nonce. In a batch a bad or stale ballot is skipped and reported, never fatal.
"""

from . import ballots
from . import checks
from . import members
from . import proposals
from . import signatures

uses: ballots
uses: members
uses: proposals

OZ_BALLOT_TYPEHASH: constant(bytes32) = keccak256(
    "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)"
)
BALLOT_TYPEHASH: constant(bytes32) = keccak256(
    "Ballot(uint256 proposalId,address voter,uint8 support,uint8 castsBefore,bytes32 reasonHash,uint256 deadline)"
)


event VoteCast:
    voter: indexed(address)
    proposalId: uint256
    support: uint8
    weight: uint256
    reason: String[1024]


event BallotReason:
    voter: indexed(address)
    proposalId: indexed(uint256)
    reason_hash: bytes32    # the relay and the mirror keep the text behind it


event BallotSkipped:
    voter: indexed(address)
    proposalId: indexed(uint256)
    why: String[32]


# ---------------------------------------------------------------- members


@external
def castVote(proposalId: uint256, support: uint8) -> uint256:
    """
    @notice Cast or change a ballot, by the member herself.
    @dev Reverts for anyone who was no member before the second of the proposal, while no ballots are taken, for another
         support than is open to her, and after five casts.
    @param proposalId What `propose` returned.
    @param support 0 against, 1 for, 2 abstain; in the timelock, and as the fifth cast, only 0.
    @return The weight, always 1.
    """
    return self._cast_or_raise(proposalId, msg.sender, support, ballots.ANY, "")


@external
def castVoteWithReason(proposalId: uint256, support: uint8, reason: String[1024]) -> uint256:
    """
    @notice Cast or change a ballot and say why, on the chain.
    @dev Reverts as `castVote`.
    @param proposalId What `propose` returned.
    @param support 0 against, 1 for, 2 abstain; in the timelock, and as the fifth cast, only 0.
    @param reason Published in the event, at most 1,024 bytes.
    @return The weight, always 1.
    """
    return self._cast_or_raise(proposalId, msg.sender, support, ballots.ANY, reason)


# ---------------------------------------------------------------- anyone


@external
def castVoteBySig(proposalId: uint256, support: uint8, voter: address, signature: Bytes[1024]) -> uint256:
    """
    @notice Bring a member's OpenZeppelin ballot (nonce 0). It counts as a first ballot only. By anyone.
    @dev Reverts as `castVote`, when she did not sign exactly this, and when she has cast a ballot before.
    @param proposalId What `propose` returned.
    @param support 0 against, 1 for, 2 abstain; in the timelock only 0.
    @param voter The member who signed.
    @param signature 65 bytes, 64 (ERC-2098), or what her wallet accepts (ERC-1271).
    @return The weight, always 1.
    """
    digest: bytes32 = signatures._digest(
        keccak256(abi_encode(OZ_BALLOT_TYPEHASH, proposalId, support, voter, empty(uint256)))
    )
    checks._need(signatures._is_signed_by(voter, digest, signature), "governor: not signed by her")
    return self._cast_or_raise(proposalId, voter, support, 0, "")


@external
def vote_by_signatures(proposalId: uint256, deadline: uint256, signed: DynArray[uint256, 384],
                       reason_hashes: DynArray[bytes32, 128]) -> uint256:
    """
    @notice Bring many members' signed ballots in one transaction. By anyone; bad or stale ones are skipped and reported.
    @dev Reverts after the deadline, while no ballots are taken, and when the lists do not fit each other.
    @param proposalId What `propose` returned.
    @param deadline The last second, since 1970, in which the ballots count; the same in all of them.
    @param signed Three words a ballot: voter | support << 160 | castsBefore << 168, then r, then vs (ERC-2098).
    @param reason_hashes keccak256 of the reason of each ballot, zero for none; empty when no ballot has one.
    @return How many were counted.
    """
    word: uint256 = 0
    state: uint256 = 0
    word, state = self._open_for_ballots(proposalId, deadline)
    checks._need(len(signed) % 3 == 0, "governor: three words a ballot")
    checks._need(len(reason_hashes) in [0, len(signed) // 3], "governor: one reason a ballot")
    domain: bytes32 = signatures._domain_separator()
    counted: uint256 = 0
    for i: uint256 in range(len(signed) // 3, bound=128):
        choice: uint256 = signed[3 * i]
        reason_hash: bytes32 = empty(bytes32)
        if len(reason_hashes) != 0:
            reason_hash = reason_hashes[i]
        digest: bytes32 = self._ballot_digest(domain, proposalId, choice, reason_hash, deadline)
        signer: address = signatures._recover(digest, signed[3 * i + 1], signed[3 * i + 2])
        counted += self._count_signed(proposalId, word, state, choice, signer, reason_hash)
    return counted


@external
def vote_by_wallets(proposalId: uint256, deadline: uint256, choices: DynArray[uint256, 8],
                    reason_hashes: DynArray[bytes32, 8], wallet_signatures: DynArray[Bytes[1024], 8]) -> uint256:
    """
    @notice The same for up to eight contract wallets (ERC-1271), or for whoever else signs in bytes.
    @dev Reverts after the deadline, while no ballots are taken, and when the lists differ in length.
    @param proposalId What `propose` returned.
    @param deadline The last second, since 1970, in which the ballots count; the same in all of them.
    @param choices voter | support << 160 | castsBefore << 168, each.
    @param reason_hashes keccak256 of the reason of each ballot; zero for none.
    @param wallet_signatures What each voter's wallet accepts for her ballot.
    @return How many were counted.
    """
    word: uint256 = 0
    state: uint256 = 0
    word, state = self._open_for_ballots(proposalId, deadline)
    count: uint256 = len(choices)
    checks._need(len(wallet_signatures) == count and len(reason_hashes) == count, "governor: one of each a wallet")
    domain: bytes32 = signatures._domain_separator()
    counted: uint256 = 0
    for i: uint256 in range(count, bound=8):
        digest: bytes32 = self._ballot_digest(domain, proposalId, choices[i], reason_hashes[i], deadline)
        voter: address = proposals._account(choices[i])
        if not signatures._is_signed_by(voter, digest, wallet_signatures[i]):
            voter = empty(address)
        counted += self._count_signed(proposalId, word, state, choices[i], voter, reason_hashes[i])
    return counted


# ---------------------------------------------------------------- views


@external
@view
@reentrant
def hasVoted(proposalId: uint256, account: address) -> bool:
    """
    @notice Whether the seat of an account has a ballot.
    @param proposalId Any id; nobody has voted on one that was never proposed.
    @param account Anybody.
    @return True also if the ballot was cast before the seat moved to this account (`rebind`).
    """
    return ballots._ballot(proposalId, members.member_words[account] & members.U32) != 0


# ---------------------------------------------------------------- internals


@internal
@view
def _open_for_ballots(id: uint256, deadline: uint256) -> (uint256, uint256):
    """
    @return The proposal's word and its state, Active or Queued.
    """
    checks._need(block.timestamp <= deadline, "governor: ballots expired")
    word: uint256 = proposals._word(id)
    state: uint256 = proposals._state(id, word)
    checks._need(state == proposals.ACTIVE or state == proposals.QUEUED, "governor: no ballots taken now")
    return word, state


@internal
def _cast_or_raise(id: uint256, voter: address, support: uint8, follows: uint256, reason: String[1024]) -> uint256:
    word: uint256 = 0
    state: uint256 = 0
    word, state = self._open_for_ballots(id, block.timestamp)
    code: uint256 = self._cast(id, word, state, voter, convert(support, uint256), follows)
    checks._need(code == 0, self._why(code))
    log VoteCast(voter=voter, proposalId=id, support=support, weight=1, reason=reason)
    return 1


@internal
def _cast(id: uint256, word: uint256, state: uint256, voter: address, support: uint256, follows: uint256) -> uint256:
    """
    @return 0, or why the ballot does not count.
    """
    member: uint256 = members.member_words[voter]
    if not members._is_member(member):
        return 1
    if not members._was_member(member, proposals._created_at(word)):
        return 2
    if state == proposals.QUEUED and support != ballots.AGAINST:
        return 7
    return ballots._mark(id, member & members.U32, support, follows)


@internal
@pure
def _why(code: uint256) -> String[32]:
    if code == 1:
        return "governor: not a member"
    if code == 2:
        return "governor: joined too late"
    if code == 3:
        return "governor: support is 0, 1 or 2"
    if code == 4:
        return "governor: not the ballot's turn"
    if code == 5:
        return "governor: cast five times"
    if code == 6:
        return "governor: last cast is Against"
    if code == 7:
        return "governor: Against only by now"
    return "governor: not the voter's hand"


@internal
@pure
def _ballot_digest(domain: bytes32, id: uint256, choice: uint256, reason_hash: bytes32, deadline: uint256) -> bytes32:
    """
    @dev Of a choice: voter | support << 160 | castsBefore << 168.
    """
    voter: address = proposals._account(choice)
    support: uint256 = (choice >> 160) & 255
    struct_hash: bytes32 = keccak256(
        abi_encode(BALLOT_TYPEHASH, id, voter, support, choice >> 168, reason_hash, deadline)
    )
    return signatures._typed_digest(domain, struct_hash)


@internal
def _count_signed(id: uint256, word: uint256, state: uint256, choice: uint256, signer: address,
                  reason_hash: bytes32) -> uint256:
    """
    @return 1 if the ballot counted; 0 if it was skipped and reported.
    """
    voter: address = proposals._account(choice)
    support: uint256 = (choice >> 160) & 255
    code: uint256 = 8
    if voter == signer and voter != empty(address):
        code = self._cast(id, word, state, voter, support, choice >> 168)
    if code != 0:
        log BallotSkipped(voter=voter, proposalId=id, why=self._why(code))
        return 0
    log VoteCast(voter=voter, proposalId=id, support=convert(support, uint8), weight=1, reason="")
    if reason_hash != empty(bytes32):
        log BallotReason(voter=voter, proposalId=id, reason_hash=reason_hash)
    return 1
