# SPDX-License-Identifier: AGPL-3.0-only
"""What the demo plays on: a chain, a folder, wallets, a clock, and the real scripts.

`run` calls a maintainer's command as ape would, in this process; the command line it prints does
the same by hand. Only the clock is a dev chain's: the contracts know no shortcut.
"""

import contextlib
import importlib
import io
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from ape_node.provider import GethDev, Node

from millpond.chain import deployments, dev_time
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.coop import Coop
from millpond.chain.signers import LocalSigner
from scripts import _desk as desk

PARAMS = desk.ROOT / "scripts" / "params" / "local.yaml"
POOL = "credsperiment"
DOLLAR = "TestDollar"
DECIMALS = 6


@contextlib.contextmanager
def _one_connection() -> Iterator[None]:
    """ape winds another layer around a class's `connect` for each connection that is made in a
    process, so that the hundredth command would do the same a hundred times."""
    kinds: tuple[Any, ...] = (GethDev, Node)
    as_it_was = [kind.connect for kind in kinds]
    try:
        yield
    finally:
        for kind, connect in zip(kinds, as_it_was, strict=True):
            kind.connect = connect


@dataclass(frozen=True)
class Cast:
    """Who is who among the accounts of the test mnemonic."""

    steward: int = 0
    members: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    maintainers: tuple[int, ...] = (1, 2, 3)
    attesters: tuple[int, ...] = (5, 6)
    patrons: tuple[int, ...] = (8, 9, 10, 11)
    stranger: int = 12
    first_person: int = 13


@dataclass(frozen=True)
class Stage:
    """One run of the demo."""

    url: str
    folder: Path
    client: Client
    cast: Cast

    def run(
        self, script: str, *args: str, by: int | None = None, loud: bool = True
    ) -> dict[str, Any]:
        """One command of scripts/; its answer when it is not shown."""
        name, _, sub = script.partition(" ")
        line = [*sub.split(), *args]
        if by is not None:
            line += ["--account", f"TEST::{by}"]
        command: click.Command = importlib.import_module(f"scripts.{name}").cli
        if loud:
            shown = shlex.join(line).replace(f"{desk.ROOT}/", "")
            desk.console().print(f"[dim]$ ape run {name} {shown}[/dim]", soft_wrap=True)
        line += ["--network", f"ethereum:local:{self.url}"]
        line += ["--deployments", str(self.folder / "deployments")]
        if loud:
            with _one_connection():
                command.main(line, standalone_mode=False)
            return {}
        output = io.StringIO()
        with _one_connection(), contextlib.redirect_stdout(output):
            command.main([*line, "--json"], standalone_mode=False)
        found: dict[str, Any] = json.loads(output.getvalue().strip().splitlines()[-1])
        return found

    def wallet(self, number: int) -> LocalSigner:
        """A person's wallet."""
        return LocalSigner(number)

    def coop(self) -> Coop:
        """The co-op, once it is made."""
        record = deployments.load(self.folder / "deployments", self.client.chain_id)
        return Coop.open(self.client, record, POOL)

    def dollar(self) -> Contract:
        """The test dollar."""
        record = deployments.load(self.folder / "deployments", self.client.chain_id)
        return Contract(self.client, DOLLAR, record.contract(DOLLAR).address)

    def wait_seconds(self, seconds: int) -> None:
        """Move the chain's clock without a word, to just after that time."""
        dev_time.advance(self.client, seconds + 1)

    def wait_days(self, days: int) -> None:
        """Move the chain's clock."""
        self.wait_seconds(days * 86_400)
        desk.console().print(f"[dim]  ... {days} days pass ...[/dim]")
