# SPDX-License-Identifier: AGPL-3.0-only
"""What all commands share: where to print, which node, which record; exit statuses.

Whatever talks to a node is imported where it is used: it takes a second, and cred needs none of it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from millpond import settings
from millpond.core.errors import BadInput, MillpondError
from millpond.core.subjects import address_bytes, checksum_address
from millpond.settings import Settings

if TYPE_CHECKING:
    from millpond.chain.answers import Address
    from millpond.chain.client import Client
    from millpond.chain.deployments import Record
    from millpond.chain.report import Report, Step

HOLDS, DIFFERS, USAGE, NOT_DONE, INTERRUPTED = 0, 1, 2, 3, 130

_F = TypeVar("_F", bound=Callable[..., Any])


_MARKS = {
    "ok": ("yes        ", "green"),
    "differs": ("NO, DIFFERS", "bold red"),
    "unchecked": ("not checked", "yellow"),
}
_NAME_WIDTH = 16
_FOLDER = "millpond.deployments"


def plain(text: str) -> str:
    """Printable letters only: others chose the text, and it must not steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class Terminal:
    """Standard output for results, standard error for progress and errors."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)
        self._section = ""

    def line(self, text: str, style: str = "") -> None:
        """One line for people; nothing in JSON mode."""
        if not self.as_json:
            self._out.print(Text(plain(text), style=style))

    def table(self, table: Table) -> None:
        """Rows and columns, no wider than the terminal; nothing in JSON mode."""
        if not self.as_json:
            self._out.print(table, soft_wrap=False)

    def step(self, step: Step) -> None:
        """One step of a check, as soon as it is made."""
        if self.as_json:
            return
        if step.section != self._section:
            self._section = step.section
            self.line("")
            self.line(step.section, "bold")
        mark, style = _MARKS[step.verdict]
        name = (plain(step.name).ljust(_NAME_WIDTH), "bold")
        self._out.print(Text.assemble((mark, style), "  ", name, "  ", plain(step.detail)))
        if step.next_step:
            self.line(f"{'':13}Next: {step.next_step}")

    def report(self, report: Report, said: dict[str, str]) -> int:
        """The result of a check, with `said` beside it in JSON; the exit status."""
        if self.as_json:
            self.json({**said, **report.as_json()})
        if self._section:
            self.line("")
        self.line(report.summary, "bold green" if report.holds else "bold red")
        return HOLDS if report.holds else DIFFERS

    def json(self, value: object) -> None:
        """One JSON object on one line, in ASCII."""
        sys.stdout.write(json.dumps(value, sort_keys=True) + "\n")

    def error(self, error: MillpondError) -> None:
        """One of our errors: what is wrong, then what to do."""
        if self.as_json:
            self.json({"error": error.name, "message": error.message, "next_step": error.next_step})
            return
        for number, line in enumerate(str(error).splitlines()):
            self._err.print(Text(plain(line), style="bold red" if number == 0 else ""))

    def note(self, text: str) -> None:
        """What somebody should know who looks at the result; beside it, on standard error."""
        self._err.print(Text(plain(text), style="yellow"))

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A bar on standard error while something long runs, on a terminal only."""
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        quiet = self.as_json or not self._err.is_terminal
        with Progress(*columns, console=self._err, transient=True, disable=quiet) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, whole: bar.update(task, completed=done, total=whole)


