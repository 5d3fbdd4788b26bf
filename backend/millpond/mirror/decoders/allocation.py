# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Allocation.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Rows, Topics


def allocation_cast(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "allocation_allocation_cast",
            (
                words.address(topics[1]),
                words.small(topics[2]),
                words.amount(data[0:32]),
                words.small(data[32:64]),
            ),
        ),
    ]


def allocation_dropped(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "allocation_allocation_dropped",
            (
                words.address(topics[1]),
                words.small(topics[2]),
            ),
        ),
    ]


def allocation_paid(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "allocation_allocation_paid",
            (
                words.small(topics[1]),
                words.address(topics[2]),
                words.amount(data[0:32]),
            ),
        ),
    ]


def allocation_skipped(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "allocation_allocation_skipped",
            (
                words.address(topics[1]),
                words.text(data, 0),
            ),
        ),
    ]


def candidate_left(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "allocation_candidate_left",
            (
                words.address(topics[1]),
                words.small(topics[2]),
                words.boolean(data[0:32]),
            ),
        ),
    ]


def nominated(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "allocation_nominated",
            (
                words.address(topics[1]),
                words.address(topics[2]),
                words.text(data, 0),
                words.fixed(data[32:64], 32),
            ),
        ),
    ]


def period_closed(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "allocation_period_closed",
            (
                words.small(topics[1]),
                words.amount(data[0:32]),
                words.amount(data[32:64]),
                words.small(data[64:96]),
            ),
        ),
    ]


def round_opened(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "allocation_round_opened",
            (
                words.small(topics[1]),
                words.address(data[0:32]),
                words.small(data[32:64]),
                words.small(data[64:96]),
                words.small(data[96:128]),
                words.small(data[128:160]),
            ),
        ),
    ]


def stood(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "allocation_stood",
            (
                words.address(topics[1]),
                words.small(topics[2]),
            ),
        ),
    ]


DECODERS = (
    Decoder(
        "Allocation",
        "AllocationCast",
        "e9929df31dfa8222e000fee0973071962a483a060cd5b875700b64e10cf740b2",
        3,
        allocation_cast,
        (),
    ),
    Decoder(
        "Allocation",
        "AllocationDropped",
        "8eeb7b17e90bd8a6fb922a12cc289944d1989296008014aea11e81283f960211",
        3,
        allocation_dropped,
        (),
    ),
    Decoder(
        "Allocation",
        "AllocationPaid",
        "94856326d4e8b4f407b13a304b343334fa9af1a6bcbe06703a7fd483cfba2f31",
        3,
        allocation_paid,
        (),
    ),
    Decoder(
        "Allocation",
        "AllocationSkipped",
        "e61f47d5713b3295f6adb15ab26ef37d84a09e3febe508466d690a7e919457e6",
        2,
        allocation_skipped,
        (),
    ),
    Decoder(
        "Allocation",
        "CandidateLeft",
        "a54eb9466427e0886f1d867bc7701e2221821200fbf4f7166b458ed22e4deea4",
        3,
        candidate_left,
        (),
    ),
    Decoder(
        "Allocation",
        "Nominated",
        "2266ea269072afbc0d010e441e697951891cb2007bfb58a9c490b4198b024cfd",
        3,
        nominated,
        (),
    ),
    Decoder(
        "Allocation",
        "PeriodClosed",
        "ad48006bd5fccb46a5e25e1cf4e091900c52fac23a2a557c4512e544e2dcef7d",
        2,
        period_closed,
        (),
    ),
    Decoder(
        "Allocation",
        "RoundOpened",
        "f7de280ba4c225e3d4eb1bd174ff38d29ac085d9619a38e89c5575162158e5a9",
        2,
        round_opened,
        (1,),
    ),
    Decoder(
        "Allocation",
        "Stood",
        "e810617346c530ea4fc76daefc5e34fea31e9f944e0d5cb47d5c01c5b4b81fec",
        3,
        stood,
        (),
    ),
)
