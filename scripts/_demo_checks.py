# SPDX-License-Identifier: AGPL-3.0-only
"""The end of the demo: the table for people, and every check that its exit status stands for.

Amounts are held against the rule of the CredSperiment's seed document, worked out in exact
fractions over the doubles of the score file (tests/vectors/credsperiment-2019): nothing of ours.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from rich.table import Table

from millpond.chain import epochs
from millpond.chain.coop import Coop
from millpond.chain.paid import past_paid_leaves
from millpond.core.distribution import Payout, Payouts
from millpond.core.subjects import of_identity
from millpond.core.units import format_amount, format_cred, parse_amount
from scripts import _demo_story as story
from scripts import _desk as desk
from scripts._stage import DECIMALS, Stage

EXPECTED = desk.ROOT / "tests" / "vectors" / "credsperiment-2019" / "expected-seed-month.json"
CENT = Decimal("0.01")
# The figures of this month, worked out by hand from the vectors.
PEOPLE, ABOVE, CARRIED, NO_LEAF = 79, 17, 26, 36
PAID, BELOW, DUST, GIVEN = 1_957_159_089, 42_840_889, 22, 2_000_000_000
AT_PAYDAY, IN_THE_END = 16, 18


@dataclass(frozen=True)
class Outcome:
    """What the chain says of one leaf."""

    row: Payout
    paid: bool
    linked: bool

    @property
    def word(self) -> str:
        """Paid, waiting for an account, or carried until the minimum is reached."""
        if self.paid:
            return "paid"
        return "carried" if not self.row.above_minimum else "waiting"


def report(stage: Stage) -> bool:
    """Show the month and check it; whether everything held."""
    coop, amounts = stage.coop(), story.amounts(stage)
    outcomes = [_outcome(coop, row) for row in sorted(amounts.rows, key=lambda r: -r.amount)]
    told = desk.console()
    told.print(_table(outcomes, amounts))
    told.print(_summary(stage, amounts))
    return hold(_checks(stage, coop, amounts, outcomes))


def hold(found: Iterator[tuple[str, bool]]) -> bool:
    """Print one line for each check; whether all held."""
    told, held = desk.console(), True
    for what, holds in found:
        told.print(f"  {'[green]holds[/green]' if holds else '[red]FAILS[/red]'}  {what}")
        held = held and holds
    told.print("Every check held." if held else "[red]Not every check held.[/red]")
    return held


def _outcome(coop: Coop, row: Payout) -> Outcome:
    paid = bool(coop.distributor.is_claimed(row.subject, 1))
    linked = int(str(coop.distributor.payee_of(row.subject)), 16) != 0
    return Outcome(row, paid, linked)


def _table(outcomes: list[Outcome], amounts: Payouts) -> Table:
    table = Table(title="September 2019", title_justify="left")
    table.add_column("person", no_wrap=True)
    for name in ("cred", "dollars", "grain"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for outcome in outcomes:
        row = outcome.row
        table.add_row(
            str(row.identity).rsplit("/", 1)[-1][:24],
            format_cred(row.cred),
            format_amount(row.amount, DECIMALS),
            format_amount(row.grain, 18).split(".")[0],
            outcome.word,
        )
    table.add_section()
    table.add_row("dust", "", format_amount(amounts.dust, DECIMALS), "", "stays in the earmark")
    return table


def _summary(stage: Stage, amounts: Payouts) -> str:
    document = story.document(stage)
    return (
        f"{len(document.people)} people had cred: {len(amounts.above)} reach the minimum of "
        f"5.00 with {format_amount(amounts.paid, DECIMALS)} in all, {len(amounts.below)} leaves "
        f"below it hold {format_amount(amounts.carried, DECIMALS)}, {len(document.no_leaf)} had "
        f"under half a micro-cred and have no leaf; dust {format_amount(amounts.dust, DECIMALS)}."
    )


def _checks(
    stage: Stage, coop: Coop, amounts: Payouts, outcomes: list[Outcome]
) -> Iterator[tuple[str, bool]]:
    yield "79 people, 17 above the minimum, 26 carried, 36 without a leaf", _counts(stage, amounts)
    yield "1,957.159089 + 42.840889 + 0.000022 = 2,000.000000", _adds_up(amounts)
    yield (
        "each amount, to the cent, is the CredSperiment's rule in exact fractions",
        _as_the_seed(amounts),
    )
    yield "payday paid 16 and reported the 17th as waiting and 26 as carried", _payday(coop)
    yield (
        "paid + waiting + carried + dust = 2,000.000000, by the chain's own events",
        _claims(coop, amounts),
    )
    yield (
        "everybody's wallet holds exactly her dollars and her grain",
        _wallets(stage, coop, outcomes),
    )
    yield (
        "the earmark holds what is carried and the dust, all of it reserved",
        _earmark(stage, coop, outcomes),
    )
    yield (
        "earmark 0 holds the 50.00 that came without a word, and none of it was paid out",
        _general(stage, coop),
    )
    yield "nothing is owed and no cent is unaccounted for", _held(stage, coop)


def _counts(stage: Stage, amounts: Payouts) -> bool:
    document = story.document(stage)
    found = (len(document.people), len(amounts.above), len(amounts.below), len(document.no_leaf))
    return found == (PEOPLE, ABOVE, CARRIED, NO_LEAF)


def _adds_up(amounts: Payouts) -> bool:
    found = (amounts.paid, amounts.carried, amounts.dust)
    return found == (PAID, BELOW, DUST) and sum(found) == GIVEN


def _as_the_seed(amounts: Payouts) -> bool:
    """Floor to cents on both sides; somebody without a leaf gets 0."""
    payouts: dict[str, Any] = json.loads(EXPECTED.read_text("utf-8"))["payouts"]
    ours = {row.subject: row.amount for row in amounts.rows}
    for address, expected in payouts.items():
        cents = Decimal(expected).quantize(CENT, ROUND_DOWN)
        if Decimal(ours.pop(of_identity(f"sourcecred:{address}"), 0) // 10_000) * CENT != cents:
            return False
    return not ours


def _payday(coop: Coop) -> bool:
    paid = [leaf.event.log.block_number for leaf in past_paid_leaves(coop.distributor, coop.since)]
    skipped = coop.distributor.past_events("LeafSkipped", coop.since)
    why = [epochs.SKIPPED[event.args["reason"]] for event in skipped]
    counts = (why.count("waiting for an account"), why.count("below the minimum"), len(why))
    return paid.count(paid[0]) == AT_PAYDAY and counts == (1, CARRIED, 1 + CARRIED)


def _claims(coop: Coop, amounts: Payouts) -> bool:
    found = past_paid_leaves(coop.distributor, coop.since)
    paid = {leaf.subject: leaf.amount for leaf in found}
    open_ = sum(row.amount for row in amounts.rows if row.subject not in paid)
    return len(paid) == IN_THE_END and sum(paid.values()) + open_ + amounts.dust == amounts.pot


def _wallets(stage: Stage, coop: Coop, outcomes: list[Outcome]) -> bool:
    dollar = stage.dollar()
    for outcome in outcomes:
        if not outcome.paid:
            continue
        wallet = stage.wallet(story.account_of(stage, str(outcome.row.identity))).address
        money = (dollar.balanceOf(wallet), coop.grain.balanceOf(wallet))
        if money != (outcome.row.amount, outcome.row.grain):
            return False
    minted = sum(outcome.row.grain for outcome in outcomes if outcome.paid)
    return bool(coop.grain.totalSupply() == minted)


def _earmark(stage: Stage, coop: Coop, outcomes: list[Outcome]) -> bool:
    dollar = stage.dollar().address
    left = parse_amount("2000", DECIMALS) - sum(o.row.amount for o in outcomes if o.paid)
    found = (coop.pool.balance_of(1, dollar), coop.pool.reserved(1, dollar))
    return found == (left, left)


def _general(stage: Stage, coop: Coop) -> bool:
    dollar, stray = stage.dollar().address, parse_amount(story.STRAY, DECIMALS)
    received = (coop.pool.received(0, dollar), coop.pool.received(1, dollar))
    return coop.pool.balance_of(0, dollar) == stray and received == (stray, GIVEN)


def _held(stage: Stage, coop: Coop) -> bool:
    dollar = stage.dollar()
    held = sum(coop.pool.balance_of(number, dollar.address) for number in (0, 1))
    found = (dollar.balanceOf(coop.pool.address), coop.pool.surplus(dollar.address))
    return bool(found == (held, 0))
