# SPDX-License-Identifier: AGPL-3.0-only
"""Sources behind a network: what settings they take, and how they are read.

Their settings are SourceCred's: config/plugins/sourcecred/{github,discourse}/config.json.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millpond.core.errors import BadInput, ConfigFileError
from millpond.sources import discourse, github
from millpond.sources.http import Access
from millpond.sources.whole import json_bytes, write_whole
from millpond.sources.writing import Found

Told = Callable[[int, int], None]
"""Hears how much of how much is done."""


@dataclass(frozen=True, slots=True)
class Online:
    """A source that an instance counts if it has this file of settings."""

    plugin: str
    config: Path
    read: Callable[[Path, Told], Found]


def online(
    github_access: Callable[[], Access], discourse_access: Callable[[], Access], afresh: bool
) -> tuple[Online, ...]:
    """All there are; each is asked for its access when it is read. `afresh` trusts no cache."""
    return (
        Online(
            github.PLUGIN,
            github.CONFIG,
            lambda directory, told: github.fetch(directory, told, github_access(), afresh),
        ),
        Online(
            discourse.PLUGIN,
            discourse.CONFIG,
            lambda directory, told: discourse.fetch(directory, told, discourse_access(), afresh),
        ),
    )


def settings(directory: Path, repositories: Sequence[str], forum: str | None) -> dict[Path, bytes]:
    """The files of settings with these repositories of GitHub and this forum in them besides."""
    result = {}
    if repositories:
        before = _before(directory, github.CONFIG)
        known = before.get("repositories") or []
        if not isinstance(known, list) or not all(isinstance(each, str) for each in known):
            raise ConfigFileError(
                "has no list of repositories",
                'write {"repositories": ["owner/name"]} into it',
                str(github.CONFIG),
            )
        named = {each.lower(): each for each in (*repositories, *known)}
        repositories = [named[each] for each in sorted(named)]
        result[github.CONFIG] = json_bytes({**before, "repositories": repositories})
    if forum is not None:
        before = _before(directory, discourse.CONFIG)
        if before.get("serverUrl", forum) != forum:
            raise BadInput(
                f"the instance counts the forum {before['serverUrl']} already",
                "make another instance for another forum, or change the settings by hand",
            )
        result[discourse.CONFIG] = json_bytes({**before, "serverUrl": forum})
    return result


def _before(directory: Path, name: Path) -> dict[str, Any]:
    try:
        found = json.loads((directory / name).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigFileError(
            f"cannot be used ({type(error).__name__})", "correct the file", str(name)
        ) from None
    if not isinstance(found, dict):
        raise ConfigFileError("is not an object", "correct the file", str(name))
    return found


@contextmanager
def lent(path: Path, data: bytes | None) -> Iterator[None]:
    """The file holds this while something is read by it, and what it held before afterwards."""
    if data is None:
        yield
        return
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            write_whole(path, before)
