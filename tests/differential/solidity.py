# SPDX-License-Identifier: AGPL-3.0-only
"""OpenZeppelin's contracts, compiled here from their own sources, for the same engine as ours.

    with beside_ours():
        token = Evm().deploy("OzToken", "grain", "GRAIN", minter)

The sources in this folder only put OpenZeppelin's parts together. Node compiles them, with npm's
solc; what it makes is kept under the hash of these sources and of the two packages' versions.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.contracts.changed import Tree
from tests.contracts.compiled import ROOT, Artifact, keep, made_by

HERE = Path(__file__).parent
PACKAGES = ROOT / "node_modules"
KEPT = ROOT / ".cache" / "solc"
NAMES = ("OzToken", "OzMembers", "OzGovernor")


def missing() -> str | None:
    """What is not here to compile with, or None."""
    if shutil.which("node") is None:
        return "Node is not installed: it runs Solidity's compiler"
    if not (PACKAGES / "solc").exists() or not (PACKAGES / "@openzeppelin").exists():
        return "Solidity's compiler and OpenZeppelin's sources come with Node (make setup)"
    return None


def versions() -> dict[str, str]:
    """Of the packages that the other side is made of."""
    return {name: _version(name) for name in ("solc", "@openzeppelin/contracts")}


@contextmanager
def beside_ours() -> Iterator[None]:
    """For as long as this lasts contracts are made of these sources as well as of ours."""
    with made_by(_artifact):
        yield


def _artifact(name: str) -> Artifact:
    return _compiled()[name] if name in NAMES else _ours(name)


@cache
def _ours(name: str) -> Artifact:
    return Tree().artifact(name)


@cache
def _compiled() -> dict[str, Artifact]:
    kept = KEPT / f"{_fingerprint()}.json"
    if not kept.exists():
        keep(kept, _run())
    return {
        name: Artifact(name, abi, bytes.fromhex(creation), bytes.fromhex(runtime))
        for name, abi, creation, runtime in json.loads(kept.read_text())
    }


def _run() -> list[Any]:
    files = [f"{name}.sol" for name in NAMES]
    command = ["node", str(HERE / "compile.mjs"), *files]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    # solc's own start may say a word before the JSON
    said = json.loads(run.stdout[run.stdout.index("{") :])
    errors = [e["formattedMessage"] for e in said.get("errors", ()) if e["severity"] == "error"]
    if errors:
        raise RuntimeError("\n".join(errors))
    made = [(name, said["contracts"][f"{name}.sol"][name]) for name in NAMES]
    return [
        [name, each["abi"], *(each["evm"][code]["object"] for code in CODES)] for name, each in made
    ]


CODES = ("bytecode", "deployedBytecode")


def _fingerprint() -> str:
    digest = sha256(json.dumps(versions(), sort_keys=True).encode())
    for path in [*(HERE / f"{name}.sol" for name in NAMES), HERE / "compile.mjs"]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def _version(package: str) -> str:
    return str(json.loads((PACKAGES / package / "package.json").read_text())["version"])
