# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Match payouts: the end of a matching round
@license AGPL-3.0-only
@author Millpond maintainers
@notice When giving is over anyone closes the round: the fund's unreserved money is promised to the projects by their matches. Each
        then gets its gifts and its match, once. What rounding leaves goes back to the fund when the last is paid. Gifts of a project
        that is out, and of a cancelled round, go back to whoever gave them.
"""

from ..interfaces import IPool
from . import checks
from . import matches
from . import projects
from . import spender_parts

uses: matches
uses: projects


event RoundClosed:
    fund: uint256           # promised, in the asset's smallest unit
    total: uint256          # sum of all ideal matches
    rest: uint256           # of the fund, for those whom the cap does not reach
    open_total: uint256     # the sum of their ideal matches
    cap: uint256            # the most for one project, in the asset's smallest unit


event RoundCancelled:
    pass


event ProjectPaid:
    project: indexed(uint256)
    to: indexed(address)
    given: uint256
    match: uint256


event GiftRefunded:
    project: indexed(uint256)
    giver: indexed(address)
    amount: uint256


event FundFreed:
    amount: uint256


U48: constant(uint256) = 2**48 - 1
U96: constant(uint256) = 2**96 - 1
HALF: constant(uint256) = 2**128 - 1

# asset u160 | earmark of the fund u48 | earmark of the gifts u48
_money: uint256
# project -> all that was given to it and not paid or refunded
_given: HashMap[uint256, uint256]
# project -> giver -> what she gave it and did not get back
_gifts: HashMap[uint256, HashMap[address, uint256]]
# rest of the fund u128 | sum of matches u128, for those whom the cap does not reach
_level: uint256
# the most for one project u128 | what is promised of the fund and not paid u128
_cap_and_left: uint256


# ------------------------------------------------------------------------------------------------ anyone

@external
def close():
    """
    @notice Divide the fund, once giving is over. Anyone.
    @dev Reverts before that, a second time, for a cancelled round, and before it is opened. The fund is what its earmark has
         unreserved now; nothing if that has ended.
    """
    round: projects.Round = projects._load()
    checks._need(round.opened_at != 0 and block.timestamp >= round.ends_at, "matching: not over yet")
    checks._need(not round.closed and not round.cancelled, "matching: divided or cancelled")
    round.closed = True
    projects._store(round)
    credit: uint256 = projects._credit
    total: uint256 = matches._total
    fund: uint256 = self._divisible()
    cap: uint256 = fund * round.cap_bps // matches.BPS
    rest: uint256 = fund
    open_total: uint256 = total
    if not round.scale_up:
        rest = min(fund, total)
    promised: uint256 = rest
    if total == 0:
        promised = 0
    if round.cap_bps != matches.BPS and total > 0:
        rest, open_total = matches._level(
            fund, cap, round.projects, 0, empty(matches.Sums), credit, round.scale_up
        )
    self._level = rest << 128 | open_total
    self._cap_and_left = cap << 128 | promised
    log RoundClosed(fund=promised, total=total, rest=rest, open_total=open_total, cap=cap)
    if promised > 0:
        extcall spender_parts._pool().reserve(self._fund_earmark(), self._asset(), promised)


@external
def pay(numbers: DynArray[uint256, 64]):
    """
    @notice Send these projects what was given to them and their match, once the round is closed. Anyone. A payment that fails is
            owed to its payee by the Pool.
    @dev Projects that are out or paid are passed over. Reverts before the round is closed, when there is nothing to pay, and when
         the Pool cannot pay.
    @param numbers Their numbers.
    """
    gifts: DynArray[uint256, 64] = []
    matched: DynArray[uint256, 64] = []
    for project: uint256 in numbers:
        word: uint256 = projects._projects[project]
        account: address = projects._account(word)
        given: uint256 = 0
        match: uint256 = 0
        given, match = self._settle(project, account)
        if given > 0:
            gifts.append(given << 160 | convert(account, uint256))
        if match > 0:
            matched.append(match << 160 | convert(account, uint256))
    checks._need(len(gifts) + len(matched) != 0, "matching: nothing to pay")
    pool: IPool = spender_parts._pool()
    if len(gifts) != 0:
        extcall pool.release_many(self._gifts_earmark(), self._asset(), gifts)
    if len(matched) != 0:
        extcall pool.release_many(self._fund_earmark(), self._asset(), matched)
    self._free_rest()


@external
def refund(project: uint256, giver: address):
    """
    @notice Give a gift back: of a project that is out, or of a cancelled round. Anyone; the money goes to the giver.
    @dev Reverts for other projects, when nothing is due, and where the Pool's `release` would; a payment that fails is owed.
    @param project What it was given to.
    @param giver Who gave it.
    """
    out: bool = projects._load().cancelled or projects._projects[project] & projects.GONE != 0
    checks._need(out, "matching: the gift stays")
    amount: uint256 = self._gifts[project][giver]
    checks._need(amount > 0, "matching: no gift to refund")
    self._gifts[project][giver] = 0
    self._given[project] -= amount
    log GiftRefunded(project=project, giver=giver, amount=amount)
    extcall spender_parts._pool().release(self._gifts_earmark(), self._asset(), giver, amount)


# ------------------------------------------------------------------------------------------------ projects

@external
def claim(project: uint256, to: address):
    """
    @notice Take what was given to a project and its match, to wherever it likes. The project itself, once the round is closed.
    @dev Reverts for anyone else, before the round is closed, a second time, for a project that is out, for a payee whom the Pool
         refuses, and when the Pool cannot pay.
    @param project Its number.
    @param to Who is paid.
    """
    checks._need(msg.sender == projects._account(projects._projects[project]), "matching: not its number")
    given: uint256 = 0
    match: uint256 = 0
    given, match = self._settle(project, to)
    checks._need(given + match != 0, "matching: nothing waits")
    pool: IPool = spender_parts._pool()
    if given > 0:
        extcall pool.release(self._gifts_earmark(), self._asset(), to, given)
    if match > 0:
        extcall pool.release(self._fund_earmark(), self._asset(), to, match)
    self._free_rest()


# ------------------------------------------------------------------------------------------------ the governor

@external
def cancel():
    """
    @notice Cancel the round before it is closed: all gifts go back, the fund stays. The Governor, by a rules vote.
    @dev Reverts for anyone else, before it is opened, a second time, and once it is closed.
    """
    checks._need(msg.sender == spender_parts._governor().address, "matching: governor cancels")
    round: projects.Round = projects._load()
    live: bool = round.opened_at != 0 and not round.closed and not round.cancelled
    checks._need(live, "matching: nothing to cancel")
    round.cancelled = True
    projects._store(round)
    log RoundCancelled()


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def money() -> (uint256, uint256, address):
    """
    @notice Where the money of the round lies.
    @return The earmark of the fund; 0: none yet.
    @return The earmark of the gifts; 0: none yet.
    @return The asset; the zero address for ETH.
    """
    return self._fund_earmark(), self._gifts_earmark(), self._asset()


@external
@view
@reentrant
def gift_of(project: uint256, giver: address) -> uint256:
    """
    @notice What somebody has given to a project and did not get back.
    @param project Its number.
    @param giver Anybody.
    @return In the asset's smallest unit.
    """
    return self._gifts[project][giver]


# ------------------------------------------------------------------------------------------------ internals

@internal
def _settle(project: uint256, to: address) -> (uint256, uint256):
    """
    @dev What a project is paid, and it is paid no more: its gifts, and its match.
    """
    checks._need(projects._load().closed, "matching: not divided yet")
    word: uint256 = projects._projects[project]
    if word == 0 or word & (projects.GONE | projects.PAID) != 0:
        return 0, 0
    projects._projects[project] = word | projects.PAID
    given: uint256 = self._given[project]
    self._given[project] = 0
    credit: uint256 = projects._credit
    ideal: uint256 = matches._ideal(matches._sums_of(project), credit)
    match: uint256 = matches._share(
        ideal, self._level >> 128, self._level & HALF, self._cap_and_left >> 128, credit
    )
    matches._total -= ideal
    self._cap_and_left -= match
    log ProjectPaid(project=project, to=to, given=given, match=match)
    return given, match


@internal
def _free_rest():
    """
    @dev When the last match is paid, what rounding has left is promised to nobody.
    """
    left: uint256 = self._cap_and_left & HALF
    if matches._total == 0 and left > 0:
        self._cap_and_left -= left
        log FundFreed(amount=left)
        extcall spender_parts._pool().unreserve(self._fund_earmark(), self._asset(), left)


@internal
@view
def _divisible() -> uint256:
    """
    @dev What the fund's earmark has unreserved; nothing once it has ended, for then it promises nothing more.
    """
    pool: IPool = spender_parts._pool()
    deadline: uint256 = (staticcall pool.earmark(self._fund_earmark())).deadline
    if deadline != 0 and block.timestamp >= deadline:
        return 0
    return min(staticcall pool.unreserved(self._fund_earmark(), self._asset()), U96)


@internal
@view
def _asset() -> address:
    return convert(convert(self._money & (2**160 - 1), uint160), address)


@internal
@view
def _fund_earmark() -> uint256:
    return self._money >> 160 & U48


@internal
@view
def _gifts_earmark() -> uint256:
    return self._money >> 208
