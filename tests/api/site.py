# SPDX-License-Identifier: AGPL-3.0-only
"""The API and the pages of a story, over real HTTP on this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from millpond.api.app import build
from millpond.api.server import configured
from millpond.api.services import Services
from tests.api.story import CLOCK, Story

POOL = "/v1/pools/mill"


@dataclass(frozen=True)
class Site:
    """What happened, and how it is shown."""

    story: Story
    http: httpx.Client

    def get(self, path: str, status: int = 200, has: str | None = None) -> httpx.Response:
        """A reply of this status, to somebody who has the one with that ETag already."""
        found = self.http.get(path, headers={"If-None-Match": has} if has else {})
        assert found.status_code == status, f"{path}: {found.status_code} {found.text[:400]}"
        return found

    def data(self, path: str) -> Any:
        """What a reply is about."""
        return self.get(path).json()["data"]

    def every(self, path: str, limit: int = 1000) -> list[Any]:
        """A whole list, page by page, by the links that the pages themselves give."""
        found: list[Any] = []
        link = f"{path}{'&' if '?' in path else '?'}limit={limit}"
        while link:
            reply = self.get(link)
            body = reply.json()
            assert len(body["data"]) <= limit
            found += body["data"]
            following = reply.links.get("next", {}).get("url")
            assert (following is None) == (body["next"] is None)
            link = following or ""
        return found

    def problem(self, path: str, status: int, slug: str) -> dict[str, Any]:
        """A refusal of this kind, whole."""
        reply = self.get(path, status)
        assert reply.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = reply.json()
        assert set(problem) == {"type", "title", "status", "detail", "next_step"}
        assert (problem["type"], problem["status"]) == (f"/problems#{slug}", status)
        assert all(problem[key] for key in problem)
        return problem

    def places(self) -> dict[str, str]:
        """A real value for everything that may stand in the address of a route."""
        leaf = self.data(f"{POOL}/distributions/1/leaves?limit=1")[0]
        return {
            "pool": "mill",
            "proposal": self.data(f"{POOL}/proposals?state=queued")[0]["id"],
            "epoch": "1",
            "subject": leaf["subject"],
            "digest": self.data(f"{POOL}/distributions/1")["data_hash"],
            "account": self.data(f"{POOL}/patrons?limit=1")[0]["account"],
            "badge": "epoch",
            "feed": "pool",
        }

    def page(self, path: str, status: int = 200) -> str:
        """A page's text."""
        reply = self.get(path, status)
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        return reply.text


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """A server for an application, in a thread of this process."""
    server = uvicorn.Server(configured(app))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            with httpx.Client(base_url=base, timeout=30) as http:
                yield http
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def shown(story: Story) -> Iterator[Site]:
    """A story over HTTP."""
    with TemporaryDirectory() as copies:
        folder = Path(copies)
        services = Services(story.mirror, story.shelf, lambda: CLOCK, copies_folder=folder)
        with served(build(services)) as http:
            yield Site(story, http)
