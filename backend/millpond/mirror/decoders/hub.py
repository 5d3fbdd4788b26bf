# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Hub.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Rows, Topics


def pool_created(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "hub_pool_created",
            (
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
            ),
        ),
    ]


DECODERS = (
    Decoder(
        "Hub",
        "PoolCreated",
        "0427f7b7bbf200615d9088d8e4af16e62194767224bc3c4719d2fa9c0902d343",
        3,
        pool_created,
        (6,),
    ),
)
