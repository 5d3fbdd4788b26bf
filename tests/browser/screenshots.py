# SPDX-License-Identifier: AGPL-3.0-only
"""Pictures of every page, for people to look at: light, dark, and on a phone.

make screenshots                    into screenshots/
make screenshots ARGS=/tmp/shots    elsewhere
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.api.site import shown
from tests.api.story import Story
from tests.browser.chromium import running, window
from tests.browser.scene import set_scene
from tests.browser.wallet import Wallet
from tests.chain.coop import FOUNDERS

LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 360)}
STATES = ("pending", "active", "queued", "executed", "defeated")


def pages(base: str, proposals: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A name and an address each."""
    for name, path in {
        "home": "/",
        "pool": "/pools/mill",
        "epoch-final": "/pools/mill/epochs/1",
        "epoch-review": "/pools/mill/epochs/2",
        "problems": "/problems",
        "nothing": "/nothing",
    }.items():
        yield name, f"{base}{path}"
    for state, number in proposals.items():
        yield f"proposal-{state}", f"{base}/pools/mill/proposals/{number}"


def every_page(browser: Browser, folder: Path, work: Path) -> None:
    """As somebody without a wallet sees them."""
    with shown(Story.told(work)) as site:
        base = str(site.http.base_url).rstrip("/")
        listed = {
            state: site.data(f"/v1/pools/mill/proposals?state={state}&limit=1")[0]["id"]
            for state in STATES
        }
        for look, (scheme, width) in LOOKS.items():
            size = {"width": width, "height": 900}
            with window(browser, color_scheme=scheme, viewport=size) as watched:
                watched.expected = ["404"]
                for name, address in pages(base, listed):
                    page = watched.page(address)
                    page.wait_for_timeout(500)  # until it knows that there is no wallet
                    page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
                    page.close()


def voting(browser: Browser, folder: Path, work: Path) -> None:
    """A member before and after her ballot."""
    with set_scene(browser, work) as scene:
        text = "# Mend the roof of the mill\n\nIt rains in. The carpenter asks for 5 ETH."
        for look, (scheme, width) in LOOKS.items():
            path = scene.path(scene.propose(text))
            text += " "
            size = {"width": width, "height": 900}
            with window(browser, color_scheme=scheme, viewport=size) as watched:
                wallet = Wallet(scene.client, FOUNDERS[0])
                wallet.install(watched.context)
                page = watched.page(f"{scene.base}{path}")
                _vote(page, folder, look)


def _vote(page: Page, folder: Path, look: str) -> None:
    page.get_by_role("button", name="Connect").click()
    page.get_by_label("For", exact=True).check()
    page.get_by_label("Why, if you want to say it").fill("A dry mill grinds better.")
    page.screenshot(path=folder / f"vote-choosing-{look}.png", full_page=True)
    page.get_by_role("button", name="Sign, free of charge").click()
    expect(page.get_by_text("and this page shows it")).to_be_visible()
    page.screenshot(path=folder / f"vote-counted-{look}.png", full_page=True)


def main(folder: Path) -> None:
    """All of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with running() as browser, tempfile.TemporaryDirectory() as work:
        every_page(browser, folder, Path(work) / "story")
        voting(browser, folder, Path(work))
    print(f"{len(list(folder.glob('*.png')))} pictures are in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
