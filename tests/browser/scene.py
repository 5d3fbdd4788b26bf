# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op on a real node, its mirror, API and relay as real processes, and members at a browser.

scene = ...                      one for a file
[id] = scene.propose()           an open proposal
scene.path(id)                   the address of its page
with scene.member(0) as seat: seat.open(id) ...    a window with a member's wallet in it
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Locator, Page, expect

from millpond.api.app import build
from millpond.api.relay.service import Relaying
from millpond.api.services import Services
from millpond.chain import dev_time
from millpond.chain.client import Client, connect
from millpond.chain.governance import Action, Draft
from millpond.chain.signers import LocalSigner
from millpond.core.canonical import keccak256
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.snapshot import Mirror
from millpond.settings import environment_of_a_child
from scripts._local_chain import local_chain
from tests.api.site import served
from tests.browser.chromium import PATIENCE, Watched, window
from tests.browser.wallet import NAME, Wallet
from tests.chain.coop import DAY, FOUNDERS, STRANGER, Coop
from tests.chain.nodes import CHAIN_ID, QUICK

POOL = "credsperiment"
RELAY_ACCOUNT = 30
SECONDS = 60.0
expect.set_options(timeout=PATIENCE)


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for the mirror or the relay."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


@dataclass
class Seat:
    """A window, the wallet in it, and the page."""

    scene: "Scene"
    watched: Watched
    wallet: Wallet
    pages: list[Page] = field(default_factory=list)

    def open(self, path: str, base: str | None = None) -> Page:
        """A page of the server, or of another one."""
        page = self.watched.page(f"{base or self.scene.base}{path}")
        self.pages.append(page)
        return page

    def connected(self, path: str, base: str | None = None) -> Page:
        """The same, with the wallet connected."""
        page = self.open(path, base)
        page.get_by_role("button", name=f"Connect {NAME}").click()
        expect(page.get_by_text("You are 0x")).to_be_visible()
        return page


@dataclass
class Scene:
    """One co-op, one server."""

    client: Client
    coop: Coop
    browser: Browser
    folder: Path
    base: str = ""
    proposed: int = 0

    @property
    def documents(self) -> Path:
        """The shelf."""
        return self.folder / "documents"

    @property
    def database(self) -> Path:
        """The mirror."""
        return self.folder / "mirror.db"

    # --- the chain --------------------------------------------------------------------------------

    def propose(self, text: str = "", opened: bool = True) -> int:
        """A proposal to look up a balance, of a founder who has not two others open."""
        founder = FOUNDERS[self.proposed // 2 % len(FOUNDERS)]
        text = text or f"# Proposal {self.proposed}\n\nIt does no harm."
        call = self.coop.pool.encode("held", STRANGER.address)
        draft = Draft.of(
            [Action(self.coop.pool.address, 0, call)],
            text,
            founder.address,
            keccak256(text.encode()),
        )
        self.coop.governor.propose.send(founder, *draft.arguments)
        self.proposed += 1
        if opened:
            dev_time.advance(self.client, 3_601)
        self.mirrored()
        return draft.id

    def votes(self, proposal: int) -> tuple[int, int, int]:
        """Against, for, abstain, by the Governor itself."""
        against, in_favour, abstain = self.coop.governor.proposalVotes(proposal)
        return against, in_favour, abstain

    def ask(self, method: str, *params: object) -> Any:
        """Anvil's own requests."""
        return self.client.rpc.tell(method, params)

    def mirrored(self) -> None:
        """Until the server shows the newest block."""
        head = int(self.ask("eth_blockNumber"), 16)
        until(lambda: bool(self.get("/status")["block_number"] >= head), f"block {head}")

    def get(self, path: str) -> Any:
        """From the API."""
        return httpx.get(f"{self.base}{path}", timeout=30).json()

    @staticmethod
    def path(proposal: int) -> str:
        """Of its page."""
        return f"/pools/{POOL}/proposals/{proposal}"

    # --- members ----------------------------------------------------------------------------------

    @contextmanager
    def member(
        self, signer: LocalSigner = FOUNDERS[0], *, announced: bool = True, injected: bool = False
    ) -> Iterator[Seat]:
        """A window with her wallet."""
        wallet = Wallet(self.client, signer)
        with window(self.browser, viewport={"width": 1100, "height": 900}) as watched:
            wallet.install(watched.context, announced=announced, injected=injected)
            yield Seat(self, watched, wallet)

    # --- servers ----------------------------------------------------------------------------------

    @contextmanager
    def without_relay(self) -> Iterator[str]:
        """A server over the same mirror that relays nothing."""
        with served(build(Services(Mirror(self.database), Shelf(self.documents)))) as http:
            yield str(http.base_url).rstrip("/")

    @contextmanager
    def relay_down(self) -> Iterator[str]:
        """A server over the same mirror whose relay was never heard of."""
        queue = Relaying(self.folder / "queue.db")
        services = Services(Mirror(self.database), Shelf(self.documents), relay=queue)
        with served(build(services)) as http:
            yield str(http.base_url).rstrip("/")

    @contextmanager
    def tampered(self, change: Callable[[Path], None]) -> Iterator[str]:
        """A server over a copy of the mirror that somebody has changed."""
        copy = self.folder / "tampered.db"
        self.mirrored()
        for end in ("", "-wal", "-shm"):
            source = self.database.with_name(f"{self.database.name}{end}")
            if source.exists():
                shutil.copy(source, copy.with_name(f"{copy.name}{end}"))
        change(copy)
        with served(build(Services(Mirror(copy), Shelf(self.documents)))) as http:
            yield str(http.base_url).rstrip("/")


@contextmanager
def set_scene(browser: Browser, folder: Path) -> Iterator[Scene]:
    """The node, the co-op a day old, and `millpond serve` with a relay."""
    with local_chain() as url:
        client = connect(url, CHAIN_ID, QUICK)
        coop = Coop.make(client)
        dev_time.advance(client, DAY + 1)
        scene = Scene(client, coop, browser, folder)
        scene.documents.mkdir()
        with _serving(scene, url) as scene.base:
            yield scene


@contextmanager
def _serving(scene: Scene, url: str) -> Iterator[str]:
    command = [sys.executable, "-m", "millpond", "serve", "--port", "0", "--poll", "0.1"]
    command += ["--hub", scene.coop.hub.address, "--database", str(scene.database)]
    command += ["--documents", str(scene.documents), "--wallet-rpc", url, "--rate", "0"]
    command += ["--relay", "--relay-dev-account", str(RELAY_ACCOUNT), "--relay-linger", "0"]
    printed = scene.folder / "printed"
    with (
        printed.open("wb") as log,
        subprocess.Popen(  # noqa: S603  our own program, no shell
            command, env=environment_of_a_child(url), stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Serving http://127.0.0.1:"), printed.read_text("utf-8")
            base = said.split()[1]
            until(lambda: httpx.get(f"{base}/ready").is_success, "ready")
            until(lambda: bool(httpx.get(f"{base}/v1/relay").json()["works"]), "the relay")
            yield base
        finally:
            process.terminate()
            process.wait(SECONDS)


def steps(page: Page) -> Locator:
    """How far a ballot is."""
    return page.locator("[data-part=steps] li")


def said(page: Page) -> Locator:
    """The line that is spoken."""
    return page.locator("[data-part=said]")