@dataclass
class Run:
    """What all commands share: the settings, the node's address if any, and where to print."""

    settings: Settings
    rpc: str | None
    terminal: Terminal
    folder: Path | None = None
    """Of the records of deployment, if it was named: what lies there has to fit."""
    _noted: bool = False

    def client(self, chain_id: int | None = None) -> Client:
        """A client of the node, which must serve this chain if one is named."""
        return self._connected(self._named(), chain_id)

    def clients(self, more: Sequence[str]) -> list[Client]:
        """Clients of the node and of further ones, in this order. The first that answers says
        which chain it is; whether the others serve it too is for who uses them to check."""
        from millpond.chain.client import Client  # noqa: PLC0415  see above
        from millpond.chain.rpc import Rpc  # noqa: PLC0415  as above
        from millpond.core.errors import ChainError  # noqa: PLC0415  as above

        urls = [self._named(), *more]
        for at, url in enumerate(urls):
            try:
                first = self._connected(url, None)
            except ChainError:
                if at == len(urls) - 1:
                    raise
                continue
            budget, limits = first.rpc.budget, first.limits
            return [
                first if each == url else Client(Rpc(each, budget), first.chain_id, limits)
                for each in urls
            ]
        raise AssertionError("unreachable: there is at least one address")

    def _named(self) -> str:
        if self.rpc is None:
            raise BadInput("no node is named", "give one with --rpc, or set MILLPOND_RPC")
        return self.rpc

    def _connected(self, url: str, chain_id: int | None) -> Client:
        from millpond.chain.client import (  # noqa: PLC0415  see above
            GWEI,
            Limits,
            chain_id_of,
            connect,
        )
        from millpond.chain.rpc import Budget  # noqa: PLC0415

        chosen = self.settings
        budget = Budget(tries=chosen.rpc_tries, timeout=chosen.rpc_timeout)
        limits = Limits(chosen.receipt_timeout, chosen.max_fee_gwei * GWEI, chosen.log_blocks)
        wanted = chain_id_of(url, budget) if chain_id is None else chain_id
        return connect(url, wanted, budget, limits)

    def first_block(self, client: Client, pool: str, given: int | None) -> int:
        """Where a pool's history starts: as given, else by the record, else at block 0."""
        if given is not None:
            return given
        record = self.record(client)
        known = record.pools.values() if record else ()
        return next((p.block_number for p in known if p.parts.get("Pool") == pool), 0)

    def record(self, client: Client) -> Record | None:
        """The record of this chain, if there is one. Nobody needs it who names a Hub: one that does
        not fit is passed over with a note, unless its folder was named."""
        from millpond.chain import deployments  # noqa: PLC0415  see above
        from millpond.core.errors import DeploymentError, WrongChain  # noqa: PLC0415  as above

        where = self.folder or self.settings.deployments
        if self.folder is None and not deployments.path_of(where, client.chain_id).exists():
            return None
        try:
            return deployments.load_for(where, client)
        except (DeploymentError, WrongChain) as error:
            if self.folder is not None:
                raise
            if not self._noted:
                self.terminal.note(f"Passed over: {error.message}.")
            self._noted = True
            return None


def shared_options(command: _F) -> _F:
    """--rpc and --json, which may stand before or after the name of a command."""

    @click.option("--rpc", metavar="URL", help="Address of a node. Default: MILLPOND_RPC.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
    @wraps(command)
    def wrapped(rpc: str | None, as_json: bool, **rest: Any) -> Any:
        ctx = click.get_current_context()
        outer: Run = ctx.find_object(Run) or Run(settings.load(), None, Terminal(False))
        terminal = Terminal(as_json or outer.terminal.as_json)
        folder = ctx.meta.get(_FOLDER)
        ctx.obj = Run(outer.settings, rpc or outer.rpc or outer.settings.rpc, terminal, folder)
        return ctx.invoke(command, ctx.obj, **rest)

    return wrapped  # type: ignore[return-value]


def _keep_folder(ctx: click.Context, _: click.Parameter, folder: Path | None) -> None:
    ctx.meta[_FOLDER] = folder


record_option = click.option(
    "--deployments",
    type=click.Path(path_type=Path, file_okay=False),
    expose_value=False,
    callback=_keep_folder,
    help="Folder of a record of deployment, which must fit the chain. Default: deployments, or "
    "MILLPOND_DEPLOYMENTS, where a record that does not fit is passed over.",
)
from_block_option = click.option(
    "--from-block",
    type=click.IntRange(0),
    help="Block at or before the pool's making. Default: by the record of deployment, or 0.",
)


def hub_address(hub: str | None, record: Record | None) -> Address:
    """The Hub that is named, else that of the record."""
    from millpond.chain.answers import Address  # noqa: PLC0415  see above

    if hub is not None:
        return Address(checksum_address(address_bytes(hub)))
    if record is None:
        raise BadInput(
            "no Hub is named, and there is no record of one that fits this chain",
            "give it with --hub, or the folder of its record with --deployments (or "
            "MILLPOND_DEPLOYMENTS)",
        )
    return record.contract("Hub").address
