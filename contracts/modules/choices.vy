# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Choices: a member's standing ballot over at most eight candidates
@license AGPL-3.0-only
@author Millpond maintainers
@notice A ballot gives 10,000 points to at most eight candidates. It stands until it is changed, taken back, or dropped because
        its member has gone. Linear: points count as they are. Root: isqrt(points * 10^18) (FundOSS, early clr.fund), under which
        somebody who stands twice gains: only for candidates that the members know.
@dev The word of a seat: eight choices u31 (id u17 << 14 | points u14) by ascending id, from the lowest bits up, unused ones zero
     | casts u8. A signed ballot names the casts it follows, so it counts once and never overturns a later one; after 255 casts
     signatures count no more, and she casts by her own calls.
"""

from ..interfaces import IGovernor
from . import candidates
from . import checks
from . import electorate
from . import rounds
from . import signatures
from . import spender_parts

uses: candidates
uses: rounds

BALLOT_TYPEHASH: constant(bytes32) = keccak256(
    "AllocationBallot(address voter,uint256[] candidates,uint256[] points,uint256 castsBefore,uint256 deadline)"
)


event AllocationCast:
    voter: indexed(address)
    seat: indexed(uint256)
    choices: uint256            # eight of id u17 << 14 | points u14, from the lowest bits up
    casts: uint256


event AllocationDropped:
    account: indexed(address)
    seat: indexed(uint256)


event AllocationSkipped:
    voter: indexed(address)
    why: String[32]


POINTS: constant(uint256) = 10_000
U8: constant(uint256) = 255
U14: constant(uint256) = 2**14 - 1
U31: constant(uint256) = 2**31 - 1
CHOICES: constant(uint256) = 2**248 - 1
CASTS: constant(uint256) = 248
# her own call follows whatever she cast before; no signature can say so
ANY: constant(uint256) = 256
ACCOUNT: constant(uint256) = 2**160 - 1

# seat -> its standing ballot
_ballots: HashMap[uint256, uint256]


# ------------------------------------------------------------------------------------------------ members

@external
def cast(choices: uint256):
    """
    @notice Cast, change or take back (0) the standing ballot. A member from before this period.
    @dev Reverts for anyone else, after the last period, and for a ballot that is ill-formed: ids not ascending, an id nobody
         has, points that are zero or do not sum to 10,000.
    @param choices Eight of id u17 << 14 | points u14, from the lowest bits up; unused ones zero.
    """
    head: rounds.Head = self._open_for_ballots(block.timestamp)
    code: uint256 = 0
    head, code = self._cast(head, spender_parts._governor(), msg.sender, choices, ANY)
    if code != 0:
        checks._refuse(self._why(code))
    rounds._store(head)


# ------------------------------------------------------------------------------------------------ anyone

@external
def cast_for(voter: address, choices: uint256, casts_before: uint256, deadline: uint256, signature: Bytes[1024]):
    """
    @notice The same with the member's signature, also that of a wallet. Anyone.
    @dev Reverts as `cast`, after the deadline, when it is not hers, and when she has cast more or less often.
    @param voter The member who signed.
    @param choices As in `cast`; she signed its ids and points as two lists.
    @param casts_before How often her seat had cast.
    @param deadline The last second, since 1970, in which it counts.
    @param signature 65 bytes, 64 (ERC-2098), or what her wallet accepts (ERC-1271).
    """
    head: rounds.Head = self._open_for_ballots(deadline)
    digest: bytes32 = self._digest(signatures._domain_separator(), voter, choices, casts_before, deadline)
    if not signatures._is_signed_by(voter, digest, signature):
        checks._refuse(self._why(9))
    code: uint256 = 0
    head, code = self._cast(head, spender_parts._governor(), voter, choices, min(casts_before, U8))
    if code != 0:
        checks._refuse(self._why(code))
    rounds._store(head)


@external
def cast_by_signatures(deadline: uint256, signed: DynArray[uint256, 512]) -> uint256:
    """
    @notice Bring many members' signed ballots. Anyone. Bad or stale ones are skipped and reported, never fatal.
    @dev Reverts after the deadline, after the last period, and when the list is no multiple of four.
    @param deadline The last second, since 1970, in which the ballots count; the same in all of them.
    @param signed Four words a ballot: voter | castsBefore << 160, then the choices, then r, then vs (ERC-2098).
    @return How many were counted.
    """
    head: rounds.Head = self._open_for_ballots(deadline)
    checks._need(len(signed) % 4 == 0, "allocation: four words a ballot")
    count: uint256 = len(signed) // 4
    governor: IGovernor = spender_parts._governor()
    domain: bytes32 = signatures._domain_separator()
    skipped: uint256 = 0
    for i: uint256 in range(count, bound=128):
        voter: address = convert(convert(signed[4 * i] & ACCOUNT, uint160), address)
        casts_before: uint256 = signed[4 * i] >> 160
        choices: uint256 = signed[4 * i + 1]
        digest: bytes32 = self._digest(domain, voter, choices, casts_before, deadline)
        signer: address = signatures._recover(digest, signed[4 * i + 2], signed[4 * i + 3])
        code: uint256 = 9
        if signer == voter and signer != empty(address):
            head, code = self._cast(head, governor, voter, choices, min(casts_before, U8))
        if code != 0:
            skipped += 1
            log AllocationSkipped(voter=voter, why=self._why(code))
    rounds._store(head)
    return count - skipped


@external
def drop(accounts: DynArray[address, 64]):
    """
    @notice Take out the standing ballots of those who had left when this period began. Anyone.
    @dev Reverts for who is a member or was one then, and for a seat without a ballot.
    @param accounts Who has the seats, or had them last.
    """
    head: rounds.Head = rounds._current()
    governor: IGovernor = spender_parts._governor()
    began: uint256 = rounds._began(head)
    for account: address in accounts:
        word: uint256 = electorate._member_word(governor, account)
        seat: uint256 = word & electorate.U32
        gone: bool = not electorate._is_member(word) and not electorate._was_member(word, began)
        checks._need(gone, "allocation: still counts")
        before: uint256 = self._ballots[seat]
        checks._need(before & CHOICES != 0, "allocation: no such ballot")
        head.total -= self._take_back(before & CHOICES, head.rule, head.divided)
        head.ballots -= 1
        self._ballots[seat] = before ^ (before & CHOICES)
        log AllocationDropped(account=account, seat=seat)
    rounds._store(head)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def ballot_of(account: address) -> (uint256, uint256):
    """
    @notice The standing ballot of the seat of an account.
    @param account Anybody.
    @return The choices: eight of id u17 << 14 | points u14, from the lowest bits up; 0: none.
    @return How often the seat has cast, at most 255; her next signature must name it.
    """
    word: uint256 = electorate._member_word(spender_parts._governor(), account)
    ballot: uint256 = self._ballots[word & electorate.U32]
    return ballot & CHOICES, ballot >> CASTS


# ------------------------------------------------------------------------------------------------ internals

@internal
def _open_for_ballots(deadline: uint256) -> rounds.Head:
    checks._need(block.timestamp <= deadline, "allocation: signed too late")
    head: rounds.Head = rounds._current()
    checks._need(head.closed < head.rounds, "allocation: the last one is over")
    return head


@internal
def _cast(head: rounds.Head, governor: IGovernor, voter: address, choices: uint256, follows: uint256) -> (rounds.Head, uint256):
    """
    @return The head as it is to be stored.
    @return 0, or why the ballot does not count; then nothing has changed.
    """
    word: uint256 = electorate._member_word(governor, voter)
    seat: uint256 = electorate._seat_since(word, rounds._began(head))
    if seat == 0:
        return head, 2 if electorate._is_member(word) else 1
    before: uint256 = self._ballots[seat]
    casts: uint256 = before >> CASTS
    if follows != ANY and (follows != casts or casts == U8):
        return head, 3
    code: uint256 = self._fault(choices, head.candidates)
    if code != 0:
        return head, code
    after: rounds.Head = head
    if before & CHOICES != 0:
        after.total -= self._take_back(before & CHOICES, head.rule, head.divided)
        after.ballots -= 1
    if choices != 0:
        after.total += self._give(choices, head.rule, head.divided)
        after.ballots += 1
    casts = min(casts + 1, U8)
    self._ballots[seat] = choices | casts << CASTS
    log AllocationCast(voter=voter, seat=seat, choices=choices, casts=casts)
    return after, 0


@internal
@view
def _fault(choices: uint256, candidates_: uint256) -> uint256:
    """
    @return 0 for a ballot that is well-formed, or what is wrong with it. None at all takes it back.
    """
    if choices == 0:
        return 0
    if choices > CHOICES:
        return 4
    rest: uint256 = choices
    last: uint256 = 0
    sum: uint256 = 0
    for _: uint256 in range(8):
        points: uint256 = rest & U14
        id: uint256 = (rest & U31) >> 14
        if id <= last or points == 0:
            return 4
        if id > candidates_:
            return 6
        last = id
        # at most eight numbers of 14 bits
        sum = unsafe_add(sum, points)
        rest = rest >> 31
        if rest == 0:
            break
    return 0 if sum == POINTS else 5


@internal
def _give(choices: uint256, rule: uint256, divided: uint256) -> uint256:
    """
    @dev Adds a well-formed ballot to the tallies, but of those who left: what it gives them, nobody gets. Returns what the total
         grows by.
    """
    rest: uint256 = choices
    given: uint256 = 0
    group: uint256 = max_value(uint256)
    word: uint256 = 0
    for _: uint256 in range(8):
        id: uint256 = (rest & U31) >> 14
        if id >> 2 != group:
            if group != max_value(uint256):
                candidates._groups[group] = word
            group = id >> 2
            word = candidates._settled(group, divided)
        # candidates._gone and _place, spelled out
        if word >> unsafe_add(candidates.LEFT, id & 3) & 1 == 0:
            counted: uint256 = rest & U14
            if rule == rounds.ROOT:
                counted = isqrt(counted * 10**18)
            # a tally stays far below its 60 bits, and a total below 64
            word = unsafe_add(word, counted << unsafe_add(candidates.FIRST, unsafe_mul(candidates.TALLY, id & 3)))
            given = unsafe_add(given, counted)
        rest = rest >> 31
        if rest == 0:
            break
    candidates._groups[group] = word
    return given


@internal
def _take_back(choices: uint256, rule: uint256, divided: uint256) -> uint256:
    """
    @dev Takes a ballot out of the tallies, but of those who left: their tally is gone. Returns what the total falls by.
    """
    rest: uint256 = choices
    taken: uint256 = 0
    group: uint256 = max_value(uint256)
    word: uint256 = 0
    for _: uint256 in range(8):
        id: uint256 = (rest & U31) >> 14
        if id >> 2 != group:
            if group != max_value(uint256):
                candidates._groups[group] = word
            group = id >> 2
            word = candidates._settled(group, divided)
        # candidates._gone and _place, spelled out
        if word >> unsafe_add(candidates.LEFT, id & 3) & 1 == 0:
            counted: uint256 = rest & U14
            if rule == rounds.ROOT:
                counted = isqrt(counted * 10**18)
            # a tally is the sum of what such ballots have given it
            word = unsafe_sub(word, counted << unsafe_add(candidates.FIRST, unsafe_mul(candidates.TALLY, id & 3)))
            taken = unsafe_add(taken, counted)
        rest = rest >> 31
        if rest == 0:
            break
    candidates._groups[group] = word
    return taken


@internal
@pure
def _why(code: uint256) -> String[32]:
    if code == 1:
        return "allocation: not a member"
    if code == 2:
        return "allocation: joined too late"
    if code == 3:
        return "allocation: not its turn"
    if code == 4:
        return "allocation: ill-formed ballot"
    if code == 5:
        return "allocation: not 10,000 points"
    if code == 6:
        return "allocation: no such candidate"
    return "allocation: not the voter's hand"


@internal
@view
def _digest(domain: bytes32, voter: address, choices: uint256, casts_before: uint256, deadline: uint256) -> bytes32:
    ids: bytes32 = empty(bytes32)
    points: bytes32 = empty(bytes32)
    ids, points = self._lists(choices)
    return signatures._typed_digest(
        domain, keccak256(abi_encode(BALLOT_TYPEHASH, voter, ids, points, casts_before, deadline))
    )


@internal
@pure
def _lists(choices: uint256) -> (bytes32, bytes32):
    """
    @dev The hashes of ids and of points as EIP-712 has them for lists: of one word for each.
    """
    ids: uint256[8] = empty(uint256[8])
    points: uint256[8] = empty(uint256[8])
    rest: uint256 = choices & CHOICES
    count: uint256 = 0
    for i: uint256 in range(8):
        if rest == 0:
            break
        ids[i] = (rest & U31) >> 14
        points[i] = rest & U14
        rest = rest >> 31
        count += 1
    return keccak256(slice(abi_encode(ids), 0, 32 * count)), keccak256(slice(abi_encode(points), 0, 32 * count))
