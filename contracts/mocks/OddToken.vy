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

SIZE: constant(uint256) = 32_768

event CalledBack:
    ok: bool
    answer: Bytes[160]


balances: HashMap[address, uint256]
allowance: public(HashMap[address, HashMap[address, uint256]])
frozen: public(HashMap[address, bool])
way: Way
target: address
data: Bytes[1024]


@external
def mint(to: address, amount: uint256):
    self.balances[to] += amount


@external
def burn(account: address, amount: uint256):
    # What a rebase downwards or an admin does.
    self.balances[account] -= amount


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
    if self.way == Way.HUGE_BALANCE:
        return 1 << 200
    return self.balances[account]


@external
def approve(spender: address, amount: uint256) -> bool:
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
    assert not self.frozen[owner] and not self.frozen[to], "odd: frozen"
    if self.way == Way.SAYS_NO:
        return abi_encode(False)
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
    assert amount <= self.balances[owner], "odd: too little"
    self.balances[owner] -= amount
    arriving: uint256 = amount
    if self.way == Way.FEE:
        arriving -= amount // 100
    if self.way == Way.KEEPS_ALL:
        arriving = 0
    if self.way == Way.FEE_ON_TOP:
        self.balances[owner] -= amount // 100
    self.balances[to] += arriving


@internal
def _call_back():
    ok: bool = False
    answer: Bytes[160] = b""
    ok, answer = raw_call(self.target, self.data, max_outsize=160, revert_on_failure=False)
    log CalledBack(ok=ok, answer=answer)
