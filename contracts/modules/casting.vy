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
@reentrant
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
@reentrant
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
@reentrant
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
    if not signatures._is_signed_by(voter, digest, signature):
        checks._refuse("governor: not signed by her")
    return self._cast_or_raise(proposalId, voter, support, 0, "")


@external
@reentrant
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
    created_at: uint256 = 0
    stops_only: bool = False
    created_at, stops_only = self._open_for_ballots(proposalId, deadline)
    count: uint256 = len(signed) // 3
    if len(signed) % 3 != 0:
        checks._refuse("governor: three words a ballot")
    if len(reason_hashes) != 0 and len(reason_hashes) != count:
        checks._refuse("governor: one reason a ballot")
    domain: bytes32 = signatures._domain_separator()
    skipped: uint256 = 0
    # one word of ballots at a time is kept here and written once: those of a batch often share theirs
    place: uint256 = 0
    sheet: uint256 = ballots.sheets[proposalId][0]
    for i: uint256 in range(count, bound=128):
        at: uint256 = unsafe_mul(3, i)
        choice: uint256 = signed[at]
        voter: address = proposals._account(choice)
        support: uint256 = (choice >> 160) & 255
        reason_hash: bytes32 = reason_hashes[i] if len(reason_hashes) != 0 else empty(bytes32)
        digest: bytes32 = self._ballot_digest(domain, proposalId, voter, support, choice >> 168, reason_hash, deadline)
        code: uint256 = 8
        signer: address = signatures._recover(digest, signed[unsafe_add(at, 1)], signed[unsafe_add(at, 2)])
        if signer == voter and signer != empty(address):
            member: uint256 = members.member_words[voter]
            code = self._objection(member, created_at, stops_only, support)
            if code == 0:
                seat: uint256 = member & members.U32
                if place != seat >> 6:
                    ballots.sheets[proposalId][place] = sheet
                    place = seat >> 6
                    sheet = ballots.sheets[proposalId][place]
                bit: uint256 = (seat & 63) << 2
                ballot: uint256 = ballots._next((sheet >> bit) & 15, support, choice >> 168)
                if ballot < ballots.REFUSED:
                    sheet ^= (((sheet >> bit) & 15) ^ ballot) << bit
                else:
                    code = ballot ^ ballots.REFUSED
        if code != 0:
            skipped += self._skip(voter, proposalId, code)
            continue
        log VoteCast(voter=voter, proposalId=proposalId, support=convert(support, uint8), weight=1, reason="")
        if reason_hash != empty(bytes32):
            self._note(voter, proposalId, reason_hash)
    ballots.sheets[proposalId][place] = sheet
    return count - skipped


@external
@reentrant
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
    created_at: uint256 = 0
    stops_only: bool = False
    created_at, stops_only = self._open_for_ballots(proposalId, deadline)
    count: uint256 = len(choices)
    if len(wallet_signatures) != count or len(reason_hashes) != count:
        checks._refuse("governor: one of each a wallet")
    domain: bytes32 = signatures._domain_separator()
    skipped: uint256 = 0
    for i: uint256 in range(count, bound=8):
        # a wallet that gets too little says no: nobody may have a ballot skipped by sending little gas
        if msg.gas < signatures.WALLET_GAS + 100000:
            checks._refuse("governor: too little gas")
        choice: uint256 = choices[i]
        voter: address = proposals._account(choice)
        support: uint256 = (choice >> 160) & 255
        reason_hash: bytes32 = reason_hashes[i]
        digest: bytes32 = self._ballot_digest(
            domain, proposalId, voter, support, choice >> 168, reason_hash, deadline
        )
        code: uint256 = 8
        if signatures._is_signed_by(voter, digest, wallet_signatures[i]):
            code = self._cast(proposalId, created_at, stops_only, voter, support, choice >> 168, "")
        if code != 0:
            skipped += self._skip(voter, proposalId, code)
            continue
        if reason_hash != empty(bytes32):
            self._note(voter, proposalId, reason_hash)
    return count - skipped


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
def _open_for_ballots(id: uint256, deadline: uint256) -> (uint256, bool):
    """
    @return When the proposal was made, and whether only Against is taken, because it is in its timelock.
    """
    if block.timestamp > deadline:
        checks._refuse("governor: ballots expired")
    word: uint256 = proposals._word(id)
    state: uint256 = proposals._state(id, word)
    if state != proposals.ACTIVE and state != proposals.QUEUED:
        checks._refuse("governor: no ballots taken now")
    return proposals._created_at(word), state == proposals.QUEUED


@internal
def _cast_or_raise(id: uint256, voter: address, support: uint8, follows: uint256, reason: String[1024]) -> uint256:
    created_at: uint256 = 0
    stops_only: bool = False
    created_at, stops_only = self._open_for_ballots(id, block.timestamp)
    code: uint256 = self._cast(id, created_at, stops_only, voter, convert(support, uint256), follows, reason)
    if code != 0:
        checks._refuse(self._why(code))
    return 1


@internal
def _cast(id: uint256, created_at: uint256, stops_only: bool, voter: address, support: uint256,
          follows: uint256, reason: String[1024]) -> uint256:
    """
    @return 0, or why the ballot does not count; then nothing has changed.
    """
    member: uint256 = members.member_words[voter]
    code: uint256 = self._objection(member, created_at, stops_only, support)
    if code != 0:
        return code
    seat: uint256 = member & members.U32
    sheet: uint256 = ballots.sheets[id][seat >> 6]
    bit: uint256 = (seat & 63) << 2
    before: uint256 = (sheet >> bit) & 15
    ballot: uint256 = ballots._next(before, support, follows)
    if ballot >= ballots.REFUSED:
        return ballot ^ ballots.REFUSED
    ballots.sheets[id][seat >> 6] = sheet ^ ((before ^ ballot) << bit)
    log VoteCast(voter=voter, proposalId=id, support=convert(support, uint8), weight=1, reason=reason)
    return 0


@internal
@pure
def _objection(member: uint256, created_at: uint256, stops_only: bool, support: uint256) -> uint256:
    """
    @return 0, or why this member may not cast this ballot now.
    """
    if not members._may_act(member, created_at):
        return 2 if members._is_member(member) else 1
    if stops_only:
        return 0 if support == ballots.AGAINST else 7
    return 0


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
def _ballot_digest(domain: bytes32, id: uint256, voter: address, support: uint256, follows: uint256,
                   reason_hash: bytes32, deadline: uint256) -> bytes32:
    struct_hash: bytes32 = keccak256(
        abi_encode(BALLOT_TYPEHASH, id, voter, support, follows, reason_hash, deadline)
    )
    return keccak256(concat(signatures.PREFIX, domain, struct_hash))


@internal
def _skip(voter: address, id: uint256, code: uint256) -> uint256:
    """
    @return 1, to be counted.
    """
    log BallotSkipped(voter=voter, proposalId=id, why=self._why(code))
    return 1


@internal
def _note(voter: address, id: uint256, reason_hash: bytes32):
    log BallotReason(voter=voter, proposalId=id, reason_hash=reason_hash)
