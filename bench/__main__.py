# SPDX-License-Identifier: AGPL-3.0-only
"""Measure gas and speed, write the results and docs/BENCH.md.

    make bench                      measure everything, write bench/results/ and docs/BENCH.md
    make bench ARGS=--check         measure gas, compare with the committed figures, write nothing

Exit status: 0 fine; 1 a figure rose or vanished (--check), or one above its must has no remark;
3 it could not be carried out.
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
from bench.speed import STEPS, Speed, as_results, machine, measure_speed
from millpond.chain.client import connect
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
    known, written = load_budgets(), load_remarks()
    _anvil()
    with output.progress(STEPS) as told:
        speeds = measure_speed(told)
    figures = _gas(output)
    table = rows(figures, known)
    remarks = Remarks.of(table, written)
    write_costs(costs(figures))
    results = as_results(speeds)
    write_json(results, SPEED)
    _print(output, table, speeds)
    _print_remarks(output, remarks)
    if not remarks.missing:
        page = report.markdown(table, remarks, speeds, machine())
        report.DOCS.write_text(page, "utf-8")
    output.json({"gas": _as_json(table), "remarks_missing": remarks.missing, **results})
    return WORSE if remarks.missing else FINE


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
    total = len(read_costs()) if GAS.exists() else None
    with (
        output.progress(total) as told,
        TemporaryDirectory() as folder,
        local_chain(anvil=_anvil()) as url,
    ):
        return measure_all(connect(url, CHAIN_ID), Path(folder), told)


def _anvil() -> Path:
    """The real node: gas of the in-process chain is py-evm's and not what is quoted."""
    found = find_anvil()
    if found is None:
        raise ToolMissing(
            "gas is measured on anvil, which is not installed",
            "install Node 20 or newer, then run: make setup",
        )
    return found


def _print(output: Output, table: Sequence[Row], speeds: Sequence[Speed]) -> None:
    output.people.print(report.terminal(table))
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
