# SPDX-License-Identifier: AGPL-3.0-only
"""Headers and receipts of all forks and types, beside another implementation and by real nodes."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from rlp import encode as their_encode  # type: ignore[import-untyped]

from millpond.chain import headers, receipts
from millpond.chain.answers import BadAnswer, log
from millpond.chain.rlp import BadProof
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex
from tests.chain.made_blocks import (
    FORKS,
    KINDS,
    NAMES,
    Json,
    at,
    paths,
    sealed,
    told_block,
    told_header,
)

# --- headers by another implementation ----------------------------------------------------------


@pytest.mark.parametrize("fork", FORKS, ids=lambda fork: fork.__name__)
def test_read__a_header_of_each_fork__has_the_hash_that_others_compute(fork: Any) -> None:
    told = told_header(fork)
    header = headers.read(told)
    assert to_hex(header.hash) == told["hash"]
    assert to_hex(header.state_root) == told["stateRoot"]
    assert to_hex(header.receipts_root) == told["receiptsRoot"]
    assert header.number == int(told["number"], 16)
    assert header.bloom == int(told["logsBloom"], 16)
    assert keccak256(header.encoded) == header.hash


@pytest.mark.parametrize("fork", FORKS, ids=lambda fork: fork.__name__)
def test_read__any_field_changed_or_missing__refused(fork: Any) -> None:
    told = told_header(fork)
    for name in (*NAMES.values(), "hash"):
        if name not in told:
            continue
        for other in _others(told[name]):
            with pytest.raises(BadAnswer):
                headers.read(told | {name: other})
        with pytest.raises(BadAnswer):
            headers.read({key: value for key, value in told.items() if key != name})
    for name in set(NAMES.values()) - set(told):
        with pytest.raises(BadProof):
            headers.read(told | {name: "0x" + "11" * 32})


def _others(text: str) -> Iterator[object]:
    last = "1" if text[-1] != "1" else "2"
    yield from (text[:-1] + last, text + "11", text[2:], None, 7, [], "0x")


@pytest.mark.parametrize("value", [None, [], "0x", 7])
def test_read__no_header_at_all__refused(value: object) -> None:
    with pytest.raises(BadAnswer):
        headers.read(value)


# --- receipts by another implementation -----------------------------------------------------------


def test_proven_logs__receipts_of_all_types__under_the_root_that_others_compute() -> None:
    chance = random.Random(5)  # noqa: S311  not for keys
    some = 0
    for kinds in (
        (),
        (0,),
        *[tuple(chance.choices(KINDS, k=n)) for n in (1, 2, 5, 17, 130)],
        KINDS,
    ):
        told, made = told_block(chance, kinds)
        header = sealed(told, made)
        assert receipts.receipts_root(told) == header.receipts_root
        logs = receipts.proven_logs(told, header)
        assert [each.index for each in logs] == list(range(len(logs)))
        assert [log(entry) for receipt in told for entry in receipt["logs"]] == logs
        for each in logs:
            assert header.may_have(bytes.fromhex(each.address[2:]), *each.topics)
        some += len(logs)
    assert some > 50


def test_proven_logs__any_single_change__refused() -> None:
    """Every value of every receipt changed, every log left out, doubled, moved to another place."""
    chance = random.Random(6)  # noqa: S311  not for keys
    told, made = told_block(chance, (2, 0, 1, 4, 3, 2))
    header = sealed(told, made)
    assert len(receipts.proven_logs(told, header)) > 4
    tried = 0
    for changed in _changed(told):
        tried += 1
        with pytest.raises(BadAnswer):
            receipts.proven_logs(changed, header)
    assert tried > 250


def _changed(told: list[Json]) -> Iterator[Any]:
    for n in range(len(told)):
        yield told[:n] + told[n + 1 :]
        yield [*told[:n], told[n], *told[n:]]
        if n:
            yield [*told[: n - 1], told[n], told[n - 1], *told[n + 1 :]]
    for path in paths(told):
        *way, last = path
        if last == "transactionHash" and not told[path[0]]["logs"]:
            continue  # it names a transaction that said nothing, and no root binds it
        for other in _values_instead(at(told, path)):
            changed = copy.deepcopy(told)
            at(changed, way)[last] = other
            yield changed
    for n, receipt in enumerate(told):
        for place in range(len(receipt["logs"])):
            fewer = copy.deepcopy(told)
            del fewer[n]["logs"][place]
            yield fewer
            for index, entry in enumerate(_entries(fewer)):  # numbered as if nothing were missing
                entry["logIndex"] = hex(index)
            yield fewer
    yield from (None, {}, "0x", [None], [[]])


def _entries(told: list[Json]) -> Iterator[Json]:
    for receipt in told:
        yield from receipt["logs"]


def _values_instead(text: str) -> Iterator[object]:
    last = "1" if text[-1] != "1" else "2"
    yield from (text[:-1] + last if len(text) > 2 else "0x11", text + "11", None)


def test_proven_logs__a_receipt_before_its_state_had_a_status__is_under_the_same_root() -> None:
    told, made = told_block(random.Random(7), (0, 0))  # noqa: S311  not for keys
    assert all("root" in receipt and "status" not in receipt for receipt in told)
    assert receipts.proven_logs(told, sealed(told, made))


def test_receipts_root__a_deposit_of_a_rollup__has_two_fields_more() -> None:
    told, made = told_block(random.Random(8), (2,))  # noqa: S311  not for keys
    sealed(told, made)
    deposit = told[0] | {"type": "0x7e", "depositNonce": "0x5", "depositReceiptVersion": "0x1"}
    body = [bytes([int(told[0]["status"], 16)]), made[0].gas_used, made[0].bloom.to_bytes(256)]
    body += [[[e.address, [t.to_bytes(32) for t in e.topics], e.data] for e in made[0].logs]]
    leaf = b"\x7e" + their_encode([*body, 5, 1])
    path = b"\x20\x80"
    assert receipts.receipts_root([deposit]) == keccak256(their_encode([path, leaf]))
    early = {key: value for key, value in deposit.items() if not key.startswith("deposit")}
    assert receipts.receipts_root([early]) != receipts.receipts_root([deposit])
    with pytest.raises(BadAnswer):
        receipts.receipts_root([deposit | {"type": "0x80"}])
