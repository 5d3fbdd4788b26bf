# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A lender that believes what a Pool says, for tests: it advances to each account once what the Pool owes it in ETH.

interface Debtor:
    def owed(asset: address, account: address) -> uint256: view


debtor: Debtor
advanced: public(HashMap[address, uint256])


@deploy
def __init__(debtor: address):
    self.debtor = Debtor(debtor)


@external
def advance():
    assert self.advanced[msg.sender] == 0, "factor: once only"
    due: uint256 = staticcall self.debtor.owed(empty(address), msg.sender)
    assert due != 0, "factor: nothing is owed to you"
    self.advanced[msg.sender] = due
    send(msg.sender, due, gas=100_000)


@external
@payable
def __default__():
    pass
