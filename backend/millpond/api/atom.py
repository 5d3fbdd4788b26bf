# SPDX-License-Identifier: AGPL-3.0-only
"""Atom feeds (RFC 4287), so that members and funders need not look every day.

An entry's id is a name that never changes; its `updated` moves when what it tells of does, and is
the chain's time. Texts of strangers go in as text, without what XML cannot hold.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from millpond.core.figures import machine_time

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One thing that happened, or goes on."""

    name: str
    """An URN, for ever the same."""
    title: str
    link: str
    published: int
    updated: int
    text: str
    author: str | None = None


@dataclass(frozen=True)
class Feed:
    """Some of them."""

    name: str
    title: str
    link: str
    own_link: str
    as_of: int
    entries: Sequence[Entry]


def written(feed: Feed) -> str:
    """The feed, its newest entries first."""
    root = ET.Element("feed", {"xmlns": _NAMESPACE})
    _text(root, "id", feed.name)
    _text(root, "title", feed.title)
    _text(root, "updated", _time(max((e.updated for e in feed.entries), default=feed.as_of)))
    _link(root, "self", feed.own_link)
    _link(root, "alternate", feed.link)
    _text(_child(root, "author"), "name", feed.title)
    for entry in sorted(feed.entries, key=lambda e: (-e.updated, e.name)):
        found = _child(root, "entry")
        _text(found, "id", entry.name)
        _text(found, "title", entry.title)
        _text(found, "published", _time(entry.published))
        _text(found, "updated", _time(entry.updated))
        _link(found, "alternate", entry.link)
        if entry.author is not None:
            _text(_child(found, "author"), "name", entry.author)
        _text(found, "content", entry.text).set("type", "text")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _child(parent: ET.Element, tag: str) -> ET.Element:
    return ET.SubElement(parent, tag)


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    found = _child(parent, tag)
    found.text = _NOT_IN_XML.sub("\ufffd", text)
    return found


def _link(parent: ET.Element, relation: str, address: str) -> None:
    _child(parent, "link").attrib |= {"rel": relation, "href": address}


def _time(second: int) -> str:
    return machine_time(second) or machine_time(0)
