# SPDX-License-Identifier: AGPL-3.0-only
"""Seasons made by hand, of which every figure can be counted on the fingers."""

from collections.abc import Sequence
from dataclasses import replace

from millpond.core.books.commodities import Commodity
from millpond.core.books.epochs import EpochStatement
from millpond.core.season.facts import (
    Carry,
    End,
    Epoch,
    Flow,
    Leaf,
    Paid,
    Review,
    Season,
    Word,
    ZeroOut,
)

DAY = 86_400
START = 1_700_000_000
NOW = START + 100 * DAY
DOLLAR = Commodity("0x" + "d0" * 20, "USD", 2)
GRAIN = Commodity("0x" + "66" * 20, "GRAIN", 18)
ADA, BOB = "0x" + "a1" * 20, "0x" + "b2" * 20


def subject(who: str) -> str:
    """As 0x-hex; the same for the same name."""
    return "0x" + who.encode().hex().ljust(64, "0")


def leaf(
    who: str, due: int, end: End = End.PAYDAY, maintainer: str | None = None, capped: int = 0
) -> Leaf:
    """A leaf with as much cred as money."""
    return Leaf(subject(who), who, due, due, due - capped, maintainer, end)


def paid(who: str, amount: int, days: int, end: End = End.PAYDAY) -> Paid:
    """So many days after epochs here are final."""
    return Paid(subject(who), START + days * DAY, amount, end)


def word(reason: str | None = "a second account of hers", days: int = -5) -> Word:
    """Two signatures."""
    return Word(START + days * DAY, 2, "0x" + "77" * 32, reason)


def zero_out(who: str, cred: int, restored: bool = False) -> ZeroOut:
    """Somebody who was struck out."""
    back = word("she has one account", -2) if restored else None
    return ZeroOut(subject(who), who, cred, word(), back)


def review(
    attempt: int = 1,
    outcome: str = "final",
    against: Sequence[int] = (),
    consent: Sequence[int] = (),
    zero_outs: Sequence[ZeroOut] = (),
) -> Review:
    """A week before epochs here are final; five members."""
    return Review(
        attempt=attempt,
        outcome=outcome,
        posted_at=START - 7 * DAY,
        closes_at=START,
        ended_at=None if outcome == "under review" else START,
        electorate=5,
        objected=frozenset(against),
        consented=frozenset(consent),
        abstained=frozenset(),
        zero_outs=tuple(zero_outs),
    )


def statement(number: int, pot: int, leaves: int, **more: object) -> EpochStatement:
    """The money of an epoch."""
    made = EpochStatement(
        earmark=1,
        epoch=number,
        attempt=1,
        outcome="final",
        block=100,
        commodity=DOLLAR,
        grain_commodity=GRAIN,
        posted_at=START - 7 * DAY,
        final_at=START,
        closes_at=START + 365 * DAY,
        closed=False,
        income=pot,
        share_bps=10_000,
        carry=0,
        pot=pot,
        leaf_count=leaves,
        total_cred=pot,
        excluded_cred=0,
        struck=(),
        leaves_paid=0,
        paid=0,
        owed=0,
        leaves_off_chain=0,
        off_chain=0,
        capped=0,
        left_over=0,
        grain=0,
        treasury=(),
        debts=(),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # any of its fields


def epoch(
    number: int,
    leaves: Sequence[Leaf],
    payments: Sequence[Paid] = (),
    reviews: Sequence[Review] | None = None,
    known: bool = True,
    cap_bps: int = 10_000,
) -> Epoch:
    """A final epoch whose pot is what its leaves are due."""
    pot = sum(each.due for each in leaves)
    money = statement(number, pot, len(leaves), paid=sum(each.amount for each in payments))
    return Epoch(
        number=number,
        label=f"month {number}",
        reviews=tuple([review()] if reviews is None else reviews),
        money=money,
        paid=tuple(payments),
        flows=tuple(Flow(each.at, each.amount) for each in payments),
        leaves=tuple(leaves) if known else None,
        missing="" if known else "no folder of documents was given",
        maintainers=(ADA, BOB),
        signer_cap_bps=cap_bps,
        weights=None,
    )


def season(
    *epochs: Epoch, earlier: Sequence[Epoch] = (), carries: Sequence[Carry] = (), now: int = NOW
) -> Season:
    """Of five members."""
    return Season("pond", 100, now, epochs, tuple(earlier), tuple(carries), 5)
