# SPDX-License-Identifier: AGPL-3.0-only
"""Walks through a forum, step by step, into the cache.

1. The list of topics, page by page. It says how many posts and likes each has.
2. Every topic of which that has changed: its posts.
3. Every post whose number of likes has changed: who likes it.
4. Everybody who likes something: when she did, and her profile, which says how far she is trusted.

Each step is stored together with the mark of what comes next, so a run that is cut short goes on
there. Trust is read with each new like, and for everybody by a run `afresh`.
"""

from collections.abc import Callable

import msgspec

from millpond.core.errors import BadSourceAnswer
from millpond.sources.cache import Cache
from millpond.sources.discourse.answers import ListedTopic, Person, Post
from millpond.sources.discourse.forum import (
    LIKERS_AT_ONCE,
    LIKES_AT_ONCE,
    POSTS_AT_ONCE,
    Forum,
)

Told = Callable[[int, int], None]
UNKNOWN = ""
"""The time of a like that its giver does not show."""
_MOST_PAGES = 100_000


class KeptTopic(msgspec.Struct, omit_defaults=True):
    """A topic as it was when its posts were read."""

    listed: ListedTopic
    author: int | None = None


class _Listing(msgspec.Struct):
    number: int
    page: int = 0


class _Reading(msgspec.Struct):
    """A topic in the middle of being read."""

    topic: ListedTopic
    author: int | None
    stream: list[int]
    left: list[int]


def fetch_forum(cache: Cache, forum: Forum, told: Told, afresh: bool) -> None:
    """Bring the cache to what the forum has now."""
    if afresh and cache.mark("afresh", bool) is None:
        with cache.change():
            for kind in ("topic", "post", "likes wanted", "like", "time", "profile"):
                cache.forget(kind)
            cache.set_mark("reading", None)
            cache.set_mark("listing", None)
            cache.set_mark("afresh", True)
    _list_topics(cache, forum)
    _read_topics(cache, forum, told)
    for id_ in _numbers(cache, "likes wanted"):
        _read_likers(cache, forum, id_)
    _read_times(cache, forum)
    _read_profiles(cache, forum)
    with cache.change():
        cache.set_mark("afresh", None)


def _numbers(cache: Cache, kind: str) -> list[int]:
    return sorted(map(int, cache.ids(kind)))


def _list_topics(cache: Cache, forum: Forum) -> None:
    listing = cache.mark("listing", _Listing)
    if listing is None:
        with cache.change():
            listing = _Listing(int(cache.mark("listings", int, 0)) + 1)
            cache.set_mark("listings", listing.number)
    before: set[int] = set()
    going_on = True
    while going_on:
        topics, going_on = forum.topics(listing.page)
        ids = {topic.id for topic in topics}
        if ids and ids <= before:  # asked again: a stale answer of a cache in between passes
            topics, going_on = forum.topics(listing.page)
            ids = {topic.id for topic in topics}
        if going_on and (ids <= before or listing.page > _MOST_PAGES):
            raise BadSourceAnswer(
                f"the forum sends the same topics again as page {listing.page}",
                "try again later; if it stays so, look whether the forum has trouble",
            )
        before |= ids
        with cache.change():
            for topic in topics:
                cache.put("listed", str(topic.id), topic, walk=listing.number)
            listing.page += 1
            cache.set_mark("listing", listing if going_on else None)
            if not going_on:
                cache.drop_before("listed", listing.number)


def _read_topics(cache: Cache, forum: Forum, told: Told) -> None:
    reading = cache.mark("reading", _Reading)
    if reading is not None:
        _read_posts(cache, forum, reading)
    listed = {int(id_): topic for id_, _, topic in cache.all("listed", ListedTopic)}
    for id_ in set(_numbers(cache, "topic")) - set(listed):
        with cache.change():
            _drop_topic(cache, id_)
    for done, id_ in enumerate(sorted(listed), 1):
        kept = cache.get("topic", str(id_), KeptTopic)
        if kept is None or kept.listed != listed[id_]:
            _read_topic(cache, forum, listed[id_])
        told(done, len(listed))


def _drop_topic(cache: Cache, id_: int) -> None:
    cache.drop_below(_topic(id_))
    cache.drop("topic", str(id_))


def _topic(id_: int) -> str:
    """The name under which posts hang on a topic: numbers of topics and posts overlap."""
    return f"topic {id_}"


def _post(id_: int) -> str:
    """The row of a post, and the name under which likes hang on it."""
    return f"post {id_}"


