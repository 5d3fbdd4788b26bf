# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond mirror audit`: is everything that a mirror says what the chain says?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from millpond.cli.backup import backup_command, restore_command
from millpond.cli.base import DIFFERS, HOLDS, Run, shared_options
from millpond.core.errors import BadInput

if TYPE_CHECKING:
    from millpond.mirror.audit.checking import Audit
    from millpond.mirror.reads.snapshot import Finality, Mirror

_NAMES: tuple[Finality, ...] = ("latest", "safe", "finalized")
_SHOWN = 40


@click.group("mirror")
def mirror_group() -> None:
    """Look after a mirror's database (`millpond sync` makes it, `millpond serve` shows it)."""


mirror_group.add_command(backup_command)
mirror_group.add_command(restore_command)


@mirror_group.command(
    "audit", epilog="Example:  millpond mirror audit --node https://node.example --block finalized"
)
@click.option("--database", help="The mirror's file or server. Default: MILLPOND_DATABASE.")
@click.option("--hub", metavar="ADDRESS", help="The Hub that it must be of. Default: any.")
@click.option("--node", metavar="URL", help="The node to ask. Default: that of --rpc.")
@click.option(
    "--block",
    default="latest",
    help="As of the mirror's latest, safe or finalized block, or the number of one of these.",
)
@click.option("--state/--no-state", default=True, help="Compare with the contracts' storage.")
@click.option("--events/--no-events", default=True, help="Compare with the blocks' receipts.")
@shared_options
def audit_command(
    run: Run,
    database: str | None,
    hub: str | None,
    node: str | None,
    block: str,
    state: bool,
    events: bool,
) -> int:
    """Compare everything that a mirror says with a node, at one block.

    Members, proposals, ballots, earmarks, debts, gifts, epochs, claims, grain, links, policies and
    rules are asked of the contracts, and proven by storage proofs under the state root in the
    block's header. Texts, and all else that only events tell, are compared with the receipts of
    their blocks. A full node has the state of the last 128 blocks or so: audit while the mirror
    follows, or ask an archive node.

    Every difference is named with both values and what to do. What could not be told is said.

    Exit status: 0 nothing differs, 1 something does, 2 wrong usage, 3 it could not be carried out.
    """
    from millpond.mirror.reads.snapshot import Mirror  # noqa: PLC0415  it takes a second
    from millpond.mirror.stores import place_of  # noqa: PLC0415

    run.rpc = node or run.rpc
    mirror = Mirror(place_of(database or str(run.settings.database)))
    result = _audited(run, mirror, hub, _finality(mirror, block), state, events)
    terminal = run.terminal
    if terminal.as_json:
        terminal.json(result.as_json())
    _tell(run, result)
    return HOLDS if result.holds else DIFFERS


def _audited(
    run: Run, mirror: Mirror, hub: str | None, finality: Finality, state: bool, events: bool
) -> Audit:
    from millpond.mirror.audit.checking import audit  # noqa: PLC0415  as above

    with mirror.snapshot(finality) as now, ExitStack() as bars:

        def told(what: str) -> Callable[[int, int], None]:
            return bars.enter_context(run.terminal.progress(what))

        as_of = now.as_of
        if hub is not None and as_of.hub.lower() != hub.lower():
            raise BadInput(
                f"this mirror is of the Hub {as_of.hub}", "name its database with --database"
            )
        client = run.client(as_of.chain_id)
        return audit(now, client, told, with_state=state, with_events=events)


def _finality(mirror: Mirror, block: str) -> Finality:
    """Which of the mirror's three blocks is meant."""
    for name in _NAMES:
        if block == name:
            return name
    with mirror.snapshot() as now:
        numbers = {
            str(now.as_of.block_number): _NAMES[0],
            str(now.as_of.safe_number): _NAMES[1],
            str(now.as_of.finalized_number): _NAMES[2],
        }
    if block not in numbers:
        raise BadInput(
            f"the mirror can be read as of block {', '.join(numbers)}, not of {block}",
            "give one of these numbers, or latest, safe or finalized",
        )
    return numbers[block]


def _tell(run: Run, result: Audit) -> None:
    """For people: each difference with its step, what was not told, and one line in the end."""
    line = run.terminal.line
    line(f"block {result.block_number} {result.block_hash}", "bold")
    for difference in result.differences[:_SHOWN]:
        line(f"DIFFERS  {difference}", "bold red")
        line(f"         Next: {difference.next_step}")
    more = len(result.differences) - _SHOWN
    if more > 0:
        line(f"         and {more} differences more; --json lists them all")
    for why in result.unchecked:
        line(f"not checked  {why}", "yellow")
    compared = (
        f"{result.values} values ({result.proven} proven), {result.rows} rows of "
        f"{result.blocks} blocks"
    )
    if result.holds:
        line(f"It holds: {compared} agree.", "bold green")
    else:
        line(f"It does not hold: {len(result.differences)} differences in {compared}.", "bold red")
