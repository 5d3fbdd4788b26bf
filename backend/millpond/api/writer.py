# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror's writer as a child process: `millpond sync`, started again whenever it ends.

A process of its own, so that decoding never holds up a reply and a writer that dies takes no page
with it. It gets the node's address in its environment, not among its arguments, which every user of
the machine can read: the address may hold a key.
"""

import logging
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from millpond.mirror.stores import Place

_LOG = logging.getLogger("millpond.writer")
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_STEADY_SECONDS = 60.0
"""A writer that lived so long is started again at once."""
_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Sync:
    """What the writer is to follow."""

    database: Place
    environment: Mapping[str, str]
    """Of the writer; it names the node, and a database that is no file
    (settings.environment_of_a_child)."""
    hub: str | None = None
    from_block: int | None = None
    poll: float | None = None

    @property
    def command(self) -> list[str]:
        """`millpond sync` in this Python."""
        file = self.database if isinstance(self.database, Path) else None
        options: dict[str, object] = {"--database": file, "--hub": self.hub}
        options |= {"--from-block": self.from_block, "--poll": self.poll}
        given = [str(part) for pair in options.items() if pair[1] is not None for part in pair]
        return [sys.executable, "-m", "millpond", "sync", *given]


class Writer:
    """Keeps a command running until it is told to stop."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        first_pause: float = _FIRST_PAUSE,
        name: str = "writer",
        passed: tuple[int, ...] = (),
    ) -> None:
        """`passed`: open files and sockets that it is to have, too."""
        self._command = [*_dies_with_us(), *command]
        self._environment = environment
        self._first_pause = first_pause
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._name = name
        self._passed = passed
        self._thread = threading.Thread(target=self._keep, name=name, daemon=True)

    @classmethod
    def of(cls, sync: Sync) -> Self:
        """For `millpond sync`."""
        return cls(sync.command, sync.environment)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _keep(self) -> None:
        pause = self._first_pause
        while not self._stopped.is_set():
            began = time.monotonic()
            status = self._run()
            if self._stopped.is_set():
                return
            if time.monotonic() - began > _STEADY_SECONDS:
                pause = self._first_pause
            _LOG.warning("the %s ended with status %s; again in %.0f s", self._name, status, pause)
            self._stopped.wait(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)

    def _run(self) -> int:
        """One life of it; the exit status. It is ended here when we are told to stop."""
        with subprocess.Popen(  # noqa: S603  our own program, no shell
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=self._passed,
        ) as process:
            while process.poll() is None:
                if self._stopped.wait(0.1):
                    _end(process)
            return process.wait()


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _dies_with_us() -> list[str]:
    """Where Linux can do it, the writer also ends when this program is killed outright."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
