# SPDX-License-Identifier: AGPL-3.0-only
"""Pins: a proposal is carried out only while what it depends on outside is as it was."""

import pyrevm
import pytest
from eth_utils.crypto import keccak

from tests.contracts.coop import DAY, EXECUTED, SUCCEEDED, Action, Coop, Proposal, named
from tests.contracts.evm import ETH, Contract, Evm, address_of

CHANGED = "pins: the code has changed"
ANSWER = "pins: the answer has changed"
TOO_SMALL = "pins: the balance is too small"
NOT_NOW = "pins: not at this time"
DELEGATED = bytes.fromhex("ef0100")  # EIP-7702: what stands before the address


@pytest.fixture
def pins(evm: Evm) -> Contract:
    return evm.deploy("Pins")


def put_code(evm: Evm, account: object, code: bytes) -> None:
    """As a self-destruct and a new CREATE2 do on some chains, and a new delegation on all."""
    balance, info = evm.balance(account), pyrevm.AccountInfo(nonce=1, code=code)
    evm._vm.insert_account_info(address_of(account), info)  # noqa: SLF001  (no call of the bench can)
    evm.set_balance(account, balance)


def pinned(pins: Contract, target: Contract, code: bytes) -> tuple[Action, ...]:
    """The pin in front, then what depends on it."""
    pin = (pins, 0, pins.calldata("require_code", target, keccak(code)))
    return pin, (target, 0, target.calldata("decide", 7))


def refused(coop: Coop, proposal: Proposal, reason: str) -> None:
    """Nothing of it is done, and it stays ready."""
    with coop.evm.reverts(reason):
        coop.execute(proposal)
    assert coop.state(proposal) == SUCCEEDED


# --- in a proposal ------------------------------------------------------------------------------


def test_require_code__of_a_target_that_was_replaced__stops_the_execution(
    coop: Coop, pins: Contract
) -> None:
    """The story: members vote to call a contract they have read. Before it is executed its owner
    destroys it and puts another one at the same address."""
    evm = coop.evm
    target = evm.deploy("Puppet")
    code = evm.code(target)
    proposal = coop.passed(*pinned(pins, target, code))
    put_code(evm, target, evm.code(evm.deploy("TwoOwnerWallet", coop.patron, coop.relayer)))
    refused(coop, proposal, CHANGED)
    put_code(evm, target, b"")
    refused(coop, proposal, CHANGED)
    put_code(evm, target, code)
    coop.execute(proposal)
    assert named(evm, "Decided")[0].args == {"by": coop.governor.address, "number": 7}
    assert coop.state(proposal) == EXECUTED


def test_require_code__behind__comes_too_late_and_still_undoes(coop: Coop, pins: Contract) -> None:
    """A pin may stand anywhere: all or nothing."""
    target = coop.evm.deploy("Puppet")
    pin, act = pinned(pins, target, b"another code")
    refused(coop, coop.passed(act, pin), CHANGED)


def test_require_code__of_an_account_that_delegates__sees_another_delegation(
    coop: Coop, pins: Contract
) -> None:
    """EIP-7702: somebody's account runs a contract's code, and she can name another any time."""
    evm, account = coop.evm, coop.evm.actor("delegating")
    one, other = evm.deploy("Puppet"), evm.deploy("Puppet")
    code, changed = (DELEGATED + bytes.fromhex(c.address[2:]) for c in (one, other))
    put_code(evm, account, code)
    proposal = coop.passed(*pinned(pins, one.at(account), code))
    put_code(evm, account, changed)
    refused(coop, proposal, CHANGED)


def test_require_code__of_a_proxy__sees_nothing_but_its_answer_does(
    coop: Coop, pins: Contract
) -> None:
    """A stated limit: the code at a proxy stays the same while what it does changes."""
    evm = coop.evm
    good, bad = evm.deploy("Puppet"), evm.deploy("Puppet")
    switch = evm.deploy("Switch")
    switch.set_target(good, sender=coop.patron)
    target = good.at(switch)
    question = switch.calldata("target")
    answer = bytes(12) + bytes.fromhex(good.address[2:])
    by_code = pinned(pins, target, evm.code(switch))
    pin = (pins, 0, pins.calldata("require_answer", switch, question, keccak(answer)))
    blind = coop.propose(*by_code, text="by its code")
    seeing = coop.propose(pin, by_code[1], text="by its answer", by=coop.founders[1])
    for proposal in (blind, seeing):
        coop.open(proposal)
        coop.vote(proposal, 1, *coop.founders)
    evm.warp_to(coop.governor.proposalDeadline(seeing.id) + 1)
    evm.warp_to(coop.governor.proposalEta(seeing.id))
    switch.set_target(bad, sender=coop.patron)
    refused(coop, seeing, ANSWER)
    coop.execute(blind)
    assert [log.address for log in named(evm, "Decided")] == [bad.address]


