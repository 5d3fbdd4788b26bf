# SPDX-License-Identifier: AGPL-3.0-only
"""What `millpond cred report`, `compare` and `explain` do."""

from dataclasses import dataclass
from pathlib import Path

from millpond.cli.base import Terminal
from millpond.cli.cred_tables import tell_compared, tell_explained, tell_overview, tell_traced
from millpond.core.cred.compared import compared
from millpond.core.cred.compute import compute, cred_with
from millpond.core.cred.explained import Described, explained, traced
from millpond.core.cred.overview import overview, person_of
from millpond.core.cred.reported import (
    compared_json,
    explained_json,
    overview_json,
    traced_json,
)
from millpond.core.cred.scores import CREDRANK, Scores
from millpond.core.errors import ToolMissing
from millpond.sources.instances import read_instance, read_weights_file
from millpond.sources.whole import write_whole


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of `report`."""

    directory: Path
    maintainers: tuple[str, ...]
    contribution: str | None
    html: Path | None
    mode: str


def report(terminal: Terminal, asked: Asked) -> None:
    """Print the report, and write the page if one is asked for."""
    scores = _scores(terminal, asked.directory, asked.mode)
    found = overview(scores, asked.maintainers)
    flow = traced(scores, asked.contribution)
    described = Described(scores)
    if asked.html is not None:
        try:
            from millpond.cli.cred_page import page  # noqa: PLC0415  an extra
        except ModuleNotFoundError as error:
            raise ToolMissing(
                f"the package {error.name} is not installed, and pages need it",
                'install it: pip install "millpond[api,cred]"',
            ) from None
        name = asked.directory.resolve().name
        write_whole(asked.html, page(name, scores, found, flow).encode())
    if terminal.as_json:
        terminal.json({**overview_json(found), "contribution": traced_json(flow, described)})
    tell_overview(terminal, found)
    if asked.contribution is not None:
        tell_traced(terminal, flow, described)
    if asked.html is not None:
        terminal.line(f"The page is {asked.html}.")


def compare(
    terminal: Terminal, directory: Path, files: tuple[Path, Path], proposer: str | None, mode: str
) -> None:
    """Print what each person gains or loses from one weights file to the other."""
    with terminal.progress("reading the instance"):
        instance = read_instance(directory, descriptions=False)
    before, after = (read_weights_file(path) for path in files)
    person = None if proposer is None else person_of(instance.people, proposer)
    with terminal.progress("computing cred twice"):
        cred = [cred_with(instance, weights, CREDRANK, mode) for weights in (before, after)]
    found = compared(instance.people, cred[0], cred[1], (before, after))
    if terminal.as_json:
        terminal.json(compared_json(found, person))
    tell_compared(terminal, found, person)


def explain(terminal: Terminal, directory: Path, person: str, most: int, mode: str) -> None:
    """Print what a person's cred is made of."""
    found = explained(_scores(terminal, directory, mode), person)
    if terminal.as_json:
        terminal.json(explained_json(found))
    tell_explained(terminal, found, most)


def _scores(terminal: Terminal, directory: Path, mode: str) -> Scores:
    with terminal.progress("reading the instance"):
        instance = read_instance(directory)
    with terminal.progress("computing cred"):
        return compute(instance, CREDRANK, mode)
