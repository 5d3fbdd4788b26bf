# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A token with an issuer's hand on it, for journeys: anyone may print it, stop its transfers, and burn what somebody has.

from ethereum.ercs import IERC20

name: public(constant(String[16])) = "Issued scrip"
symbol: public(constant(String[8])) = "SCRIP"
decimals: public(constant(uint8)) = 6

balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
stopped: public(bool)


@external
def mint(to: address, amount: uint256):
    self.balanceOf[to] += amount
    log IERC20.Transfer(sender=empty(address), receiver=to, value=amount)


@external
def burn(account: address, amount: uint256):
    self.balanceOf[account] -= amount
    log IERC20.Transfer(sender=account, receiver=empty(address), value=amount)


@external
def stop(stopped: bool):
    self.stopped = stopped


@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    log IERC20.Approval(owner=msg.sender, spender=spender, value=amount)
    return True


@external
def transfer(to: address, amount: uint256) -> bool:
    self._move(msg.sender, to, amount)
    return True


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    self.allowance[owner][msg.sender] -= amount
    self._move(owner, to, amount)
    return True


@internal
def _move(owner: address, to: address, amount: uint256):
    assert not self.stopped, "scrip: transfers are stopped"
    self.balanceOf[owner] -= amount
    self.balanceOf[to] += amount
    log IERC20.Transfer(sender=owner, receiver=to, value=amount)
