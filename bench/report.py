# SPDX-License-Identifier: AGPL-3.0-only
"""The table, for a terminal and for docs/BENCH.md. Nothing in either but what the run measured."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from bench.budgets import Remarks, Row, Verdict
from bench.speed import Speed

DOCS = Path(__file__).resolve().parents[1] / "docs" / "BENCH.md"
WIDTH = 100
_STYLES = {
    Verdict.AIM: "bold green",
    Verdict.MUST: "green",
    Verdict.ABOVE: "bold red",
    Verdict.NONE: "",
}
_HEAD = """\
# What it costs

Written by `make bench`; do not edit.

Each figure is the gas of one whole transaction, taken from its receipt on anvil (Prague rules),
through the pool's clone, 21,000 and calldata included. Each transaction has a block of its own, so
every slot is cold. Accounts, signatures and block times are fixed: two runs over the same sources
give the same gas. (A changed comment moves the `deploy_` rows by a few dozen, because the compiler
writes a hash of the sources behind the code that it deploys.)

`make bench ARGS=--check` measures again and fails when a figure is more than 0.5 % above the one in
`bench/results/gas.json`, or a row is gone. Budgets and their sources are in `bench/budgets.toml`,
the set-ups beside the code that makes them in `bench/operations/`.
"""


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def terminal(table: Iterable[Row]) -> Table:
    """For people at a terminal of a hundred columns; the set-up stands under the operation."""
    shown = Table(title="Gas of whole transactions", title_justify="left", width=WIDTH, box=None)
    shown.add_column("operation and set-up", ratio=1, overflow="fold")
    for name in ("gas", "calldata", "must", "aim"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("", no_wrap=True)
    for row in table:
        must = row.budget.must if row.budget else None
        aim = row.budget.aim if row.budget else None
        told = Text.assemble((row.operation, "bold"), "\n", (row.set_up, "dim"))
        figures = [_number(each) for each in (row.gas, row.calldata, must, aim)]
        shown.add_row(told, *figures, Text(row.verdict.value, style=_STYLES[row.verdict]))
    return shown


def speed_lines(found: Iterable[Speed]) -> list[str]:
    """One line for each size."""
    return [
        f"{s.people:,} people: tree {s.tree_seconds} s, document {s.document_seconds} s "
        f"({s.build_peak_mib} MiB), verify distribution {s.verify_seconds} s "
        f"({s.verify_peak_mib} MiB)"
        for s in found
    ]


def markdown(
    table: Sequence[Row],
    remarks: Remarks,
    speeds: Sequence[Speed],
    machine: str,
    beside: str,
) -> str:
    """The whole page; `beside` is its part about peers."""
    blocks = [_HEAD, _gas(table), _above(table, remarks), beside, _sources(table)]
    blocks.append(_speed(speeds, machine))
    return "\n".join(blocks)


def _gas(table: Iterable[Row]) -> str:
    lines = [
        "## Gas",
        "",
        "| operation | gas | calldata | must | aim | | set-up |",
        "|---|---:|---:|---:|---:|---|---|",
    ]
    for row in table:
        must = row.budget.must if row.budget else None
        aim = row.budget.aim if row.budget else None
        figures = " | ".join(_number(each) for each in (row.gas, row.calldata, must, aim))
        lines.append(f"| `{row.operation}` | {figures} | {row.verdict.value} | {row.set_up} |")
    return "\n".join([*lines, ""])


def _above(table: Iterable[Row], remarks: Remarks) -> str:
    above = [row for row in table if row.verdict is Verdict.ABOVE]
    if not above:
        return "Every figure that has a budget is within its must.\n"
    lines = ["## Above must, and why", ""]
    for row in above:
        said = remarks.by_operation[row.operation].strip()
        lines.append(f"- `{row.operation}`, {_excess(row):,} above: {said}")
    return "\n".join([*lines, ""])


def _excess(row: Row) -> int:
    return row.gas - row.budget.must if row.budget else 0


def _sources(table: Iterable[Row]) -> str:
    lines = [
        "## Where the budgets come from",
        "",
        "What was known of peers when the budgets were set; what they charge today is above.",
        "",
        "| operation | best peer then |",
        "|---|---|",
    ]
    lines += [f"| `{row.operation}` | {row.budget.source} |" for row in table if row.budget]
    return "\n".join([*lines, ""])


def _speed(speeds: Iterable[Speed], machine: str) -> str:
    lines = [
        "## Speed and memory",
        "",
        f"One run on one machine: {machine}. Nothing depends on it.",
        "",
        "| people | document | tree | document and tree | peak | verify distribution | peak |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {s.people:,} | {s.document_bytes:,} bytes | {s.tree_seconds} s | "
        f"{s.document_seconds} s | {s.build_peak_mib} MiB | {s.verify_seconds} s | "
        f"{s.verify_peak_mib} MiB |"
        for s in speeds
    ]
    return "\n".join([*lines, ""])
