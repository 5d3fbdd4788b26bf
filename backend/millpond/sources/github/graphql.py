# SPDX-License-Identifier: AGPL-3.0-only
"""One question to GitHub's GraphQL interface.

It answers 200 to nearly everything; what is wrong stands in `errors`. A limit that is used up is
waited for. A question that it could not carry out in time is asked again for less at once.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from millpond.core.errors import BadSourceAnswer, RateLimited, SourceDown, SourceRefused
from millpond.sources.github.answers import Problem, Reply
from millpond.sources.http import Site

API = "https://api.github.com"
_PATH = "/graphql"
_TRIES = 6
_FIRST = 50
_LATER = "try again later: what was fetched so far is kept, and the next run goes on from there"
_TOKEN = "look whether the repository is there, and whether the token may read it"  # noqa: S105
_OUT_OF_TIME = frozenset({502, 504})
_SHALLOW = 2
"""A missing object at this depth of the answer is what was asked for; below it is a detail."""


class _TooMuch(Exception):
    """The question could not be carried out in time."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Graphql:
    """GitHub, asked with a token."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._first = _FIRST

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer. It may hold null for what is gone or hidden."""
        for number in range(1, _TRIES + 1):
            try:
                return self._once(query, variables)
            except _TooMuch as error:
                if number == _TRIES:
                    raise SourceDown(f"GitHub answers: {error.message}", _LATER, 504) from None
                self._site.pause(number, "GitHub")
        raise AssertionError("unreachable")

    def page(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a question for a page; from then on half as many, when it is too much."""
        while True:
            try:
                return self.ask(query, first=self._first, **variables)
            except SourceDown as error:
                if self._first == 1 or error.status not in _OUT_OF_TIME:
                    raise
                self._first //= 2

    def _once(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        for _ in range(_TRIES):
            answer = self._site.post(_PATH, {"query": query, "variables": variables})
            reply = read(answer.data, Reply)
            if not any(problem.type == "RATE_LIMITED" for problem in reply.errors):
                return _data(reply)
            self._site.wait_until_allowed(answer.headers, "GitHub")
        raise RateLimited("GitHub says again and again: too often", _LATER)


def read(data: bytes, type_: Any) -> Any:
    """An answer of this form; `BadSourceAnswer` if it is another."""
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.MsgspecError as error:
        raise BadSourceAnswer(
            f"GitHub answers in another form than its interface has ({error})",
            "look whether a newer version of this program knows it",
        ) from None


def _data(reply: Reply) -> dict[str, Any]:
    for problem in reply.errors:
        if not _is_detail(problem):
            raise _named(problem)
    if reply.data is None:
        raise _TooMuch("no data")
    return reply.data


def _is_detail(problem: Problem) -> bool:
    """Whether only something within the answer is missing: somebody's account, say."""
    return problem.type == "NOT_FOUND" and len(problem.path) > _SHALLOW


def _named(problem: Problem) -> Exception:
    text = problem.message[:200]
    if problem.type == "NOT_FOUND":
        return SourceRefused(f"GitHub says: {text}", _TOKEN, 404)
    if problem.type in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
        return SourceRefused(f"GitHub says: {text}", _TOKEN, 403)
    if problem.type in ("", "INTERNAL", "MAX_NODE_LIMIT_EXCEEDED", "RESOURCE_LIMITS_EXCEEDED"):
        return _TooMuch(text)
    return SourceRefused(
        f"GitHub says: {text}", "look whether a newer version of this program asks otherwise"
    )
