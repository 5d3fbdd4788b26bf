# SPDX-License-Identifier: AGPL-3.0-only
"""GitHub: issues, pull requests, reviews, comments, reactions and commits of repositories.

answers       the parts of GitHub's answers that are used
queries       what is asked
graphql       one question, with GitHub's ways of saying no
walk, rows    page by page into the cache, so that a run goes on where the last one stopped
references    what texts refer to
graph         the graph of what was fetched
"""

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec

from millpond.core.errors import ConfigFileError
from millpond.sources.cache import Cache
from millpond.sources.github.graph import PLUGIN, build
from millpond.sources.github.graphql import API, Graphql
from millpond.sources.github.walk import fetch_repository
from millpond.sources.http import Access, Site
from millpond.sources.writing import Found

__all__ = ["API", "CONFIG", "PLUGIN", "fetch"]

CONFIG = Path("config", "plugins", PLUGIN, "config.json")
_CACHE = Path("cache", PLUGIN)
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9_.-]{1,100})")


class _Config(msgspec.Struct):
    repositories: list[str]


def fetch(
    directory: Path,
    told: Callable[[int, int], None],
    access: Access,
    afresh: bool = False,
    api: str = API,
) -> Found:
    """What the repositories named in the instance's settings hold now.

    Only what changed since the last run is asked for, except for new reactions to what did not:
    `afresh` asks for everything. `told` hears how much of the whole is there.
    """
    repositories = _repositories(directory)
    github = Graphql(Site(api, access))
    with ExitStack() as open_:
        caches = []
        for owner, name in repositories:
            path = directory / _CACHE / f"{owner.lower()}+{name.lower()}.db"
            cache = open_.enter_context(Cache(path, f"github {owner}/{name}".lower()))
            fetch_repository(cache, github, owner, name, told, afresh)
            caches.append(cache)
        return build(caches)


def _repositories(directory: Path) -> list[tuple[str, str]]:
    try:
        found = msgspec.json.decode((directory / CONFIG).read_bytes(), type=_Config)
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigFileError(
            f"cannot be used ({error})",
            'write {"repositories": ["owner/name"]} into it',
            str(CONFIG),
        ) from None
    result = {}
    for at, text in enumerate(found.repositories):
        name = _NAME.fullmatch(text)
        if name is None or set(name[2]) == {"."}:
            raise ConfigFileError(
                f"{text[:80]!r} is not the name of a repository",
                'write it as "owner/name"',
                str(CONFIG),
                f"repositories[{at}]",
            )
        result[text.lower()] = (name[1], name[2])
    return [result[text] for text in sorted(result)]
