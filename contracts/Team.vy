# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Team: those who do the work each say what they take
@license AGPL-3.0-only
@author Millpond maintainers
@notice An earmark is paid out to a team, payday by payday. Each on it sets for herself the most she wants, in the open; when it is
        not enough for all, all get the same part of it. What is more than all want stays for the next payday (Gratipay, Liberapay).
@dev A clone for each earmark; the Hub makes it by a rules vote of the pool (`Hub.install`), the Pool tells it its earmark
     (`on_open`). modules/roster: who is on it. modules/takes: how much each wants. modules/teams: the words and a payday.
     modules/periods: how a division is kept. Parameters of the earmark (`params` of `Pool.open_earmark`): abi.encode(Terms),
     modules/teams. The take of somebody who left the pool counts to the end of the period in which she left; in the next, anyone
     takes her off (`drop`).
@custom:holds Nothing. The money is in the Pool, reserved for the team at each payday.
@custom:halt A rules vote takes people off the team; without takes nothing is promised. What is promised stays payable.
"""

from .interfaces import ISpender
from .modules import checks
from .modules import electorate
from .modules import periods
from .modules import roster
from .modules import spender_parts
from .modules import takes
from .modules import teams

implements: ISpender

initializes: periods
initializes: teams[periods := periods]
initializes: roster[teams := teams]
initializes: takes[roster := roster, teams := teams]

# anyone
exports: teams.close_period
exports: roster.drop
# the team
exports: takes.set_take
exports: roster.invite
exports: roster.leave
# the governor
exports: roster.admit
exports: roster.remove
# views
exports: teams.head
exports: teams.throttle
exports: periods.money
exports: takes.take_of
exports: roster.seat_at
exports: roster.invitations_of
# views: neighbours
exports: spender_parts.hub
exports: spender_parts.pool
exports: spender_parts.governor


event TakePaid:
    seat: indexed(uint256)
    to: indexed(address)
    amount: uint256


# ------------------------------------------------------------------------------------------------ the pool, once

@external
def on_open(earmark_id: uint256, params: Bytes[512]):
    """
    @notice The pool has opened the earmark that this team is paid from. The pool only, once.
    @dev Reverts for anyone else, a second time, and for terms out of bounds: a period under a day or over 366, no paydays or over
         1,200, no inviters or over 64, a throttle of 2^92 or more, or an earmark that ends before the first payday.
    @param earmark_id The earmark whose money is paid out from now on, never 0.
    @param params abi.encode(Terms).
    """
    checks._need(msg.sender == spender_parts._pool().address, "team: only the pool")
    checks._need(periods._word == 0, "team: has its earmark")
    checks._need(len(params) == 160, "team: bad parameters")
    teams._open(earmark_id, abi_decode(params, teams.Terms))


# ------------------------------------------------------------------------------------------------ anyone: payouts

@external
def pay(accounts: DynArray[address, 128]):
    """
    @notice Send these people what waits for them. Anyone. A payment that fails is owed to its payee by the Pool.
    @dev Those for whom nothing waits are passed over. Reverts when nothing waits for any, and when the Pool cannot pay.
    @param accounts Who has the seats, or had them last.
    """
    batch: DynArray[uint256, 128] = []
    for account: address in accounts:
        amount: uint256 = self._pay_out(account, account, periods.U96)
        if amount != 0:
            batch.append(amount << 160 | convert(account, uint256))
    checks._need(len(batch) != 0, "team: nothing to pay")
    extcall spender_parts._pool().release_many(periods._earmark(), periods._asset(), batch)


# ------------------------------------------------------------------------------------------------ the team: payouts

@external
def claim(to: address):
    """
    @notice Take what waits for her, to wherever she likes. Who has the seat, or had it last, also after she left.
    @dev Reverts when nothing waits, for a payee whom the Pool refuses, and when the Pool cannot pay.
    @param to Who is paid.
    """
    amount: uint256 = self._pay_out(msg.sender, to, max_value(uint256))
    checks._need(amount != 0, "team: nothing waits")
    extcall spender_parts._pool().release(periods._earmark(), periods._asset(), to, amount)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def waiting_of(account: address) -> uint256:
    """
    @notice What waits for somebody. A payday that is due but not held yet does not count.
    @param account Who has a seat, or had it last.
    @return In the asset's smallest unit, rounded down.
    """
    seat: uint256 = self._seat_of(account)
    mate: teams.Mate = teams._mate(seat)
    growth: uint256 = periods._growth(teams._load().divided, mate.since)
    return (teams._waiting[seat] + mate.take * growth) // periods.SCALE


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _seat_of(account: address) -> uint256:
    return electorate._member_word(spender_parts._governor(), account) & electorate.U32


@internal
def _pay_out(account: address, to: address, most: uint256) -> uint256:
    """
    @dev What waits for her in whole units, at most so many; it waits no more. The fraction stays.
    """
    seat: uint256 = self._seat_of(account)
    if seat == 0:
        return 0
    mate: teams.Mate = teams._settle(teams._load(), seat, teams._mate(seat))
    teams._write(seat, mate)
    waiting: uint256 = teams._waiting[seat]
    amount: uint256 = min(waiting // periods.SCALE, most)
    if amount != 0:
        teams._waiting[seat] = waiting - amount * periods.SCALE
        log TakePaid(seat=seat, to=to, amount=amount)
    return amount
