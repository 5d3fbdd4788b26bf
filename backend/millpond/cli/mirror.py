# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond sync`: a database of all that happened in a Hub's pools."""

import time
from pathlib import Path

import click

from millpond.cli.base import HOLDS, Run, Terminal, hub_address, shared_options
from millpond.core.errors import MillpondError
from millpond.mirror.follow import Pace, follow
from millpond.mirror.store import Store, remove
from millpond.mirror.sync import Sync, open_mirror

database_option = click.option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The mirror's file. Default: MILLPOND_DATABASE, else mirror.db.",
)


@click.command(
    "sync", epilog="Example:  millpond sync --hub 0x... --rpc http://127.0.0.1:8545 --once"
)
@click.option("--hub", metavar="ADDRESS", help="The Hub. Default: the one in the record.")
@click.option(
    "--from-block",
    type=click.IntRange(0),
    help="Block at or before the Hub's first pool. Default: by the record, else 0.",
)
@database_option
@click.option("--once", is_flag=True, help="Stop when the head is reached.")
@click.option("--rebuild", is_flag=True, help="Throw the database away and make it again.")
@click.option(
    "--poll",
    type=click.FloatRange(0.05, 15),
    default=2.0,
    help="Seconds between looks at the head.",
)
@shared_options
def sync_command(
    run: Run,
    hub: str | None,
    from_block: int | None,
    database: Path | None,
    once: bool,
    rebuild: bool,
    poll: float,
) -> int:
    """Mirror all events of a Hub and its pools into a database, and keep up with the chain.

    Everything in it follows from the chain: it can be deleted and made again at any time. Blocks
    that the chain takes back are taken back here too.
    """
    client = run.client()
    record = run.record(client, None)
    address = hub_address(hub, record)
    if from_block is None:
        from_block = record.contract("Hub").block_number if record else 0
    path = database or run.settings.database
    if rebuild:
        remove(path)
    with Store(path) as store:
        sync = open_mirror(store, client, address, from_block)
        if once:
            return _catch_up(run.terminal, sync)
        run.terminal.line(f"{path} follows the Hub {address} on chain {client.chain_id}. Ctrl-C.")
        _follow(run.terminal, sync, poll)
    return HOLDS


def _catch_up(terminal: Terminal, sync: Sync) -> int:
    started = time.monotonic()
    with terminal.progress("mirroring") as told:
        cursor = sync.catch_up(told)
    sync.store.say(sync.head_number, int(time.time()), None)
    events = sync.store.event_count()
    said = {"block_number": cursor.block_number, "block_hash": cursor.block_hash, "events": events}
    if terminal.as_json:
        terminal.json(said)
    terminal.line(
        f"{events} events up to block {cursor.block_number} ({cursor.block_hash}), "
        f"{time.monotonic() - started:.1f} s"
    )
    return HOLDS


def _follow(terminal: Terminal, sync: Sync, poll: float) -> None:
    """One line whenever the mirror has moved."""
    seen = sync.store.cursor().block_number

    def progress(block: int, head: int) -> None:
        nonlocal seen
        if block != seen:
            seen = block
            terminal.line(f"block {block} of {head}")

    def problem(error: MillpondError) -> None:
        terminal.error(error)

    follow(sync, Pace(poll), progress, problem)
