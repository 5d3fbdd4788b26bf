# SPDX-License-Identifier: AGPL-3.0-only
"""A Discourse forum: topics, posts, likes, and how far those who like are trusted.

answers    the parts of the forum's answers that are used
forum      the questions
walk       step by step into the cache, so that a run goes on where the last one stopped
config     which forum, and how much likes count
links      what posts link to
graph      the graph of what was fetched
"""

import re
from collections.abc import Callable
from pathlib import Path

from millpond.sources.cache import Cache
from millpond.sources.discourse.config import CONFIG, PLUGIN, read_config
from millpond.sources.discourse.forum import Forum
from millpond.sources.discourse.graph import build
from millpond.sources.discourse.walk import fetch_forum
from millpond.sources.http import Access, Site
from millpond.sources.writing import Found

__all__ = ["CONFIG", "PLUGIN", "fetch"]

_CACHE = Path("cache", PLUGIN)
_NOT_IN_FILES = re.compile(r"[^a-z0-9.-]+")


def fetch(
    directory: Path, told: Callable[[int, int], None], access: Access, afresh: bool = False
) -> Found:
    """What the forum named in the instance's settings holds now.

    Topics in which nothing changed are not read again, nor are profiles of people who gave no new
    like: `afresh` reads everything. `told` hears how many of the topics are read.
    """
    config = read_config(directory)
    server = config.server_url
    path = directory / _CACHE / f"{_NOT_IN_FILES.sub('+', server.partition('://')[2].lower())}.db"
    with Cache(path, f"discourse {server}") as cache:
        fetch_forum(cache, Forum(Site(server, access)), told, afresh)
        return build(cache, config)
