# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond cred report`, `compare` and `explain`: cred for people to read and to question."""

from pathlib import Path
from typing import Any

import click

from millpond.cli.base import HOLDS, Run, Terminal
from millpond.cli.cred import with_numbers
from millpond.cli.cred_fetch import SourceOptions, fetched, source_options

_directory = click.argument("directory", type=click.Path(path_type=Path))
_as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of text."
)
_mode = click.option(
    "--mode",
    type=click.Choice(["exact", "compatible"]),
    default="exact",
    show_default=True,
    help="Converged, or stopped where SourceCred stops.",
)


def _terminal(run: Run, as_json: bool) -> Terminal:
    return Terminal(as_json or run.terminal.as_json)


@click.command(
    "report",
    epilog="Example:  millpond cred report ./instance --git . --html report.html",
)
@_directory
@source_options
@click.option(
    "--maintainer",
    "maintainers",
    metavar="PERSON",
    multiple=True,
    help="Somebody who may change the weights, by name or id; the report shows their share.",
)
@click.option(
    "--contribution",
    metavar="ADDRESS",
    help="Show the flows of this one, by a part of its address. Default: the one with most cred.",
)
@click.option(
    "--html", type=click.Path(path_type=Path), help="Write the report as a page to this file."
)
@_mode
@_as_json
@click.pass_obj
def report_command(
    run: Run, /, directory: Path, as_json: bool, sources: SourceOptions, **options: Any
) -> int:
    """Who has cred in the instance in DIRECTORY, from what, since when, and how evenly.

    With --git, --github, --discourse, --csv or --external all sources are fetched first, as
    `millpond cred fetch` does.
    """
    terminal = _terminal(run, as_json)
    with with_numbers():
        from millpond.cli.cred_reports import Asked, report  # noqa: PLC0415  an extra

        if sources.named:
            fetched(run, terminal, directory, sources)
        report(terminal, Asked(directory, **options))
    return HOLDS


@click.command(
    "compare",
    epilog="Example:  millpond cred compare ./instance now.json proposed.json --proposer river",
)
@_directory
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--proposer", metavar="PERSON", help="By name or id: how much does the one gain who asks?"
)
@_mode
@_as_json
@click.pass_obj
def compare_command(
    run: Run,
    directory: Path,
    before: Path,
    after: Path,
    proposer: str | None,
    mode: str,
    as_json: bool,
) -> int:
    """Who gains and who loses in the instance in DIRECTORY between two files of weights.

    BEFORE and AFTER stand in the place of config/weights.json, one after the other.
    """
    with with_numbers():
        from millpond.cli.cred_reports import compare  # noqa: PLC0415  an extra

        compare(_terminal(run, as_json), directory, (before, after), proposer, mode)
    return HOLDS


@click.command(
    "explain",
    epilog="Example:  millpond cred explain ./instance river --most 40",
)
@_directory
@click.argument("person")
@click.option(
    "--most", type=click.IntRange(1), default=20, show_default=True, help="Contributions to show."
)
@_mode
@_as_json
@click.pass_obj
def explain_command(
    run: Run, directory: Path, person: str, most: int, mode: str, as_json: bool
) -> int:
    """Why PERSON has this cred in the instance in DIRECTORY, down to single contributions.

    PERSON is a name or an id. All contributions together are the cred, to the last digits.
    """
    with with_numbers():
        from millpond.cli.cred_reports import explain  # noqa: PLC0415  an extra

        explain(_terminal(run, as_json), directory, person, most, mode)
    return HOLDS
