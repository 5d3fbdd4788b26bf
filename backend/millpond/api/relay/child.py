# SPDX-License-Identifier: AGPL-3.0-only
"""The relay as a child of the server: `millpond relay`, started again whenever it ends.

A process of its own, so that no reply waits for a signature and no key is in a process that answers
strangers. It gets the node's address in its environment, as the mirror's writer does.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from millpond.mirror.stores.places import Place


@dataclass(frozen=True)
class RelayProcess:
    """What the relay's process is told."""

    place: Place
    environment: Mapping[str, str]
    """It names the node, and a database that is no file (settings.environment_of_a_child)."""
    hub: str | None = None
    keystore: Path | None = None
    password_file: Path | None = None
    dev_account: int | None = None
    daily: str | None = None
    linger: float | None = None

    @property
    def command(self) -> list[str]:
        """`millpond relay` in this Python."""
        options = {
            "--database": self.place if isinstance(self.place, Path) else None,
            "--hub": self.hub,
            "--keystore": self.keystore,
            "--password-file": self.password_file,
            "--dev-account": self.dev_account,
            "--daily": self.daily,
            "--linger": self.linger,
        }
        given = [str(part) for pair in options.items() if pair[1] is not None for part in pair]
        return [sys.executable, "-m", "millpond", "relay", *given]
