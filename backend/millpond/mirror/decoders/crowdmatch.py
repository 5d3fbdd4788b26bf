# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Crowdmatch.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def billed(said: Iterable[Log], rows: Tables) -> None:
    rows["crowdmatch_billed"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.amount(data[0:32]),
            words.amount(data[32:64]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def crowdmatch_opened(said: Iterable[Log], rows: Tables) -> None:
    rows["crowdmatch_crowdmatch_opened"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.amount(topics[2]),
            words.address(data[0:32]),
            words.amount(data[32:64]),
            words.small(data[64:96]),
            words.small(data[96:128]),
            words.amount(data[128:160]),
            words.amount(data[160:192]),
            words.amount(data[192:224]),
            words.amount(data[224:256]),
            words.amount(data[256:288]),
            words.boolean(data[288:320]),
            words.amount(data[320:352]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def escrow_returned(said: Iterable[Log], rows: Tables) -> None:
    rows["crowdmatch_escrow_returned"] += [
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


def pledge_stopped(said: Iterable[Log], rows: Tables) -> None:
    rows["crowdmatch_pledge_stopped"] += [
        (block, index, where, words.address(topics[1]), words.amount(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def pledged(said: Iterable[Log], rows: Tables) -> None:
    rows["crowdmatch_pledged"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.amount(data[0:32]),
            words.amount(data[32:64]),
            words.amount(data[64:96]),
            words.amount(data[96:128]),
            words.amount(data[128:160]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def settled(said: Iterable[Log], rows: Tables) -> None:
    rows["crowdmatch_settled"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.amount(data[0:32]),
            words.amount(data[32:64]),
            words.amount(data[64:96]),
            words.amount(data[96:128]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Crowdmatch",
        "Billed",
        "0d7edd792a1a1acc8a28db48510113ba46103cc27e39c0be07944aa020d323ad",
        2,
        billed,
        "crowdmatch_billed",
        (),
    ),
    Decoder(
        "Crowdmatch",
        "CrowdmatchOpened",
        "c54331f110dfdeff8296e554634e95107e0d7f01db9973e3a232fa95b9ab377d",
        3,
        crowdmatch_opened,
        "crowdmatch_crowdmatch_opened",
        (5,),
    ),
    Decoder(
        "Crowdmatch",
        "EscrowReturned",
        "c962c7ebf7272270a24b6aaec188e6d65316fbf46766a1b7a997d0f6ccf2ffd9",
        3,
        escrow_returned,
        "crowdmatch_escrow_returned",
        (),
    ),
    Decoder(
        "Crowdmatch",
        "PledgeStopped",
        "ef52bf959309ff9155a1644ed9cb3b5b1e871b3678bf4cdc317a0228464340b3",
        2,
        pledge_stopped,
        "crowdmatch_pledge_stopped",
        (),
    ),
    Decoder(
        "Crowdmatch",
        "Pledged",
        "7d562e1b37329a8cca169ec4349914d6bbe32d7b6ec536aab2aa0babed3d70b2",
        2,
        pledged,
        "crowdmatch_pledged",
        (),
    ),
    Decoder(
        "Crowdmatch",
        "Settled",
        "a973b04048409154dba42dd56f3d2787fcfae851d65aa083ef6231bf57e53669",
        2,
        settled,
        "crowdmatch_settled",
        (),
    ),
)
