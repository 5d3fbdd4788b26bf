# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond books`: a pool's books in double entry, from the chain alone."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from millpond.chain.answers import Block, NotKept
from millpond.chain.books_check import check_books
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.epoch_books import statement_of
from millpond.chain.journal import (
    Bookkeeping,
    Told,
    commodities_of,
    keep,
    read_events,
)
from millpond.chain.report import Report, Verdict
from millpond.chain.verify_code import PoolParts, find_pool
from millpond.cli.base import (
    HOLDS,
    Run,
    from_block_option,
    hub_address,
    record_option,
    shared_options,
)
from millpond.cli.lazy import LazyCommands
from millpond.core.books import beancount, hledger
from millpond.core.books.commodities import Commodities
from millpond.core.books.entries import Journal
from millpond.core.books.epochs import as_json as epoch_json
from millpond.core.books.epochs import lines
from millpond.core.books.payees import COLUMNS, Payment, chosen, rows, totals
from millpond.core.books.tables import JOURNAL, csv, journal_rows
from millpond.core.errors import BadInput
from millpond.core.figures import plural
from millpond.core.subjects import address_bytes, checksum_address
from millpond.sources.whole import write_whole

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Pool:
    """Which pool, read up to which block."""

    client: Client
    parts: PoolParts
    last: Block
    events: list[Told]

    @property
    def said(self) -> dict[str, object]:
        """What each answer in JSON begins with."""
        return {
            "pool": self.parts.name,
            "address": self.parts.parts["Pool"],
            "block": self.last.number,
        }


def pool_options(command: _F) -> _F:
    """Which pool, up to which block: the command gets a `Run` and a `Pool`."""

    @click.option("--hub", metavar="ADDRESS", help="The Hub. Default: the one in the record.")
    @click.option("--pool", "name", required=True, help="The pool's name.")
    @click.option(
        "--block", type=click.IntRange(0), help="Read up to this block. Default: the latest."
    )
    @record_option
    @from_block_option
    @shared_options
    @wraps(command)
    def wrapped(
        run: Run,
        hub: str | None,
        name: str,
        block: int | None,
        from_block: int | None,
        **rest: Any,
    ) -> Any:
        return command(run, _open(run, hub, name, block, from_block), **rest)

    return wrapped  # type: ignore[return-value]


@click.group("books", commands=LazyCommands({"patronage": "books_patronage:patronage_command"}))
def books_group() -> None:
    """Where the money of a pool came from and went, as accountants write it down."""


@books_group.command(
    "journal",
    epilog="Example:  millpond books journal --pool NAME --format beancount --out books.beancount",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["hledger", "beancount", "csv"]),
    default="hledger",
    help="For which program. Default: hledger.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
@pool_options
def journal_command(run: Run, pool: Pool, form: str, out: Path | None) -> int:
    """Every movement of money as one balanced entry, for hledger, beancount or a spreadsheet."""
    kept = keep(pool.parts, pool.events)
    names = commodities_of(pool.client, kept)
    title = f"{pool.parts.name}, Pool {kept.known.pool}, up to block {pool.last.number}"
    text = _journal_text(form, kept.journal, names, title)
    said = {**pool.said, "format": form, "entries": len(kept.journal.entries)}
    if out is not None:
        write_whole(out, text.encode())
        run.terminal.line(f"{len(kept.journal.entries)} entries written to {out}")
        said["out"] = str(out)
    elif not run.terminal.as_json:
        sys.stdout.write(text)
    if run.terminal.as_json:
        run.terminal.json(said if out else {**said, "text": text})
    return HOLDS


