# SPDX-License-Identifier: AGPL-3.0-only
"""A watch over a writer that should move and does not.

Every question to a node has its time, so a writer that says nothing for longer than many of them
hangs. Then its connections are left behind once; if that does not help it is ended, since whoever
started it can start it again, and an end can come at any moment without harm.
"""

import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

STALLED = 75
"""The exit status of a writer that was ended: try again."""
_LOOKS = 8


class Watchdog:
    """Wants to hear `alive()` at least every `patience` seconds."""

    def __init__(
        self,
        patience: float,
        reconnect: Callable[[], None],
        end: Callable[[int], object] = os._exit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience = patience
        self._reconnect = reconnect
        self._end = end
        self._clock = clock
        self._heard = clock()
        self._reconnected = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> Self:
        self.alive()
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def alive(self) -> None:
        """The writer has moved, or has said why it does not."""
        self._heard = self._clock()
        self._reconnected = False

    def _watch(self) -> None:
        while not self._over.wait(self._patience / _LOOKS):
            self.look()

    def look(self) -> None:
        """One look at the time."""
        if self._clock() - self._heard <= self._patience:
            return
        if self._reconnected:
            self._end(STALLED)
            return
        self._reconnect()
        self._heard, self._reconnected = self._clock(), True
