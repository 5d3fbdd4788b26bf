# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond report season`: how some epochs went, for the members and for whoever funds them."""

import re
from dataclasses import dataclass
from pathlib import Path

import click

from millpond.cli.base import HOLDS, Run
from millpond.cli.books import Pool, pool_options
from millpond.cli.cred import with_numbers
from millpond.core.errors import BadInput

_EPOCHS = re.compile(r"([1-9][0-9]{0,9})(?:-([1-9][0-9]{0,9}))?")


@dataclass(frozen=True)
class Asked:
    """What is to be told, from which files, and where it is written to."""

    epochs: tuple[int, int] | None
    earmark: int | None
    documents: Path | None
    instance: Path | None
    out: Path | None
    html: Path | None


@click.group("report")
def report_group() -> None:
    """Reports on a pool, from the chain and what was published beside it."""


@report_group.command(
    "season",
    epilog="Example:  millpond report season --pool NAME --documents ./distributions --rpc URL",
)
@click.option("--epochs", metavar="FIRST-LAST", help="Such as 1-3, or 2. Default: all.")
@click.option("--earmark", type=click.IntRange(0), help="If several earmarks pay by cred.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of published distributions and reasons. Without it nobody is told by name.",
)
@click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    help="The instance that the cred comes from: what changes of weights were worth.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all figures as JSON to this file.",
)
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page to this file."
)
@pool_options
def season_command(
    run: Run,
    pool: Pool,
    epochs: str | None,
    earmark: int | None,
    documents: Path | None,
    instance: Path | None,
    out: Path | None,
    html: Path | None,
) -> int:
    """Who took part, who was paid how much and when, what was left, and what maintainers gained.

    Everything but the names follows from the chain. Names, amounts of those who were not paid, and
    reasons are read in the documents, each by its hash.
    """
    asked = Asked(_numbers(epochs), earmark, documents, instance, out, html)
    with with_numbers():
        from millpond.cli.season_report import report  # noqa: PLC0415  an extra

        report(run, pool, asked)
    return HOLDS


def _numbers(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = _EPOCHS.fullmatch(text)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise BadInput(f"{text[:40]!r} are no epochs", "write --epochs 1-3, or --epochs 2")
    return int(found[1]), int(found[2] or found[1])
