# SPDX-License-Identifier: AGPL-3.0-only
"""The newest copy of the whole mirror, kept as a file and made anew at most once an hour."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from millpond.api.problems import NoCopies, TooBusy
from millpond.core.errors import MillpondError
from millpond.mirror import copies
from millpond.mirror.copies import Copy
from millpond.mirror.reads.health import require_sound
from millpond.mirror.reads.snapshot import Mirror, Snapshot
from millpond.mirror.store import MirrorError

_LOG = logging.getLogger("millpond.copies")
EVERY_SECONDS = 3_600.0
_KEPT = 2
"""Files: who still fetches the last one is not cut off."""
_TURN_SECONDS = 5.0


@dataclass(frozen=True)
class _Made:
    copy: Copy
    at: float


class Copies:
    """Copies of one mirror in one folder. Without a folder there are none."""

    def __init__(
        self,
        mirror: Mirror,
        folder: Path | None,
        clock: Callable[[], float] = time.monotonic,
        every: float = EVERY_SECONDS,
    ) -> None:
        self.folder = folder
        self._mirror, self._clock, self._every = mirror, clock, every
        self._making = threading.Lock()
        self._newest: _Made | None = None

    def newest(self) -> Copy:
        """The newest; it is made first where there is none yet. An old one is handed out while the
        next is being made. `NoCopies`, `NothingFinal`."""
        made = self._newest
        if made is None or not self.path(made.copy).exists():
            return self._first().copy  # none yet; or another process of this server tidied it away
        if self._clock() - made.at >= self._every and self._making.acquire(blocking=False):
            threading.Thread(target=self._renew, name="copies", daemon=True).start()
        return made.copy

    def path(self, copy: Copy) -> Path:
        """Where it lies."""
        assert self.folder is not None  # noqa: S101  there is a copy only where there is a folder
        return self.folder / copy.name

    def _first(self) -> _Made:
        if not self._making.acquire(timeout=_TURN_SECONDS):
            raise TooBusy("the first copy is being made", "ask again in a minute")
        try:
            made = self._newest
            if made is not None and self.path(made.copy).exists():
                return made
            self._newest = None
            return self._make()
        finally:
            self._making.release()

    def _renew(self) -> None:
        """In a thread of its own, which holds the lock already."""
        try:
            self._make()
        except MillpondError as error:
            _LOG.warning("no new copy of the mirror: %s", error)
        finally:
            self._making.release()

    def _make(self) -> _Made:
        if self.folder is None:
            raise NoCopies("this server hands out no copies", "start it with --copies FOLDER")
        with self._mirror.snapshot("finalized") as now:
            require_sound(now)
            if self._newest is None or self._newest.copy.block_hash != now.as_of.block_hash:
                made = self._written(now, self.folder)
            else:
                made = self._newest.copy
        self._newest = _Made(made, self._clock())
        self._tidy(made)
        return self._newest

    def _written(self, now: Snapshot, folder: Path) -> Copy:
        try:
            return copies.write(now, folder)
        except OSError as error:
            raise MirrorError(
                f"no copy can be written to {folder} ({error.strerror})",
                "look at the folder's rights, and whether its disk is full",
            ) from error

    def _tidy(self, newest: Copy) -> None:
        """Only the last few stay."""
        assert self.folder is not None  # noqa: S101  as above
        found = sorted(
            self.folder.glob("millpond-*.sqlite"), key=lambda path: path.stat().st_mtime_ns
        )
        for path in found[:-_KEPT]:
            if path.name != newest.name:
                with contextlib.suppress(OSError):
                    path.unlink()
