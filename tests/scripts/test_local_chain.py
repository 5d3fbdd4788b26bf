# SPDX-License-Identifier: AGPL-3.0-only
"""Starting, ending and refusing local chains. What they answer is tested in test_devchain.py."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from millpond.chain.client import connect
from millpond.chain.rpc import Budget
from millpond.core.errors import ChainError, NodeDown, PortTaken
from scripts._local_chain import local_chain
from tests.scripts.conftest import ENGINES

ROOT = Path(__file__).parents[2]
ONCE = Budget(tries=1)
engines = pytest.mark.parametrize("anvil", ENGINES.values(), ids=list(ENGINES))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@engines
def test_local_chain__no_port_named__serves_chain_1337_and_is_gone_afterwards(
    anvil: Path | None,
) -> None:
    with local_chain(anvil=anvil) as url:
        assert connect(url, 1337, ONCE).block().number == 0
    with pytest.raises(NodeDown):
        connect(url, 1337, ONCE)


@engines
def test_local_chain__a_client_keeps_its_connection__still_gone_afterwards(
    anvil: Path | None,
) -> None:
    with local_chain(anvil=anvil) as url:
        client = connect(url, 1337, ONCE)
    with pytest.raises(NodeDown):
        client.block()


@engines
def test_local_chain__port_named__listens_there(anvil: Path | None) -> None:
    port = _free_port()
    with local_chain(port, anvil) as url:
        assert url == f"http://127.0.0.1:{port}"
        connect(url, 1337, ONCE)


@engines
def test_local_chain__port_taken__refused_with_the_next_step(anvil: Path | None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as refusal, local_chain(port, anvil):
            pass
    assert refusal.value.message == f"another program listens on 127.0.0.1:{port}"
    assert "choose another port" in refusal.value.next_step


@engines
def test_local_chain__two_at_once__each_is_its_own_chain(anvil: Path | None) -> None:
    with local_chain(anvil=anvil) as one, local_chain(anvil=anvil) as other:
        connect(one, 1337, ONCE).rpc.tell("evm_mine")
        assert connect(one, 1337, ONCE).block().number == 1
        assert connect(other, 1337, ONCE).block().number == 0


@engines
def test_local_chain__an_error_in_the_block__comes_through_and_ends_the_chain(
    anvil: Path | None,
) -> None:
    with pytest.raises(ZeroDivisionError), local_chain(anvil=anvil) as url:
        raise ZeroDivisionError
    with pytest.raises(NodeDown):
        connect(url, 1337, ONCE)


PROGRAM = (
    "import signal, sys; from pathlib import Path\n"
    "from scripts._local_chain import local_chain\n"
    "anvil = Path(sys.argv[1]) if sys.argv[1] else None\n"
    "with local_chain(anvil=anvil) as url:\n"
    "    print(url, flush=True); signal.pause()\n"
)


def _end_a_program_by(number: signal.Signals, anvil: Path | None) -> tuple[int, str]:
    """Its exit status and the URL of the chain that it had started."""
    command = [sys.executable, "-c", PROGRAM, str(anvil or "")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:  # noqa: S603
        assert child.stdout is not None
        url = child.stdout.readline().decode().strip()
        connect(url, 1337)
        os.kill(child.pid, number)
        return child.wait(20), url


def _is_gone(url: str) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            connect(url, 1337, ONCE)
        except NodeDown:
            return True
        time.sleep(0.05)
    return False


@engines
def test_local_chain__the_program_is_terminated__the_chain_ends_with_it(
    anvil: Path | None,
) -> None:
    status, url = _end_a_program_by(signal.SIGTERM, anvil)
    assert status == 128 + signal.SIGTERM
    with pytest.raises(NodeDown):
        connect(url, 1337, ONCE)


@pytest.mark.parametrize(
    "anvil", ENGINES.values() if shutil.which("setpriv") else [None], ids=lambda a: a and a.name
)
def test_local_chain__the_program_is_killed__no_node_is_left_behind(anvil: Path | None) -> None:
    status, url = _end_a_program_by(signal.SIGKILL, anvil)
    assert status == -signal.SIGKILL
    assert _is_gone(url)


def test_local_chain__anvil_that_cannot_start__named_error_with_its_words(tmp_path: Path) -> None:
    broken = tmp_path / "anvil"
    broken.write_text("#!/bin/sh\necho 'this is no node' >&2\nexit 3\n")
    broken.chmod(0o755)
    with (
        pytest.raises(ChainError, match="anvil did not start: this is no node"),
        local_chain(anvil=broken),
    ):
        pass
