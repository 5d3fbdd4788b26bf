# SPDX-License-Identifier: AGPL-3.0-only
"""A member votes without a wei: she signs with the command, hands the file in over HTTP, and sees
her ballot counted. `millpond serve --relay` with a keyfile, on a real node; its relay dies once."""

import contextlib
import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from ape.logging import logger
from eth_account import Account

from millpond.chain.client import connect
from millpond.settings import environment_of_a_child
from scripts import _demo_story as story
from scripts._devchain_chain import CHAIN_ID
from scripts._local_chain import find_anvil, local_chain
from scripts._stage import POOL, Cast, Stage
from tests.scripts.town import NEWCOMER, RELAYER, Town, install

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc"),
]
SECONDS = 60.0
ETHER = 10**18
KEY = bytes.fromhex("5e" * 32)
PASSWORD = "a password of the relay alone"  # noqa: S105  of a test's keyfile


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A co-op of seven founders, two days after it was founded."""
    if find_anvil() is None:
        pytest.skip("needs anvil: npm ci")
    logger.set_level(logging.ERROR)
    with local_chain() as url:
        stage = Stage(url, tmp_path_factory.mktemp("town"), connect(url, CHAIN_ID), Cast())
        install(stage)
        with contextlib.redirect_stdout(io.StringIO()):
            story.found(stage)
            stage.wait_days(2)
        yield Town(stage, tmp_path_factory.mktemp("papers"))


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


def _relay_of(pid: int) -> int | None:
    """The child of the server that relays."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = command.read_bytes().split(b"\0")
            status = command.with_name("status").read_text("utf-8")
            if b"relay" in words and f"\nPPid:\t{pid}\n" in status:
                return int(command.parent.name)
    return None


@dataclass
class Office:
    """The server, as a member's page talks to it."""

    town: Town
    http: httpx.Client
    pid: int
    printed: Path

    def ballot(self, proposal: str, member: int, support: str) -> Any:
        """Sign by the command: what its file holds."""
        ballots = ("--ballots", str(self.town.papers / "ballots"), "--reason", f"says {member}")
        which = ("--proposal", proposal, "--support", support)
        return _content(self.town.sign("pool ballot", *which, *ballots, by=member)["ballot"])

    def join(self, candidate: int, sponsors: Sequence[int]) -> dict[str, Any]:
        """Sign by the commands `invite` and `accept-membership`: what their files hold."""
        papers = ("--papers", str(self.town.papers / "papers"))
        whom = ("--candidate", self.town.address(candidate))
        invited = [self.town.sign("pool invite", *whom, *papers, by=each) for each in sponsors]
        accepted = self.town.sign("pool accept-membership", *papers, by=candidate)["acceptance"]
        invitations = [_content(each["invitation"]) for each in invited]
        return {"acceptance": _content(accepted), "invitations": invitations}

    def post(self, path: str, **body: object) -> str:
        """The item's id."""
        reply = self.http.post(f"/v1/relay/{path}", json={"pool": POOL, **body})
        assert reply.status_code == 202, reply.text
        return str(reply.json()["id"])

    def get(self, path: str) -> Any:
        """Whatever it says."""
        return self.http.get(path).json()

    def await_done(self, *items: str) -> None:
        """Until all of them are on the chain."""

        def done() -> bool:
            states = {self.get(f"/v1/relay/items/{item}")["state"] for item in items}
            assert "refused" not in states
            return states == {"done"}

        _until(done, "on the chain")


def _content(file: str) -> Any:
    return json.loads(Path(file).read_bytes())


@contextlib.contextmanager
def _served(town: Town, folder: Path) -> Iterator[Office]:
    """`millpond serve --relay` with a keyfile."""
    keyfile, password = folder / "relay.json", folder / "password"
    keyfile.write_text(json.dumps(Account.encrypt(KEY, PASSWORD, iterations=2)), "utf-8")
    password.write_text(PASSWORD, "utf-8")
    password.chmod(0o600)
    command = [sys.executable, "-m", "millpond", "serve", "--port", "0", "--relay"]
    command += ["--relay-keystore", str(keyfile), "--relay-password-file", str(password)]
    command += ["--relay-linger", "0", "--hub", town.coop.hub.address, "--poll", "0.1"]
    command += ["--database", str(folder / "mirror.db")]
    printed, node = folder / "printed", environment_of_a_child(town.stage.url)
    with (
        printed.open("wb") as log,
        subprocess.Popen(  # noqa: S603  our own program, no shell
            command, env=node, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Serving http://127.0.0.1:"), printed.read_text("utf-8")
            with httpx.Client(base_url=said.split()[1], timeout=30) as http:
                _until(lambda: http.get("/ready").status_code == httpx.codes.OK, "ready")
                yield Office(town, http, process.pid, printed)
        finally:
            process.terminate()
            process.wait(SECONDS)


@pytest.fixture
def office(town: Town, tmp_path: Path) -> Iterator[Office]:
    """Whose relay's account has just been given an ether. Before, it says that it has none."""
    account = Account.from_key(KEY).address
    with _served(town, tmp_path) as found:
        _until(lambda: found.get("/v1/relay")["trouble"] is not None, "a first round")
        trouble = found.get("/v1/relay")["trouble"]
        assert trouble["problem"] == "NoMoney"
        assert account in trouble["detail"]
        town.stage.client.rpc.tell("anvil_setBalance", [account, hex(ETHER)])
        _until(lambda: bool(found.get("/v1/relay")["works"]), "money")
        yield found
        spent = int(found.get("/v1/relay")["account"]["spent_today"])
        assert spent == ETHER - town.stage.client.balance(account) > 0, "gas, to the last wei"
    told = found.printed.read_text("utf-8")
    for secret in (KEY.hex(), PASSWORD):
        assert secret not in told


def test_members__without_a_wei__vote_and_join_though_the_relay_dies(
    town: Town, office: Office
) -> None:
    town.do("pool give", "--earmark", "0", "--amount", "3", by=2)
    proposal = town.propose("spend", "--amount", "1", "--to", town.address(RELAYER))
    early = [office.ballot(proposal, member, "for") for member in (1, 2, 3)]
    later = [office.ballot(proposal, 4, "against"), office.ballot(proposal, 5, "abstain")]
    papers = office.join(NEWCOMER, (1, 2, 3))
    office.await_done(*(office.post("ballots", ballot=each) for each in early))

    # the relay dies; what is handed in meanwhile is kept, and brought by the next one
    relay = _relay_of(office.pid)
    assert relay is not None
    assert KEY.hex() not in Path(f"/proc/{relay}/cmdline").read_text("utf-8")
    os.kill(relay, signal.SIGKILL)
    late = [office.post("ballots", ballot=each) for each in later]
    office.await_done(*late)
    assert _relay_of(office.pid) != relay
    assert "the relay ended with status -9" in office.printed.read_text("utf-8")
    assert town.coop.governor.proposalVotes(int(proposal)) == (1, 3, 1)

    # the mirror shows them, and the reason is found by its hash
    def shown() -> list[str]:
        found = office.get(f"/v1/pools/{POOL}/proposals/{proposal}/ballots")
        return sorted(each["voter"] for each in found["data"])

    _until(lambda: len(shown()) == 5, "the mirror")
    assert shown() == sorted(town.address(member) for member in range(1, 6))
    digest = office.get(f"/v1/relay/items/{late[0]}/signed")["reasonHash"]
    assert office.get(f"/v1/relay/reasons/{digest}")["text"] == "says 4"

    office.await_done(office.post("joins", **papers))
    assert town.coop.governor.isMember(town.address(NEWCOMER))
