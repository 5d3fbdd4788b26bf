# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond cred`: from where the work happened to a score that anyone can recompute."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from millpond.cli.base import HOLDS, Run
from millpond.cli.lazy import LazyCommands
from millpond.core.errors import ToolMissing


@click.group(
    "cred",
    commands=LazyCommands(
        {
            "fetch": "cred_fetch:fetch_command",
            "report": "cred_report:report_command",
            "compare": "cred_report:compare_command",
            "explain": "cred_report:explain_command",
        }
    ),
)
def cred_group() -> None:
    """Compute cred from an instance: a directory of graphs, weights and identities."""


@contextmanager
def with_numbers() -> Iterator[None]:
    """`ToolMissing` instead of an import error: most readers of the chain need no numpy."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ToolMissing(
            f"the package {error.name} is not installed, and cred needs it",
            'install it: pip install "millpond[cred]"',
        ) from None


@cred_group.command(
    "compute",
    epilog="Example:  millpond cred compute ./instance --mode exact --json cred.json",
)
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--method",
    type=click.Choice(["credrank", "timeline"]),
    default="credrank",
    show_default=True,
    help="SourceCred's algorithm since 0.8, or that of the CredSperiment.",
)
@click.option(
    "--mode",
    type=click.Choice(["exact", "compatible"]),
    default="exact",
    show_default=True,
    help="Converged, so that people get what is minted; or stopped where SourceCred stops.",
)
@click.option("--weights", type=click.Path(path_type=Path), help="Instead of config/weights.json.")
@click.option(
    "--json", "out", type=click.Path(path_type=Path), help="Write people and weeks to this file."
)
@click.option(
    "--nodes", type=click.Path(path_type=Path), help="Write each contribution's score to this file."
)
@click.pass_obj
def compute_command(
    run: Run,
    directory: Path,
    method: str,
    mode: str,
    weights: Path | None,
    out: Path | None,
    nodes: Path | None,
) -> int:
    """Who did how much of what counted, in the instance in DIRECTORY.

    The files are as SourceCred lays them out. The same content gives the same bytes, in whatever
    order it stands in the files.
    """
    with with_numbers():
        from millpond.cli.cred_compute import Asked, compute_and_tell  # noqa: PLC0415  an extra
    compute_and_tell(run.terminal, Asked(directory, method, mode, weights, out, nodes))
    return HOLDS
