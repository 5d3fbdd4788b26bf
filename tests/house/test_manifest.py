# SPDX-License-Identifier: AGPL-3.0-only
"""docs/manifest.json is what this tree makes, it is complete, and it is the same everywhere."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from scripts import _manifest
from scripts._manifest import MANIFEST, SUMS, Code
from tests.contracts.compiled import artifact, source_of, sources_of
from tests.house.tree import CONTRACTS, ROOT, deployables, named

STALE = "a contract or the compiler changed; run: make manifest"
# Small contracts, of which one imports modules and is a blueprint.
SAMPLE = ("Grain", "Pins")
ENTRY = """
import json, sys
from pathlib import Path
from millpond.chain.compiler import compile_contract
from scripts._manifest import Code, entry
root = Path(sys.argv[1])
for name in sys.argv[2:]:
    built = compile_contract(name, root)
    print(json.dumps(entry(name, root, Code(built.abi, built.creation, built.runtime))))
"""


@cache
def committed() -> Any:
    return json.loads((ROOT / MANIFEST).read_bytes())


def _code_of(name: str) -> Code:
    made = artifact(name)
    return Code(made.abi, made.creation, made.runtime)


def test_manifest__committed__is_what_this_tree_makes() -> None:
    made = _manifest.texts(ROOT, _code_of)
    assert set(made) == {MANIFEST, SUMS}
    stale = [str(name) for name, text in made.items() if (ROOT / name).read_bytes() != text]
    assert stale == [], STALE


def test_manifest__contracts__are_all_that_people_deploy() -> None:
    assert sorted(committed()["contracts"]) == deployables()


@pytest.mark.parametrize("name", deployables())
def test_manifest__sources__are_all_that_the_files_import(name: str) -> None:
    """Read from the text of the imports, where the manifest asks the compiler."""
    said = committed()["contracts"][name]["sources"]
    assert set(said["millpond"]) == {named(path) for path in sources_of(source_of(name))}
    assert set(said) <= {"millpond", f"vyper {metadata.version('vyper')}"}


def test_sums__each_line__is_the_hash_of_a_file_of_contracts() -> None:
    lines = (ROOT / SUMS).read_text("utf-8").splitlines()
    listed = {}
    for line in lines:
        hashed, name = line.split("  ")
        assert hashed == hashlib.sha256((ROOT / name).read_bytes()).hexdigest(), name
        listed[name] = hashed
    assert len(listed) == len(lines)
    rooms = (CONTRACTS, CONTRACTS / "modules")
    assert {named(path) for room in rooms for path in room.glob("*.vy")} <= set(listed)


def test_sums__a_changed_file__is_told_by_sha256sum_alone(tmp_path: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("this machine has no sha256sum")
    shutil.copytree(CONTRACTS, tmp_path / "contracts")
    command = ["sha256sum", "--check", "--quiet", str(ROOT / SUMS)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert (run.returncode, run.stdout) == (0, "")
    with (tmp_path / "contracts" / "Grain.vy").open("ab") as file:
        file.write(b"\n")
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 1
    assert run.stdout == "contracts/Grain.vy: FAILED\n"


def test_entry__elsewhere_and_under_other_settings__is_the_same(tmp_path: Path) -> None:
    """Another folder, hash seed, locale, time zone and umask."""
    root = tmp_path / "somewhere else"
    shutil.copytree(CONTRACTS, root / "contracts", ignore=shutil.ignore_patterns("mocks"))
    odd = {"PYTHONHASHSEED": "4711", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Apia", "LANG": "C"}
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ENTRY, str(root), *SAMPLE],
        cwd=ROOT,
        env=os.environ | odd,
        umask=0o077,
        capture_output=True,
        text=True,
        check=True,
    )
    made = [json.loads(line, parse_int=str) for line in run.stdout.splitlines()]
    assert made == [committed()["contracts"][name] for name in SAMPLE]


def test_tools__of_the_manifest__are_the_compiler_and_what_it_needs() -> None:
    said = committed()["tools"]
    assert said["vyper"] == "0.4.3"
    assert {"asttokens", "cbor2", "lark", "pycryptodome"} <= set(said)
    assert {name: metadata.version(name) for name in said} == said


def test_compiler__any_of_its_files_changed__has_another_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _manifest.compiler_files() == committed()["compiler"]["files"]
    real = Path(str(metadata.distribution("vyper").locate_file("vyper")))
    shutil.copytree(real, tmp_path / "vyper", ignore=shutil.ignore_patterns("*.pyc"))
    installed = metadata.PathDistribution(tmp_path / "vyper-0.4.3.dist-info")
    monkeypatch.setattr(metadata, "distribution", lambda _: installed)
    assert _manifest.compiler_files() == committed()["compiler"]["files"]
    with (tmp_path / "vyper" / "codegen" / "core.py").open("ab") as file:
        file.write(b"\n")
    assert _manifest.compiler_files() != committed()["compiler"]["files"]


def test_settings__of_every_contract__are_those_that_are_audited() -> None:
    """The old pipeline, one EVM version, locks everywhere unless a source says otherwise."""
    for name, said in committed()["contracts"].items():
        settings = said["settings"]
        assert settings["evm_version"] == "prague", name
        assert settings["experimental_codegen"] is False, name
        assert settings["nonreentrancy_by_default"] is True, name
        assert settings["optimize"] in {"gas", "codesize"}, name
    ape = (ROOT / "ape-config.yaml").read_text("utf-8")
    assert "experimental" not in ape
    assert "venom" not in ape
    assert "evm_version: prague" in ape
    pragmas = [p for p in CONTRACTS.rglob("*.vy*") if "experimental-codegen" in p.read_text()]
    assert pragmas == []
