# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A token that misbehaves in one way at a time, as real tokens do, for tests. Anyone may print it and change its ways.

flag Way:
    NO_ANSWER       # returns nothing at all, as USDT
    SAYS_NO         # moves nothing and returns false, as BAT once
    LIES            # moves the money and returns false, as Tether Gold
    JUNK            # moves the money and returns 2
    REVERTS         # refuses every transfer
    FEE             # keeps one part in a hundred of what is sent
    FEE_ON_TOP      # takes the fee from the sender, beside the amount
    KEEPS_ALL       # burns whatever is sent
    LONG_ANSWER     # answers with 32 kB
    EATS_GAS        # burns all the gas it gets
    CALLS_BACK      # calls `target` with `data` before each transfer
    HUGE_BALANCE    # says that everybody has 2^200
    PRETENDS        # moves nothing and returns true
    PAUSED          # refuses transfers and approvals, as an issuer's stop
    NO_NOTHING      # refuses to move nothing, as LEND once
    NOT_SO_MUCH     # refuses 2^96 and more, as UNI
    MOST_IS_ALL     # takes 2^256 - 1 for all that the sender has, as Compound's USDC
    FROM_ZERO       # changes an allowance only from zero or to zero, as USDT
    BLIND           # cannot say who has how much
    ENDLESS         # burns all the gas it gets when it is asked who has how much
    HALVES          # says that everybody has half of it
    BURNS_REST      # burns what the sender has left after each transfer
    SENDS_BACK      # moves the money to the receiver and back

SIZE: constant(uint256) = 32_768
ONE: constant(uint256) = 10**18

event CalledBack:
    ok: bool
    answer: Bytes[160]


# In shares, which are worth `index` / 10^18 each.
balances: HashMap[address, uint256]
index: uint256
allowance: public(HashMap[address, HashMap[address, uint256]])
frozen: public(HashMap[address, bool])
way: Way
target: address
data: Bytes[1024]


@deploy
def __init__():
    self.index = ONE


@external
def mint(to: address, amount: uint256):
    self.balances[to] += amount


@external
def burn(account: address, amount: uint256):
    # What a rebase downwards or an admin does.
    self.balances[account] -= amount


@external
def rebase(index: uint256):
    # What a share is worth from now on, of 10^18. Transfers move whole shares, rounded down.
    self.index = index


@external
def freeze(account: address, frozen: bool):
    self.frozen[account] = frozen


@external
def behave(way: Way):
    self.way = way


@external
def call_back(target: address, data: Bytes[1024]):
    self.way = Way.CALLS_BACK
    self.target = target
    self.data = data


@external
@view
def balanceOf(account: address) -> uint256:
    assert self.way != Way.BLIND, "odd: I cannot see"
    if self.way == Way.ENDLESS:
        for i: uint256 in range(1_000_000_000):
            assert self.balances[convert(i, address)] != max_value(uint256), "odd: so much"
    if self.way == Way.HUGE_BALANCE:
        return 1 << 200
    if self.way == Way.HALVES:
        return self.balances[account] // 2
    if self.index == ONE:
        return self.balances[account]
    return self.balances[account] * self.index // ONE


@external
def approve(spender: address, amount: uint256) -> bool:
    assert self.way != Way.PAUSED, "odd: paused"
    fresh: bool = amount == 0 or self.allowance[msg.sender][spender] == 0
    assert fresh or self.way != Way.FROM_ZERO, "odd: from zero only"
    self.allowance[msg.sender][spender] = amount
    return True


@external
@raw_return
def transfer(to: address, amount: uint256) -> Bytes[SIZE]:
    return self._transfer(msg.sender, to, amount)


@external
@raw_return
def transferFrom(owner: address, to: address, amount: uint256) -> Bytes[SIZE]:
    assert amount <= self.allowance[owner][msg.sender], "odd: not allowed so much"
    self.allowance[owner][msg.sender] -= amount
    return self._transfer(owner, to, amount)


@internal
def _transfer(owner: address, to: address, amount: uint256) -> Bytes[SIZE]:
    assert self.way != Way.REVERTS, "odd: I never pay"
    assert self.way != Way.PAUSED, "odd: it is paused"
    assert amount != 0 or self.way != Way.NO_NOTHING, "odd: nothing to move"
    assert amount < 1 << 96 or self.way != Way.NOT_SO_MUCH, "odd: too much"
    assert not self.frozen[owner] and not self.frozen[to], "odd: frozen"
    if self.way == Way.SAYS_NO:
        return abi_encode(False)
    if self.way == Way.PRETENDS:
        return abi_encode(True)
    if self.way == Way.EATS_GAS:
        for i: uint256 in range(1_000_000_000):
            self.balances[empty(address)] += i
    if self.way == Way.CALLS_BACK:
        self._call_back()
    self._book(owner, to, amount)
    if self.way == Way.NO_ANSWER:
        return b""
    if self.way == Way.LIES:
        return abi_encode(False)
    if self.way == Way.JUNK:
        return abi_encode(convert(2, uint256))
    if self.way == Way.LONG_ANSWER:
        return abi_encode(True, empty(uint256[SIZE // 32 - 1]))
    return abi_encode(True)


@internal
def _book(owner: address, to: address, amount: uint256):
    shares: uint256 = amount
    if self.way == Way.MOST_IS_ALL and amount == max_value(uint256):
        shares = self.balances[owner]
    elif self.index != ONE:
        shares = amount * ONE // self.index
    assert shares <= self.balances[owner], "odd: too little"
    self.balances[owner] -= shares
    arriving: uint256 = shares
    if self.way == Way.FEE:
        arriving -= shares // 100
    if self.way == Way.KEEPS_ALL:
        arriving = 0
    if self.way == Way.FEE_ON_TOP:
        self.balances[owner] -= shares // 100
    if self.way == Way.BURNS_REST:
        self.balances[owner] = 0
    self.balances[owner if self.way == Way.SENDS_BACK else to] += arriving


@internal
def _call_back():
    ok: bool = False
    answer: Bytes[160] = b""
    ok, answer = raw_call(self.target, self.data, max_outsize=160, revert_on_failure=False)
    log CalledBack(ok=ok, answer=answer)
