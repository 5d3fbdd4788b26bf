# SPDX-License-Identifier: AGPL-3.0-only
"""Contracts that are made to speak: a call comes from the very address of a Pool, Hub or Governor.

No bug has to be found that would let it: what the others answer is then the others' own defence.
"""

from typing import Any

import pyrevm
from eth_utils.crypto import keccak

from tests.contracts.evm import Contract, Evm, Reverted, address_of

SPEAK = b"\xf0SPK"
PROXY = bytes.fromhex("363d3d373d3d3d363d73")  # what stands before the address in a clone
COPY = bytes.fromhex("3d5f5f3e60ff573d5ffd")  # give the answer, or the refusal, on


def speaks(evm: Evm, account: Any) -> bool:
    """Whether there is code at an address."""
    return _code(evm, account) != b""


def spoken(evm: Evm, speaker: Any, target: Contract, function: str, arguments: Any) -> str:
    """What a contract hears that calls this, "" when it was obeyed; nothing stays of the call."""
    data = target.calldata(function, *arguments)
    mark, code = evm.snapshot(), _code(evm, speaker)
    _teach(evm, speaker)
    try:
        evm.call(evm.reader, speaker, SPEAK + bytes(12) + _raw(target) + data)
    except Reverted as error:
        return error.reason or "locked"
    finally:
        evm.restore(mark)
        _put(evm, address_of(speaker), code)
    return ""


def _teach(evm: Evm, speaker: Any) -> None:
    """It does what it did, in its own storage, and says besides what it is told to say."""
    code, address = _code(evm, speaker), address_of(speaker)
    if code.startswith(PROXY):
        original, behind = "0x" + code[10:30].hex(), "0x" + "5e" * 20
        _put(evm, behind, _speech(original))
        _put(evm, address, code[:10] + bytes.fromhex(behind[2:]) + code[30:])
    else:
        behind = "0x" + "5f" * 20
        _put(evm, behind, code)
        _put(evm, address, _speech(behind))


def _speech(original: str) -> bytes:
    """Calls what follows the mark, or lets the original do what is asked."""
    # CALLDATALOAD(0) >> 224 == SPEAK ? go to `speak`
    head = bytes.fromhex("5f3560e01c63") + SPEAK + bytes.fromhex("1460ff57")
    # DELEGATECALL of the original with all that came
    same = bytes.fromhex("365f5f375f5f365f73") + bytes.fromhex(original[2:])
    same += bytes.fromhex("5af4") + COPY
    # CALL of the address behind the mark, with what is behind that
    speak = bytes.fromhex("5b602436036024" + "5f37" + "5f5f602436035f34600435" + "5af1") + COPY
    end = bytes.fromhex("5b3d5ff3")
    whole = bytearray(head + same + speak + end)
    starts, ends = len(head) + len(same), len(head) + len(same) + len(speak)
    whole[len(head) - 2] = starts
    for part in (starts - len(COPY), ends - len(COPY)):
        whole[part + 5] = ends
    return bytes(whole)


def _put(evm: Evm, address: str, code: bytes) -> None:
    balance = evm.balance(address)
    machine = evm._vm  # noqa: SLF001  (no honest transaction puts code there)
    machine.insert_account_info(address, pyrevm.AccountInfo(nonce=1, code=code))
    evm.set_balance(address, balance)


def _code(evm: Evm, account: Any) -> bytes:
    # the engine hands out what was put there as it is, and what a creation left there padded
    machine, address = evm._vm, address_of(account)  # noqa: SLF001
    code = machine.get_code(address) or b""
    put = keccak(code) == machine.basic(address).code_hash
    return code if put else evm.code(account)


def _raw(account: Any) -> bytes:
    return bytes.fromhex(address_of(account)[2:])
