# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond mirror backup` and `restore`: a mirror and the relay's queue beside it, in one file."""

from dataclasses import asdict
from pathlib import Path

import click

from millpond.cli.base import HOLDS, Run, shared_options
from millpond.cli.mirror import database_option
from millpond.core.errors import BadInput
from millpond.mirror import backups
from millpond.mirror.backups import Backup
from millpond.mirror.stores import place_of

_file = click.Path(path_type=Path, dir_okay=False)


@click.command("backup", epilog="Example:  millpond mirror backup mirror-$(date +%F).tar")
@click.argument("file", type=_file)
@database_option
@click.option("--replace", is_flag=True, help="Write over a file that is there already.")
@shared_options
def backup_command(run: Run, file: Path, database: str | None, replace: bool) -> int:
    """Write a backup of the mirror, and of the relay's queue beside it, into FILE.

    Whoever writes and serves goes on meanwhile. The mirror can also be made again from the chain;
    the relay's queue cannot.
    """
    if file.exists() and not replace:
        raise BadInput(f"{file} is there already", "name another file, or say --replace")
    _tell(run, "backed up", file, backups.write(place_of(database or run.settings.database), file))
    return HOLDS


@click.command("restore", epilog="Example:  millpond mirror restore mirror-2026-11-29.tar")
@click.argument("file", type=_file)
@database_option
@click.option("--replace", is_flag=True, help="Throw away a database that is there already.")
@shared_options
def restore_command(run: Run, file: Path, database: str | None, replace: bool) -> int:
    """Put the backup in FILE back. `millpond sync` then goes on from its block.

    End what writes and serves first. Every byte is compared with the backup's own hashes before
    anything is touched.
    """
    place = place_of(database or run.settings.database)
    _tell(run, "restored", file, backups.restore(file, place, replace=replace))
    return HOLDS


def _tell(run: Run, what: str, file: Path, about: Backup) -> None:
    if run.terminal.as_json:
        run.terminal.json(asdict(about))
    run.terminal.line(
        f"{file}: {what} as of block {about.block_number} ({about.block_hash}) of the Hub "
        f"{about.hub}: {', '.join(sorted(about.files))}"
    )
