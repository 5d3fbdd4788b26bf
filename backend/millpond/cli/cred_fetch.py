# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond cred fetch`: makes an instance from where work happens, or brings it up to date."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from millpond.cli.base import HOLDS, Run, Terminal
from millpond.cli.cred import with_numbers
from millpond.core.errors import BadInput
from millpond.core.figures import plural

if TYPE_CHECKING:
    from millpond.sources.fetching import Fetched, NewSources

_F = TypeVar("_F", bound=Callable[..., Any])
_NAMED = re.compile(r"(?:(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)=)?(?P<path>.+)", re.DOTALL)
_HASH = 12


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What was named to be counted."""

    repositories: tuple[str, ...]
    revision: str
    github: tuple[str, ...]
    discourse: str | None
    afresh: bool
    table: Path | None
    external: tuple[str, ...]

    @property
    def named(self) -> bool:
        """Whether there is anything new."""
        return bool(
            self.repositories or self.github or self.discourse or self.table or self.external
        )


def source_options(command: _F) -> _F:
    """What is to be counted from now on: --git, --github, --discourse, --csv, --external."""

    @click.option(
        "--git",
        "repositories",
        metavar="[NAME=]PATH",
        multiple=True,
        help="Count a git repository on this machine. May be given several times.",
    )
    @click.option(
        "--revision",
        default="HEAD",
        show_default=True,
        help="Branch, tag or commit up to which those given by --git count.",
    )
    @click.option(
        "--github",
        metavar="OWNER/NAME",
        multiple=True,
        help="Count a repository on GitHub. May be given several times. Takes a token.",
    )
    @click.option("--discourse", metavar="URL", help="Count a Discourse forum.")
    @click.option(
        "--afresh", is_flag=True, help="Ask GitHub and the forum for everything, not what changed."
    )
    @click.option(
        "--csv",
        "table",
        type=click.Path(path_type=Path),
        help="Count the lines of a table: person,weight,time. It is copied into the instance.",
    )
    @click.option(
        "--external",
        metavar="NAME=FOLDER",
        multiple=True,
        help="Count a graph in SourceCred's external form. It is copied into the instance.",
    )
    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> Any:
        own = {each.name: options.pop(each.name) for each in fields(SourceOptions)}
        return command(*args, sources=SourceOptions(**own), **options)

    return wrapped  # type: ignore[return-value]  # the same call, with more options


@click.command(
    "fetch",
    epilog="Example:  millpond cred fetch ./instance --git ../pond --csv meetings.csv",
)
@click.argument("directory", type=click.Path(path_type=Path))
@source_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def fetch_command(run: Run, directory: Path, as_json: bool, sources: SourceOptions) -> int:
    """Make an instance in DIRECTORY, or read again all that it counts.

    What is named by an option is counted from now on; without any, what was named before is read
    again. A source that fails leaves everything as it was. Nothing here talks to the network for
    git, tables and folders.
    """
    terminal = Terminal(as_json or run.terminal.as_json)
    with with_numbers():
        found = fetched(run, terminal, directory, sources)
    tell(terminal, directory, found)
    return HOLDS


def fetched(
    run: Run, terminal: Terminal, directory: Path, sources: SourceOptions
) -> "list[Fetched]":
    """Read and write the sources, with a bar for each that takes its time."""
    from millpond.cli.access import discourse_access, github_access  # noqa: PLC0415  an extra
    from millpond.sources.fetching import fetch  # noqa: PLC0415
    from millpond.sources.online import online  # noqa: PLC0415

    known = online(
        lambda: github_access(run.settings), lambda: discourse_access(run.settings), sources.afresh
    )
    return fetch(directory, _new(directory, sources), terminal.progress, known)


def _new(directory: Path, sources: SourceOptions) -> "NewSources":
    from millpond.sources.fetching import NewSources  # noqa: PLC0415  an extra
    from millpond.sources.git.config import counted  # noqa: PLC0415
    from millpond.sources.online import settings  # noqa: PLC0415

    named = [_named(each) for each in sources.repositories]
    folders = {name: path for name, path in map(_named, sources.external) if name is not None}
    if len(folders) < len(sources.external):
        raise BadInput(
            "an external source has no name, or two have one", "write --external NAME=FOLDER"
        )
    return NewSources(
        repositories=[counted(directory, path, name, sources.revision) for name, path in named],
        contributions=sources.table,
        external=folders,
        settings=settings(directory, sources.github, sources.discourse),
    )


def _named(text: str) -> tuple[str | None, Path]:
    """A path with a name before it, or without; a path that exists is not taken apart."""
    found = _NAMED.fullmatch(text)
    if found is None or Path(text).exists():
        return None, Path(text)
    return found["name"], Path(found["path"])


def tell(terminal: Terminal, directory: Path, found: "list[Fetched]") -> None:
    """What came of it."""
    if terminal.as_json:
        terminal.json({"directory": str(directory), "sources": [asdict(each) for each in found]})
    for each in found:
        terminal.line(each.plugin, "bold")
        terminal.line(
            f"  {plural(each.contributions, 'contribution')}, {plural(each.ties, 'tie')}, "
            f"{plural(each.people, 'account')}"
        )
        for name, commit in each.ends.items():
            terminal.line(f"  {name} up to commit {commit[:_HASH]}")
        terminal.line(f"  {each.graph}  sha256 {each.sha256[:_HASH]}...")
