# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Projects: what gifts of a matching round go to
@license AGPL-3.0-only
@author Millpond maintainers
@notice Who is nominated and says yes stands (modules/nominations). While gifts are taken a project may withdraw, and the members can
        strike it out by vote; then its gifts go back to their givers and it has no part of the fund.
"""

from . import checks
from . import nominations
from . import matches
from . import spender_parts

uses: matches
uses: nominations


# Where the round stands; times in seconds since 1970.
struct Round:
    opened_at: uint256      # u40: gifts are taken from then on; 0: not opened yet
    ends_at: uint256        # u40: the first second in which none are taken
    projects: uint256       # u20: how many numbers were given
    cap_bps: uint256        # u14: the most for one project, of the fund; 10,000: no cap
    scale_up: bool          # whether a fund above all matches is paid out whole
    closed: bool            # the fund is divided
    cancelled: bool         # all gifts go back


event ProjectStood:
    account: indexed(address)
    project: indexed(uint256)


event ProjectLeft:
    account: indexed(address)
    project: indexed(uint256)
    struck: bool            # by a vote of the members; otherwise it withdrew


U40: constant(uint256) = 2**40 - 1
U20: constant(uint256) = 2**20 - 1
U14: constant(uint256) = 2**14 - 1
MOST: constant(uint256) = 2**20 - 1
GONE: constant(uint256) = 2**160
PAID: constant(uint256) = 2**161

# the fields of Round, from the lowest bits up
_round: uint256
# whole credits of the alpha rule, in the asset's smallest unit; 0: the quadratic rule
_credit: uint256
# project -> account u160 | gone u1 | paid u1
_projects: HashMap[uint256, uint256]


# ------------------------------------------------------------------------------------------------ projects

@external
def stand() -> uint256:
    """
    @notice Say yes to a nomination. The nominated account.
    @dev Reverts for who is not nominated, outside the time of giving, and when there are too many projects.
    @return The number by which gifts name it.
    """
    return self._stand(msg.sender)


@external
def stand_for(candidate: address, deadline: uint256, signature: Bytes[1024]) -> uint256:
    """
    @notice The same with the signature of the nominated. Anyone.
    @dev Reverts also after the deadline and for a signature that is not hers, or of an earlier time.
    @param candidate Who is nominated.
    @param deadline The last second, since 1970, in which the signature counts.
    @param signature Her Candidacy: 65 bytes, 64 (ERC-2098), or what her wallet accepts (ERC-1271).
    @return The number by which gifts name her.
    """
    nominations._require_signed(candidate, deadline, signature)
    return self._stand(candidate)


@external
def withdraw():
    """
    @notice Stand no more, while gifts are taken. A project. Its gifts go back to their givers.
    @dev Reverts for who does not stand and outside the time of giving.
    """
    project: uint256 = nominations._standing[msg.sender] & nominations.U20
    self._leave(project, False)


# ------------------------------------------------------------------------------------------------ the governor

@external
def strike(project: uint256):
    """
    @notice Strike a project out, before the fund is divided. The Governor, by a rules vote; its text says why.
    @dev Reverts for anyone else, for who does not stand, and once the round is closed or cancelled. Its gifts go back.
    @param project Its number.
    """
    checks._need(msg.sender == spender_parts._governor().address, "matching: only the governor")
    self._leave(project, True)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def round() -> Round:
    """
    @notice Where the round stands.
    @return Times in seconds since 1970.
    """
    return self._load()


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _giving() -> Round:
    """
    @dev The round, in the time of giving.
    """
    round: Round = self._load()
    checks._need(round.opened_at != 0, "matching: nothing opened")
    checks._need(not round.cancelled, "matching: cancelled")
    checks._need(block.timestamp < round.ends_at, "matching: giving is over")
    return round


@internal
def _stand(candidate: address) -> uint256:
    round: Round = self._giving()
    most: uint256 = MOST
    if round.cap_bps != matches.BPS:
        most = matches.MOST_CAPPED
    checks._need(round.projects < most, "matching: too many projects")
    round.projects += 1
    self._store(round)
    nominations._stand(candidate, round.projects)
    self._projects[round.projects] = convert(candidate, uint256)
    log ProjectStood(account=candidate, project=round.projects)
    return round.projects


@internal
def _leave(project: uint256, struck: bool):
    round: Round = self._load()
    if not struck:
        round = self._giving()
    checks._need(not round.closed and not round.cancelled, "matching: too late to leave")
    word: uint256 = self._projects[project]
    checks._need(word != 0 and word & GONE == 0, "matching: does not stand")
    self._projects[project] = word | GONE
    matches._forget(project, self._credit)
    nominations._leave(self._account(word), struck)
    log ProjectLeft(account=self._account(word), project=project, struck=struck)


@internal
@pure
def _account(word: uint256) -> address:
    return convert(convert(word & (2**160 - 1), uint160), address)


@internal
@view
def _load() -> Round:
    word: uint256 = self._round
    return Round(
        opened_at=word & U40,
        ends_at=word >> 40 & U40,
        projects=word >> 80 & U20,
        cap_bps=word >> 100 & U14,
        scale_up=word >> 114 & 1 != 0,
        closed=word >> 115 & 1 != 0,
        cancelled=word >> 116 & 1 != 0,
    )


@internal
def _store(round: Round):
    times: uint256 = round.opened_at | round.ends_at << 40 | round.projects << 80 | round.cap_bps << 100
    flags: uint256 = convert(round.scale_up, uint256) << 114 | convert(round.closed, uint256) << 115
    self._round = times | flags | convert(round.cancelled, uint256) << 116
