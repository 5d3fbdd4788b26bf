# SPDX-License-Identifier: AGPL-3.0-only
"""The parts of GitHub's GraphQL answers that are asked for, in GitHub's own words.

What is null in them: an author whose account was deleted, a reaction's user likewise, an object
that went away between two pages. Accounts are told apart by `databaseId`, which a rename keeps.
"""

from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


class Object(msgspec.Struct, rename="camel", omit_defaults=True):
    """What all objects of GitHub's share: our names in snake_case, theirs in camelCase."""


class Actor(Object):
    """Somebody: a user, a bot, an organisation. `typename` is which."""

    login: str
    typename: str = msgspec.field(name="__typename", default="User")
    database_id: int | None = None


class Page(Object):
    """Where a list goes on."""

    has_next_page: bool
    end_cursor: str | None = None


class Listed(Object, Generic[T]):
    """One page of a list."""

    page_info: Page
    nodes: list[T | None]
    total_count: int = 0

    @property
    def there(self) -> list[T]:
        """Those of its things that are there."""
        return [node for node in self.nodes if node is not None]


class Reaction(Object):
    """A heart, a thumb, ..."""

    id: str
    content: str
    created_at: str
    user: Actor | None = None


class Comment(Object):
    """On an issue, a pull request or a line of a review."""

    id: str
    url: str
    body: str
    created_at: str
    author: Actor | None = None
    reactions: Listed[Reaction] | None = None


class Review(Object):
    """Of a pull request."""

    id: str
    url: str
    body: str
    created_at: str
    author: Actor | None = None
    comments: Listed[Comment] | None = None


class GitActor(Object):
    """An author as git names him; `user` is the account with his address, if there is one."""

    user: Actor | None = None


class GitActors(Object):
    """The author and the co-authors of a commit."""

    nodes: list[GitActor | None]


class Count(Object):
    """How many there are."""

    total_count: int


class Commit(Object):
    """On the default branch, or what a pull request was merged as."""

    oid: str
    url: str
    message: str
    authored_date: str
    committed_date: str
    parents: Count
    authors: GitActors


class Issue(Object):
    """An issue, or a pull request, which has reviews and may be merged."""

    id: str
    number: int
    title: str
    body: str
    url: str
    created_at: str
    updated_at: str
    author: Actor | None = None
    reactions: Listed[Reaction] | None = None
    comments: Listed[Comment] | None = None
    reviews: Listed[Review] | None = None
    merged: bool = False
    merge_commit: Commit | None = None


class Repository(Object):
    """What stands for the repository as a whole."""

    database_id: int
    name_with_owner: str
    url: str
    created_at: str
    head: str | None = None


class Problem(Object):
    """An error in an answer; `path` leads to the field that is null for it."""

    message: str
    type: str = ""
    path: list[str | int] = []


class Reply(Object):
    """An answer as a whole."""

    data: dict[str, Any] | None = None
    errors: list[Problem] = []
