# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A token that was sound when it was chosen and is not any more, for tests. Anyone may print it and change its ways.

flag Way:
    ALLOWS_NOTHING  # answers an approval with no
    TAXES           # keeps one part in a hundred of what `taxed` receives
    UNREADABLE      # tells nobody's balance
    EATS_GAS        # burns all the gas it gets when a balance is asked for
    REFUSES         # answers with no what would go to `taxed`
    KEEPS           # burns what `taxed` receives

balances: HashMap[address, uint256]
allowance: public(HashMap[address, HashMap[address, uint256]])
taxed: address
way: Way


@external
def mint(to: address, amount: uint256):
    self.balances[to] += amount


@external
def burn(account: address, amount: uint256):
    self.balances[account] -= amount


@external
def behave(way: Way, taxed: address):
    self.way = way
    self.taxed = taxed


@external
@view
def balanceOf(account: address) -> uint256:
    assert self.way != Way.UNREADABLE, "fickle: not today"
    sum: uint256 = 0
    if self.way == Way.EATS_GAS:
        for i: uint256 in range(1_000_000_000):
            sum = unsafe_add(sum, i)
    return self.balances[account]


@external
def approve(spender: address, amount: uint256) -> bool:
    if self.way == Way.ALLOWS_NOTHING:
        return False
    self.allowance[msg.sender][spender] = amount
    return True


@external
def transfer(to: address, amount: uint256) -> bool:
    return self._move(msg.sender, to, amount)


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    assert amount <= self.allowance[owner][msg.sender], "fickle: not allowed so much"
    self.allowance[owner][msg.sender] -= amount
    return self._move(owner, to, amount)


@internal
def _move(owner: address, to: address, amount: uint256) -> bool:
    if self.way == Way.REFUSES and to == self.taxed:
        return False
    assert amount <= self.balances[owner], "fickle: too little"
    self.balances[owner] -= amount
    arriving: uint256 = amount
    if to == self.taxed:
        if self.way == Way.TAXES:
            arriving -= amount // 100
        if self.way == Way.KEEPS:
            arriving = 0
    self.balances[to] += arriving
    return True
