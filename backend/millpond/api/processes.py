# SPDX-License-Identifier: AGPL-3.0-only
"""Several processes that answer on one socket, so that one slow question does not hold up others
and every core has work.

The first process listens and answers nothing itself: it starts the others, starts again whichever
ends, and ends them with it. They count what they answer in a folder that they share.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from millpond.api.metrics import SHARED
from millpond.api.writer import Writer

LISTENING = "--listening"


@dataclass(frozen=True)
class Together:
    """How many, and how each is started."""

    count: int
    arguments: tuple[str, ...]
    """Of this very command: the others are told the same."""
    environment: Mapping[str, str]

    def command(self, socket: int) -> list[str]:
        """One of them, on a socket that it inherits."""
        return [sys.executable, "-m", "millpond", *self.arguments, LISTENING, str(socket)]


@contextmanager
def running(wanted: Together, socket: int) -> Iterator[None]:
    """All of them, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="millpond-metrics-") as folder, ExitStack() as stack:
        environment = {**wanted.environment, SHARED: folder}
        for number in range(1, wanted.count + 1):
            child = Writer(
                wanted.command(socket), environment, name=f"server {number}", passed=(socket,)
            )
            stack.enter_context(child)
        yield
