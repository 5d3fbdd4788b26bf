# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond collective revenue`: what a month brought in."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from millpond.cli.base import DIFFERS, HOLDS, Run, Terminal, shared_options
from millpond.cli.collective import FILE, now_ms, online, service_options, shown, slug_of
from millpond.core.canonical import encode
from millpond.core.collective.revenue import Compared, Revenue, compared, revenue_of
from millpond.core.collective.rows import Month, Row, month_of, written
from millpond.core.collective.statement import as_json
from millpond.core.errors import BadInput
from millpond.core.figures import plural
from millpond.sources.whole import read_whole, write_whole

if TYPE_CHECKING:
    from millpond.sources.opencollective.api import Service


@click.command(
    "revenue",
    epilog="Example:  millpond collective revenue example-collective --month 2019-09 "
    "--added-funds count --out 2019-09.json",
)
@click.argument("collective")
@click.option("--month", required=True, metavar="YYYY-MM", help="Of which month, in UTC.")
@click.option(
    "--added-funds",
    type=click.Choice(["count", "leave"]),
    required=True,
    help="Whether funds that the host added by hand are revenue; the community's choice, which is "
    "written down with the result.",
)
@click.option("--csv", "table", type=FILE, help="Read an exported table; nobody is asked.")
@click.option("--out", type=FILE, help="Write the statement to this file, for `plan`.")
@shared_options
@service_options
def revenue_command(
    run: Run,
    collective: str,
    month: str,
    added_funds: str,
    table: Path | None,
    out: Path | None,
    service: "Callable[[bool], Service]",
) -> int:
    """Read the revenue R that a COLLECTIVE had in a month: income less fees and taxes.

    Twice: row by row from the ledger, which anybody can check, and as the service sums it up by
    itself. A difference is explained, or the exit status is 1.
    """
    slug, when, count = slug_of(collective), month_of(month), added_funds == "count"
    if when.end_ms > now_ms():
        raise BadInput(f"{month} is not over", "read it when the next month has begun (UTC)")
    found, own = (
        (_from_table(table, slug, when, count), None)
        if table is not None
        else _from_service(service(False), run.terminal, slug, when, count)
    )
    source = "table" if table is not None else "ledger"
    said = as_json(found, slug, source, written(now_ms()), own)
    if out is not None:
        write_whole(out, encode(said))
    if run.terminal.as_json:
        run.terminal.json(said)
    _tell(run.terminal, found, slug)
    if own is not None:
        _tell_own(run.terminal, own, found)
    return HOLDS if own is None or own.holds else DIFFERS


def _from_table(table: Path, slug: str, month: Month, count: bool) -> Revenue:
    from millpond.sources.opencollective.table import read_table  # noqa: PLC0415  with the rest

    return revenue_of(read_table(read_whole(table), table.name, slug), month, count)


def _from_service(
    service: "Service", terminal: Terminal, slug: str, month: Month, count: bool
) -> tuple[Revenue, Compared]:
    with online():
        from millpond.sources.opencollective.ledger import (  # noqa: PLC0415  an extra
            fast_sum,
            ledger_rows,
        )
    fast = fast_sum(service, slug, month, count)
    with terminal.progress("reading the ledger") as told:
        rows: Sequence[Row] = ledger_rows(service, slug, month, told)
    found = revenue_of(rows, month, count)
    return found, compared(rows, found, fast)


def _tell(terminal: Terminal, found: Revenue, slug: str) -> None:
    terminal.line(f"{slug}, {found.month.label}, in {found.currency}", "bold")
    lines = [("gross", found.gross), ("fees", found.fees), ("taxes", found.taxes)]
    if found.in_rows:
        lines.append(("fees and taxes within rows", found.in_rows))
    for name, cents in lines:
        terminal.line(f"  {name:<28}{shown(cents):>18}")
    terminal.line(f"  {'revenue R':<28}{shown(found.net):>18}", "bold")
    choice = "count" if found.added_funds else "do not count"
    terminal.line(f"  {found.counted} of {plural(found.rows, 'row')} count; added funds {choice}")
    for why, (rows, cents) in found.left_out.items():
        terminal.line(f"  left out: {why}: {plural(rows, 'row')}, {shown(cents)}")
    if found.outside:
        terminal.line(f"  of other months: {plural(found.outside, 'row')}")


def _tell_own(terminal: Terminal, own: Compared, found: Revenue) -> None:
    fast = own.fast
    terminal.line(f"  {'the service itself says':<28}{shown(fast.net):>18}")
    for each in own.known:
        terminal.line(f"    {shown(each.amount)}: {each.why}")
    if own.holds:
        same = "the same" if fast.net == found.net else "the difference is explained"
        terminal.line(f"  {same}", "green")
        return
    terminal.line(
        f"  not explained: {shown(own.unexplained_net)} net, {shown(own.unexplained_gross)} gross",
        "bold red",
    )
    terminal.line("Next: ask the collective's host; rows of a change of host are left out there")
