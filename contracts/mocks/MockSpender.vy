# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A spender that remembers how it was opened, refuses terms, or calls the pool back while it is being opened.

event Opened:
    earmark_id: uint256
    params: Bytes[512]


event CalledBack:
    ok: bool
    answer: Bytes[160]


refuses: bool
target: address
data: Bytes[1024]


@external
@payable
def act(target: address, data: Bytes[16384]) -> Bytes[4096]:
    # Anyone may speak through this contract.
    return raw_call(target, data, max_outsize=4096, value=msg.value)


@external
def refuse_terms(refuses: bool):
    self.refuses = refuses


@external
def call_back(target: address, data: Bytes[1024]):
    self.target = target
    self.data = data


@external
def on_open(earmark_id: uint256, params: Bytes[512]):
    assert not self.refuses, "mock spender: not on these terms"
    if self.target != empty(address):
        ok: bool = False
        answer: Bytes[160] = b""
        ok, answer = raw_call(self.target, self.data, max_outsize=160, revert_on_failure=False)
        log CalledBack(ok=ok, answer=answer)
    log Opened(earmark_id=earmark_id, params=params)
