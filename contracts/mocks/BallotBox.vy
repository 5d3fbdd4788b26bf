# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# The ballots module by itself, with sheets that a test may fill.

from ..modules import ballots

initializes: ballots

exports: ballots.sheets


@external
def fill(id: uint256, words: DynArray[uint256, 64]):
    # One word for each 64 seats.
    place: uint256 = 0
    for word: uint256 in words:
        ballots.sheets[id][place] = word
        place += 1


@external
def mark(id: uint256, seat: uint256, support: uint256, follows: uint256) -> uint256:
    # as casting does it; 0, or why not
    place: uint256 = 4 * (seat % 64)
    sheet: uint256 = ballots.sheets[id][seat // 64]
    ballot: uint256 = ballots._next((sheet >> place) & 15, support, follows)
    if ballot & ballots.REFUSED != 0:
        return ballot ^ ballots.REFUSED
    ballots.sheets[id][seat // 64] = sheet & ~(15 << place) | ballot << place
    return 0


@external
@view
def ballot(id: uint256, seat: uint256) -> uint256:
    return ballots._ballot(id, seat)


@external
@view
def tally(id: uint256, seats: uint256) -> (uint256, uint256, uint256):
    return ballots._tally(id, seats)
