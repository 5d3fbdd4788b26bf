# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Governor.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def ballot_reason(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_ballot_reason"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.amount(topics[2]),
            words.fixed(data[0:32], 32),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def ballot_skipped(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_ballot_skipped"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.amount(topics[2]),
            words.text(data, 0),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def consent_extended(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_consent_extended"] += [
        (block, index, where, words.amount(topics[1]), words.small(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def member_admitted(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_member_admitted"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.small(topics[2]),
            words.small(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def member_rebound(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_member_rebound"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(topics[2]),
            words.address(topics[3]),
        )
        for where, topics, _, block, _, index, _ in said
    ]


def member_removed(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_member_removed"] += [
        (block, index, where, words.address(topics[1]), words.small(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]


def part_installed(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_part_installed"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.boolean(data[0:32]),
            words.fixed(data[32:64], 4),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def proposal_canceled(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_proposal_canceled"] += [
        (block, index, where, words.amount(data[0:32]))
        for where, _, data, block, _, index, _ in said
    ]


def proposal_closed(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_proposal_closed"] += [
        (block, index, where, words.amount(topics[1]), words.small(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def proposal_created(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_proposal_created"] += [
        (
            block,
            index,
            where,
            words.amount(data[0:32]),
            words.address(data[32:64]),
            words.small(data[192:224]),
            words.small(data[224:256]),
            words.text(data, 256),
        )
        for where, _, data, block, _, index, _ in said
    ]
    rows["governor_proposal_created_targets"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 64, 32))
    ]
    rows["governor_proposal_created_values"] += [
        (block, index, i, words.amount(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 96, 32))
    ]
    rows["governor_proposal_created_calldatas"] += [
        (block, index, i, each)
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.blobs(data, 160))
    ]


def proposal_executed(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_proposal_executed"] += [
        (block, index, where, words.amount(data[0:32]))
        for where, _, data, block, _, index, _ in said
    ]


def rules_set(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_rules_set"] += [
        (block, index, where, words.small(topics[1]))
        for where, topics, _, block, _, index, _ in said
    ]
    rows["governor_rules_set_rules"] += [
        (
            block,
            index,
            i,
            words.small(each[0:32]),
            words.small(each[32:64]),
            words.small(each[64:96]),
            words.small(each[96:128]),
            words.small(each[128:160]),
            words.small(each[160:192]),
            words.boolean(each[192:224]),
        )
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 0, 224, 4))
    ]


def vote_cast(said: Iterable[Log], rows: Tables) -> None:
    rows["governor_vote_cast"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.amount(data[0:32]),
            words.small(data[32:64]),
            words.small(data[64:96]),
            words.text(data, 96),
        )
        for where, topics, data, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Governor",
        "BallotReason",
        "eadb7a2583af00cd6b5e35011cd13a72194ee17471ed657e1d9a5842d356416c",
        3,
        ballot_reason,
        "governor_ballot_reason",
        (),
    ),
    Decoder(
        "Governor",
        "BallotSkipped",
        "d124d00a5709ad32ff53f71d4933a64fc958a01ccd0d1840765279c69be74bc1",
        3,
        ballot_skipped,
        "governor_ballot_skipped",
        (),
    ),
    Decoder(
        "Governor",
        "ConsentExtended",
        "b51926f0598b4da7e095735520256dafa8474cc7e6627a026a0b494d4a2ee52f",
        2,
        consent_extended,
        "governor_consent_extended",
        (),
    ),
    Decoder(
        "Governor",
        "MemberAdmitted",
        "32d0407023aef28119b37c6c7ab8f5fee2a7aa85088da8e93b7319c037b65eee",
        3,
        member_admitted,
        "governor_member_admitted",
        (),
    ),
    Decoder(
        "Governor",
        "MemberRebound",
        "c08ecb64b977a8a57d2fdd82f150ef9988f4b5163328cc0bc2a888f4dfd8bf79",
        4,
        member_rebound,
        "governor_member_rebound",
        (),
    ),
    Decoder(
        "Governor",
        "MemberRemoved",
        "3ac963493df564de734d98633f1145d21512e282ba4c02d3c1011119bf7f2862",
        3,
        member_removed,
        "governor_member_removed",
        (),
    ),
    Decoder(
        "Governor",
        "PartInstalled",
        "23c9ee1c1a775db84c6334a0e54ba5b04d9affa953ce27f3cd6bddb0f243012e",
        2,
        part_installed,
        "governor_part_installed",
        (),
    ),
    Decoder(
        "Governor",
        "ProposalCanceled",
        "789cf55be980739dad1d0699b93b58e806b51c9d96619bfa8fe0a28abaa7b30c",
        1,
        proposal_canceled,
        "governor_proposal_canceled",
        (),
    ),
    Decoder(
        "Governor",
        "ProposalClosed",
        "bc54f85bee74832b80104d1b6d31c68eb8065057063a1d23f8ed7ce44a47f302",
        2,
        proposal_closed,
        "governor_proposal_closed",
        (),
    ),
    Decoder(
        "Governor",
        "ProposalCreated",
        "7d84a6263ae0d98d3329bd7b46bb4e8d6f98cd35a7adb45c274c8b7fd5ebd5e0",
        1,
        proposal_created,
        "governor_proposal_created",
        (),
    ),
    Decoder(
        "Governor",
        "ProposalExecuted",
        "712ae1383f79ac853f8d882153778e0260ef8f03b504e2866e0593e04d2b291f",
        1,
        proposal_executed,
        "governor_proposal_executed",
        (),
    ),
    Decoder(
        "Governor",
        "RulesSet",
        "fbba290eec01dc97b683d6afce9e00e6ac057ca314860b416512f536af27a76b",
        2,
        rules_set,
        "governor_rules_set",
        (),
    ),
    Decoder(
        "Governor",
        "VoteCast",
        "b8e138887d0aa13bab447e82de9d5c1777041ecd21ca36ba824ff1e6c07ddda4",
        2,
        vote_cast,
        "governor_vote_cast",
        (),
    ),
)
