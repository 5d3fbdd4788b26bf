# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A token that asks the sender first, as ERC-777 does, for tests: who registered a call has it made before her next transfer.

struct Hook:
    target: address
    data: Bytes[2048]


balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
hooks: HashMap[address, Hook]


@external
def mint(to: address, amount: uint256):
    self.balanceOf[to] += amount


@external
def register(target: address, data: Bytes[2048]):
    self.hooks[msg.sender] = Hook(target=target, data=data)


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
    hook: Hook = self.hooks[owner]
    if hook.target != empty(address):
        # once, or its own transfers would ask again
        self.hooks[owner].target = empty(address)
        raw_call(hook.target, hook.data)
    self.balanceOf[owner] -= amount
    self.balanceOf[to] += amount
