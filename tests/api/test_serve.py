# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond serve` as it is run: the server, and its writer as a child that is kept alive."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from millpond.api.server import Serving, serve
from millpond.api.writer import Sync, Writer
from millpond.chain.client import connect
from millpond.cli import cli, run
from millpond.core.errors import BadInput, PortTaken, ToolMissing
from millpond.settings import environment_of_a_child
from scripts._local_chain import local_chain
from tests.api.story import Story
from tests.chain.coop import PATRONS, Coop
from tests.chain.nodes import CHAIN_ID, QUICK

SECONDS = 60.0
NODE = environment_of_a_child("http://node")


def _until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


@contextmanager
def _running(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`millpond serve` on a free port; the process and its address."""
    command = [sys.executable, "-m", "millpond", "serve", "--port", "0", *options]
    with subprocess.Popen(  # noqa: S603  our own program, no shell
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Serving http://127.0.0.1:"), said
            yield process, said.split()[1]
        finally:
            process.terminate()


def _children(pid: int) -> list[int]:
    """The processes whose parent this is."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text("utf-8")
        except OSError:
            continue
        if f"\nPPid:\t{pid}\n" in text:
            found.append(int(status.parent.name))
    return found


def _is_alive(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    try:
        text = (Path("/proc") / str(pid) / "stat").read_text("utf-8")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def _is_ready(url: str) -> bool:
    return httpx.get(f"{url}/ready").status_code == httpx.codes.OK


@pytest.fixture(scope="module")
def node() -> Iterator[str]:
    """A chain of its own."""
    with local_chain() as url:
        yield url


@pytest.fixture(scope="module")
def coop(node: str) -> Coop:
    """A co-op on it."""
    return Coop.make(connect(node, CHAIN_ID, QUICK))


linux_only = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


def test_serve__without_a_node__shows_what_is_there_and_writes_nothing(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.feed.store.say(story.feed.store.cursor().block_number, 1, None)
    with _running("--database", str(story.place)) as (process, url):
        assert httpx.get(f"{url}/health").json() == {"status": "alive"}
        assert httpx.get(f"{url}/v1/pools").json()["data"][0]["name"] == "mill"
        assert httpx.get(url).status_code == httpx.codes.OK
        assert not _is_ready(url), "its writer's last word is of 1970"
        assert _children(process.pid) == []
        process.terminate()
        assert process.wait(SECONDS) in {128 + signal.SIGTERM, -signal.SIGTERM}


def test_serve__told_its_options__limits_whom_the_proxy_names_and_knows_its_own_address(
    tmp_path: Path,
) -> None:
    story, copies = Story(tmp_path), tmp_path / "copies"
    options = ("--rate", "0.001", "--burst", "2", "--proxy", "127.0.0.1", "--copies", str(copies))
    public = ("--public-url", "https://coop.example/")
    with _running("--database", str(story.place), *options, *public) as (_, url):

        def asked(who: str, path: str = "/v1/pools") -> httpx.Response:
            return httpx.get(f"{url}{path}", headers={"X-Forwarded-For": who})

        first = [asked("203.0.113.5") for _ in range(3)]
        assert [each.status_code for each in first] == [200, 200, 429]
        assert first[0].headers["ratelimit-limit"] == "2"
        feed = asked("203.0.113.6", "/v1/pools/mill/feeds/proposals.atom").text
        assert 'href="https://coop.example/pools/mill' in feed
        copy = asked("203.0.113.7", "/v1/snapshot")
        assert (copies / copy.json()["name"]).stat().st_size == copy.json()["size"]


def test_serve__without_a_proxy__takes_nobodys_word_for_who_asks(tmp_path: Path) -> None:
    story = Story(tmp_path)
    options = ("--database", str(story.place), "--burst", "2")
    for rate, third in (("0.001", 429), ("0", 200)):
        with _running(*options, "--rate", rate) as (_, url):
            replies = [
                httpx.get(f"{url}/v1/pools", headers={"X-Forwarded-For": f"203.0.113.{n}"})
                for n in range(3)
            ]
            assert [each.status_code for each in replies] == [200, 200, third]
            assert ("ratelimit-limit" in replies[0].headers) == (rate != "0")
            if third == 200:
                name = httpx.get(f"{url}/v1/snapshot").json()["name"]
                assert (tmp_path / f"{Path(str(story.place)).name}.copies" / name).exists()


@linux_only
def test_serve__with_a_node__mirrors_it_by_a_child_that_is_started_again(
    tmp_path: Path, node: str, coop: Coop
) -> None:
    """From an empty folder to ready; the writer killed, a gift given, ready again; the end."""
    database = tmp_path / "new" / "mirror.db"
    options = ("--hub", coop.hub.address, "--poll", "0.1", "--database", str(database))
    with _running(*options, MILLPOND_RPC=node) as (process, url):
        _until(lambda: _is_ready(url), "ready")
        [pool] = httpx.get(f"{url}/v1/pools").json()["data"]
        assert pool["address"] == coop.pool.address
        [writer] = _children(process.pid)
        arguments = Path(f"/proc/{writer}/cmdline").read_text("utf-8")
        assert node not in arguments, "a node's address may hold a key"
        os.kill(writer, signal.SIGKILL)
        coop.give(PATRONS[0], 0, 5)
        head = coop.client.block().number

        def caught_up() -> bool:
            status = httpx.get(f"{url}/status").json()
            return bool(status["ready"] and status["block_number"] == head)

        _until(caught_up, "ready again")
        [gift] = httpx.get(f"{url}/v1/pools/credsperiment/gifts").json()["data"]
        assert gift["amount"]["amount"] == "5"
        [again] = _children(process.pid)
        assert again != writer
        process.terminate()
        process.wait(SECONDS)
        assert not _is_alive(again)


@linux_only
def test_serve__killed_outright__leaves_no_writer_behind(
    tmp_path: Path, node: str, coop: Coop
) -> None:
    options = ("--hub", coop.hub.address, "--database", str(tmp_path / "mirror.db"))
    with _running(*options, "--rpc", node) as (process, _):
        _until(lambda: len(_children(process.pid)) == 1, "a writer")
        [writer] = _children(process.pid)
        process.kill()
        process.wait(SECONDS)
        _until(lambda: not _is_alive(writer), "the writer's end")


def test_serve__a_port_that_is_taken__says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wanted = Serving(tmp_path / "mirror.db", None, "127.0.0.1", port, None)
        with pytest.raises(PortTaken, match=f"port {port}"):
            serve(wanted, lambda _: None)


def test_serve__a_host_that_is_none__says_so(tmp_path: Path) -> None:
    wanted = Serving(tmp_path / "mirror.db", None, "256.1.1.1", 0, None)
    with pytest.raises((BadInput, PortTaken)):
        serve(wanted, lambda _: None)


def test_serve__without_the_packages__names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pip install millpond` alone: verifying works, serving says what is missing."""
    for name in [each for each in sys.modules if each.startswith("millpond.api")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ToolMissing, match="uvicorn") as caught:
        cli.main(["serve"], standalone_mode=False)
    assert 'pip install "millpond[api]"' in caught.value.next_step
    assert run(["serve"]) == 3


def test_cli__as_long_as_nothing_is_served__loads_none_of_the_extra() -> None:
    code = "import sys, millpond.cli; print([m for m in ('fastapi', 'jinja2') if m in sys.modules])"
    found = subprocess.run(  # noqa: S603  our own program, no shell
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_serve__asked_for_help__says_how_it_is_called() -> None:
    text = CliRunner().invoke(cli, ["serve", "--help"]).output
    for option in ("--database", "--documents", "--host", "--port", "--rpc", "--hub"):
        assert option in text


# --- the writer alone -----------------------------------------------------------------------------


def test_sync__its_command__names_everything_but_the_node() -> None:
    sync = Sync(Path("mirror.db"), environment_of_a_child("http://secret@node"), "0xhub", 0, 0.5)
    assert sync.command[1:] == [
        *("-m", "millpond", "sync", "--database", "mirror.db"),
        *("--hub", "0xhub", "--from-block", "0", "--poll", "0.5"),
    ]
    assert Sync(Path("a"), {}).command[1:] == ["-m", "millpond", "sync", "--database", "a"]


def _counting(path: Path, then: str = "") -> list[str]:
    """A program that writes down that it was started, and with which node."""
    code = (
        "import os, time;"
        f"open({str(path)!r}, 'a').write(os.environ['MILLPOND_RPC'] + '\\n');" + then
    )
    return [sys.executable, "-c", code]


def _lives(path: Path) -> int:
    return len(path.read_text("utf-8").split()) if path.exists() else 0


def test_writer__whose_command_ends__starts_it_again_more_slowly(tmp_path: Path) -> None:
    path = tmp_path / "lives"
    with Writer(_counting(path), NODE, first_pause=0.01):
        _until(lambda: _lives(path) >= 3, "three lives")
    after = _lives(path)
    time.sleep(0.5)
    assert _lives(path) == after
    assert set(path.read_text("utf-8").split()) == {"http://node"}


def test_writer__told_to_stop__ends_its_command_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lives"
    began = time.monotonic()
    with Writer(_counting(path, "time.sleep(600)"), NODE):
        _until(lambda: _lives(path) == 1, "a life")
    assert time.monotonic() - began < SECONDS
    assert _lives(path) == 1


def test_writer__told_to_stop_while_it_waits__does_not_start_again(tmp_path: Path) -> None:
    path = tmp_path / "lives"
    with Writer(_counting(path), NODE, first_pause=600):
        _until(lambda: _lives(path) == 1, "a life")
        time.sleep(0.3)
    assert _lives(path) == 1


def test_serve__what_it_accepts__sends_a_reply_without_waiting_for_its_first_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each reply on a kept connection takes 40 ms longer: the kernels wait for each other."""
    seen: list[int] = []

    def run(_: object, sockets: list[socket.socket]) -> None:
        with socket.create_connection(sockets[0].getsockname()):
            accepted, _ = sockets[0].accept()
            with accepted:
                seen.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr("uvicorn.Server.run", run)
    serve(Serving(tmp_path / "none.db", None, "127.0.0.1", 0, None), lambda _: None)
    assert seen == [1]
