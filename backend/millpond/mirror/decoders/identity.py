# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Identity.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def attesters_set(said: Iterable[Log], rows: Tables) -> None:
    rows["identity_attesters_set"] += [
        (block, index, where, words.address(topics[1]), words.small(data[32:64]))
        for where, topics, data, block, _, index, _ in said
    ]
    rows["identity_attesters_set_attesters"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 0, 32))
    ]


def attesting_pools_set(said: Iterable[Log], rows: Tables) -> None:
    rows["identity_attesting_pools_set"] += [
        (block, index, where, words.address(topics[1]), words.small(data[32:64]))
        for where, topics, data, block, _, index, _ in said
    ]
    rows["identity_attesting_pools_set_pools"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 0, 32))
    ]


def link_canceled(said: Iterable[Log], rows: Tables) -> None:
    rows["identity_link_canceled"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.fixed(topics[2], 32),
            words.address(topics[3]),
        )
        for where, topics, _, block, _, index, _ in said
    ]


def link_confirmed(said: Iterable[Log], rows: Tables) -> None:
    rows["identity_link_confirmed"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.fixed(topics[2], 32),
            words.address(topics[3]),
        )
        for where, topics, _, block, _, index, _ in said
    ]


def link_objected(said: Iterable[Log], rows: Tables) -> None:
    rows["identity_link_objected"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.fixed(topics[2], 32),
            words.address(topics[3]),
            words.small(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]
    rows["identity_link_objected_objectors"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 32, 32))
    ]


def link_proposed(said: Iterable[Log], rows: Tables) -> None:
    rows["identity_link_proposed"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.fixed(topics[2], 32),
            words.address(topics[3]),
            words.small(data[0:32]),
            words.small(data[32:64]),
            words.fixed(data[64:96], 32),
            words.text(data, 96),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def unlinked(said: Iterable[Log], rows: Tables) -> None:
    rows["identity_unlinked"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.fixed(topics[2], 32),
            words.address(topics[3]),
        )
        for where, topics, _, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Identity",
        "AttestersSet",
        "febcb2dd3ed3e3e7e91d4d8f8be3bfcb770dee551223210063007b09e8e7d61b",
        2,
        attesters_set,
        "identity_attesters_set",
        (),
    ),
    Decoder(
        "Identity",
        "AttestingPoolsSet",
        "ef4a9dde783f56603b3109af9c6638f8fe8d26bddcd11ff22d3a588b66b5664d",
        2,
        attesting_pools_set,
        "identity_attesting_pools_set",
        (),
    ),
    Decoder(
        "Identity",
        "LinkCanceled",
        "4ad1f51ba39adb1d3a50053822c13aaeeadc02b340c2e567f21f74cb6417a8ab",
        4,
        link_canceled,
        "identity_link_canceled",
        (),
    ),
    Decoder(
        "Identity",
        "LinkConfirmed",
        "f66f3c0f183af93bf78576ea691369dd6b9c47e77e29429e59c54bd2facd0f00",
        4,
        link_confirmed,
        "identity_link_confirmed",
        (),
    ),
    Decoder(
        "Identity",
        "LinkObjected",
        "3bd035a0e930070f4d1fb745b790c1be5c61f596e45ac914f837b8d9a28e8ab9",
        4,
        link_objected,
        "identity_link_objected",
        (),
    ),
    Decoder(
        "Identity",
        "LinkProposed",
        "b19dc247c27e9720c8ff82f0c65b7763b95fe92f9906647376144c9cd95c9cac",
        4,
        link_proposed,
        "identity_link_proposed",
        (),
    ),
    Decoder(
        "Identity",
        "Unlinked",
        "bf1082b747a9fec825263c13d865e6b0867f5100d493b30bb9d4f0bd43d446c5",
        4,
        unlinked,
        "identity_unlinked",
        (),
    ),
)
