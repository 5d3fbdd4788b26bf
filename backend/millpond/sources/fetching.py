# SPDX-License-Identifier: AGPL-3.0-only
"""Makes or updates an instance: reads all its sources, then writes what each found.

Nothing is written before everything is read, so a source that fails leaves all as it was (but for
the cache of what was fetched from a network: the next run goes on from there). Running it again
with the same content writes the same bytes.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from millpond.core.errors import BadInput
from millpond.sources import contributions, external
from millpond.sources.git import config as git
from millpond.sources.git.graph import PLUGIN as GIT
from millpond.sources.online import Online, Told, lent
from millpond.sources.whole import write_whole
from millpond.sources.writing import Found, write_found

Progress = Callable[[str], AbstractContextManager[Told]]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MARKS = ("sourcecred.json", "cache", "config", "data", "output", contributions.FILE)


@dataclass(frozen=True, slots=True)
class NewSources:
    """What is to be counted besides what the instance counts already."""

    repositories: Sequence[git.Counted] = ()
    contributions: Path | None = None
    external: Mapping[str, Path] = field(default_factory=dict)
    settings: Mapping[Path, bytes] = field(default_factory=dict)
    """Files of settings of sources behind a network (`online.settings`)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one source gave."""

    plugin: str
    contributions: int
    ties: int
    people: int
    graph: str
    """Where the graph is, in the instance."""
    sha256: str
    """The hash of that file: what a distribution can be pinned to."""
    ends: Mapping[str, str] = field(default_factory=dict)
    """Of git, the last commit of each repository."""


@dataclass(frozen=True, slots=True)
class _Source:
    """How to read one, and which files its being counted takes."""

    plugin: str
    read: Callable[[Told], tuple[Found, Mapping[str, str]]]
    files: Mapping[Path, bytes] = field(default_factory=dict)


@contextmanager
def untold(_: str) -> Iterator[Told]:
    """Progress that nobody hears of."""
    yield lambda _done, _whole: None


def fetch(
    directory: Path, new: NewSources, progress: Progress = untold, online: Sequence[Online] = ()
) -> list[Fetched]:
    """Read all that the instance counts and `new`, and write it."""
    _require_instance(directory)
    sources = [
        *_git(directory, new),
        *_table(directory, new),
        *_external(directory, new),
        *_online(directory, new, online),
    ]
    if not sources:
        raise BadInput(
            f"{directory} counts nothing yet",
            "name a source: --git, --github, --discourse, --csv or --external",
        )
    read = []
    for source in sources:
        with progress(f"reading {source.plugin}") as told:
            read.append((source, *source.read(told)))
    for source, _, _ in read:
        for name, data in source.files.items():
            _write(directory / name, data)
    return [_written(directory, found, ends) for _, found, ends in read]


def _require_instance(directory: Path) -> None:
    """A folder with other things in it is somebody's; nothing is strewn about in it."""
    if directory.is_dir():
        there = {path.name for path in directory.iterdir()}
        if there and not there & set(_MARKS):
            raise BadInput(
                f"{directory} has files in it and is no instance",
                "give a directory of its own, new or empty",
            )
    elif directory.exists():
        raise BadInput(f"{directory} is no directory", "give a directory, new or empty")


def _git(directory: Path, new: NewSources) -> list[_Source]:
    before = git.repositories_of(directory)
    all_ = git.together(before, new.repositories)
    if not all_:
        return []
    files = {} if all_ == before else {git.CONFIG: git.config_bytes(all_)}
    return [_Source(GIT, lambda told: git.read_repositories(directory, all_, told), files)]


def _table(directory: Path, new: NewSources) -> list[_Source]:
    inside = directory / contributions.FILE
    path = new.contributions or inside
    if new.contributions is None and not inside.is_file():
        return []
    files = {Path(contributions.FILE): contributions.bytes_of(path)} if path != inside else {}
    return [
        _Source(contributions.PLUGIN, lambda _: (contributions.read_contributions(path), {}), files)
    ]


def _external(directory: Path, new: NewSources) -> list[_Source]:
    result = []
    for name in sorted({*external.external_names(directory), *new.external}):
        if _NAME.fullmatch(name) is None:
            raise BadInput(f"{name[:64]!r} cannot name a source", "take letters, digits and dashes")
        inside = external.FOLDER / name
        folder = new.external.get(name, directory / inside)
        files = {}
        if name in new.external:
            files = {inside / file: data for file, data in external.files_of(folder).items()}
        result.append(_Source(f"{external.OWNER}/{name}", _handed_in(folder, name), files))
    return result


def _handed_in(folder: Path, name: str) -> Callable[[Told], tuple[Found, Mapping[str, str]]]:
    return lambda _: (external.read_external(folder, name), {})


def _online(directory: Path, new: NewSources, online: Sequence[Online]) -> list[_Source]:
    result = []
    for each in online:
        data = new.settings.get(each.config)
        if data is not None or (directory / each.config).is_file():
            files = {each.config: data} if data is not None else {}
            result.append(_Source(each.plugin, _asked(directory, each, data), files))
    return result


def _asked(
    directory: Path, source: Online, settings: bytes | None
) -> Callable[[Told], tuple[Found, Mapping[str, str]]]:
    def read(told: Told) -> tuple[Found, Mapping[str, str]]:
        with lent(directory / source.config, settings):
            return source.read(directory, told), {}

    return read


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"{path.parent} cannot be made ({type(error).__name__})",
            "give a directory that you may write to",
        ) from None
    write_whole(path, data)


def _written(directory: Path, found: Found, ends: Mapping[str, str]) -> Fetched:
    path = write_found(directory, found)
    accounts = {person.address for person in found.people}
    return Fetched(
        plugin=found.plugin,
        contributions=sum(node.address not in accounts for node in found.nodes),
        ties=len(found.edges),
        people=len(accounts),
        graph=str(path.relative_to(directory)),
        sha256=sha256(path.read_bytes()).hexdigest(),
        ends=ends,
    )
