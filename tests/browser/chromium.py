# SPDX-License-Identifier: AGPL-3.0-only
"""A real browser, driven: Debian's chromium, no download. Any console error fails the test, any
request to another machine too."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from tests.house.tree import PACKAGE, ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
MANIFEST = PACKAGE / "web" / "dist" / "manifest.json"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE = 60_000
"""Milliseconds that anything on a page may take on a busy machine."""


def find_chromium() -> str:
    """Its path; without it the test is skipped, but never in continuous integration."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    missing = "chromium is not installed: apt-get install chromium" if found is None else ""
    if not missing and not MANIFEST.exists():
        missing = "the scripts of the pages are not built: make setup, with Node"
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing or found is None:
        pytest.skip(missing)
    return found


@contextmanager
def running() -> Iterator[Browser]:
    """One browser."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A window, and what went wrong in it."""

    context: BrowserContext
    expected: list[str] = field(default_factory=list)
    """Parts of console errors that a test itself brings about."""
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def page(self, address: str) -> Page:
        """Opened, and listened to."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)
        page.goto(address)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location.get('url', '')})"
        if message.type in {"error", "warning"} and not any(e in text for e in self.expected):
            self.errors.append(text)

    def _asked(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host not in {"127.0.0.1", None}:
            self.elsewhere.append(request.url)


@contextmanager
def window(browser: Browser, **options: Any) -> Iterator[Watched]:
    """A window of its own storage, clean at its end."""
    context = browser.new_context(**options)
    watched = Watched(context)
    try:
        yield watched
        assert watched.errors == []
        assert watched.elsewhere == []
    finally:
        context.close()


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds wrong on a page as it is, by these rules or by all."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("only => axe.run(document, { runOnly: only })", rules or AXE_RULES)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
