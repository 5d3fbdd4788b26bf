# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Pool.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def collectible_received(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_collectible_received"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
            words.amount(data[32:64]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def collectible_sent(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_collectible_sent"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
            words.amount(data[32:64]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def earmark_opened(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_earmark_opened"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(topics[2]),
            words.text(data, 0),
            words.fixed(data[32:64], 32),
            words.boolean(data[64:96]),
            words.small(data[96:128]),
            words.octets(data, 128),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def given(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_given"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.small(topics[2]),
            words.address(topics[3]),
            words.amount(data[0:32]),
            words.boolean(data[32:64]),
            words.text(data, 64),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def lapsed(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_lapsed"] += [
        (block, index, where, words.small(topics[1]))
        for where, topics, _, block, _, index, _ in said
    ]


def loss_accepted(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_loss_accepted"] += [
        (block, index, where, words.address(topics[1]), words.amount(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def moved(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_moved"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.small(topics[2]),
            words.address(topics[3]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def owed(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_owed"] += [
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


def patron_grain(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_patron_grain"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.small(topics[2]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def patron_grain_set(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_patron_grain_set"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
            words.amount(data[32:64]),
            words.small(data[64:96]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def put_back(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_put_back"] += [
        (block, index, where, words.address(topics[1]), words.amount(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def reclaimed(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_reclaimed"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.small(topics[2]),
            words.address(topics[3]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def released(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_released"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(topics[2]),
            words.address(topics[3]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def released_many(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_released_many"] += [
        (block, index, where, words.small(topics[1]), words.address(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]
    rows["pool_released_many_batch"] += [
        (
            block,
            index,
            i,
            words.account(words.part(words.number(each), 0, 160)),
            str(words.part(words.number(each), 160, 96)),
        )
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 0, 32))
    ]


def reserved(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_reserved"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def spent(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_spent"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(topics[2]),
            words.address(topics[3]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def synced(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_synced"] += [
        (block, index, where, words.address(topics[1]), words.amount(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def unreserved(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_unreserved"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def updated(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_updated"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(topics[2]),
            words.text(data, 0),
            words.fixed(data[32:64], 32),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def withdrawn(said: Iterable[Log], rows: Tables) -> None:
    rows["pool_withdrawn"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.address(topics[3]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Pool",
        "CollectibleReceived",
        "f22b7de5a62b99db1a52ac1047948067727f6ff9f9a7c4753a1727776b4e726a",
        3,
        collectible_received,
        "pool_collectible_received",
        (),
    ),
    Decoder(
        "Pool",
        "CollectibleSent",
        "603aa9b3fe750aae7669f14e98815177e75667a06c1b38b6686f7d53fa784371",
        3,
        collectible_sent,
        "pool_collectible_sent",
        (),
    ),
    Decoder(
        "Pool",
        "EarmarkOpened",
        "a2a6998ae5f014ca31deb9ad80072078bf147e20056383baf989998feb5378bb",
        3,
        earmark_opened,
        "pool_earmark_opened",
        (),
    ),
    Decoder(
        "Pool",
        "Given",
        "683af52d8755c765d7f689c3fc8608b3d27a6fdc7c4b8fa30385673398e0e5ae",
        4,
        given,
        "pool_given",
        (5,),
    ),
    Decoder(
        "Pool",
        "Lapsed",
        "88344b28ea2eae83d1e391bb32c2833c4d7381e6757e7fce3a11385863781a10",
        2,
        lapsed,
        "pool_lapsed",
        (),
    ),
    Decoder(
        "Pool",
        "LossAccepted",
        "6c687d95d5fea342bd3c110a88c1f310664e4541d089f274f773d2358a0d14fc",
        2,
        loss_accepted,
        "pool_loss_accepted",
        (3,),
    ),
    Decoder(
        "Pool",
        "Moved",
        "9d9ce5e7973755c2133347dd4797d213cd2929fe2491e5161db9aeb83cae6af0",
        4,
        moved,
        "pool_moved",
        (5,),
    ),
    Decoder(
        "Pool",
        "Owed",
        "7db67ca0eaf1eb1df6356349ae960f6d765d6ac9107e8ba57035a12bab0d5290",
        3,
        owed,
        "pool_owed",
        (4,),
    ),
    Decoder(
        "Pool",
        "PatronGrain",
        "38a5fee335f11ef08d18e53f0417cfa9565a122433ca2b2bfe32489dba2713d1",
        3,
        patron_grain,
        "pool_patron_grain",
        (),
    ),
    Decoder(
        "Pool",
        "PatronGrainSet",
        "124867cfabec9224e7ee442ef3310d136fd28d76448867aec2eb111b376f5411",
        3,
        patron_grain_set,
        "pool_patron_grain_set",
        (4,),
    ),
    Decoder(
        "Pool",
        "PutBack",
        "bc3d1d7bdf28068ebcac831385974a4ed8951646b30352728e3bcf0be59d0fe4",
        2,
        put_back,
        "pool_put_back",
        (3,),
    ),
    Decoder(
        "Pool",
        "Reclaimed",
        "f1736de1da109b2d963a8c599ef14052244d850eaa9ff6b7b8482633818d3931",
        4,
        reclaimed,
        "pool_reclaimed",
        (5,),
    ),
    Decoder(
        "Pool",
        "Released",
        "be9955ede01f89429605b39b8541dc3efb42abc6215925c50e35c676e9e06f88",
        4,
        released,
        "pool_released",
        (4,),
    ),
    Decoder(
        "Pool",
        "ReleasedMany",
        "633dcaf32a9573f495e90f4930af0d7feb34949a0a65ec72dc5e29f7bbe1fc85",
        3,
        released_many,
        "pool_released_many",
        (4,),
    ),
    Decoder(
        "Pool",
        "Reserved",
        "faa084e1c0c4c8e8eea2065e911e7cf90ed55dca98b66b61a5cbb795ffc99e3c",
        3,
        reserved,
        "pool_reserved",
        (4,),
    ),
    Decoder(
        "Pool",
        "Spent",
        "5c0321f3e9b9f197c4b7888184f436fcdecaa1aa532f2b11006049a2a5ef8c93",
        4,
        spent,
        "pool_spent",
        (4,),
    ),
    Decoder(
        "Pool",
        "Synced",
        "719e805666ee0a553650fd3c8f41e577187c0832e6b6099a641650bfea0f86bd",
        2,
        synced,
        "pool_synced",
        (3,),
    ),
    Decoder(
        "Pool",
        "Unreserved",
        "66ff5c91989311f1c81f92132c49f173665bdd239f56217feefeb82a0a285dd6",
        3,
        unreserved,
        "pool_unreserved",
        (4,),
    ),
    Decoder(
        "Pool",
        "Updated",
        "01b8a731716eba2beafd946a7e01fffdee6475670f97a4613592e49e4427c0ed",
        3,
        updated,
        "pool_updated",
        (),
    ),
    Decoder(
        "Pool",
        "Withdrawn",
        "a4195c37c2947bbe89165f03e320b6903116f0b10d8cfdb522330f7ce6f9fa24",
        4,
        withdrawn,
        "pool_withdrawn",
        (4,),
    ),
)
