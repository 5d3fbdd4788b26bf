# SPDX-License-Identifier: AGPL-3.0-only
"""Every page in a real browser: no barrier that axe-core finds, light and dark, narrow and wide;
whole without a script; little to load, and nothing from elsewhere."""

import gzip
import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.api.site import Site, shown
from tests.api.story import Story
from tests.browser.chromium import Watched, violations, window

OPEN = "document.querySelectorAll('details').forEach((each) => each.open = true)"
WIDTHS = (360, 1280)
MOST_SCRIPT = 30_000
"""Bytes of gzip that a page's scripts may have."""


@pytest.fixture(scope="module")
def site(told: Story) -> Iterator[Site]:
    """The whole story of the API's tests."""
    with shown(told) as found:
        yield found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A co-op with proposals in every state, a final epoch, and one under review."""
    return Story.told(tmp_path_factory.mktemp("story"))


def _paths(site: Site) -> list[str]:
    """One page of each kind and state."""
    states = ("pending", "active", "queued", "executed", "defeated", "canceled")
    found = ["/", "/problems", "/pools/mill", "/pools/mill/epochs/1", "/pools/mill/epochs/2"]
    for state in states:
        listed = site.data(f"/v1/pools/mill/proposals?state={state}&limit=1")
        found += [f"/pools/mill/proposals/{each['id']}" for each in listed]
    return [*found, "/pools/nobody"]


def _open(watched: Watched, site: Site, path: str) -> Page:
    watched.expected = ["404"] if "nobody" in path else []
    return watched.page(f"{str(site.http.base_url).rstrip('/')}{path}")


@pytest.mark.parametrize(
    ("scheme", "rules"),
    [("light", ()), ("dark", ("color-contrast", "link-in-text-block"))],  # only colours differ
)
def test_pages__each__have_no_barrier_at_any_width(
    site: Site, browser: Browser, scheme: str, rules: tuple[str, ...]
) -> None:
    found: dict[str, str] = {}
    with window(browser, color_scheme=scheme) as watched:
        for path in _paths(site):
            page = _open(watched, site, path)
            page.evaluate(OPEN)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                found |= {f"{path} {width}": each for each in violations(page, *rules)}
                if wide > width:
                    found[f"{path} {width}"] = f"it is {wide} wide"
            page.close()
    assert found == {}


def test_pages__without_a_script__are_whole(site: Site, browser: Browser) -> None:
    panels = 0
    with window(browser, java_script_enabled=False) as watched:
        for path in _paths(site):
            page = _open(watched, site, path)
            assert len(page.locator("main").inner_text()) > 100, path
            if page.locator("[data-panel]").count():
                panels += 1
                assert page.locator("[data-part=without]").is_visible(), path
                assert page.locator("[data-part=with]").is_hidden(), path
            page.close()
    assert panels >= 3


def test_scripts__of_each_page__are_small_and_kept_for_ever(site: Site) -> None:
    seen = 0
    for path in _paths(site):
        text = site.http.get(path).text
        urls = set(re.findall(r'"(/scripts/[^"]+\.js)"', text))
        replies = [site.http.get(url) for url in urls]
        assert all("immutable" in reply.headers["cache-control"] for reply in replies)
        assert sum(len(gzip.compress(reply.content, 9)) for reply in replies) <= MOST_SCRIPT, path
        seen += len(urls) > 0
    assert seen >= 3


def test_scripts__bring__the_licences_of_what_is_in_them(site: Site) -> None:
    text = site.http.get("/pools/mill/epochs/2").text
    [licences] = set(re.findall(r'href="(/scripts/licences-[0-9a-f]+\.txt)"', text))
    found = site.get(licences).text
    assert "viem 2." in found
    assert "@noble/hashes 1." in found
    assert "THE SOFTWARE IS PROVIDED" in found.upper()


def test_policy__of_every_page__lets_nothing_in_from_elsewhere(site: Site) -> None:
    for path in _paths(site):
        rules = _rules(site.http.get(path))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
        assert rules["img-src"] == "'self' data:"
        assert "unsafe" not in str(rules)


def _rules(reply: httpx.Response) -> dict[str, str]:
    parts = reply.headers["content-security-policy"].split("; ")
    return {name: value for name, _, value in (part.partition(" ") for part in parts)}
