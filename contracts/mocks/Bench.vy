# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# Something of every kind, to test the test bench itself (tests/contracts/test_evm.py).

struct Point:
    x: uint256
    owner: address


event Noted:
    who: indexed(address)
    tag: indexed(String[32])
    amount: uint256
    text: String[32]


number: public(uint256)
owner: public(address)
tick: transient(uint256)


@deploy
@payable
def __init__(owner: address):
    assert owner != empty(address), "bench: no owner"
    self.owner = owner


@external
@payable
@reentrant
def act(target: address, data: Bytes[256]) -> Bytes[256]:
    return raw_call(target, data, max_outsize=256, value=msg.value)


@external
@payable
def note(amount: uint256, text: String[32] = "plain"):
    self.number = amount
    log Noted(who=msg.sender, tag=text, amount=amount, text=text)


@external
def fail(reason: String[32]):
    self.number = 99
    raise reason


@external
def fail_silently():
    raise


@external
def burn_gas():
    for i: uint256 in range(1000000000):
        self.number += i


@external
def count() -> uint256:
    self.tick += 1
    return self.tick


@external
@view
def point(p: Point, others: DynArray[Point, 3]) -> (Point, uint256):
    return Point(x=p.x + 1, owner=p.owner), len(others)


@external
@view
def chain() -> (uint256, uint256, uint256):
    return chain.id, block.timestamp, block.number


@external
@view
def appended(offset: uint256) -> address:
    me: address = self
    return convert(convert(slice(me.code, 45 + offset, 20), uint160), address)
