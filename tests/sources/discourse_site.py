# SPDX-License-Identifier: AGPL-3.0-only
"""A Discourse forum on loopback: topics, posts and likes that a test writes, by its API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.sources.server import Asked, Reply, as_json

Thing = dict[str, Any]
PER_PAGE, PER_TOPIC = 30, 20
NOT_FOUND = as_json({"errors": ["The requested URL or resource could not be found."]}, 404)


def moment(number: int) -> str:
    """The time of thing `number`: one an hour."""
    return f"2021-02-{1 + number // 24:02}T{number % 24:02}:00:00.000Z"


@dataclass
class DiscourseSite:
    """All that is there, and how it answers."""

    people: dict[int, Thing] = field(default_factory=dict)
    topics: dict[int, Thing] = field(default_factory=dict)
    posts: dict[int, Thing] = field(default_factory=dict)
    likes: list[tuple[int, int, int]] = field(default_factory=list)
    """(person, post, time)"""
    hiding: set[int] = field(default_factory=set)
    """People whose likes and profile nobody sees."""
    time: int = 0

    # --- what people do ---------------------------------------------------------------------------

    def person(self, username: str, trust: int) -> int:
        """Somebody joins."""
        id_ = len(self.people) + 1
        self.people[id_] = {"id": id_, "username": username, "trust_level": trust}
        return id_

    def topic(self, person: int, title: str, category: int = 5, *tags: Any) -> int:
        """Somebody opens a topic; its first post is its text."""
        id_ = len(self.topics) + 1
        self.topics[id_] = {
            "id": id_,
            "title": title,
            "created_at": moment(self.time + 1),
            "category_id": category,
            "tags": list(tags),
            "created_by": person,
        }
        self.post(person, id_, f"<p>{title}</p>")
        return id_

    def post(
        self, person: int, topic: int, cooked: str, reply_to: int | None = None, type_: int = 1
    ) -> int:
        """Somebody posts."""
        self.time += 1
        id_ = max(self.posts, default=0) + 1
        number = 1 + max((each["post_number"] for each in self._of(topic)), default=0)
        self.posts[id_] = {
            "id": id_,
            "topic_id": topic,
            "post_number": number,
            "created_at": moment(self.time),
            "cooked": cooked,
            "user_id": person,
            "reply_to_post_number": reply_to,
            "post_type": type_,
        }
        return id_

    def like(self, person: int, post: int) -> None:
        """Somebody likes a post."""
        self.time += 1
        self.likes.append((person, post, self.time))

    def delete_account(self, person: int) -> None:
        """Her posts stay, without her; her likes go."""
        del self.people[person]
        for post in self.posts.values():
            if post["user_id"] == person:
                post["user_id"] = None
        for topic in self.topics.values():
            if topic["created_by"] == person:
                topic["created_by"] = None
        self.likes = [each for each in self.likes if each[0] != person]

    # --- how it answers ---------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Reply:
        """The answer to one question."""
        query = {name: values[0] for name, values in asked.query.items()}
        parts = asked.path.strip("/").removesuffix(".json").split("/")
        match parts:
            case ["latest"]:
                return self._latest(query)
            case ["t", id_]:
                return self._topic(int(id_))
            case ["t", id_, "posts"]:
                ids = [int(each) for each in asked.query["post_ids[]"]]
                found = [self._post(id_) for id_ in ids if id_ in self.posts]
                return as_json({"post_stream": {"posts": found}, "id": int(id_)})
            case ["post_action_users"]:
                return self._likers(query)
            case ["user_actions"]:
                return self._given(query)
            case ["u", name]:
                person = self._named(unquote(name))
                return as_json({"user": person}) if person is not None else NOT_FOUND
        raise AssertionError(f"nothing of Discourse's is at {asked.path}")

    def _of(self, topic: int) -> list[Thing]:
        return [post for post in self.posts.values() if post["topic_id"] == topic]

    def _count(self, post: int) -> int:
        return sum(each[1] == post for each in self.likes)

    def _named(self, username: str) -> Thing | None:
        found = (p for p in self.people.values() if p["username"].lower() == username.lower())
        person = next(found, None)
        return None if person is None or person["id"] in self.hiding else person

    def _latest(self, query: Mapping[str, str]) -> Reply:
        assert (query["order"], query["ascending"]) == ("created", "true")
        page = int(query["page"])
        ids = sorted(self.topics)
        shown = ids[page * PER_PAGE : (page + 1) * PER_PAGE]
        listed: Thing = {"topics": [self._listed(id_) for id_ in shown], "per_page": PER_PAGE}
        if (page + 1) * PER_PAGE < len(ids):
            listed["more_topics_url"] = f"/latest?page={page + 1}"
        return as_json({"users": [], "topic_list": listed})

    def _listed(self, id_: int) -> Thing:
        topic = {key: each for key, each in self.topics[id_].items() if key != "created_by"}
        posts = self._of(id_)
        last = max((post["created_at"] for post in posts), default=None)
        likes = sum(self._count(post["id"]) for post in posts)
        return {
            **topic,
            "posts_count": len(posts),
            "like_count": likes,
            "bumped_at": last,
            "last_posted_at": last,
        }

    def _topic(self, id_: int) -> Reply:
        if id_ not in self.topics:
            return NOT_FOUND
        topic = self.topics[id_]
        posts = self._of(id_)
        person = self.people.get(topic["created_by"])
        return as_json(
            {
                "id": id_,
                "title": topic["title"],
                "details": {"created_by": person} if person else {},
                "post_stream": {
                    "posts": [self._post(post["id"]) for post in posts[:PER_TOPIC]],
                    "stream": [post["id"] for post in posts],
                },
            }
        )

    def _post(self, id_: int) -> Thing:
        post = self.posts[id_]
        person = self.people.get(post["user_id"])
        shown = {"username": None, "user_deleted": True}
        if person is not None:
            shown = {key: person[key] for key in ("username", "trust_level")}
        count = self._count(id_)
        return {**post, **shown, "actions_summary": [{"id": 2, "count": count}] if count else []}

    def _likers(self, query: Mapping[str, str]) -> Reply:
        assert query["post_action_type_id"] == "2"
        who = [each[0] for each in self.likes if each[1] == int(query["id"])]
        page, limit = int(query["page"]), int(query["limit"])
        shown = who[page * limit : (page + 1) * limit]
        return as_json(
            {"post_action_users": [{**self.people[id_], "trust_level": None} for id_ in shown]}
        )

    def _given(self, query: Mapping[str, str]) -> Reply:
        assert query["filter"] == "1"
        person = self._named(query["username"])
        if person is None:
            return NOT_FOUND
        mine = sorted((each for each in self.likes if each[0] == person["id"]), key=lambda e: -e[2])
        start, limit = int(query["offset"]), int(query["limit"])
        return as_json(
            {
                "user_actions": [
                    {"action_type": 1, "post_id": post, "created_at": moment(time)}
                    for _, post, time in mine[start : start + limit]
                ]
            }
        )