def _read_topic(cache: Cache, forum: Forum, listed: ListedTopic) -> None:
    found = forum.topic(listed.id)
    if found is None:  # hidden or gone since it was listed
        with cache.change():
            _drop_topic(cache, listed.id)
            cache.drop("listed", str(listed.id))
        return
    first = found.post_stream.posts
    stream = found.post_stream.stream or [post.id for post in first]
    author = found.details.created_by
    left = sorted(set(stream) - {post.id for post in first})
    reading = _Reading(listed, author.id if author else None, stream, left)
    with cache.change():
        if author is not None:
            _store_person(cache, author.id, author.username)
        _store_posts(cache, first)
        cache.set_mark("reading", reading)
    _read_posts(cache, forum, reading)


def _read_posts(cache: Cache, forum: Forum, reading: _Reading) -> None:
    """The rest of a topic's posts, and then: what is not there any more is forgotten."""
    topic = reading.topic
    while reading.left:
        posts = forum.posts(topic.id, reading.left[:POSTS_AT_ONCE])
        with cache.change():
            _store_posts(cache, posts)
            reading.left = reading.left[POSTS_AT_ONCE:]
            cache.set_mark("reading", reading)
    there = set(map(_post, reading.stream))
    with cache.change():
        for id_ in cache.below("post", _topic(topic.id)):
            if id_ not in there:
                cache.drop_below(id_)
                cache.drop("post", id_)
        cache.put("topic", str(topic.id), KeptTopic(topic, reading.author))
        cache.set_mark("reading", None)


def _store_posts(cache: Cache, posts: list[Post]) -> None:
    for post in posts:
        before = cache.get("post", _post(post.id), Post)
        if (before.likes if before is not None else 0) != post.likes:
            cache.put("likes wanted", str(post.id), post.id, _post(post.id))
        cache.put("post", _post(post.id), post, _topic(post.topic_id))
        if post.user_id is not None and post.username is not None:
            _store_person(cache, post.user_id, post.username)


def _store_person(cache: Cache, id_: int, username: str) -> None:
    """The name that an account has now: what is seen later is newer."""
    cache.put("person", str(id_), Person(id_, username))


def _read_likers(cache: Cache, forum: Forum, post: int) -> None:
    people: dict[int, Person] = {}
    for page in range(_MOST_PAGES):
        found = forum.likers(post, page)
        new = [each for each in found if each.id not in people]
        people.update((each.id, each) for each in new)
        if len(found) < LIKERS_AT_ONCE or not new:
            break
    with cache.change():
        for id_ in cache.below("like", _post(post)):
            if int(id_.partition(" ")[2]) not in people:
                cache.drop("like", id_)
        for person in people.values():
            like = f"{post} {person.id}"
            if cache.get("like", like, int) is None:
                cache.drop("profile", str(person.id))
            cache.put("like", like, person.id, _post(post))
            _store_person(cache, person.id, person.username)
        cache.drop("likes wanted", str(post))


def _read_times(cache: Cache, forum: Forum) -> None:
    """When each like was given. Who hides that has likes that count from the post's time on."""
    wanted: dict[int, set[int]] = {}
    for like in cache.ids("like") - cache.ids("time"):
        liked, _, giver = like.partition(" ")
        wanted.setdefault(int(giver), set()).add(int(liked))
    for person in sorted(wanted):
        name = cache.get("person", str(person), Person).username
        posts = wanted[person]
        seen: set[int] = set()
        for page in range(_MOST_PAGES):
            given = forum.likes_given(name, page * LIKES_AT_ONCE)
            new = {post for post, _ in given} - seen
            seen |= new
            with cache.change():
                for post, created_at in given:
                    if post in posts:
                        _store_time(cache, post, person, created_at)
                posts -= seen
                for post in () if new else posts:
                    _store_time(cache, post, person, UNKNOWN)
            if not new or not posts:
                break


def _store_time(cache: Cache, post: int, person: int, created_at: str) -> None:
    cache.put("time", f"{post} {person}", created_at, _post(post))


def _read_profiles(cache: Cache, forum: Forum) -> None:
    """How far those are trusted who like something; who has no profile any more is not."""
    likers = {int(like.partition(" ")[2]) for like in cache.ids("like")}
    for person in sorted(likers - set(_numbers(cache, "profile"))):
        known = cache.get("person", str(person), Person)
        found = forum.profile(known.username)
        # Somebody else may have the name by now.
        trust = found.trust_level if found is not None and found.id == person else None
        with cache.change():
            cache.put("profile", str(person), Person(person, known.username, trust))
