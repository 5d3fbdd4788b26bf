# SPDX-License-Identifier: AGPL-3.0-only
"""A chain on this machine for the length of a `with` block: anvil where it is installed, else ours.

    with local_chain() as url: ...                     a free port
    with local_chain(8545) as url: ...                 that port, or `PortTaken`
    with local_chain(anvil=None) as url: ...           the in-process chain, whatever is installed

Both have chain id 1337, the Prague rules and the same funded accounts, and move their clocks by
the same requests, so whoever uses the URL need not know which one answers.
"""

import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

from millpond.chain.client import connect
from millpond.chain.rpc import Budget
from millpond.core.errors import ChainError, NodeDown
from scripts._devchain_chain import CHAIN_ID
from scripts.devchain import HOST, DevChain, port_taken

ACCOUNTS = 40
ETHER_EACH = 10_000
_START_SECONDS, _PAUSE_SECONDS, _STOP_SECONDS = 30.0, 0.05, 5.0
_TRIES = 3
_PACKAGES = Path(__file__).parents[1] / "node_modules" / "@foundry-rs"
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def find_anvil() -> Path | None:
    """The anvil that `make setup` installed and checked, or None; no other copy is ever run."""
    machine = _MACHINES.get(platform.machine().lower())
    binary = _PACKAGES / f"anvil-{platform.system().lower()}-{machine}" / "bin" / "anvil"
    return binary if os.access(binary, os.X_OK) else None


_INSTALLED = find_anvil()


@contextmanager
def local_chain(port: int = 0, anvil: Path | None = _INSTALLED) -> Iterator[str]:
    """The URL of a new chain that ends with the block, also when the program is told to end."""
    with _ended_by_signal():
        if anvil is None:
            with DevChain(port, ACCOUNTS, ETHER_EACH) as url:
                yield url
        else:
            with _anvil(anvil, port) as url:
                yield url


@contextmanager
def _anvil(binary: Path, port: int) -> Iterator[str]:
    if port and not _is_free(port):
        raise port_taken(port)
    with tempfile.TemporaryFile() as output:
        for tries_left in reversed(range(_TRIES)):
            chosen = port or free_port()
            process = _start(binary, chosen, output)
            try:
                if _answers(process, chosen):
                    yield f"http://{HOST}:{chosen}"
                    return
            finally:
                _end(process)
            # Somebody may have taken the free port in the meantime; a named port is not swapped.
            if port or not tries_left:
                raise _did_not_start(binary, output)


def _start(binary: Path, port: int, output: IO[bytes]) -> "subprocess.Popen[bytes]":
    # Where Linux can do it, the node also ends when this program is killed outright.
    setpriv = shutil.which("setpriv")
    command = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
    command += [str(binary), "--silent", "--host", HOST, "--port", str(port)]
    command += ["--chain-id", str(CHAIN_ID), "--hardfork", "prague"]
    command += ["--accounts", str(ACCOUNTS), "--balance", str(ETHER_EACH)]
    return subprocess.Popen(  # noqa: S603  the checked binary; no shell, nothing from outside
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
    )


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    """Wait until the node says that it serves our chain; False when it ended instead."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            connect(f"http://{HOST}:{port}", CHAIN_ID, Budget(tries=1, timeout=1.0))
        except NodeDown:
            time.sleep(_PAUSE_SECONDS)
        else:
            return process.poll() is None
    return False


def _did_not_start(binary: Path, output: IO[bytes]) -> ChainError:
    output.seek(0)
    said = output.read().decode(errors="replace").strip().splitlines() or ["it said nothing"]
    return ChainError(
        f"anvil did not start: {said[-1][:200]}",
        f"run {binary} by hand to see why, or go on without it: local_chain(anvil=None)",
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the node that we started, and nothing else."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    try:
        with socket.create_server((HOST, port)):
            return True
    except OSError:
        return False


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Let SIGTERM unwind the stack as Ctrl-C does, so that no node is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
