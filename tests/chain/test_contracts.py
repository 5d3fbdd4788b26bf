# SPDX-License-Identifier: AGPL-3.0-only
"""Calls of a deployed contract by name."""

import pytest

from millpond.chain.answers import Address, BadAnswer
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.signers import LocalSigner
from millpond.core.errors import BadInput, DeploymentError, Reverted

NOBODY = Address("0x000000000000000000000000000000000000dEaD")


def test_call__view__decoded(bench: Contract, patron: LocalSigner) -> None:
    assert bench.owner() == patron.address
    point, others = bench.point((5, patron.address), [])
    assert (point.x, point.owner, others) == (6, patron.address, 0)


def test_call__of_an_older_block__the_state_then(bench: Contract, patron: LocalSigner) -> None:
    first = bench.note.send(patron, 41).block_number
    bench.note.send(patron, 42)
    assert (bench.number(at=first), bench.number()) == (41, 42)


def test_send__overloads__by_number_of_arguments(bench: Contract, patron: LocalSigner) -> None:
    receipt = bench.note.send(patron, 5)
    event = bench.event(receipt, "Noted")
    assert (event.args["who"], event.args["amount"], event.args["text"]) == (
        patron.address,
        5,
        "plain",
    )
    other = bench.event(bench.note.send(patron, 6, "other"), "Noted")
    assert other.args["text"] == "other"
    assert other.address == bench.address


def test_send__with_value__arrives(bench: Contract, client: Client, patron: LocalSigner) -> None:
    before = client.balance(bench.address)
    bench.note.send(patron, 5, value=7)
    assert client.balance(bench.address) == before + 7


def test_send__value_to_a_function_that_takes_none__refused(
    bench: Contract, patron: LocalSigner
) -> None:
    with pytest.raises(BadInput, match="takes no ETH"):
        bench.fail.send(patron, "x", value=1)


def test_send__view__refused(bench: Contract, patron: LocalSigner) -> None:
    with pytest.raises(BadInput, match="changes nothing"):
        bench.owner.send(patron)


def test_simulate__return_value_without_a_change(bench: Contract, patron: LocalSigner) -> None:
    head = bench.client.block().number
    assert bench.count.simulate(patron.address) == 1
    with pytest.raises(Reverted, match="too late"):
        bench.fail.simulate(patron.address, "too late")
    assert bench.client.block().number == head


def test_call__nothing_at_the_address__named(bench: Contract, client: Client) -> None:
    ghost = Contract(client, "Bench", NOBODY, bench.abi)
    with pytest.raises(DeploymentError, match="there is no contract at"):
        ghost.owner()
    with pytest.raises(DeploymentError):
        ghost.require_deployed()


def test_call__another_contract_at_the_address__named(bench: Contract, client: Client) -> None:
    """The Bench has no such function: a refusal with its name, not a decoding failure."""
    disguised = Contract(client, "Pool", bench.address)
    with pytest.raises(Reverted, match=r"Pool\.hub was refused"):
        disguised.hub()


def test_attribute__unknown_function__is_none_of_ours(bench: Contract) -> None:
    with pytest.raises(AttributeError, match="Bench has no function nonsense"):
        _ = bench.nonsense


def test_events__of_other_contracts__left_out(bench: Contract, patron: LocalSigner) -> None:
    receipt = bench.note.send(patron, 5)
    elsewhere = Contract(bench.client, "Pool", NOBODY)
    assert elsewhere.events(receipt) == []
    assert [event.name for event in bench.events(receipt)] == ["Noted"]
    with pytest.raises(DeploymentError, match="emitted 0 Noted"):
        Contract(bench.client, "Bench", NOBODY, bench.abi).event(receipt, "Noted")


def test_events__under_a_wrong_abi__refused(bench: Contract, patron: LocalSigner) -> None:
    receipt = bench.note.send(patron, 5)
    with pytest.raises(BadAnswer, match="does not declare"):
        Contract(bench.client, "Pool", bench.address).events(receipt)


def test_past_events__filtered_by_an_indexed_field(
    bench: Contract, patron: LocalSigner, outsider: LocalSigner
) -> None:
    first = bench.note.send(patron, 1).block_number
    bench.note.send(outsider, 2)
    bench.note.send(patron, 3)
    who = bytes(12) + bytes.fromhex(patron.address[2:])
    mine = bench.past_events("Noted", first, indexed=(who,))
    assert [event.args["amount"] for event in mine] == [1, 3]
    assert [event.args["amount"] for event in bench.past_events(None, first)] == [1, 2, 3]


def test_encode__by_name__the_same_bytes(bench: Contract) -> None:
    assert bench.encode("note", 5, "x") == bench.note.encode(5, "x")
    assert bench.note.encode(5)[:4] == bench.abi.function("note", 1).selector
