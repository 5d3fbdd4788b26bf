# SPDX-License-Identifier: AGPL-3.0-only
"""A page as its elements, read strictly: what is opened is closed, in order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    [
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
        *("track", "wbr"),
    ]
)
SELF_CLOSING = frozenset(("path", "rect", "line"))
"""Drawings write these as one tag."""


@dataclass
class Element:
    """One element; `text` is all text in it."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    def __iter__(self) -> Iterator["Element"]:
        """Itself and all below."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    @property
    def text(self) -> str:
        """With single spaces."""
        return " ".join(self._raw().split())

    def _raw(self) -> str:
        parts = (c if isinstance(c, str) else c._raw() for c in self.children)  # noqa: SLF001
        return "".join(parts)

    def all(self, *tags: str) -> list["Element"]:
        """Every element of these kinds."""
        return [each for each in self if each.tag in tags]

    def one(self, tag: str) -> "Element":
        """The only one."""
        [found] = self.all(tag)
        return found

    def classed(self, name: str) -> list["Element"]:
        """Every element of this class."""
        return [each for each in self if name in each.attributes.get("class", "").split()]

    def by_id(self, name: str) -> "Element":
        """The only one of this id."""
        [found] = [each for each in self if each.attributes.get("id") == name]
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {})
        self.open = [self.root]
        self.doctype = ""

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice"
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SELF_CLOSING, f"<{tag}/> is not closed in HTML"
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(text: str) -> Element:
    """The page; an AssertionError where it is not well formed."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.doctype == "doctype html"
    assert reader.open == [reader.root], f"not closed: {[each.tag for each in reader.open[1:]]}"
    return reader.root
