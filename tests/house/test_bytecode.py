# SPDX-License-Identifier: AGPL-3.0-only
"""What ape deploys is what the compiler makes of the sources, and it fits on a chain."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house.tree import CONTRACTS, ROOT, deployables

EIP_170_LIMIT = 24_576
# Less than the limit where functions are still to come.
ROOM_TO_GROW = {"Governor": 23_900}
STORED = ROOT / ".build" / "__local__.json"


class Code(NamedTuple):
    """One contract from the command line of the compiler."""

    creation: str
    runtime_bytes: int
    immutable_bytes: int


@cache
def _compiled(name: str) -> Code:
    command = [str(Path(sys.executable).with_name("vyper"))]
    command += ["-f", "bytecode,bytecode_runtime,layout", str(CONTRACTS / f"{name}.vy")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    creation, runtime, layout = run.stdout.splitlines()
    places = json.loads(layout).get("code_layout", {})
    return Code(creation, len(runtime) // 2 - 1, sum(_lengths(places)))


def _lengths(places: dict[str, object]) -> list[int]:
    """The immutables' lengths; those of a module are one level down."""
    found = []
    for entry in places.values():
        if isinstance(entry, dict):
            length = entry.get("length")
            found += [length] if isinstance(length, int) else _lengths(entry)
    return found


@pytest.mark.parametrize("name", deployables())
def test_bytecode__as_ape_keeps_it__is_what_the_compiler_says(name: str) -> None:
    assert STORED.exists(), "run: make compile"
    stored = json.loads(STORED.read_text("utf-8"))["contractTypes"]
    kept = stored[name]["deploymentBytecode"]["bytecode"]
    assert kept == _compiled(name).creation, f"{name} is stale in .build; run: make compile"


@pytest.mark.parametrize("name", deployables())
def test_bytecode__on_the_chain__is_below_the_limit(name: str) -> None:
    code = _compiled(name)
    size = code.runtime_bytes + code.immutable_bytes
    assert 0 < size < EIP_170_LIMIT
    assert size <= ROOM_TO_GROW.get(name, EIP_170_LIMIT)
