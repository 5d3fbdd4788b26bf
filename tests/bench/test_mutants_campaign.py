# SPDX-License-Identifier: AGPL-3.0-only
"""A small campaign as one starts it: what weak tests leave alive, and how a stopped one goes on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.mutants.children import OUT_OF_TIME, worked
from bench.mutants.mutations import mutants
from tests.contracts.compiled import CONTRACTS, ROOT

# Only that it says yes, so nothing that makes it say yes more often is noticed.
WEAK = """
from tests.contracts.evm import Evm

def test_require_time__now__holds():
    evm = Evm()
    evm.deploy("Pins").require_time(0, evm.now)
"""
SAMPLE = ("--sample", "1/4", "--seed", "502")  # some of each end


def _run(cache: Path, tests: Path, *more: str) -> tuple[int, str]:
    arguments = ("--contract", "Pins", "--tests", str(tests), "--walks", "0", "--jobs", "1")
    command = [sys.executable, "-m", "bench.mutants", *arguments, "--cache", str(cache), *more]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  (ours)
    return run.returncode, run.stdout + run.stderr


def _ends(cache: Path) -> dict[str, str]:
    lines = (cache / "journal.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    assert len({each["id"] for each in found}) == len(found), "judged twice"
    return {each["id"]: each["end"] for each in found}


@pytest.fixture
def weak(tmp_path: Path) -> Path:
    """Tests that notice little."""
    path = tmp_path / "test_weak.py"
    path.write_text(WEAK)
    return path


def test_campaign__of_weak_tests__tells_what_lives_and_goes_on_where_it_was(
    tmp_path: Path, weak: Path
) -> None:
    status, said = _run(tmp_path, weak, *SAMPLE)
    assert status == 1, said
    ends = _ends(tmp_path)
    assert {"killed", "survived", "invalid", "same code"} <= set(ends.values()), ends
    alive = [name for name, end in ends.items() if end == "survived"]
    assert all(f"unexplained: {name}" in said for name in alive)
    # half of it is lost, as when it is stopped
    journal = tmp_path / "journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[: len(lines) // 2]))
    _, said = _run(tmp_path, weak, *SAMPLE)
    assert f"{len(lines)} mutants, {len(lines) // 2} known from before" in said
    assert _ends(tmp_path) == ends


def test_one__by_name__shows_the_mistake_and_who_notices(tmp_path: Path) -> None:
    strong = ROOT / "tests" / "contracts" / "test_pins.py"
    found = mutants("Pins.vy", (CONTRACTS / "Pins.vy").read_text("utf-8"))
    (name,) = [each.id for each in found if each.kind == "condition"]
    status, said = _run(tmp_path, strong, "--one", name)
    assert status == 0, said
    assert "+    if not (token != empty(address)):" in said
    assert "test_pins.py::test_require_balance" in said
    assert _ends(tmp_path) == {name: "killed"}


def _for_ever() -> None:
    while True:
        pass


def _wrong() -> None:
    raise ValueError("no answer")


def test_worked__each_piece__is_told_with_its_answer_or_why_there_is_none() -> None:
    pieces = [("good", lambda: [1, "a"]), ("wrong", _wrong), ("long", _for_ever)]
    found = {each.name: each for each in worked(pieces, 2, 1)}
    assert found["good"].answer == [1, "a"]
    assert "ValueError: no answer" in found["wrong"].trouble
    assert found["long"].trouble == OUT_OF_TIME
