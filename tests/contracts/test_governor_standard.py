# SPDX-License-Identifier: AGPL-3.0-only
"""What clients of OpenZeppelin's Governor ask, and what the Governor does not know."""

import pytest
from eth_utils.crypto import keccak

from tests.contracts.coop import DAY, Coop
from tests.contracts.evm import ETH


def test_standard_answers__are_what_clients_expect(coop: Coop) -> None:
    governor = coop.governor
    assert governor.name() == "Millpond"
    assert governor.version() == "1"
    assert governor.COUNTING_MODE() == "support=bravo&quorum=for,abstain"
    assert governor.CLOCK_MODE() == "mode=timestamp"
    assert governor.clock() == coop.evm.now
    assert governor.proposalThreshold() == 0
    assert governor.nonces(coop.founders[0]) == 0
    assert governor.votingDelay() == DAY
    assert governor.votingPeriod() == 5 * DAY
    assert governor.eip712Domain() == (
        b"\x0f",
        "Millpond",
        "1",
        coop.evm.chain_id,
        governor.address,
        bytes(32),
        [],
    )


def test_wiring__of_a_governor__is_in_its_code(coop: Coop) -> None:
    governor = coop.governor
    assert governor.hub() == coop.hub.address
    assert governor.pool() == coop.pool.address
    assert governor.identity() == coop.identity.address


@pytest.mark.parametrize("call", ["delegate(address)", "queue(uint256)", "spend()"])
def test_no_such_function__is_refused(coop: Coop, call: str) -> None:
    for value in (0, 1):
        with coop.evm.reverts("governor: no such function"):
            data = keccak(text=call)[:4] + bytes(32)
            coop.evm.call(coop.founders[0], coop.governor, data, value=value)
    for size in (1, 2, 3):
        with coop.evm.reverts("governor: no such function"):
            coop.evm.call(coop.founders[0], coop.governor, keccak(text=call)[:size])


def test_eth__sent_to_the_governor__is_taken(coop: Coop) -> None:
    coop.evm.call(coop.patron, coop.governor, value=7)
    assert coop.evm.balance(coop.governor) == 7
    assert coop.pool.received(0, ETH) == 0
