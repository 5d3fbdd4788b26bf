# SPDX-License-Identifier: AGPL-3.0-only
"""The parts of a forum's answers that are used, in Discourse's own words.

People are told apart by their numbers. A deleted account leaves posts without one.
"""

from typing import Any

import msgspec

from millpond.core.errors import BadSourceAnswer

LIKE = 2
"""Discourse's number for "likes" among what people do with a post."""
SMALL_ACTION = 3
"""The type of a post that only says "closed", "moved", ..."""


class Tag(msgspec.Struct):
    """A tag as newer forums write it; older ones write its name alone."""

    name: str


class ListedTopic(msgspec.Struct, omit_defaults=True):
    """A topic in a list: enough to see whether anything in it is new."""

    id: int
    title: str
    created_at: str
    posts_count: int = 0
    like_count: int = 0
    bumped_at: str | None = None
    last_posted_at: str | None = None
    category_id: int | None = None
    tags: list[str | Tag] = []

    @property
    def tag_names(self) -> list[str]:
        """Its tags, each once, sorted."""
        return sorted({each if isinstance(each, str) else each.name for each in self.tags})


class TopicList(msgspec.Struct):
    """One page of topics."""

    topics: list[ListedTopic]
    more_topics_url: str | None = None


class TopicPage(msgspec.Struct):
    """The answer with one page of topics."""

    topic_list: TopicList


class Action(msgspec.Struct, omit_defaults=True):
    """How often something was done with a post."""

    id: int
    count: int = 0


class Post(msgspec.Struct, omit_defaults=True):
    """A post; the first of a topic is its text."""

    id: int
    topic_id: int
    post_number: int
    created_at: str
    cooked: str = ""
    username: str | None = None
    user_id: int | None = None
    trust_level: int | None = None
    reply_to_post_number: int | None = None
    post_type: int = 1
    actions_summary: list[Action] = []

    @property
    def likes(self) -> int:
        """How many like it."""
        return sum(each.count for each in self.actions_summary if each.id == LIKE)


class Stream(msgspec.Struct):
    """Some posts of a topic, and the ids of all."""

    posts: list[Post]
    stream: list[int] = []


class Person(msgspec.Struct, omit_defaults=True):
    """Somebody, as a list or her profile shows her."""

    id: int
    username: str
    trust_level: int | None = None


class Details(msgspec.Struct, omit_defaults=True):
    """What else is said of a topic."""

    created_by: Person | None = None


class Topic(msgspec.Struct, omit_defaults=True):
    """A topic with its first posts."""

    id: int
    post_stream: Stream
    details: Details = msgspec.field(default_factory=Details)


class MorePosts(msgspec.Struct):
    """The answer with more posts of a topic."""

    post_stream: Stream


class Likers(msgspec.Struct):
    """Who likes a post."""

    post_action_users: list[Person]


class LikeGiven(msgspec.Struct):
    """A like by the person who was asked about."""

    post_id: int | None
    created_at: str


class LikesGiven(msgspec.Struct):
    """The answer with the likes that somebody gave, newest first."""

    user_actions: list[LikeGiven]


class Profile(msgspec.Struct):
    """The answer with somebody's profile."""

    user: Person


def read(data: bytes, type_: Any, what: str) -> Any:
    """An answer of this form; `BadSourceAnswer` if it is another."""
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.MsgspecError as error:
        raise BadSourceAnswer(
            f"the forum answers {what} in another form than Discourse has ({error})",
            "look whether the address is a Discourse forum's, and whether this program is old",
        ) from None
