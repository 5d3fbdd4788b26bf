# SPDX-License-Identifier: AGPL-3.0-only
"""The graph of what was fetched from a forum, with the nodes, edges and weights of SourceCred's.

Only likes mint, by how far their givers are trusted. One thing is otherwise: people's nodes, and
what is told apart by them, hold their numbers, not their usernames.
"""

from collections.abc import Iterable
from datetime import datetime

from millpond.core.cred.addresses import EDGE, NODE, joined
from millpond.core.cred.weights import Weights
from millpond.core.identity.accounts import discourse_account
from millpond.sources.cache import Cache
from millpond.sources.discourse.answers import SMALL_ACTION, Person, Post
from millpond.sources.discourse.config import PLUGIN, Config
from millpond.sources.discourse.links import links
from millpond.sources.discourse.walk import KeptTopic
from millpond.sources.writing import Found, FoundEdge, FoundNode, FoundPerson

_ROOT = ("sourcecred", "discourse")
NODE_WEIGHTS = {"topic": 0.0, "post": 0.0, "userId": 0.0, "like": 4.0}
EDGE_WEIGHTS = {
    ("topicContainsPost",): (0.125, 1.0),
    ("topicHasLikedPost",): (1.0, 0.0),
    ("replyTo",): (1.0, 0.0),
    ("authors", "topic"): (0.0, 0.0),
    ("authors", "post"): (0.25, 1.0),
    ("createsLike",): (1.0, 0.0),
    ("likes",): (1.0, 0.0),
    ("references", "post"): (0.5, 0.0),
    ("references", "topic"): (0.5, 0.0),
    ("references", "user"): (0.5, 0.0),
}


def build(cache: Cache, config: Config) -> Found:
    """The graph of a forum."""
    draft = _Draft(cache, config)
    for id_, _, topic in cache.all("topic", KeptTopic):
        draft.topics[int(id_)] = topic
    for _, _, post in cache.all("post", Post):
        if post.post_type != SMALL_ACTION and post.topic_id in draft.topics:
            draft.posts[post.topic_id, post.post_number] = post
    draft.write()
    return draft.found()


