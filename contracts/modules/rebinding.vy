# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Rebinding: another key for the seat of somebody who lost hers
@license AGPL-3.0-only
@author Millpond maintainers
@notice A vote or some members ask for it; for seven days the old key can object; then the new key completes it. The
        seat keeps its number, its ballots and its buy-in. What some members asked for counts in the period like a join:
        a few gain no more seats by it than by inviting.
@dev One request for each old key. A vote replaces what is asked for already, since all decide more than a few;
     sponsors do not, or any few could put off or turn aside what others began.
"""

from ..interfaces import IAdmission
from . import offers
from . import seats
from . import signatures
from . import sponsors as sponsoring
from . import ways_in

uses: offers
uses: ways_in

REBINDING_TYPEHASH: constant(bytes32) = keccak256(
    "Rebinding(address old,address new,address sponsor,uint256 deadline)"
)
REBIND_ACCEPTANCE_TYPEHASH: constant(bytes32) = keccak256(
    "RebindAcceptance(address old,address new,uint256 deadline)"
)
# The time in which the old key can object.
DELAY: constant(uint256) = 7 * seats.DAY
# And then the time in which it must be completed: what was forgotten must not move a seat years later.
OPEN_FOR: constant(uint256) = 60 * seats.DAY
# One member alone must not move another's seat while there is a third.
LEAST_SPONSORS: constant(uint256) = 2
# Of a request: sponsors made it, no vote.
BY_SPONSORS: constant(uint256) = 1 << 232
# A seat moves once in seven days, and a proposal can be executed for less than a year.
MOST_MOVES: constant(uint256) = 64


event RebindAsked:
    old: indexed(address)
    new: indexed(address)
    ready_at: uint256
    sponsors: DynArray[address, 16]


event RebindObjected:
    old: indexed(address)
    new: indexed(address)


event RebindCompleted:
    old: indexed(address)
    new: indexed(address)


# old key -> the new one u160 | from when on it can be completed u40 | how often the old one had joined u32
#            | BY_SPONSORS
requests: HashMap[address, uint256]
# keccak256(old, new, deadline) that sponsors have asked for once
asked: HashMap[bytes32, bool]


# ---------------------------------------------------------------- the Governor (a proposal); sponsors, by anyone


@external
def rebind(old: address, new: address):
    """
    @notice Ask for another key for a member's seat. By a proposal of the membership class.
    @dev The vote itself moves nothing: the old key can object for seven days, then the new one completes it. It takes
         the place of what is asked for already. Reverts for anyone else, when `old` is no member, and when `new` is
         the zero address or ever had a seat.
    @param old The account that is to lose the seat.
    @param new The account that is to get it.
    """
    seats._require_governor()
    self._ask(old, new, [])


@external
def expel(account: address, times_joined: uint256):
    """
    @notice End a membership, whatever key its seat has moved to since. By a proposal of the membership class.
    @dev Reverts for anyone else, for the last member, and when that membership is over: also when she came back since.
    @param account Whose membership ends.
    @param times_joined Which of hers: `times_joined` of the Governor for that account.
    """
    seats._require_governor()
    found: address = account
    times: uint256 = times_joined
    for _: uint256 in range(MOST_MOVES):
        word: uint256 = seats._word_of(found)
        assert seats._times_joined(word) == times, "admission: not that membership"
        moved_to: address = self._moved_to(found, times)
        if seats._is_member(word) or moved_to == empty(address):
            break
        found = moved_to
        times = 1    # a new key never had a seat before
    extcall seats._governor().remove(found)


@external
def rebind_by_sponsors(old: address, new: address, deadline: uint256, sponsors: DynArray[address, 16],
                       rebindings: DynArray[Bytes[1024], 16], acceptance: Bytes[1024]):
    """
    @notice Ask for it with the signed `Rebinding`s of other members. By the new key, or by anyone with its signed
            `RebindAcceptance`.
    @dev As many as an invitation takes and at least two, or all others where there are fewer. Reverts after the
         deadline and more than 366 days before it, while something is asked for already, when the same was asked for
         before, when a signature is missing or bad, when a sponsor is the old key, no member or a new one, and as
         `rebind`. It stands when a sponsor leaves or is removed afterwards.
    @param old The account that is to lose the seat.
    @param new The account that is to get it.
    @param deadline The last second, since 1970, of all these signatures.
    @param sponsors By ascending address; members for at least a day, since their seat moved if it did.
    @param rebindings Their signatures, in the same order.
    @param acceptance Empty when the new key calls itself.
    """
    assert block.timestamp <= deadline, "admission: the rebindings have expired"
    assert deadline <= block.timestamp + seats.YEAR, "admission: a rebinding of over a year"
    assert self._pending(old) == 0, "admission: a rebind is asked for already"
    # What was objected to, or ran out, takes new signatures.
    once: bytes32 = keccak256(abi_encode(old, new, deadline))
    assert not self.asked[once], "admission: this rebind was asked for before"
    self.asked[once] = True
    self._require_accepted(old, new, deadline, acceptance)
    self._require_sponsored(old, new, deadline, sponsors, rebindings)
    self._ask(old, new, sponsors)


# ---------------------------------------------------------------- the old key; the new key, or who brings its word


@external
def object_to_rebind():
    """
    @notice Stop what is asked for the caller's own seat. By the old key, until it is done.
    @dev Reverts when nothing is asked for. It can be asked for again, with new signatures or another vote.
    """
    pending: uint256 = self._pending(msg.sender)
    assert pending != 0, "admission: no rebind to object to"
    self.requests[msg.sender] = 0
    log RebindObjected(old=msg.sender, new=self._new_key(pending))


@external
def complete_rebind(old: address, deadline: uint256, acceptance: Bytes[1024]):
    """
    @notice Move the seat. By the new key, or by anyone with its signed `RebindAcceptance`.
    @dev From seven days after it was asked for, and for sixty days. Reverts when nothing is asked for (any more),
         earlier, without the new key's acceptance, and when that key has had a seat since. What sponsors asked for
         counts as a join and reverts when enough have joined in this period; it stands meanwhile. A vote's does not.
    @param old The account that loses the seat.
    @param deadline The last second, since 1970, of the new key's signature; of no use when it calls itself.
    @param acceptance Empty when the new key calls itself.
    """
    pending: uint256 = self._pending(old)
    assert pending != 0, "admission: no rebind to complete"
    assert block.timestamp >= self._ready_at(pending), "admission: the old key may still object"
    new: address = self._new_key(pending)
    self._require_accepted(old, new, deadline, acceptance)
    self._require_unseated(new)
    if pending & BY_SPONSORS != 0:
        # Else a few could take every seat whose holder is away at once, before any vote can end.
        ways_in._count_join(ways_in._ways())
    # Without its time it is no request any more. Who it went to stays: see `expel`.
    self.requests[old] = pending & ~(seats.U40 << 160)
    offers._forget(old)
    log RebindCompleted(old=old, new=new)
    extcall seats._governor().rebind(old, new)


# ---------------------------------------------------------------- views


@external
@view
@reentrant
def pending_rebind(old: address) -> (address, uint256):
    """
    @notice What is asked for the seat of an account.
    @param old A member.
    @return The new key; the zero address when nothing is asked for, or no more.
    @return From when on it can be completed, in seconds since 1970; for sixty days.
    """
    pending: uint256 = self._pending(old)
    return self._new_key(pending), self._ready_at(pending)


# ---------------------------------------------------------------- internals


@internal
@view
def _pending(old: address) -> uint256:
    """
    @dev The request, 0 if there is none that still counts: one dies with the membership it was made for, also when she
         comes back, and sixty days after it could be completed.
    """
    request: uint256 = self.requests[old]
    if request == 0 or block.timestamp > self._ready_at(request) + OPEN_FOR:
        return 0
    word: uint256 = seats._word_of(old)
    if not seats._is_member(word) or seats._times_joined(word) != (request >> 200) & seats.U32:
        return 0
    return request


@internal
@view
def _moved_to(old: address, times_joined: uint256) -> address:
    """
    @dev Where the seat of that membership went; zero if it did not move.
    """
    request: uint256 = self.requests[old]
    if self._ready_at(request) != 0 or (request >> 200) & seats.U32 != times_joined:
        return empty(address)
    return self._new_key(request)


@internal
@pure
def _new_key(request: uint256) -> address:
    return convert(request & (2**160 - 1), address)


@internal
@pure
def _ready_at(request: uint256) -> uint256:
    return (request >> 160) & seats.U40


@internal
def _ask(old: address, new: address, sponsors: DynArray[address, 16]):
    word: uint256 = seats._word_of(old)
    assert seats._is_member(word), "admission: only a member's seat moves"
    assert new != empty(address), "admission: no new key"
    self._require_unseated(new)
    ready_at: uint256 = block.timestamp + DELAY
    request: uint256 = convert(new, uint256) | ready_at << 160 | seats._times_joined(word) << 200
    if len(sponsors) != 0:
        request |= BY_SPONSORS
    self.requests[old] = request
    log RebindAsked(old=old, new=new, ready_at=ready_at, sponsors=sponsors)


@internal
@view
def _require_unseated(new: address):
    """
    @dev Also none that moved away: an old key could otherwise come back by turns.
    """
    assert seats._times_joined(seats._word_of(new)) == 0, "admission: the new key had a seat"


@internal
@view
def _require_accepted(old: address, new: address, deadline: uint256, acceptance: Bytes[1024]):
    if msg.sender == new:
        return
    assert block.timestamp <= deadline, "admission: the new key's word has expired"
    digest: bytes32 = signatures._digest(keccak256(abi_encode(REBIND_ACCEPTANCE_TYPEHASH, old, new, deadline)))
    assert signatures._is_signed_by(new, digest, acceptance), "admission: not the new key's signature"


@internal
@view
def _require_sponsored(old: address, new: address, deadline: uint256, sponsors: DynArray[address, 16],
                       rebindings: DynArray[Bytes[1024], 16]):
    others: uint256 = staticcall seats._governor().member_count() - 1
    open_ways: IAdmission.Ways = ways_in._ways()
    # At least one also for the last member, who has nobody: nobody can move her seat.
    needed: uint256 = max(1, min(max(open_ways.sponsors, LEAST_SPONSORS), others))
    sponsoring._require_enough(len(sponsors), needed, len(rebindings))
    last: address = empty(address)
    for i: uint256 in range(len(sponsors), bound=16):
        sponsor: address = sponsors[i]
        assert sponsor != old, "admission: the old key cannot sponsor"
        sponsoring._require_sponsor(sponsor, last)
        last = sponsor
        struct_hash: bytes32 = keccak256(abi_encode(REBINDING_TYPEHASH, old, new, sponsor, deadline))
        sponsoring._require_signed(sponsor, struct_hash, rebindings[i])
