# SPDX-License-Identifier: AGPL-3.0-only
"""What `millpond cred compute` does."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from millpond.cli.base import Terminal
from millpond.core.cred.compute import compute
from millpond.core.cred.scores import Scores
from millpond.core.cred.written import as_json, encoded, nodes_as_json
from millpond.core.units import Millis
from millpond.core.weeks import iso_date
from millpond.sources.instances import read_instance
from millpond.sources.whole import write_whole

_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of the command."""

    directory: Path
    method: str
    mode: str
    weights: Path | None
    out: Path | None
    nodes: Path | None


def compute_and_tell(terminal: Terminal, asked: Asked) -> None:
    """Read, compute, write what was asked for, and print the people with most cred."""
    with terminal.progress("reading the instance"):
        instance = read_instance(asked.directory, asked.weights, descriptions=False)
    with terminal.progress("computing cred"):
        scores = compute(instance, asked.method, asked.mode)
    found = as_json(scores)
    if asked.nodes is not None:
        write_whole(asked.nodes, encoded(nodes_as_json(scores)))
    if asked.out is not None:
        write_whole(asked.out, encoded(found))
    if terminal.as_json:
        terminal.json(found)
    _tell(terminal, scores)


def _tell(terminal: Terminal, scores: Scores) -> None:
    weeks, people = scores.contributions.weeks, scores.contributions.people
    cred = scores.cred
    total = float(cred.sum())
    first, last = (iso_date(Millis(each)) for each in (weeks.first_ms, weeks.end_ms - 1))
    terminal.line(
        f"{scores.contributions.count:,} contributions, {len(people):,} people, "
        f"{weeks.count:,} weeks from {first} to {last}",
        "bold",
    )
    terminal.line(
        f"{scores.method}, {scores.mode}: {total:,.6f} cred, of {scores.total_mint:,.6f} minted"
    )
    if scores.contributions.left_out:
        terminal.line(f"{scores.contributions.left_out:,} edges lead to no node and were left out")
    for each in scores.zeroed:
        terminal.line(f"{each.person} gets none: {each.reason}")
    order = np.lexsort((np.arange(len(cred)), -cred))[:_MOST_LINES]
    for at in order:
        if cred[at] > 0:
            share = cred[at] / total
            terminal.line(f"{cred[at]:>18,.6f}  {share:>7.2%}  {people[at].name}")
    rest = int(np.count_nonzero(cred > 0)) - len(order)
    if rest > 0:
        terminal.line(f"and {rest:,} more")
