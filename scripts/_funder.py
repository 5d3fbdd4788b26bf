# SPDX-License-Identifier: AGPL-3.0-only
"""The funder's own program, run as a funder runs it."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

MILLPOND = Path(sys.executable).with_name("millpond")


def verified(command: Sequence[str], quiet: bool = False) -> bool:
    """Run the funder's own program; whether it said yes."""
    output = subprocess.DEVNULL if quiet else None
    run = subprocess.run([str(MILLPOND), *command], stdout=output, check=False)  # noqa: S603
    return run.returncode == 0