@books_group.command(
    "payees", epilog="Example:  millpond books payees --pool NAME --year 2026 --out 2026.csv"
)
@click.option("--year", type=click.IntRange(1970, 9999), help="Of one year, in UTC.")
@click.option("--payee", metavar="ADDRESS", help="Of one payee.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a table (CSV) to a file."
)
@pool_options
def payees_command(
    run: Run, pool: Pool, year: int | None, payee: str | None, out: Path | None
) -> int:
    """Who was paid what in which year: by cred, by vote, outside of the chain, or owed."""
    kept = keep(pool.parts, pool.events)
    names = commodities_of(pool.client, kept)
    account = checksum_address(address_bytes(payee)) if payee is not None else None
    payments = chosen(kept.payments.found, year, account)
    grain = names.of(kept.known.grain)
    if out is not None:
        write_whole(out, csv(COLUMNS, rows(payments, names, grain)).encode())
        run.terminal.line(f"{plural(len(payments), 'payment')} written to {out}")
    if run.terminal.as_json:
        run.terminal.json({**pool.said, "payments": [_payment(each) for each in payments]})
    if not payments:
        run.terminal.line("nobody was paid")
    for each in totals(payments):
        asset = names.of(each.asset)
        run.terminal.line(f"{each.payee}  {each.year}", "bold")
        run.terminal.line(f"  {asset.text(each.amount)} in {plural(each.payments, 'payment')}")
        if each.received != each.amount:
            run.terminal.line(f"  worth {asset.text(each.received)} after accepted losses")
        if each.grain:
            run.terminal.line(f"  {grain.text(each.grain)}")
    return HOLDS


@books_group.command("epoch", epilog="Example:  millpond books epoch 3 --pool NAME")
@click.argument("epoch", type=click.IntRange(1), required=False)
@click.option("--earmark", type=click.IntRange(0), help="If several earmarks pay by cred.")
@pool_options
def epoch_command(run: Run, pool: Pool, epoch: int | None, earmark: int | None) -> int:
    """The statement of an EPOCH: its pot, what became of it, and what the pool has.

    Without EPOCH the newest one.
    """
    kept = keep(pool.parts, pool.events)
    names = commodities_of(pool.client, kept)
    found = statement_of(kept, names, pool.last.number, earmark, epoch)
    if run.terminal.as_json:
        run.terminal.json({**pool.said, **epoch_json(found)})
    for line in lines(found):
        for part in line.split("\n"):
            run.terminal.line(part)
    return HOLDS


@books_group.command(
    "check", epilog="Example:  millpond books check --pool NAME --hub 0x... --rpc URL"
)
@pool_options
def check_command(run: Run, pool: Pool) -> int:
    """Hold the books against the chain at a block: every earmark and asset, debts, grain, buy-ins.

    Exit status 1 if anything differs.
    """
    report = Report(run.terminal.step)
    kept: list[Bookkeeping] = []

    def booked() -> str:
        kept.append(keep(pool.parts, pool.events))
        return f"{len(kept[0].journal.entries)} balanced entries of {len(pool.events)} events"

    if report.run("journal", booked):
        names = commodities_of(pool.client, kept[0])
        check_books(pool.client, kept[0], pool.last.number, report, names)
    if report.holds and report.of(Verdict.UNCHECKED):
        raise NotKept(
            f"the node keeps no state of block {pool.last.number}, so it cannot be compared",
            "ask a node that keeps old states, or leave out --block",
        )
    return run.terminal.report(report, {key: str(value) for key, value in pool.said.items()})


def _open(run: Run, hub: str | None, name: str, block: int | None, from_block: int | None) -> Pool:
    client = run.client()
    record = run.record(client)
    address = hub_address(hub, record)
    known = record.pools.get(name) if record else None
    recorded = known.block_number if known is not None and known.hub == address else 0
    first = recorded if from_block is None else from_block
    last = client.block("latest" if block is None else block)
    with run.terminal.progress("reading the chain's events") as told:
        parts = find_pool(Contract(client, "Hub", address), name, first, told)
        events = read_events(client, parts, first, last, told)
    if not events:
        raise BadInput(
            f"the pool {name!r} had not been made by block {last.number}",
            "ask for a later block with --block",
        )
    return Pool(client, parts, last, events)


def _journal_text(form: str, journal: Journal, names: Commodities, title: str) -> str:
    if form == "csv":
        return csv(JOURNAL, journal_rows(journal, names))
    writer = hledger if form == "hledger" else beancount
    return "".join(f"{line}\n" for line in writer.written(journal, names, title))


def _payment(payment: Payment) -> dict[str, object]:
    return {
        "payee": payment.payee,
        "to": payment.to,
        "subject": payment.subject or None,
        "year": payment.place.year,
        "time": payment.place.time,
        "asset": payment.asset,
        "earmark": payment.earmark,
        "epochs": [share.epoch for share in payment.shares],
        "amount": str(payment.amount),
        "received": str(payment.received),
        "grain": str(payment.grain),
        "how": payment.how.value,
        "transaction": payment.place.transaction,
        "log_index": payment.place.index,
        "item": payment.item,
    }
