# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Hub.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def badges_made(said: Iterable[Log], rows: Tables) -> None:
    rows["hub_badges_made"] += [
        (block, index, where, words.address(topics[1]), words.address(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]


def daouri_update(said: Iterable[Log], rows: Tables) -> None:
    rows["hub_daouri_update"] += [
        (block, index, where, words.address(data[0:32]), words.text(data, 32))
        for where, _, data, block, _, index, _ in said
    ]


def part_made(said: Iterable[Log], rows: Tables) -> None:
    rows["hub_part_made"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.fixed(data[0:32], 32),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def pool_created(said: Iterable[Log], rows: Tables) -> None:
    rows["hub_pool_created"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.text(data, 0),
            words.address(data[32:64]),
            words.address(data[64:96]),
            words.address(data[96:128]),
            words.address(data[128:160]),
            words.address(data[160:192]),
            words.text(data, 192),
            words.fixed(data[224:256], 32),
        )
        for where, topics, data, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Hub",
        "BadgesMade",
        "aa7eb7956f1648feda44deb4d6c9e55b7fda492b2a8dd4b04db50e40dc50fe0c",
        3,
        badges_made,
        "hub_badges_made",
        (),
    ),
    Decoder(
        "Hub",
        "DAOURIUpdate",
        "70a842976e7a4dbe172ab201a1d23ff7f220e6edea7c32dc4e15b9210fef09dd",
        1,
        daouri_update,
        "hub_daouri_update",
        (),
    ),
    Decoder(
        "Hub",
        "PartMade",
        "1cd1780979d8701c66e329161f382d404f1746e28d9b3e0935d5db0e8efc63cb",
        3,
        part_made,
        "hub_part_made",
        (),
    ),
    Decoder(
        "Hub",
        "PoolCreated",
        "0427f7b7bbf200615d9088d8e4af16e62194767224bc3c4719d2fa9c0902d343",
        3,
        pool_created,
        "hub_pool_created",
        (9,),
    ),
)
