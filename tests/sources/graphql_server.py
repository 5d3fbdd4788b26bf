# SPDX-License-Identifier: AGPL-3.0-only
"""As much of GraphQL as places are asked in: fields, other names for them, arguments, fragments by
type, plain lists, and pages of lists as GitHub has them.

A field that the objects do not have is an error, as it is at GitHub; so is a list without `first`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"\.\.\.|[{}():!$\[\]=]|[A-Za-z_]\w*|\d+|\"[^\"]*\"|[\s,]+")
MOST = 100


class Refused(Exception):
    """An error of the answer as a whole: its type and message."""

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.problem = {"type": type_, "message": message}


@dataclass
class Many:
    """A list that is given out in pages; `order` sorts it at every question."""

    things: Sequence[dict[str, Any]]
    order: Callable[[dict[str, Any]], Any] | None = None


@dataclass
class Plain:
    """JSON that is given out whole, without a selection."""

    value: Any


@dataclass
class Selection:
    """A field with its arguments, or (with `type`) a fragment for objects of one type."""

    name: str = ""
    type: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    inner: list["Selection"] = field(default_factory=list)
    shown: str = ""
    """What the answer calls it."""


class _Reader:
    def __init__(self, text: str) -> None:
        found: list[str] = _TOKEN.findall(text)
        assert "".join(found) == text, "a letter that GraphQL does not know"
        self._tokens = [each for each in found if each.strip(" \n\t\r,")]

    def peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def take(self, wanted: str = "") -> str:
        found = self._tokens.pop(0)
        assert not wanted or found == wanted, f"{found} in the place of {wanted}"
        return found

    def query(self) -> tuple[set[str], list[Selection]]:
        assert self.take() in ("query", "mutation")
        if self.peek() != "(":
            self.take()  # its name, which says nothing
        declared = set()
        self.take("(")
        while self.peek() != ")":
            if self.take() == "$":
                declared.add(self.take())
        self.take(")")
        inner = self.selections()
        assert not self._tokens, "something behind the query"
        return declared, inner

    def selections(self) -> list[Selection]:
        self.take("{")
        found = []
        while self.peek() != "}":
            if self.peek() == "...":
                self.take("...")
                self.take("on")
                found.append(Selection(type=self.take(), inner=self.selections()))
            else:
                one = Selection(self.take())
                one.shown = one.name
                if self.peek() == ":":
                    self.take(":")
                    one.name = self.take()
                if self.peek() == "(":
                    one.arguments = self.arguments("(", ")")
                if self.peek() == "{":
                    one.inner = self.selections()
                found.append(one)
        self.take("}")
        return found

    def arguments(self, first: str, last: str) -> dict[str, Any]:
        self.take(first)
        found: dict[str, Any] = {}
        while self.peek() != last:
            name = self.take()
            self.take(":")
            found[name] = self.value()
        self.take(last)
        return found

    def value(self) -> Any:
        if self.peek() == "{":
            return self.arguments("{", "}")
        word = self.take()
        if word == "$":
            return ("variable", self.take())
        return int(word) if word.isdigit() else word


def execute(query: str, variables: Mapping[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """The data of an answer; fields of `root` that take arguments are functions of them."""
    declared, selections = _Reader(query).query()
    unknown = set(variables) - declared
    if unknown:
        raise Refused("variableMismatch", f"the query does not declare {sorted(unknown)}")
    return _object(root, selections, variables)


def _object(
    found: dict[str, Any], selections: list[Selection], variables: Mapping[str, Any]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for each in selections:
        if each.type:
            if found["__typename"] == each.type:
                result |= _object(found, each.inner, variables)
            continue
        if each.name not in found:
            type_ = found.get("__typename", "?")
            raise Refused("undefinedField", f"Field '{each.name}' doesn't exist on type '{type_}'")
        arguments = {
            name: variables.get(value[1]) if isinstance(value, tuple) else value
            for name, value in each.arguments.items()
        }
        value = found[each.name]
        result[each.shown] = _value(value, each, arguments, variables)
    return result


def _value(
    value: Any, asked: Selection, arguments: dict[str, Any], variables: Mapping[str, Any]
) -> Any:
    if callable(value):
        value = value(**arguments)
    if isinstance(value, Plain):
        return value.value
    if isinstance(value, Many):
        return _page(value, asked, arguments, variables)
    if isinstance(value, dict):
        assert asked.inner, f"{asked.name} needs a selection"
        return _object(value, asked.inner, variables)
    if isinstance(value, list) and asked.inner:
        return [_object(each, asked.inner, variables) for each in value]
    return value


def _page(
    many: Many, asked: Selection, arguments: dict[str, Any], variables: Mapping[str, Any]
) -> dict[str, Any]:
    fields = {each.name: each for each in asked.inner}
    things = list(many.things)
    if many.order is not None:
        assert arguments.get("orderBy") == {"field": "UPDATED_AT", "direction": "DESC"}
        things.sort(key=many.order, reverse=True)
    if set(fields) == {"totalCount"}:
        return {"totalCount": len(things)}
    first = arguments.get("first")
    if not isinstance(first, int) or not 1 <= first <= MOST:
        raise Refused("MISSING_PAGINATION_BOUNDARIES", f"give `first` on `{asked.name}`")
    after = arguments.get("after")
    start = 0
    if after is not None:
        start = next(
            at + 1 for at, thing in enumerate(things) if after == f"after {_key(thing, at)}"
        )
    page = things[start : start + first]
    result: dict[str, Any] = {}
    if "totalCount" in fields:
        result["totalCount"] = len(things)
    if "pageInfo" in fields:
        end = f"after {_key(page[-1], start + len(page) - 1)}" if page else None
        result["pageInfo"] = {"hasNextPage": start + first < len(things), "endCursor": end}
    if "nodes" in fields:
        result["nodes"] = [_object(thing, fields["nodes"].inner, variables) for thing in page]
    return result


def _key(thing: dict[str, Any], at: int) -> Any:
    return thing.get("id") or thing.get("oid") or at
