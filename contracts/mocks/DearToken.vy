# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# An honest token whose transfers are dear, as with hooks, checkpoints or interest, for tests. Anyone may print it.

balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
burns: uint256
sink: uint256


@deploy
def __init__(burns: uint256):
    """
    @param burns Gas that each transfer burns before it does anything.
    """
    self.burns = burns


@external
def mint(to: address, amount: uint256):
    self.balanceOf[to] += amount


@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
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
    start: uint256 = msg.gas
    for i: uint256 in range(10_000):
        if start - msg.gas >= self.burns:
            break
        self.sink = i
    self.balanceOf[owner] -= amount
    self.balanceOf[to] += amount
