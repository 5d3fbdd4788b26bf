# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Candidates: who can be given a part of a round
@license AGPL-3.0-only
@author Millpond maintainers
@notice A member nominates an account, and the account itself says yes, by call or by signature: nobody is put up who does not
        want it. It may withdraw whenever it likes, and the members can strike it out by vote; then it keeps what it was given and
        takes no part in what comes. There is no order of candidates by money anywhere.
@dev Four tallies share a word with the number of divisions they know of, so that ballots over neighbours are cheap. When a
     division came since, the word is settled before anything else: each tally's part is added to what waits for its candidate.
     What waits is kept in units / 10^27, so nothing is lost in between.
"""

from ..interfaces import IGovernor
from . import checks
from . import electorate
from . import periods
from . import rounds
from . import signatures
from . import spender_parts

uses: periods
uses: rounds

CANDIDACY_TYPEHASH: constant(bytes32) = keccak256("Candidacy(address candidate,uint256 timesStood,uint256 deadline)")


event Nominated:
    candidate: indexed(address)
    by: indexed(address)
    uri: String[256]
    uri_hash: bytes32


event Stood:
    candidate: indexed(address)
    id: indexed(uint256)


event CandidateLeft:
    candidate: indexed(address)
    id: indexed(uint256)
    struck: bool            # by a vote of the members; otherwise she withdrew


# What an account is to this round.
struct Candidate:
    account: address
    stands: bool
    tally: uint256
    waiting: uint256        # in the asset's smallest unit, rounded down


MOST_CANDIDATES: constant(uint256) = 2**17 - 1
PER_GROUP: constant(uint256) = 4
TALLY: constant(uint256) = 60           # bits
U60: constant(uint256) = 2**60 - 1
U12: constant(uint256) = 2**12 - 1
LEFT: constant(uint256) = 12            # four bits, one for each place: she left
FIRST: constant(uint256) = 16           # where the tallies begin
U20: constant(uint256) = 2**20 - 1
NOMINATED: constant(uint256) = 2**52

# group -> divisions it knows of u12 | who left u4 | four tallies u60 each, from the lowest bits up. Group: id // 4.
_groups: HashMap[uint256, uint256]
# id -> what waits for her, in 10^-27 of the asset's smallest unit
_waiting: HashMap[uint256, uint256]
# id -> account
_accounts: HashMap[uint256, address]
# account -> id u20 | times stood u32 | nominated u1; the id is that of the last time
_standing: HashMap[address, uint256]


# ------------------------------------------------------------------------------------------------ members

@external
def nominate(candidate: address, uri: String[256], uri_hash: bytes32):
    """
    @notice Put an account up. A member. It stands once it says yes.
    @dev Reverts for who is no member, for the zero address, for the pool itself, and for who stands already.
    @param candidate Who is to be given a part: a person, an organisation, another pool.
    @param uri Where one can read who it is and why.
    @param uri_hash keccak256 of that text.
    """
    governor: IGovernor = spender_parts._governor()
    word: uint256 = electorate._member_word(governor, msg.sender)
    checks._need(electorate._is_member(word), "allocation: members nominate")
    checks._need(candidate != empty(address), "allocation: nobody nominated")
    checks._need(candidate != spender_parts._pool().address, "allocation: not the pool itself")
    standing: uint256 = self._standing[candidate]
    checks._need(not self._stands(standing & U20), "allocation: stands already")
    self._standing[candidate] = standing | NOMINATED
    log Nominated(candidate=candidate, by=msg.sender, uri=uri, uri_hash=uri_hash)


# ------------------------------------------------------------------------------------------------ candidates

@external
def stand() -> uint256:
    """
    @notice Say yes to a nomination. The nominated account.
    @dev Reverts for who is not nominated, and when there are too many candidates.
    @return The number by which ballots name it.
    """
    return self._stand(msg.sender)


@external
def stand_for(candidate: address, deadline: uint256, signature: Bytes[1024]) -> uint256:
    """
    @notice The same with the candidate's signature. Anyone.
    @dev Reverts also after the deadline and for a signature that is not hers, or of an earlier time.
    @param candidate Who is nominated.
    @param deadline The last second, since 1970, in which the signature counts.
    @param signature Her Candidacy: 65 bytes, 64 (ERC-2098), or what her wallet accepts (ERC-1271).
    @return The number by which ballots name her.
    """
    checks._need(block.timestamp <= deadline, "allocation: signed too late")
    times: uint256 = self._standing[candidate] >> 20 & electorate.U32
    digest: bytes32 = signatures._digest(keccak256(abi_encode(CANDIDACY_TYPEHASH, candidate, times, deadline)))
    checks._need(signatures._is_signed_by(candidate, digest, signature), "allocation: not her signature")
    return self._stand(candidate)


@external
def withdraw():
    """
    @notice Stand no more. A candidate. What she was given until now stays hers.
    @dev Reverts for who does not stand.
    """
    self._leave(self._standing[msg.sender] & U20, False)


# ------------------------------------------------------------------------------------------------ the governor

@external
def strike(id: uint256):
    """
    @notice Strike a candidate out of what comes. The Governor, by a rules vote; its text says why.
    @dev Reverts for anyone else and for who does not stand. What she was given until now stays hers.
    @param id Her number.
    """
    checks._need(msg.sender == spender_parts._governor().address, "allocation: only the governor")
    self._leave(id, True)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def candidate_of(id: uint256) -> Candidate:
    """
    @notice A candidate.
    @param id Her number.
    @return Her account, whether she stands, her tally and what waits for her; zeros for a number nobody has.
    """
    word: uint256 = self._groups[id // PER_GROUP]
    since: uint256 = word & U12
    tally: uint256 = self._tally(word, id)
    growth: uint256 = periods._growth(rounds._load().divided, since)
    return Candidate(
        account=self._accounts[id],
        stands=self._stands(id),
        tally=tally,
        waiting=(self._waiting[id] + tally * growth) // periods.SCALE,
    )


@external
@view
@reentrant
def candidacy_of(account: address) -> (uint256, uint256, bool):
    """
    @notice What an account is to this round.
    @param account Anybody.
    @return Its number, of the last time it stood; 0: it never did.
    @return How often it has stood, which its next signature must name.
    @return Whether it is nominated and has not said yes.
    """
    word: uint256 = self._standing[account]
    return word & U20, word >> 20 & electorate.U32, word & NOMINATED != 0


# ------------------------------------------------------------------------------------------------ internals

@internal
def _stand(candidate: address) -> uint256:
    standing: uint256 = self._standing[candidate]
    checks._need(standing & NOMINATED != 0, "allocation: not nominated")
    head: rounds.Head = rounds._current()
    checks._need(head.candidates < MOST_CANDIDATES, "allocation: too many candidates")
    head.candidates += 1
    rounds._store(head)
    id: uint256 = head.candidates
    times: uint256 = (standing >> 20 & electorate.U32) + 1
    self._standing[candidate] = id | times << 20
    self._accounts[id] = candidate
    log Stood(candidate=candidate, id=id)
    return id


@internal
def _leave(id: uint256, struck: bool):
    """
    @dev Her tally leaves the total; ballots that name her give that part to nobody until they are changed.
    """
    checks._need(self._stands(id), "allocation: does not stand")
    head: rounds.Head = rounds._current()
    word: uint256 = self._settled(id // PER_GROUP, head.divided)
    tally: uint256 = self._tally(word, id)
    self._groups[id // PER_GROUP] = word ^ tally << self._place(id) | self._gone(id)
    head.total -= tally
    rounds._store(head)
    log CandidateLeft(candidate=self._accounts[id], id=id, struck=struck)


@internal
@view
def _stands(id: uint256) -> bool:
    return self._accounts[id] != empty(address) and self._groups[id // PER_GROUP] & self._gone(id) == 0


@internal
def _settled(group: uint256, divided: uint256) -> uint256:
    """
    @dev The word of a group that knows all divisions. The caller writes it.
    """
    word: uint256 = self._groups[group]
    since: uint256 = word & U12
    if since == divided:
        return word
    growth: uint256 = periods._growth(divided, since)
    for i: uint256 in range(4):
        id: uint256 = PER_GROUP * group + i
        tally: uint256 = self._tally(word, id)
        if tally != 0:
            self._waiting[id] += tally * growth
    return word ^ since | divided


@internal
@pure
def _place(id: uint256) -> uint256:
    # at most 16 + 60 * 3
    return unsafe_add(FIRST, unsafe_mul(TALLY, id & 3))


@internal
@pure
def _gone(id: uint256) -> uint256:
    return 1 << unsafe_add(LEFT, id & 3)


@internal
@pure
def _tally(word: uint256, id: uint256) -> uint256:
    return word >> self._place(id) & U60
