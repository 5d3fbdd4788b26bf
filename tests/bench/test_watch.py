# SPDX-License-Identifier: AGPL-3.0-only
"""How long a program took and how much memory it had, whatever the process that asks for it has."""

import json
import subprocess
import sys
from pathlib import Path

MIB = 2**20


def _watched(output: Path, program: str) -> tuple[int, dict[str, float]]:
    command = [sys.executable, "-m", "bench.watch", str(output), sys.executable, "-c", program]
    root = Path(__file__).parents[2]
    run = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=False)  # noqa: S603
    return run.returncode, json.loads(run.stdout)


def test_watch__a_small_program_of_a_large_parent__is_small(tmp_path: Path) -> None:
    held = b"\x01" * (300 * MIB)
    status, found = _watched(tmp_path / "said", "print(5)")
    assert (status, len(held)) == (0, 300 * MIB)
    assert found["peak_bytes"] < 100 * MIB
    assert (tmp_path / "said").read_text() == "5\n"


def test_watch__a_large_program__is_large_and_takes_its_time(tmp_path: Path) -> None:
    program = f"import time; held = b'1' * {200 * MIB}; time.sleep(0.2)"
    _, found = _watched(tmp_path / "said", program)
    assert 200 * MIB < found["peak_bytes"] < 300 * MIB
    assert found["seconds"] >= 0.2


def test_watch__a_program_that_fails__is_passed_on(tmp_path: Path) -> None:
    assert _watched(tmp_path / "said", "raise SystemExit(7)")[0] == 7
