# SPDX-License-Identifier: AGPL-3.0-only
"""What hangs together in an answer, taken apart into rows of the cache."""

from typing import Any

import msgspec

from millpond.sources.cache import Cache
from millpond.sources.github.answers import (
    Actor,
    Comment,
    Commit,
    Issue,
    Listed,
    Object,
    Reaction,
    Review,
)


class Rest(Object):
    """A list that goes on behind its first page."""

    kind: str
    """Of the object that has the list."""
    owner: str
    """Its id."""
    field: str
    cursor: str

    @property
    def type(self) -> Any:
        """What it is a list of."""
        return {"comments": Comment, "reactions": Reaction, "reviews": Review}[self.field]


def store_issue(cache: Cache, kind: str, issue: Issue, walk: int) -> None:
    """An issue or pull request in the place of what it was, with all that hangs on it."""
    cache.drop_below(issue.id)
    if issue.merge_commit is not None:
        # It may be on another branch than the default, whose walk would not come past it.
        cache.put("merge", issue.id, issue.merge_commit, issue.id)
        _store_authors(cache, issue.merge_commit)
    own = msgspec.structs.replace(
        issue, reactions=None, comments=None, reviews=None, merge_commit=None
    )
    cache.put(kind, issue.id, own, walk=walk)
    _store_user(cache, issue.author)
    _store_list(cache, kind, issue.id, "reactions", issue.reactions)
    _store_list(cache, kind, issue.id, "comments", issue.comments)
    _store_list(cache, kind, issue.id, "reviews", issue.reviews)


def store_rest(cache: Cache, rest: Rest, page: Listed[Any]) -> None:
    """One more page of a list."""
    for each in page.there:
        _store_one(cache, rest.kind, rest.owner, each)


def _store_list(cache: Cache, kind: str, owner: str, field: str, page: Listed[Any] | None) -> None:
    if page is None:
        return
    for each in page.there:
        _store_one(cache, kind, owner, each)
    if page.page_info.has_next_page and page.page_info.end_cursor is not None:
        rest = Rest(kind, owner, field, page.page_info.end_cursor)
        cache.put("rest", f"{owner} {field}", rest, owner)


def _store_one(cache: Cache, kind: str, owner: str, found: Reaction | Comment | Review) -> None:
    """Something below an object of this kind."""
    match found:
        case Reaction():
            cache.put("reaction", found.id, found, owner)
            _store_user(cache, found.user)
        case Comment():
            own = "review comment" if kind == "review" else "issue comment"
            cache.put(own, found.id, msgspec.structs.replace(found, reactions=None), owner)
            _store_user(cache, found.author)
            _store_list(cache, own, found.id, "reactions", found.reactions)
        case Review():
            cache.put("review", found.id, msgspec.structs.replace(found, comments=None), owner)
            _store_user(cache, found.author)
            _store_list(cache, "review", found.id, "comments", found.comments)


def store_commit(cache: Cache, commit: Commit, walk: int) -> None:
    """A commit of the default branch."""
    cache.put("commit", commit.oid, commit, walk=walk)
    _store_authors(cache, commit)


def _store_authors(cache: Cache, commit: Commit) -> None:
    for author in commit.authors.nodes:
        _store_user(cache, author.user if author is not None else None)


def _store_user(cache: Cache, actor: Actor | None) -> None:
    """The login that an account has now: what is seen later is newer."""
    if actor is not None and actor.database_id is not None:
        cache.put("user", str(actor.database_id), actor)
