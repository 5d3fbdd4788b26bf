# SPDX-License-Identifier: AGPL-3.0-only
"""The walk's encoder beside eth_abi, over the types of every function and event there is."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from eth_abi.abi import encode

from tests.contracts.compiled import artifact
from tests.contracts.evm import Contract
from tests.properties import codec
from tests.properties.chain import Chain, interface, to_address
from tests.properties.reach import DEPLOYABLES

ROUNDS = 8


def worth(random: Random, item: dict[str, Any]) -> Any:
    """Some value of a type."""
    kind = str(item["type"])
    if kind.endswith("]"):
        inner = {**item, "type": kind[: kind.rindex("[")]}
        size = kind[kind.rindex("[") + 1 : -1]
        return [worth(random, inner) for _ in range(int(size or random.randrange(4)))]
    if kind == "tuple":
        return tuple(worth(random, each) for each in item["components"])
    if kind.startswith("uint"):
        return random.getrandbits(random.choice((1, int(kind[4:]))))
    if kind.startswith("bytes"):
        return random.randbytes(int(kind[5:] or random.randrange(70)))
    made: dict[str, Callable[[], Any]] = {
        "address": lambda: to_address(random.getrandbits(160)),
        "bool": lambda: random.random() < 0.5,
        "string": lambda: "ü" * random.randrange(40),
    }
    return made[kind]()


@pytest.mark.parametrize("name", [*DEPLOYABLES, "TestDollar"])
def test_encoder__every_entry_of_an_abi__is_eth_abis(name: str) -> None:
    random = Random(name)  # noqa: S311  (the same values in every run)
    lists = [entry.get(side, []) for entry in artifact(name).abi for side in ("inputs", "outputs")]
    for items in lists * ROUNDS:
        values = [worth(random, item) for item in items]
        expected = encode([codec.type_of(item) for item in items], values)
        assert codec.encoder(items)(values) == expected


def test_of_types__number_too_large__is_an_error() -> None:
    with pytest.raises(AssertionError, match="does not fit uint8"):
        codec.of_types("uint8")([256])


def test_encoder__too_few_values__is_an_error() -> None:
    with pytest.raises(AssertionError, match="2 values"):
        codec.of_types("uint8", "string")([1])


def test_event_raw__a_gift__is_what_the_chain_logs() -> None:
    chain = Chain()
    dollar: Contract = chain.deploy("TestDollar")
    patron = chain.actor("patron")
    handle = chain.handle(dollar)
    outcome = chain.send(patron.address, dollar.address, handle.calldata("mint", patron, 5))
    _, events = interface("TestDollar")
    nobody = to_address(0)
    raw = events["Transfer"].raw(
        dollar.address, {"sender": nobody, "receiver": patron.address, "value": 5}
    )
    assert outcome.logs == [raw]


def test_event_raw__field_missing__is_an_error() -> None:
    _, events = interface("TestDollar")
    with pytest.raises(AssertionError, match="Transfer has"):
        events["Transfer"].raw(to_address(1), {"sender": to_address(0)})


def test_nothing__every_function__is_encoded_as_zeros() -> None:
    for name in DEPLOYABLES:
        for function in interface(name)[0].values():
            empty = [codec.nothing(kind) for kind in function.inputs]
            assert function.calldata(empty)[:4] == function.selector
    assert codec.nothing("(bytes32,uint256[2])[]") == []
    assert codec.nothing("(bool,uint256[2],bytes2)") == (False, [0, 0], b"\0\0")
