# SPDX-License-Identifier: AGPL-3.0-only
"""The questions to a forum. What is hidden or gone answers None."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from millpond.core.errors import SourceRefused
from millpond.sources.discourse.answers import (
    LIKE,
    Likers,
    LikesGiven,
    ListedTopic,
    MorePosts,
    Person,
    Post,
    Profile,
    Topic,
    TopicPage,
    read,
)
from millpond.sources.http import Site

POSTS_AT_ONCE = 20
LIKERS_AT_ONCE = 200
LIKES_AT_ONCE = 30
_GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class Forum:
    """One forum."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def topics(self, page: int) -> tuple[list[ListedTopic], bool]:
        """A page of topics, oldest first, and whether there is another."""
        query = {"order": "created", "ascending": "true", "page": page}
        answer = self._site.get("/latest.json", query)
        found: TopicPage = read(answer.data, TopicPage, "the list of topics")
        return found.topic_list.topics, found.topic_list.more_topics_url is not None

    def topic(self, id_: int) -> Topic | None:
        """A topic with its first posts."""
        found: Topic | None = self._get(f"/t/{id_}.json", {}, Topic)
        return found

    def posts(self, topic: int, ids: Sequence[int]) -> list[Post]:
        """Some posts of a topic, by their ids; those that are gone are left out."""
        found = self._get(f"/t/{topic}/posts.json", {"post_ids[]": list(ids)}, MorePosts)
        return found.post_stream.posts if found is not None else []

    def likers(self, post: int, page: int) -> list[Person]:
        """A page of those who like a post; none if the forum does not show them."""
        query = {
            "id": post,
            "post_action_type_id": LIKE,
            "page": page,
            "limit": LIKERS_AT_ONCE,
        }
        found = self._get("/post_action_users.json", query, Likers)
        return found.post_action_users if found is not None else []

    def likes_given(self, username: str, offset: int) -> list[tuple[int, str]]:
        """(post, time) of the likes that somebody gave; none if she hides them."""
        query = {"username": username, "filter": 1, "offset": offset, "limit": LIKES_AT_ONCE}
        found = self._get("/user_actions.json", query, LikesGiven)
        given = found.user_actions if found is not None else []
        return [(each.post_id, each.created_at) for each in given if each.post_id is not None]

    def profile(self, username: str) -> Person | None:
        """Somebody's profile."""
        found = self._get(f"/u/{quote(username, safe='')}.json", {}, Profile)
        return found.user if found is not None else None

    def _get(self, path: str, query: Mapping[str, Any], type_: Any) -> Any:
        try:
            answer = self._site.get(path, query)
        except SourceRefused as error:
            if error.status in _GONE:
                return None
            raise
        return read(answer.data, type_, path)
