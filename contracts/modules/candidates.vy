# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Candidates: who can be given a part of a round
@license AGPL-3.0-only
@author Millpond maintainers
@notice Who is nominated and says yes stands (modules/nominations). A candidate may withdraw whenever she likes, and the members
        can strike her out by vote; then she keeps what she was given and takes no part in what comes. There is no order of candidates
        by money anywhere.
@dev Four tallies share a word with the number of divisions they know of, so that ballots over neighbours are cheap. When a
     division came since, the word is settled before anything else: each tally's part is added to what waits for its candidate.
     What waits is kept in units / 2^128, so nothing is lost in between.
"""

from . import checks
from . import nominations
from . import periods
from . import rounds
from . import spender_parts

uses: nominations
uses: periods
uses: rounds


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

# group -> divisions it knows of u12 | who left u4 | four tallies u60 each, from the lowest bits up. Group: id // 4.
_groups: HashMap[uint256, uint256]
# id -> what waits for her, in 2^-128 of the asset's smallest unit
_waiting: HashMap[uint256, uint256]
# id -> account
_accounts: HashMap[uint256, address]


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
    nominations._require_signed(candidate, deadline, signature)
    return self._stand(candidate)


@external
def withdraw():
    """
    @notice Stand no more. A candidate. What she was given until now stays hers.
    @dev Reverts for who does not stand.
    """
    self._leave(nominations._standing[msg.sender] & nominations.U20, False)


# ------------------------------------------------------------------------------------------------ the governor

@external
def strike(id: uint256):
    """
    @notice Strike a candidate out of what comes; only another vote nominates her again. The Governor, by a rules vote.
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


# ------------------------------------------------------------------------------------------------ internals

@internal
def _stand(candidate: address) -> uint256:
    head: rounds.Head = rounds._current()
    checks._need(head.candidates < MOST_CANDIDATES, "allocation: too many candidates")
    head.candidates += 1
    rounds._store(head)
    nominations._stand(candidate, head.candidates)
    self._accounts[head.candidates] = candidate
    log Stood(candidate=candidate, id=head.candidates)
    return head.candidates


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
    nominations._leave(self._accounts[id], struck)
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
