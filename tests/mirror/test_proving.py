# SPDX-License-Identifier: AGPL-3.0-only
"""Receipts by the thousand: the same as one by one, and no change of any field gets through."""

import copy
import json
import random
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from millpond.chain import receipts
from millpond.chain.answers import BadAnswer, Log
from millpond.chain.headers import FullHeader
from millpond.core.subjects import to_hex
from millpond.mirror import proving, reading
from tests.chain.made_blocks import Json, at, paths, sealed, told_block

USUAL = (1, 2, 3, 4)


def block(seed: int, kinds: tuple[int, ...]) -> tuple[list[Json], FullHeader]:
    """A block as a node tells it, with all that nodes say of a receipt."""
    told, made = told_block(random.Random(seed), kinds)  # noqa: S311  not for keys
    header = sealed(told, made)
    for receipt, theirs in zip(told, made, strict=True):
        receipt |= {"logsBloom": to_hex(theirs.bloom.to_bytes(256))}
        receipt |= {"blockHash": to_hex(header.hash)}
    return told, header


def proven(told: object, header: FullHeader) -> list[Log] | None:
    """As it comes from a node."""
    return proving.proven(json.dumps(told).encode(), header)


@pytest.mark.parametrize("kinds", [(), (2,), USUAL, USUAL * 40, (0, 1, 2), (0,) * 3])
def test_proven__receipts_of_all_types__the_logs_that_are_proven_one_by_one(
    kinds: tuple[int, ...],
) -> None:
    for seed in range(3):
        told, header = block(seed, kinds)
        found = proven(told, header)
        assert found is not None
        assert found == receipts.proven_logs(told, header)


def test_proven__spelled_in_capitals__the_same() -> None:
    told, header = block(3, USUAL * 3)
    loud = json.loads(json.dumps(told).upper().replace("0X", "0x"), object_hook=_small_keys)
    plain, found = proven(told, header), proven(loud, header)
    assert plain
    assert found is not None
    assert found == plain


def _small_keys(found: Json) -> Json:
    known = (*proving.WireReceipt.__struct_fields__, *reading.WireLog.__struct_fields__)
    known += ("transactionIndex",)
    return {next(name for name in known if name.upper() == key): found[key] for key in found}


def changes(told: list[Json]) -> Iterator[tuple[tuple[Any, ...], list[Json]]]:
    """Each single value changed, one after the other."""
    for path in paths(told):
        value = at(told, path)
        for other in (value[:-1], value + "1", _turned(value), value[:2] + " " + value[3:], None):
            changed = copy.deepcopy(told)
            at(changed, path[:-1])[path[-1]] = other
            if other != value:
                yield path, changed


def _turned(value: str) -> str:
    return value[:-1] + ("1" if value[-1] != "1" else "2")


def test_proven__any_single_change__is_no_proof_or_changes_nothing() -> None:
    """What follows from the order of the receipts is not read out of them."""
    told, header = block(11, USUAL * 2)
    assert sum(len(receipt["logs"]) for receipt in told) > 3
    right, tried = proven(told, header), 0
    for path, changed in changes(told):
        place, field = path[0], path[1]
        if field == "transactionHash" and not told[place]["logs"]:
            continue  # nothing that is mirrored depends on it
        if field == "blockHash" and place > 0:
            continue  # only the first says of which block all are
        tried += 1
        try:
            found = proven(changed, header) or []
        except BadAnswer:
            continue
        assert found in ([], right), path
    assert tried > 100


@pytest.mark.parametrize("change", ["less", "more", "order"])
def test_proven__another_list__is_no_proof(change: str) -> None:
    told, header = block(7, USUAL)
    other = {"less": told[:-1], "more": [*told, told[-1]], "order": told[::-1]}[change]
    with pytest.raises(BadAnswer):
        proven(other, header)


def test_proven__bytes_lent_from_one_field_to_the_next__is_no_proof() -> None:
    """A topic that begins like the mark between two topics: the hex of both stays the same."""
    told, header, topics = next(_blocks_with_a_mark())
    assert proven(told, header) is not None
    topics[:2] = [topics[0] + "a0", "0x" + topics[1][4:]]
    with pytest.raises(BadAnswer):
        proven(told, header)


def _blocks_with_a_mark() -> Iterator[tuple[list[Json], FullHeader, list[str]]]:
    for seed in count():
        for receipt in (made := told_block(random.Random(seed), USUAL)[0]):  # noqa: S311
            for place, log in enumerate(receipt["logs"]):
                if len(log["topics"]) > 1 and log["topics"][1].startswith("0xa0"):
                    told, header = block(seed, USUAL)
                    yield told, header, told[made.index(receipt)]["logs"][place]["topics"]


def test_proven__receipts_of_another_block__are_none_of_it() -> None:
    told, _ = block(5, USUAL)
    _, other = block(6, (*USUAL, 2))
    assert proven(told, other) is None
    assert proven(None, other) is None
