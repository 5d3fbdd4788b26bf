# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond simulate`: what would a rule have given? One case in a file, worked out."""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import click

from millpond.cli.base import HOLDS, Run, Terminal
from millpond.cli.tables import row, table
from millpond.core.errors import FundingError
from millpond.core.funding.cases import RULES, Answered, Value, simulate
from millpond.core.nesting import is_deeper
from millpond.sources.whole import read_whole

_MOST_DEPTH = 16
_MOST_ROWS = 60
_SHOWN_DECIMALS = 9

HELP = {
    "takes": "Our rule for teams: everybody her take, or the same part of it.",
    "gratipay": "Teams as Gratipay had them in 2016, and its charge of a card.",
    "gittip": "Teams as Gittip had them in 2013, and its throttle.",
    "liberapay": "Teams as Liberapay has them: amounts, paydays, its throttle.",
    "linear": "Standing ballots by points, FIL RetroPGF's averages, Drips' split.",
    "root": "Standing ballots by roots, FundOSS, clr.fund of 2020, Protocol Guild.",
    "quadratic": "Quadratic matching from a pool, with a cap on each project if there is one.",
    "alpha": "Quadratic matching by one alpha, and clr.fund since 2022.",
    "pairwise": "Matching that is bounded for each pair of donors.",
    "cocm": "Matching by how far apart the clusters are that gave.",
    "crowdmatch": "Crowdmatching: by patrons, by shares, on a ladder of caps; Snowdrift's history.",
    "goal": "Crowdmatching towards a goal, and buckets with a minimum and a maximum.",
}


@click.group("simulate")
def simulate_group() -> None:
    """What would a rule have given? Figures from a file, no chain and no network."""


def _command(rule: str) -> click.Command:
    @simulate_group.command(
        rule,
        help=f"{HELP[rule]}\n\nFILE holds one case as a JSON object, without its answers; they are "
        f"filled in. Shapes: {'; '.join(shape.told for shape in RULES[rule])}.",
        epilog=f"Example:  millpond simulate {rule} case.json --json",
    )
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--json", "as_json", is_flag=True, help="Print the case with its answers.")
    @click.pass_obj
    def command(run: Run, file: Path, as_json: bool) -> int:
        terminal = Terminal(as_json or run.terminal.as_json)
        answered = simulate(rule, _read(file))
        if terminal.as_json:
            terminal.json(_printable(answered.whole))
        _tell(terminal, rule, answered)
        return HOLDS

    return command


for _rule in RULES:
    _command(_rule)


def _read(path: Path) -> Value:
    """JSON with exact decimals."""
    data = read_whole(path)
    if is_deeper(data, _MOST_DEPTH):
        _no_case(path, f"it is nested more than {_MOST_DEPTH} deep")
    try:
        found: Value = json.loads(
            data.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=lambda text: _no_case(path, f"{text} is no number"),
            object_pairs_hook=lambda pairs: _once(path, pairs),
        )
    except ValueError as error:
        _no_case(path, str(error))
    return found


def _once(path: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        _no_case(path, "a field stands twice in one object")
    return dict(pairs)


def _no_case(path: Path, why: str) -> NoReturn:
    raise FundingError(
        f"{path} is no case in JSON: {why}", "write one object, such as those of docs/SIMULATE.md"
    )


def _printable(value: Value) -> Any:
    """For JSON: figures with decimals as the nearest double, here where they are only printed."""
    if isinstance(value, dict):
        return {key: _printable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_printable(each) for each in value]
    return float(value) if isinstance(value, Fraction | Decimal) else value


def _tell(terminal: Terminal, rule: str, answered: Answered) -> None:
    rows = [line for name, value in answered.answers.items() for line in _lines(name, value)]
    made = table(f"{rule}: {answered.shape}", "~what", ">figure")
    for name, text in rows[:_MOST_ROWS]:
        made.add_row(*row(name, text))
    terminal.table(made)
    if len(rows) > _MOST_ROWS:
        terminal.line(f"and {len(rows) - _MOST_ROWS:,} lines more; --json has all of them")


def _lines(name: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _lines(f"{name} {key}", each)
    elif isinstance(value, list):
        for number, each in enumerate(value, 1):
            yield from _lines(f"{name} {number}", each)
    else:
        yield name, _figure(value)


def _figure(value: Value) -> str:
    if isinstance(value, Fraction | Decimal):
        high, low = divmod(int(value * 10**_SHOWN_DECIMALS), 10**_SHOWN_DECIMALS)
        return f"{high:,}.{low:0{_SHOWN_DECIMALS}d}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "none" if value is None else str(value)
