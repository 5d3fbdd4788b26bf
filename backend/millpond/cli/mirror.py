# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond sync`: a database of all that happened in a Hub's pools."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from millpond.api.logs import Form, fields
from millpond.chain.client import DEV_CHAINS, Client
from millpond.cli.base import HOLDS, Run, Terminal, hub_address, record_option, shared_options
from millpond.cli.log_format import log_as, log_format_option
from millpond.core.errors import MillpondError
from millpond.mirror.completeness import Checks, Level
from millpond.mirror.follow import Pace, follow, note
from millpond.mirror.proofs.keeper import Keeper
from millpond.mirror.stops import StoppedBefore
from millpond.mirror.store import Store, remove
from millpond.mirror.stores import Place, place_of
from millpond.mirror.sync import Habits, Sync, open_mirror

STALE_SECONDS = 900
_LOG = logging.getLogger("millpond.sync")

database_option = click.option(
    "--database",
    metavar="FILE or URL",
    help="The mirror's file, or postgresql://... Default: MILLPOND_DATABASE or DATABASE_URL, else "
    "mirror.db.",
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
@click.option(
    "--more-rpc",
    metavar="URL",
    multiple=True,
    help="A further node of the same chain, asked when those before it fail, and whether it agrees."
    " May be given several times. Default: MILLPOND_MORE_RPC.",
)
@click.option(
    "--check",
    type=click.Choice([level.value for level in Level]),
    default=Level.EVERY_BLOCK.value,
    show_default=True,
    help="How old blocks are held against the chain's own proofs: the receipts of some blocks with "
    "our events, of all of them, or besides the header of every block, without which a node can "
    "hide whole blocks. The newest are always checked in full.",
)
@click.option(
    "--stale-after",
    type=click.IntRange(0),
    help="Age of the newest block, in seconds, from which the node is taken to stand still; 0: "
    f"never. Default: {STALE_SECONDS}, never on a development chain.",
)
@click.option(
    "--go-on",
    is_flag=True,
    help="Go on with a mirror that had stopped for good: you have looked at its reason.",
)
@click.option(
    "--proofs/--no-proofs",
    default=True,
    help="While it follows: keep storage proofs of what is final, for /v1/proofs/storage.",
)
@record_option
@log_format_option
@shared_options
def sync_command(
    run: Run,
    database: str | None,
    once: bool,
    rebuild: bool,
    proofs: bool,
    log_format: Form | None,
    **how: Any,
) -> int:
    """Mirror all events of a Hub and its pools into a database, and keep up with the chain.

    Everything in it follows from the chain: it can be deleted and made again at any time. Blocks
    that the chain takes back are taken back here too.
    """
    asked = _How(**how)
    clients = run.clients(asked.more_rpc or run.settings.more_rpc.split())
    record = run.record(clients[0])
    hub = hub_address(asked.hub, record)
    first = asked.from_block
    if first is None:
        first = record.contract("Hub").block_number if record else 0
    place = place_of(database or run.settings.database)
    if rebuild:
        remove(place)
    with Store(place) as store, store.alone():
        sync = asked.open(store, clients, hub, first)
        if once:
            return _catch_up(run.terminal, sync)
        chain_id = clients[0].chain_id
        told = _Log() if log_as(run, log_format) == "json" else _Lines(run.terminal)
        told.began(place, hub, chain_id)
        keep = Keeper(place, clients[0]).follow if proofs else _nothing
        _follow(told, sync, asked.poll, keep)
    return HOLDS


def _nothing() -> None:
    """Keep no proofs."""


@dataclass(frozen=True)
class _How:
    """The options of `sync`, as they are named."""

    hub: str | None
    from_block: int | None
    poll: float
    more_rpc: tuple[str, ...]
    check: str
    stale_after: int | None
    go_on: bool

    def open(self, store: Store, clients: list[Client], hub: str, first_block: int) -> Sync:
        """The mirror, though it had stopped for good if somebody says that it may go on."""
        seconds = self.stale_after
        if seconds is None:
            seconds = 0 if clients[0].chain_id in DEV_CHAINS else STALE_SECONDS
        habits = Habits(Checks(Level(self.check)), stale_seconds=seconds or None)
        try:
            return open_mirror(store, clients, hub, first_block, habits)
        except StoppedBefore:
            if not self.go_on:
                raise
            store.go_on()
            return open_mirror(store, clients, hub, first_block, habits)


def _catch_up(terminal: Terminal, sync: Sync) -> int:
    started = time.monotonic()
    try:
        with terminal.progress("mirroring") as told:
            cursor = sync.catch_up(told)
    except MillpondError as error:
        note(sync, Pace(), error)
        raise
    note(sync, Pace(), None)
    events = sync.store.event_count()
    said = {"block_number": cursor.block_number, "block_hash": cursor.block_hash, "events": events}
    if terminal.as_json:
        terminal.json(said)
    terminal.line(
        f"{events} events up to block {cursor.block_number} ({cursor.block_hash}), "
        f"{time.monotonic() - started:.1f} s"
    )
    return HOLDS


class _Lines:
    """What happens, for people: one line whenever the mirror has moved."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def began(self, place: Place, hub: str, chain_id: int) -> None:
        """To follow."""
        self._terminal.line(f"{place} follows the Hub {hub} on chain {chain_id}. Ctrl-C.")

    def moved(self, block: int, head: int) -> None:
        """To another block."""
        self._terminal.line(f"block {block} of {head}")

    def failed(self, error: MillpondError) -> None:
        """And is tried again."""
        self._terminal.error(error)


class _Log:
    """The same for programs."""

    def began(self, place: Place, hub: str, chain_id: int) -> None:
        """To follow."""
        _LOG.info("following", extra=fields(database=place, hub=hub, chain_id=chain_id))

    def moved(self, block: int, head: int) -> None:
        """To another block."""
        _LOG.info("moved", extra=fields(block=block, head=head))

    def failed(self, error: MillpondError) -> None:
        """And is tried again."""
        said = fields(error=error.name, detail=error.message, next_step=error.next_step)
        _LOG.warning("failed", extra=said)


def _follow(told: _Lines | _Log, sync: Sync, poll: float, keep: Callable[[], None]) -> None:
    seen = sync.store.cursor().block_number

    def progress(block: int, head: int) -> None:
        nonlocal seen
        if block != seen:
            seen = block
            told.moved(block, head)

    follow(sync, Pace(poll), progress, told.failed, keep)
