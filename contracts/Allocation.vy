# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Allocation: the crowd divides an earmark among those it knows
@license AGPL-3.0-only
@author Millpond maintainers
@notice Companies give to one earmark, members nominate, the nominated say yes, every member divides 10,000 points among at most
        eight of them, and each period what came in goes out by the sum of all ballots: one payment in, many people paid (1:N).
@dev A clone for each earmark; the Hub makes it by a rules vote of the pool (`Hub.install`), the Pool tells it its earmark
     (`on_open`). One ballot a seat, whatever somebody gave or earned; only members from before a period count in it.
     modules/rounds: periods and how money is promised. modules/nominations, candidates: who stands. modules/choices: ballots.
     modules/electorate: seats. Parameters of the earmark (`params` of `Pool.open_earmark`): abi.encode(Terms), modules/rounds.
     A ballot of somebody who left counts to the end of the period in which she left; in the next, anyone takes it out (`drop`).
@custom:holds Nothing. The money is in the Pool, reserved for the candidates when a period closes.
@custom:halt Members take their ballots back: below the quorum nothing is divided. A rules vote strikes a candidate out. What is
             promised stays payable.
"""

from .interfaces import ISpender
from .modules import candidates
from .modules import checks
from .modules import choices
from .modules import nominations
from .modules import periods
from .modules import rounds
from .modules import signatures
from .modules import spender_parts

implements: ISpender

initializes: periods
initializes: rounds[periods := periods]
initializes: nominations
initializes: candidates[nominations := nominations, periods := periods, rounds := rounds]
initializes: choices[candidates := candidates, rounds := rounds]

# anyone
exports: rounds.close_period
exports: choices.cast_for
exports: choices.cast_by_signatures
exports: choices.drop
exports: candidates.stand_for
# members
exports: nominations.nominate
exports: choices.cast
# candidates
exports: candidates.stand
exports: candidates.withdraw
# the governor
exports: candidates.strike
# views
exports: rounds.head
exports: periods.money
exports: candidates.candidate_of
exports: nominations.candidacy_of
exports: choices.ballot_of
# views: neighbours
exports: spender_parts.hub
exports: spender_parts.pool
exports: spender_parts.governor
# EIP-5267
exports: signatures.eip712Domain


event AllocationPaid:
    id: indexed(uint256)
    to: indexed(address)
    amount: uint256


# ------------------------------------------------------------------------------------------------ the pool, once

@external
def on_open(earmark_id: uint256, params: Bytes[512]):
    """
    @notice The pool has opened the earmark that this round divides. The pool only, once.
    @dev Reverts for anyone else, a second time, and for terms out of bounds: an unknown rule, a period under a day or over 366,
         no periods or over 1,200, no quorum, or an earmark that ends before the first period does.
    @param earmark_id The earmark whose money is divided from now on, never 0.
    @param params abi.encode(Terms).
    """
    checks._need(msg.sender == spender_parts._pool().address, "allocation: only the pool")
    checks._need(periods._word == 0, "allocation: has its earmark")
    checks._need(len(params) == 160, "allocation: bad parameters")
    rounds._open(earmark_id, abi_decode(params, rounds.Terms))


# ------------------------------------------------------------------------------------------------ anyone: payouts

@external
def pay(ids: DynArray[uint256, 128]):
    """
    @notice Send these candidates what waits for them. Anyone. A payment that fails is owed to its payee by the Pool.
    @dev Those for whom nothing waits are passed over. Reverts when nothing waits for any, and when the Pool cannot pay.
    @param ids Their numbers.
    """
    batch: DynArray[uint256, 128] = []
    for id: uint256 in ids:
        amount: uint256 = self._take(id, periods.U96)
        if amount == 0:
            continue
        account: address = candidates._accounts[id]
        batch.append(amount << 160 | convert(account, uint256))
        log AllocationPaid(id=id, to=account, amount=amount)
    checks._need(len(batch) != 0, "allocation: nothing to pay")
    extcall spender_parts._pool().release_many(periods._earmark(), periods._asset(), batch)


# ------------------------------------------------------------------------------------------------ candidates

@external
def claim(id: uint256, to: address):
    """
    @notice Take what waits for a candidate, to wherever she likes. The candidate, also after she left.
    @dev Reverts for anyone else, when nothing waits, for a payee whom the Pool refuses, and when the Pool cannot pay.
    @param id Her number.
    @param to Who is paid.
    """
    checks._need(msg.sender == candidates._accounts[id], "allocation: not her number")
    amount: uint256 = self._take(id, max_value(uint256))
    checks._need(amount != 0, "allocation: nothing waits")
    log AllocationPaid(id=id, to=to, amount=amount)
    extcall spender_parts._pool().release(periods._earmark(), periods._asset(), to, amount)


# ------------------------------------------------------------------------------------------------ internals

@internal
def _take(id: uint256, most: uint256) -> uint256:
    """
    @dev What waits for her in whole units, at most so many; it waits no more. The fraction stays.
    """
    group: uint256 = id // candidates.PER_GROUP
    word: uint256 = candidates._settled(group, rounds._load().divided)
    candidates._groups[group] = word
    waiting: uint256 = candidates._waiting[id]
    amount: uint256 = min(waiting // periods.SCALE, most)
    candidates._waiting[id] = waiting - amount * periods.SCALE
    return amount
