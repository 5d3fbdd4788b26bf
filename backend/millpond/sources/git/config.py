# SPDX-License-Identifier: AGPL-3.0-only
"""Which repositories an instance counts: config/plugins/millpond/git/config.json.

    {"repositories": [{"name": "pond", "path": "../pond", "revision": "HEAD"}]}

A path is seen from the instance's directory. Beside it may stand `mailmap`, in the form of git's
.mailmap: who is who in all of these repositories, where their own does not say it.
"""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from millpond.core.errors import BadInput, ConfigFileError
from millpond.sources.git.command import Repository
from millpond.sources.git.graph import PLUGIN, Read, found_in
from millpond.sources.git.history import read_history
from millpond.sources.whole import json_bytes
from millpond.sources.writing import Found

FOLDER = Path("config", "plugins", *PLUGIN.split("/"))
CONFIG = FOLDER / "config.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A repository that an instance counts, up to a revision."""

    name: str
    path: str
    revision: str = "HEAD"


class _Config(msgspec.Struct, forbid_unknown_fields=True):
    repositories: list[Counted]


def repositories_of(directory: Path) -> tuple[Counted, ...]:
    """The repositories that are written down; none if there is no such file."""
    try:
        found = msgspec.json.decode((directory / CONFIG).read_bytes(), type=_Config)
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigFileError(str(error), "correct the file", str(CONFIG)) from None
    names = [each.name for each in found.repositories]
    for at, name in enumerate(names):
        if _NAME.fullmatch(name) is None or name in names[:at]:
            raise ConfigFileError(
                f"{name[:64]!r} cannot name a repository here, or does so twice",
                "give each a name of its own, of letters, digits, dots and dashes",
                str(CONFIG),
                f"repositories[{at}].name",
            )
    return tuple(found.repositories)


def counted(directory: Path, path: Path, name: str | None, revision: str) -> Counted:
    """A repository as it is to be written down, under its folder's name if it is given none."""
    folder = path.resolve()
    chosen = name or re.sub(r"[^A-Za-z0-9._-]+", "-", folder.name.removesuffix(".git")).strip("-.")
    if _NAME.fullmatch(chosen) is None:
        raise BadInput(
            f"{path} has no name that can be used",
            "give it one: NAME=PATH, of letters, digits, dots and dashes",
        )
    return Counted(chosen, os.path.relpath(folder, directory.resolve()), revision)


def together(before: Sequence[Counted], more: Sequence[Counted]) -> tuple[Counted, ...]:
    """Those written down, with others added, or in the place of those with the same name.

    `BadInput` if a name stands for another repository already.
    """
    by_name = {each.name: each for each in before}
    for each in more:
        known = by_name.setdefault(each.name, each)
        if known.path != each.path:
            raise BadInput(
                f"{each.name} is the repository {known.path} already",
                "give the other a name of its own: NAME=PATH",
            )
        by_name[each.name] = each
    return tuple(by_name[name] for name in sorted(by_name))


def config_bytes(repositories: Sequence[Counted]) -> bytes:
    """The file that says which repositories count."""
    return json_bytes({"repositories": [msgspec.to_builtins(each) for each in repositories]})


def read_repositories(
    directory: Path, repositories: Sequence[Counted], told: Callable[[int, int], None]
) -> tuple[Found, dict[str, str]]:
    """What was done in them, and at which commit each ends."""
    mailmap = directory / FOLDER / "mailmap"
    own = mailmap if mailmap.is_file() else None
    reads = []
    for each in repositories:
        # By its words: the directory itself need not be there yet.
        folder = Path(os.path.normpath(directory.resolve() / each.path))
        repository = Repository(folder, each.name, own)
        reads.append(Read(each.name, read_history(repository, each.revision, told)))
    return found_in(reads), {read.name: read.history.head for read in reads}
