# SPDX-License-Identifier: AGPL-3.0-only
"""What ape deploys is what the compiler makes of the sources, and it fits on a chain."""

import json

import pytest

from scripts._manifest import MANIFEST
from tests.contracts.compiled import EIP_170_LIMIT, artifact
from tests.house.tree import ROOT, deployables

# Less than the limit where functions are still to come.
ROOM_TO_GROW = {"Governor": 23_900}
STORED = ROOT / ".build" / "__local__.json"


def _immutable_bytes(name: str) -> int:
    """What the constructor writes behind the code; test_manifest.py proves the manifest."""
    listed = json.loads((ROOT / MANIFEST).read_bytes())["contracts"][name]["immutables"]
    return sum(int(each["length"]) for each in listed)


@pytest.mark.parametrize("name", deployables())
def test_bytecode__as_ape_keeps_it__is_what_the_compiler_says(name: str) -> None:
    assert STORED.exists(), "run: make compile"
    stored = json.loads(STORED.read_text("utf-8"))["contractTypes"]
    kept = stored[name]["deploymentBytecode"]["bytecode"]
    assert kept == "0x" + artifact(name).creation.hex(), (
        f"{name} is stale in .build; run: make compile"
    )


@pytest.mark.parametrize("name", deployables())
def test_bytecode__on_the_chain__is_below_the_limit(name: str) -> None:
    size = len(artifact(name).runtime) + _immutable_bytes(name)
    assert 0 < size < EIP_170_LIMIT
    assert size <= ROOM_TO_GROW.get(name, EIP_170_LIMIT)
