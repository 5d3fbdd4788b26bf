# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# What a Pool asks of its Governor, settable, for unit tests of the Pool alone.

isMember: public(HashMap[address, bool])
is_hub_part: public(HashMap[address, bool])
part_words: public(HashMap[address, uint256])
pool: public(address)
refuses: bool


@external
@payable
def act(target: address, data: Bytes[4096]) -> Bytes[4096]:
    # Anyone may speak through this contract.
    return raw_call(target, data, max_outsize=4096, value=msg.value)


@external
def admit(account: address):
    self.isMember[account] = True


@external
def add_part(part: address):
    # As `install` does by vote.
    self.part_words[part] = 1


@external
def add_hub_part(part: address):
    self.is_hub_part[part] = True
    self.part_words[part] = 3


@external
def set_pool(pool: address):
    self.pool = pool


@external
def refuse_money(refuses: bool):
    self.refuses = refuses


@external
@payable
def __default__():
    assert not self.refuses, "mock governor: no money"
