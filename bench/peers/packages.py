# SPDX-License-Identifier: AGPL-3.0-only
"""The peers' packages as npm has laid them down: their versions, and contracts already compiled."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.peers.compiler import HERE, PACKAGES, Artifact
from millpond.core.errors import ToolMissing

OURS = "file:"
"""How package.json writes what is no package but a folder of ours."""
NOT_INSTALLED = "not installed"


def versions(folder: Path = HERE) -> dict[str, str]:
    """What package.json asks for, at the version that is really there, or `NOT_INSTALLED`."""
    wanted = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    return {
        name: _version(folder / "node_modules" / name, name)
        for name, version in sorted(wanted.items())
        if not version.startswith(OURS)
    }


def _version(package: Path, name: str) -> str:
    """A package that stands under another name says its own."""
    path = package / "package.json"
    if not path.is_file():
        return NOT_INSTALLED
    said = json.loads(path.read_text("utf-8"))
    return said["version"] if said["name"] == name else f"{said['name']} {said['version']}"


def artifact(path: str, name: str) -> Artifact:
    """A contract that its own authors compiled, out of their package."""
    try:
        said: Mapping[str, Any] = json.loads((PACKAGES / path).read_text("utf-8"))
        return Artifact.of(name, said["abi"], said["bytecode"])
    except (OSError, ValueError, LookupError) as error:
        raise ToolMissing(
            f"{path} cannot be read ({type(error).__name__})",
            "make sure that the npm registry answers, then run: make bench",
        ) from None
