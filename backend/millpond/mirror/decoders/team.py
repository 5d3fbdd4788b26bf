# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Team.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def invited(said: Iterable[Log], rows: Tables) -> None:
    rows["team_invited"] += [
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


def payday_closed(said: Iterable[Log], rows: Tables) -> None:
    rows["team_payday_closed"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.amount(data[0:32]),
            words.amount(data[32:64]),
            words.amount(data[64:96]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def take_paid(said: Iterable[Log], rows: Tables) -> None:
    rows["team_take_paid"] += [
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


def take_set(said: Iterable[Log], rows: Tables) -> None:
    rows["team_take_set"] += [
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


def team_joined(said: Iterable[Log], rows: Tables) -> None:
    rows["team_team_joined"] += [
        (block, index, where, words.address(topics[1]), words.small(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]


def team_left(said: Iterable[Log], rows: Tables) -> None:
    rows["team_team_left"] += [
        (block, index, where, words.address(topics[1]), words.small(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]


def team_opened(said: Iterable[Log], rows: Tables) -> None:
    rows["team_team_opened"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(data[0:32]),
            words.small(data[32:64]),
            words.amount(data[64:96]),
            words.amount(data[96:128]),
            words.amount(data[128:160]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Team",
        "Invited",
        "78020864fc010e6f375c0931993a5fc2e3f0225def12a26f79b6b78dee8b3968",
        3,
        invited,
        "team_invited",
        (),
    ),
    Decoder(
        "Team",
        "PaydayClosed",
        "b933410a2e0ef0268bf8866cee2005598d05c551911a9b0744f2c3bfa294b868",
        2,
        payday_closed,
        "team_payday_closed",
        (),
    ),
    Decoder(
        "Team",
        "TakePaid",
        "4eeb3c713093ebfd2536bdfa21dc54c38af121d50a168d062ff737e4b331bdd7",
        3,
        take_paid,
        "team_take_paid",
        (),
    ),
    Decoder(
        "Team",
        "TakeSet",
        "919f4ba6333f766a32122a414aef319dbf2040d2b84454b431f409ab49f10163",
        3,
        take_set,
        "team_take_set",
        (),
    ),
    Decoder(
        "Team",
        "TeamJoined",
        "6c7770961bb93c625c3f8936c01a405410fb29f717e867a09655bebf4782afe8",
        3,
        team_joined,
        "team_team_joined",
        (),
    ),
    Decoder(
        "Team",
        "TeamLeft",
        "0bd57ac10c359c6fd0867dfd257c77dbe0adc2da8060308edc6b8c87c136c220",
        3,
        team_left,
        "team_team_left",
        (),
    ),
    Decoder(
        "Team",
        "TeamOpened",
        "0fc21e9722e165bb63e91fee432fb4f380dc1829758f0c1ba0467c7e6ab001b5",
        2,
        team_opened,
        "team_team_opened",
        (4,),
    ),
)
