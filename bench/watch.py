# SPDX-License-Identifier: AGPL-3.0-only
"""Runs one program and says how long it took and how much memory it had at most.

python -m bench.watch OUTPUT COMMAND ...        what the program says goes to the file OUTPUT

In a process of its own, because a program's peak is at least that of the process which starts it:
this one is as small as Python gets.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

_UNIT = 1 if sys.platform == "darwin" else 1_024  # of ru_maxrss, in bytes


def watch(output: Path, command: list[str]) -> int:
    """Print the figures and pass on how the program ended."""
    began = time.perf_counter()
    with output.open("wb") as said:
        status = subprocess.run(command, stdout=said, check=False).returncode  # noqa: S603  (ours)
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_bytes": used.ru_maxrss * _UNIT,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(watch(Path(sys.argv[1]), sys.argv[2:]))
