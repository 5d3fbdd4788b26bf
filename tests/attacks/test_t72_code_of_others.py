# SPDX-License-Identifier: AGPL-3.0-only
"""T72: code of somebody else runs as if it were the contract's own.

Who and what for: a proposer whose vote for bills calls a harmless contract; run in the Governor's
place it speaks with the Governor's voice and names a thief the only maintainer.
In the world: Tornado Cash (2023) and Audius (2022), whose proposals were delegate-called;
Parity's library (2017), which was destroyed under everybody's feet.
The defence: calls are calls (`Governor.execute`); no contract but the clones' own 45 bytes can
delegate, and none can destroy itself.
"""

import cbor2
import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import funded, ready, thief_of
from tests.attacks.votes_weak import FOREIGN
from tests.contracts.compiled import artifact
from tests.contracts.coop import FOR, ORDINARY, Coop
from tests.contracts.evm import Evm
from tests.house.tree import deployables

PROXY = bytes.fromhex("363d3d373d3d3d363d73")
REST = bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
CALLCODE, DELEGATECALL, SELFDESTRUCT = 0xF2, 0xF4, 0xFF
FORBIDDEN = {CALLCODE, DELEGATECALL, SELFDESTRUCT}
PUSH1, PUSH32 = 0x60, 0x7F


def speaks_as_the_governor(evm: Evm) -> Outcome:
    """`won` is whether the thief signs payouts now."""
    coop = funded(evm)
    thief, puppet = thief_of(coop), evm.deploy("Puppet")
    rules = coop.distributor.calldata("set_maintainers", [(thief, [])], 1)
    harmless = puppet.calldata("act", coop.distributor, rules)
    proposal = coop.propose((puppet, 0, harmless), text="a bill")
    assert coop.word(proposal)["kind"] == ORDINARY
    coop.open(proposal)
    coop.vote(proposal, FOR, *coop.founders)
    ready(coop, proposal)
    refused = strike(evm, coop.execute, proposal)
    return Outcome(refused, int(coop.distributor.is_maintainer(thief)))


def test_execute__a_harmless_contract__speaks_with_its_own_voice() -> None:
    shipped, weak = on_both(speaks_as_the_governor, FOREIGN)
    assert shipped == ("distributor: only the governor", 0)
    assert weak == ("", 1)


def opcodes(code: bytes) -> set[int]:
    """Every instruction, as a machine reads it: what is pushed is no instruction."""
    at, found = 0, set[int]()
    while at < len(code):
        found.add(code[at])
        at += code[at] - PUSH1 + 2 if PUSH1 <= code[at] <= PUSH32 else 1
    return found


def instructions(name: str) -> bytes:
    """The runtime code without the tables behind it: the compiler says how long they are, in the
    CBOR list at the end of the creation code."""
    built = artifact(name)
    size = int.from_bytes(built.creation[-2:])
    _, length, tables, _, _ = cbor2.loads(built.creation[-size:-2])
    assert length == len(built.runtime)
    return built.runtime[: length - sum(tables)]


@pytest.mark.parametrize("name", deployables())
def test_runtime__of_each_contract__has_no_such_instruction(name: str) -> None:
    assert not opcodes(instructions(name)) & FORBIDDEN


def test_runtime__of_the_weakened_governor__has_one() -> None:
    """So that the scan is known to see it."""
    weak = on_both(lambda _: opcodes(instructions("Governor")), FOREIGN)
    assert [DELEGATECALL in each for each in weak] == [False, True]


def test_code__of_a_pools_clones__is_the_standard_proxy() -> None:
    coop = Coop(Evm())
    for part in (coop.pool, coop.governor, coop.admission, coop.distributor):
        code, original = coop.evm.code(part), coop.evm.implementation(part.contract_name)
        assert code[:45] == PROXY + bytes.fromhex(original.address[2:]) + REST
