# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# An ERC-721 that misbehaves in one way at a time, for tests. Anyone may print it and change its ways.

flag Way:
    REVERTS         # refuses every transfer
    STAYS           # says nothing and moves nothing
    EATS_GAS        # burns all the gas it gets
    LONG_ANSWER     # refuses with 32 kB
    CALLS_BACK      # calls `target` with `data` before each transfer
    SAYS_NOTHING    # knows no ERC-165
    JUNK            # answers 2 to ERC-165
    HYBRID          # does not say that it is one, as tokens that are money and collectible at once
    UNPAIRED        # knows pairs (ERC-7631) and says that it is in none

SIZE: constant(uint256) = 32_768
ERC165: constant(bytes4) = 0x01ffc9a7
ERC721: constant(bytes4) = 0x80ac58cd

interface Receiver:
    def onERC721Received(operator: address, sender: address, token_id: uint256, data: Bytes[32]) -> bytes4: nonpayable


event CalledBack:
    ok: bool
    answer: Bytes[160]


# How many an account has, as of money.
balanceOf: public(HashMap[address, uint256])
owners: HashMap[uint256, address]
getApproved: public(HashMap[uint256, address])
isApprovedForAll: public(HashMap[address, HashMap[address, bool]])
way: Way
base: address
target: address
data: Bytes[1024]


@external
def mint(to: address, token_id: uint256):
    assert self.owners[token_id] == empty(address), "collectible: there is one"
    self.owners[token_id] = to
    self.balanceOf[to] += 1


@external
def behave(way: Way):
    self.way = way


@external
def stand_for(base: address):
    # From now on it is one side of a pair, whose money is `base` (ERC-7631).
    self.base = base


@external
def call_back(target: address, data: Bytes[1024]):
    self.way = Way.CALLS_BACK
    self.target = target
    self.data = data


@external
@view
def baseERC20() -> address:
    if self.way == Way.UNPAIRED:
        return empty(address)
    assert self.base != empty(address), "collectible: no pair"
    return self.base


@external
@view
@raw_return
def supportsInterface(interface_id: bytes4) -> Bytes[32]:
    if self.way == Way.SAYS_NOTHING:
        return b""
    if self.way == Way.JUNK:
        return abi_encode(convert(2, uint256))
    if self.way == Way.HYBRID:
        return abi_encode(interface_id == ERC165)
    return abi_encode(interface_id in [ERC165, ERC721])


@external
@view
def ownerOf(token_id: uint256) -> address:
    assert self.owners[token_id] != empty(address), "collectible: there is none"
    return self.owners[token_id]


@external
def approve(approved: address, token_id: uint256):
    assert msg.sender == self.owners[token_id], "collectible: not yours"
    self.getApproved[token_id] = approved


@external
def transferFrom(owner: address, to: address, token_id: uint256):
    self._move(owner, to, token_id)


@external
def safeTransferFrom(owner: address, to: address, token_id: uint256, data: Bytes[32]):
    if self.way == Way.CALLS_BACK:
        ok: bool = False
        answer: Bytes[160] = b""
        ok, answer = raw_call(self.target, self.data, max_outsize=160, revert_on_failure=False)
        log CalledBack(ok=ok, answer=answer)
    self._move(owner, to, token_id)
    if to.is_contract:
        taken: bytes4 = extcall Receiver(to).onERC721Received(msg.sender, owner, token_id, data)
        assert taken == 0x150b7a02, "collectible: not taken"


@internal
def _move(owner: address, to: address, token_id: uint256):
    assert self.way != Way.REVERTS, "collectible: I stay"
    if self.way == Way.LONG_ANSWER:
        raw_revert(abi_encode(empty(uint256[SIZE // 32])))
    if self.way == Way.EATS_GAS:
        for i: uint256 in range(1_000_000_000):
            self.balanceOf[empty(address)] += i
    if self.way == Way.STAYS:
        return
    assert self.owners[token_id] == owner, "collectible: not the owner's"
    assert msg.sender in [owner, self.getApproved[token_id]], "collectible: not allowed"
    self.owners[token_id] = to
    self.getApproved[token_id] = empty(address)
    self.balanceOf[owner] -= 1
    self.balanceOf[to] += 1
