# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Ways: which ways into a pool are open, and how many may come in a period
@license AGPL-3.0-only
@author Millpond maintainers
@notice The members switch each way on or off by vote. Whatever way somebody comes, she counts in the same period: a
        share of the members limits how many join in it. A seat that moves because sponsors asked for it counts too.
"""

from ..interfaces import IAdmission
from . import clone_args
from . import seats

BPS: constant(uint256) = 10000


event WaysSet:
    ways: IAdmission.Ways


# by_offer u8 | by_invitation u8 | sponsors u16 | joins_bps u32 | period u32 | gate u160
word: uint256
# when somebody last joined u40 | who joined in this period u32 | the members at its start u32
period_word: uint256


# ---------------------------------------------------------------- the Hub, once; the Governor (a proposal)


@external
def setup(ways: IAdmission.Ways):
    """
    @notice The first ways in. By the Hub, while it makes the pool.
    @dev Reverts for anyone else, a second time, and as `set_ways`.
    @param ways Which ways are open, and their measure.
    """
    assert msg.sender == clone_args._address_at(0), "admission: only the hub sets it up"
    assert self.word == 0, "admission: set up already"
    self._set(ways)


@external
def set_ways(ways: IAdmission.Ways):
    """
    @notice Switch ways in on or off and set their measure. By a proposal of the rules class.
    @dev Reverts for anyone else, and unless sponsors are 1 to 16, joins_bps 1 to 10,000, the period 1 to 366 days,
             and the gate a contract or zero.
    @param ways All of them anew: which are open, and their measure.
    """
    seats._require_governor()
    self._set(ways)


# ---------------------------------------------------------------- views


@external
@view
@reentrant
def ways() -> IAdmission.Ways:
    """
    @notice Which ways in are open, and their measure.
    @return Offers and invitations on or off; sponsors needed; joins in bps of the members; the period in seconds;
             the gate, or zero.
    """
    return self._ways()


@external
@view
@reentrant
def joins_left() -> uint256:
    """
    @notice How many may still join in the current period, by whatever way; a seat that sponsors move is one of them.
    @return At least 1 once nobody has joined for a whole period.
    """
    ways: IAdmission.Ways = self._ways()
    return self._joins_left(ways, self._current_period(ways))


# ---------------------------------------------------------------- internals


@internal
@view
def _ways() -> IAdmission.Ways:
    word: uint256 = self.word
    return IAdmission.Ways(
        by_offer=word & 255 != 0,
        by_invitation=(word >> 8) & 255 != 0,
        sponsors=(word >> 16) & 65535,
        joins_bps=(word >> 32) & seats.U32,
        period=(word >> 64) & seats.U32,
        gate=convert(word >> 96, address),
    )


@internal
@view
def _offers_are_on() -> bool:
    return self.word & 255 != 0


@internal
def _set(ways: IAdmission.Ways):
    assert ways.sponsors >= 1 and ways.sponsors <= 16, "admission: 1 to 16 sponsors"
    assert ways.joins_bps >= 1 and ways.joins_bps <= BPS, "admission: joins_bps is 1 to 10,000"
    fits: bool = ways.period >= seats.DAY and ways.period <= seats.YEAR
    assert fits, "admission: a period of 1 to 366 days"
    assert ways.gate == empty(address) or ways.gate.is_contract, "admission: the gate is no contract"
    word: uint256 = convert(ways.by_offer, uint256) | convert(ways.by_invitation, uint256) << 8
    word |= ways.sponsors << 16 | ways.joins_bps << 32 | ways.period << 64
    self.word = word | convert(ways.gate, uint256) << 96
    log WaysSet(ways=ways)


@internal
@view
def _current_period(ways: IAdmission.Ways) -> uint256:
    """
    @dev The period's word; that of a new one, nobody in it yet, once nobody has joined for as long as a period lasts.
         Counted from the last join, not from the first, no such span ever holds more than one share.
    """
    word: uint256 = self.period_word
    if word != 0 and block.timestamp < (word & seats.U40) + ways.period:
        return word
    return staticcall seats._governor().member_count() << 72


@internal
@pure
def _joins_left(ways: IAdmission.Ways, word: uint256) -> uint256:
    """
    @dev The share is taken when it is asked for, so that a smaller one counts at once.
    """
    share: uint256 = max(1, (word >> 72) * ways.joins_bps // BPS)
    joined: uint256 = (word >> 40) & seats.U32
    return share - min(share, joined)


@internal
def _count_join(ways: IAdmission.Ways):
    word: uint256 = self._current_period(ways)
    assert self._joins_left(ways, word) != 0, "admission: enough have joined in this period"
    self.period_word = ((word >> 40) + 1) << 40 | block.timestamp
