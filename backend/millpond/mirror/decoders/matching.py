# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Matching.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def fund_freed(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_fund_freed"] += [
        (block, index, where, words.amount(data[0:32]))
        for where, _, data, block, _, index, _ in said
    ]


def gift_refunded(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_gift_refunded"] += [
        (
            block,
            index,
            where,
            words.amount(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def matching_opened(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_matching_opened"] += [
        (
            block,
            index,
            where,
            words.amount(topics[1]),
            words.amount(topics[2]),
            words.amount(data[0:32]),
            words.address(data[32:64]),
            words.amount(data[64:96]),
            words.amount(data[96:128]),
            words.amount(data[128:160]),
            words.boolean(data[160:192]),
            words.address(data[192:224]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def nominated(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_nominated"] += [
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


def project_given(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_project_given"] += [
        (
            block,
            index,
            where,
            words.amount(topics[1]),
            words.address(topics[2]),
            words.fixed(topics[3], 32),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def project_left(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_project_left"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.amount(topics[2]),
            words.boolean(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def project_paid(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_project_paid"] += [
        (
            block,
            index,
            where,
            words.amount(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
            words.amount(data[32:64]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def project_stood(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_project_stood"] += [
        (block, index, where, words.address(topics[1]), words.amount(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]


def round_cancelled(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_round_cancelled"] += [
        (block, index, where) for where, _, _, block, _, index, _ in said
    ]


def round_closed(said: Iterable[Log], rows: Tables) -> None:
    rows["matching_round_closed"] += [
        (
            block,
            index,
            where,
            words.amount(data[0:32]),
            words.amount(data[32:64]),
            words.amount(data[64:96]),
            words.amount(data[96:128]),
            words.amount(data[128:160]),
        )
        for where, _, data, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Matching",
        "FundFreed",
        "383a9e3825ec35a5d460d3614f706f72a3b065249798005b08bcf8f03725e4fd",
        1,
        fund_freed,
        "matching_fund_freed",
        (),
    ),
    Decoder(
        "Matching",
        "GiftRefunded",
        "6b5960a2dd87733f10cd737cafc43edc838100cebade18aaa39b6fc66a18a93b",
        3,
        gift_refunded,
        "matching_gift_refunded",
        (),
    ),
    Decoder(
        "Matching",
        "MatchingOpened",
        "b8c0064c22c783283d12621a5ac4e6181a50ad5bf0ef17f8205fd20538be3a75",
        3,
        matching_opened,
        "matching_matching_opened",
        (6,),
    ),
    Decoder(
        "Matching",
        "Nominated",
        "2266ea269072afbc0d010e441e697951891cb2007bfb58a9c490b4198b024cfd",
        3,
        nominated,
        "matching_nominated",
        (),
    ),
    Decoder(
        "Matching",
        "ProjectGiven",
        "07bfcb6e097c226cf535b6eea11b55afb70564e202a19cdb630530d38aea5811",
        4,
        project_given,
        "matching_project_given",
        (),
    ),
    Decoder(
        "Matching",
        "ProjectLeft",
        "efc6728808f718d8a3728ef69af3e0500a26095664e87e53efe17133c3a44341",
        3,
        project_left,
        "matching_project_left",
        (),
    ),
    Decoder(
        "Matching",
        "ProjectPaid",
        "9e373e598b00e4d6be07ca60638d956423f0aa9a95dc1c876045dd5ebd25f054",
        3,
        project_paid,
        "matching_project_paid",
        (),
    ),
    Decoder(
        "Matching",
        "ProjectStood",
        "a37beb590aee4dddbe1cec241c5c2042ad72035483c6064f5c40cd66105e7f7f",
        3,
        project_stood,
        "matching_project_stood",
        (),
    ),
    Decoder(
        "Matching",
        "RoundCancelled",
        "dd287b702179a5c0cb1da128f0c74f3d92185d10282e995ed8ad9285d24c7493",
        1,
        round_cancelled,
        "matching_round_cancelled",
        (),
    ),
    Decoder(
        "Matching",
        "RoundClosed",
        "e485236df3e922188266a98ecc9b333efb80fce7f5e8a870e72726ca8a6b4771",
        1,
        round_closed,
        "matching_round_closed",
        (),
    ),
)