# --- one by one ---------------------------------------------------------------------------------


def test_require_code__of_any_account__is_exact(evm: Evm, pins: Contract) -> None:
    somebody, nobody = evm.actor("somebody"), "0x" + "77" * 20
    for account, code_hash in (
        (pins, keccak(evm.code(pins))),
        (somebody, keccak(b"")),
        (nobody, bytes(32)),
    ):
        pins.require_code(account, code_hash)
        with evm.reverts(CHANGED):
            pins.require_code(account, keccak(b"other"))


@pytest.mark.parametrize("more", [0, 1])
def test_require_balance__at_the_edge__holds_and_one_more_does_not(
    evm: Evm, pins: Contract, more: int
) -> None:
    somebody, dollar = evm.actor("somebody"), evm.deploy("TestDollar")
    dollar.mint(somebody, 50, sender=somebody)
    for token, has in ((ETH, evm.balance(somebody)), (dollar, 50)):
        pins.require_balance(token, somebody, has)
        pins.require_balance(token, somebody, 0)
        with evm.reverts(TOO_SMALL):
            pins.require_balance(token, somebody, has + 1)
    with evm.reverts(""):
        pins.require_balance(somebody, somebody, more)


def test_require_answer__other_or_none__is_refused(evm: Evm, pins: Contract) -> None:
    dollar = evm.deploy("TestDollar")
    switch = evm.deploy("Switch")
    question = dollar.calldata("decimals")
    six = keccak((6).to_bytes(32))
    pins.require_answer(dollar, question, six)
    for target, call, answer in (
        (dollar, question, keccak((7).to_bytes(32))),
        (dollar, b"\1\2\3\4", keccak(b"")),  # it does not answer
        (switch, question, six),
    ):
        with evm.reverts(ANSWER):
            pins.require_answer(target, call, answer)


def test_require_answer__of_an_account_without_code__is_refused(evm: Evm, pins: Contract) -> None:
    """It says nothing to everything: a checker whose code is gone would agree for ever."""
    puppet = evm.deploy("Puppet")
    question = puppet.calldata("decide", 1)
    switch = evm.deploy("Switch")
    put_code(evm, puppet, b"")
    for target in (puppet, evm.actor("nobody"), "0x" + "77" * 20):
        for answer in (keccak(b""), keccak((6).to_bytes(32))):
            with evm.reverts("pins: nobody is there to answer"):
                pins.require_answer(target, question, answer)
    with evm.reverts(ANSWER):
        pins.require_answer(switch, question, keccak(b"other"))


def test_require_code__of_an_unused_account__is_turned_by_one_wei(evm: Evm, pins: Contract) -> None:
    """A stated limit: such a pin can be made to fail by anybody."""
    unused = "0x" + "77" * 20
    pins.require_code(unused, bytes(32))
    evm.call(evm.actor("anyone"), unused, b"", value=1)
    with evm.reverts(CHANGED):
        pins.require_code(unused, bytes(32))
    pins.require_code(unused, keccak(b""))


def test_require_answer__question_that_writes__is_not_carried_out(evm: Evm, pins: Contract) -> None:
    """A question is a static call, whatever it says."""
    dollar = evm.deploy("TestDollar")
    call = dollar.calldata("mint", evm.reader, 1)
    with evm.reverts(ANSWER):
        pins.require_answer(dollar, call, keccak(b""))


def test_require_time__at_its_edges__holds_and_one_second_beyond_does_not(
    evm: Evm, pins: Contract
) -> None:
    now = evm.now
    pins.require_time(now, now)
    pins.require_time(0, now + DAY)
    for earliest, latest in ((now + 1, now + DAY), (0, now - 1), (now + 1, now - 1)):
        with evm.reverts(NOT_NOW):
            pins.require_time(earliest, latest)


def test_pins__with_money__take_none_and_keep_nothing(evm: Evm, pins: Contract) -> None:
    somebody = evm.actor("somebody")
    with evm.reverts(""):
        evm.call(somebody, pins, value=1)
    evm.call(somebody, pins, pins.calldata("require_time", 0, evm.now))
    balance, _, storage = evm.state()[pins.address.lower()]
    assert (balance, storage) == (0, {})
