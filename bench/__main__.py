# SPDX-License-Identifier: AGPL-3.0-only
"""Measure gas and speed, ours and our peers', write the results and docs/BENCH.md.

    make bench                      measure everything, write bench/results/ and docs/BENCH.md
    make bench ARGS=--check         measure our gas, compare with the committed, write nothing

Exit status: 0 fine; 1 a figure rose or vanished (--check), or one above its must or above a peer's
has no remark; 3 it could not be carried out. A peer that cannot be built is named and missing.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import report
from bench.budgets import Remarks, Row, load_budgets, load_remarks, rows
from bench.figures import GAS, SPEED, changes, costs, read_costs, write_costs, write_json
from bench.meter import Figure, Told
from bench.operations import measure_all
from bench.peers import page
from bench.peers.comparison import Beside, compare, load_rows
from bench.peers.results import Peers, write_peers
from bench.peers.run import measure_peers
from bench.speed import STEPS, Speed, as_results, machine, measure_speed
from millpond.chain.client import Client, connect
from millpond.core.errors import MillpondError, ToolMissing
from scripts._devchain_chain import CHAIN_ID
from scripts._local_chain import find_anvil, local_chain

FINE, WORSE, NOT_DONE = 0, 1, 3


class Output:
    """Results on standard output, progress and errors on standard error."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.errors = Console(stderr=True, highlight=False)
        terminal = Console(highlight=False)
        self.people = Console(highlight=False, quiet=as_json, width=self._width(terminal))

    @staticmethod
    def _width(terminal: Console) -> int | None:
        return None if terminal.is_terminal else report.WIDTH

    def json(self, value: object) -> None:
        """One line for programs."""
        if self.as_json:
            click.echo(json.dumps(value, sort_keys=True))

    @contextmanager
    def progress(self, total: int | None) -> Iterator[Told]:
        """A bar that moves on with each thing that is begun."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        quiet = self.as_json or not self.errors.is_terminal
        with Progress(
            *columns, TimeElapsedColumn(), console=self.errors, transient=True, disable=quiet
        ) as bar:
            task = bar.add_task("starting", total=total)
            yield lambda what, steps: bar.update(task, description=what, advance=steps)


@click.command(help=__doc__)
@click.option("--check", is_flag=True, help="Compare gas with the committed figures; write none.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def main(check: bool, as_json: bool) -> None:
    """Measure, print, and write or compare."""
    output = Output(as_json)
    try:
        sys.exit(_check(output) if check else _bench(output))
    except MillpondError as error:
        output.json({"error": error.name, "message": error.message, "next_step": error.next_step})
        output.errors.print(f"Refused: {error}", style="red", soft_wrap=True)
        sys.exit(NOT_DONE)


def _bench(output: Output) -> int:
    known, written, texts = load_budgets(), load_remarks(), load_rows()
    _anvil()
    with output.progress(STEPS) as told:
        speeds = measure_speed(told)
    figures, peers = _gas_beside_peers(output)
    table = rows(figures, known)
    remarks = Remarks.of(table, written)
    beside = compare(texts, {row.operation: row.gas for row in table}, peers)
    write_costs(costs(figures))
    write_peers(peers)
    results = as_results(speeds)
    write_json(results, SPEED)
    _print(output, table, beside, speeds)
    _print_remarks(output, remarks)
    _print_peers(output, beside)
    owed = [*remarks.missing, *beside.owed]
    if not owed:
        words = report.markdown(table, remarks, speeds, machine(), page.markdown(beside))
        report.DOCS.write_text(words, "utf-8")
    output.json({"gas": _as_json(table), "remarks_missing": owed, **peers.model_dump(), **results})
    return WORSE if owed else FINE


def _check(output: Output) -> int:
    before = read_costs()
    found = changes(before, costs(_gas(output)))
    failing = [change for change in found if change.fails]
    for change in found:
        style = "bold red" if change.fails else ""
        output.people.print(change.text, style=style, soft_wrap=True)
    output.people.print(f"{len(failing)} of {len(before)} figures rose by over 0.5 % or vanished.")
    told = [{"text": change.text, "fails": change.fails} for change in found]
    output.json({"changes": told, "holds": not failing})
    return WORSE if failing else FINE


def _gas(output: Output) -> list[Figure]:
    with _chain(output) as (client, folder, told):
        return measure_all(client, folder, told)


def _gas_beside_peers(output: Output) -> tuple[list[Figure], Peers]:
    """The peers find the chain as we found it, so that no figure depends on another's contracts."""
    with _chain(output) as (client, folder, told):
        untouched = client.rpc.tell("evm_snapshot", [])
        figures = measure_all(client, folder, told)
        client.rpc.tell("evm_revert", [untouched])
        return figures, measure_peers(client, told)


@contextmanager
def _chain(output: Output) -> Iterator[tuple[Client, Path, Told]]:
    """A new chain, a folder for its record, and who hears what is being measured."""
    total = len(read_costs()) if GAS.exists() else None
    with (
        output.progress(total) as told,
        TemporaryDirectory() as folder,
        local_chain(anvil=_anvil()) as url,
    ):
        yield connect(url, CHAIN_ID), Path(folder), told


def _anvil() -> Path:
    """The real node: gas of the in-process chain is py-evm's and not what is quoted."""
    found = find_anvil()
    if found is None:
        raise ToolMissing(
            "gas is measured on anvil, which is not installed",
            "install Node 20 or newer, then run: make setup",
        )
    return found


def _print(output: Output, table: Sequence[Row], beside: Beside, speeds: Sequence[Speed]) -> None:
    output.people.print(report.terminal(table))
    output.people.print(page.terminal(beside))
    for line in report.speed_lines(speeds):
        output.people.print(line, soft_wrap=True)


def _print_remarks(output: Output, remarks: Remarks) -> None:
    for name in remarks.stale:
        output.errors.print(
            f"The remark on {name} is stale: no figure of that name is above its must. "
            "Take it out of bench/remarks.toml.",
            style="yellow",
            soft_wrap=True,
        )
    for name in remarks.missing:
        output.errors.print(
            f"{name} is above its must and nothing says why. Next: write one honest sentence "
            "into bench/remarks.toml.",
            style="red",
            soft_wrap=True,
        )


def _print_peers(output: Output, beside: Beside) -> None:
    for each in beside.peers.absent:
        output.errors.print(
            f"Not measured: {each.peer} ({each.build}): {each.why}", style="yellow", soft_wrap=True
        )
    for name in beside.stale:
        output.errors.print(
            f"No peer is cheaper in {name} any more. Take `behind` out of bench/peers/rows.toml.",
            style="yellow",
            soft_wrap=True,
        )
    for name in beside.owed:
        output.errors.print(
            f"A peer is cheaper in {name} and nothing says why. Next: write `behind`, one honest "
            "sentence, into bench/peers/rows.toml.",
            style="red",
            soft_wrap=True,
        )


def _as_json(table: Sequence[Row]) -> dict[str, object]:
    return {
        row.operation: {
            "gas": row.gas,
            "calldata": row.calldata,
            "must": row.budget.must if row.budget else None,
            "aim": row.budget.aim if row.budget else None,
            "verdict": row.verdict.value,
        }
        for row in table
    }


if __name__ == "__main__":
    main()
