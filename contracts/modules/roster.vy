# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Roster: who is on a team
@license AGPL-3.0-only
@author Millpond maintainers
@notice Only members of the pool are on a team. The members put somebody on it or take somebody off by vote; the team itself lets
        somebody in by as many invitations as its terms ask for. Everybody may leave. Who has left the pool is taken off by anyone.
@dev Being on it gives nothing: a take begins at 0 and only she herself sets it. The list is kept so that the throttle can ask for
     the median; its order means nothing.
"""

from ..interfaces import IGovernor
from . import checks
from . import electorate
from . import spender_parts
from . import teams

uses: teams


event TeamJoined:
    account: indexed(address)
    seat: indexed(uint256)


event TeamLeft:
    account: indexed(address)   # zero: a vote took the seat off
    seat: indexed(uint256)


event Invited:
    account: indexed(address)
    by: indexed(address)
    invitations: uint256


MOST_THROTTLED: constant(uint256) = 64
MOST: constant(uint256) = 4_096

# place, from 1 -> seat
_seats: HashMap[uint256, uint256]
# seat -> joins, so that invitations of an earlier time say nothing
_joins: HashMap[uint256, uint256]
# invited seat -> its joins -> how many have invited it
_invitations: HashMap[uint256, HashMap[uint256, uint256]]
# seat -> taken off by vote: only another vote puts her on again
_barred: HashMap[uint256, bool]
# hash of invited seat, its joins, inviting seat -> whether it did
_invited: HashMap[bytes32, bool]


# ------------------------------------------------------------------------------------------------ the team

@external
def invite(account: address):
    """
    @notice Ask a member of the pool onto the team. Who is on it. With the last invitation that is needed she is on it.
    @dev Reverts for who is not on the team or no member any more, for who is on it already, for who is no member or was taken
         off by vote, a second time, and for the last invitation when the team is full.
    @param account Who is invited.
    """
    head: teams.Head = teams._current()
    governor: IGovernor = spender_parts._governor()
    inviting: uint256 = electorate._member_word(governor, msg.sender)
    by: uint256 = inviting & electorate.U32
    is_mate: bool = electorate._is_member(inviting) and teams._mate(by).place != 0
    checks._need(is_mate, "team: only the team invites")
    seat: uint256 = self._joinable(governor, account)
    checks._need(not self._barred[seat], "team: taken off by vote")
    joins: uint256 = self._joins[seat]
    mark: bytes32 = keccak256(abi_encode(seat, joins, by))
    checks._need(not self._invited[mark], "team: invited already")
    self._invited[mark] = True
    invitations: uint256 = self._invitations[seat][joins] + 1
    self._invitations[seat][joins] = invitations
    log Invited(account=account, by=msg.sender, invitations=invitations)
    if invitations >= head.inviters:
        head = self._join(head, account, seat)
    teams._store(head)


@external
def leave():
    """
    @notice Leave the team. Who is on it. What she was promised until now stays hers.
    @dev Reverts for who is not on it.
    """
    head: teams.Head = teams._current()
    word: uint256 = electorate._member_word(spender_parts._governor(), msg.sender)
    head = self._leave(head, msg.sender, word & electorate.U32)
    teams._store(head)


# ------------------------------------------------------------------------------------------------ the governor

@external
def admit(accounts: DynArray[address, 64]):
    """
    @notice Put members of the pool on the team. The Governor, by a rules vote.
    @dev For who is on it by then, or no member any more, it is void: one of them must not undo the whole proposal. Reverts
         for anyone else, and when the team is full.
    @param accounts Who is to be on it.
    """
    governor: IGovernor = self._only_governor()
    head: teams.Head = teams._current()
    for account: address in accounts:
        word: uint256 = electorate._member_word(governor, account)
        seat: uint256 = word & electorate.U32
        if electorate._is_member(word) and teams._mate(seat).place == 0:
            self._barred[seat] = False
            head = self._join(head, account, seat)
    teams._store(head)


@external
def remove(seat: uint256):
    """
    @notice Take somebody off the team, whatever key her seat has by then; only another vote puts her on again. The Governor, by a
            rules vote; its text says why. What she was promised stays hers.
    @dev Who is not on it by then just cannot be invited: she must not undo the whole proposal. Reverts for anyone else.
    @param seat Her seat (`seat_at`).
    """
    self._only_governor()
    head: teams.Head = teams._current()
    self._barred[seat] = True
    if teams._mate(seat).place != 0:
        head = self._leave(head, empty(address), seat)
    teams._store(head)


# ------------------------------------------------------------------------------------------------ anyone

@external
def drop(accounts: DynArray[address, 64]):
    """
    @notice Take those off the team who had left the pool when this period began. Anyone.
    @dev Reverts for who is a member or was one then, and for who is not on the team.
    @param accounts Who has the seats, or had them last.
    """
    head: teams.Head = teams._current()
    governor: IGovernor = spender_parts._governor()
    began: uint256 = teams._began(head)
    for account: address in accounts:
        word: uint256 = electorate._member_word(governor, account)
        gone: bool = not electorate._is_member(word) and not electorate._was_member(word, began)
        checks._need(gone, "team: still counts")
        head = self._leave(head, account, word & electorate.U32)
    teams._store(head)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def seat_at(place: uint256) -> uint256:
    """
    @notice Who is on the team.
    @param place From 1 to the number of the team's members.
    @return The seat; 0 beyond them.
    """
    return self._seats[place]


@external
@view
@reentrant
def invitations_of(account: address) -> uint256:
    """
    @notice How many of the team have invited somebody since she was last on it.
    @param account Anybody.
    @return Their number.
    """
    seat: uint256 = electorate._member_word(spender_parts._governor(), account) & electorate.U32
    return self._invitations[seat][self._joins[seat]]


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _only_governor() -> IGovernor:
    governor: IGovernor = spender_parts._governor()
    checks._need(msg.sender == governor.address, "team: only the governor")
    return governor


@internal
@view
def _joinable(governor: IGovernor, account: address) -> uint256:
    """
    @dev The seat of a member who is not on the team.
    """
    word: uint256 = electorate._member_word(governor, account)
    checks._need(electorate._is_member(word), "team: not a member")
    seat: uint256 = word & electorate.U32
    checks._need(teams._mate(seat).place == 0, "team: on it already")
    return seat


@internal
def _join(head: teams.Head, account: address, seat: uint256) -> teams.Head:
    most: uint256 = MOST
    if teams._throttle & teams.U127 != 0:
        most = MOST_THROTTLED
    checks._need(head.members < most, "team: it is full")
    after: teams.Head = head
    after.members += 1
    mate: teams.Mate = teams._mate(seat)
    mate.place = after.members
    teams._write(seat, mate)
    self._seats[after.members] = seat
    log TeamJoined(account=account, seat=seat)
    return after


@internal
def _leave(head: teams.Head, account: address, seat: uint256) -> teams.Head:
    """
    @dev Her take is 0 from now on; the last of the list gets her place.
    """
    mate: teams.Mate = teams._mate(seat)
    checks._need(mate.place != 0, "team: not on it")
    after: teams.Head = teams._change(head, account, seat, mate, 0)
    last: uint256 = self._seats[head.members]
    mover: teams.Mate = teams._mate(last)
    mover.place = mate.place
    teams._write(last, mover)
    self._seats[mate.place] = last
    self._seats[head.members] = 0
    gone: teams.Mate = teams._mate(seat)
    gone.place = 0
    teams._write(seat, gone)
    self._joins[seat] += 1
    after.members -= 1
    log TeamLeft(account=account, seat=seat)
    return after
