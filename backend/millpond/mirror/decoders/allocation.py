# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Allocation.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def allocation_cast(said: Iterable[Log], rows: Tables) -> None:
    rows["allocation_allocation_cast"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.small(topics[2]),
            words.amount(data[0:32]),
            words.small(data[32:64]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def allocation_dropped(said: Iterable[Log], rows: Tables) -> None:
    rows["allocation_allocation_dropped"] += [
        (block, index, where, words.address(topics[1]), words.small(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]


def allocation_paid(said: Iterable[Log], rows: Tables) -> None:
    rows["allocation_allocation_paid"] += [
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


def allocation_skipped(said: Iterable[Log], rows: Tables) -> None:
    rows["allocation_allocation_skipped"] += [
        (block, index, where, words.address(topics[1]), words.text(data, 0))
        for where, topics, data, block, _, index, _ in said
    ]


def candidate_left(said: Iterable[Log], rows: Tables) -> None:
    rows["allocation_candidate_left"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.small(topics[2]),
            words.boolean(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def nominated(said: Iterable[Log], rows: Tables) -> None:
    rows["allocation_nominated"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.text(data, 0),
            words.fixed(data[32:64], 32),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def period_closed(said: Iterable[Log], rows: Tables) -> None:
    rows["allocation_period_closed"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.amount(data[0:32]),
            words.amount(data[32:64]),
            words.small(data[64:96]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def round_opened(said: Iterable[Log], rows: Tables) -> None:
    rows["allocation_round_opened"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(data[0:32]),
            words.small(data[32:64]),
            words.small(data[64:96]),
            words.small(data[96:128]),
            words.small(data[128:160]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def stood(said: Iterable[Log], rows: Tables) -> None:
    rows["allocation_stood"] += [
        (block, index, where, words.address(topics[1]), words.small(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Allocation",
        "AllocationCast",
        "e9929df31dfa8222e000fee0973071962a483a060cd5b875700b64e10cf740b2",
        3,
        allocation_cast,
        "allocation_allocation_cast",
        (),
    ),
    Decoder(
        "Allocation",
        "AllocationDropped",
        "8eeb7b17e90bd8a6fb922a12cc289944d1989296008014aea11e81283f960211",
        3,
        allocation_dropped,
        "allocation_allocation_dropped",
        (),
    ),
    Decoder(
        "Allocation",
        "AllocationPaid",
        "94856326d4e8b4f407b13a304b343334fa9af1a6bcbe06703a7fd483cfba2f31",
        3,
        allocation_paid,
        "allocation_allocation_paid",
        (),
    ),
    Decoder(
        "Allocation",
        "AllocationSkipped",
        "e61f47d5713b3295f6adb15ab26ef37d84a09e3febe508466d690a7e919457e6",
        2,
        allocation_skipped,
        "allocation_allocation_skipped",
        (),
    ),
    Decoder(
        "Allocation",
        "CandidateLeft",
        "a54eb9466427e0886f1d867bc7701e2221821200fbf4f7166b458ed22e4deea4",
        3,
        candidate_left,
        "allocation_candidate_left",
        (),
    ),
    Decoder(
        "Allocation",
        "Nominated",
        "2266ea269072afbc0d010e441e697951891cb2007bfb58a9c490b4198b024cfd",
        3,
        nominated,
        "allocation_nominated",
        (),
    ),
    Decoder(
        "Allocation",
        "PeriodClosed",
        "ad48006bd5fccb46a5e25e1cf4e091900c52fac23a2a557c4512e544e2dcef7d",
        2,
        period_closed,
        "allocation_period_closed",
        (),
    ),
    Decoder(
        "Allocation",
        "RoundOpened",
        "f7de280ba4c225e3d4eb1bd174ff38d29ac085d9619a38e89c5575162158e5a9",
        2,
        round_opened,
        "allocation_round_opened",
        (4,),
    ),
    Decoder(
        "Allocation",
        "Stood",
        "e810617346c530ea4fc76daefc5e34fea31e9f944e0d5cb47d5c01c5b4b81fec",
        3,
        stood,
        "allocation_stood",
        (),
    ),
)
