# SPDX-License-Identifier: AGPL-3.0-only
"""The frozen storage layouts are what the compiler says, and no packed word is forgotten."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from millpond.chain.compiler import Slot, storage_in
from millpond.chain.layouts import WORDS, kinds, layout
from scripts import _frozen
from tests.contracts.compiled import CACHE, ROOT, fingerprint, keep, source_of

RENEW = "run: python -m scripts.freeze_abis"
DEPLOYABLE = sorted(set(_frozen.contracts()) - set(_frozen.DEV))
TEXT = re.compile(r"(String|Bytes)\[\d+\]\]*$")


def _storage(name: str) -> dict[str, Slot]:
    """As the compiler has it now; kept until a source changes."""
    source = source_of(name)
    kept = CACHE / f"{name}-layout-{fingerprint(source)}.json"
    if not kept.exists():
        compiler = Path(sys.executable).parent / "vyper"
        command = [str(compiler), "-f", "layout", str(source)]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
        keep(kept, [run.stdout])
    return storage_in(json.loads(kept.read_text())[0])


@pytest.mark.parametrize("name", DEPLOYABLE)
def test_layouts__compiled_again__the_same(name: str) -> None:
    storage = _storage(name)
    path = _frozen.LAYOUTS / f"{name}.json"
    assert path.exists() == bool(storage), RENEW
    if storage:
        assert path.read_text("utf-8") == _frozen.layout_text(storage), RENEW


def test_layouts__each__is_of_a_deployable_contract() -> None:
    assert set(kinds()) <= set(DEPLOYABLE)
    assert len(kinds()) >= 7


def test_words__every_variable_but_texts__has_its_fields() -> None:
    variables = {
        (kind, variable.name)
        for kind in kinds()
        for variable in layout(kind).values()
        if TEXT.search(variable.type) is None
    }
    assert set(WORDS) == variables


@pytest.mark.parametrize(("kind", "name"), sorted(WORDS))
def test_words__fields_of_a_word__lie_side_by_side_within_it(kind: str, name: str) -> None:
    fields = WORDS[kind, name]
    taken = 0
    for field in fields:
        mask = ((1 << field.width) - 1) << field.at
        assert field.width > 0
        assert taken & mask == 0
        taken |= mask
    assert taken < 1 << 256
    assert len({field.name for field in fields}) == len(fields)
