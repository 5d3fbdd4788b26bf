# SPDX-License-Identifier: AGPL-3.0-only
"""Walks through a repository, page by page, into the cache.

Each page is stored together with the mark of the next, so a run that is cut short goes on with the
page where it stopped. Three walks: issues and pull requests, those changed last first, until what
the walk before has seen; the commits of the default branch; and what did not fit onto a page.

A reaction does not make an issue "changed". A walk from the beginning, which `afresh` asks for,
sees them all, and forgets what is no longer there.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from millpond.core.errors import BadSourceAnswer
from millpond.sources.cache import Cache
from millpond.sources.github import queries
from millpond.sources.github.answers import Commit, Issue, Listed, Object, Repository
from millpond.sources.github.graphql import Graphql
from millpond.sources.github.rows import Rest, store_commit, store_issue, store_rest

Told = Callable[[int, int], None]
_LOOK = "try again later; if it stays so, look whether GitHub has trouble"


class _Walk(Object):
    """How far a walk has come."""

    number: int
    cursor: str | None = None
    until: str = ""
    """Where it may stop: when this was changed last, or the head of the commits seen before."""
    top: str = ""
    """What the next walk may stop at."""
    met: bool = False
    """Whether a walk through commits came past the head before, so that all before it is known."""


def fetch_repository(
    cache: Cache, github: Graphql, owner: str, name: str, told: Told, afresh: bool
) -> None:
    """Bring the cache to what GitHub has now."""
    variables = {"owner": owner, "name": name}
    found = _repository(github, variables)
    before = cache.mark("repository", Repository)
    if before is not None and before.database_id != found.database_id:
        cache.clear()  # another repository took the name
    with cache.change():
        cache.set_mark("repository", found)
        if afresh and cache.mark("afresh", bool) is None:
            for kind in (*queries.LISTINGS, "commit"):
                cache.set_mark(f"{kind} done", None)
                cache.set_mark(f"{kind} walk", None)
            cache.set_mark("afresh", True)
    for kind in queries.LISTINGS:
        _walk_listing(cache, github, kind, variables, told)
    if found.head is not None:
        _walk_commits(cache, github, variables, found.head, told)
    else:  # there is no default branch, or none any more
        with cache.change():
            cache.forget("commit")
            cache.set_mark("commit done", None)
            cache.set_mark("commit walk", None)
    _walk_rests(cache, github)
    with cache.change():
        cache.set_mark("afresh", None)


def _repository(github: Graphql, variables: dict[str, str]) -> Repository:
    data = github.ask(queries.REPOSITORY, **variables)
    found = dict(data.get("repository") or {})
    branch = found.pop("defaultBranchRef", None)
    target = branch.get("target") if isinstance(branch, dict) else None
    repository: Repository = _as(Repository, {**found, "head": target["oid"] if target else None})
    return repository


def _as(type_: Any, value: Any) -> Any:
    try:
        return msgspec.convert(value, type_)
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise BadSourceAnswer(
            f"GitHub answers in another form than its interface has ({error})",
            "look whether a newer version of this program knows it",
        ) from None


class _Pages:
    """The pages of one list, each once: a list whose pages lead back to one before has no end."""

    def __init__(self, github: Graphql, query: str, variables: dict[str, str], way: list[str]):
        self._github = github
        self._query = query
        self._variables = variables
        self._way = way
        self._seen: set[str] = set()

    def get(self, cursor: str | None, type_: Any) -> Any:
        """The page behind a cursor; None if whatever has the list is gone."""
        self._seen.add(cursor or "")
        for _ in range(2):  # a page that repeats may do so once
            data: Any = self._github.page(self._query, **self._variables, after=cursor)
            for key in self._way:
                data = data.get(key) if isinstance(data, dict) else None
            if data is None:
                return None
            page = _as(Listed[type_], data)
            if not page.page_info.has_next_page or page.page_info.end_cursor not in self._seen:
                return page
        raise BadSourceAnswer(f"GitHub sends the same page of {self._way[-1]} again", _LOOK)


def _next(cache: Cache, kind: str) -> int:
    """The number of a new walk."""
    number = int(cache.mark(f"{kind} number", int, 0)) + 1
    cache.set_mark(f"{kind} number", number)
    return number


def _walk_listing(
    cache: Cache, github: Graphql, kind: str, variables: dict[str, str], told: Told
) -> None:
    field, query = queries.LISTINGS[kind]
    walk = cache.mark(f"{kind} walk", _Walk)
    if walk is None:
        with cache.change():
            walk = _Walk(_next(cache, kind), until=cache.mark(f"{kind} done", str, ""))
    pages = _Pages(github, query, variables, ["repository", field])
    going_on = True
    while going_on:
        page = pages.get(walk.cursor, Issue)
        if page is None:
            raise BadSourceAnswer("GitHub does not show the repository any more", _LOOK)
        new = [issue for issue in page.there if issue.updated_at >= walk.until]
        going_on = page.page_info.has_next_page and len(new) == len(page.there)
        with cache.change():
            for issue in new:
                walk.top = max(walk.top, issue.updated_at)
                store_issue(cache, kind, issue, walk.number)
            walk.cursor = page.page_info.end_cursor
            cache.set_mark(f"{kind} walk", walk if going_on else None)
            if not going_on:
                if not walk.until:
                    cache.drop_before(kind, walk.number)
                cache.set_mark(f"{kind} done", max(walk.top, walk.until) or None)
        told(cache.count(kind), page.total_count)


def _walk_commits(
    cache: Cache, github: Graphql, variables: dict[str, str], head: str, told: Told
) -> None:
    walk = cache.mark("commit walk", _Walk)
    while True:
        if walk is None:
            done = cache.mark("commit done", str, "")
            if done == head:
                return
            with cache.change():
                walk = _Walk(_next(cache, "commit"), until=done, top=head)
        pinned = walk.top
        there = _walk_to_end(cache, github, {**variables, "head": pinned}, walk, told)
        walk = None
        if there and pinned == head:
            return


def _walk_to_end(
    cache: Cache, github: Graphql, variables: dict[str, str], walk: _Walk, told: Told
) -> bool:
    """Through the history of one commit; whether it was there."""
    kept = int(cache.mark("commit kept", int, 0))
    pages = _Pages(github, queries.HISTORY, variables, ["repository", "object", "history"])
    going_on = True
    while going_on:
        page = pages.get(walk.cursor, Commit)
        if page is None:  # somebody rewrote the branch, and the commit is gone
            with cache.change():
                cache.set_mark("commit walk", None)
            return False
        with cache.change():
            for commit in page.there:
                walk.met = walk.met or commit.oid == walk.until
                store_commit(cache, commit, walk.number)
            walk.cursor = page.page_info.end_cursor
            # Past the head before, all that was known is part of this history: once there are as
            # many as the history has, none is missing, however old the rest of a merge is.
            known = cache.count("commit", "walk = ? or walk <= ?", (walk.number, kept))
            complete = walk.met and known == page.total_count
            going_on = page.page_info.has_next_page and not complete
            cache.set_mark("commit walk", walk if going_on else None)
            if not going_on:
                if not complete:
                    cache.drop_before("commit", walk.number)
                cache.set_mark("commit kept", walk.number)
                cache.set_mark("commit done", walk.top)
        told(known, page.total_count)
    return True


def _walk_rests(cache: Cache, github: Graphql) -> None:
    """What did not fit onto the first page of a list within a list."""
    while rests := sorted(cache.all("rest", Rest)):
        for id_, _, rest in rests:
            query = queries.RESTS[rest.kind, rest.field]
            pages = _Pages(github, query, {"id": rest.owner}, ["node", rest.field])
            cursor: str | None = rest.cursor
            while cursor is not None:
                page = pages.get(cursor, rest.type)
                cursor = None
                with cache.change():
                    if page is not None:
                        store_rest(cache, rest, page)
                        cursor = page.page_info.end_cursor if page.page_info.has_next_page else None
                    if cursor is None:
                        cache.drop("rest", id_)
                    else:
                        rest.cursor = cursor
                        cache.put("rest", id_, rest, rest.owner)
