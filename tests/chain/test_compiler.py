# SPDX-License-Identifier: AGPL-3.0-only
"""Contracts rebuilt from their sources."""

from dataclasses import replace
from pathlib import Path

import pytest

from millpond.chain import compiler
from millpond.chain.compiler import Sources, compile_contract, deployable
from millpond.core.errors import DeploymentError, ToolMissing
from tests.chain.built import Built
from tests.chain.nodes import ROOT
from tests.contracts.compiled import artifact

TWO_IMMUTABLES = """# pragma version 0.4.3
A: immutable(uint256)
B: immutable(address)
@deploy
def __init__(a: uint256, b: address):
    A = a
    B = b
@external
@view
def both() -> (uint256, address):
    return A, B
"""


def checkout(folder: Path, **sources: str) -> Path:
    (folder / "contracts").mkdir()
    for name, text in sources.items():
        (folder / "contracts" / f"{name}.vy").write_text(text)
    return folder


def test_compile_contract__same_sources__same_code_wherever_they_lie() -> None:
    built = compile_contract("Bench", ROOT)
    known = artifact("Bench")
    assert (built.runtime, built.creation) == (known.runtime, known.creation)
    assert built.abi == known.abi
    assert built.immutables_size == 0


def test_compile_contract__immutables__by_name_place_and_type(tmp_path: Path) -> None:
    built = compile_contract("Two", checkout(tmp_path, Two=TWO_IMMUTABLES))
    assert built.immutables_size == 64
    assert {name: (i.type, i.offset) for name, i in built.immutables.items()} == {
        "A": ("uint256", 0),
        "B": ("address", 32),
    }


def test_compile_contract__no_such_source__refused() -> None:
    with pytest.raises(DeploymentError, match="no source of Nothing"):
        compile_contract("Nothing", ROOT)


def test_compile_contract__broken_source__named_by_its_file(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match=r"contracts/Bad\.vy does not compile") as caught:
        compile_contract("Bad", checkout(tmp_path, Bad="this is not vyper"))
    assert "git status" in caught.value.next_step


def test_deployable__no_checkout__says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="no contracts under") as caught:
        deployable(tmp_path)
    assert "--sources" in caught.value.next_step


def test_compiler__not_installed__says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="not installed") as caught:
        compiler.compiler()
    assert "millpond[rebuild]" in caught.value.next_step


def test_compiler__another_version__refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "vyper"
    fake.write_text("#!/bin/sh\necho 0.4.2+commit.deadbeef\n")
    fake.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(ToolMissing, match=r"is version 0\.4\.2"):
        compiler.compiler()


def test_sources__asked_twice__compiled_once() -> None:
    sources = Sources(ROOT)
    sources.prepare(["Bench"])
    assert sources.compiled("Bench") is sources.compiled("Bench")


@pytest.mark.parametrize("name", ["Grain", "NftGate"])
def test_compile_contract__of_this_tree__is_what_tests_take_for_it(name: str) -> None:
    """But for the layout of its storage, which is frozen elsewhere."""
    made = compile_contract(name, ROOT)
    assert Built().compiled(name) == replace(made, storage={})
