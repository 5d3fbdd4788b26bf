# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Deposits: money that is kept for a purpose from the moment it arrives
@license AGPL-3.0-only
@author Millpond maintainers
@notice Taken from the caller, given to an earmark whose spender is this contract, and reserved there in the same call: no vote can
        spend it, and it goes on only as this contract's rules say.
@dev Money is here within a call only. Counted is what the Pool credited, in its books' own measure; a token that keeps a fee on the
     way is of no use, since what arrives must be exactly what was sent.
"""

from ethereum.ercs import IERC20
from ..interfaces import IPool
from . import checks
from . import spender_parts

ETH: constant(address) = empty(address)


@internal
def _put_in(earmark_id: uint256, asset: address, amount: uint256, sent: uint256, note: String[32]) -> uint256:
    """
    @dev From the caller into the earmark, where it is reserved. `sent` is the call's value. Returns what the Pool credited.
    """
    pool: IPool = spender_parts._pool()
    if asset == ETH:
        checks._need(sent == amount, "deposit: not the amount in ETH")
    else:
        checks._need(sent == 0, "deposit: ETH beside a token")
        self._fetch(asset, amount, pool.address)
    # Nothing but the gift itself may come between the two looks: a token could else let money be moved in meanwhile.
    before: uint256 = staticcall pool.balance_of(earmark_id, asset)
    extcall pool.give(earmark_id, asset, amount, note, False, value=sent)
    credited: uint256 = staticcall pool.balance_of(earmark_id, asset) - before
    checks._need(credited >= amount, "deposit: lost on the way")
    extcall pool.reserve(earmark_id, asset, credited)
    return credited


@internal
def _fetch(asset: address, amount: uint256, pool: address):
    before: uint256 = staticcall IERC20(asset).balanceOf(self)
    moved: bool = extcall IERC20(asset).transferFrom(msg.sender, self, amount, default_return_value=True)
    checks._need(moved, "deposit: the token refused")
    arrived: uint256 = staticcall IERC20(asset).balanceOf(self) - before
    checks._need(arrived == amount, "deposit: arrived in part")
    allowed: bool = extcall IERC20(asset).approve(pool, amount, default_return_value=True)
    checks._need(allowed, "deposit: token allows nothing")
