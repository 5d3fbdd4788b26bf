# SPDX-License-Identifier: AGPL-3.0-only
"""T12: after the vote other code stands at the address that was voted for.

Who and what for: a proposer who shows the members a partner's harmless wallet, made with CREATE2;
once the payment has passed the wallet is destroyed and made again as something that he can empty.
In the world: Tornado Cash (May 2023): the proposal that was read was not the code that ran.
The defence: calls are calls, never delegatecalls, so code that was exchanged gets no more than what
was voted; and a proposal that depends on code puts a pin in front, which refuses when its hash is
another (`Pins.require_code`). Without a pin a vote trusts the address, as SECURITY.md says of
proxies.
"""

import pyrevm
from eth_utils.crypto import keccak

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import BLIND_PINS
from tests.contracts.coop import EXECUTED, SUCCEEDED, Coop
from tests.contracts.evm import Contract, Evm

AMOUNT = 1_000
# Takes ETH; called with anything it sends all that it has to the caller.
TILL = "366005" + "57" + "00" + "5b" + "5f5f5f5f" + "47335af1" + "00"


def till(evm: Evm) -> str:
    """Where such code stands."""
    code = bytes.fromhex(TILL)
    size = len(code)
    # put it at the end of a word of memory and return it from there
    place = bytes([0x60 + size - 1]) + code + bytes([0x5F, 0x52])
    return evm.create(place + bytes([0x60, size, 0x60, 32 - size, 0xF3]))


def destroy(evm: Evm, target: str) -> None:
    """Its account is as if it had never been, as after a self-destruct before EIP-6780 and on the
    chains that do without it."""
    machine = evm._vm  # noqa: SLF001  (Prague leaves no call that does it)
    machine.insert_account_info(target, pyrevm.AccountInfo(nonce=0, code=b""))


def reborn(evm: Evm, *, pinned: bool) -> tuple[Coop, Outcome, bool]:
    """The vote pays the partner's wallet; before it is carried out the wallet is another."""
    coop, maker = Coop(evm), evm.deploy("Rebirth")
    pins: Contract = evm.deploy("Pins")
    coop.give(AMOUNT)
    thief = evm.actor("thief")
    wallet = maker.make(evm.deploy("CarefulPayee"), sender=thief)
    pin = pins.calldata("require_code", wallet, keccak(evm.code(wallet)))
    actions = [(pins, 0, pin)] if pinned else []
    ready = coop.passed(*actions, coop.spending(wallet, AMOUNT), text="our partner")
    destroy(evm, wallet)
    assert maker.make(till(evm), sender=thief) == wallet
    before = evm.balance(thief)
    refused = strike(evm, coop.execute, ready)
    evm.call(thief, wallet, b"\x01")
    done = coop.state(ready) == EXECUTED
    assert done or coop.state(ready) == SUCCEEDED
    return coop, Outcome(refused, evm.balance(thief) - before), done


def test_execute__the_pinned_wallet_was_made_anew__is_refused() -> None:
    def attack(evm: Evm) -> Outcome:
        return reborn(evm, pinned=True)[1]

    shipped, weak = on_both(attack, BLIND_PINS)
    assert shipped == Outcome("pins: the code has changed", 0)
    assert weak == Outcome("", AMOUNT)


def test_execute__without_a_pin__loses_what_was_voted_and_not_a_wei_more() -> None:
    evm = Evm()
    coop, outcome, done = reborn(evm, pinned=False)
    assert (outcome, done) == (Outcome("", AMOUNT), True)
    coop.give(AMOUNT)
    evm.call(evm.actor("thief"), coop.pool.address)
    assert coop.pool.balance_of(0, "0x" + "00" * 20) == AMOUNT
