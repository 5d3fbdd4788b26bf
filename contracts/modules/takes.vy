# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Takes: each on a team says for herself how much she wants
@license AGPL-3.0-only
@author Millpond maintainers
@notice A take counts from the next payday on and stands until it is changed. Where the terms have a throttle, a take grows within a
        period at most to the highest of: twice her own take at the last payday; that take plus what the last payday left over; the
        median of the takes above 0 at the last payday; the throttle's own amount (Liberapay's rule). Nobody wanted anything at the
        last payday: there is no limit. A take may always fall.
@dev The median of an even number is the mean of the two in the middle, rounded down. It is asked for only where nothing else
     allows the growth, for it reads the whole team.
"""

from . import checks
from . import electorate
from . import roster
from . import spender_parts
from . import teams

uses: roster
uses: teams


# ------------------------------------------------------------------------------------------------ the team

@external
def set_take(take: uint256):
    """
    @notice Set the most she wants from a payday; 0: nothing. Who is on the team and was a member of the pool before this period.
    @dev Reverts for anyone else, after the last payday, for 2^92 and more, and above what the throttle allows.
    @param take In the asset's smallest unit.
    """
    head: teams.Head = teams._current()
    checks._need(head.closed < head.rounds, "team: the last payday is over")
    word: uint256 = electorate._member_word(spender_parts._governor(), msg.sender)
    seat: uint256 = electorate._seat_since(word, teams._began(head))
    checks._need(seat != 0, "team: no member in time")
    mate: teams.Mate = teams._mate(seat)
    checks._need(mate.place != 0, "team: only the team takes")
    checks._need(take <= teams.U92, "team: take too high")
    if take > mate.take:
        checks._need(self._may_grow(head, mate, take), "team: grows too fast")
    head = teams._change(head, msg.sender, seat, mate, take)
    teams._store(head)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def take_of(account: address) -> (uint256, uint256, bool):
    """
    @notice The take of somebody.
    @param account Anybody.
    @return Her take now, in the asset's smallest unit.
    @return Her take at the last payday, in the same unit. A payday that is due but not held yet does not count.
    @return Whether she is on the team.
    """
    word: uint256 = electorate._member_word(spender_parts._governor(), account)
    mate: teams.Mate = teams._mate(word & electorate.U32)
    return mate.take, teams._take_before(teams._load(), mate), mate.place != 0


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _may_grow(head: teams.Head, mate: teams.Mate, take: uint256) -> bool:
    always: uint256 = teams._throttle & teams.U127
    if always == 0 or take <= always or teams._throttle & teams.WANTED == 0:
        return True
    before: uint256 = teams._take_before(head, mate)
    left_over: uint256 = teams._throttle >> 128
    return take <= max(2 * before, before + left_over) or take <= self._median(head)


@internal
@view
def _median(head: teams.Head) -> uint256:
    """
    @dev Of the takes above 0 at the last payday, of those who are on the team now; 0 if there is none.
    """
    sorted: DynArray[uint256, 64] = []
    for i: uint256 in range(head.members, bound=64):
        take: uint256 = teams._take_before(head, teams._mate(roster._seats[i + 1]))
        if take == 0:
            continue
        sorted.append(take)
        for j: uint256 in range(63):
            at: uint256 = len(sorted) - 1 - j
            if at == 0 or sorted[at - 1] <= sorted[at]:
                break
            lower: uint256 = sorted[at]
            sorted[at] = sorted[at - 1]
            sorted[at - 1] = lower
    count: uint256 = len(sorted)
    if count == 0:
        return 0
    return (sorted[(count - 1) // 2] + sorted[count // 2]) // 2
