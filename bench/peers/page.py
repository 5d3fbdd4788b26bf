# SPDX-License-Identifier: AGPL-3.0-only
"""The comparison with peers, for a terminal and for docs/BENCH.md."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from bench.peers.comparison import Beside, Comparison

WIDTH = 100
_HEAD = """\
## Beside peers

Built in the same run from what their authors publish on the npm registry, with the settings named
below, and measured like ours: whole transactions, on the same node program, each in a block of its
own. A peer that is there in several builds is quoted in the cheapest. The ratio is ours to the best
peer: below 1 we are cheaper. The floor is what any design must pay by the protocol's own prices
(`bench/floors.py`); no contract reaches it, for it has no computing in it.
"""


def terminal(beside: Beside) -> Table:
    """For people at a terminal of a hundred columns."""
    shown = Table(title="Beside peers", title_justify="left", width=WIDTH, box=None)
    shown.add_column("operation and best peer", ratio=1, overflow="fold")
    for name in ("ours", "peer", "ratio", "floor"):
        shown.add_column(name, justify="right", no_wrap=True)
    for row in beside.rows:
        told = Text.assemble((row.operation, "bold"), "\n", (_best(row), "dim"))
        style = "red" if row.is_behind else "green"
        shown.add_row(
            told, _ours(row), _gas(row), Text(_ratio(row), style=style), f"{row.floor.gas:,}"
        )
    return shown


def markdown(beside: Beside) -> str:
    """The part of the page."""
    blocks = [_HEAD, *_table(beside.rows), *_absent(beside), *_words(beside.rows)]
    blocks += [*_everybody(beside.rows), *_floors(beside.rows), *_packages(beside)]
    return "\n".join(blocks) + "\n"


def _table(rows: Sequence[Comparison]) -> Iterator[str]:
    yield "| operation | ours | best peer | theirs | ratio | floor | ours to floor |"
    yield "|---|---:|---|---:|---:|---:|---:|"
    for row in rows:
        floor = f"{row.floor.gas:,} | {_times(row.ours, row.floor.gas)}"
        yield (
            f"| {row.text.title} | {_ours(row)} | {_best(row)} | {_gas(row)} | {_ratio(row)} "
            f"| {floor} |"
        )
    yield ""


def _words(rows: Sequence[Comparison]) -> Iterator[str]:
    """Every row has a sentence; one in which we are behind has another."""
    yield "### What the figures do not say"
    yield ""
    for row in rows:
        behind = f" **We are behind:** {row.text.behind}" if row.is_behind else ""
        yield f"- {row.text.title} ({_named(row)}): {row.text.fair}{behind}"
    yield ""


def _absent(beside: Beside) -> Iterator[str]:
    if not beside.peers.absent:
        return
    yield "**Not measured in this run**, so that a cheaper peer may be missing above:"
    yield ""
    for each in beside.peers.absent:
        yield f"- {each.peer} ({each.build}): {' '.join(each.why.split())}"
    yield ""


def _everybody(rows: Sequence[Comparison]) -> Iterator[str]:
    """The best build of each."""
    yield "### Every peer"
    yield ""
    yield "| operation | peer | gas | transactions | build | set-up |"
    yield "|---|---|---:|---:|---|---|"
    for row in rows:
        for found in row.each_peer:
            figures = f"{found.gas:,} | {found.transactions}"
            yield (
                f"| {row.text.title} | {found.peer} | {figures} | {found.build} | {found.note} |"
            )
    yield ""


def _floors(rows: Sequence[Comparison]) -> Iterator[str]:
    yield "### How the floors are made"
    yield ""
    for row in rows:
        yield f"- {row.text.title}: {row.floor.gas:,} = {row.floor.words}"
    yield ""


def _packages(beside: Beside) -> Iterator[str]:
    yield "### Packages"
    yield ""
    told = [f"`{name}` {version}" for name, version in sorted(beside.peers.packages.items())]
    yield f"{', '.join(told)}."


def _named(row: Comparison) -> str:
    return " + ".join(f"`{name}`" for name in row.text.ours) or "none of ours"


def _ours(row: Comparison) -> str:
    return "none" if row.ours is None else f"{row.ours:,}"


def _best(row: Comparison) -> str:
    return "not measured" if row.best is None else row.best.peer


def _gas(row: Comparison) -> str:
    return "" if row.best is None else f"{row.best.gas:,}"


def _ratio(row: Comparison) -> str:
    return "" if row.best is None else _times(row.ours, row.best.gas)


def _times(ours: int | None, theirs: int) -> str:
    """Two decimals, rounded up: never flattering."""
    if ours is None:
        return ""
    hundredths = -(-100 * ours // theirs)
    return f"{hundredths // 100}.{hundredths % 100:02}"
