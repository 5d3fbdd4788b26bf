# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Grain.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def approval(said: Iterable[Log], rows: Tables) -> None:
    rows["grain_approval"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def minter_set(said: Iterable[Log], rows: Tables) -> None:
    rows["grain_minter_set"] += [
        (block, index, where, words.address(topics[1]), words.boolean(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def transfer(said: Iterable[Log], rows: Tables) -> None:
    rows["grain_transfer"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Grain",
        "Approval",
        "8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925",
        3,
        approval,
        "grain_approval",
        (),
    ),
    Decoder(
        "Grain",
        "MinterSet",
        "583b0aa0e528532caf4b907c11d7a8158a122fe2a6fb80cd9b09776ebea8d92d",
        2,
        minter_set,
        "grain_minter_set",
        (),
    ),
    Decoder(
        "Grain",
        "Transfer",
        "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
        3,
        transfer,
        "grain_transfer",
        (),
    ),
)
