# SPDX-License-Identifier: AGPL-3.0-only
"""What a post links to in its own forum: topics, posts and people."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

_TOPIC = re.compile(r"/t/(?:[^/]+/)??([0-9]{1,12})(?:/([0-9]{1,9}))?/?")
_PERSON = re.compile(r"/(?:u|users)/([^/]+)/?")
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Links:
    """Each once, sorted."""

    topics: tuple[int, ...] = ()
    posts: tuple[tuple[int, int], ...] = ()
    """(topic, number of the post in it)"""
    people: tuple[str, ...] = ()
    """Usernames in lower case; a mention is a link to its person."""


def links(cooked: str, server: str) -> Links:
    """What the HTML of a post leads to within the forum at `server`."""
    reader = _Reader()
    reader.feed(cooked[:_LONGEST])
    reader.close()
    own = urlsplit(server)
    topics, posts, people = set(), set(), set()
    for link in reader.found:
        try:
            there = urlsplit(urljoin(f"{server}/", link))
        except ValueError:
            continue
        if there.netloc.lower() != own.netloc.lower() or not there.path.startswith(own.path):
            continue
        path = there.path[len(own.path) :]
        if topic := _TOPIC.fullmatch(path):
            if topic[2] is None:
                topics.add(int(topic[1]))
            else:
                posts.add((int(topic[1]), int(topic[2])))
        elif person := _PERSON.fullmatch(path):
            people.add(unquote(person[1]).lower())
    return Links(tuple(sorted(topics)), tuple(sorted(posts)), tuple(sorted(people)))


class _Reader(HTMLParser):
    """Collects where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]