class _Draft:
    """The graph while it grows."""

    def __init__(self, cache: Cache, config: Config) -> None:
        self._cache = cache
        self._server = config.server_url
        self._weights = config.weights
        self._people = {int(id_): each for id_, _, each in cache.all("person", Person)}
        self._seen: set[int] = set()
        self._nodes: list[FoundNode] = []
        self._edges: list[FoundEdge] = []
        self._node_weights: dict[str, float] = {}
        self._edge_weights: dict[str, tuple[float, float]] = {}
        self.topics: dict[int, KeptTopic] = {}
        self.posts: dict[tuple[int, int], Post] = {}

    def write(self) -> None:
        """Everything, likes after the posts; links last, as they lead to people who are seen."""
        for topic in self.topics.values():
            self._topic(topic)
        by_id = {post.id: post for post in self.posts.values()}
        for post in by_id.values():
            self._post(post)
        self._likes(by_id)
        for post in by_id.values():
            self._links(post)

    def found(self) -> Found:
        """What was written, with the weights."""
        weights = Weights(
            {
                **{joined(NODE, (*_ROOT, kind)): each for kind, each in NODE_WEIGHTS.items()},
                **self._node_weights,
            },
            {
                **{joined(EDGE, (*_ROOT, *kind)): each for kind, each in EDGE_WEIGHTS.items()},
                **self._edge_weights,
            },
        )
        return Found(PLUGIN, self._nodes, self._edges, weights, [*self._persons()])

    def _persons(self) -> Iterable[FoundPerson]:
        for id_ in sorted(self._seen):
            name = self._people[id_].username if id_ in self._people else str(id_)
            description = f"[@{name}]({self._server}/u/{name})"
            yield FoundPerson(discourse_account(self._server, id_), name, description)

    def _address(self, *parts: str | int) -> str:
        """That of a node: its type, then what it is within the forum."""
        kind, *rest = map(str, parts)
        return joined(NODE, (*_ROOT, kind, self._server, *rest))

    def _account(self, id_: int | None) -> str | None:
        """Whose account was deleted has none; numbers below 1 are the forum's own."""
        if id_ is None or id_ <= 0:
            return None
        self._seen.add(id_)
        return discourse_account(self._server, id_)

    def _edge(
        self, kind: tuple[str, ...], source: str, target: str, time_ms: int, *parts: int
    ) -> str:
        address = joined(EDGE, (*_ROOT, *kind, self._server, *map(str, parts)))
        self._edges.append(FoundEdge(address, source, target, time_ms))
        return address

    def _topic(self, topic: KeptTopic) -> None:
        listed = topic.listed
        address, time_ms = self._address("topic", listed.id), _ms(listed.created_at)
        text = f"[{listed.title}]({self._server}/t/{listed.id})"
        self._nodes.append(FoundNode(address, text, time_ms))
        author = self._account(topic.author)
        if author is not None and topic.author is not None:
            self._edge(("authors", "topic"), author, address, time_ms, topic.author, listed.id)

    def _text(self, post: Post) -> str:
        title = self.topics[post.topic_id].listed.title
        url = f"{self._server}/t/{post.topic_id}/{post.post_number}"
        return f"[#{post.post_number} on {title}]({url})"

    def _post(self, post: Post) -> None:
        address, time_ms = self._address("post", post.id), _ms(post.created_at)
        topic = self._address("topic", post.topic_id)
        self._nodes.append(FoundNode(address, self._text(post), time_ms))
        self._edge(("topicContainsPost",), topic, address, time_ms, post.topic_id, post.id)
        author = self._account(post.user_id)
        if author is not None and post.user_id is not None:
            self._edge(("authors", "post"), author, address, time_ms, post.user_id, post.id)
        # A reply that names no post is one to the first.
        number = post.reply_to_post_number or (1 if post.post_number > 1 else None)
        replied = self.posts.get((post.topic_id, number)) if number is not None else None
        if replied is not None and replied.id != post.id:
            above = self._address("post", replied.id)
            self._edge(("replyTo",), address, above, time_ms, post.id, replied.id)

    def _likes(self, posts: dict[int, Post]) -> None:
        trusts = {int(id_): each.trust_level for id_, _, each in self._cache.all("profile", Person)}
        times = {id_: each for id_, _, each in self._cache.all("time", str)}
        totals: dict[int, float] = {}
        for like in sorted(self._cache.ids("like")):
            post_id, _, person = like.partition(" ")
            post, giver = posts.get(int(post_id)), self._account(int(person))
            if post is None or giver is None:
                continue
            listed = self.topics[post.topic_id].listed
            weight = self._weights.of(trusts.get(int(person)), listed.category_id, listed.tag_names)
            totals[post.id] = totals.get(post.id, 0.0) + weight
            self._like(post, int(person), giver, _ms(times.get(like) or post.created_at), weight)
        for id_, total in sorted(totals.items()):
            if total > 0:
                post = posts[id_]
                topic, target = self._address("topic", post.topic_id), self._address("post", id_)
                time_ms = _ms(post.created_at)
                edge = self._edge(
                    ("topicHasLikedPost",), topic, target, time_ms, post.topic_id, id_
                )
                self._edge_weights[edge] = (total, 0.0)

    def _like(self, post: Post, person: int, giver: str, time_ms: int, weight: float) -> None:
        address = self._address("like", person, post.id)
        name = self._people[person].username if person in self._people else str(person)
        self._nodes.append(FoundNode(address, f"like by {name} on {self._text(post)}", time_ms))
        self._node_weights[address] = weight
        target = self._address("post", post.id)
        self._edge(("createsLike",), giver, address, time_ms, person, post.id)
        self._edge(("likes",), address, target, time_ms, person, post.id)

    def _links(self, post: Post) -> None:
        found = links(post.cooked, self._server)
        address, time_ms = self._address("post", post.id), _ms(post.created_at)
        for topic in found.topics:
            if topic in self.topics and topic != post.topic_id:
                target = self._address("topic", topic)
                self._edge(("references", "topic"), address, target, time_ms, post.id, topic)
        for place in found.posts:
            other = self.posts.get(place)
            if other is not None and other.id != post.id:
                target = self._address("post", other.id)
                self._edge(("references", "post"), address, target, time_ms, post.id, other.id)
        names = {each.username.lower(): id_ for id_, each in self._people.items()}
        for name in found.people:
            id_ = names.get(name)
            if id_ is not None and id_ in self._seen:
                target = discourse_account(self._server, id_)
                self._edge(("references", "user"), address, target, time_ms, post.id, id_)


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
