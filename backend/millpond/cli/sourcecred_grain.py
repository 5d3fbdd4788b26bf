# SPDX-License-Identifier: AGPL-3.0-only
"""What `millpond sourcecred grain` does."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from millpond.cli.base import Terminal
from millpond.core.cred.compute import compute
from millpond.core.cred.scores import CREDRANK
from millpond.core.cred.written import as_json as cred_json
from millpond.core.grain import Cred, Run, run, told
from millpond.core.grain.run import unpaid
from millpond.core.ledger.writing import written
from millpond.core.units import Millis, format_amount
from millpond.core.weeks import iso_date
from millpond.sources.cred_files import cred_of, read_cred
from millpond.sources.grain_inputs import kept_cred, read_grain_config
from millpond.sources.instances import read_instance
from millpond.sources.ledgers import LEDGER, read_ledger
from millpond.sources.times import milliseconds
from millpond.sources.whole import json_bytes, write_whole

_DECIMALS = 18
_MOST_LINES = 20
_COMPUTED = "computed from the graphs"


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of the command."""

    directory: Path
    mode: str
    out: Path | None
    ledger: Path | None
    cred: Path | None
    at: str | None
    force: bool


def divide_and_tell(terminal: Terminal, asked: Asked) -> None:
    """Read, divide, write what was asked for, and print who gets how much."""
    ledger = read_ledger(asked.directory / LEDGER, str(LEDGER))
    config = read_grain_config(asked.directory)
    source, cred = _cred(terminal, asked)
    now = time.time_ns() // 10**6 if asked.at is None else milliseconds(asked.at, "--at", "")
    names = {account.id: account.name for account in ledger.accounts()}
    made = run(ledger, cred, config, asked.mode, now, asked.force)
    found = told.as_json(made, asked.mode, source)
    if asked.out is not None:
        write_whole(asked.out, json_bytes(found))
    if asked.ledger is not None:
        write_whole(asked.ledger, written(made.ledger.events))
    if terminal.as_json:
        terminal.json(found)
    terminal.line(f"scores: {source}")
    _tell(terminal, made, names)


def _cred(terminal: Terminal, asked: Asked) -> tuple[str, Cred]:
    if asked.cred is not None:
        return asked.cred.name, read_cred(asked.cred, str(asked.cred))
    kept = kept_cred(asked.directory)
    if kept is not None:
        return kept
    with terminal.progress("computing cred"):
        instance = read_instance(asked.directory, descriptions=False)
        scores = cred_json(compute(instance, CREDRANK, asked.mode))
    return f"{_COMPUTED}, {asked.mode}", cred_of(scores, _COMPUTED)


def _tell(terminal: Terminal, made: Run, names: dict[str, str]) -> None:
    if not made.distributions:
        terminal.line("No week waits to be paid.", "bold")
    got: Counter[str] = Counter()
    for each in made.distributions:
        paid = Counter[str]()
        for allocation in each.allocations:
            paid.update(dict(allocation.receipts))
        left = sum(unpaid(allocation) for allocation in each.allocations)
        rest = f", {_grain(left)} unpaid: nobody had a score" if left else ""
        week = iso_date(Millis(each.cred_ms - 1))
        people = sum(amount > 0 for amount in paid.values())
        terminal.line(f"week to {week}: {_grain(paid.total())} to {people:,} people{rest}", "bold")
        got.update(paid)
    ranked = sorted(got.items(), key=lambda each: (-each[1], each[0]))
    for id_, amount in ranked[:_MOST_LINES]:
        if amount:
            terminal.line(f"{_grain(amount):>34}  {names[id_]}")


def _grain(amount: int) -> str:
    return format_amount(amount, _DECIMALS, grouped=True)
