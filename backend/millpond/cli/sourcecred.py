# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond sourcecred`: ledgers of SourceCred, replayed, divided into, and written again."""

import time
from pathlib import Path

import click

from millpond.cli.base import HOLDS, Run, Terminal
from millpond.cli.cred import with_numbers
from millpond.core.canonical import encode
from millpond.core.distribution import verify
from millpond.core.ledger import Ledger, history, replayed, told
from millpond.core.ledger.ours import add_distribution
from millpond.core.ledger.writing import written
from millpond.core.subjects import from_hex
from millpond.core.units import format_amount, parse_amount
from millpond.sources.documents import open_published
from millpond.sources.ledgers import ledger_bytes, ledger_path
from millpond.sources.whole import json_bytes, write_whole

_FILE = click.Path(path_type=Path)
_DECIMALS = 18
_SUBJECT_BYTES = 32
_MOST_LINES = 20


@click.group("sourcecred")
def sourcecred_group() -> None:
    """Take over from SourceCred: who has what, who got what, and the way back."""


@sourcecred_group.command(
    "replay",
    epilog="Example:  millpond sourcecred replay data/ledger.json --json balances.json",
)
@click.argument("ledger", type=_FILE)
@click.option("--json", "out", type=_FILE, help="Write accounts and sums to this file.")
@click.pass_obj
def replay_command(run: Run, ledger: Path, out: Path | None) -> int:
    """Replay a LEDGER, event by event, and show who has how much grain.

    LEDGER is the file, or the directory of the instance that has it as data/ledger.json. The first
    event that cannot have happened is named with its line.
    """
    data, found = _read(ledger)
    value = told.as_json(found, data)
    if out is not None:
        write_whole(out, json_bytes(value))
    if run.terminal.as_json:
        run.terminal.json(value)
    _tell(run.terminal, found)
    return HOLDS


@sourcecred_group.command(
    "import",
    epilog="Example:  millpond sourcecred import ./instance --json grain-history.json",
)
@click.argument("ledger", type=_FILE)
@click.option("--json", "out", type=_FILE, required=True, help="Write the history to this file.")
@click.pass_obj
def import_command(run: Run, ledger: Path, out: Path) -> int:
    """Turn a LEDGER into balances, payouts and transfers by subject, in canonical JSON.

    Subjects are those of distributions, so what somebody got in SourceCred stands beside what she
    gets here. LEDGER is as in `replay`.
    """
    _, found = _read(ledger)
    write_whole(out, encode(history.as_json(found)))
    paid = history.payouts(found)
    run.terminal.line(
        f"{len(found.accounts()):,} accounts, {len(paid):,} payouts, "
        f"{len(history.transfers(found)):,} transfers written to {out}"
    )
    return HOLDS


@sourcecred_group.command(
    "export",
    epilog="Examples:  millpond sourcecred export old-ledger.json --json ledger.json   "
    "millpond sourcecred export ./instance --document ./2019-09 --grain 1000 --json ledger.json",
)
@click.argument("ledger", type=_FILE)
@click.option("--json", "out", type=_FILE, required=True, help="Write the ledger to this file.")
@click.option("--document", help="Add what this distribution paid: see `verify distribution`.")
@click.option("--grain", metavar="AMOUNT", help="All grain of that distribution, such as 1000.5.")
@click.option("--zeroed", multiple=True, metavar="SUBJECT", help="A leaf that was struck out on "
              "chain; may be repeated.")  # fmt: skip
@click.pass_obj
def export_command(
    run: Run,
    ledger: Path,
    out: Path,
    document: str | None,
    grain: str | None,
    zeroed: tuple[str, ...],
) -> int:
    """Write a LEDGER of either form in the one that SourceCred 0.11.2 reads and writes.

    It is replayed first; only a ledger that holds is written. With --document and --grain, what a
    distribution of ours paid is added as a distribution of theirs. LEDGER is as in `replay`.
    """
    if (document is None) is not (grain is None) or (zeroed and document is None):
        raise click.UsageError("--document and --grain belong together, and --zeroed to both")
    _, found = _read(ledger)
    if document is not None and grain is not None:
        published = verify(open_published(document).data)
        leaves = [from_hex(each, _SUBJECT_BYTES) for each in zeroed]
        add_distribution(found, published, parse_amount(grain, _DECIMALS), _now(), leaves)
    write_whole(out, written(found.events))
    run.terminal.line(f"{len(found.events):,} events written to {out}")
    return HOLDS


@sourcecred_group.command(
    "grain",
    epilog="Example:  millpond sourcecred grain ./instance --mode exact --json grain.json",
)
@click.argument("directory", type=_FILE)
@click.option(
    "--mode",
    type=click.Choice(["exact", "compatible"]),
    default="exact",
    show_default=True,
    help="In integers, no week lost; or as SourceCred does, to the last unit.",
)
@click.option("--json", "out", type=_FILE, help="Write the distributions to this file.")
@click.option("--ledger", type=_FILE, help="Write the ledger with the distributions to this file.")
@click.option("--cred", type=_FILE, help="The scores: a credGrainView, or what `cred compute` "
              "writes.")  # fmt: skip
@click.option("--at", metavar="DATE", help="Pay for weeks that are over then. Default: now.")
@click.option("--force", is_flag=True, help="Pay for the newest week again if none waits.")
@click.pass_obj
def grain_command(
    run: Run,
    directory: Path,
    mode: str,
    out: Path | None,
    ledger: Path | None,
    cred: Path | None,
    at: str | None,
    force: bool,
) -> int:
    """Divide the grain of the instance in DIRECTORY for every week that waits to be paid.

    The scores are those that SourceCred left in output/credGrainView; without them they are
    computed from the graphs. Nothing in DIRECTORY is changed.
    """
    with with_numbers():
        from millpond.cli.sourcecred_grain import Asked, divide_and_tell  # noqa: PLC0415  an extra
    divide_and_tell(run.terminal, Asked(directory, mode, out, ledger, cred, at, force))
    return HOLDS


def _read(place: Path) -> tuple[bytes, Ledger]:
    path = ledger_path(place)
    data = ledger_bytes(path)
    return data, replayed(data, str(path))


def _tell(terminal: Terminal, ledger: Ledger) -> None:
    accounts = ledger.accounts()
    terminal.line(
        f"{len(ledger.events):,} events, {len(accounts):,} accounts, "
        f"{sum(each.active for each in accounts):,} of them active",
        "bold",
    )
    paid = sum(each.paid for each in accounts)
    held = sum(each.balance for each in accounts)
    terminal.line(f"{_grain(paid)} grain paid in all, {_grain(held)} held")
    richest = sorted(accounts, key=lambda each: (-each.paid, each.id))
    for each in (each for each in richest[:_MOST_LINES] if each.paid):
        terminal.line(f"{_grain(each.paid):>34} paid  {_grain(each.balance):>34} held  {each.name}")


def _now() -> int:
    return time.time_ns() // 10**6


def _grain(amount: int) -> str:
    return format_amount(amount, _DECIMALS, grouped=True)
